"""SPARQL constraints of shapes as queries over the whole graph, one for all focus nodes.

SHACL asks a constraint's query once for each focus node, with `$this` bound before (SHACL,
appendix A). Asked once, with the focus nodes in a graph of their own, it has the same answer
as long as nothing in it looks at `$this` from inside a group that does not bind it, counts
over several focus nodes, or compares values that two engines compare differently. What may is
refused, when a query is compiled or when the data are seen, and left to pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg import engine
from kg.exports import read_token
from kg.rdflib_terms import kind
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError, iri
from kg.sparql_text import Kind, Token, tokens
from kg.terms import PREFIXES, Blank, Iri, Term
from kg.triple_indexes import TripleIndex

_WORDS: Final = frozenset(
    ["SELECT", "DISTINCT", "WHERE", "FILTER", "NOT", "EXISTS", "OPTIONAL", "UNION", "IN", "BOUND", "STR", "A"]
)
_WORDS_OF_GROUPS: Final = frozenset(["GROUP", "BY", "HAVING", "MAX", "MIN", "COUNT"])
_COMPARE: Final = {"<", ">", "<=", ">=", "=", "!="}
_DATA: Final = "<urn:standpoint:data>"
_FOCUS: Final = "<urn:standpoint:focus>"
_BLANK: Final = "urn:standpoint:blank:"
_IS: Final = "<urn:standpoint:is>"
_BUILT_IN: Final = {name: PREFIXES[name] for name in ("rdf", "rdfs", "owl")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeQuery:
    """The query of a SPARQL constraint: what stands before its outermost group, and from within it on.

    *predicates* are all IRIs in it (tokens); *compares* whether it compares values,
    and *as_text* whether it looks at the text of a term.
    """

    head: str
    body: str
    variables: tuple[str, ...]
    predicates: frozenset[str]
    compares: bool
    as_text: bool
    messages: tuple[str, ...]


# ---------------------------------------------------------------- compiling


def compile_query(graph: ShapeGraph, node: str, messages: Iterable[str]) -> ShapeQuery:
    """Compile the SPARQL constraint *node* of a shape that has *messages* of its own.

    Raises:
        UnsupportedShapeError: asked once for all focus nodes it could answer differently.
    """
    known = {iri(name) for name in ("sh:select", "sh:message", "sh:prefixes", "rdf:type")}
    if unknown := set(graph.predicates(node)) - known:
        raise UnsupportedShapeError(f"a SPARQL constraint has {', '.join(sorted(unknown))}")
    text = str(read_token(graph.value(node, "sh:select") or '""'))
    prefixes = _BUILT_IN | _declared(graph, node)
    found = [each for each in tokens(text) if each.kind is not Kind.SPACE]
    _refuse(found)
    where = next(each for each in found if _variable(each) in ("WHERE", "{"))
    brace = next(each.start for each in found if each.text == "{")
    declared = "".join(f"PREFIX {name}: <{namespace}> " for name, namespace in prefixes.items())
    told = [str(read_token(each)) for each in graph.values(node, "sh:message")]
    return ShapeQuery(
        head=declared + text[: where.start],
        body=text[brace + 1 :],
        variables=_projected(found),
        predicates=frozenset(_iris(found, prefixes)),
        compares=_compares(found),
        as_text=any(each.text.upper() == "STR" for each in found),
        messages=(*messages, *told),
    )


def _declared(graph: ShapeGraph, node: str) -> dict[str, str]:
    told = graph.value(node, "sh:prefixes")
    if told is None:
        return dict(PREFIXES)
    declarations = graph.values(told, "sh:declare")
    if not declarations or iri("owl:Ontology") not in graph.values(told, "rdf:type"):
        raise UnsupportedShapeError("the prefixes of a SPARQL constraint stand in no ontology")
    found = {}
    for each in declarations:
        prefix, namespace = graph.value(each, "sh:prefix"), graph.value(each, "sh:namespace")
        if prefix is None or namespace is None:
            raise UnsupportedShapeError("a prefix is declared by halves")
        found[str(read_token(prefix))] = str(read_token(namespace))
    # `kg.shacl_reference` gives rdflib our own prefixes where the query declares no others.
    return PREFIXES | found


def _refuse(found: Sequence[Token]) -> None:
    words = [each.text.upper() for each in found if each.kind is Kind.WORD]
    grouped = "GROUP" in words
    allowed = _WORDS | (_WORDS_OF_GROUPS if grouped else set())
    if unknown := sorted(set(words) - allowed):
        raise UnsupportedShapeError(f"a SPARQL constraint uses {', '.join(unknown)}")
    if words[:1] != ["SELECT"] or words.count("SELECT") > 1 or not any(each.text == "{" for each in found):
        raise UnsupportedShapeError("a SPARQL constraint is no plain SELECT query")
    unread = {Kind.COMMENT, Kind.BLANK, Kind.LANGUAGE, Kind.NUMBER, Kind.STRING}
    if any(each.kind in unread or "\\" in each.text for each in found):
        raise UnsupportedShapeError("a SPARQL constraint has comments, blank nodes, escapes or literals")
    texts = [_variable(each) for each in found]
    if grouped and "GROUP BY ?this HAVING (" not in " ".join(texts):
        raise UnsupportedShapeError("a SPARQL constraint groups by something else than $this")
    if any("?this" in inside for inside in _inner_filters(texts)):
        raise UnsupportedShapeError("a SPARQL constraint filters by $this inside a group")


def _variable(each: Token) -> str:
    """A token's text, variables written alike, keywords in capitals."""
    if each.kind is Kind.VARIABLE:
        return "?" + each.text[1:]
    return each.text.upper() if each.kind is Kind.WORD else each.text


