"""The matrix of actors × proposals: who stands where on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.charts.models import Cell, MatrixChart, Named, Side
from kg.charts.orders import seriate
from kg.charts.readings import EVERYTHING, Reading, Readings, Scope, read
from kg.vocabularies import STANCES

if TYPE_CHECKING:
    from kg.graph import Graph

ACTORS: Final = 24
PROPOSALS: Final = 32
"""How many actors and proposals are shown unless one asks for more or fewer."""

WEIGHTS: Final = {
    Side.FOR: 1.0,
    Side.CONDITIONAL: 0.5,
    Side.UNDECIDED: 0.1,
    Side.MIXED: 0.1,
    Side.DOUBTFUL: -0.5,
    Side.AGAINST: -1.0,
}
"""What a cell counts for when rows and columns are ordered."""


def matrix(
    graph: Graph,
    scope: Scope = EVERYTHING,
    *,
    actors: int = ACTORS,
    proposals: int = PROPOSALS,
    shared: int = 1,
) -> MatrixChart:
    """Lay the actors and proposals of *graph* out as a matrix, ordered so that blocks show.

    Where there are more than *actors* and *proposals*, the proposals that most actors take a stance on are
    kept, and of the actors those who take a stance on most of these; the note says so. Only proposals count
    on which so many (*shared*) of the actors take a stance.

    Raises:
        ParameterError: a name in *scope* stands for nothing, or a date is none.
    """
    return matrix_of(read(graph, scope), actors=actors, proposals=proposals, shared=shared)


def matrix_of(
    readings: Readings, *, actors: int = ACTORS, proposals: int = PROPOSALS, shared: int = 1
) -> MatrixChart:
    """The matrix of *readings*; see `matrix`."""
    every = _shared(cells(readings), shared)
    kept = _kept(every, actors, proposals, chosen=frozenset(readings.actors))
    return MatrixChart(
        title="Who stands where on what",
        scope=", ".join(filter(None, (readings.limits, _shared_in_words(shared)))),
        note=_note(every, kept),
        within=readings.within,
        actors=_ordered(kept, by="actor"),
        proposals=_ordered(kept, by="proposal"),
        cells=kept,
    )


def cells(readings: Readings) -> tuple[Cell, ...]:
    """One cell for each actor and proposal that *readings* have a position of."""
    together: dict[tuple[Named, Named], list[Reading]] = {}
    for reading in readings.rows:
        together.setdefault((reading.actor, reading.proposal), []).append(reading)
    return tuple(_cell(actor, proposal, some) for (actor, proposal), some in sorted(together.items()))


def _cell(actor: Named, proposal: Named, readings: Iterable[Reading]) -> Cell:
    some = list(readings)
    taken = {reading.stance for reading in some}
    return Cell(
        actor=actor,
        proposal=proposal,
        stances=tuple(stance for stance in STANCES if stance in taken),
        positions=tuple(reading.position for reading in some),
    )


def _shared(every: tuple[Cell, ...], least: int) -> tuple[Cell, ...]:
    count = Counter(cell.proposal for cell in every)
    return tuple(cell for cell in every if count[cell.proposal] >= least)


def _shared_in_words(least: int) -> str:
    return f"only what {least:,} or more of them take a stance on" if least > 1 else ""


def _kept(
    every: tuple[Cell, ...], actors: int, proposals: int, *, chosen: frozenset[Named]
) -> tuple[Cell, ...]:
    """The cells of the most shared proposals and of those who say most on them; chosen actors always stay."""
    if len({cell.actor for cell in every}) <= actors and len({cell.proposal for cell in every}) <= proposals:
        return every
    rows = _most(every, proposals, of="proposal")
    on_them = tuple(cell for cell in every if cell.proposal in rows)
    columns = _most(on_them, actors, of="actor") | chosen
    return tuple(cell for cell in on_them if cell.actor in columns)


def _most(some: Iterable[Cell], limit: int, *, of: str) -> frozenset[Named]:
    """The *limit* actors or proposals with most cells; among equals, those with most positions."""
    count: Counter[Named] = Counter()
    positions: Counter[Named] = Counter()
    for cell in some:
        named: Named = getattr(cell, of)
        count[named] += 1
        positions[named] += len(cell.positions)
    best = sorted(count, key=lambda named: (-count[named], -positions[named], named))
    return frozenset(best[: max(0, limit)])


def _ordered(kept: Iterable[Cell], *, by: str) -> tuple[Named, ...]:
    """The actors or proposals of *kept*, like beside like."""
    some = tuple(kept)
    across = "proposal" if by == "actor" else "actor"
    named = sorted({getattr(cell, by) for cell in some})
    number = {each: n for n, each in enumerate(sorted({getattr(cell, across) for cell in some}))}
    profiles: dict[Named, dict[int, float]] = {each: {} for each in named}
    for cell in some:
        profiles[getattr(cell, by)][number[getattr(cell, across)]] = WEIGHTS[cell.side]
    return tuple(named[at] for at in seriate([profiles[each] for each in named]))


@dataclass(frozen=True, slots=True)
class _Size:
    actors: int
    proposals: int
    cells: int


def _size(some: tuple[Cell, ...]) -> _Size:
    return _Size(len({cell.actor for cell in some}), len({cell.proposal for cell in some}), len(some))


def _note(every: tuple[Cell, ...], kept: tuple[Cell, ...]) -> str:
    whole, part = _size(every), _size(kept)
    if whole == part:
        return ""
    return (
        f"Shown are {part.actors} of {whole.actors:,} actors and {part.proposals} of "
        f"{whole.proposals:,} proposals, those that share most: {part.cells:,} of {whole.cells:,} cells."
    )
