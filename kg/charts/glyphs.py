"""The sign of each side, and what all charts have around them: title, legend, note.

A side is told by sign and shape as well as by colour: for is a square with a plus, against a disc with a
minus; what is weaker is paler with a dark sign; for and against at once is a square cut in two. Blue
and orange stay apart for every common kind of colour-blindness.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from kg.charts import elements as svg
from kg.charts.models import SIDES, Chart, Side
from kg.charts.texts import width, wrap


class Look(NamedTuple):
    """Fill, line and sign of a side."""

    fill: str
    line: str
    sign: str


Ink: TypeAlias = dict[str, str | float]
"""Attributes of a line."""

LOOKS: Final = {
    Side.FOR: Look("#1f63a8", "#1f63a8", "#ffffff"),
    Side.CONDITIONAL: Look("#d3e4f5", "#1f63a8", "#174a7e"),
    Side.UNDECIDED: Look("#ffffff", "#6e7781", "#57606a"),
    Side.DOUBTFUL: Look("#fbe0cf", "#b5480f", "#8a3609"),
    Side.AGAINST: Look("#b5480f", "#b5480f", "#ffffff"),
    Side.MIXED: Look("#1f63a8", "#1f2328", "#ffffff"),
}


def glyph(side: Side, x: float, y: float, size: float = 18) -> str:
    """The sign of *side* in a square of *size* px around the point (*x*, *y*)."""
    half, arm = size / 2, size * 0.25
    sign = _sign(side, x, y, arm)
    if side is Side.MIXED:
        return svg.group(*_cut_square(x, y, half), *sign, class_="glyph mixed")
    look = LOOKS[side]
    shape: dict[str, str | float | None] = {
        "fill": look.fill,
        "stroke": look.line,
        "stroke_width": 1.2,
        "stroke_dasharray": "2.5 1.8" if side is Side.CONDITIONAL else None,
        "class_": "shape",
    }
    if side in (Side.FOR, Side.CONDITIONAL):
        drawn = svg.rect(x - half + 0.6, y - half + 0.6, size - 1.2, size - 1.2, rx=2.5, **shape)
    else:
        drawn = svg.el("circle", cx=x, cy=y, r=half - 0.6, **shape)
    return svg.group(drawn, *sign, class_=f"glyph {side.value}")


def _cut_square(x: float, y: float, half: float) -> Iterable[str]:
    edge = half - 0.6
    left, right, top, bottom = (svg.number(v) for v in (x - edge, x + edge, y - edge, y + edge))
    yield svg.el("path", d=f"M{left} {bottom}V{top}H{right}Z", fill=LOOKS[Side.FOR].fill, class_="shape pro")
    yield svg.el(
        "path", d=f"M{right} {top}V{bottom}H{left}Z", fill=LOOKS[Side.AGAINST].fill, class_="shape con"
    )


def _sign(side: Side, x: float, y: float, arm: float) -> Iterable[str]:
    ink: Ink = {"stroke": LOOKS[side].sign, "stroke_width": 1.8, "stroke_linecap": "round", "class_": "sign"}
    if side is Side.MIXED:
        small = arm * 0.62
        yield _bar(x - arm * 0.85, y - arm * 0.85, small, ink)
        yield _bar(x - arm * 0.85, y - arm * 0.85, small, ink, upright="yes")
        yield _bar(x + arm * 0.85, y + arm * 0.85, small, ink)
        return
    if side is Side.UNDECIDED:
        yield svg.el("circle", cx=x, cy=y, r=1.6, fill=LOOKS[side].sign, class_="sign dot")
        return
    yield _bar(x, y, arm, ink)
    if side in (Side.FOR, Side.CONDITIONAL):
        yield _bar(x, y, arm, ink, upright="yes")


def _bar(x: float, y: float, arm: float, ink: Ink, *, upright: str = "") -> str:
    if upright:
        return svg.line(x, y - arm, x, y + arm, **ink)
    return svg.line(x - arm, y, x + arm, y, **ink)


# ---------------------------------------------------------------- around a chart


class Head(NamedTuple):
    """What stands above a chart, and how high it is."""

    content: list[str]
    height: float


MARGIN: Final = 16


def head(chart: Chart, sides: Iterable[Side], room: float, *, more: Iterable[str] = ()) -> Head:
    """Title, filters, what is left out, and the legend of the *sides* that occur; *more* are sentences."""
    parts: list[str] = []
    y = MARGIN + 8.0
    heading = chart.title if chart.heading is None else chart.heading
    for words in wrap(heading, room - 2 * MARGIN, 17) if heading else []:
        parts.append(svg.text(words, MARGIN, y + 4, size=17, weight="bold", class_="ink title"))
        y += 22
    sentences = [chart.scope[:1].upper() + chart.scope[1:] + "." if chart.scope else "", chart.note, *more]
    for words in wrap(" ".join(filter(None, sentences)), room - 2 * MARGIN, 12.5):
        if words:
            parts.append(svg.text(words, MARGIN, y + 5, size=12.5, fill=svg.FAINT, class_="faint"))
            y += 17
    wanted = set(sides)
    key = legend([side for side in SIDES if side in wanted], room, y + 8)
    return Head([*parts, *key.content], key.height + 8)


def legend(sides: Iterable[Side], room: float, top: float) -> Head:
    """The signs of *sides* with their meaning, on as many lines as they need; the height is where it ends."""
    shown = list(sides)
    if not shown:
        return Head([], top)
    parts: list[str] = []
    x, y = float(MARGIN), top + 9
    for side in shown:
        wide = 22 + width(SIDES[side], 12) + 18
        if x > MARGIN and x + wide - 18 > room - MARGIN:
            x, y = float(MARGIN), y + 22
        parts += [glyph(side, x + 8, y, 15), svg.text(SIDES[side], x + 22, y + 4, size=12)]
        x += wide
    return Head([svg.group(*parts, class_="legend", aria_hidden="true")], y + 12)
