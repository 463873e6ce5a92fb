"""How wide text is, and breaking it into lines.

Widths are those of Arial, which Liberation Sans and Helvetica share, with a little added, since the reader's
font may be another: text may end before the space kept for it, and hardly ever after.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

FAMILY: Final = "Arial, 'Liberation Sans', Helvetica, 'DejaVu Sans', sans-serif"
"""The fonts that charts ask for, all about as wide."""

SPARE: Final = 1.12
"""What is added for other fonts; DejaVu Sans, the widest in common use, takes a sixth more."""

_WIDTHS: Final = {
    222: "ijl'|",
    278: " !,./:;[]\\ft’‘·",
    333: "()-`r“”",
    389: "*",
    500: "ckJsvxyz",
    556: "0123456789abdeghnopquL?$#_–«»",
    584: "+<=>~",
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@—…",
}
"""Widths in thousandths of the size, after the font's metrics."""
_OF_CHARACTER: Final = {char: width for width, chars in _WIDTHS.items() for char in chars}


def width(text: str, size: float) -> float:
    """How much room *text* takes in a font of *size* px, in px.

    >>> 64 < width("a ceasefire", 12) < 70
    True
    """
    return sum(map(_width, text)) * size / 1000 * SPARE


@lru_cache(maxsize=4096)
def _width(char: str) -> int:
    if char in _OF_CHARACTER:
        return _OF_CHARACTER[char]
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    base = unicodedata.normalize("NFD", char)[0]
    return _OF_CHARACTER.get(base, 700)


def wrap(text: str, room: float, size: float, *, lines: int = 99) -> list[str]:
    """Break *text* into lines of at most *room* px, of about the same length.

    A word that is longer than a line is broken. What is left after so many *lines* gives way to an
    ellipsis; whoever draws it says the whole elsewhere.

    >>> wrap("European troops in Ukraine after a ceasefire", 150, 12)
    ['European troops in', 'Ukraine after a ceasefire']
    """
    found = _filled(text, room, size)
    if len(found) > lines:
        return [*found[: lines - 1], _cut(" ".join(found[lines - 1 :]), room, size)]
    return _balanced(text, found, room, size)


def _balanced(text: str, found: list[str], room: float, size: float) -> list[str]:
    """The same number of lines in as little room as they need."""
    low, high, best = width(text, size) / max(1, len(found)), room, found
    for _ in range(8):
        middle = (low + high) / 2
        tried = _filled(text, middle, size)
        if len(tried) <= len(found) and not _breaks_a_word(tried, text):
            best, high = tried, middle
        else:
            low = middle
    return best


def _breaks_a_word(lines: list[str], text: str) -> bool:
    return " ".join(lines) != " ".join(text.split())


def _filled(text: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in (piece for whole in text.split() for piece in _pieces(whole, room, size)):
        if lines and width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _pieces(word: str, room: float, size: float) -> Iterator[str]:
    """*word*, in as many pieces as it takes to fit each into a line."""
    piece = ""
    for char in word:
        if piece and width(piece + char, size) > room:
            yield piece
            piece = ""
        piece += char
    yield piece


def _cut(text: str, room: float, size: float) -> str:
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
