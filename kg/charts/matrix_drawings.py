"""Draw the matrix: proposals from top to bottom, actors from left to right, signs where they meet."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from kg.charts import elements as svg
from kg.charts.glyphs import MARGIN, glyph, head
from kg.charts.models import SIDES, Cell, Href, MatrixChart, Named, Target
from kg.charts.texts import width, wrap

PITCH: Final = 28.0
"""The side of a cell in px, at least the 24 that a finger needs (WCAG 2.2, 2.5.8)."""

_SIZE: Final = 11.5
_LEADING: Final = 13.0
_TURN: Final = -60.0
_COSINE: Final = 0.5
_SINE: Final = 0.866
_LABEL: Final = 270.0


class _Frame(NamedTuple):
    """Where the grid of cells stands, and the heights of its rows."""

    left: float
    top: float
    heights: tuple[float, ...]
    columns: int

    @property
    def right(self) -> float:
        return self.left + self.columns * PITCH

    @property
    def bottom(self) -> float:
        return self.top + sum(self.heights)

    def x(self, column: int) -> float:
        return self.left + (column + 0.5) * PITCH

    def y(self, row: int) -> float:
        return self.top + sum(self.heights[:row]) + self.heights[row] / 2


def draw(chart: MatrixChart, *, href: Href, name: str, room: float) -> str:
    """The matrix as SVG, as wide as it needs; *room* px is how much there is for the labels at a pinch."""
    label = min(_LABEL, max(130.0, room * 0.36))
    rows = [wrap(proposal.label, label, _SIZE, lines=4) for proposal in chart.proposals]
    columns = [_column_lines(actor) for actor in chart.actors]
    heights = tuple(max(PITCH, len(lines) * _LEADING + 6) for lines in rows)
    rise = max((max(width(words, _SIZE) for words in lines) for lines in columns), default=0.0) * _SINE + 14
    overhang = _overhang(columns)
    left = MARGIN + label + 10
    wide = max(left + len(columns) * PITCH + overhang + MARGIN, 420.0)
    above = head(chart, (cell.side for cell in chart.cells), wide)
    frame = _Frame(left, above.height + rise, heights, len(columns))
    content = [
        *above.content,
        *_grid(frame),
        *_column_labels(chart, columns, frame, href),
        *_rows(chart, rows, frame, href),
    ]
    if not chart.cells:
        content.append(svg.text("Nobody takes a stance on this.", MARGIN, frame.top + 16, class_="ink empty"))
    return svg.document(
        content,
        width=wide,
        height=max(frame.bottom, frame.top + 24) + MARGIN,
        name=name,
        title=chart.title,
        about=_about(chart),
        kind="matrix",
    )


def _column_lines(actor: Named) -> list[str]:
    """A turned label on one line or on two, which is as much as a column has room for."""
    for room in (120.0, 140.0, 160.0, 180.0, 200.0, 230.0, 260.0):
        lines = wrap(actor.label, room, _SIZE)
        if len(lines) <= 2:
            return lines
    return wrap(actor.label, 260.0, _SIZE, lines=2)


def _overhang(columns: list[list[str]]) -> float:
    """How far the turned labels reach beyond the last column."""
    reach = 0.0
    for column, lines in enumerate(columns):
        end = max(width(words, _SIZE) for words in lines) * _COSINE + 8
        reach = max(reach, end - (len(columns) - 1 - column) * PITCH - PITCH / 2)
    return max(0.0, reach)


def _grid(frame: _Frame) -> list[str]:
    parts = [
        svg.rect(MARGIN, frame.y(row) - high / 2, frame.right - MARGIN, high, fill=svg.BAND, class_="band")
        for row, high in enumerate(frame.heights)
        if row % 2 == 0
    ]
    parts += [
        svg.line(frame.x(column), frame.top - 4, frame.x(column), frame.bottom)
        for column in range(frame.columns)
    ]
    return [svg.group(*parts, aria_hidden="true")] if parts else []


def _column_labels(chart: MatrixChart, columns: list[list[str]], frame: _Frame, href: Href) -> list[str]:
    count = Counter(cell.actor for cell in chart.cells)
    found = []
    for column, (actor, lines) in enumerate(zip(chart.actors, columns, strict=True)):
        x, y = frame.x(column), frame.top - 9
        drawn = []
        for at, words in enumerate(lines):
            # Lines of a turned label stand beside one another, across the direction of writing.
            aside = (at - (len(lines) - 1) / 2) * _LEADING + 4
            drawn.append(svg.text(words, x + aside * _SINE, y + aside * _COSINE, size=_SIZE, turn=_TURN))
        address = href(Target(kind="actor", actor=actor))
        said = f"{actor.label}: {_count(count[actor], 'stance')} here"
        found.append(svg.linked(address, said, *drawn, class_="label", kind="actor"))
    return found


def _rows(chart: MatrixChart, rows: list[list[str]], frame: _Frame, href: Href) -> list[str]:
    """Row by row, label first, so that the keyboard goes through it as one reads."""
    at = {actor: column for column, actor in enumerate(chart.actors)}
    of: dict[Named, list[Cell]] = {proposal: [] for proposal in chart.proposals}
    for cell in chart.cells:
        of[cell.proposal].append(cell)
    found = []
    for row, (proposal, lines) in enumerate(zip(chart.proposals, rows, strict=True)):
        cells = sorted(of[proposal], key=lambda cell: at[cell.actor])
        label = _row_label(proposal, lines, frame, row, len(cells), href)
        drawn = [_cell(cell, frame.x(at[cell.actor]), frame.y(row), href) for cell in cells]
        found.append(svg.group(label, *drawn, class_="row"))
    return found


def _row_label(proposal: Named, lines: list[str], frame: _Frame, row: int, count: int, href: Href) -> str:
    first = frame.y(row) - (len(lines) - 1) * _LEADING / 2 + 4
    drawn = [
        svg.text(words, frame.left - 8, first + at * _LEADING, size=_SIZE, anchor="end")
        for at, words in enumerate(lines)
    ]
    said = f"{proposal.label}: {_count(count, 'actor')} here"
    return svg.linked(
        href(Target(kind="proposal", proposal=proposal)), said, *drawn, class_="label", kind="proposal"
    )


def _cell(cell: Cell, x: float, y: float, href: Href) -> str:
    target = Target(kind="cell", actor=cell.actor, proposal=cell.proposal, positions=cell.positions)
    area = svg.rect(x - 13, y - 13, 26, 26, fill="none", pointer_events="all", class_="area")
    return svg.linked(href(target), cell_name(cell), area, glyph(cell.side, x, y), class_="mark", kind="cell")


def cell_name(cell: Cell) -> str:
    """A cell in words.

    >>> from kg.charts.models import Named
    >>> bo, fees = Named("Bo", "b"), Named("fees", "f")
    >>> cell_name(Cell(actor=bo, proposal=fees, stances=("rules-out",), positions=("p",)))
    'Bo: rules out – fees (against; 1 position)'
    """
    stances = ", ".join(stance.replace("-", " ") for stance in cell.stances)
    count = _count(len(cell.positions), "position")
    return f"{cell.actor.label}: {stances} – {cell.proposal.label} ({SIDES[cell.side]}; {count})"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _about(chart: MatrixChart) -> str:
    sides = Counter(cell.side for cell in chart.cells)
    counts = ", ".join(f"{sides[side]:,} {words}" for side, words in SIDES.items() if sides[side])
    return " ".join(
        filter(
            None,
            (
                f"A matrix of {_count(len(chart.proposals), 'proposal')} (rows) and "
                f"{_count(len(chart.actors), 'actor')} (columns) with {_count(len(chart.cells), 'cell')}"
                + (f": {counts}." if counts else "."),
                f"Limited to: {chart.scope}." if chart.scope else "",
                chart.note,
                "Like rows and like columns stand together. Every cell is a link to its positions.",
            ),
        )
    )
