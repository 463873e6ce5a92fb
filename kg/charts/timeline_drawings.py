"""Draw the timeline: a lane for each actor and proposal, a sign for each stance at its time.

An exact day is a sign alone. Where a text leaves the time open, whiskers reach from the first to the last
day that it can have been; a bar lies under a sign where the stance was held throughout; an arrow shows an
end that is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kg.charts import elements as svg
from kg.charts.glyphs import LOOKS, MARGIN, Head, Ink, glyph, head
from kg.charts.models import SIDES, Href, Lane, Mark, Named, Side, Target, TimelineChart
from kg.charts.scales import Axis, axis
from kg.charts.texts import width, wrap

PITCH: Final = 26.0
"""The height of a line of marks in px."""

_HALF: Final = 12.5
_SIZE: Final = 11.5
_LEADING: Final = 13.5
_HEADING: Final = 26.0
_ARROW: Final = 26.0
_NARROW: Final = 620.0
_UNDATED: Final = 84.0


class Placed(NamedTuple):
    """A mark and its room: from *left* to *right*, its sign at *x*, in line *row* of its lane."""

    mark: Mark
    left: float
    right: float
    x: float
    row: int


class _Laid(NamedTuple):
    """A lane with its label and its marks in their places; *top* is where it begins."""

    lane: Lane
    heading: list[str]
    label: list[str]
    placed: list[Placed]
    top: float
    height: float


class _Frame(NamedTuple):
    """The room for labels and for time; marks without a date begin at *undated*, 0 if there are none."""

    label: float
    above: bool
    axis: Axis
    undated: float
    wide: float


def draw(chart: TimelineChart, *, href: Href, name: str, room: float) -> str:
    """The timeline as SVG, *room* px wide (320 at least)."""
    wide = max(320.0, room)
    frame = _frame(chart, wide)
    marks = [mark for lane in chart.lanes for mark in lane.marks]
    above = head(chart, (mark.side for mark in marks), wide)
    key = _key(marks, frame, above.height)
    top = key.height + 26
    laid = _laid(chart, frame, top)
    bottom = laid[-1].top + laid[-1].height if laid else top + 20
    content = [
        *above.content,
        *key.content,
        *_grid(frame, laid, top, bottom),
        *(part for each in laid for part in _lane(each, chart, frame, href)),
    ]
    if not laid:
        content.append(svg.text("There is no position here.", MARGIN, top + 12, class_="ink empty"))
    return svg.document(
        content,
        width=wide,
        height=bottom + MARGIN,
        name=name,
        title=chart.title,
        about=_about(chart, marks),
        kind="timeline",
    )


def _frame(chart: TimelineChart, wide: float) -> _Frame:
    marks = [mark for lane in chart.lanes for mark in lane.marks]
    most = max((sum(not m.is_dated for m in lane.marks) for lane in chart.lanes), default=0)
    undated = min(most, 3) * 2 * _HALF + 12 if most else 0.0
    undated = max(undated, _UNDATED) if most else 0.0
    above = wide < _NARROW
    label = wide - 2 * MARGIN - 12 if above else min(270.0, wide * 0.3)
    left = MARGIN + (0 if above else label + 12)
    right = wide - MARGIN - undated
    days = [day for mark in marks for day in (mark.first, mark.last) if day]
    ends = axis(days, left + _ARROW + _HALF, right - _ARROW - _HALF)
    return _Frame(label, above, ends, right if most else 0.0, wide)


# ---------------------------------------------------------------- places


def place(marks: Iterable[Mark], ends: Axis, undated: float, *, columns: int = 3) -> list[Placed]:
    """Give every mark its place so that none covers another, in as few lines as that takes."""
    dated: list[Mark] = []
    others: list[Mark] = []
    for mark in marks:
        (dated if mark.is_dated else others).append(mark)
    found: list[Placed] = []
    free: list[float] = []
    spans = sorted(((*_span(mark, ends), mark) for mark in dated), key=lambda span: span[:3])
    for left, right, x, mark in spans:
        row = next((n for n, end in enumerate(free) if left >= end), len(free))
        free[row : row + 1] = [right + 1]
        found.append(Placed(mark, left, right, x, row))
    for n, mark in enumerate(others):
        x = undated + 12 + _HALF + (n % columns) * 2 * _HALF
        found.append(Placed(mark, x - _HALF, x + _HALF, x, n // columns))
    return found


def _span(mark: Mark, ends: Axis) -> tuple[float, float, float]:
    """Left and right end of all that is drawn of *mark*, and where its sign stands."""
    if mark.first and mark.last:
        one, other = ends.x(mark.first), ends.x(mark.last)
        x = (one + other) / 2
        before = _ARROW if ends.is_before(mark.first) else 0.0
        return min(one - before, x - _HALF), max(other, x + _HALF), x
    x = ends.x(mark.first or mark.last or "")
    if mark.first:
        return x - _HALF, x + _ARROW + _HALF, x
    return x - _ARROW - _HALF, x + _HALF, x


def _laid(chart: TimelineChart, frame: _Frame, top: float) -> list[_Laid]:
    found: list[_Laid] = []
    columns = max(1, int((_UNDATED - 12) / (2 * _HALF)))
    actor: Named | None = None
    for lane in chart.lanes:
        heading: list[str] = []
        if chart.lanes_of == "both" and lane.actor != actor:
            actor = lane.actor
            heading = wrap(lane.actor.label, frame.wide - 2 * MARGIN, 12.5)
        label = wrap(_label(chart, lane).label, frame.label, _SIZE, lines=4)
        placed = place(lane.marks, frame.axis, frame.undated, columns=columns)
        lines = (max(each.row for each in placed) + 1) * PITCH
        words = len(label) * _LEADING
        height = (words + 4 + lines if frame.above else max(lines, words)) + 8 + len(heading) * _HEADING
        found.append(_Laid(lane, heading, label, placed, top, height))
        top += height
    return found


def _label(chart: TimelineChart, lane: Lane) -> Named:
    return lane.actor if chart.lanes_of == "actor" else lane.proposal


# ---------------------------------------------------------------- drawing


def _grid(frame: _Frame, laid: list[_Laid], top: float, bottom: float) -> list[str]:
    if not laid:
        return []
    parts = []
    for at, each in enumerate(laid):
        if at % 2 == 0:
            start = each.top + len(each.heading) * _HEADING
            parts.append(
                svg.rect(
                    MARGIN,
                    start,
                    frame.wide - 2 * MARGIN,
                    each.height - len(each.heading) * _HEADING,
                    fill=svg.BAND,
                    class_="band",
                )
            )
    room = 0.0
    for x, name in frame.axis.ticks(64):
        parts.append(svg.line(x, top - 6, x, bottom))
        wide = width(name, 11) / 2
        if x - wide >= room and x + wide <= frame.wide - MARGIN - (_UNDATED if frame.undated else 0):
            parts.append(
                svg.text(name, x, top - 11, size=11, fill=svg.FAINT, anchor="middle", class_="faint tick")
            )
            room = x + wide + 8
    if frame.undated:
        x = frame.undated
        parts.append(svg.line(x, top - 20, x, bottom, stroke=svg.FAINT, stroke_dasharray="1 3"))
        parts.append(svg.text("undated", x + 12, top - 11, size=11, fill=svg.FAINT, class_="faint tick"))
    return [svg.group(*parts, aria_hidden="true")]


def _lane(laid: _Laid, chart: TimelineChart, frame: _Frame, href: Href) -> Iterator[str]:
    top = laid.top
    if laid.heading:
        actor = laid.lane.actor
        lines = [
            svg.text(words, MARGIN, top + 19 + at * _HEADING, size=12.5, weight="bold", class_="ink title")
            for at, words in enumerate(laid.heading)
        ]
        target = Target(kind="actor", actor=actor)
        yield svg.linked(href(target), actor.label, *lines, class_="label", kind="actor")
    top += len(laid.heading) * _HEADING
    yield svg.group(
        _lane_label(laid, chart, frame, top, href), *_signs(laid, frame, top, href), class_="lane"
    )


def _lane_label(laid: _Laid, chart: TimelineChart, frame: _Frame, top: float, href: Href) -> str:
    named = _label(chart, laid.lane)
    kind = "actor" if chart.lanes_of == "actor" else "proposal"
    x, anchor = (MARGIN + 6.0, "start") if frame.above else (MARGIN + frame.label, "end")
    first = top + (14 if frame.above else 4 + PITCH / 2 + 4)
    if not frame.above and len(laid.label) > 1:
        first = max(top + 14, first - (len(laid.label) - 1) * _LEADING / 2)
    drawn = [
        svg.text(words, x, first + at * _LEADING, size=_SIZE, anchor=anchor)
        for at, words in enumerate(laid.label)
    ]
    target = Target(kind=kind, actor=named) if kind == "actor" else Target(kind=kind, proposal=named)
    return svg.linked(href(target), named.label, *drawn, class_="label", kind=kind)


def _signs(laid: _Laid, frame: _Frame, top: float, href: Href) -> Iterator[str]:
    """The marks of a lane; where its stances differ, each with its stance in words if there is room."""
    first = top + 4 + (len(laid.label) * _LEADING + 4 if frame.above else 0)
    differ = len({mark.stance for mark in laid.lane.marks}) > 1
    for each in laid.placed:
        y = first + (each.row + 0.5) * PITCH
        word = each.mark.stance.replace("-", " ")
        fits = differ and each.right + 4 + width(word, 10) < _free(each, laid.placed, frame)
        yield _sign(each, y, word if fits else "", frame, href)


def _free(placed: Placed, others: Iterable[Placed], frame: _Frame) -> float:
    """How far the line of a mark is free to its right."""
    end = frame.undated if frame.undated and placed.mark.is_dated else frame.wide - MARGIN
    return min([end, *(other.left for other in others if other.row == placed.row and other.x > placed.x)])


def _sign(placed: Placed, y: float, word: str, frame: _Frame, href: Href) -> str:
    mark, x = placed.mark, placed.x
    target = Target(kind="mark", actor=mark.actor, proposal=mark.proposal, positions=mark.positions)
    wide = placed.right - placed.left
    drawn = [
        svg.rect(placed.left, y - 12, wide, 24, fill="none", pointer_events="all", class_="area"),
        *_extent(placed, y, frame.axis),
        svg.group(glyph(mark.side, x, y, 16), opacity="0.72" if mark.basis == "published" else None),
    ]
    if len(mark.positions) > 1:
        count = f"{len(mark.positions):,}"
        drawn.append(svg.text(count, x + 9.5, y - 4, size=8.5, halo=svg.PAPER, class_="ink count"))
    if word:
        drawn.append(svg.text(word, placed.right + 3, y + 3.5, size=10, fill=svg.FAINT, class_="faint"))
    return svg.linked(href(target), mark_name(mark), *drawn, class_="mark", kind="mark")


def _extent(placed: Placed, y: float, ends: Axis) -> Iterator[str]:
    """Bar, whiskers or arrows of a mark; nothing for an exact day."""
    mark, left, right = placed.mark, placed.left, placed.right
    ink: Ink = {"stroke": LOOKS[mark.side].line, "stroke_width": 1.5, "class_": f"extent {mark.side.value}"}
    if not mark.is_dated:
        return
    if not mark.first or ends.is_before(mark.first):
        begin = ends.left if mark.first and mark.last else placed.x
        yield _arrow(begin, left + 2, y, -1, ink)
    if not mark.last:
        yield _arrow(placed.x, right - 2, y, 1, ink)
    if not (mark.first and mark.last) or right - left <= 2 * _HALF + 0.5:
        return
    start = ends.x(mark.first)
    if "/" in mark.dated and ".." not in mark.dated:
        yield svg.rect(
            start, y - 4, ends.x(mark.last) - start, 8, rx=4, fill=LOOKS[mark.side].line,
            fill_opacity="0.35", class_=f"extent {mark.side.value}",
        )  # fmt: skip
        return
    doubt = any(sign in mark.dated for sign in "?~%")
    ink |= {"stroke_dasharray": "3 2.5"} if doubt else {}
    yield svg.line(start, y, ends.x(mark.last), y, **ink)
    for x in (start, ends.x(mark.last)):
        if not (x == start and ends.is_before(mark.first)):
            yield svg.line(x, y - 4, x, y + 4, **{k: v for k, v in ink.items() if k != "stroke_dasharray"})


def _arrow(x: float, tip: float, y: float, way: int, ink: Ink) -> str:
    back = tip - way * 5
    points = f"M{svg.number(x)} {svg.number(y)}H{svg.number(tip)}"
    points += f"M{svg.number(back)} {svg.number(y - 4)}L{svg.number(tip)} {svg.number(y)}"
    points += f"L{svg.number(back)} {svg.number(y + 4)}"
    return svg.el("path", d=points, fill="none", **ink)


# ---------------------------------------------------------------- words


def mark_name(mark: Mark) -> str:
    """A mark in words."""
    count = f" ({len(mark.positions)} positions)" if len(mark.positions) > 1 else ""
    times = {"held": "", "uttered": "said ", "published": "published "}[mark.basis]
    when = f"{times}{mark.dated}" if mark.dated else "without a date"
    return f"{mark.actor.label} {mark.stance.replace('-', ' ')}: {mark.proposal.label}, {when}{count}"


def _key(marks: list[Mark], frame: _Frame, top: float) -> Head:
    """What bars, whiskers, arrows and paler signs mean, as far as they occur."""
    samples = list(_samples(marks))
    parts: list[str] = []
    x, y = float(MARGIN), top + 8
    for drawn, words in samples:
        wide = 38 + width(words, 12) + 18
        if x > MARGIN and x + wide - 18 > frame.wide - MARGIN:
            x, y = float(MARGIN), y + 22
        parts += [svg.group(*drawn, transform=f"translate({svg.number(x)} {svg.number(y)})")]
        parts.append(svg.text(words, x + 38, y + 4, size=12))
        x += wide
    found = [svg.group(*parts, class_="legend", aria_hidden="true")] if parts else []
    return Head(found, y + 14 if parts else top)


def _samples(marks: list[Mark]) -> Iterator[tuple[list[str], str]]:
    ink: Ink = {"stroke": svg.FAINT, "stroke_width": 1.5, "class_": "key"}
    spread = [mark for mark in marks if mark.first and mark.last and mark.first != mark.last]
    if any("/" in mark.dated for mark in spread):
        yield [svg.rect(0, -4, 30, 8, rx=4, fill=svg.FAINT, fill_opacity="0.35", class_="key")], "throughout"
    if any("/" not in mark.dated for mark in spread):
        ends = [svg.line(x, -4, x, 4, **ink) for x in (0, 30)]
        yield [svg.line(0, 0, 30, 0, **ink), *ends], "some time in between"
    if any("/" not in m.dated and any(sign in m.dated for sign in "?~%") for m in spread):
        yield [svg.line(0, 0, 30, 0, **ink, stroke_dasharray="3 2.5")], "about or perhaps then"
    if any(mark.is_dated and not (mark.first and mark.last) for mark in marks):
        yield [_arrow(30, 2, 0, -1, ink)], "open: then or earlier (later)"
    if any(mark.basis == "published" for mark in marks):
        signs = svg.group(glyph(Side.FOR, 15, 0, 15), opacity="0.72")
        yield [signs], "paler: dated only by its publication"


def _about(chart: TimelineChart, marks: list[Mark]) -> str:
    sides = Counter(mark.side for mark in marks)
    counts = ", ".join(f"{sides[side]:,} {words}" for side, words in SIDES.items() if sides[side])
    parts = (
        f"A timeline with {len(chart.lanes):,} lanes and {len(marks):,} marks"
        + (f": {counts}." if counts else "."),
        f"Limited to: {chart.scope}." if chart.scope else "",
        chart.note,
        "Every mark is a link to its positions.",
    )
    return " ".join(filter(None, parts))
