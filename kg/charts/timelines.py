"""The timeline of positions: who took which stance when, as exactly as the texts say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg.charts.models import Lane, Mark, Named, TimelineChart
from kg.charts.readings import EVERYTHING, Reading, Readings, Scope, read
from kg.vocabularies import STANCES

if TYPE_CHECKING:
    from kg.graph import Graph

LANES: Final = 24
"""How many lanes are shown unless one asks for more or fewer."""


def timeline(graph: Graph, scope: Scope = EVERYTHING, *, lanes: int = LANES) -> TimelineChart:
    """Lay the positions of *graph* out in time, a lane for each actor and proposal.

    Where *scope* names one actor, lanes differ by the proposal, and where it names one proposal, by the
    actor. Of more than so many *lanes* those are kept in which stances differ, then those with most times;
    the note says so.

    Raises:
        ParameterError: a name in *scope* stands for nothing, or a date is none.
    """
    return timeline_of(read(graph, scope), lanes=lanes)


def timeline_of(readings: Readings, *, lanes: int = LANES) -> TimelineChart:
    """The timeline of *readings*; see `timeline`."""
    every = _lanes(readings.rows)
    kept = sorted(every, key=_worth)[: max(0, lanes)]
    lanes_of = _lanes_of(readings)
    return TimelineChart(
        title=_title(readings, lanes_of),
        scope=readings.limits if lanes_of == "both" else readings.scope,
        note=_note(every, kept),
        within=readings.within,
        lanes=tuple(_ordered(kept, lanes_of)),
        lanes_of=lanes_of,
    )


def _lanes(rows: Iterable[Reading]) -> list[Lane]:
    """One lane for each actor and proposal; what says the same of the same time is one mark."""
    together: dict[tuple[Named, Named], dict[tuple[str, str, str], list[Reading]]] = {}
    for row in rows:
        lane = together.setdefault((row.actor, row.proposal), {})
        lane.setdefault((row.stance, row.basis, row.dated), []).append(row)
    return [Lane(actor=a, proposal=p, marks=_marks(lane.values())) for (a, p), lane in together.items()]


def _marks(groups: Iterable[list[Reading]]) -> tuple[Mark, ...]:
    found = (
        Mark(
            actor=some[0].actor,
            proposal=some[0].proposal,
            stance=some[0].stance,
            positions=tuple(reading.position for reading in some),
            first=some[0].first,
            last=some[0].last,
            dated=some[0].dated,
            basis=some[0].basis,
        )
        for some in groups
    )
    return tuple(sorted(found, key=when))


def when(mark: Mark) -> tuple[str, str, int, tuple[str, ...]]:
    """What marks are ordered by: their first day, or else their last; undated ones come last."""
    earliest = mark.first or mark.last or "9999"
    return earliest, mark.last or "9999", tuple(STANCES).index(mark.stance), mark.positions


def _worth(lane: Lane) -> tuple[int, int, int, Named, Named]:
    """Lanes that show a change come first, then those with most times, then those with most positions."""
    stances = {mark.stance for mark in lane.marks}
    times = {mark.dated for mark in lane.marks}
    positions = sum(len(mark.positions) for mark in lane.marks)
    return -min(len(stances), len(times)), -len(times), -positions, lane.actor, lane.proposal


def _ordered(lanes: Iterable[Lane], lanes_of: str) -> list[Lane]:
    """In the order of their first marks; the lanes of one actor together, actors with most lanes first."""
    some = list(lanes)
    count = Counter(lane.actor for lane in some)
    if lanes_of == "both":
        return sorted(
            some, key=lambda lane: (-count[lane.actor], lane.actor, when(lane.marks[0]), lane.proposal)
        )
    return sorted(some, key=lambda lane: (when(lane.marks[0]), lane.actor, lane.proposal))


def _lanes_of(readings: Readings) -> str:
    if len(readings.actors) == 1:
        return "proposal"
    return "actor" if len(readings.proposals) == 1 else "both"


def _title(readings: Readings, lanes_of: str) -> str:
    if lanes_of == "proposal":
        on = f" on {readings.proposals[0].label}" if len(readings.proposals) == 1 else ""
        return f"Positions of {readings.actors[0].label}{on} over time"
    if lanes_of == "actor":
        return f"Positions on {readings.proposals[0].label} over time"
    return "Positions over time"


def _note(every: list[Lane], kept: list[Lane]) -> str:
    if len(kept) == len(every):
        return ""
    whole, part = (sum(len(m.positions) for lane in some for m in lane.marks) for some in (every, kept))
    return (
        f"Shown are {len(kept)} of {len(every):,} pairs of actor and proposal, those with most change: "
        f"{part:,} of {whole:,} positions."
    )
