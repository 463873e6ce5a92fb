"""Doubts: each check finds what it is for, and lets alone what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import CORPUS, annotation, registry, sha, source

from kg.corpora import Seeds
from kg.doubts import CHECKS, ROOTS, Codings, Doubt, sentences
from kg.libraries import TextLibrary
from kg.records import Actor, Annotation, Passage, Position, Proposal, Registry, Text
from kg.spans import Span, hash_span
from kg.vocabularies import SCHEMES

TEXT = (
    "Person 0 proposes a ferry. Person 1 sleeps. Nobody rejects it.\n"
    "Person 2 was against it for years. Gov. Person 3 insisted on a deterrent.\n"
)
WORDS = registry()


def library(folder: Path, text: str = TEXT) -> TextLibrary:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return TextLibrary([folder], home=folder / "none")


def passage(start: int, end: int, name: str = "p", text: str = TEXT) -> Passage:
    sha256 = hash_span(text, Span(start, end))
    return Passage(id=name, start=start, end=end, sha256=sha256, first="a", last="b")


def position(name: str = "o", **values: object) -> Position:
    plain: dict[str, object] = {"passages": ("p",), "gist": "g", "holder": "person-1", "stance": "supports"}
    return Position(id=name, **(plain | {"proposal": "proposal-1"} | values))  # type: ignore[arg-type]


def reading(
    *positions: Position, passages: tuple[Passage, ...] = (), number: int = 1, coder: str = "coder"
) -> Annotation:
    made = annotation(number, positions=0)
    document = replace(made.document, text=Text(sha256=sha(TEXT), start=0, end=len(TEXT)))
    coding = replace(made.coding, coder=coder, layer="" if coder == "coder" else "second")
    return replace(made, document=document, coding=coding, passages=passages, positions=positions)


def find(check: str, *readings: Annotation, words: Registry = WORDS, at: Path | None = None) -> list[Doubt]:
    sources = [source("corpus.yaml", CORPUS), source("registries/all.yaml", words)]
    sources += [source(f"documents/{n}.yaml", each) for n, each in enumerate(readings)]
    texts = library(at) if at else TextLibrary([], home=Path("none"))
    return list(CHECKS[check](Codings(Seeds(Path("seeds"), CORPUS, tuple(sources)), texts)))


# ---------------------------------------------------------------- untouched


def test_a_sentence_with_an_actor_and_a_verb_that_nobody_touched_is_found(tmp_path: Path) -> None:
    found = find("untouched", reading(), at=tmp_path)
    said = [TEXT[slice(*map(int, doubt.what.split("-")))] for doubt in found]
    assert said == ["Person 0 proposes a ferry.", "Gov. Person 3 insisted on a deterrent."]


def test_a_sentence_that_any_coder_touched_is_not_found(tmp_path: Path) -> None:
    at = TEXT.index("insisted")
    readings = [
        reading(passages=(passage(0, 5),)),
        reading(passages=(passage(at, at + 3),), coder="other"),
    ]
    assert find("untouched", *readings, at=tmp_path) == []
    assert len(find("untouched", readings[0], at=tmp_path)) == 1


def test_no_more_than_five_words_at_each_end_are_shown(tmp_path: Path) -> None:
    long = "Person 0 proposes one two three four five six seven eight nine ten eleven twelve thirteen."
    made = reading()
    texts = library(tmp_path, long)
    made = replace(made, document=replace(made.document, text=Text(sha256=sha(long), start=0, end=len(long))))
    sources = (source("r.yaml", WORDS), source("d.yaml", made))
    (doubt,) = CHECKS["untouched"](Codings(Seeds(Path(), CORPUS, sources), texts))
    assert "“Person 0 proposes one two … nine ten eleven twelve thirteen.”" in doubt.message
    assert "six" not in doubt.message


def test_sentences_end_at_stops_lines_and_tags_and_not_at_short_forms() -> None:
    text = (
        "<summary>The U.S. waits. “So do we.” Mr. Lane left.3 He is back!\n\nA heading\nNo 3.5 more</summary>"
    )
    said = [text[span.start : span.end] for span in sentences(text, Span(0, len(text)))]
    assert said == [
        "The U.S. waits.", "“So do we.”", "Mr. Lane left.3", "He is back!", "A heading", "No 3.5 more",
    ]  # fmt: skip


@given(st.text("aB.! \n<>/”", max_size=40), st.integers(0, 9))
def test_sentences_lie_in_order_in_the_region_and_leave_no_word_out(text: str, start: int) -> None:
    region = Span(min(start, len(text)), len(text))
    spans = list(sentences(text, region))
    ends = [region.start, *(point for span in spans for point in span)]
    assert ends == sorted(ends)
    left = "".join(text[a:b] for a, b in zip([*ends[::2]], [*ends[1::2], len(text)], strict=True))
    assert not {"B"} & set(left)


# ---------------------------------------------------------------- opposite stances


def opposed(left: dict[str, str], right: dict[str, str], **values: int) -> list[Doubt]:
    one = position("one", stance="proposes", **left)
    other = position("other", **({"stance": "opposes"} | right))
    return find("opposite-stances", reading(one), reading(other, number=values.get("number", 2)))


def test_for_and_against_at_one_time_is_found() -> None:
    (doubt,) = opposed({"held": "2024"}, {"held": "2024-05"})
    assert "person-1 proposes proposal-1 (2024), and opposes it (2024-05)" in doubt.message
    assert opposed({"held": "2024"}, {"held": "XXXX-05"})
    assert opposed({"held": "../2024"}, {"held": "2020/.."})


def test_for_and_against_at_other_times_is_a_change() -> None:
    assert opposed({"held": "2022"}, {"held": "2024"}) == []
    assert opposed({"held": "2022", "uttered": "2024"}, {"uttered": "2024"}) == []
    assert opposed({"uttered": "2022"}, {"uttered": "2024/.."}) == []


def test_a_condition_or_another_holder_or_proposal_is_no_contradiction() -> None:
    same = {"held": "2024"}
    assert opposed(same, same | {"stance": "open-to"}) == []
    assert opposed(same, same | {"holder": "person-2"}) == []
    assert opposed(same, same | {"proposal": "proposal-2"}) == []


def test_two_coders_of_one_document_who_differ_are_no_contradiction() -> None:
    one, other = position("one", stance="proposes"), position("other", stance="opposes")
    assert find("opposite-stances", reading(one, other))
    assert find("opposite-stances", reading(one), reading(other, coder="b")) == []
    layered = [replace(each, coding=replace(each.coding, layer="x")) for each in (reading(one),)]
    assert find("opposite-stances", *layered, reading(other, coder="b")) == []


# ---------------------------------------------------------------- functions


def test_every_function_has_words() -> None:
    assert set(ROOTS) == set(SCHEMES["function"])


@pytest.mark.parametrize("function", SCHEMES["function"])
def test_the_label_of_a_function_names_it(function: str) -> None:
    made = reading(position(functions=(function,), gist=f"as a {function.replace('-', ' ')}"))
    assert find("inferred-function", made) == []


def test_a_function_that_the_passage_does_not_name_is_found(tmp_path: Path) -> None:
    names, not_names = TEXT.index("Gov."), 0
    for start, count in ((names, 0), (not_names, 1)):
        spot = passage(start, start + 40)
        made = reading(position(functions=("deterrent",), gist="to deter"), passages=(spot,))
        assert len(find("inferred-function", made, at=tmp_path)) == count


def test_without_the_text_the_gist_is_asked_and_that_is_said() -> None:
    made = reading(position(functions=("deterrent",)), passages=(passage(0, 9),))
    (doubt,) = find("inferred-function", made)
    assert (
        doubt.message == "'o' is coded as deterrent, but its gist (the text is not at hand) does not name it"
    )


# ---------------------------------------------------------------- registries


def near(check: str, **lists: tuple[object, ...]) -> list[tuple[str, str]]:
    words = replace(WORDS, **lists)  # type: ignore[arg-type]
    made = reading(position(proposal="one")) if check == "near-proposals" else reading()
    return [(doubt.record.id, doubt.what) for doubt in find(check, made, words=words)]  # type: ignore[union-attr]


def actor(slug: str, *names: str) -> Actor:
    return Actor(id=slug, kind="person", label=names[0], aliases=names[1:])


@pytest.mark.parametrize(
    ("left", "right", "is_near"),
    [
        (("Ada Lane", "Lane"), ("The Lane",), True),
        (("Zelensky",), ("Zelenskyy",), True),
        (("Erdogan",), ("Erdoğan",), True),
        (("Iran",), ("Iraq",), False),
        (("government of Ukraine",), ("government of Russia",), False),
    ],
)
def test_actors_with_nearly_the_same_name_are_found(
    left: tuple[str, ...], right: tuple[str, ...], is_near: bool
) -> None:
    found = near("near-actors", actors=(actor("a", *left), actor("b", *right)))
    assert found == ([("a", "b")] if is_near else [])


def proposal(slug: str, label: str, **values: tuple[str, ...]) -> Proposal:
    return Proposal(id=slug, label=label, **({"issues": ("issue-0",)} | values))  # type: ignore[arg-type]


ONE = proposal("one", "a ferry between the two cities")
LIKE = "a new ferry between the two cities"


def test_a_proposal_with_one_mention_and_a_like_one_is_found() -> None:
    assert near("near-proposals", proposals=(ONE, proposal("two", LIKE))) == [("one", "two")]


@pytest.mark.parametrize(
    "values",
    [{"broader": ("one",)}, {"close": ("one",)}, {"incompatible": ("one",)}, {"requires": ("one",)},
     {"issues": ("issue-1",)}],
)  # fmt: skip
def test_a_linked_proposal_or_one_on_another_issue_is_kept_apart(values: dict[str, tuple[str, ...]]) -> None:
    assert near("near-proposals", proposals=(ONE, proposal("two", LIKE, **values))) == []


def test_two_kinds_of_one_proposal_are_kept_apart() -> None:
    kind = {"broader": ("wide",)}
    one, two = (proposal(slug, label, **kind) for slug, label in (("one", ONE.label), ("two", LIKE)))
    assert near("near-proposals", proposals=(one, two, proposal("wide", "boats"))) == []


def test_a_proposal_with_two_mentions_is_in_use() -> None:
    words = replace(WORDS, proposals=(ONE, proposal("two", LIKE)))
    made = reading(position("a", proposal="one"), position("b", proposal="one"))
    assert find("near-proposals", made, words=words) == []


def test_an_entry_that_nothing_refers_to_is_found_unless_it_says_why() -> None:
    extra = (Actor(id="x", kind="person", label="X"), Actor(id="y", kind="person", label="Y", unused="why"))
    found = find("unused-entry", reading(), words=replace(WORDS, actors=WORDS.actors + extra))
    slugs = {doubt.what for doubt in found}
    assert "x" in slugs
    assert not {"y", "state-0", "coder", "person-0"} & slugs


def test_a_passage_that_no_statement_names_is_found() -> None:
    made = reading(position(), passages=(passage(0, 5), passage(6, 9, "q")))
    assert [doubt.what for doubt in find("unused-passage", made)] == ["q"]
