"""The vocabularies and the constraints as HTML pages; pyLODE has pages for classes and properties only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final, TypeAlias

from kg.terms import PREFIXES, expand, shrink

Triple: TypeAlias = tuple[str, str, str]
"""Subject, predicate and object as N-Triples tokens."""

_Facts: TypeAlias = Mapping[str, Mapping[str, list[str]]]

PAGES: Final = {
    "index.html": "terms",
    "vocabularies.html": "vocabularies",
    "constraints.html": "constraints",
}
_SEVERITY: Final = ("Violation", "Warning", "Info")
_STYLE: Final = """
body { font-family: sans-serif; max-width: 75em; margin: auto; padding: 1em; line-height: 1.4; }
table { border-collapse: collapse; width: 100%; } code { white-space: nowrap; }
td, th { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #ccc; }
h1, h2 { color: #005A9C; font-weight: normal; }
.note { color: #555; } :target { background: #F4FFFF; }
"""


def navigation(here: str) -> str:
    """The links between the pages.

    >>> navigation("index.html")[:39]
    '<nav><b>terms</b> · <a href="vocabulari'
    """
    links = (
        f"<b>{title}</b>" if page == here else f'<a href="{page}">{title}</a>'
        for page, title in PAGES.items()
    )
    return f"<nav>{' · '.join(links)}</nav>"


def vocabularies_page(statements: Iterable[Triple]) -> str:
    """The concept schemes, each with its concepts in order."""
    facts = _index(statements)
    body = []
    for scheme in _of_type(facts, "skos:ConceptScheme"):
        get = facts[scheme]
        slug = scheme[1:-1].rpartition("/")[2]
        rows = "".join(_concept(facts, each) for each in get[_iri("skos:hasTopConcept")])
        body.append(
            f'<h2 id="{slug}">{_text(get, "dcterms:title")}</h2>\n<p>{_text(get, "skos:definition")} '
            f"<code>{escape(scheme[1:-1])}</code></p>\n<table>\n<tr><th>concept</th><th>meaning</th>"
            f"<th>example</th></tr>\n{rows}</table>\n"
        )
    return _page("vocabularies.html", "The controlled vocabularies", "".join(body))


def _concept(facts: _Facts, node: str) -> str:
    get = facts[node]
    note = _text(get, "skos:scopeNote")
    scale = [_text(get, "st:rank"), _name(get.get(_iri("st:hasPolarity"), [""])[0])]
    told = f' <span class="note">({", ".join(scale)})</span>' if scale[0] else ""
    anchor = _name(node).replace(":", "-")
    return (
        f'<tr id="{anchor}"><td>{_text(get, "skos:prefLabel")}<br><code>{_name(node)}</code>{told}</td>'
        f"<td>{_text(get, 'skos:definition')}{note and f'<p class=note>{note}</p>'}</td>"
        f"<td>{_text(get, 'skos:example')}</td></tr>\n"
    )


def constraints_page(statements: Iterable[Triple]) -> str:
    """The named constraints: what each asks of the data, and how grave it is to break it."""
    facts = _index(statements)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for kind in ("sh:PropertyShape", "sh:NodeShape"):
        for node in _of_type(facts, kind):
            message = _text(facts[node], "sh:message") or _message_of_query(facts, node)
            if message and node[0] == "<":
                severity = _name(facts[node][_iri("sh:severity")][0]).removeprefix("sh:")
                name = _name(node)
                message = message.replace("{?value}", "…")
                cells = f"<td><code>{name}</code></td><td>{severity}</td><td>{message}</td>"
                groups[severity].append(f'<tr id="{name[6:]}">{cells}</tr>\n')
    rows = "".join(row for severity in _SEVERITY for row in sorted(groups[severity]))
    table = f"<table>\n<tr><th>constraint</th><th>severity</th><th>what it says</th></tr>\n{rows}</table>\n"
    return _page("constraints.html", "The constraints", table)


def _message_of_query(facts: _Facts, node: str) -> str:
    queries = facts[node].get(_iri("sh:sparql"), [])
    return " ".join(_text(facts[query], "sh:message") for query in queries)


def _page(name: str, title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n{navigation(name)}\n<h1>{escape(title)}</h1>\n{body}</body>\n</html>\n"
    )


# ---------------------------------------------------------------- reading statements


def _index(statements: Iterable[Triple]) -> defaultdict[str, defaultdict[str, list[str]]]:
    facts: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, object_ in statements:
        facts[subject][predicate].append(object_)
    return facts


def _iri(name: str) -> str:
    return f"<{expand(name)}>"


def _of_type(facts: _Facts, name: str) -> list[str]:
    return [node for node, get in facts.items() if _iri(name) in get.get(f"<{PREFIXES['rdf']}type>", ())]


def _name(token: str) -> str:
    return shrink(token[1:-1]) if token else ""


_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")


def _text(get: Mapping[str, list[str]], name: str) -> str:
    """The literal, as HTML."""
    match = _LITERAL.match(get.get(_iri(name), [""])[0])
    return escape(_ESCAPED.sub(lambda found: found[1].replace("n", "\n"), match[1])) if match else ""
