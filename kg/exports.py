"""Quads to text that other tools read: canonical, sorted, prefixed, and the same bytes every time.

The writers are our own because byte-stability is the product: everything is
sorted by code point, a statement stands once, and only prefixes in use are
declared. Turtle, N-Triples and RDF/XML have no named graphs: there the graphs
are merged into one. TriG, N-Quads and JSON-LD keep them. Write the text as
UTF-8 with bare line feeds, or the bytes are not these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from kg.errors import KgError
from kg.terms import PREFIXES, XSD, Blank, Iri, Literal, Quad, Term, expand, shrink, token

Statements = list[tuple[str, str, str]]
"""Triples of N-Quads tokens, sorted, each once."""

_RDF: Final = PREFIXES["rdf"]
_A: Final = f"<{_RDF}type>"
_PROV: Final = "<" + PREFIXES["prov"]
_BOOKKEEPING: Final = {f"<{expand(name)}>" for name in ("st:loadedBy", "st:inferred")}
_BOOKKEEPERS: Final = {
    f"<{expand(name)}>" for name in ("st:Graph", "st:SourceFile", "st:Coding", "prov:SoftwareAgent")
}


class ExportError(KgError):
    """The data cannot be written in the form asked for."""


# ---------------------------------------------------------------- what to write


def export(
    quads: Iterable[Quad],
    *,
    form: str,
    prefixes: Mapping[str, str] = PREFIXES,
    graphs: Sequence[str] = (),
) -> Iterator[str]:
    """Write *quads* in *form* (a key of `FORMS`), in pieces of text; *graphs* (IRIs) keeps only these.

    Raises:
        ExportError: the form or a graph is unknown, or RDF/XML cannot say what
            the quads say (a predicate that is no XML name, a control character).

    >>> from kg.terms import Quad
    >>> quad = Quad("<https://e.org/a>", "<https://e.org/knows>", "<https://e.org/b>", "<https://e.org/g>")
    >>> print("".join(export([quad], form="turtle", prefixes={"e": "https://e.org/"})), end="")
    @prefix e: <https://e.org/> .
    <BLANKLINE>
    e:a e:knows e:b .
    """
    if form not in FORMS:
        raise ExportError(f"no form of export is called {form!r}; there are {', '.join(FORMS)}")
    kept = sorted(set(quads))
    if graphs:
        kept = _only_graphs(kept, graphs)
    return FORMS[form](kept, dict(prefixes))


def export_triples(
    triples: Iterable[tuple[str, str, str]], *, form: str = "turtle", prefixes: Mapping[str, str] = PREFIXES
) -> Iterator[str]:
    """Write triples of N-Triples tokens, such as a CONSTRUCT query gives, as the default graph."""
    return export((Quad(*triple, "") for triple in triples), form=form, prefixes=prefixes)


def _only_graphs(quads: list[Quad], graphs: Sequence[str]) -> list[Quad]:
    wanted = {token(Iri(graph)) for graph in graphs}
    kept = [quad for quad in quads if quad.graph in wanted]
    for missing in sorted(wanted - {quad.graph for quad in kept}):
        raise ExportError(f"no graph is called {missing}; SELECT DISTINCT ?g {{ GRAPH ?g {{}} }} lists them")
    return kept


def without_provenance(quads: Iterable[Quad]) -> list[Quad]:
    """Leave out how the graph came to be: its graphs, files, codings and software.

    That is every statement about a named graph, a source file, a coding or a
    program, every statement with a PROV-O predicate, and `st:loadedBy`. Coders
    stay: they are entries of the corpus.
    """
    quads = list(quads)
    # A program that is a coder of the corpus is an entry like any other.
    coders = {quad.subject for quad in quads if quad[1:3] == (_A, f"<{expand('st:Coder')}>")}
    dropped = {
        quad.subject for quad in quads if quad.predicate == _A and quad.object in _BOOKKEEPERS
    } - coders
    dropped |= {quad.graph for quad in quads}
    return [
        quad
        for quad in quads
        if quad.subject not in dropped
        and not quad.predicate.startswith(_PROV)
        and quad.predicate not in _BOOKKEEPING
    ]


def without_inferred(quads: Iterable[Quad]) -> list[Quad]:
    """Leave out each graph that says of itself that it is inferred (`st:inferred true`)."""
    quads = list(quads)
    yes = f'"true"^^<{XSD}boolean>'
    inferred = {
        quad.subject
        for quad in quads
        if quad.predicate == f"<{expand('st:inferred')}>" and quad.object == yes
    }
    return [quad for quad in quads if quad.graph not in inferred and quad.subject not in inferred]


# ---------------------------------------------------------------- reading tokens

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _ESCAPED.get(match[3], match[3])


def read_token(text: str) -> Term:
    r"""Read an N-Quads token: the inverse of `kg.terms.token`.

    >>> read_token('"say \\"hi\\""@en')
    Literal(value='say "hi"', datatype='', language='en')
    """
    if text[0] == "<":
        return Iri(_ESCAPE.sub(_unescape, text[1:-1]))
    if text[0] == "_":
        return Blank(text[2:])
    value, _, tail = text[1:].rpartition('"')
    value = _ESCAPE.sub(_unescape, value) if "\\" in value else value
    if tail.startswith("@"):
        return Literal(value, language=tail[1:])
    datatype = tail[3:-1]
    return Literal(value, "" if datatype == XSD + "string" else datatype)


# ---------------------------------------------------------------- N-Quads, N-Triples


def _nquads(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    for line in sorted(" ".join(filter(None, quad)) for quad in quads):
        yield line + " .\n"


def _ntriples(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    for triple in _merged(quads):
        yield " ".join(triple) + " .\n"


def _merged(quads: Iterable[Quad]) -> Statements:
    return sorted({quad[:3] for quad in quads})


# ---------------------------------------------------------------- Turtle, TriG

# Readers may lose the zeros of a bare 042, so only canonical integers are bare.
_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]*)\Z")


class Shortener:
    """Writes tokens in Turtle's short forms, and remembers which prefixes that took."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes
        self._written: dict[str, str] = {}
        self.used: set[str] = set()

    def __call__(self, text: str) -> str:
        """The short form of the token *text*."""
        if text not in self._written:
            self._written[text] = self._write(text)
        return self._written[text]

    def _write(self, text: str) -> str:
        if text[0] == "<":
            short = shrink(text[1:-1], self._prefixes)
            if short == text[1:-1]:
                return text
            self.used.add(short.partition(":")[0])
            return short
        value, _, datatype = text.rpartition("^^")
        if text[0] != '"' or not text.endswith(">") or not value.endswith('"'):
            return text
        if datatype == f"<{XSD}integer>" and _INTEGER.match(value[1:-1]):
            return value[1:-1]
        if datatype == f"<{XSD}boolean>" and value in ('"true"', '"false"'):
            return value[1:-1]
        return f"{value}^^{self(datatype)}"

    def declarations(self) -> str:
        """The lines that declare the prefixes in use."""
        return "".join(f"@prefix {prefix}: <{self._prefixes[prefix]}> .\n" for prefix in sorted(self.used))


