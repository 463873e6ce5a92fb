"""Seriation finds the blocks, and gives the same order every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.charts.orders import seriate

PROFILES = st.lists(
    st.dictionaries(st.integers(0, 6), st.sampled_from([1.0, 0.5, -0.5, -1.0]), max_size=5), max_size=12
)


@given(PROFILES)
def test_every_item_comes_once(profiles: list[dict[int, float]]) -> None:
    assert sorted(seriate(profiles)) == list(range(len(profiles)))


def test_shuffled_blocks_are_put_together() -> None:
    blocks = "abcabcabc"
    profiles = [{"abc".index(name) * 10 + at: 1.0 for at in range(4)} for name in blocks]
    names = "".join(blocks[item] for item in seriate(profiles))
    assert len([1 for at in range(1, 9) if names[at] != names[at - 1]]) == 2


def test_opposite_sides_of_the_same_stand_apart() -> None:
    pro, con = {0: 1.0, 1: 1.0}, {0: -1.0, 1: -1.0}
    order = seriate([pro, con, pro, con, pro])
    assert [item % 2 for item in order] in ([0, 0, 0, 1, 1], [1, 1, 0, 0, 0])
