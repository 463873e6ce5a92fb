"""Krippendorff's alpha of two coders, with intervals.

The figure itself is that of the library `krippendorff`. It takes too long for a thousand
resamples of many values, so these use the same formula for all resamples at once
(a test holds both to be equal).

Source: Krippendorff, Content Analysis: An Introduction to Its Methodology, 4th ed. (2019),
ch. 12; the bootstrap takes pairs of units with replacement and gives the percentile interval
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

RESAMPLES: Final = 1000
SEED: Final = 20250511
CONFIDENCE: Final = 0.95

Coded: TypeAlias = tuple[tuple[str, str], ...]
"""The values that two coders gave to each unit."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How far apart two values are.

    *order* makes it ordinal, with these values from one end to the other; without, it is nominal.
    Values that are *alike* (in either order) count as the same.
    """

    order: tuple[str, ...] = ()
    alike: frozenset[tuple[str, str]] = frozenset()

    def domain(self, coded: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """The values that can occur, in order."""
        return self.order or tuple(sorted({value for pair in coded for value in pair}))


NOMINAL: Final = Scale()


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95% interval; None where it is not defined, as where all values are the same."""

    value: float | None
    low: float | None = None
    high: float | None = None


def alpha(coded: Coded, scale: Scale = NOMINAL) -> float | None:
    """Krippendorff's alpha of two coders; None below two units, or where only one value occurs.

    >>> round(alpha((("a", "a"), ("b", "b"), ("a", "b"), ("b", "b"))), 3)
    0.533
    """
    if len(coded) < 2 or len({value for pair in coded for value in pair}) < 2:
        return None
    import krippendorff
    import numpy as np

    domain = scale.domain(coded)
    data = np.array(_numbers(coded, domain)).T
    level: Any = "ordinal" if scale.order else "nominal"
    if scale.alike:
        far = _unlike(domain, scale)
        if not _expected(far, np.bincount(data.ravel(), minlength=len(domain))[None, :].astype(np.float64)):
            return None

        def level(v1: Any, v2: Any, i1: Any, i2: Any, n_v: Any, dtype: Any = np.float64) -> Any:
            return far[i1, i2]

    found = krippendorff.alpha(
        reliability_data=data, value_domain=list(range(len(domain))), level_of_measurement=level
    )
    return float(found)


def _numbers(coded: Coded, domain: Sequence[str]) -> list[tuple[int, int]]:
    place = {value: number for number, value in enumerate(domain)}
    return [(place[left], place[right]) for left, right in coded]


def _unlike(domain: Sequence[str], scale: Scale) -> Array:
    """The distances of all values on a nominal scale: 0 or 1."""
    import numpy as np

    far = 1.0 - np.eye(len(domain))
    for row, left in enumerate(domain):
        for column, right in enumerate(domain):
            if (left, right) in scale.alike or (right, left) in scale.alike:
                far[row, column] = 0.0
    return far


def _expected(far: Array, totals: Array) -> Array:
    """The disagreement expected by chance (times the number of values), for each row of *totals*."""
    found: Array = ((totals @ far) * totals).sum(axis=1) / (totals.sum(axis=1) - 1)
    return found


# ---------------------------------------------------------------- many samples at once


def alphas(coded: Coded, scale: Scale, weights: Array) -> Array:
    """Alpha for each row of *weights*, which says how often each unit is taken; NaN where not defined.

    >>> import numpy as np
    >>> alphas((("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")), NOMINAL, np.ones((1, 4))).round(3)
    array([0.533])
    """
    import numpy as np

    domain = scale.domain(coded)
    numbers = np.array(_numbers(coded, domain)).reshape(-1, 2)
    each = np.eye(len(domain))[numbers].sum(axis=1)
    totals = weights @ each
    if scale.order:
        # Ordinal distance is the squared distance of middle ranks, and those depend on the sample.
        ranks = totals.cumsum(axis=1) - totals / 2
        apart = (ranks[:, numbers[:, 0]] - ranks[:, numbers[:, 1]]) ** 2
        observed = 2 * (weights * apart).sum(axis=1)
        count = totals.sum(axis=1)
        squares = (totals * ranks**2).sum(axis=1)
        expected = 2 * (count * squares - (totals * ranks).sum(axis=1) ** 2) / (count - 1)
    else:
        far = _unlike(domain, scale)
        observed = 2 * weights @ far[numbers[:, 0], numbers[:, 1]]
        expected = _expected(far, totals)
    found = np.full(len(weights), np.nan)
    # Rounding may leave a trace of what is nothing.
    return np.asarray(np.divide(-observed, expected, out=found, where=expected > 1e-9) + 1.0)


def resample(draws: Sequence[Coded], scale: Scale = NOMINAL, *, seed: int = SEED) -> Interval:
    """The mean alpha of some *draws* of pairs, with the interval that a thousand resamples give.

    Each draw is one way to pair the units of two coders; the resamples are shared out among them, so
    that the interval has both the chance in which units there are and that in how they are paired.
    """
    import numpy as np

    chance = np.random.default_rng(seed)
    plain: list[Array] = []
    samples: list[Array] = []
    for number, coded in enumerate(draws):
        size = len(coded)
        if size < 2:
            return Interval(None)
        count = len(range(number, RESAMPLES, len(draws)))
        weights = chance.multinomial(size, [1 / size] * size, size=count).astype(np.float64)
        plain.append(alphas(coded, scale, np.ones((1, size))))
        samples.append(alphas(coded, scale, weights))
    return _interval(np.concatenate(plain), np.concatenate(samples))


def _interval(plain: Array, samples: Array) -> Interval:
    import numpy as np

    # Draws and resamples with a single value have no alpha; where they are many, the others mislead.
    known, sampled = plain[~np.isnan(plain)], samples[~np.isnan(samples)]
    if 2 * len(known) <= len(plain):
        return Interval(None)
    if len(sampled) < CONFIDENCE * len(samples):
        return Interval(float(known.mean()))
    low, high = np.quantile(sampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(known.mean()), float(low), float(high))
