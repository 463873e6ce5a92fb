"""The network of agreement: which actors stand on the same or on opposite sides of the same proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.charts.matrices import cells
from kg.charts.models import Cell, Edge, Named, NetworkChart, Node
from kg.charts.readings import EVERYTHING, Readings, Scope, read
from kg.vocabularies import STANCES, Polarity

if TYPE_CHECKING:
    from kg.graph import Graph

ACTORS: Final = 24
EDGES: Final = 50
"""How many actors and connections are shown at most unless one asks for more or fewer."""


def network(
    graph: Graph, scope: Scope = EVERYTHING, *, actors: int = ACTORS, edges: int = EDGES
) -> NetworkChart:
    """Connect the actors of *graph* that are for or against the same proposals.

    Two actors agree on a proposal when both are for it or both against it, and disagree when one is for it
    and the other against it, as in the saved question `agreement-pairs`. Of more than so many *actors*
    those with the most in common are kept, and of more than so many *edges* those between actors who share
    more proposals.

    Raises:
        ParameterError: a name in *scope* stands for nothing, or a date is none.
    """
    return network_of(read(graph, scope), actors=actors, edges=edges)


def network_of(readings: Readings, *, actors: int = ACTORS, edges: int = EDGES) -> NetworkChart:
    """The network of *readings*; see `network`."""
    every = tuple(_edges(cells(readings)))
    kept, least = _kept(every, actors, edges)
    size = Counter(reading.actor for reading in readings.rows)
    shown = sorted({actor for edge in kept for actor in (edge.actor, edge.other)})
    return NetworkChart(
        title="Who agrees and disagrees with whom",
        scope=readings.limits,
        note=_note(every, kept, least),
        within=readings.within,
        nodes=tuple(Node(actor=actor, positions=size[actor]) for actor in shown),
        edges=kept,
    )


def _edges(some: Iterable[Cell]) -> Iterator[Edge]:
    """One edge for each two actors that are for or against one proposal, ordered by their IRIs."""
    sides: dict[Named, dict[Named, frozenset[Polarity]]] = {}
    for cell in some:
        polarities = frozenset(STANCES[stance] for stance in cell.stances) & {Polarity.PRO, Polarity.CON}
        if polarities:
            sides.setdefault(cell.actor, {})[cell.proposal] = polarities
    for actor, other in combinations(sorted(sides, key=lambda actor: actor.iri), 2):
        common = sorted(sides[actor].keys() & sides[other].keys())
        agreed = tuple(p for p in common if sides[actor][p] & sides[other][p])
        disagreed = tuple(p for p in common if len(sides[actor][p] | sides[other][p]) > 1)
        if common:
            yield Edge(actor=actor, other=other, agreed=agreed, disagreed=disagreed)


def _weight(edge: Edge) -> int:
    return len({*edge.agreed, *edge.disagreed})


def _kept(every: tuple[Edge, ...], actors: int, edges: int) -> tuple[tuple[Edge, ...], int]:
    """The edges that are shown, heaviest first, and how many proposals the lightest of them must share.

    Edges of the same weight are kept or left out together, so that what is missing can be said. Where that
    would leave much less than there is room for, actors are left out instead, those with least in common
    first.
    """
    total: Counter[Named] = Counter()
    for edge in every:
        total[edge.actor] += _weight(edge)
        total[edge.other] += _weight(edge)
    best = sorted(total, key=lambda actor: (-total[actor], actor))[: max(0, actors)]
    among = _among(every, best)
    if len(among) <= edges:
        return among, 1
    least = _weight(among[edges]) + 1
    heavy = tuple(edge for edge in among if _weight(edge) >= least)
    if len(heavy) >= 0.6 * edges:
        return heavy, least
    while len(among) > edges:
        gone = best.pop()
        among = tuple(edge for edge in among if gone not in (edge.actor, edge.other))
    return among, 1


def _among(every: tuple[Edge, ...], actors: Iterable[Named]) -> tuple[Edge, ...]:
    """The edges between *actors*, heaviest first."""
    some = set(actors)
    found = [edge for edge in every if edge.actor in some and edge.other in some]
    return tuple(sorted(found, key=lambda edge: (-_weight(edge), edge.actor, edge.other)))


def _note(every: tuple[Edge, ...], kept: tuple[Edge, ...], least: int) -> str:
    if len(every) == len(kept):
        return ""
    whole, part = ({a for edge in some for a in (edge.actor, edge.other)} for some in (every, kept))
    note = f"Shown are {len(part)} of {len(whole):,} actors, and {len(kept):,} of {len(every):,} connections"
    return f"{note}, those on {least} or more proposals." if least > 1 else f"{note}."
