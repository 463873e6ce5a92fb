"""The English of questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.english import VERBS, read_date, stem, stems, times, weight, words
from kg.vocabularies import SCHEMES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who’s for the E.U.?", "who for eu"),
        ("It can't, won't and doesn't.", "it can not , will not and does not"),
        ("The Dockers’ Union", "dockers union"),
        ("Zoë–Brandt’s   cease-fire", "zoe brandt cease fire"),
        ("in 2024-05 & 2024-05-12", "in 2024-05 and 2024-05-12"),
        ("\x1b[31m ?!", "31m"),
        ("", ""),
    ],
)
def test_words_are_evened_out(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize(
    "forms",
    [
        "propose proposes proposed proposing",
        "oppose opposes opposed opposing",
        "support supports supported",
        "rule rules ruled ruling",
        "back backs backed backing",
        "call calls called calling",
        "deny denies denied",
        "give gave given gives",
        "plan plans planned planning",
        "agree agrees agreed agreeing",
        "guarantee guarantees guaranteed",
        "do does did done",
        "hold holds held holding",
        "have has had having",
        "tell told tells",
        "position positions",
        "party parties",
        "ally allies",
        "say says said saying",
        "issue issues",
        "reject rejects rejected rejecting",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["proposal propose", "oppose propose", "status state", "crisis cry", "us use"]
)
def test_different_words_keep_different_stems(pair: str) -> None:
    assert len({stem(word) for word in pair.split()}) == 2


@given(st.text())
def test_any_text_has_words_and_stems(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert all(weight(each) >= 0 for each in stems(text))


def test_verbs_are_those_of_the_vocabulary() -> None:
    for scheme, verbs in VERBS.items():
        assert set(verbs) == set(SCHEMES[scheme])


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025", "2025"),
        ("May 2025", "2025-05"),
        ("sept 2025", "2025-09"),
        ("12 May 2025", "2025-05-12"),
        ("May 12th, 2025", "2025-05-12"),
        ("the 1st of May 2025", "2025-05-01"),
        ("2025-05-12", "2025-05-12"),
        ("31 June 2025", ""),
        ("May", ""),
        ("12 2025", ""),
        ("May June 2025", ""),
        ("999", ""),
        ("plan 2025", ""),
    ],
)
def test_a_date_is_read(text: str, date: str) -> None:
    assert read_date(words(text)) == date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("since May 2025", "2025-05-01", ""),
        ("in 2022", "2022-01-01", "2022-12-31"),
        ("in February 2024", "2024-02-01", "2024-02-29"),
        ("on 12 May 2025", "2025-05-12", "2025-05-12"),
        ("before 2023", "", "2022-12-31"),
        ("after 12 May 2025", "2025-05-13", ""),
        ("until March 2025", "", "2025-03-31"),
        ("between 2022 and May 2023", "2022-01-01", "2023-05-31"),
        ("from May 2022 to 2023", "2022-05-01", "2023-12-31"),
    ],
)
def test_a_time_is_read_with_its_edges(text: str, first: str, last: str) -> None:
    said = ("who", *words(text), "why")
    (time,) = times(said)
    assert (said[time.start : time.end], time.first, time.last) == (words(text), first, last)


@pytest.mark.parametrize(
    "text", ["in May", "since then", "between friends", "from Eastport", "2024", "in", "between 2022"]
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert times(words(text)) == ()
