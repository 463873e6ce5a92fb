"""Data that are checked part by part have the findings of data checked at once, however they are divided."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from test_shape_checks import INVALID, Spoiler, Triples, as_quads, examples

from kg.corpora import Seeds, read_corpus
from kg.findings import Finding
from kg.pools import local
from kg.quads import quads
from kg.records import Annotation
from kg.shacl_reference import check_here
from kg.shape_contexts import Context
from kg.shape_parts import Part, Told
from kg.shape_unions import Groups, check_parts, here
from kg.shapes import check_stated
from kg.synthetic_corpora import generate
from kg.terms import SHAPES, XSD, expand
from kg.triple_indexes import SUBCLASS, TYPE

BASE = "https://example.org/harbour/"


@dataclass(frozen=True)
class Stated:
    """Statements as a unit."""

    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def nquads(self) -> str:
        return self.text


@dataclass
class Counting:
    """Does the work here, and keeps how many parts each round had."""

    rounds: list[int] = field(default_factory=list)

    def __call__(
        self, function: Callable[[Context, Part[Any]], Told], parts: Iterable[Part[Any]], context: Context
    ) -> Iterator[Told]:
        listed = list(parts)
        self.rounds.append(len(listed))
        return here(function, listed, context)


def part(triples: Triples) -> Part[Stated]:
    text = "".join(f"{' '.join(triple)} <urn:g> .\n" for triple in triples)
    return Part(hashlib.sha256(text.encode()).hexdigest(), (Stated(text),))


def apart(context: Triples, parts: Sequence[Triples], *, map_: Any = here) -> set[Finding]:
    """The findings where each of *parts* is checked alone."""
    shared = Context(triples=tuple(context), base_iri=BASE)
    found = check_parts(shared, [part(each) for each in parts], map_=map_)
    return {each.finding for each in found}


def at_once(context: Triples, parts: Sequence[Triples]) -> set[Finding]:
    return set(check_stated(as_quads([*context, *(triple for each in parts for triple in each)])))


def divided(seeds: Seeds) -> tuple[Triples, list[Triples]]:
    """The statements of registries and settings, and those of each annotation file."""
    context: Triples = []
    parts: list[Triples] = []
    for source in seeds.sources:
        stated: Triples = [quad[:3] for quad in quads(source, seeds.names, seeds.corpus)]
        if isinstance(source.content, Annotation):
            parts.append(stated)
        else:
            context += stated
    return context, parts


@pytest.fixture(scope="module")
def world(world_seeds: Seeds) -> tuple[Triples, list[Triples]]:
    return divided(world_seeds)


# ---------------------------------------------------------------- divided by files


def test_files_checked_apart_have_the_findings_of_pyshacl(world: tuple[Triples, list[Triples]]) -> None:
    context, parts = world
    everything = as_quads([*context, *(triple for each in parts for triple in each)])
    assert apart(context, parts) == set(check_here(everything)) != set()


def spoilt_apart(world: tuple[Triples, list[Triples]], seed: int, rate: float) -> Any:
    """The world with faults in each file, which lead to nothing in the others."""
    context, parts = world
    entries = sorted({triple[0] for triple in context})
    found = []
    for number, each in enumerate(parts):
        spoiler = Spoiler(each, 100 * seed + number)
        spoiler.subjects += spoiler.random.sample(entries, 20)
        stated = spoiler.spoilt(rate=rate, odd=False)
        found.append([triple for triple in stated if triple[0] not in entries])
    return Spoiler(context, seed).spoilt(rate=rate / 10, odd=False), found


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_files_checked_apart_have_the_findings_of_all_at_once(
    seed: int, world: tuple[Triples, list[Triples]]
) -> None:
    context, parts = spoilt_apart(world, seed, 0.02)
    found = apart(context, parts)
    assert found == at_once(context, parts)
    assert len({each.shape for each in found}) > 25


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Triples, list[Triples], str]:
    """A generated corpus with a document that several have coded."""
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, passages=400, seed=4)
    seeds = read_corpus([folder])
    documents = [each.document.id for each in seeds.annotations]
    assert 4 < len(set(documents)) < len(documents)
    return *divided(seeds), seeds.names.base


@pytest.mark.parametrize("rate", [0.0005, 0.01])
def test_a_generated_corpus_spoilt_in_each_file_has_the_findings_of_all_at_once(
    rate: float, generated: tuple[Triples, list[Triples], str]
) -> None:
    *whole, base = generated
    context, parts = spoilt_apart((whole[0], whole[1]), 7, rate)
    shared = Context(triples=tuple(context), base_iri=base)
    found = check_parts(shared, [part(each) for each in parts])
    assert {each.finding for each in found} == at_once(context, parts)
    assert len({each.units for each in found}) > 2  # they have not all become one


# ---------------------------------------------------------------- divided at random


def dealt(triples: Triples, seed: int, by: Callable[[tuple[str, str, str]], str]) -> Any:
    """*triples* dealt into a context and a few parts, those together that *by* gives one name."""
    rng = random.Random(seed)
    count, share = rng.randint(2, 8), rng.choice((0, 100, 500))
    context: Triples = []
    parts: list[Triples] = [[] for _ in range(count)]
    for triple in triples:
        number = int(hashlib.sha256(f"{seed} {by(triple)}".encode()).hexdigest()[:12], 16)
        (context if number % 1000 < share else parts[number // 1000 % count]).append(triple)
    return context, parts


DEALS: dict[str, Callable[[tuple[str, str, str]], str]] = {
    "statements": lambda triple: " ".join(triple),
    "nodes": lambda triple: triple[0],
    "groups of nodes": lambda triple: "/".join(triple[0].split("/")[5:7]),
}


@pytest.mark.parametrize("deal", DEALS)
@pytest.mark.parametrize("seed", range(4))
def test_data_dealt_at_random_have_the_findings_of_all_at_once(
    deal: str, seed: int, world: tuple[Triples, list[Triples]]
) -> None:
    whole = [*world[0], *(triple for each in world[1] for triple in each)]
    spoilt = Spoiler(whole, seed).spoilt(rate=(0.003, 0.03, 0.1, 0.2)[seed], odd=False)
    context, parts = dealt(spoilt, seed, DEALS[deal])
    assert apart(context, parts) == at_once(context, parts)


@cache
def named_examples() -> dict[str, Triples]:
    """The statements of the counter-examples, by file."""
    found: dict[str, Triples] = {}
    for triple in examples():
        found.setdefault(triple[0].split("/")[3] if "example.org" in triple[0] else "", []).append(triple)
    return found


def test_every_constraint_is_broken_apart_with_the_findings_of_pyshacl(
    world: tuple[Triples, list[Triples]],
) -> None:
    context, parts = spoilt_apart(world, 9, 0.2)
    parts = [*parts, *named_examples().values()]
    found = apart(context, parts)
    assert {f"shape:{file.stem}" for file in INVALID} <= {finding.shape for finding in found}
    everything = as_quads([*context, *(triple for each in parts for triple in each)])
    assert found == set(check_here(everything))


def test_odd_literals_are_left_to_pyshacl_in_the_part_that_has_them(
    world: tuple[Triples, list[Triples]], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, parts = world
    odd = ("<https://example.org/x/s>", f"<{expand('oa:start')}>", f'"1.5"^^<{XSD}decimal>')
    end = ("<https://example.org/x/s>", f"<{expand('oa:end')}>", f'"7"^^<{XSD}integer>')
    kind = ("<https://example.org/x/s>", TYPE, f"<{expand('oa:TextPositionSelector')}>")
    sizes = []

    def noted(stated: Any, **options: Any) -> list[Finding]:
        sizes.append(len(stated))
        return check_here(stated, **options)

    monkeypatch.setattr("kg.shape_parts.check_here", noted)
    monkeypatch.setattr("kg.shape_unions.check_here", noted)
    parts = [*parts, [odd, end, kind]]
    found = apart(context, parts)
    assert found == at_once(context, parts)
    assert any(each.shape == "shape:Selector-start" for each in found)
    assert len(set(sizes)) == 1
    assert sizes[0] < sum(map(len, parts))


def test_odd_literals_of_registries_are_left_to_pyshacl_once(
    world: tuple[Triples, list[Triples]],
) -> None:
    context, parts = world
    tie = next(subject for subject, predicate, _ in context if predicate == f"<{expand('st:untilLatest')}>")
    odd = [(tie, f"<{expand('st:sinceEarliest')}>", '"some day"')]
    found = apart([*context, *odd], parts)
    assert found == at_once([*context, *odd], parts)
    assert any(each.shape == "shape:Date-since-earliest" for each in found)


# ---------------------------------------------------------------- what the plan turns out to be


def test_the_corpus_and_the_world_are_checked_once_if_files_that_belong_together_are_together(
    world_seeds: Seeds, real_seeds: Seeds
) -> None:
    for seeds in (world_seeds, real_seeds):
        context, _ = divided(seeds)
        together: dict[str, Triples] = {}
        for source in seeds.sources:
            if isinstance(source.content, Annotation):
                stated: Triples = [quad[:3] for quad in quads(source, seeds.names, seeds.corpus)]
                together.setdefault(source.content.document.text.sha256, []).extend(stated)
        counting = Counting()
        shared = Context(
            triples=tuple(context), base_iri=seeds.names.base, wide=frozenset([f"<{SHAPES}PlanPart-cycle>"])
        )
        check_parts(shared, [part(each) for each in together.values()], map_=counting)
        assert counting.rounds == [len(together)]


def test_parts_with_a_node_in_common_become_one_and_the_others_are_not_checked_again() -> None:
    node = ("<https://example.org/x>", "<urn:p>", "<https://example.org/y>")
    same = ("<https://example.org/y>", "<urn:p>", '"1"')
    other = ("<https://example.org/z>", "<urn:p>", '"1"')
    counting = Counting()
    apart([], [[node], [other], [same]], map_=counting)
    assert counting.rounds == [3, 1]


def test_what_a_part_says_of_a_shared_node_becomes_known_to_all() -> None:
    actor, person = "<https://example.org/harbour/actor/bo>", "<https://example.org/harbour/position/a/b/c>"
    context: Triples = [(actor, TYPE, f"<{expand('st:Actor')}>")]
    parts: list[Triples] = [
        [(actor, f"<{expand('skos:prefLabel')}>", '"Bo"@en')],
        [(person, f"<{expand('st:heldBy')}>", actor), (person, TYPE, f"<{expand('st:Position')}>")],
        [("<urn:k>", SUBCLASS, f"<{expand('st:Actor')}>")],
        [("<urn:l>", TYPE, "<urn:k>")],
    ]
    counting = Counting()
    found = apart(context, parts, map_=counting)
    assert found == at_once(context, parts)
    assert counting.rounds[0] == 4
    assert not any(each.shape == "shape:Entry-label" and str(each.focus) == actor[1:-1] for each in found)
    assert any(each.shape == "shape:Entry-label" and str(each.focus) == "urn:l" for each in found)


def test_a_class_that_another_part_tells_of_makes_them_one() -> None:
    parts: list[Triples] = [
        [("<urn:a>", TYPE, "<urn:class>")],
        [("<urn:class>", f"<{expand('skos:note')}>", '"plain"')],
        [("<urn:b>", TYPE, "<urn:other>")],
        [("<urn:c>", TYPE, "<urn:other>")],
    ]
    counting = Counting()
    apart([], parts, map_=counting)
    assert counting.rounds == [4, 1]


def test_the_number_of_processes_is_nothing_to_the_findings(world: tuple[Triples, list[Triples]]) -> None:
    context, parts = spoilt_apart(world, 3, 0.02)
    shared = Context(triples=tuple(context), base_iri=BASE)
    listed = [part(each) for each in parts]
    alone = [each.finding for each in check_parts(shared, listed)]
    with local(2) as pool:

        def spread(function: Any, some: Any, known: Context) -> Iterator[Told]:
            return pool.map(function, some, shared=known)

        assert [each.finding for each in check_parts(shared, listed, map_=spread)] == alone


def test_groups_are_the_same_in_whatever_order_they_are_joined() -> None:
    pairs = [(0, 3), (3, 5), (1, 2), (5, 0)]
    for seed in range(5):
        random.Random(seed).shuffle(pairs)
        groups = Groups(6)
        for one, other in pairs:
            groups.join(one, other)
        assert groups.all() == [[0, 3, 5], [1, 2], [4]]
