"""The kinds of charts by name: make one of a graph, draw it as SVG.

    from kg.charts.addresses import to_pages
    from kg.charts.kinds import Scope, make, svg

    chart = make("matrix", graph, Scope(issue="ceasefire", since="2025"), actors=20)
    text = svg(chart, href=to_pages(base), room=960)

`svg` is a pure function: the same chart gives the same bytes. *href* makes the address of a
`kg.charts.models.Target`; what it leaves empty is drawn without a link. `from_words` reads what a
form or an address gives: ``issue=ceasefire&actor=russia&actor=ukraine&since=2025&actors=20``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kg.charts import bar_drawings, matrix_drawings, network_drawings, timeline_drawings
from kg.charts.bars import bars_of, stance_bars
from kg.charts.matrices import matrix
from kg.charts.models import BarsChart, Chart, Href, MatrixChart, NetworkChart, Target, TimelineChart
from kg.charts.networks import network
from kg.charts.readings import EVERYTHING, Scope
from kg.charts.timelines import timeline
from kg.errors import ParameterError
from kg.words import suggest

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = [
    "EVERYTHING", "KINDS", "NUMBERS", "Chart", "Href", "Scope", "Target", "bars_of", "from_words", "make",
    "matrix", "network", "nowhere", "stance_bars", "svg", "timeline",
]  # fmt: skip

KINDS: Final[dict[str, Callable[..., Chart]]] = {
    "matrix": matrix,
    "timeline": timeline,
    "network": network,
    "bars": stance_bars,
}
"""Each kind with what makes it."""

NUMBERS: Final = {
    "matrix": ("actors", "proposals", "shared"),
    "timeline": ("lanes",),
    "network": ("actors", "edges"),
    "bars": ("bars",),
}
"""The numbers that each kind takes besides a scope: how much is shown at most."""

MOST: Final = 300
"""The highest of these numbers."""

_MANY: Final = {"actor": "actors", "proposal": "proposals", "document": "documents"}
_ONE: Final = ("issue", "since", "until", "layer")


def make(kind: str, graph: Graph, scope: Scope = EVERYTHING, **options: Any) -> Chart:
    """Make a chart of *graph*; *options* are the `NUMBERS` of its kind, and for bars *by*.

    Raises:
        ParameterError: there is no such kind, a name in *scope* stands for nothing, or a date is none.
    """
    if kind not in KINDS:
        raise ParameterError(f"there is no chart '{kind}'; there are {', '.join(KINDS)}")
    return KINDS[kind](graph, scope, **options)


def from_words(kind: str, fields: Iterable[tuple[str, str]]) -> tuple[Scope, dict[str, Any]]:
    """Read the scope and the options of `make` from the *fields* of a form; empty ones say nothing.

    ``actor``, ``proposal`` and ``document`` may come several times, of the others the last counts.

    Raises:
        ParameterError: a field is unknown, or a number is none from 1 to 300.

    >>> scope, options = from_words("network", [("actor", "bo"), ("since", "2025"), ("edges", "30")])
    >>> scope.actors, scope.since, options
    (('bo',), '2025', {'edges': 30})
    """
    numbers = NUMBERS.get(kind, ())
    known = (*_MANY, *_ONE, *numbers, *(["by"] if kind == "bars" else []))
    many: dict[str, tuple[str, ...]] = {}
    one: dict[str, str] = {}
    options: dict[str, Any] = {}
    for name, given in fields:
        value = given.strip()
        if name not in known:
            help_ = suggest(name, known) or f"there are {', '.join(known)}"
            raise ParameterError(f"a chart '{kind}' has no parameter '{name}'; {help_}")
        if not value:
            continue
        if name in _MANY:
            many[_MANY[name]] = (*many.get(_MANY[name], ()), value)
        elif name in _ONE:
            one[name] = value
        else:
            options[name] = _number(name, value) if name in numbers else value
    return Scope(**many, **one), options  # type: ignore[arg-type]


def _number(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= MOST:
        raise ParameterError(f"{name}: '{value[:20]}' is no whole number from 1 to {MOST}")
    return int(value)


def nowhere(target: Target) -> str:
    """The `Href` of a chart without links."""
    del target
    return ""


def svg(
    chart: Chart, *, href: Href = nowhere, name: str = "", room: float = 960, heading: str | None = None
) -> str:
    """Draw *chart* as one SVG element without an XML declaration, to stand in a page or a file.

    *name* makes its ids unique in a page (default: the kind of chart). *room* is how many px there are from
    left to right; charts that flow (timeline, network, bars) keep to it from 320 on, a matrix is as wide as
    its columns need. *heading* is written above it: the title unless another is given, nothing where it is
    empty.
    """

    def leads(target: Target) -> str:
        return href(replace(target, within=chart.within))

    for kind, draw, called in _DRAWN:
        if isinstance(chart, kind):
            return draw(replace(chart, heading=heading), href=leads, name=name or called, room=room)
    raise TypeError(f"no chart that can be drawn: {type(chart).__name__}")


_DRAWN: Final[tuple[tuple[type[Chart], Callable[..., str], str], ...]] = (
    (MatrixChart, matrix_drawings.draw, "matrix"),
    (TimelineChart, timeline_drawings.draw, "timeline"),
    (NetworkChart, network_drawings.draw, "network"),
    (BarsChart, bar_drawings.draw, "bars"),
)
