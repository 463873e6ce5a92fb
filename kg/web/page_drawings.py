"""Charts in pages: which chart says more than a table, and where its links lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from kg.charts.addresses import to_pages
from kg.charts.kinds import Chart, Href, Scope, bars_of, make, svg
from kg.charts.models import BarsChart, MatrixChart, NetworkChart, Target, TimelineChart
from kg.errors import ParameterError
from kg.tables import Table
from kg.web.page_readers import Reader

WIDTH: Final = 1112
NARROW: Final = 336
"""px; what a chart that flows may take in a wide and in a narrow window."""

_APART: Final = ("</text><text", "</text> <text")

_LANES: Final = 12
_LEAST: Final = 3
"""How much of a timeline stands above an answer; fewer things than *least* are told as well by text."""

_BY_QUESTION: Final = {
    "matrix": "matrix",
    "changes-over-time": "timeline",
    "since-when": "timeline",
    "timeline": "timeline",
    "positions-of": "timeline",
    "agreement-pairs": "network",
}
"""The chart of each question whose answer is not a matter of bars."""

_TAKES: Final = {"actor": "actors", "proposal": "proposals", "document": "documents"}


def drawn(reader: Reader, chart: Chart, *, name: str) -> Markup:
    """*chart* as SVG that stands in a page, its links leading to pages; *name* makes its ids unique there.

    A chart that flows is drawn twice, for wide and for narrow windows; the stylesheet shows one of them.
    """
    href = leads(reader)
    # The page has a heading above it. White space between lines of text keeps their words apart in names.
    wide = svg(chart, href=href, room=WIDTH, name=name, heading="").replace(*_APART)
    if isinstance(chart, MatrixChart):
        return Markup(wide)  # noqa: S704  # escaped where it is drawn
    narrow = svg(chart, href=href, room=NARROW, name=f"{name}-narrow", heading="").replace(*_APART)
    return Markup(f'<div class="at-wide">{wide}</div><div class="at-narrow">{narrow}</div>')  # noqa: S704


def leads(reader: Reader) -> Href:
    """Where links of charts lead; in files that nobody serves never to an answer made on demand."""
    to_page = to_pages(reader.corpus.base)
    if not reader.is_static:
        return to_page

    def to_file(target: Target) -> str:
        address = to_page(target)
        if "?" not in address:
            return address
        found = target.proposal if target.kind in ("cell", "mark") else target.actor
        return reader.path(found.iri) if found else ""

    return to_file


def of_scope(reader: Reader, kind: str, **scope: Any) -> Chart | None:
    """A chart of what *scope* says, or None where it would show next to nothing."""
    options = {key: scope.pop(key) for key in ("lanes", "bars", "by") if key in scope}
    chart = make(kind, reader.graph, Scope(layer=reader.corpus.layer, **scope), **options)
    return chart if is_worth_it(chart) else None


def is_worth_it(chart: Chart) -> bool:
    """Whether a chart shows more than a few lines of text would."""
    if isinstance(chart, MatrixChart):
        return len(chart.actors) > 1 and len(chart.proposals) > 1
    if isinstance(chart, TimelineChart):
        marks = [mark for lane in chart.lanes for mark in lane.marks]
        return sum(mark.is_dated for mark in marks) >= _LEAST
    if isinstance(chart, NetworkChart):
        return len(chart.edges) > 1
    if isinstance(chart, BarsChart):
        return sum(len(bar.units) for bar in chart.bars) >= _LEAST and len(chart.bars) > 1
    return False


def of_answer(
    reader: Reader, name: str, table: Table, values: Mapping[str, Sequence[str]], title: str
) -> Markup | None:
    """The chart of an answer where one says more than its rows; None where none does."""
    chart: Chart | None
    if name in _BY_QUESTION:
        scope: dict[str, Any] = {
            _TAKES[key]: tuple(some) for key, some in values.items() if key in _TAKES and some
        }
        if values.get("issue"):
            scope["issue"] = values["issue"][0]
        scope |= {key: values[key][0] for key in ("since", "until") if values.get(key)}
        try:
            kind = _BY_QUESTION[name]
            chart = of_scope(reader, kind, **scope, **({"lanes": _LANES} if kind == "timeline" else {}))
        except ParameterError:  # a question may take a name that a chart does not
            return None
    else:
        chart = bars_of(table, reader.labels.names, title=title) if len(table) >= _LEAST else None
        chart = chart if chart is not None and is_worth_it(chart) else None
    return None if chart is None else drawn(reader, chart, name="answer")
