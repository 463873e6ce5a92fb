"""Nearest matches of a word among known words, for suggestions and for typing errors."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def fold(text: str) -> str:
    """Fold *text* for comparison: case, accents, dashes, quotes and white space are evened out.

    >>> fold("  São–Tomé’s ")
    "sao-tome's"
    """
    if text.isascii():  # which most is, and then there is nothing else to even out
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_EVEN))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())


_EVEN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})


def nearest(word: str, known: Iterable[str], *, limit: int = 3, score: float = 60.0) -> tuple[str, ...]:
    """Find the *known* words most like *word*, best first; *score* is the least similarity in percent.

    >>> nearest("ada-lnae", ["ada-lane", "rosa-quill"])
    ('ada-lane',)
    """
    from rapidfuzz import fuzz, process

    found = process.extract(
        word, sorted(set(known)), scorer=fuzz.WRatio, processor=fold, limit=limit, score_cutoff=score
    )
    return tuple(choice for choice, _, _ in found)


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which known words were perhaps meant, as the help of an error message; empty if none is near.

    >>> suggest("ada-lnae", ["ada-lane", "rosa-quill"])
    "did you mean 'ada-lane'?"
    """
    found = nearest(word, known)
    if not found:
        return ""
    quoted = [f"'{choice}'" for choice in found]
    return "did you mean " + (", ".join(quoted[:-1]) + " or " if quoted[1:] else "") + quoted[-1] + "?"


def slips(left: str, right: str) -> int:
    """Count the typing slips between two words: a letter more, less, other, or two swapped.

    The optimal string alignment distance of the words as they are; `fold` them first.

    >>> slips("ada-lnae", "ada-lane")
    1
    """
    from rapidfuzz.distance import OSA

    return OSA.distance(left, right)


def is_slip(left: str, right: str) -> bool:
    """Whether one word is the other with a slip in five letters or two in nine, none in the first letter.

    Digits never differ, and shorter words differ by one letter too often (Iran, Iraq).

    >>> is_slip("memebrship", "membership"), is_slip("plan 2022", "plan 2023"), is_slip("iran", "iraq")
    (True, False, False)
    """
    if left[:1] != right[:1]:
        return False
    shorter = min(len(left), len(right))
    allowed = 2 if shorter >= 9 else 1 if shorter >= 5 else 0
    if abs(len(left) - len(right)) > allowed or _digits(left) != _digits(right):
        return False
    return _within(left, right, allowed)


def _within(left: str, right: str, allowed: int) -> bool:
    """Whether `slips` of two words are at most *allowed*; for so few, in less time than a library starts."""
    if abs(len(left) - len(right)) > allowed:
        return False
    at = 0
    while at < len(left) and left[at : at + 1] == right[at : at + 1]:
        at += 1
    left, right = left[at:], right[at:]
    if not left or not right or not allowed:
        return len(left) + len(right) <= allowed
    is_swap = left[:2] == right[1::-1]
    return (
        _within(left[1:], right[1:], allowed - 1)
        or _within(left[1:], right, allowed - 1)
        or _within(left, right[1:], allowed - 1)
        or (is_swap and _within(left[2:], right[2:], allowed - 1))
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
