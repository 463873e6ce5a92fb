"""Draw stance bars: a sign for each actor, those against to the left of a line, those for to its right.

Bars by stance are rows of names. Where squares would get too small to hit, a bar is cut into sides with
their counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kg.charts import elements as svg
from kg.charts.glyphs import LOOKS, MARGIN, Head, glyph, head
from kg.charts.models import SIDES, Bar, BarsChart, Cell, Href, Named, Side, Target, side
from kg.charts.texts import width, wrap

LEFT: Final = (Side.DOUBTFUL, Side.AGAINST)
RIGHT: Final = (Side.CONDITIONAL, Side.FOR)
APART: Final = (Side.UNDECIDED, Side.MIXED)
"""The sides left and right of the line, each from the line outwards, and those that belong to neither."""

_SIZE: Final = 11.5
_LEADING: Final = 13.5
_PITCH: Final = 25.0
_LEAST: Final = 15.0
_NARROW: Final = 620.0
_CHIP: Final = 24.0

CHIPS: Final = 60
"""How many names stand in a row at most; one more says how many are missing."""


class _Frame(NamedTuple):
    """Widths of labels and of one unit; where the line stands, and where those apart begin (0: nowhere)."""

    wide: float
    label: float
    above: bool
    unit: float
    middle: float
    apart: float

    @property
    def is_counted(self) -> bool:
        return self.unit < _LEAST


def draw(chart: BarsChart, *, href: Href, name: str, room: float) -> str:
    """The bars as SVG, *room* px wide (320 at least)."""
    wide = max(320.0, room)
    above = head(chart, (unit.side for bar in chart.bars for unit in bar.units), wide)
    rows = _name_rows if chart.bars_of == "stance" else _unit_rows
    drawn = rows(chart, wide, above.height + 4, href)
    content = [*above.content, *drawn.content]
    if not chart.bars:
        content.append(
            svg.text("Nobody takes a stance on this.", MARGIN, above.height + 20, class_="ink empty")
        )
    return svg.document(
        content,
        width=wide,
        height=max(drawn.height, above.height + 28) + MARGIN,
        name=name,
        title=chart.title,
        about=_about(chart),
        kind="bars",
    )


# ---------------------------------------------------------------- bars of squares


def _unit_rows(chart: BarsChart, wide: float, top: float, href: Href) -> Head:
    frame = _frame(chart.bars, wide)
    y = top + 22 if chart.bars else top
    rows = []
    for at, bar in enumerate(chart.bars):
        lines = wrap(bar.label, frame.label, _SIZE, lines=4)
        words = len(lines) * _LEADING
        high = (words + 28 if frame.above else max(28.0, words)) + 8
        parts = (
            [svg.rect(MARGIN, y, wide - 2 * MARGIN, high, fill=svg.BAND, class_="band")]
            if at % 2 == 0
            else []
        )
        middle = y + (words + 4 + 16 if frame.above else high / 2)
        parts.append(_label(chart, bar, lines, frame, y + 15 if frame.above else middle, href))
        if frame.above:
            x = frame.middle
            parts.append(svg.line(x, middle - 14, x, middle + 14, stroke=svg.FAINT, class_="axis"))
        parts += (
            _segments(chart, bar, frame, middle, href)
            if frame.is_counted
            else _squares(bar, frame, middle, href)
        )
        rows.append(svg.group(*parts, class_="row"))
        y += high
    return Head([*rows, *_axis(frame, top, y)] if chart.bars else [], y)


def _frame(bars: Sequence[Bar], wide: float) -> _Frame:
    above = wide < _NARROW
    label = wide - 2 * MARGIN - 12 if above else min(280.0, wide * 0.33)
    most = [max((bar.count(*sides) for bar in bars), default=0) for sides in (LEFT, RIGHT, APART)]
    start = MARGIN + (0.0 if above else label + 14)
    ends = 2 * 22 + (22 if most[2] else 0)  # counts stand at both ends
    unit = min(_PITCH, (wide - MARGIN - start - ends) / max(1, sum(most)))
    apart = wide - MARGIN - most[2] * unit if most[2] else 0.0
    room = (apart - 22 if apart else wide - MARGIN) - start - 44 - (most[0] + most[1]) * unit
    middle = start + 22 + most[0] * unit + max(0.0, min(room / 2, room))
    return _Frame(wide, label, above, unit, middle, apart)


def _axis(frame: _Frame, top: float, bottom: float) -> Iterator[str]:
    words = [("against ←", frame.middle - 8, "end"), ("→ for", frame.middle + 8, "start")]
    parts = []
    if not frame.above:  # else it would cross the labels
        parts.append(svg.line(frame.middle, top + 4, frame.middle, bottom, stroke=svg.FAINT, class_="axis"))
    if frame.apart:
        words.append(("undecided or both", frame.wide - MARGIN, "end"))
    for text, x, anchor in words:
        parts.append(svg.text(text, x, top + 14, size=11, fill=svg.FAINT, anchor=anchor, class_="faint"))
    yield svg.group(*parts, aria_hidden="true")


def _label(chart: BarsChart, bar: Bar, lines: list[str], frame: _Frame, y: float, href: Href) -> str:
    x, anchor = (MARGIN + 6.0, "start") if frame.above else (MARGIN + frame.label, "end")
    first = y if frame.above else y - (len(lines) - 1) * _LEADING / 2 + 4
    drawn = [
        svg.text(words, x, first + at * _LEADING, size=_SIZE, anchor=anchor) for at, words in enumerate(lines)
    ]
    is_actor = chart.bars_of == "actor"
    target = Target(
        kind=chart.bars_of, actor=bar.of if is_actor else None, proposal=None if is_actor else bar.of
    )
    return svg.linked(href(target), bar_name(bar), *drawn, class_="label", kind=chart.bars_of)


def _runs(bar: Bar, frame: _Frame) -> Iterator[tuple[Side, float, int, int]]:
    """For each side that occurs: where its run begins, which way it goes (1 or -1), and how long it is."""
    for sides, way, start in ((LEFT, -1, frame.middle), (RIGHT, 1, frame.middle), (APART, 1, frame.apart)):
        x = start
        for each in sides:
            if count := bar.count(each):
                yield each, x, way, count
                x += way * count * frame.unit


def _squares(bar: Bar, frame: _Frame, y: float, href: Href) -> Iterator[str]:
    found = []
    for each, start, way, _ in _runs(bar, frame):
        units = sorted((unit for unit in bar.units if unit.side is each), key=lambda u: (u.actor, u.proposal))
        for at, unit in enumerate(units):
            found.append((start + way * (at + 0.5) * frame.unit, unit))
    for x, unit in sorted(found, key=lambda pair: pair[0]):
        area = svg.rect(
            x - frame.unit / 2, y - 13, frame.unit, 26, fill="none", pointer_events="all", class_="area"
        )
        sign = glyph(unit.side, x, y, min(18.0, frame.unit - 5))
        yield svg.linked(href(_target(unit)), unit_name(unit), area, sign, class_="mark", kind="cell")
    yield from _counts(bar, frame, y)


def _counts(bar: Bar, frame: _Frame, y: float) -> Iterator[str]:
    """How many there are on either side of the line, at the ends of the bar."""
    for sides, way, anchor in ((LEFT, -1, "end"), (RIGHT, 1, "start")):
        if count := bar.count(*sides):
            x = frame.middle + way * (count * frame.unit + 5)
            yield svg.text(
                f"{count:,}", x, y + 4, size=11, fill=svg.FAINT, anchor=anchor, class_="faint count"
            )


def _segments(chart: BarsChart, bar: Bar, frame: _Frame, y: float, href: Href) -> Iterator[str]:
    is_actor = chart.bars_of == "actor"
    for each, start, way, count in _runs(bar, frame):
        wide = count * frame.unit
        x = start if way > 0 else start - wide
        look = LOOKS[each]
        shape = svg.rect(x, y - 10, wide, 20, fill=look.fill, stroke=look.line, class_=f"shape {each.value}")
        if each is Side.MIXED:
            shape = "".join(
                svg.rect(x, y + at, wide, 10, fill=LOOKS[one].fill, class_=f"shape {name}")
                for one, name, at in ((Side.FOR, "pro", -10), (Side.AGAINST, "con", 0))
            )
        words = f"{count:,}"
        number = [
            svg.text(
                words,
                x + wide / 2,
                y + 4,
                size=11,
                fill=look.sign,
                anchor="middle",
                class_=f"sign {each.value}",
            )
        ]
        target = Target(
            kind="stance",
            actor=bar.of if is_actor else None,
            proposal=None if is_actor else bar.of,
            stance=each.value,
            positions=tuple(p for unit in bar.units if unit.side is each for p in unit.positions),
        )
        said = f"{bar.label}: {count:,} {SIDES[each]}"
        shown = number if width(words, 11) + 4 <= wide else []
        yield svg.linked(href(target), said, shape, *shown, class_="mark", kind="stance")
    yield from _counts(bar, frame, y)


# ---------------------------------------------------------------- rows of names


def _name_rows(chart: BarsChart, wide: float, top: float, href: Href) -> Head:
    """A row for each stance: its sign, its name, how many take it, and who they are."""
    proposals = {unit.proposal for bar in chart.bars for unit in bar.units}
    actors = {unit.actor for bar in chart.bars for unit in bar.units}
    varies = "actor" if len(proposals) < 2 else "proposal" if len(actors) < 2 else "both"
    above = wide < _NARROW
    left = MARGIN + (6.0 if above else 206.0)
    y, rows = top, []
    for at, bar in enumerate(chart.bars):
        parts: list[str] = []
        start = y + (30 if above else 6)
        x, line = left, start
        for target, said, words in _chips(bar, varies):
            short = wrap(words, wide - MARGIN - left - 20, _SIZE, lines=1)[0]
            room = width(short, _SIZE) + 16
            if x > left and x + room > wide - MARGIN - 4:
                x, line = left, line + _CHIP + 5
            parts.append(_chip(side([bar.stance]), href(target), said, short, x, line, room))
            x += room + 6
        high = line + _CHIP + 6 - y
        band = (
            svg.rect(MARGIN, y, wide - 2 * MARGIN, high, fill=svg.BAND, class_="band") if at % 2 == 0 else ""
        )
        rows.append(svg.group(band, _stance_label(bar, y, href), *parts, class_="row"))
        y += high
    return Head(rows, y)


def _chips(bar: Bar, varies: str) -> Iterator[tuple[Target, str, str]]:
    """Target, name and words of each unit, as far as there is room; the last says how many more there are."""
    for unit in bar.units[:CHIPS]:
        words = {
            "actor": unit.actor.label,
            "proposal": unit.proposal.label,
            "both": f"{unit.actor.label}: {unit.proposal.label}",
        }
        yield _target(unit), unit_name(unit), words[varies]
    if more := bar.units[CHIPS:]:
        said = f"and {len(more):,} more"
        yield _stance_target(bar), f"{bar.label}: {said}", said


def _stance_target(bar: Bar) -> Target:
    return Target(
        kind="stance", stance=bar.stance, positions=tuple(p for unit in bar.units for p in unit.positions)
    )


def _stance_label(bar: Bar, y: float, href: Href) -> str:
    drawn = [
        glyph(side([bar.stance]), MARGIN + 14, y + 18, 16),
        svg.text(bar.label, MARGIN + 30, y + 22, size=12.5, weight="bold", class_="ink title"),
        svg.text(
            f"{len(bar.units):,}",
            MARGIN + 30 + width(bar.label, 12.5) * 1.1 + 8,
            y + 22,
            size=12.5,
            fill=svg.FAINT,
            class_="faint",
        ),
    ]
    said = f"{bar.label}: {len(bar.units):,}"
    return svg.linked(href(_stance_target(bar)), said, *drawn, class_="label", kind="stance")


def _chip(on: Side, address: str, said: str, words: str, x: float, y: float, room: float) -> str:
    look = LOOKS[on]
    box = svg.rect(
        x + 0.5, y + 0.5, room - 1, _CHIP - 1, rx=4, fill=svg.PAPER, stroke=look.line,
        stroke_dasharray="2.5 1.8" if on is Side.CONDITIONAL else None, class_=f"chip {on.value}",
    )  # fmt: skip
    label = svg.text(words, x + room / 2, y + 16, size=_SIZE, anchor="middle")
    return svg.linked(address, said, box, label, class_="mark", kind="cell")


# ---------------------------------------------------------------- words


def _target(unit: Cell) -> Target:
    proposal: Named | None = unit.proposal if unit.proposal.iri else None
    return Target(kind="cell", actor=unit.actor, proposal=proposal, positions=unit.positions)


def unit_name(unit: Cell) -> str:
    """A square or a name in words."""
    stances = ", ".join(stance.replace("-", " ") for stance in unit.stances)
    what = f" – {unit.proposal.label}" if unit.proposal.label else ""
    return f"{unit.actor.label}: {stances}{what} ({SIDES[unit.side]})"


def bar_name(bar: Bar) -> str:
    """A bar in words: its counts, side by side."""
    counts = ", ".join(f"{bar.count(each):,} {words}" for each, words in SIDES.items() if bar.count(each))
    return f"{bar.label}: {counts}"


def _about(chart: BarsChart) -> str:
    units = sum(len(bar.units) for bar in chart.bars)
    parts = (
        f"{len(chart.bars):,} bars by {chart.bars_of} with {units:,} pairs of actor and proposal.",
        f"Limited to: {chart.scope}." if chart.scope else "",
        chart.note,
        "Each of them is a link to its positions.",
    )
    return " ".join(filter(None, parts))
