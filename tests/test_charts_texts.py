"""Text keeps within the room that it is given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.charts.texts import width, wrap

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCW 0123456789-,é中ا", max_size=120)


@given(WORDS, st.floats(60, 400), st.integers(8, 20))
def test_no_line_is_wider_than_its_room(text: str, room: float, size: int) -> None:
    assert all(width(line, size) <= room for line in wrap(text, room, size))


@given(WORDS, st.floats(60, 400))
def test_no_letter_is_lost(text: str, room: float) -> None:
    assert "".join(wrap(text, room, 12)).replace(" ", "") == "".join(text.split())


@given(WORDS, st.integers(1, 3))
def test_so_many_lines_and_no_more(text: str, lines: int) -> None:
    found = wrap(text, 80, 12, lines=lines)
    assert len(found) <= lines
    assert all(width(line, 12) <= 80 for line in found)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert wrap("one two three four five six seven", 60, 12, lines=2)[-1].endswith("…")


def test_letters_of_other_scripts_have_their_width() -> None:
    assert width("中", 10) > width("a", 10)
    assert width("é", 10) == width("e", 10)
    assert width("e\u0301", 10) == width("e", 10)
