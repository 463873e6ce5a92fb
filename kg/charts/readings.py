"""Read from a graph the positions that a chart is made of, once and for all kinds of charts.

The rules are those of the saved questions `matrix`, `stances-on` and `agreement-pairs`: what is only
inferred or predicted is left out; an issue includes the narrower ones; a position lies in a stretch of time
unless it certainly lies outside; it is dated by when it was held, else uttered, else published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.charts.models import Named
from kg.dates import bounds
from kg.errors import ParameterError
from kg.terms import PREFIXES, Iri, Literal, token
from kg.vocabularies import STANCES

if TYPE_CHECKING:
    from kg.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a chart is about; a value is a slug, a label, an alias or an IRI, and empty restricts nothing.

    *since* and *until* are EDTF dates: the first day of the one and the last day of the other count.
    """

    issue: str = ""
    actors: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    layer: str = "main"


EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One position as charts see it."""

    position: str
    actor: Named
    proposal: Named
    stance: str
    first: str | None
    last: str | None
    dated: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The positions within a scope, by holder, proposal, stance and IRI; *scope* is put in words."""

    rows: tuple[Reading, ...]
    scope: str = ""
    actors: tuple[Named, ...] = ()
    proposals: tuple[Named, ...] = ()
    within: tuple[tuple[str, str], ...] = ()

    @property
    def limits(self) -> str:
        """The scope with the actors and proposals that it names, where no title does."""
        named = (("only ", self.actors), ("only about ", self.proposals))
        some = [word + _listed(each) for word, each in named if each]
        return ", ".join(filter(None, (*some, self.scope)))


_QUERY: Final = f"""\
PREFIX st: <{PREFIXES["st"]}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX prov: <{PREFIXES["prov"]}>
PREFIX mode: <{PREFIXES["mode"]}>
SELECT DISTINCT ?position ?holder ?proposal ?stance ?held ?held_first ?held_last
       ?uttered ?uttered_first ?uttered_last ?published ?published_first ?published_last
WHERE {{
  %s
  ?position st:onProposal ?proposal ; st:heldBy ?holder ; st:takesStance ?stance ;
            st:innermostAttribution/st:inMode ?mode ;
            prov:wasGeneratedBy/st:inLayer %s .
  FILTER(?mode NOT IN (mode:inferred, mode:predicted))
  OPTIONAL {{ ?position st:held ?held }}
  OPTIONAL {{ ?position st:uttered ?uttered }}
  OPTIONAL {{ ?position st:published ?published }}
  OPTIONAL {{ ?position st:heldEarliest ?held_first }}
  OPTIONAL {{ ?position st:heldLatest ?held_last }}
  OPTIONAL {{ ?position st:utteredEarliest ?uttered_first }}
  OPTIONAL {{ ?position st:utteredLatest ?uttered_last }}
  OPTIONAL {{ ?position st:publishedEarliest ?published_first }}
  OPTIONAL {{ ?position st:publishedLatest ?published_last }}
}}"""


def read(graph: Graph, scope: Scope = EVERYTHING) -> Readings:
    """Read the positions of *graph* within *scope*.

    Raises:
        ParameterError: a name in *scope* stands for nothing, or a date is none.
        QueryError: the query took too long.
    """
    since, until = _day(scope.since, "since"), _day(scope.until, "until")
    issue = _named(graph, [scope.issue] if scope.issue else [], "st:Issue")
    actors = _named(graph, scope.actors, "st:Actor")
    proposals = _named(graph, scope.proposals, "st:Proposal")
    documents = _named(graph, scope.documents, "st:Document")
    limits = [
        *(f"?proposal st:addresses/skos:broader* <{each.iri}> ." for each in issue),
        *_values("holder", actors),
        *_values("proposal", proposals),
        *_values("document", documents),
        *(["?position st:statedIn/st:inDocument ?document ."] if documents else []),
    ]
    text = _QUERY % ("\n  ".join(limits), token(Literal(scope.layer)))
    table = graph.store.select(text, timeout=graph.timeout)
    names = graph.labels.names
    found = [
        _reading({c: str(t) for c, t in zip(table.columns, row, strict=True) if t}, names) for row in table
    ]
    rows = {each.position: each for each in found if each and _within(each, since, until)}
    in_words = _in_words(scope, issue, documents)
    return Readings(
        rows=tuple(sorted(rows.values(), key=_order)),
        scope=in_words,
        actors=actors,
        proposals=proposals,
        within=_fields(scope, issue, documents),
    )


def _order(reading: Reading) -> tuple[Named, Named, int, str]:
    return reading.actor, reading.proposal, tuple(STANCES).index(reading.stance), reading.position


def _reading(row: Mapping[str, str], names: Mapping[str, str]) -> Reading | None:
    stance = row["stance"].rpartition("/")[2]
    if stance not in STANCES:  # a shape refuses it; a store that nobody has checked may hold it
        return None
    basis = next((word for word in ("held", "uttered") if word in row), "published")
    return Reading(
        position=row["position"],
        actor=_name(row["holder"], names),
        proposal=_name(row["proposal"], names),
        stance=stance,
        first=row.get(f"{basis}_first"),
        last=row.get(f"{basis}_last"),
        dated=row.get(basis, ""),
        basis=basis,
    )


def _name(iri: str, names: Mapping[str, str]) -> Named:
    return Named(names.get(iri) or iri.rpartition("/")[2], iri)


def _within(reading: Reading, since: str | None, until: str | None) -> bool:
    return not (
        (since and reading.last and reading.last < since)
        or (until and reading.first and reading.first > until)
    )


def _day(text: str, name: str) -> str | None:
    """The first day of *since* or the last of *until*."""
    if not text:
        return None
    try:
        found = bounds(text.strip())
    except ValueError as error:
        raise ParameterError(f"{name}: {error}") from error
    return found.earliest if name == "since" else found.latest


def _named(graph: Graph, names: Iterable[str], type_: str) -> tuple[Named, ...]:
    found = (graph.labels.resolve(name, type_).entity for name in names)
    return tuple(dict.fromkeys(Named(entity.label or entity.slug, entity.iri) for entity in found))


def _values(variable: str, named: tuple[Named, ...]) -> list[str]:
    terms = " ".join(token(Iri(each.iri)) for each in named)
    return [f"VALUES ?{variable} {{ {terms} }}"] if terms else []


def _fields(
    scope: Scope, issue: tuple[Named, ...], documents: tuple[Named, ...]
) -> tuple[tuple[str, str], ...]:
    """The limits other than actors and proposals as fields of a form."""
    layer = scope.layer if scope.layer != EVERYTHING.layer else ""
    fields = (
        *(("issue", each.slug) for each in issue),
        *(("document", each.slug) for each in documents),
        ("since", scope.since),
        ("until", scope.until),
        ("layer", layer),
    )
    return tuple((name, value) for name, value in fields if value)


def _listed(named: tuple[Named, ...]) -> str:
    few = "; ".join(each.label for each in named[:4])
    return few + (f"; and {len(named) - 4} more" if len(named) > 4 else "")


def _in_words(scope: Scope, issue: tuple[Named, ...], documents: tuple[Named, ...]) -> str:
    """The filters as people read them, those aside that a title names."""
    parts = [f"on {each.label}" for each in issue]
    parts += [f"since {scope.since}"] if scope.since else []
    parts += [f"until {scope.until}"] if scope.until else []
    parts += ["as told in " + _listed(documents)] if documents else []
    parts += [f"layer {scope.layer}"] if scope.layer != EVERYTHING.layer else []
    return ", ".join(parts)
