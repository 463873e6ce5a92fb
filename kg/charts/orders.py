"""Orders of rows and columns in which a matrix shows its blocks (seriation), without chance in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PASSES = 12


def seriate(profiles: Sequence[Mapping[int, float]]) -> list[int]:
    """Order items so that those with like *profiles* (feature to weight, signed) stand together.

    The order starts from the fullest profile, always goes on to the nearest item left, and is then improved
    by turning stretches of it around (2-opt, Croes 1958) while that brings neighbours closer. Ties fall to
    the item that comes first, so the same profiles give the same order.

    >>> seriate([{0: 1}, {5: 1, 6: -1}, {0: 1, 1: -1}, {5: 1}])
    [1, 3, 2, 0]
    """
    count = len(profiles)
    if count < 3:
        return sorted(range(count), key=lambda item: (-len(profiles[item]), item))
    distance = [[_distance(profiles[a], profiles[b]) for b in range(count)] for a in range(count)]
    path = [max(range(count), key=lambda item: (len(profiles[item]), -item))]
    left = set(range(count)) - set(path)
    while left:
        nearest = min(left, key=lambda item: (distance[path[-1]][item], -len(profiles[item]), item))
        path.append(nearest)
        left.remove(nearest)
    return _oriented(_improved(path, distance), profiles)


def _distance(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """How far two profiles are apart: 0 the same, 1 nothing in common, 2 the opposite (1 minus the cosine).

    To have taken a stance on the same thing at all brings two a little closer, whatever the stance.
    """
    common = one.keys() & other.keys()
    if not common:
        return 1.0
    size = (sum(w * w for w in one.values()) * sum(w * w for w in other.values())) ** 0.5 or 1.0
    alike = sum(one[key] * other[key] for key in common)
    shared = sum(abs(one[key] * other[key]) for key in common)
    return 1 - (0.7 * alike + 0.3 * shared) / size


def _improved(path: list[int], distance: Sequence[Sequence[float]]) -> list[int]:
    count = len(path)
    for _ in range(_PASSES):
        better = False
        for start in range(count - 1):
            for end in range(start + 1, count):
                if _gain(path, distance, start, end) > 1e-9:
                    path[start : end + 1] = path[start : end + 1][::-1]
                    better = True
        if not better:
            break
    return path


def _gain(path: Sequence[int], distance: Sequence[Sequence[float]], start: int, end: int) -> float:
    """How much shorter the path gets when the stretch from *start* to *end* is turned around."""
    gain = 0.0
    if start > 0:
        gain += distance[path[start - 1]][path[start]] - distance[path[start - 1]][path[end]]
    if end + 1 < len(path):
        gain += distance[path[end]][path[end + 1]] - distance[path[start]][path[end + 1]]
    return gain


def _oriented(path: list[int], profiles: Sequence[Mapping[int, float]]) -> list[int]:
    """Put the end with the fuller profiles first."""
    half = len(path) // 2
    ahead = sum(len(profiles[item]) for item in path[:half])
    behind = sum(len(profiles[item]) for item in path[-half:])
    return path[::-1] if behind > ahead else path
