from collections import Counter
from fractions import Fraction

import pytest

from kg.draws import Drawing, Weights, popularity, quantiles


def test_values_come_as_often_as_their_weights_say():
    drawing = Drawing("1")
    counts = Counter(drawing.of(Weights({"a": 6, "b": 3, "c": 0, "d": 1})) for _ in range(10_000))
    assert counts["a"] == pytest.approx(6000, rel=0.05)
    assert counts["b"] == pytest.approx(3000, rel=0.05)
    assert counts.keys() == {"a", "b", "d"}


def test_the_values_of_a_seed_never_change():
    drawing = Drawing("1/document/7")
    assert [drawing.below(1000) for _ in range(6)] == [670, 193, 795, 557, 451, 511]


def test_every_chance_falls_to_a_value():
    weights = Weights({"a": 1, "b": 1})
    assert [weights.pick(chance) for chance in (0.0, 0.4999, 0.5, 1 - 2**-53)] == ["a", "a", "b", "b"]


def test_picking_of_the_first_leaves_the_others_out():
    ranks = popularity(range(100), 0.5)
    assert {ranks.pick_of(3, step / 100) for step in range(100)} == {0, 1, 2}


def test_popularity_is_by_zipfs_law():
    ranks = popularity(range(1000), 1.0)
    drawing = Drawing("zipf")
    counts = Counter(drawing.of(ranks) for _ in range(50_000))
    assert counts[0] / counts[9] == pytest.approx(10, rel=0.2)


def test_numbers_have_the_quantiles_they_are_drawn_from():
    points = quantiles(range(0, 401), steps=4)
    assert points == [0, 100, 200, 300, 400]
    drawing = Drawing("2")
    drawn = [drawing.between([0, 10, 10, 90]) for _ in range(9000)]
    assert min(drawn) == 0
    assert max(drawn) == 90
    assert sum(number == 10 for number in drawn) / 9000 == pytest.approx(Fraction(1, 3), abs=0.06)


def test_quantiles_of_nothing_are_nothing():
    assert quantiles([]) == []


def test_something_happens_in_its_part_of_cases():
    drawing = Drawing("3")
    assert sum(drawing.happens([1, 4]) for _ in range(8000)) == pytest.approx(2000, rel=0.1)
    assert not any(drawing.happens([0, 4]) for _ in range(100))


def test_some_values_are_different_ones_and_as_many_as_there_are():
    drawing = Drawing("4")
    assert sorted(drawing.some(Weights({"a": 1, "b": 1}), 5)) == ["a", "b"]
    assert len(set(drawing.some(popularity(range(50), 1.0), 10))) == 10
