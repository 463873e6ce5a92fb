"""The pages of charts: matrix, timeline and network, each with its filters and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from kg.charts.kinds import NUMBERS, Chart, from_words, make
from kg.charts.models import Cell, Mark, MatrixChart, NetworkChart, Target, TimelineChart
from kg.errors import ParameterError
from kg.web.page_drawings import drawn, leads
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page
from kg.web.page_words import when, words

ABOUT: Final = {
    "matrix": (
        "Every cell tells where an actor stands on a proposal, in its own words or as others tell it, "
        "and leads to the positions behind it."
    ),
    "timeline": "Every mark is a stance at the time that the documents give, and leads to its positions.",
    "network": "A line joins two actors that agree or disagree on a proposal, and leads to what on.",
}
_NUMBERS: Final = {
    "actors": "Actors shown at most",
    "proposals": "Proposals shown at most",
    "shared": "Held by at least so many actors",
    "lanes": "Lanes shown at most",
    "edges": "Lines shown at most",
}

Link = tuple[str, str]
"""What a cell says, and where it leads."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """What a chart shows, as a table: heads, and rows of cells with their links."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Link | tuple[Link, ...], ...], ...]


def chart_page(reader: Reader, kind: str, fields: Sequence[tuple[str, str]] = ()) -> Page:
    """The page of a chart; *fields* are what its form gives. What does not fit is told above the form."""
    problem = ""
    try:
        chart = _made(reader, kind, fields)
    except ParameterError as error:
        problem, fields = str(error), ()
        chart = _made(reader, kind, ())
    given = [(name, value) for name, value in fields if value.strip()]
    query = f"?{urlencode(given)}" if given else ""
    return Page(
        template="chart.html",
        title=chart.title,
        path=f"/{kind}",
        section=kind.capitalize(),
        status=422 if problem else 200,
        about=ABOUT[kind],
        data={
            "kind": kind,
            "chart": chart,
            "svg": drawn(reader, chart, name="chart"),
            "about": ABOUT[kind],
            "problem": problem,
            "given": {name: [each for key, each in given if key == name] for name, _ in given},
            "numbers": [(name, _NUMBERS[name]) for name in NUMBERS[kind]],
            "choices": {
                name: [(each.slug, each.label or each.slug) for each in reader.labels.of(type_)]
                for name, type_ in (
                    ("issue", "st:Issue"),
                    ("document", "st:Document"),
                    ("actor", "st:Actor"),
                    ("proposal", "st:Proposal"),
                )
            },
            "query": query,
            "equivalent": equivalent(reader, chart),
        },
    )


def _made(reader: Reader, kind: str, fields: Sequence[tuple[str, str]]) -> Chart:
    layered = (
        [*fields] if any(name == "layer" for name, _ in fields) else [*fields, ("layer", reader.corpus.layer)]
    )
    scope, options = from_words(kind, layered)
    return make(kind, reader.graph, scope, **options)


def equivalent(reader: Reader, chart: Chart) -> Equivalent:
    """The same as *chart*, as a table with the same links."""
    if isinstance(chart, MatrixChart):
        return _matrix(reader, chart)
    if isinstance(chart, TimelineChart):
        return _timeline(reader, chart)
    if isinstance(chart, NetworkChart):
        return _network(reader, chart)
    raise TypeError(f"no page shows a {type(chart).__name__}")


def _target(kind: str, of: Cell | Mark) -> Target:
    return Target(kind=kind, actor=of.actor, proposal=of.proposal, positions=of.positions)


def _matrix(reader: Reader, chart: MatrixChart) -> Equivalent:
    href = leads(reader)
    rows = sorted(chart.cells, key=lambda cell: (cell.proposal.label.casefold(), cell.actor.label.casefold()))
    return Equivalent(
        ("proposal", "actor", "stance"),
        tuple(
            (
                (cell.proposal.label, reader.path(cell.proposal.iri)),
                (cell.actor.label, reader.path(cell.actor.iri)),
                (
                    ", ".join(map(words, cell.stances)),
                    href(_target("cell", cell)),
                ),
            )
            for cell in rows
        ),
    )


def _timeline(reader: Reader, chart: TimelineChart) -> Equivalent:
    href = leads(reader)
    return Equivalent(
        ("actor", "proposal", "stance", "when"),
        tuple(
            (
                (lane.actor.label, reader.path(lane.actor.iri)),
                (lane.proposal.label, reader.path(lane.proposal.iri)),
                (
                    words(mark.stance),
                    href(_target("mark", mark)),
                ),
                (f"{mark.basis} {when(mark.dated)}", ""),
            )
            for lane in chart.lanes
            for mark in lane.marks
        ),
    )


def _network(reader: Reader, chart: NetworkChart) -> Equivalent:
    return Equivalent(
        ("actor", "and", "agree on", "disagree on"),
        tuple(
            (
                (edge.actor.label, reader.path(edge.actor.iri)),
                (edge.other.label, reader.path(edge.other.iri)),
                tuple((each.label, reader.path(each.iri)) for each in edge.agreed),
                tuple((each.label, reader.path(each.iri)) for each in edge.disagreed),
            )
            for edge in chart.edges
        ),
    )
