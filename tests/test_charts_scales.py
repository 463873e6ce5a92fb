"""A time axis takes in its days, and its ticks keep apart."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kg.charts.scales import axis

DAYS = st.lists(st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat), max_size=30)


@given(DAYS)
def test_every_day_has_its_place_in_their_order(days: list[str]) -> None:
    found = axis(days, 100, 600)
    places = [found.x(day) for day in sorted(days)]
    assert all(100 <= place <= 600 for place in places)
    assert places == sorted(places)


@given(DAYS)
def test_ticks_keep_apart(days: list[str]) -> None:
    ticks = [x for x, _ in axis(days, 0, 700).ticks(60)]
    assert all(b - a >= 54 for a, b in pairwise(ticks))


def test_few_days_long_before_do_not_stretch_the_axis() -> None:
    days = ["1954-02-01", *(f"2024-{month:02}-10" for month in range(1, 13)), *["2025-05-01"] * 20]
    found = axis(days, 0, 100)
    assert found.is_before("1954-02-01")
    assert found.x("1954-02-01") == 0
    assert not axis(days[:3], 0, 100).is_before("1954-02-01")
