"""Who agrees stands near; no box lies over another."""

from __future__ import annotations

from math import dist

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.charts.layouts import Box, spread, stress_layout

BOXES = st.lists(
    st.builds(
        Box, st.floats(-50, 50), st.floats(-50, 50), st.floats(5, 60), st.floats(5, 30), st.floats(5, 60)
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(BOXES)
def test_boxes_are_moved_apart_and_stay_between_the_edges(boxes: list[Box]) -> None:
    found = spread(boxes, left=0, right=320)
    for at, one in enumerate(found):
        assert one.half - 0.01 <= one.x <= 320 - one.half + 0.01
        for other in found[at + 1 :]:
            across, down = one.overlap(other)
            assert across <= 0.01 or down <= 0.01


def test_friends_stand_nearer_than_foes() -> None:
    scores = {(0, 1): (1.0, 2.0), (2, 3): (1.0, 2.0), (0, 2): (-1.0, 2.0), (1, 3): (-1.0, 2.0)}
    places = stress_layout(4, scores)
    assert max(dist(places[0], places[1]), dist(places[2], places[3])) < min(
        dist(places[0], places[2]), dist(places[1], places[3])
    )


def test_the_longest_extent_lies_across() -> None:
    places = stress_layout(6, {(at, at + 1): (0.5, 1.0) for at in range(5)})
    assert sum(x * x for x, _ in places) >= sum(y * y for _, y in places)


def test_nobody_and_one_alone_have_their_place() -> None:
    assert stress_layout(0, {}) == []
    assert stress_layout(1, {}) == [(0.0, 0.0)]
