"""The saved questions against their expected answers, on the test world and on the corpus in ``seeds/``.

An answer stands in ``tests/answers/NAME.csv`` (the required parameters as the examples in the
header have them) or ``tests/answers/NAME.VARIANT.csv`` (see `VARIANTS`); answers on the real corpus in
``tests/answers-corpus/NAME.csv``, with the values asked for in ``tests/answers-corpus/values.json``.
``make answers`` writes those of the world anew, to be read before they are committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.headers import SavedQuery
from kg.labels import Labels, read_labels
from kg.queries import Given, bind, load_queries, resolve, rewrite
from kg.store import Store
from kg.tables import Table, to_csv

HERE = Path(__file__).parent
QUERIES = load_queries([HERE.parent / "queries"])
ANSWERS = HERE / "answers"
CORPUS_ANSWERS = HERE / "answers-corpus"

VARIANTS: dict[str, dict[str, Given]] = {
    "addressed-to.voices": {"actor": "eastport", "voices": True},
    "agreement-pairs.voices": {"issue": "crossing", "voices": True},
    "agreements.voices": {"actor": "eastport", "voices": True},
    "common-ground.three": {"actors": ["bo-finch", "zoe-brandt", "lena-okafor"]},
    "compare-actors.rolled-up": {"actor": "eastport", "other": "westport", "issue": "harbour-governance"},
    "conditional-on.indirect": {"proposal": "shared-budget"},
    "conditions-of.one-proposal": {"proposal": "joint-authority"},
    "conditions-of.rolled-up": {"actor": "eastport"},
    "function-disputes.as-guarantee": {"function": "security-guarantee"},
    "holdouts.two": {"actors": ["bo-finch", "harbour-league"]},
    "incompatible-demands.of-the-union": {"actor": "zoe-brandt"},
    "positions-of.one-document": {"actor": "ada-lane", "document": "may-hearing"},
    "positions.second-layer": {"layer": "second"},
    "positions-for.eastport": {"actor": "eastport"},
    "plan-parts.empty": {"plan": "grey-note"},
    "positions-of.still-held": {"actor": "harbour-league", "since": "2025"},
    "prerequisites-of.indirect": {"proposal": "harbour-court"},
    "reversals.on-fees": {"issue": "harbour-fees"},
    "precedents.against": {"proposal": "joint-authority"},
    "since-when.no-end-told": {"actor": "harbour-league", "proposal": "associate-membership"},
    "since-when.one-stance": {"actor": "ada-lane", "proposal": "lower-fees", "stance": "accepts"},
    "stances-on-kinds.one-document": {"proposal": "league-membership", "document": "tide-note"},
    "sticking-points.one-issue": {"actors": ["eastport", "westport"], "issue": "crossing"},
    "unanswered-arguments.by-one": {"actor": "westport-government", "proposal": "toll-tunnel"},
    "stance-on.in-the-order-of-time": {"actor": "ada-lane", "proposal": "lower-fees"},
    "stance-on.rolled-up": {"actor": "westport", "proposal": "joint-authority"},
    "stance-of.narrower-issues": {"actor": "ada-lane", "issue": "harbour"},
    "stance-of.rolled-up": {"actor": "westport", "issue": "harbour-fees"},
    "who-proposes-kind.to-build-trust": {"proposal": "league-membership", "function": "confidence-building"},
    "who-proposes.as-guarantee": {"proposal": "league-membership", "function": "security-guarantee"},
    "who-proposes.since-june": {"proposal": "league-membership", "since": "2024-06"},
    "who-proposes.until-may": {"proposal": "league-membership", "until": "2024-05"},
    "who-supports.as-guarantee": {"proposal": "league-membership", "function": "security-guarantee"},
    "who-supports.two-documents": {
        "proposal": "league-membership",
        "document": ["may-hearing", "quay-letter"],
    },
}

ROLLED_UP = {
    "common-ground", "compare-actors", "conditions-of", "holdouts", "only-talked-about", "positions-for",
    "reversals", "said-and-told", "stance-of", "stance-on", "sticking-points", "voices-differ",
}  # fmt: skip

POSITIONS = (
    "position", "document", "text_sha256", "start", "end", "holder", "holder_label", "stance",
    "polarity", "proposal", "proposal_label", "function", "conditions", "held", "uttered",
    "published", "attribution", "mode", "gist",
)  # fmt: skip


def required(query: SavedQuery) -> dict[str, Given]:
    return {param.name: param.example for param in query.params if param.default is None}


def examples(query: SavedQuery) -> dict[str, Given]:
    return {param.name: param.example for param in query.params}


def cases() -> dict[str, tuple[SavedQuery, dict[str, Given]]]:
    plain = {name: (query, required(query)) for name, query in QUERIES.items()}
    return plain | {name: (QUERIES[name.partition(".")[0]], values) for name, values in VARIANTS.items()}


CASES = cases()


def corpus_cases() -> dict[str, dict[str, Any]]:
    values = CORPUS_ANSWERS / "values.json"
    return json.loads(values.read_text("utf-8")) if values.exists() else {}


@pytest.fixture(scope="module")
def labels(world_store: Store) -> Labels:
    return read_labels(world_store)


@pytest.fixture(scope="module")
def real_labels(real_store: Store) -> Labels:
    return read_labels(real_store)


def text_of(query: SavedQuery, values: dict[str, Given], labels: Labels) -> str:
    return bind(query, resolve(query, values, labels))


def compare(table: Table, expected: Path, config: pytest.Config) -> None:
    found = to_csv(table).replace("\r\n", "\n")
    if config.getoption("--accept-answers"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(found, "utf-8", newline="\n")
    assert expected.exists(), f"no expected answer; write {expected.name} with 'make answers' and read it"
    assert found.splitlines() == expected.read_text("utf-8").splitlines()


@pytest.mark.parametrize("case", CASES)
def test_the_answer_on_the_test_world_is_the_expected_one(
    world_store: Store, labels: Labels, case: str, pytestconfig: pytest.Config
) -> None:
    query, values = CASES[case]
    table = world_store.select(text_of(query, values, labels))
    compare(table, ANSWERS / f"{case}.csv", pytestconfig)


@pytest.mark.parametrize("case", corpus_cases())
def test_the_answer_on_the_corpus_is_the_expected_one(
    real_store: Store, real_labels: Labels, case: str, pytestconfig: pytest.Config
) -> None:
    expected = CORPUS_ANSWERS / f"{case}.csv"
    query = QUERIES[case.partition(".")[0]]
    table = real_store.select(text_of(query, corpus_cases()[case], real_labels))
    compare(table, expected, pytestconfig)


def test_every_expected_answer_is_that_of_a_question() -> None:
    assert {path.stem for path in ANSWERS.iterdir()} == set(CASES)
    assert {path.stem for path in CORPUS_ANSWERS.glob("*.csv")} == set(corpus_cases())


def test_there_are_questions_enough() -> None:
    assert len(QUERIES) >= 25


# ---------------------------------------------------------------- laws that hold of every question


def rows_of(table: Table) -> list[tuple[str | None, ...]]:
    return [tuple(None if term is None else str(term) for term in row) for row in table]


@pytest.fixture(scope="module")
def merged(world_store: Store) -> Any:
    """The union of all graphs as rdflib itself holds it."""
    import rdflib

    triples = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in world_store.quads())
    return rdflib.Graph(bind_namespaces="none").parse(data=triples, format="nt")


@pytest.mark.parametrize("case", CASES)
def test_rdflib_gives_the_same_rows_in_the_same_order(
    world_store: Store, labels: Labels, merged: Any, case: str
) -> None:
    text = text_of(*CASES[case], labels)
    table = world_store.select(text)
    other = merged.query(text, initNs={})
    assert tuple(map(str, other.vars)) == table.columns
    assert [tuple(None if term is None else str(term) for term in row) for row in other] == rows_of(table)


@pytest.mark.parametrize("case", CASES)
def test_what_is_left_out_for_speed_changes_no_answer(world_store: Store, labels: Labels, case: str) -> None:
    query, values = CASES[case]
    bound = resolve(query, values, labels)
    assert world_store.select(rewrite(query.text, bound)) == world_store.select(bind(query, bound))


@pytest.fixture(scope="module")
def backwards(world_store: Store) -> Iterator[Store]:
    """The same quads, loaded in the opposite order."""
    with Store.memory(sorted(world_store.quads(), reverse=True)) as store:
        yield store


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_rows_does_not_come_from_the_order_of_loading(
    world_store: Store, backwards: Store, labels: Labels, case: str
) -> None:
    text = text_of(*CASES[case], labels)
    assert backwards.select(text) == world_store.select(text)


@pytest.mark.parametrize("case", CASES)
def test_no_row_comes_twice(world_store: Store, labels: Labels, case: str) -> None:
    rows = rows_of(world_store.select(text_of(*CASES[case], labels)))
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("name", QUERIES)
def test_the_examples_of_all_parameters_together_have_an_answer(
    world_store: Store, labels: Labels, name: str
) -> None:
    query = QUERIES[name]
    assert len(world_store.select(text_of(query, examples(query), labels)))


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_says_what_it_counts_and_how_else_it_can_be_asked(name: str) -> None:
    query = QUERIES[name]
    assert query.question.endswith("?")
    assert query.description.endswith(".")
    assert query.ask
    assert all(param.about for param in query.params)


LAYERLESS = {"coder-differences", "related-proposals", "who-speaks-for"}


@pytest.mark.parametrize("name", sorted(set(QUERIES) - LAYERLESS))
def test_codings_of_another_layer_are_not_mixed_in(world_store: Store, labels: Labels, name: str) -> None:
    query = QUERIES[name]
    table = world_store.select(text_of(query, required(query), labels))
    assert "/tide-bot/" not in to_csv(table)
    assert query.param("layer") is not None


@pytest.mark.parametrize("name", sorted(set(QUERIES) - ROLLED_UP))
def test_the_answer_does_not_rest_on_the_inferred_graph(
    world_store: Store, labels: Labels, name: str
) -> None:
    text = text_of(QUERIES[name], required(QUERIES[name]), labels)
    assert world_store.without_inferred().select(text) == world_store.select(text)


def test_the_evidence_column_holds_statements(world_store: Store, labels: Labels) -> None:
    for name, query in QUERIES.items():
        if query.statement:
            cells = world_store.select(text_of(query, required(query), labels)).column(query.statement)
            iris = [iri for cell in cells if cell is not None for iri in str(cell).split()]
            assert iris, name
            assert all(re.search(r"/harbour/(position|claim|part)/", iri) for iri in iris), name


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_uses_the_terms_of_the_ontology_and_no_others(root: Path, name: str) -> None:
    core = (root / "ontology" / "core.ttl").read_text("utf-8")
    defined = set(re.findall(r"^st:(\w+) a ", core, re.MULTILINE))
    body = re.sub(r"(?m)^#.*$", "", QUERIES[name].text)
    assert set(re.findall(r"\bst:(\w+)", body)) <= defined


# ---------------------------------------------------------------- what some of them must say


def slugs(cells: Iterable[object]) -> list[str]:
    return [str(cell).rpartition("/")[2] for cell in cells]


def test_who_proposes_as_a_guarantee_is_answered_without_the_near_misses(
    world_store: Store, labels: Labels
) -> None:
    query, values = CASES["who-proposes.as-guarantee"]
    assert query.shows_evidence
    table = world_store.select(text_of(query, values, labels))
    # Not: who accepts it so, who proposes it as something else or as nothing, who is said to do it soon.
    assert slugs(table.column("position")) == ["lane-league-guarantee", "finch-league"]


def test_the_flat_table_has_one_row_for_every_position_and_passage(
    world_store: Store, world_seeds: Any, labels: Labels
) -> None:
    table = world_store.select(text_of(QUERIES["positions"], {}, labels))
    assert table.columns[: len(POSITIONS)] == POSITIONS
    wanted = {
        (position.id, passage.start, passage.end)
        for annotation in world_seeds.annotations
        if (annotation.coding.layer or "main") == "main"
        for position in annotation.positions
        for passage in annotation.passages
        if passage.id in position.passages
    }
    cells = zip(slugs(table.column("position")), table.column("start"), table.column("end"), strict=True)
    assert sorted((slug, int(str(start)), int(str(end))) for slug, start, end in cells) == sorted(wanted)


def test_the_flat_table_finds_its_words_in_the_raw_text(
    world_store: Store, world: Path, labels: Labels
) -> None:
    import hashlib

    texts = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path.read_bytes().decode()
        for path in (world / "texts").iterdir()
    }
    table = world_store.select(text_of(QUERIES["positions"], {}, labels))
    for row in table.records():
        span = texts[str(row["text_sha256"])][int(str(row["start"])) : int(str(row["end"]))]
        assert span == span.strip()
        assert span[0].isupper() or span[0] in "“"


def test_a_stance_that_changed_is_no_obstacle_to_common_ground(world_store: Store, labels: Labels) -> None:
    values: dict[str, Given] = {"actors": ["ada-lane", "westport-government"]}
    table = world_store.select(text_of(QUERIES["common-ground"], values, labels))
    assert "lower-fees" in slugs(table.column("proposal"))
    assert "joint-authority" in slugs(table.column("proposal"))  # Lane's refusal is told by Westport alone
