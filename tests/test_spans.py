"""Spans: a quote or end words in the one place where they stand."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.errors import AnchorError
from kg.spans import (
    Span,
    decode,
    end_words,
    find_alike,
    find_ends,
    find_quote,
    has_ends,
    hash_span,
    spans_between,
)


@given(st.text(max_size=60), st.data())
def test_a_found_quote_is_the_text_of_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    try:
        span = find_quote(text, quote)
    except AnchorError:
        assert not quote or text.find(quote) != text.rfind(quote)
        return
    assert text[span.start : span.end] == quote


@given(st.text("ab ", max_size=30), st.text("ab ", min_size=1, max_size=4))
def test_a_quote_is_found_just_where_it_stands_once(text: str, quote: str) -> None:
    places = [at for at in range(len(text)) if text.startswith(quote, at)]
    if len(places) == 1:
        assert find_quote(text, quote) == Span(places[0], places[0] + len(quote))
    else:
        with pytest.raises(AnchorError):
            find_quote(text, quote)


def test_overlapping_places_are_two() -> None:
    with pytest.raises(AnchorError, match=r"more than one place \(0, 1\)"):
        find_quote("aaa", "aa")


def test_many_places_are_not_all_listed() -> None:
    with pytest.raises(AnchorError, match=r"\(0, 1, 2, 3, 4, 5, 6, 7 …\)"):
        find_quote("a" * 99, "a")


@pytest.mark.parametrize("find", [find_quote, find_alike])
def test_a_quote_is_sought_within_a_span_only(find: object) -> None:
    assert find("one one one", "one", within=Span(2, 9)) == Span(4, 7)  # type: ignore[operator]


@pytest.mark.parametrize("find", [find_quote, find_alike])
def test_an_empty_quote_is_refused(find: object) -> None:
    with pytest.raises(AnchorError, match="the quote is empty"):
        find("text", "")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("a\u00a0b", "a b"),
        ("a\n\n  b", "a b"),
        ("“a”", '"a"'),
        ("it’s", "it's"),
        ("a – b", "a - b"),
        ("a-b", "a—b"),
        ("(a) [b]*", "(a) [b]*"),
    ],
)
def test_white_space_quotation_marks_and_dashes_may_differ(text: str, quote: str) -> None:
    assert find_alike(f"x {text} y", quote) == Span(2, 2 + len(text))


def test_other_letters_may_not_differ() -> None:
    with pytest.raises(AnchorError, match="is not in the text"):
        find_alike("colour", "color")


@given(st.lists(st.sampled_from(["a", "b", "c", "d."]), min_size=1, max_size=12), st.data())
def test_a_span_is_among_those_between_its_end_words(words: list[str], data: st.DataObject) -> None:
    text = " \n".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    assume(text[span.start : span.end] == text[span.start : span.end].strip() != "")
    first, last = end_words(text, span)
    assert has_ends(text, span, first, last)
    assert span in set(spans_between(text, first, last))


def test_end_words_with_two_spans_are_refused_with_both() -> None:
    with pytest.raises(AnchorError, match='more than one span goes from "a" to "b" \\(0–3, 0–7, 4–7\\)'):
        find_ends("a b a b", "a", "b")


def test_end_words_may_be_the_same_and_overlap() -> None:
    assert find_ends("x one two three y", "one two", "two three") == Span(2, 15)
    assert find_ends("x one y", "one", "one") == Span(2, 5)


@pytest.mark.parametrize("count", [1, 2, 9, 10, 30])
def test_five_words_at_most_are_taken_from_each_end(count: int) -> None:
    text = " ".join(f"w{number}" for number in range(count))
    first, last = end_words(text, Span(0, len(text)))
    assert len(first.split()) == len(last.split()) == min(5, max(1, count // 2))


def test_a_message_never_quotes_more_than_five_words() -> None:
    with pytest.raises(AnchorError, match='the quote "a b c d e …" is not'):
        find_quote("text", "a b c d e f g h i j")


def test_offsets_count_code_points_and_newlines_stay() -> None:
    text = decode("a\r\n👩‍⚕️é\u0301x".encode())
    assert find_quote(text, "x") == Span(9, 10)
    assert hash_span("é", Span(0, 1)) == hash_span("aéb", Span(1, 2))


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(AnchorError, match=r"not UTF-8 \(byte 1\)"):
        decode(b"a\xff")
