"""Matchings: spans decide and nothing else, and F1 does not ask who came first."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.matchings import (
    Found,
    Points,
    find_points,
    find_same,
    find_touched,
    match,
    match_at_random,
    overlap,
    overlaps,
)

spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda s: frozenset(range(s[0], s[0] + s[1])))
several = st.lists(spans, max_size=3)


def span(start: int, end: int) -> Points:
    return frozenset(range(start, end))


def total(table: np.ndarray, pairs: tuple[tuple[int, int], ...]) -> float:
    return sum(table[row, column] for row, column in pairs)


@settings(deadline=None)  # scipy is imported on the way
@given(several, several)
def test_no_other_matching_has_more_overlap(first: list[Points], second: list[Points]) -> None:
    table = overlaps(first, second)
    found = match(table, np.zeros(table.shape))
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    # Columns of nothing stand for being left alone.
    padded = np.hstack([table, np.zeros((len(first), len(first)))])
    ways = itertools.permutations(range(padded.shape[1]), len(first))
    best = max(total(padded, tuple(enumerate(columns))) for columns in ways)
    assert total(table, found) == pytest.approx(best)


@settings(deadline=None)  # scipy is imported on the way
@given(several, several, st.randoms(use_true_random=False))
def test_a_preference_never_costs_overlap(first: list[Points], second: list[Points], random) -> None:  # type: ignore[no-untyped-def]
    table = overlaps(first, second)
    wish = np.array([[random.random() for _ in second] for _ in first]).reshape(table.shape)
    assert total(table, match(table, wish)) == pytest.approx(total(table, match(table, 0 * wish)))


def test_a_preference_chooses_among_units_on_one_span() -> None:
    table = overlaps([span(0, 9)] * 2, [span(0, 9)] * 2)
    assert match(table, np.array([[0.0, 1.0], [1.0, 0.0]])) == ((0, 1), (1, 0))
    assert match(table, np.array([[1.0, 0.0], [0.0, 1.0]])) == ((0, 0), (1, 1))


def test_a_preference_brings_nothing_together_that_does_not_overlap() -> None:
    table = overlaps([span(0, 9), span(20, 29)], [span(9, 20), span(0, 1)])
    assert match(table, np.ones((2, 2))) == ((0, 1),)


def test_chance_pairs_units_on_one_span_in_every_way_and_always_alike() -> None:
    table = overlaps([span(0, 9)] * 2, [span(0, 9)] * 2)
    drawn = list(match_at_random(table, draws=40, seed=1))
    assert drawn == list(match_at_random(table, draws=40, seed=1))
    assert set(drawn) == {((0, 0), (1, 1)), ((0, 1), (1, 0))}
    assert 10 <= drawn.count(((0, 0), (1, 1))) <= 30


def test_chance_leaves_alone_what_spans_decide() -> None:
    table = overlaps([span(0, 9), span(20, 29)], [span(0, 8), span(19, 29)])
    assert set(match_at_random(table, draws=20, seed=1)) == {((0, 0), (1, 1))}


def test_the_same_stretch_counts_for_more_than_a_longer_one_with_more_in_common() -> None:
    table = overlaps([span(0, 100), span(0, 50)], [span(0, 50)])
    assert match(table, np.zeros((2, 1))) == ((1, 0),)


@given(spans, spans)
def test_overlap_is_symmetric_and_one_only_with_the_same(left: Points, right: Points) -> None:
    assert overlap(left, right) == overlap(right, left)
    assert (overlap(left, right) == 1) == (left == right)


# ---------------------------------------------------------------- finding


def test_the_three_criteria_differ_as_they_should() -> None:
    first, second = [span(0, 10), span(20, 30)], [span(0, 4), span(4, 10), span(28, 34), span(50, 60)]
    table = overlaps(first, second)
    assert find_points(first, second) == Found(12 / 26, 12 / 20)
    assert find_same(table) == Found(1 / 4, 1 / 2)
    assert find_touched(table) == Found(3 / 4, 1.0)


def test_half_an_overlap_is_enough_and_less_is_not() -> None:
    assert find_same(overlaps([span(0, 10)], [span(0, 5)])).f1 == 1
    assert find_same(overlaps([span(0, 11)], [span(0, 5)])).f1 == 0


def test_half_is_one_to_one() -> None:
    assert find_same(overlaps([span(0, 10)], [span(0, 10), span(0, 9)])) == Found(1 / 2, 1.0)


def test_f1_is_the_harmonic_mean() -> None:
    assert Found(0.5, 1.0).f1 == pytest.approx(2 / 3)
    assert Found(0.0, 0.0).f1 == 0
    assert Found(None, 0.0).f1 == 0
    assert Found(None, None).f1 is None


@settings(deadline=None)  # scipy is imported on the way
@given(several, several)
def test_f1_does_not_care_who_came_first(first: list[Points], second: list[Points]) -> None:
    there, back = overlaps(first, second), overlaps(second, first)
    for one, other in [
        (find_points(first, second), find_points(second, first)),
        (find_same(there), find_same(back)),
        (find_touched(there), find_touched(back)),
    ]:
        assert (one.precision, one.recall) == (other.recall, other.precision)
        assert one.f1 == (None if other.f1 is None else pytest.approx(other.f1))


@settings(deadline=None)
@given(several.filter(bool))
def test_a_coder_finds_all_that_he_found_himself(units: list[Points]) -> None:
    table = overlaps(units, units)
    assert {find_points(units, units).f1, find_same(table).f1, find_touched(table).f1} == {1.0}
