"""Dates as uncertain as a text leaves them: EDTF (ISO 8601-2:2019, Annex A), and their outermost days.

What people mostly write (`2022`, `2022-03?`, `202X`, `2022-03/..`) is read here by
a pattern; the rest (seasons, sets, qualified parts) is left to the `edtf` library,
whose import is slow.
"""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import Final, NamedTuple


class Bounds(NamedTuple):
    """The earliest and the latest day that a date can mean, in ISO form; None where it is open."""

    earliest: str | None
    latest: str | None


_OPEN: Final = Bounds(None, None)
_LONGEST: Final = 80
_PLAIN: Final = re.compile(
    r"([0-9]{4}|[0-9]{3}X|[0-9]{2}XX|[0-9]XXX|XXXX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?[?~%]?"
)
_EXAMPLES: Final = "write for example 2022, 2022-03, 2022-03-14, 2022?, 202X or 2022-03/2022-05"


@lru_cache(maxsize=4096)
def bounds(text: str) -> Bounds:
    """Find the outermost days of the EDTF date *text*.

    A mark of doubt (``?``, ``~``, ``%``) does not move them; a date without a year has none.

    Raises:
        ValueError: *text* is no EDTF date, names a day that does not exist, or ends before it starts.

    >>> bounds("2022-02")
    Bounds(earliest='2022-02-01', latest='2022-02-28')
    >>> bounds("2025-05/..")
    Bounds(earliest='2025-05-01', latest=None)
    >>> bounds("XXXX-06")
    Bounds(earliest=None, latest=None)
    >>> bounds("2022-13")
    Traceback (most recent call last):
      ...
    ValueError: '2022-13' is no date: there is no month 13
    """
    if not text or len(text) > _LONGEST or not text.isascii() or any(char <= " " for char in text):
        raise ValueError(f"{text[:_LONGEST]!r} is no date in EDTF; {_EXAMPLES}")
    start, slash, end = text.partition("/")
    return _interval(text, start, end) if slash else _single(text)


def _interval(text: str, start: str, end: str) -> Bounds:
    if "/" in end or (not start and not end):
        raise ValueError(f"{text!r} is no interval in EDTF; write for example 2022-03/2022-05 or 2022-03/..")
    first, last = (_OPEN if part in ("", "..") else _single(part) for part in (start, end))
    if first.earliest and last.latest and first.earliest > last.latest:
        raise ValueError(f"the interval {text!r} ends before it starts")
    return Bounds(first.earliest, last.latest)


def _single(text: str) -> Bounds:
    match = _PLAIN.fullmatch(text)
    if match is None or match[2] in _OTHER_PARTS or (match[2] in _SEASONS and (match[3] or "X" in match[1])):
        return _by_library(text)
    if match[2] in _SEASONS:
        first, last = _SEASONS[match[2]]
        return Bounds(_earliest(match[1], first, "XX"), _latest(match[1], last, "XX"))
    year, month, day = match[1], match[2] or "XX", match[3] or "XX"
    _check(text, year, month, day)
    if year == "XXXX":
        return _OPEN
    return Bounds(_earliest(year, month, day), _latest(year, month, day))


# Seasons, quarters and so on stand where the month does (ISO 8601-2:2019, 4.8); the months of the
# seasons are those of the library: spring from March, and of winter only the December of its year.
_SEASONS: Final = {"21": ("03", "05"), "22": ("06", "08"), "23": ("09", "11"), "24": ("12", "12")}
_OTHER_PARTS: Final = frozenset(str(number) for number in range(25, 42))


def _check(text: str, year: str, month: str, day: str) -> None:
    """Refuse a month or a day that no year has."""
    if month != "XX" and not "01" <= month <= "12":
        raise ValueError(f"{text!r} is no date: there is no month {month}")
    if day == "XX":
        return
    # A year with an X may be a leap year, and so may any year where the month is open.
    known = int(year) if year.isdigit() else 2000
    days = 31 if month == "XX" else calendar.monthrange(known or 2000, int(month))[1]
    if not 1 <= int(day) <= days:
        raise ValueError(f"{text!r} is no date: there is no day {day} in that month")


def _earliest(year: str, month: str, day: str) -> str | None:
    first = int(year.replace("X", "0"))
    for each in range(first, int(year.replace("X", "9")) + 1):
        for number in range(1, 13) if month == "XX" else (int(month),):
            if each and (day == "XX" or int(day) <= calendar.monthrange(each, number)[1]):
                return f"{each:04}-{number:02}-{'01' if day == 'XX' else day}"
    return None


def _latest(year: str, month: str, day: str) -> str | None:
    last = int(year.replace("X", "9"))
    for each in range(last, int(year.replace("X", "0")) - 1, -1):
        for number in range(12, 0, -1) if month == "XX" else (int(month),):
            days = calendar.monthrange(each, number)[1] if each else 0
            if each and (day == "XX" or int(day) <= days):
                return f"{each:04}-{number:02}-{f'{days:02}' if day == 'XX' else day}"
    return None


def _by_library(text: str) -> Bounds:
    from edtf import parse_edtf

    try:
        parsed = parse_edtf(text)
        lower, upper = parsed.lower_strict(), parsed.upper_strict()
    except Exception as error:  # the library lets AttributeError, KeyError and others out on odd input
        raise ValueError(f"{text!r} is no date in EDTF; {_EXAMPLES}") from error
    found = Bounds(_day(lower), _day(upper))
    if found.earliest and found.latest and found.earliest > found.latest:
        raise ValueError(f"{text!r} ends before it starts")
    return found


def _day(moment: object) -> str | None:
    """Write the day of *moment*; an open end is a float (infinite), as `edtf` 5 gives it."""
    if not isinstance(moment, tuple):
        return None
    year, month, day = (int(part) for part in moment[:3])
    return f"{year:04}-{month:02}-{day:02}" if 1 <= year <= 9999 else None
