"""Days to px, and the ticks of a time axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time, *start* to *end* (ordinals of days), laid out from *left* to *right* px."""

    start: int
    end: int
    left: float
    right: float

    def x(self, day: str) -> float:
        """Where *day* (ISO form) stands; days beyond either end stand at it."""
        at = min(max(date.fromisoformat(day).toordinal(), self.start), self.end)
        return self.left + (at - self.start) / (self.end - self.start) * (self.right - self.left)

    def is_before(self, day: str) -> bool:
        """Whether *day* lies before the start."""
        return date.fromisoformat(day).toordinal() < self.start

    def ticks(self, least: float = 56) -> list[tuple[float, str]]:
        """Firsts of months or years with their names, at least so many px apart."""
        per_day = (self.right - self.left) / (self.end - self.start)
        first, last = date.fromordinal(self.start), date.fromordinal(self.end)
        step = next((n for n in (1, 3, 6) if n * 30.4 * per_day >= least), 12)
        years = next(
            (n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n * 365 * per_day >= least), 2000
        )
        found = []
        for year in range(first.year, last.year + 1):
            if step == 12 and year % years:
                continue
            for month in range(1, 13, step):
                day = date(year, month, 1).toordinal()
                if self.start <= day <= self.end:
                    name = f"{_MONTHS[month - 1]} {year}" if step < 12 else str(year)
                    found.append((self.x(date(year, month, 1).isoformat()), name))
        return found


def axis(days: Iterable[str], left: float, right: float) -> Axis:
    """An axis that takes in *days*, from the first of a month to the end of one.

    A few days long before all others (one in twenty-five at most) do not stretch it where two thirds of it
    would be empty for their sake; they come to stand at its start.

    >>> [(round(x), name) for x, name in axis(["2025-02-10", "2025-03-05"], 0, 100).ticks(20)]
    [(0, 'Feb 2025'), (47, 'Mar 2025'), (100, 'Apr 2025')]
    """
    ordinals = sorted(date.fromisoformat(day).toordinal() for day in days)
    if not ordinals:
        return Axis(date(2000, 1, 1).toordinal(), date(2001, 1, 1).toordinal(), left, right)
    first, early, last = ordinals[0], ordinals[len(ordinals) // 25], ordinals[-1]
    if (last - early) < 0.34 * (last - first):
        first = date(date.fromordinal(early).year, 1, 1).toordinal()
    start = date.fromordinal(first).replace(day=1)
    end = date.fromordinal(last)
    year, month = (end.year, end.month + 1) if end.month < 12 else (end.year + 1, 1)
    after = date(year, month, 1) if year <= 9999 else date.max
    return Axis(start.toordinal(), max(after.toordinal(), start.toordinal() + 28), left, right)
