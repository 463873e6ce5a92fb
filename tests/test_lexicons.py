"""What a few words of a question may stand for."""

from __future__ import annotations

import pytest

from kg.english import words
from kg.headers import Parameter
from kg.labels import Entity, Labels
from kg.lexicons import Sense, lexicon_of


def entity(type_: str, slug: str, label: str, *also: str) -> Entity:
    return Entity(type_, slug, f"x:{type_}/{slug}", label, also)


LABELS = Labels(
    (
        entity("st:Actor", "eastport", "Eastport"),
        entity("st:Actor", "westport", "Westport"),
        entity("st:Actor", "league", "the League"),
        entity("st:Actor", "ada-lane", "Ada Lane", "Lane", "the Eastport mayor"),
        entity("st:Actor", "ferry-friends", "those who founded the friends of the ferry in 2022"),
        entity("st:Actor", "crews", "the crews between Eastport and Westport"),
        entity("st:Proposal", "league-entry", "Westport joining the League", "League membership"),
        entity("st:Proposal", "no-league", "Westport renouncing League membership for good"),
        entity("st:Proposal", "blockade-of-westport", "Eastport blockading Westport"),
        entity("st:Proposal", "ferry-first", "a ferry before talks"),
        entity("st:Proposal", "night-boat", "a waterbus at night in Westport"),
        entity("st:Proposal", "day-boat", "a catamaran by day", "a harbourside footbridge"),
        entity("st:Proposal", "cart-toll", "a toll in Westport on carts"),
        entity("stance", "accepts-conditionally", "accepts conditionally"),
        entity("stance", "supports", "supports"),
        entity("function", "security-guarantee", "security guarantee"),
    )
)


def read(type_: str, text: str, *, many: bool = False) -> Sense | None:
    param = Parameter(name="it", type=type_, about="x", example=("x",), many=many)
    return lexicon_of(LABELS).read(param, words(text))


@pytest.mark.parametrize(
    ("text", "slug", "by"),
    [
        ("League membership", "league-entry", "name"),
        ("memberships in the League", "league-entry", "more"),
        ("League membership for Westport", "league-entry", "more"),
        ("Westport's League membership", "league-entry", "more"),
        ("membership of Westport in the League", "league-entry", "more"),
        ("Leauge membership for Westport", "league-entry", "slip"),
        ("harbour side foot bridges", "day-boat", "slip"),
        ("a waterbus at night", "night-boat", "part"),
        ("Westport renouncing League membership for good", "no-league", "name"),
    ],
)
def test_a_proposal_is_known_by_a_whole_name(text: str, slug: str, by: str) -> None:
    found = read("st:Proposal", text)
    assert found is not None
    assert (found.values, found.by, found.options) == ((f"x:st:Proposal/{slug}",), by, ())


@pytest.mark.parametrize(
    "text",
    [
        "League membership for Eastport",
        "League membership from Westport",
        "League membership by Westport",
        "Westport blockading Eastport",
        "blockade of Westport Eastport",
        "talks before a ferry",
        "renouncing League membership",
        "membership",
        "a toll in Westport",
        "a waterbus",
        "waterbuses in the League",
    ],
)
def test_what_may_turn_the_meaning_round_is_not_taken(text: str) -> None:
    found = read("st:Proposal", text)
    assert found is None or found.by == "begun"


def test_an_actor_may_have_more_of_its_names_but_no_part_of_one() -> None:
    mayor = read("st:Actor", "the Eastport mayor Lane")
    assert mayor is not None
    assert (mayor.values, mayor.by) == (("x:st:Actor/ada-lane",), "more")
    friends = read("st:Actor", "friends")
    assert friends is not None
    assert (friends.by, [each.slug for each in friends.options]) == ("begun", ["ferry-friends"])


def test_a_number_or_a_question_word_is_no_beginning_of_a_name() -> None:
    assert read("st:Actor", "2022") is None
    assert read("st:Actor", "who") is None


def test_part_of_a_function_is_taken_and_part_of_a_stance_is_not() -> None:
    guarantee = read("function", "guarantee")
    assert guarantee is not None
    assert guarantee.by == "part"
    assert read("stance", "conditions") is None
    assert read("stance", "conditionaly") is None
    backs = read("stance", "would back")
    assert backs is not None
    assert backs.values == ("x:stance/supports",)


def test_several_names_are_no_part_of_one() -> None:
    assert read("st:Actor", "Eastport and Westport") is None
    both = read("st:Actor", "both Eastport and Westport", many=True)
    assert both is not None
    assert (both.values, both.by) == (("x:st:Actor/eastport", "x:st:Actor/westport"), "names")


def test_the_lexicon_of_the_same_labels_is_kept() -> None:
    assert lexicon_of(LABELS) is lexicon_of(Labels(LABELS.entities))
