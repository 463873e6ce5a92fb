"""What pages say in words: dates, stances, ways of reporting."""

from __future__ import annotations

import re
from typing import Final

from kg.vocabularies import STANCES

OFFICIAL: Final = frozenset({"own-voice", "full-quotation", "partial-quotation", "reported-speech"})
"""The modes that give an actor's own voice; all others are talk about it (see the architecture)."""

SIGNS: Final = {"pro": "+", "conditional": "±", "neutral": "○", "con": "−"}
"""A sign for each polarity, so that no stance is told by its colour alone."""

SIDES: Final = {"pro": "for", "conditional": "on conditions", "neutral": "undecided", "con": "against"}
"""Each polarity in words, in their order from for to against."""

RANKS: Final = {stance: rank for rank, stance in enumerate(STANCES)}
"""Where each stance stands on the scale, 0 the most for."""

_MODES: Final = {
    "own-voice": "in their own voice",
    "full-quotation": "quoted",
    "partial-quotation": "quoted in part",
    "reported-speech": "as reported",
    "narrated": "told of, not quoted",
    "inferred": "inferred by others",
    "predicted": "predicted by others",
}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_SEASONS: Final = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_DATE: Final = re.compile(r"(\d{4}|XXXX)(?:-(\d{2})(?:-(\d{2}))?)?([?~%]?)", re.ASCII)
_DOUBTS: Final = {"?": "perhaps ", "~": "about ", "%": "perhaps about "}


def words(slug: str) -> str:
    """A word of a vocabulary as people write it.

    >>> words("accepts-conditionally")
    'accepts conditionally'
    """
    return slug.replace("-", " ")


def mode_words(mode: str) -> str:
    """How the voice of an attribution is conveyed, in words.

    >>> mode_words("partial-quotation")
    'quoted in part'
    """
    return _MODES.get(mode, words(mode))


def sign(polarity: str) -> str:
    """The sign of a polarity; empty for what is none."""
    return SIGNS.get(polarity, "")


def polarity_of(stance: str) -> str:
    """The polarity of a stance.

    >>> polarity_of("rules-out")
    'con'
    """
    return str(STANCES.get(stance, "neutral"))


def when(edtf: str) -> str:
    """An EDTF date in words; what is not among the usual forms stays as it is.

    >>> when("2024-05-12"), when("2022~"), when("2025-03/.."), when("2024-23"), when("202X")
    ('12 May 2024', 'about 2022', 'from March 2025 on', 'autumn 2024', '202X')
    >>> when("2025-05-10/2025-05-11"), when("XXXX-06")
    ('10 to 11 May 2025', 'June of a year not given')
    """
    start, slash, end = edtf.partition("/")
    if not slash:
        return _single(edtf)
    if end in ("", ".."):
        return f"from {_single(start)} on"
    if start in ("", ".."):
        return f"until {_single(end)}"
    one, other = _single(start).split(), _single(end).split()
    shared = 0  # what both end in is said once
    while shared < min(len(one), len(other)) - 1 and one[-1 - shared] == other[-1 - shared]:
        shared += 1
    return f"{' '.join(one[: len(one) - shared])} to {' '.join(other)}"


def _single(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day, doubt = match.groups()
    if year == "XXXX":
        year = "of a year not given" if month else "at a time not given"
    if month in _SEASONS and not day:
        return f"{_DOUBTS.get(doubt, '')}{_SEASONS[month]} {year}"
    if month and not 1 <= int(month) <= 12:
        return text
    # A number for what the text leaves open ("XX") is no match, and stays as it is.
    parts = [str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year]
    return _DOUBTS.get(doubt, "") + " ".join(filter(None, parts))


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "claim"), counted(1200, "reply", "replies")
    ('1 claim', '1,200 replies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def slots(question: str) -> str:
    """A question with its slots as gaps; what may be left out stands in round brackets.

    >>> slots("Who proposes {proposal} [as {function}]?")
    'Who proposes ‹proposal› (as ‹function›)?'
    """
    return question.translate(_GAPS)


_GAPS: Final = str.maketrans("{}[]", "‹›()")
