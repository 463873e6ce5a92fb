"""Drawing from distributions, so that the same seed gives the same values on every version of Python.

Of `random.Random` only `random()` is used: its values for one seed of text are promised never to change
(documentation of the module, "Notes on Reproducibility"). Weights are whole numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Weights(Generic[Value]):
    """Values with whole numbers that say how often each comes.

    >>> Weights({"often": 3, "never": 0}).pick(0.99)
    'often'
    """

    __slots__ = ("_sums", "total", "values")

    def __init__(self, weights: Mapping[Value, int] | Iterable[tuple[Value, int]]) -> None:
        pairs = weights.items() if isinstance(weights, Mapping) else weights
        kept = [(value, weight) for value, weight in pairs if weight > 0]
        self.values = tuple(value for value, _ in kept)
        self._sums = tuple(accumulate(weight for _, weight in kept))
        self.total = self._sums[-1] if kept else 0

    def pick(self, chance: float) -> Value:
        """Pick the value that *chance* (from 0 up to, not including, 1) falls to."""
        return self.values[bisect_right(self._sums, int(chance * self.total))]

    def pick_of(self, size: int, chance: float) -> Value:
        """Pick among the first *size* values alone."""
        return self.values[bisect_right(self._sums, int(chance * self._sums[size - 1]))]


def popularity(values: Iterable[Value], exponent: float) -> Weights[Value]:
    """Give *values* weights by Zipf's law: that at rank r comes in proportion to r ** -exponent.

    >>> ranks = popularity(range(1000), 1.0)
    >>> ranks.pick(0.0), ranks.pick(0.999999)
    (0, 999)
    """
    return Weights((value, max(1, round(1e7 * rank**-exponent))) for rank, value in enumerate(values, 1))


def quantiles(values: Iterable[int], *, steps: int = 20) -> list[int]:
    """The smallest of *values*, the largest, and those at equal steps of rank between them.

    >>> quantiles([5, 1, 3], steps=2)
    [1, 3, 5]
    """
    ordered = sorted(values)
    return [ordered[(len(ordered) - 1) * step // steps] for step in range(steps + 1)] if ordered else []


class Drawing(Random):
    """Values drawn by chance; all of them follow from the text it is made of (`Random` hashes it).

    >>> Drawing("1/document/7").below(10) == Drawing("1/document/7").below(10)
    True
    """

    def below(self, size: int) -> int:
        """A whole number from 0 up to, not including, *size*."""
        return int(self.random() * size)

    def of(self, weights: Weights[Value]) -> Value:
        """One of the values, by weight."""
        return weights.pick(self.random())

    def between(self, points: Sequence[int]) -> int:
        """A number distributed as *points*, which are quantiles; even between two neighbours."""
        place = self.random() * (len(points) - 1)
        rank = int(place)
        low, high = points[rank], points[rank + 1]
        return low + int((place - rank) * (high - low + 1)) if high > low else low

    def happens(self, part: Sequence[int]) -> bool:
        """Whether something happens that happens ``part[0]`` times in ``part[1]``."""
        return self.random() * part[1] < part[0]

    def some(self, weights: Weights[Value], size: int) -> list[Value]:
        """At most *size* different values, by weight, the likely ones mostly first."""
        found: dict[Value, None] = {}
        for _ in range(size * 6):
            if len(found) >= min(size, len(weights.values)):
                break
            found[weights.pick(self.random())] = None
        return list(found)
