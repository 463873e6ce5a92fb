"""Look at drawings: links, boxes of text, dots of pictures; and readings that are made up."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from xml.etree import ElementTree

from kg.charts.models import Named
from kg.charts.readings import Reading, Readings
from kg.charts.texts import SPARE, width
from kg.vocabularies import STANCES

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float
    what: str

    def overlaps(self, other: Box, slack: float = 0.5) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and down > slack


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def links(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter(f"{SVG}a"))


def of_kind(root: ElementTree.Element, *kinds: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.get("data-kind") in kinds]


def walk(
    element: ElementTree.Element, dx: float = 0, dy: float = 0
) -> Iterator[tuple[ElementTree.Element, float, float]]:
    move = element.get("transform", "")
    if move.startswith("translate("):
        x, y = map(float, move[10:-1].split())
        dx, dy = dx + x, dy + y
    yield element, dx, dy
    for child in element:
        yield from walk(child, dx, dy)


def text_boxes(root: ElementTree.Element) -> list[Box]:
    """The boxes of all texts that are not turned, as wide as they are taken to be."""
    return [
        _box(each, dx, dy)
        for each, dx, dy in walk(root)
        if each.tag == f"{SVG}text" and "rotate" not in each.get("transform", "")
    ]


def _box(each: ElementTree.Element, dx: float, dy: float) -> Box:
    words, size = each.text or "", float(each.get("font-size", "12"))
    wide = width(words, size) / SPARE  # as wide as the font has it, without what is added for others
    x, y = float(each.get("x", "0")) + dx, float(each.get("y", "0")) + dy
    left = {"middle": x - wide / 2, "end": x - wide}.get(each.get("text-anchor", ""), x)
    return Box(left, y - size * 0.72, left + wide, y + size * 0.2, words)


def turned_boxes(root: ElementTree.Element) -> list[Box]:
    """The boxes of turned texts, in a plane that is turned back."""
    found = []
    for each, dx, dy in walk(root):
        move = each.get("transform", "")
        if each.tag != f"{SVG}text" or not move.startswith("rotate("):
            continue
        angle, x, y = map(float, move[7:-1].split())
        back = radians(-angle)
        u = (x + dx) * cos(back) - (y + dy) * sin(back)
        v = (x + dx) * sin(back) + (y + dy) * cos(back)
        size = float(each.get("font-size", "12"))
        wide = width(each.text or "", size) / SPARE
        found.append(Box(u, v - size * 0.72, u + wide, v + size * 0.2, each.text or ""))
    return found


def areas(root: ElementTree.Element) -> list[Box]:
    """What of marks can be hit."""
    found = []
    for each, dx, dy in walk(root):
        if each.tag == f"{SVG}rect" and each.get("class") == "k-area":
            x, y, w, h = (float(each.get(key, "0")) for key in ("x", "y", "width", "height"))
            found.append(Box(x + dx, y + dy, x + dx + w, y + dy + h, "area"))
    return found


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :] if a.overlaps(b)]


def outside(root: ElementTree.Element, boxes: list[Box]) -> list[Box]:
    wide, high = float(root.get("width", "0")), float(root.get("height", "0"))
    return [box for box in boxes if box.left < 0 or box.top < 0 or box.right > wide or box.bottom > high]


def dots(png: bytes) -> list[bytes]:
    """The rows of a picture of eight bits a channel, RGBA (PNG, 3rd edition, clause 9: filters)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, wide = 8, b"", 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            wide, _, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 6)
        data += body if kind == b"IDAT" else b""
        at += length + 12
    raw, step, rows, before = zlib.decompress(data), wide * 4, [], bytes(wide * 4)
    for start in range(0, len(raw), step + 1):
        before = _unfiltered(raw[start], raw[start + 1 : start + 1 + step], before)
        rows.append(before)
    return rows


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    found = bytearray(line)
    for at in range(len(found)):
        a = found[at - 4] if at >= 4 else 0
        b, c = above[at], above[at - 4] if at >= 4 else 0
        found[at] = (found[at] + (0, a, b, (a + b) // 2, _paeth(a, b, c))[kind]) & 255
    return bytes(found)


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def named(kind: str, slug: str, label: str = "") -> Named:
    return Named(label or slug.replace("-", " "), f"https://example.org/{kind}/{slug}")


def reading(
    actor: Named,
    proposal: Named,
    stance: str,
    position: str = "",
    dated: str = "2025-05-10",
    basis: str = "held",
) -> Reading:
    from kg.dates import bounds

    ends = bounds(dated) if dated else (None, None)
    return Reading(
        position=f"https://example.org/position/d/c/{position or f'{actor.slug}-{proposal.slug}-{stance}'}",
        actor=actor,
        proposal=proposal,
        stance=stance,
        first=ends[0],
        last=ends[1],
        dated=dated,
        basis=basis,
    )


def many(actors: int, proposals: int) -> Readings:
    """Made-up readings: so many actors on so many proposals, every seventh pair of them, some both ways."""
    dates = (
        "2022",
        "2024-11/2025-02",
        "../2025-05",
        "2025-05-10",
        "2025/..",
        "XXXX-06",
        "2025-03~",
        "2008/2011",
    )
    stances = tuple(STANCES)
    rows = []
    for a in range(actors):
        for p in range(proposals):
            if (a * 31 + p * 17) % 7:
                continue
            actor = named(
                "actor", f"a{a}", f"the {a}th of the governments that have something to say on this"
            )
            proposal = named(
                "proposal", f"p{p}", f"a settlement number {p} " + "that takes care of everything " * (p % 4)
            )
            turn = a * 5 + p * 3
            rows.append(reading(actor, proposal, stances[turn % 11], dated=dates[turn % 8]))
            if turn % 9 == 0:
                rows.append(
                    reading(actor, proposal, stances[(turn + 5) % 11], "later", "2025-06", "published")
                )
    return Readings(rows=tuple(rows))
