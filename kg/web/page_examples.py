"""Examples that this graph can answer: for each type of parameter the things that most is said about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.errors import KgError
from kg.graph import Graph
from kg.headers import LITERALS, Parameter, SavedQuery
from kg.labels import CLASSES
from kg.queries import to_term
from kg.questions import Match, consider
from kg.web.page_readers import Reader

_MOST: Final = """\
SELECT ?kind ?thing (COUNT(DISTINCT ?s) AS ?number) WHERE {{
  {{ ?s {layer} ; st:heldBy ?thing . ?thing st:hasKind ?who . BIND("st:Actor" AS ?kind)
    FILTER(?who IN (actorkind:person, actorkind:state))
    FILTER NOT EXISTS {{ ?document dcterms:creator ?thing }} }}
  UNION {{ ?s {layer} ; st:onProposal ?thing ; st:heldBy ?by . BIND("st:Proposal" AS ?kind) }}
  UNION {{ ?s {layer} ; st:onProposal/st:addresses/skos:broader* ?thing . BIND("st:Issue" AS ?kind) }}
  UNION {{ ?s {layer} ; st:partOfPlan ?thing . BIND("st:Plan" AS ?kind) }}
  UNION {{ ?s {layer} ; st:statedIn/st:inDocument ?thing . BIND("st:Document" AS ?kind) }}
  UNION {{ ?s {layer} ; st:hasFunction ?thing . BIND("function" AS ?kind) }}
  UNION {{ ?s {layer} ; st:takesStance ?thing . BIND("stance" AS ?kind) }}
}} GROUP BY ?kind ?thing ORDER BY ?kind DESC(?number) ?thing"""
# The layer stands in every branch: the engine does not carry it into a union.

_FUNCTION: Final = """\
SELECT ?proposal ?function (COUNT(DISTINCT ?by) AS ?number) WHERE {{
  ?s st:onProposal ?proposal ; st:hasFunction ?function ; st:heldBy ?by ;
     st:takesStance/st:hasPolarity polarity:pro ; {layer} .
}} GROUP BY ?proposal ?function ORDER BY DESC(?number) ?proposal ?function LIMIT 1"""


def frequent(reader: Reader) -> Mapping[str, tuple[str, ...]]:
    """For each type the things that most is said about, the foremost first (IRIs).

    Of actors only people and states that the documents are not by: those are who one asks about.
    """
    return _frequent(reader.graph)


@lru_cache(maxsize=4)
def _frequent(graph: Graph) -> dict[str, tuple[str, ...]]:
    reader = Reader(graph)
    found: dict[str, list[str]] = {}
    for row in reader.rows(_MOST.format(layer=reader.in_layer)):
        found.setdefault(row["kind"], []).append(row["thing"])
    return {kind: tuple(some[:8]) for kind, some in found.items()}


def example(reader: Reader, query: SavedQuery, param: Parameter) -> str:
    """A value for *param* that this graph knows: the header's own, or what most is said about.

    Where a question has several parameters of one type, each gets another example.
    """
    if all(_fits(reader, param, word) for word in param.example):
        return ", ".join(param.example)
    if param.type in LITERALS:
        return param.example[0]
    alike = [each.name for each in query.params if each.type == param.type]
    some = frequent(reader).get(param.type) or tuple(each.iri for each in reader.labels.of(param.type))
    if param.many and len(some) > 1:
        return ", ".join(reader.slugs(some[:2]))
    at = alike.index(param.name)
    return reader.slugs(some[at])[0] if at < len(some) else ""


def _fits(reader: Reader, param: Parameter, word: str) -> bool:
    try:
        to_term(param, word, reader.labels)
    except KgError:
        return False
    return True


def example_values(reader: Reader, query: SavedQuery) -> dict[str, list[str]]:
    """Values for what has to be given; empty where this graph has none for one of them."""
    given = {
        param.name: example(reader, query, param).split(", ")
        for param in query.params
        if param.default is None
    }
    return {} if any(each == [""] for each in given.values()) else given


def can_be_answered(reader: Reader, query: SavedQuery) -> bool:
    """Whether there is a value for everything that has to be given."""
    needed = [param for param in query.params if param.default is None]
    return not needed or bool(example_values(reader, query))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in words, with the saved question and the values that it means."""

    sentence: str
    name: str
    values: tuple[tuple[str, str], ...]
    is_understood: bool


def sentences(reader: Reader) -> tuple[Asked, ...]:
    """Three questions in words that this graph answers."""
    return _sentences(reader.graph)


@lru_cache(maxsize=4)
def _sentences(graph: Graph) -> tuple[Asked, ...]:
    reader = Reader(graph)
    most = frequent(reader)
    found: list[tuple[str, str, dict[str, str]]] = []
    for row in reader.rows(_FUNCTION.format(layer=reader.in_layer)):
        sentence = f"Who proposes {reader.name(row['proposal'])} as a {reader.name(row['function'])}?"
        found.append((sentence, "who-proposes", {key: row[key] for key in ("proposal", "function")}))
    for actor in most.get("st:Actor", ())[:1]:
        found.append((f"What does {reader.name(actor)} want?", "positions-of", {"actor": actor}))
    for proposal in most.get("st:Proposal", ())[:1]:
        sentence = f"Where do actors stand on {reader.name(proposal)}?"
        found.append((sentence, "stances-on", {"proposal": proposal}))
    return tuple(
        Asked(
            sentence,
            name,
            tuple((key, reader.slugs(value)[0]) for key, value in values.items()),
            isinstance(consider(sentence, graph.queries, graph.labels), Match),
        )
        for sentence, name, values in found
        if name in graph.queries
    )


def completions(reader: Reader, type_: str, begun: str, *, limit: int = 12) -> list[dict[str, str]]:
    """Things of *type_* whose names have a word that starts as *begun* does: slug and label."""
    from kg.words import fold

    if type_ not in CLASSES and not reader.labels.of(type_):
        return []
    wanted = fold(begun)
    ranked = []
    for entity in reader.labels.of(type_):
        names = [fold(each) for each in (entity.label, entity.slug, *entity.also) if each]
        at = min((_rank(name, wanted) for name in names), default=9)
        if at < 9:
            ranked.append((at, fold(entity.label), entity))
    return [{"value": each.slug, "label": each.label or each.slug} for _, _, each in sorted(ranked)[:limit]]


def _rank(name: str, wanted: str) -> int:
    """0 where *name* starts with *wanted*, 1 where a word of it does, 2 where it stands within, else 9."""
    if name.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in name.replace("-", " ") else 2 if wanted in name else 9
