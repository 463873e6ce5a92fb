"""Questions about whose voice a position has, against the same counted by hand from the records.

The answers are made again in plain Python from the records of the test world, without SPARQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kg.dates import bounds
from kg.labels import Labels, read_labels
from kg.queries import Given, bind, load_queries, resolve
from kg.store import Store
from kg.vocabularies import STANCES

QUERIES = load_queries([Path(__file__).parent.parent / "queries"])
OFFICIAL = ("own-voice", "full-quotation", "partial-quotation", "reported-speech")
ACTORS = ("ada-lane", "bo-finch", "eastport", "eastport-government", "westport", "westport-government")


class Held(NamedTuple):
    """A position, with what its document adds: who tells it, at which step, from when to when."""

    id: str
    holder: str
    proposal: str
    stance: str
    mode: str
    step: int
    first: str
    last: str
    vouched: str

    @property
    def polarity(self) -> str:
        return STANCES[self.stance]

    @property
    def is_heard(self) -> bool:
        return self.mode in OFFICIAL or (self.mode == "narrated" and self.step == 2)

    def meets(self, other: Held) -> bool:
        return self.first <= other.last and other.first <= self.last


def positions(seeds: Any) -> Iterator[Held]:
    for annotation in seeds.annotations:
        if (annotation.coding.layer or "main") == "main":
            for each in annotation.positions:
                published = each.published or annotation.document.published
                first, last = bounds(each.held or each.uttered or published)
                steps = each.attribution
                mode = steps[-1].mode if steps else "own-voice"
                vouched = last or bounds(published).latest or "9999-12-31"
                yield Held(each.id, each.holder, each.proposal, each.stance, mode, len(steps) + 1,
                           first or "0001-01-01", last or "9999-12-31", vouched)  # fmt: skip


@pytest.fixture(scope="module")
def held(world_seeds: Any) -> tuple[Held, ...]:
    return tuple(positions(world_seeds))


@pytest.fixture(scope="module")
def labels(world_store: Store) -> Labels:
    return read_labels(world_store)


@pytest.fixture(scope="module")
def counting(world_store: Store) -> dict[str, set[str]]:
    """For each actor the ids of its own positions and of those that count for it."""
    prefix = "PREFIX st: <https://w3id.org/standpoint/ontology#>"
    found = world_store.select(f"{prefix} SELECT DISTINCT * {{ ?position st:heldBy|st:countsFor ?actor }}")
    counts: dict[str, set[str]] = {actor: set() for actor in ACTORS}
    for row in found.records():
        position, actor = row["position"], row["actor"]
        counts.setdefault(slug(actor), set()).add(slug(position))
    return counts


def slug(cell: object) -> str:
    return str(cell).rpartition("/")[2]


def answer(store: Store, labels: Labels, name: str, **values: Given) -> list[dict[str, str]]:
    table = store.select(bind(QUERIES[name], resolve(QUERIES[name], values, labels)))
    return [{key: str(cell) for key, cell in row.items()} for row in table.records()]


def pairs(rows: list[dict[str, str]]) -> set[frozenset[str]]:
    return {frozenset(map(slug, row["positions"].split())) for row in rows}


@pytest.mark.parametrize("actor", ACTORS)
def test_voices_differ_is_what_two_heard_holders_make_of_one_proposal(
    world_store: Store, labels: Labels, held: tuple[Held, ...], counting: dict[str, set[str]], actor: str
) -> None:
    heard = [each for each in held if each.is_heard and each.id in counting[actor]]
    expected = {
        frozenset((a.id, b.id))
        for a, b in product(heard, heard)
        if a.proposal == b.proposal and a.holder != b.holder and a.polarity != b.polarity and a.meets(b)
    }
    assert pairs(answer(world_store, labels, "voices-differ", actor=actor)) == expected


@pytest.mark.parametrize("actor", ACTORS)
def test_said_and_told_sets_official_voice_against_what_others_tell(
    world_store: Store, labels: Labels, held: tuple[Held, ...], counting: dict[str, set[str]], actor: str
) -> None:
    mine = [each for each in held if each.id in counting[actor]]
    said = [each for each in mine if each.mode in OFFICIAL]
    told = [each for each in mine if each.mode not in OFFICIAL]
    expected = {
        frozenset((a.id, b.id))
        for a, b in product(said, told)
        if a.proposal == b.proposal and a.polarity != b.polarity
        and (a.meets(b) or (b.mode == "predicted" and b.first <= a.last))
    }  # fmt: skip
    assert pairs(answer(world_store, labels, "said-and-told", actor=actor)) == expected


def test_self_contradictions_are_one_holder_for_and_against_at_a_time(
    world_store: Store, labels: Labels, held: tuple[Held, ...]
) -> None:
    heard = [each for each in held if each.is_heard]
    expected = {
        frozenset((a.id, b.id))
        for a, b in product(heard, heard)
        if (a.holder, a.proposal) == (b.holder, b.proposal)
        and (a.polarity, b.polarity) == ("pro", "con") and a.meets(b)
    }  # fmt: skip
    assert expected
    assert pairs(answer(world_store, labels, "self-contradictions")) == expected


@pytest.mark.parametrize("until", ["2023", "2024-05", "2024-06-15", "9999-12-31"])
def test_a_latest_stance_is_one_that_no_other_surely_follows(
    world_store: Store, labels: Labels, held: tuple[Held, ...], until: str
) -> None:
    day = bounds(until).latest or ""
    known = [each for each in held if each.mode not in ("inferred", "predicted") and each.first <= day]
    for proposal in {each.proposal for each in held}:
        some = [each for each in known if each.proposal == proposal]
        expected = {a.id for a in some if not any(b.holder == a.holder and b.first > a.vouched for b in some)}
        rows = answer(world_store, labels, "latest-stances", proposal=proposal, until=until)
        assert {slug(row["position"]) for row in rows} == expected, proposal


def test_who_is_quoted_and_who_is_only_talked_about_are_two_sets(world_store: Store, labels: Labels) -> None:
    quoted = {row["actor"] for row in answer(world_store, labels, "who-is-quoted")}
    talked_about = {row["actor"] for row in answer(world_store, labels, "only-talked-about")}
    assert quoted
    assert talked_about
    assert not quoted & talked_about


def test_all_positions_of_a_layer_with_a_day_stand_in_the_timeline_once(
    world_store: Store, labels: Labels, held: tuple[Held, ...]
) -> None:
    rows = answer(world_store, labels, "timeline")
    told = sorted(each.id for each in held if each.mode not in ("inferred", "predicted"))
    assert sorted(slug(row["position"]) for row in rows) == told


def test_what_one_document_alone_tells_is_told_by_no_second(
    world_store: Store, labels: Labels, world_seeds: Any
) -> None:
    documents: dict[tuple[str, str, str], set[str]] = {}
    for annotation in world_seeds.annotations:
        for each in annotation.positions if (annotation.coding.layer or "main") == "main" else ():
            if (each.attribution[-1].mode if each.attribution else "") not in ("inferred", "predicted"):
                key = (each.holder, each.proposal, str(STANCES[each.stance]))
                documents.setdefault(key, set()).add(annotation.document.id)
    expected = {key for key, some in documents.items() if len(some) == 1}
    rows = answer(world_store, labels, "single-source")
    assert {(slug(r["holder"]), slug(r["proposal"]), slug(r["polarity"])) for r in rows} == expected
    assert len(expected) < len(documents)
