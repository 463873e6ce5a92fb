"""Questions as people put them are understood no worse than was measured, and none is answered wrongly."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.headers import SavedQuery
from kg.labels import CLASSES, Labels, read_labels
from kg.queries import load_queries
from kg.store import Store

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import phrasing_accuracy as accuracy  # noqa: E402

PHRASINGS = accuracy.read_phrasings()
RECORD = accuracy.read_record()


@pytest.fixture(scope="module")
def queries() -> Mapping[str, SavedQuery]:
    return load_queries([ROOT / "queries"])


@pytest.fixture(scope="module")
def labels(real_store: Store) -> Labels:
    return read_labels(real_store)


@pytest.fixture(scope="module")
def judged(queries: Mapping[str, SavedQuery], labels: Labels) -> list[accuracy.Judged]:
    return accuracy.judge_all(queries, labels)


def test_there_are_enough_phrasings_and_none_twice() -> None:
    assert len({each.ask for each in PHRASINGS}) == len(PHRASINGS) >= 220
    assert sum(set(each.answers) == {accuracy.NONE} for each in PHRASINGS) >= 35


def test_a_fifth_is_held_out_by_a_hash_of_the_text() -> None:
    held = [each for each in PHRASINGS if each.is_held_out]
    assert 0.15 < len(held) / len(PHRASINGS) < 0.3
    chosen = [number for number in range(20) if accuracy.Phrasing(f"question {number}", {}).is_held_out]
    assert chosen == [0, 4, 5, 7, 8]


def test_every_question_asked_for_is_there_and_asked_in_several_ways(
    queries: Mapping[str, SavedQuery],
) -> None:
    asked = {name for each in PHRASINGS for name in each.answers} - {accuracy.NONE}
    assert asked <= queries.keys()
    few = [name for name in asked if sum(name in each.answers for each in PHRASINGS) < 2]
    assert not few


def test_what_is_expected_can_be_said(queries: Mapping[str, SavedQuery], labels: Labels) -> None:
    known = {(entity.type, entity.slug) for entity in labels.entities}
    for each in PHRASINGS:
        for name, values in each.answers.items():
            for key, slugs in values.items():
                param = queries[name].param(key)
                assert param, f"{each.ask}: '{name}' has no {key}"
                if param.type in CLASSES:
                    assert {(param.type, slug) for slug in slugs} <= known, each.ask


def test_what_was_right_stays_right(judged: list[accuracy.Judged]) -> None:
    tuning = [each for each in judged if not each.phrasing.is_held_out]
    lost = [f"{each.outcome}: {each.phrasing.ask} ({each.got})" for each in tuning if each.outcome != "right"]
    known = RECORD.refused | RECORD.wrong
    assert [line for line in lost if not any(f": {ask} (" in line for ask in known)] == []


def test_nothing_is_answered_wrongly_that_was_not(judged: list[accuracy.Judged]) -> None:
    tuning = {e.phrasing.ask for e in judged if e.outcome == "wrong" and not e.phrasing.is_held_out}
    assert tuning <= RECORD.wrong


def test_the_held_out_part_is_no_worse_than_measured(judged: list[accuracy.Judged]) -> None:
    for name, some in accuracy.parts(judged).items():
        counts = accuracy.count(some)
        assert counts["right"] >= RECORD.figures[name]["right"], name
        assert counts["wrong"] <= RECORD.figures[name]["wrong"], name


def test_the_page_shows_what_was_measured() -> None:
    page = (ROOT / "docs/asking.md").read_text(encoding="utf-8")
    for name, counts in RECORD.figures.items():
        assert accuracy.row(name, counts) in page


def test_a_wrong_answer_is_told_from_a_refusal(queries: Mapping[str, SavedQuery], labels: Labels) -> None:
    def outcome(ask: str, answers: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
        return accuracy.judge(accuracy.Phrasing(ask, answers), queries, labels).outcome

    ask, right = "Who opposes NATO membership?", {"proposal": ("nato-accession",)}
    assert outcome(ask, {"who-opposes": right}) == "right"
    assert outcome(ask, {"who-opposes": {"proposal": ("nato-invitation",)}}) == "wrong"
    assert outcome(ask, {"who-supports": right}) == "wrong"
    assert outcome(ask, {accuracy.NONE: {}}) == "wrong"
    assert outcome("banana", {"who-opposes": right}) == "refused"
    assert outcome("banana", {accuracy.NONE: {}}) == "right"
