"""Words compared with words."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kg.words import fold, is_slip, slips

STEM = st.text("abc", min_size=3, max_size=8)
EDITS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["insert", "delete", "change", "swap"])), max_size=3
)


def edited(word: str, edits: list[tuple[int, str]]) -> str:
    for at, how in edits:
        left, right = word[:at], word[at:]
        word = {
            "insert": left + "a" + right,
            "delete": left + right[1:],
            "change": left + "b" + right[1:],
            "swap": left + right[1:2] + right[:1] + right[2:],
        }[how]
    return word


@given(STEM, EDITS)
def test_a_slip_is_told_as_by_the_distance_between_two_words(word: str, edits: list[tuple[int, str]]) -> None:
    left, right = "begins-" + word, "begins-" + edited(word, edits)
    allowed = 2 if min(len(left), len(right)) >= 9 else 1
    assert is_slip(left, right) == (slips(left, right) <= allowed)


@given(st.text("aB \t-'é’ﬁ–", max_size=12))
def test_ascii_is_folded_as_all_text_is(text: str) -> None:
    even = str.maketrans({"’": "'", "–": "-"})
    plain = unicodedata.normalize("NFKD", text.translate(even))
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    assert fold(text) == " ".join(kept.casefold().split())
