"""Which units of two coders are about the same stretch of a text, and how much of one the other found.

A unit is a passage, or a statement with all its passages: the set of code points it covers.
Units are matched on these alone, never on what was coded there. The overlap of two units is
the share of the code points of either that both have (intersection over union, Jaccard).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.records import Annotation, Statement

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix: TypeAlias = npt.NDArray[np.float64]

Points: TypeAlias = frozenset[int]
"""Code points of a text, by their offsets."""

Pairs: TypeAlias = tuple[tuple[int, int], ...]
"""Which unit of the first coder goes with which of the second, by number."""

HALF: Final = 0.5
"""The least overlap at which two units count as one and the same."""

_TIE: Final = 1e-8
"""The weight of a preference among matchings of the same overlap: too small to outweigh a code point."""


def points_of(annotation: Annotation, statement: Statement) -> Points:
    """Find the code points that the passages of *statement* cover."""
    spans = {passage.id: range(passage.start, passage.end) for passage in annotation.passages}
    return frozenset(point for name in statement.passages for point in spans[name])


def overlap(left: Points, right: Points) -> float:
    """Intersection over union of two units.

    >>> overlap(frozenset(range(0, 10)), frozenset(range(5, 15)))
    0.3333333333333333
    """
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def overlaps(first: Sequence[Points], second: Sequence[Points]) -> Matrix:
    """The overlap of each unit of the one coder (rows) with each of the other (columns)."""
    import numpy as np

    table = np.zeros((len(first), len(second)))
    for row, left in enumerate(first):
        table[row] = [overlap(left, right) for right in second]
    return table


# ---------------------------------------------------------------- matching


def match(table: Matrix, preference: Matrix) -> Pairs:
    """Match units one to one so that their overlaps sum to the most; those without any overlap go alone.

    *preference* (0 to 1) only chooses among matchings of the same sum: it can not bring together
    what does not overlap. The assignment problem is solved by `scipy.optimize.linear_sum_assignment`.

    >>> import numpy as np
    >>> match(np.array([[1.0, 0.2], [0.9, 0.0]]), np.zeros((2, 2)))
    ((0, 1), (1, 0))
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table + _TIE * preference * (table > 0), maximize=True)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return tuple((row, column) for row, column in found if table[row, column] > 0)


def match_at_random(table: Matrix, *, draws: int, seed: int) -> Iterator[Pairs]:
    """Match units *draws* times; which of several units on one span go together is left to chance."""
    import numpy as np

    chance = np.random.default_rng(seed)
    for _ in range(draws):
        yield match(table, chance.random(table.shape))


# ---------------------------------------------------------------- finding


@dataclass(frozen=True, slots=True)
class Found:
    """How much two coders found of what the other found.

    *precision* is the share of the second coder's that the first has, *recall* that of the first
    coder's that the second has; `f1` does not care who is the first. None where there is nothing.
    """

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both, which approaches Cohen's kappa where what nobody found is uncounted.

        Source: Hripcsak and Rothschild, Agreement, the F-measure, and Reliability in Information
        Retrieval, JAMIA 12 (2005), 296-298.
        """
        if self.precision is None or self.recall is None:
            # One of them found nothing: they agree only if neither found anything.
            return None if self.precision == self.recall else 0.0
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def find_points(first: Sequence[Points], second: Sequence[Points]) -> Found:
    """Compare code point by code point, however they were cut into units.

    >>> found = find_points([frozenset(range(10))], [frozenset(range(5)), frozenset(range(5, 10))])
    >>> found.f1
    1.0
    """
    left = frozenset[int]().union(*first)
    right = frozenset[int]().union(*second)
    shared = len(left & right)
    return Found(_share(shared, len(right)), _share(shared, len(left)))


def find_same(table: Matrix) -> Found:
    """Compare unit by unit: as many pairs as can be made, one to one, of units that overlap by half."""
    import numpy as np

    count = len(match((table >= HALF).astype(np.float64), np.zeros(table.shape)))
    return Found(_share(count, table.shape[1]), _share(count, table.shape[0]))


def find_touched(table: Matrix) -> Found:
    """Compare unit by unit: a unit is found where any unit of the other overlaps it, one to many."""
    touched = table > 0
    return Found(
        _share(int(touched.any(axis=0).sum()), table.shape[1]),
        _share(int(touched.any(axis=1).sum()), table.shape[0]),
    )
