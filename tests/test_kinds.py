"""Kinds: what a single value may be."""

from __future__ import annotations

import re

import pytest

from kg import kinds
from kg.kinds import Kind, matches, word_of
from kg.vocabularies import SCHEMES

EVERY = [each for each in vars(kinds).values() if isinstance(each, Kind)]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (kinds.SLUG, ["a", "ada-lane", "9-to-5", "p01"], ["", "Ada", "a--b", "-a", "a-", "12", "é", "a b"]),
        (
            kinds.URL,
            ["https://e.org", "http://e.org/ä?q=a%20b#x", "https://e.org?x"],
            ["e.org", "https://", "https://e.org/ ", "https://e.org/%2", "https://a b/", "file:///etc", "https://a\n"],
        ),
        (kinds.HASH, ["0" * 64], ["0" * 63, "A" * 64, "g" * 64]),
        (kinds.OFFSET, ["0", "12"], ["01", "-1", "1.0", "1e3", "٣"]),
        (kinds.LANGUAGE, ["en", "pt-BR", "zh-Hant-TW"], ["e", "en_GB", "en-"]),
        (kinds.WIKIDATA, ["Q1", "Q42"], ["Q0", "42", "q42", "P31"]),
        (kinds.LINE, ["a b", ""], ["a\nb"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_a_pattern_takes_the_good_and_refuses_the_bad(kind: Kind, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not matches(kind, text)] == []
    assert [text for text in bad if matches(kind, text)] == []


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_every_kind_has_a_pattern_that_editors_know_and_says_what_it_is(kind: Kind) -> None:
    assert kind.about
    assert not kind.pattern or (kind.pattern[0], kind.pattern[-1]) == ("^", "$")
    assert not re.search(r"\\[AZz]|\(\?P|\\\"", kind.pattern), "only what ECMAScript has, too"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_are_those_of_the_vocabulary(scheme: str) -> None:
    assert word_of(scheme).words == SCHEMES[scheme]


def test_six_words_are_too_many_for_one_end() -> None:
    assert kinds.ENDS.check
    kinds.ENDS.check("a b c d e")
    with pytest.raises(ValueError, match="more than five words at one end: 6"):
        kinds.ENDS.check("a b c d\u00a0e f")
