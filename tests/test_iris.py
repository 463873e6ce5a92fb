"""The IRIs of what files hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from kg.iris import condition_iri, slugify, text_fragment
from kg.records import Condition, Passage

PASSAGE = Passage(
    id="p01", start=10, end=60, sha256="a" * 64, first="The mayor – told", last="before summer-end"
)


def test_conditions_on_the_same_proposal_by_different_actors_are_two() -> None:
    iris = {condition_iri("x", Condition(kind="if", proposal="budget", by=by)) for by in ("", "a", "b")}
    assert len(iris) == 3


def test_a_link_opens_the_page_at_the_passage() -> None:
    assert text_fragment("https://example.org/a", PASSAGE) == (
        "https://example.org/a#:~:text=The%20mayor%20%E2%80%93%20told,before%20summer%2Dend"
    )


def test_the_end_words_of_a_short_passage_do_not_overlap_in_its_link() -> None:
    # "one two three four five six": first five words, last five words
    short = Passage(
        id="p", start=0, end=27, sha256="", first="one two three four five", last="two three four five six"
    )
    assert text_fragment("https://example.org/a", short) == (
        "https://example.org/a#:~:text=one%20two%20three%20four%20five,six"
    )


def test_a_link_keeps_the_fragment_of_the_page() -> None:
    assert text_fragment("https://example.org/a#top", PASSAGE).startswith("https://example.org/a#top:~:text=")


@given(some.text())
def test_a_slug_fits_an_iri(text: str) -> None:
    assert set(slugify(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
