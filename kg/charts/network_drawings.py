"""Draw the network: actors as discs, agreement as solid lines, disagreement as dashed ones.

A disc grows with the number of positions, a line with the number of proposals.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, sqrt
from typing import Final, NamedTuple

from kg.charts import elements as svg
from kg.charts.glyphs import LOOKS, MARGIN, Head, head
from kg.charts.layouts import Box, spread, stress_layout
from kg.charts.models import Edge, Href, Named, NetworkChart, Node, Side, Target
from kg.charts.texts import width, wrap

_SIZE: Final = 11.5
_LEADING: Final = 13.0
_AGREE: Final = LOOKS[Side.FOR].fill
_DIFFER: Final = LOOKS[Side.AGAINST].fill
_NARROW: Final = 620.0
_DISC: Final = "#e6e9ed"


class _Placed(NamedTuple):
    node: Node
    lines: list[str]
    radius: float
    box: Box


def draw(chart: NetworkChart, *, href: Href, name: str, room: float) -> str:
    """The network as SVG, *room* px wide (320 at least)."""
    wide = max(320.0, room)
    above = head(chart, (), wide)
    key = _key(chart, wide, above.height)
    placed = _placed(chart, wide)
    top = min((each.box.y - each.box.above for each in placed), default=0.0)
    bottom = max((each.box.y + each.box.below for each in placed), default=30.0)
    shift = key.height + 14 - top
    at = {each.node.actor: each for each in placed}
    edges = [part for edge in reversed(chart.edges) for part in _edge(edge, at, href)]
    nodes = [_node(each, href) for each in placed]
    content = [*above.content, *key.content]
    if placed:
        content.append(
            svg.group(
                svg.group(*edges, class_="edges"),
                svg.group(*nodes, class_="nodes"),
                transform=f"translate(0 {svg.number(shift)})",
            )
        )
    else:
        content.append(
            svg.text(
                "No two actors are for or against the same.", MARGIN, key.height + 20, class_="ink empty"
            )
        )
    return svg.document(
        content,
        width=wide,
        height=bottom + shift + MARGIN,
        name=name,
        title=chart.title,
        about=_about(chart),
        kind="network",
    )


# ---------------------------------------------------------------- places


def _placed(chart: NetworkChart, wide: float) -> list[_Placed]:
    number = {node.actor: n for n, node in enumerate(chart.nodes)}
    scores = {}
    for edge in chart.edges:
        agreed, disagreed = len(edge.agreed), len(edge.disagreed)
        pair = (number[edge.actor], number[edge.other])
        scores[min(pair), max(pair)] = (
            (agreed - disagreed) / (agreed + disagreed),
            float(agreed + disagreed),
        )
    places = stress_layout(len(chart.nodes), scores)
    if wide < _NARROW:  # the longest extent goes down the page
        places = [(y, x) for x, y in places]
    least, most = min((x for x, _ in places), default=0.0), max((x for x, _ in places), default=0.0)
    flat = max((abs(y) for _, y in places), default=0.0) or 1.0
    scale = (wide - 2 * MARGIN - 110) / ((most - least) or 1.0)
    tall = max(240.0, wide * 0.36) / flat
    tall = tall if wide < _NARROW else min(scale, tall)
    drawn = []
    for node, (x, y) in zip(chart.nodes, places, strict=True):
        lines = wrap(node.actor.label, 112, _SIZE, lines=4)
        radius = min(6 + 2.1 * sqrt(node.positions), 26.0)
        half = max(radius, 12.0, max(width(words, _SIZE) for words in lines) / 2)
        x = MARGIN + 55 + (x - least) * scale
        box = Box(x, y * tall, half, max(radius, 12.0), radius + 4 + len(lines) * _LEADING + 2)
        drawn.append((node, lines, radius, box))
    boxes = spread([box for *_, box in drawn], left=MARGIN, right=wide - MARGIN)
    return [
        _Placed(node, lines, radius, box) for (node, lines, radius, _), box in zip(drawn, boxes, strict=True)
    ]


# ---------------------------------------------------------------- drawing


def _edge(edge: Edge, at: dict[Named, _Placed], href: Href) -> Iterator[str]:
    both = bool(edge.agreed and edge.disagreed)
    for proposals, relation, bend in (
        (edge.agreed, "agreement", 9 if both else 0),
        (edge.disagreed, "conflict", -9 if both else 0),
    ):
        if not proposals:
            continue
        path = _curve(at[edge.actor], at[edge.other], bend)
        target = Target(kind="edge", actor=edge.actor, other=edge.other, relation=relation)
        dash = "6 4" if relation == "conflict" else None
        line = svg.el(
            "path",
            d=path,
            fill="none",
            stroke=_AGREE if relation == "agreement" else _DIFFER,
            stroke_width=min(1.0 + 1.1 * (len(proposals) - 1), 8.0) + 0.3,
            stroke_dasharray=dash,
            stroke_opacity="0.75",
            class_=f"line {relation}",
        )
        area = svg.el(
            "path", d=path, fill="none", stroke="#000", stroke_opacity=0, stroke_width=11, class_="area"
        )
        yield svg.linked(
            href(target), edge_name(edge, relation), area, line, class_=f"mark {relation}", kind="edge"
        )


def _curve(one: _Placed, other: _Placed, bend: float) -> str:
    """From disc to disc, bent aside by so many px so that two lines of one pair stay apart."""
    x1, y1, x2, y2 = one.box.x, one.box.y, other.box.x, other.box.y
    length = hypot(x2 - x1, y2 - y1) or 1.0
    across = (-(y2 - y1) / length, (x2 - x1) / length)
    mx, my = (x1 + x2) / 2 + across[0] * bend * 2, (y1 + y2) / 2 + across[1] * bend * 2
    points = " ".join(svg.number(v) for v in (mx, my, x2, y2))
    return f"M{svg.number(x1)} {svg.number(y1)}Q{points}"


def _node(placed: _Placed, href: Href) -> str:
    x, y, radius = placed.box.x, placed.box.y, placed.radius
    disc = svg.el("circle", cx=x, cy=y, r=radius, fill=_DISC, stroke=svg.INK, stroke_width=1.2, class_="disc")
    label = [
        svg.text(
            words,
            x,
            y + radius + 14 + at * _LEADING,
            size=_SIZE,
            anchor="middle",
            halo=svg.PAPER,
            class_="ink haloed",
        )
        for at, words in enumerate(placed.lines)
    ]
    target = Target(kind="actor", actor=placed.node.actor)
    return svg.linked(href(target), node_name(placed.node), disc, *label, class_="mark node", kind="actor")


def _key(chart: NetworkChart, wide: float, top: float) -> Head:
    """What the lines and discs mean, as far as they occur."""
    samples = []
    if any(edge.agreed for edge in chart.edges):
        ink = svg.line(0, 0, 34, 0, stroke=_AGREE, stroke_width=2.4, class_="line agreement")
        samples.append((ink, "both for or both against"))
    if any(edge.disagreed for edge in chart.edges):
        ink = svg.line(
            0, 0, 34, 0, stroke=_DIFFER, stroke_width=2.4, stroke_dasharray="6 4", class_="line conflict"
        )
        samples.append((ink, "one for, the other against"))
    if chart.edges:
        discs = [
            svg.el("circle", cx=cx, cy=0, r=r, fill=_DISC, stroke=svg.INK, stroke_width=1.2, class_="disc")
            for cx, r in ((8, 4), (24, 8))
        ]
        samples.append((svg.group(*discs), "more positions"))
        lines = [
            svg.line(0, y, 34, y, stroke=svg.FAINT, stroke_width=w, class_="key")
            for y, w in ((-4, 1), (4, 4))
        ]
        samples.append((svg.group(*lines), "more proposals"))
    parts: list[str] = []
    x, y = float(MARGIN), top + 9
    for drawn, words in samples:
        room = 42 + width(words, 12) + 20
        if x > MARGIN and x + room - 20 > wide - MARGIN:
            x, y = float(MARGIN), y + 22
        parts += [
            svg.group(drawn, transform=f"translate({svg.number(x)} {svg.number(y)})"),
            svg.text(words, x + 42, y + 4, size=12),
        ]
        x += room
    return Head([svg.group(*parts, class_="legend", aria_hidden="true")] if parts else [], y + 12)


# ---------------------------------------------------------------- words


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def node_name(node: Node) -> str:
    """A node in words."""
    return f"{node.actor.label}: {_count(node.positions, 'position')}"


def edge_name(edge: Edge, relation: str) -> str:
    """A line in words: who with whom, on how much, and the first few of it."""
    agrees = relation == "agreement"
    proposals = edge.agreed if agrees else edge.disagreed
    few = "; ".join(proposal.label for proposal in proposals[:4])
    more = f"; and {len(proposals) - 4} more" if len(proposals) > 4 else ""
    verb = "agree" if agrees else "disagree"
    count = _count(len(proposals), "proposal")
    return f"{edge.actor.label} and {edge.other.label} {verb} on {count}: {few}{more}"


def _about(chart: NetworkChart) -> str:
    agreed = sum(bool(edge.agreed) for edge in chart.edges)
    differ = sum(bool(edge.disagreed) for edge in chart.edges)
    parts = (
        f"A network of {_count(len(chart.nodes), 'actor')}: {agreed:,} pairs agree on something, "
        f"{differ:,} disagree on something.",
        f"Limited to: {chart.scope}." if chart.scope else "",
        chart.note,
        "Times are not compared. Every line and every actor is a link.",
    )
    return " ".join(filter(None, parts))
