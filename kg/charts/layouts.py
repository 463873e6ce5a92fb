"""Where the nodes of a network stand: near those they agree with, no box over another, without chance.

Places come from stress majorization (SMACOF; Gansner, Koren and North 2004), started from a circle in an
order that is already good. All of it is plain arithmetic in a fixed order, so the same network gives the
same places on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin
from typing import TypeAlias

from kg.charts.orders import seriate

Point: TypeAlias = tuple[float, float]
Pair: TypeAlias = tuple[int, int]

_UNRELATED = 1.7
_STEPS = 200
_WORK = 1_500_000


def stress_layout(count: int, scores: Mapping[Pair, tuple[float, float]]) -> list[Point]:
    """Place *count* nodes; *scores* say of pairs (i < j) how they get on, -1 to 1, and what that weighs.

    Pairs that agree are drawn together, those that do not are driven apart, others stand a little aside.
    The longest extent of the result is horizontal; it is centred at (0, 0).
    """
    wanted = [[_UNRELATED] * count for _ in range(count)]
    weight = [[0.12] * count for _ in range(count)]
    for (one, other), (score, strength) in scores.items():
        wanted[one][other] = wanted[other][one] = 1.45 - 0.75 * score
        weight[one][other] = weight[other][one] = min(strength, 4.0) ** 0.5
    places = _circle(count, scores)
    for _ in range(min(_STEPS, max(15, _WORK // max(1, count * count)))):
        places = _majorized(places, wanted, weight)
    return _turned(places)


def _circle(count: int, scores: Mapping[Pair, tuple[float, float]]) -> list[Point]:
    profiles: list[dict[int, float]] = [{n: 1.0} for n in range(count)]
    for (one, other), (score, strength) in scores.items():
        profiles[one][other] = profiles[other][one] = score * strength or 0.1
    places = [(0.0, 0.0)] * count
    for at, node in enumerate(seriate(profiles)):
        angle = 2 * pi * at / max(1, count)
        places[node] = (1.2 * cos(angle), 1.2 * sin(angle))
    return places


def _majorized(
    places: Sequence[Point], wanted: Sequence[Sequence[float]], weight: Sequence[Sequence[float]]
) -> list[Point]:
    """One step of SMACOF, node by node with the others held still."""
    found = list(places)
    for i in range(len(found)):
        x = y = total = 0.0
        for j, (xj, yj) in enumerate(found):
            if i == j:
                continue
            dx, dy = found[i][0] - xj, found[i][1] - yj
            scale = wanted[i][j] / max(hypot(dx, dy), 1e-6)
            share = weight[i][j] / wanted[i][j] ** 2
            x += share * (xj + dx * scale)
            y += share * (yj + dy * scale)
            total += share
        if total:
            found[i] = (x / total, y / total)
    return found


def _turned(places: Sequence[Point]) -> list[Point]:
    """Centre, and turn the longest extent (the first principal axis) to the horizontal."""
    count = max(1, len(places))
    mx, my = sum(x for x, _ in places) / count, sum(y for _, y in places) / count
    moved = [(x - mx, y - my) for x, y in places]
    xx, yy = sum(x * x for x, _ in moved), sum(y * y for _, y in moved)
    angle = atan2(2 * sum(x * y for x, y in moved), xx - yy) / 2
    c, s = cos(angle), sin(angle)
    return [(x * c + y * s, y * c - x * s) for x, y in moved]


# ---------------------------------------------------------------- room for labels


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around (*x*, *y*): half its width, and how far it reaches above and below."""

    x: float
    y: float
    half: float
    above: float
    below: float

    def overlap(self, other: Box, gap: float = 0) -> tuple[float, float]:
        """How far two boxes reach into one another, across and down; they overlap where both are above 0."""
        across = self.half + other.half + gap - abs(self.x - other.x)
        down = min(self.y + self.below, other.y + other.below) - max(
            self.y - self.above, other.y - other.above
        )
        return across, down + gap


def spread(boxes: Sequence[Box], *, left: float, right: float, gap: float = 6) -> list[Box]:
    """Move *boxes* as little as it takes for none to overlap another, between *left* and *right*.

    Where they cannot all find room, the picture grows in height.
    """
    found = [_within(box, left, right) for box in boxes]
    for _ in range(14):
        for _ in range(120):
            if not _pushed(found, left, right, gap):
                return found
        found = [Box(box.x, box.y * 1.2, box.half, box.above, box.below) for box in found]
    return _stacked(found)


def _within(box: Box, left: float, right: float) -> Box:
    x = min(max(box.x, left + box.half), max(right - box.half, left + box.half))
    return Box(x, box.y, box.half, box.above, box.below)


def _pushed(boxes: list[Box], left: float, right: float, gap: float) -> bool:
    """Push every two overlapping boxes apart, the shorter way; whether there were any."""
    moved = False
    for i, j in _near(boxes, gap):
        one, other = boxes[i], boxes[j]
        across, down = one.overlap(other, gap)
        if across <= 0.05 or down <= 0.05:
            continue
        moved = True
        if across < down:
            step = (across + 0.1) / 2 * (1 if (one.x, i) < (other.x, j) else -1)
            one, other = _shifted(one, -step, 0), _shifted(other, step, 0)
        else:
            step = (down + 0.1) / 2 * (1 if (one.y, i) < (other.y, j) else -1)
            one, other = _shifted(one, 0, -step), _shifted(other, 0, step)
        boxes[i], boxes[j] = _within(one, left, right), _within(other, left, right)
    return moved


def _near(boxes: Sequence[Box], gap: float) -> list[Pair]:
    """The pairs whose extents from top to bottom meet, found by going down the page once."""
    found: list[Pair] = []
    active: list[int] = []
    for j in sorted(range(len(boxes)), key=lambda n: (boxes[n].y - boxes[n].above, n)):
        top = boxes[j].y - boxes[j].above - gap
        active = [i for i in active if boxes[i].y + boxes[i].below > top]
        found += [(min(i, j), max(i, j)) for i in active]
        active.append(j)
    return sorted(found)


def _shifted(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x + dx, box.y + dy, box.half, box.above, box.below)


def _stacked(boxes: Sequence[Box]) -> list[Box]:
    """One below the other: what is left to do where there is no room side by side."""
    found = list(boxes)
    y = 0.0
    for at in sorted(range(len(found)), key=lambda n: (found[n].y, found[n].x, n)):
        box = found[at]
        found[at] = Box(box.x, y + box.above, box.half, box.above, box.below)
        y += box.above + box.below + 8
    return found
