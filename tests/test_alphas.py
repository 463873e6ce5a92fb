"""Alphas: the figures of the literature, the same by both ways, and intervals that hold still."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.alphas import NOMINAL, Coded, Scale, alpha, alphas, resample

VALUES = tuple("abcde")
ORDINAL = Scale(order=VALUES)
LINKED = Scale(alike=frozenset({("a", "b"), ("c", "b")}))
coded = st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), max_size=25).map(tuple)
scales = st.sampled_from([NOMINAL, ORDINAL, LINKED])


def pairs(left: str, right: str) -> Coded:
    return tuple(zip(left, right, strict=True))


# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A and B.
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbcccedd" + "d", 0.692)],
)
def test_alpha_is_that_of_the_literature(left: str, right: str, expected: float) -> None:
    found = alpha(pairs(left, right))
    assert found is not None
    assert round(found, 3) == expected


@settings(deadline=None)
@given(coded, scales)
def test_the_library_and_the_formula_for_many_samples_agree(given_: Coded, scale: Scale) -> None:
    one = alpha(given_, scale)
    if len(given_) < 2:
        assert one is None
        return
    many = float(alphas(given_, scale, np.ones((1, len(given_))))[0])
    assert np.isnan(many) if one is None else many == pytest.approx(one)


@settings(deadline=None)
@given(coded, scales)
def test_a_weight_of_two_is_a_unit_that_stands_there_twice(given_: Coded, scale: Scale) -> None:
    twice = alpha(given_ + given_[:1], scale)
    if len(given_) > 1:
        weights = np.array([[2.0] + [1.0] * (len(given_) - 1)])
        found = float(alphas(given_, scale, weights)[0])
        assert np.isnan(found) if twice is None else found == pytest.approx(twice)


@settings(deadline=None)
@given(coded, scales)
def test_who_is_the_first_coder_is_nothing_to_alpha(given_: Coded, scale: Scale) -> None:
    there, back = alpha(given_, scale), alpha(tuple((right, left) for left, right in given_), scale)
    assert there == (None if back is None else pytest.approx(back))


@settings(deadline=None)
@given(st.lists(st.sampled_from(VALUES), min_size=2), st.sampled_from([NOMINAL, ORDINAL]))
def test_coders_who_always_agree_have_one(values: list[str], scale: Scale) -> None:
    same = tuple((value, value) for value in values)
    assert alpha(same, scale) == (1.0 if len(set(values)) > 1 else None)


def test_a_neighbour_on_an_ordinal_scale_is_nearer_than_the_far_end() -> None:
    near = alpha(pairs("aabbccddee", "aabbccddde"), ORDINAL)
    far = alpha(pairs("aabbccddee", "aabbccddae"), ORDINAL)
    assert near is not None
    assert far is not None
    assert near > far


def test_what_is_alike_counts_as_the_same_in_either_order() -> None:
    assert alpha(pairs("abcd", "badd"), LINKED) > alpha(pairs("abcd", "badd"))  # type: ignore[operator]
    assert alpha(pairs("ab", "ba"), LINKED) is None


def test_an_interval_holds_its_figure_and_holds_still() -> None:
    given_ = pairs("abcdeabcdeabcde", "abcdeabcdeabbbb")
    found = resample([given_])
    assert found == resample([given_])
    assert found.value == pytest.approx(alpha(given_))
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high  # type: ignore[operator]
    assert resample([given_], seed=1) != found


def test_an_interval_narrows_with_more_units() -> None:
    few, many = resample([pairs("aabb", "abbb") * 3]), resample([pairs("aabb", "abbb") * 30])
    assert few.high - few.low > 2 * (many.high - many.low)  # type: ignore[operator]


def test_the_figure_of_several_draws_is_their_mean() -> None:
    draws = [pairs("abab", "abab"), pairs("abab", "baba")]
    mean = (alpha(draws[0]) + alpha(draws[1])) / 2  # type: ignore[operator]
    assert resample(draws).value == pytest.approx(mean)


@pytest.mark.parametrize("draws", [[()], [(("a", "b"),)], [(("a", "a"),) * 9]])
def test_what_has_no_alpha_has_no_interval(draws: list[Coded]) -> None:
    found = resample(draws)
    assert (found.value, found.low, found.high) == (None, None, None)


def test_a_second_value_in_few_draws_only_gives_no_figure() -> None:
    assert resample([pairs("aaa", "aaa"), pairs("aaa", "aaa"), pairs("aab", "aab")]).value is None
    assert resample([pairs("aaa", "aaa"), pairs("aab", "aab"), pairs("aab", "aab")]).value == 1


def test_a_second_value_in_few_resamples_only_gives_no_interval() -> None:
    found = resample([pairs("aaaaab", "aaaaab")])
    assert (found.value, found.low, found.high) == (1, None, None)


@settings(max_examples=20, deadline=None)
@given(coded.filter(lambda found: len(found) > 1))
def test_an_interval_lies_between_minus_one_and_one(given_: Coded) -> None:
    found = resample([given_])
    if found.low is not None:
        assert -1 <= found.low <= found.high <= 1 + 1e-9  # type: ignore[operator]
