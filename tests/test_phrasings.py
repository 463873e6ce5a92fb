"""Patterns of questions."""

from __future__ import annotations

import pytest

from kg.phrasings import certain_slots, fill, parse, slots, variants


def said(text: str) -> set[str]:
    ways = variants(parse(text))
    return {" ".join(each if isinstance(each, str) else f"{{{each.name}}}" for each in way) for way in ways}


def test_parts_may_be_missing_and_alternatives_exclude_each_other() -> None:
    assert said("Who [really [now]] (wants|asks for) {what}?") == {
        f"who{often} {verb} {{what}}"
        for often in ("", " really", " really now")
        for verb in ("wants", "asks for")
    }


def test_ways_that_need_another_word_than_may_be_said_are_left_out() -> None:
    pattern = parse("(who|which (state|actor)) [really [now]] (wants|asks for) {what} [at all]")
    allowed = {"who", "which", "actor", "now", "wants", "asks", "for", "at"}
    kept = [way for way in variants(pattern) if {each for each in way if isinstance(each, str)} <= allowed]
    assert list(variants(pattern, allowed.__contains__)) == kept != []
    assert variants(parse("{what} is wanted"), allowed.__contains__) == ()


def test_slots_and_certain_slots() -> None:
    pattern = parse("{a} [{b}] ({c} x|y {c} [{d}])")
    assert slots(pattern) == {"a", "b", "c", "d"}
    assert certain_slots(pattern) == {"a", "c"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("who [x", "']' is missing"),
        ("who x]", "']' at 6 of 'who x]' closes nothing"),
        ("who (x]", "']' at 7"),
        ("who {X}", "'{' at 5 of 'who {X}': a slot is {name}"),
        ("a|b", "alternatives stand in"),
        ("[a][b][c][d][e][f][g][h][i][j]", "more than 512 variants"),
    ],
)
def test_a_malformed_pattern_says_where(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        parse(text)
    assert problem in str(caught.value)


def test_filling_leaves_out_what_has_no_value() -> None:
    pattern = parse("Who (wants|asks for) {what} [as {role}] [at all]?")
    assert fill(pattern, {"what": "talks"}) == "Who wants talks?"
    assert fill(pattern, {"what": "talks", "role": "leverage"}) == "Who wants talks as leverage?"
    assert fill(pattern, {}) == "Who wants {what}?"
