"""Stance bars: how many stand on which side, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.charts.matrices import cells
from kg.charts.models import Bar, BarsChart, Cell, Named
from kg.charts.readings import EVERYTHING, Reading, Readings, Scope, read
from kg.errors import ParameterError
from kg.terms import Iri
from kg.vocabularies import STANCES, Polarity

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.tables import Table

BARS: Final = 24
"""How many bars are shown unless one asks for more or fewer."""

BY: Final = ("proposal", "actor", "stance")
"""What a bar can be about."""


def stance_bars(graph: Graph, scope: Scope = EVERYTHING, *, by: str = "", bars: int = BARS) -> BarsChart:
    """Count who stands where in *graph*: one bar *by* proposal, by actor, or by stance.

    Left to choose, bars are by stance where *scope* names one proposal or one actor, else by proposal. Of
    more than so many *bars* the most contested are kept, as in the saved question `most-contested`, then
    those with most units; the note says so.

    Raises:
        ParameterError: a name in *scope* stands for nothing, a date is none, or *by* is none of `BY`.
    """
    return bars_by(read(graph, scope), by=by, bars=bars)


def bars_of(table: Table, names: Mapping[str, str], *, title: str = "", bars: int = BARS) -> BarsChart | None:
    """Stance bars for an answer with the columns `stance` and `holder`; None for one without them.

    With a column `proposal` of several values bars are by proposal, else by stance. *names* are labels by
    IRI.
    """
    if not {"stance", "holder"} <= set(table.columns):
        return None
    rows = tuple(
        reading
        for row in table
        if (reading := _reading(dict(zip(table.columns, row, strict=True)), names)) is not None
    )
    if not rows:
        return None
    actors = tuple(dict.fromkeys(row.actor for row in rows))
    proposals = tuple(dict.fromkeys(row.proposal for row in rows))
    chart = bars_by(Readings(rows=rows, actors=actors, proposals=proposals), bars=bars)
    return replace(chart, title=title or chart.title)


def _reading(row: Mapping[str, object], names: Mapping[str, str]) -> Reading | None:
    stance = str(row["stance"]).rpartition("/")[2]
    holder, proposal, position = row["holder"], row.get("proposal"), row.get("position")
    if stance not in STANCES or not isinstance(holder, Iri):
        return None
    what = _named(proposal, names) if isinstance(proposal, Iri) else Named("", "")
    return Reading(
        position=position.value if isinstance(position, Iri) else "",
        actor=_named(holder, names),
        proposal=what,
        stance=stance,
        first=None,
        last=None,
        dated="",
        basis="",
    )


def _named(iri: Iri, names: Mapping[str, str]) -> Named:
    return Named(names.get(iri.value) or iri.value.rpartition("/")[2], iri.value)


def bars_by(readings: Readings, *, by: str = "", bars: int = BARS) -> BarsChart:
    """The bars of *readings*; see `stance_bars`."""
    if by not in ("", *BY):
        raise ParameterError(f"bars cannot be by '{by}'; known are {', '.join(BY)}")
    one = len(readings.proposals) == 1 or len(readings.actors) == 1
    bars_of = by or ("stance" if one else "proposal")
    every = _by_stance(readings) if bars_of == "stance" else _by_node(readings, bars_of)
    kept = every if bars_of == "stance" else sorted(every, key=_worth)[: max(0, bars)]
    return BarsChart(
        title=_title(readings, bars_of),
        scope=readings.scope if bars_of == "stance" else readings.limits,
        note=_note(every, kept, bars_of),
        within=readings.within,
        bars=tuple(kept),
        bars_of=bars_of,
    )


def _by_node(readings: Readings, by: str) -> list[Bar]:
    together: dict[Named, list[Cell]] = {}
    for cell in cells(readings):
        together.setdefault(cell.proposal if by == "proposal" else cell.actor, []).append(cell)
    return [Bar(label=named.label, of=named, units=tuple(units)) for named, units in together.items()]


def _by_stance(readings: Readings) -> list[Bar]:
    """A bar for each stance taken, from most for to most against; who takes two of them stands in both."""
    found = []
    for stance in STANCES:
        rows = tuple(row for row in readings.rows if row.stance == stance)
        units = tuple(cells(Readings(rows=rows)))
        if units:
            found.append(Bar(label=stance.replace("-", " "), of=None, units=units, stance=stance))
    return found


def _worth(bar: Bar) -> tuple[int, int, str, str]:
    """The most contested first: the more there are on the smaller side, then the more there are."""
    pro, con = bar.takes(Polarity.PRO), bar.takes(Polarity.CON)
    return -min(pro, con), -len(bar.units), bar.label, bar.of.iri if bar.of else ""


def _title(readings: Readings, bars_of: str) -> str:
    if bars_of == "stance":
        if len(readings.proposals) == 1 and readings.proposals[0].label:
            return f"Who stands where on {readings.proposals[0].label}"
        if len(readings.actors) == 1:
            return f"Where {readings.actors[0].label} stands"
        return "Who takes which stance"
    return "For and against, by proposal" if bars_of == "proposal" else "For and against, by actor"


def _note(every: Iterable[Bar], kept: Iterable[Bar], bars_of: str) -> str:
    whole, part = list(every), list(kept)
    if len(whole) == len(part):
        return ""
    count, left = (sum(len(bar.units) for bar in some) for some in (whole, part))
    return (
        f"Shown are the {len(part)} most contested of {len(whole):,} {bars_of}s: "
        f"{left:,} of {count:,} pairs of actor and proposal."
    )