def subject_blocks(triples: Statements, short: Shortener, indent: str) -> Iterator[str]:
    """One block for each subject: `a` first, predicates and objects in the order of their short forms."""
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        lines = []
        by_predicate: dict[str, list[str]] = {}
        for _, predicate, obj in about:
            name = "a" if predicate == _A else short(predicate)
            by_predicate.setdefault(name, []).append(short(obj))
        for name in sorted(by_predicate, key=lambda name: (name != "a", name)):
            lines.append(f"{name} " + f" ,\n{indent}        ".join(sorted(by_predicate[name])))
        yield f"{indent}{short(subject)} " + f" ;\n{indent}    ".join(lines) + " .\n"


def _turtle(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    short = Shortener(prefixes)
    blocks = list(subject_blocks(_merged(quads), short, ""))
    yield short.declarations()
    for block in blocks:
        yield "\n" + block


def _trig(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    short = Shortener(prefixes)
    blocks = []
    for graph, triples in _by_graph(quads):
        indent = "    " if graph else ""
        body = "\n".join(subject_blocks(triples, short, indent))
        blocks.append(f"{short(graph)} {{\n{body}}}\n" if graph else body)
    yield short.declarations()
    for block in blocks:
        yield "\n" + block


def _by_graph(quads: list[Quad]) -> Iterator[tuple[str, Statements]]:
    """Each graph with its triples; the default graph, whose name is empty, comes first."""
    for graph, group in groupby(
        sorted(quads, key=lambda quad: (quad.graph, quad)), key=lambda quad: quad.graph
    ):
        yield graph, _merged(group)


# ---------------------------------------------------------------- JSON-LD


def _jsonld(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    """Flattened JSON-LD 1.1: one array of graphs, each an array of nodes; keys sorted."""
    iris = {text for quad in quads for text in quad if text.startswith("<")}
    iris |= {
        text[text.rindex("<") :] for quad in quads if (text := quad.object)[0] == '"' and text[-1] == ">"
    }
    # A prefix that is also the scheme of some IRI would make that IRI look like a prefixed name.
    schemes = {iri[1:].partition(":")[0] for iri in iris}
    usable = {prefix: namespace for prefix, namespace in prefixes.items() if prefix not in schemes}
    short = Shortener(usable)
    parts = [
        _dump({"@id": _identifier(graph, short), "@graph": nodes}) if graph else ",\n".join(map(_dump, nodes))
        for graph, triples in _by_graph(quads)
        for nodes in [_nodes(triples, short)]
    ]
    context = {prefix: {"@id": usable[prefix], "@prefix": True} for prefix in sorted(short.used)}
    yield '{\n "@context": ' + json.dumps(context, ensure_ascii=False, indent=1).replace("\n", "\n ")
    yield ',\n "@graph": ['
    for number, part in enumerate(parts):
        yield (",\n" if number else "\n") + part
    yield "\n ]\n}\n"


def _dump(node: object) -> str:
    # Not textwrap.indent: that also breaks lines at U+2028, which JSON leaves as it is.
    return "  " + json.dumps(node, ensure_ascii=False, indent=1, sort_keys=True).replace("\n", "\n  ")


def _identifier(text: str, short: Shortener) -> str:
    written = short(text)
    return written[1:-1] if written[0] == "<" else written


def _nodes(triples: Statements, short: Shortener) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = []
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        found: dict[str, list[object]] = {}
        for _, predicate, obj in about:
            if predicate == _A and obj[0] != '"':
                found.setdefault("@type", []).append(_identifier(obj, short))
            else:
                found.setdefault(_identifier(predicate, short), []).append(_value(obj, short))
        node: dict[str, object] = {key: all_[0] if len(all_) == 1 else all_ for key, all_ in found.items()}
        nodes.append({"@id": _identifier(subject, short)} | node)
    return nodes


def _value(text: str, short: Shortener) -> object:
    term = read_token(text)
    if not isinstance(term, Literal):
        return {"@id": _identifier(text, short)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype:
        return {"@type": _identifier(f"<{term.datatype}>", short), "@value": term.value}
    return term.value


# ---------------------------------------------------------------- RDF/XML

_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NCNAME_AT_END = re.compile(f"[{_NAME_START}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_NAME_START}]*\\Z")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_A_PROPERTY = {
    _RDF + name
    for name in ("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li",
                 "aboutEach", "aboutEachPrefix", "bagID")
}  # fmt: skip
"""What RDF/XML reserves, or, like `rdf:li`, reads as something else (RDF 1.1 XML Syntax, 6.2.4)."""
# A carriage return written as itself reads back as a newline (XML 1.0, 2.11).
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def _rdfxml(quads: list[Quad], prefixes: dict[str, str]) -> Iterator[str]:
    # Not itself a generator, so that what XML cannot say is refused before a file is opened.
    triples = _merged(quads)
    names = _element_names({predicate[1:-1] for _, predicate, _ in triples}, prefixes)
    for _, _, obj in triples:
        if _NOT_IN_XML.search(obj) or (obj[0] == '"' and _NOT_IN_XML.search(str(read_token(obj)))):
            raise ExportError(
                f"XML has no way to write a control character, as in {obj[:60]}; use another form"
            )
    return _rdfxml_pieces(triples, names)


def _rdfxml_pieces(triples: Statements, names: dict[str, tuple[str, str, str]]) -> Iterator[str]:
    labels = sorted({text for triple in triples for text in triple if text.startswith("_:")})
    blanks = {label: f"b{number}" for number, label in enumerate(labels, start=1)}
    declared = {"rdf": _RDF} | {prefix: namespace for prefix, namespace, _ in names.values()}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    for prefix in sorted(declared):
        yield f'\n    xmlns:{prefix}="{declared[prefix].translate(_XML)}"'
    yield ">\n"
    for subject, about in groupby(triples, key=lambda triple: triple[0]):
        yield f"  <rdf:Description {_pointer(subject, blanks, 'rdf:about')}>\n"
        for _, predicate, obj in about:
            prefix, _, local = names[predicate[1:-1]]
            yield f"    {_element(f'{prefix}:{local}', obj, blanks)}\n"
        yield "  </rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _pointer(text: str, blanks: dict[str, str], attribute: str) -> str:
    if text.startswith("_:"):
        return f'rdf:nodeID="{blanks[text]}"'
    return f'{attribute}="{text[1:-1].translate(_XML)}"'


def _element(name: str, text: str, blanks: dict[str, str]) -> str:
    term = read_token(text)
    if not isinstance(term, Literal):
        return f"<{name} {_pointer(text, blanks, 'rdf:resource')}/>"
    kind = f' xml:lang="{term.language}"' if term.language else ""
    kind = f' rdf:datatype="{term.datatype.translate(_XML)}"' if term.datatype else kind
    return f"<{name}{kind}>{term.value.translate(_XML)}</{name}>"


def _element_names(predicates: set[str], prefixes: dict[str, str]) -> dict[str, tuple[str, str, str]]:
    """For each predicate its prefix, namespace and local name, as XML elements need them."""
    known = {namespace: prefix for prefix, namespace in prefixes.items() if not prefix.startswith("xml")}
    known[_RDF] = "rdf"
    names = {}
    for predicate in sorted(predicates):
        match = _local_name(predicate, known)
        if match is None or predicate in _NOT_A_PROPERTY:
            raise ExportError(f"RDF/XML cannot name the predicate <{predicate}>; use another form")
        namespace, local = predicate[: match.start()], match.group()
        if namespace not in known:
            taken = set(known.values())
            known[namespace] = next(name for n in range(1, 10**9) if (name := f"ns{n}") not in taken)
        names[predicate] = (known[namespace], namespace, local)
    return names


def _local_name(predicate: str, known: dict[str, str]) -> re.Match[str] | None:
    """Split off the local name: after a known namespace where that fits, else the longest there is."""
    for namespace in sorted(known, key=len, reverse=True):
        if predicate.startswith(namespace) and (match := _NCNAME_AT_END.match(predicate, len(namespace))):
            return match
    # Never the whole IRI: its scheme and colon cannot stand in a name.
    return _NCNAME_AT_END.search(predicate)


FORMS: Final[dict[str, Callable[[list[Quad], dict[str, str]], Iterator[str]]]] = {
    "turtle": _turtle,
    "trig": _trig,
    "nquads": _nquads,
    "ntriples": _ntriples,
    "jsonld": _jsonld,
    "rdfxml": _rdfxml,
}
"""The forms of export by name; turtle, ntriples and rdfxml merge the named graphs."""
