"""EDTF dates of a given form about a given day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

_SEASONS: Final = {
    3: "21",
    4: "21",
    5: "21",
    6: "22",
    7: "22",
    8: "22",
    9: "23",
    10: "23",
    11: "23",
    12: "24",
}


@lru_cache(maxsize=1 << 16)
def write_date(form: str, start: int, end: int) -> str:
    """Write the days from *start* to *end* (as `date.toordinal` counts) in a form of `form_of`.

    A form of one date takes *end* alone.

    >>> write_date("../M~", 738000, 738000), write_date("Y/D", 738000, 738400), write_date("XXXX-06", 1, 1)
    ('../2021-07~', '2021/2022-09-02', 'XXXX-06')
    """
    first, slash, last = form.partition("/")
    if not slash:
        return _write(form, end)
    return f"{_write(first, start)}/{_write(last, end)}"


def _write(form: str, day: int) -> str:
    when = date.fromordinal(day)
    match form[:1]:
        case "D":
            return when.isoformat() + form[1:]
        case "M":
            return f"{when.year:04}-{when.month:02}{form[1:]}"
        case "S":
            # The winter of a year is its December (as `kg.dates` has it), so January is in the year before.
            year = when.year if when.month > 2 else when.year - 1
            return f"{year:04}-{_SEASONS.get(when.month, '24')}{form[1:]}"
        case "Y":
            return f"{when.year:04}{form[1:]}"
    return form