def _inner_filters(texts: Sequence[str]) -> Iterator[list[str]]:
    """The conditions of the filters that do not stand in the outermost group."""
    depth = 0
    for number, text in enumerate(texts):
        depth += (text == "{") - (text == "}")
        if text == "FILTER" and depth > 1 and texts[number + 1] == "(":
            yield _brackets(texts[number + 1 :])


def _brackets(texts: Sequence[str]) -> list[str]:
    """The tokens up to where the bracket that they begin with is closed."""
    depth, found = 0, []
    for text in texts:
        depth += (text == "(") - (text == ")")
        found.append(text)
        if depth == 0:
            break
    return found


def _projected(found: Sequence[Token]) -> tuple[str, ...]:
    texts = [_variable(each) for each in found]
    names = []
    for text in texts[1:]:
        if text in ("WHERE", "{"):
            break
        if text != "DISTINCT":
            names.append(text)
    if "?this" not in names or {"?path", "?failure"} & set(names) or any(name[0] != "?" for name in names):
        raise UnsupportedShapeError("a SPARQL constraint selects more than $this and other variables")
    return tuple(name[1:] for name in names)


def _iris(found: Iterable[Token], prefixes: dict[str, str]) -> Iterator[str]:
    for each in found:
        if each.kind is Kind.IRI:
            yield each.text
        elif each.kind is Kind.NAME:
            prefix, _, local = each.text.partition(":")
            if prefix not in prefixes:
                raise UnsupportedShapeError(f"a SPARQL constraint has the unknown prefix {prefix}:")
            yield f"<{prefixes[prefix]}{local}>"
        elif each.text == "a":
            yield iri("rdf:type")


def _compares(found: Sequence[Token]) -> bool:
    """Whether values are compared, other than as texts by STR() and with IRIs."""
    texts = [_variable(each) for each in found]
    if {"MAX", "MIN", "COUNT", "IN"} & set(texts):
        return True
    return any(
        text in _COMPARE
        and not (_as_texts(texts, number) or (text in ("=", "!=") and _with_iri(found, number)))
        for number, text in enumerate(texts)
    )


def _as_texts(texts: Sequence[str], number: int) -> bool:
    before, after = texts[number - 4 : number], texts[number + 1 : number + 5]
    return all(each[:2] == ["STR", "("] and each[3:] == [")"] for each in (before, after))


def _with_iri(found: Sequence[Token], number: int) -> bool:
    around = found[number - 1], found[number + 1]
    return any(each.kind in (Kind.IRI, Kind.NAME) for each in around)


# ---------------------------------------------------------------- asking


def load(data: TripleIndex) -> engine.Engine:
    """*data* in an engine, to be asked."""
    store = engine.memory()
    lines = (f"{_named(s)} {p} {_named(o)} {_DATA} .\n" for s, p, o in data.triples())
    engine.load_bytes(store, "".join(lines).encode())
    return store


def _named(text: str) -> str:
    """A blank node as an IRI: the engine gives blank nodes other names with each text that it reads."""
    return f"<{_BLANK}{text[2:]}>" if text[0] == "_" else text


def _unnamed(term: Term) -> Term:
    named = isinstance(term, Iri) and term.value.startswith(_BLANK)
    return Blank(str(term).removeprefix(_BLANK)) if named else term


def doubt(query: ShapeQuery, data: TripleIndex, focus: Collection[str]) -> str:
    """Why *query*, asked of *data* here, might answer otherwise than rdflib would, or nothing."""
    if any(node[0] == '"' for node in focus):
        return "a focus node is a literal"
    if query.as_text and data.has_blanks:
        return "the text of a blank node is another in each engine"
    kinds = {
        kind(value)
        for predicate in query.predicates
        for values in data.links(predicate).values()
        for value in values
        if value[0] == '"'
    }
    if "" in kinds:
        return "a literal could be read in two ways"
    if query.compares and (len(kinds) > 1 or kinds & {"text", "opaque"}):
        return "values of several kinds are compared"
    return ""


def ask(query: ShapeQuery, store: engine.Engine, focus: Collection[str]) -> Iterator[dict[str, Term]]:
    """The rows of *query*, for all nodes of *focus*, without the variables that have no value."""
    engine.load_bytes(
        store, "".join(f"{_named(node)} {_IS} {_FOCUS} {_FOCUS} .\n" for node in focus).encode()
    )
    dataset = f"FROM {_DATA} FROM NAMED {_FOCUS} WHERE"
    chosen = f"GRAPH {_FOCUS} {{ ?this {_IS} {_FOCUS} }}"
    try:
        table = engine.select(store, f"{query.head} {dataset} {{ {chosen} {query.body}")
    finally:
        engine.drop(store, _FOCUS[1:-1])
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        yield {name: _unnamed(value) for name, value in cells if value is not None}


def message(query: ShapeQuery, row: dict[str, Term], value: Term) -> str:
    """The message for a *row*, each ``{?name}`` replaced (SHACL, 5.3.2); the first of several."""
    words = row | {"value": value}
    if any("\\" in str(each) for each in words.values()):
        raise UnsupportedShapeError("a value has a backslash, which pySHACL does not put into messages")
    told = []
    for text in query.messages:
        for name, each in words.items():
            text = re.sub(rf"{{[?$]{name}}}", str(each), text)
        told.append(text)
    return " ".join(min(told, default="").split())
