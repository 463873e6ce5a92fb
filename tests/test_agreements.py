"""Agreements: what two coders of the test world share, and laws of the figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import annotation, registry, seeds, sha, source

from kg.agreements import TABLES, coding_table, finding_table, match_positions, report, tables, variables
from kg.cli import main
from kg.corpora import Seeds
from kg.disagreements import disagreement_table
from kg.pairings import Pair, find_pairs
from kg.records import Annotation, Link, Passage, Position, Proposal
from kg.tables import Table
from kg.vocabularies import STANCES

SEEDS = seeds([])
COMPARED = variables(SEEDS)


def coding(*positions: tuple[int, int, dict[str, object]], coder: str = "a", number: int = 1) -> Annotation:
    """A coding with positions on the spans *start* to *end*."""
    made = annotation(number, positions=0)
    passages = tuple(
        Passage(id=f"p{n}", start=start, end=end, sha256=sha("p"), first="a", last="b")
        for n, (start, end, _) in enumerate(positions)
    )
    plain = {"holder": "person-1", "stance": "supports", "proposal": "proposal-1", "gist": "g"}
    coded = tuple(
        Position(id=f"o{n}", passages=(f"p{n}",), **(plain | values))  # type: ignore[arg-type]
        for n, (_, _, values) in enumerate(positions)
    )
    return replace(
        made, coding=replace(made.coding, coder=coder), passages=passages, positions=coded, claims=()
    )


def rows(table: Table, **wanted: object) -> list[dict[str, object]]:
    return [
        row for row in table.records() if all(row[name] == value for name, value in wanted.items())
    ]  # fmt: skip


values = st.fixed_dictionaries(
    {
        "holder": st.sampled_from(["person-1", "person-2", "gov-0"]),
        "stance": st.sampled_from(sorted(STANCES)),
        "proposal": st.sampled_from([f"proposal-{n}" for n in range(4)]),
        "functions": st.sampled_from([(), ("deterrent",), ("deterrent", "incentive")]),
        "modality": st.sampled_from(["factual", "normative"]),
        "attribution": st.sampled_from([(), (Link(voice="person-1", mode="narrated"),)]),
    }
)
positions = st.tuples(st.integers(1, 50), st.integers(1, 20), values).map(lambda p: (p[0], p[0] + p[1], p[2]))
codings = st.lists(positions, min_size=1, max_size=6).map(lambda found: coding(*found))


@settings(deadline=None, max_examples=25)
@given(codings)
def test_a_coding_agrees_with_itself(one: Annotation) -> None:
    pair = Pair(one, replace(one, coding=replace(one.coding, coder="b")))
    for row in finding_table([pair]).records():
        assert (row["precision"], row["recall"], row["f1"]) == (1, 1, 1)
    for row in rows(coding_table([pair], COMPARED), ties="best"):
        assert row["n"] == len(one.positions)
        assert row["agreed"] == 1
        assert row["alpha"] in (1, None)
    assert len(disagreement_table([pair])) == 0


@settings(deadline=None, max_examples=25)
@given(codings, codings)
def test_who_is_the_first_coder_is_nothing_to_f1(one: Annotation, other: Annotation) -> None:
    there, back = (finding_table([pair]).records() for pair in (Pair(one, other), Pair(other, one)))
    for left, right in zip(there, back, strict=True):
        assert left["f1"] == right["f1"]
        assert left["precision"] == right["recall"]
        assert left["first"] == right["second"]


@settings(deadline=None, max_examples=25)
@given(codings, codings)
def test_pairing_at_best_agrees_no_less_than_at_random(one: Annotation, other: Annotation) -> None:
    found = match_positions(Pair(one, other), COMPARED)

    def alike(pairs: tuple[tuple[int, int], ...]) -> int:
        return sum(
            v.value(one.positions[a]) == v.value(other.positions[b]) for a, b in pairs for v in COMPARED
        )

    # Among matchings of the same overlap; chance may leave a pair out that shares next to nothing.
    assert all(alike(found.best) >= alike(drawn) for drawn in found.drawn if len(drawn) == len(found.best))


def test_what_was_coded_does_not_decide_what_is_matched() -> None:
    """The spans say that o0 goes with o0, although holder and proposal speak for o1."""
    mine = coding((0, 10, {"holder": "gov-0"}), (20, 30, {"holder": "person-2"}))
    theirs = coding((0, 9, {"holder": "person-2"}), (19, 30, {"holder": "gov-0"}))
    found = match_positions(Pair(mine, theirs), COMPARED)
    assert set(found.drawn) == {found.best} == {((0, 0), (1, 1))}
    (row,) = rows(coding_table([Pair(mine, theirs)], COMPARED), variable="holder", ties="best")
    assert row["agreed"] == 0


def test_positions_on_one_span_give_a_lower_and_an_upper_bound() -> None:
    both = [(0, 10, {"holder": "gov-0"}), (0, 10, {"holder": "person-2"}), (50, 60, {})]
    table = coding_table([Pair(coding(*both), coding(*both, coder="b"))], COMPARED)
    low, high = rows(table, variable="holder")
    assert (low["ties"], high["ties"]) == ("random", "best")
    assert high["alpha"] == 1
    assert 0 < low["alpha"] < 0.9  # type: ignore[operator]
    assert 0.4 < low["agreed"] < 0.95  # type: ignore[operator]


def test_a_broader_proposal_counts_as_the_same_in_its_own_row_only() -> None:
    made = registry()
    linked = (
        Proposal(id="narrow", label="N", issues=("issue-0",), broader=("middle",)),
        Proposal(id="middle", label="M", issues=("issue-0",), broader=("wide",)),
        Proposal(id="wide", label="W", issues=("issue-0",)),
    )
    known = replace(
        SEEDS, sources=(SEEDS.sources[0], source("r.yaml", replace(made, proposals=made.proposals + linked)))
    )
    mine = coding((0, 9, {"proposal": "narrow"}), (20, 30, {"proposal": "proposal-1"}))
    theirs = coding((0, 9, {"proposal": "wide"}), (20, 30, {"proposal": "proposal-1"}))
    table = coding_table([Pair(mine, theirs)], variables(known))
    assert [row["agreed"] for row in rows(table, variable="proposal")] == [0.5, 0.5]
    assert [row["agreed"] for row in rows(table, variable="proposal or broader")] == [1, 1]
    assert rows(table, variable="proposal or broader", ties="best")[0]["alpha"] == 1


def test_over_all_documents_units_are_pooled_and_never_matched_across() -> None:
    pairs = [
        Pair(coding((0, 10, {}), number=1), coding((0, 10, {}), number=1, coder="b")),
        Pair(coding((50, 60, {}), number=2), coding((70, 80, {}), number=2, coder="b")),
        Pair(coding((70, 80, {}), number=3), coding((50, 60, {}), number=3, coder="b")),
    ]
    (row,) = rows(finding_table(pairs), document="all", unit="positions", criterion="half")
    assert (row["first"], row["second"]) == (3, 3)
    assert row["f1"] == pytest.approx(1 / 3, abs=0.001)
    assert rows(coding_table(pairs, COMPARED), document="all", variable="stance", ties="best")[0]["n"] == 1
    assert rows(finding_table(pairs[:1]), document="all") == []


def test_each_variable_is_what_its_name_says() -> None:
    chain = (Link(voice="gov-0", mode="narrated"), Link(voice="person-1", mode="predicted"))
    values = {"stance": "demands", "functions": ("incentive", "deterrent"), "attribution": chain}
    given_, plain = coding((0, 9, values), (0, 9, {"modality": "normative"})).positions
    assert {each.name: (each.value(given_), each.value(plain)) for each in COMPARED} == {
        "holder": ("person-1", "person-1"),
        "stance": ("demands", "supports"),
        "polarity": ("pro", "pro"),
        "proposal": ("proposal-1", "proposal-1"),
        "proposal or broader": ("proposal-1", "proposal-1"),
        "functions": ("deterrent + incentive", "none"),
        "any function": ("yes", "no"),
        "modality": ("factual", "normative"),
        "mode": ("predicted", "own-voice"),
    }


# ---------------------------------------------------------------- the test world


def test_the_world_has_the_figures_counted_by_hand(world_seeds: Seeds) -> None:
    pairs = find_pairs(world_seeds)
    found = finding_table(pairs)
    # Of 16 positions the second coder has two, and one that shares a span with one of these.
    (half,) = rows(found, unit="positions", criterion="half")
    assert (half["first"], half["second"]) == (len(pairs[0].first.positions), 3)
    assert (half["precision"], half["recall"]) == (0.667, 0.125)
    (any_,) = rows(found, unit="positions", criterion="any")
    assert (any_["precision"], any_["recall"]) == (1, 0.125)
    (claims,) = rows(found, unit="claims", criterion="characters")
    assert (claims["precision"], claims["recall"], claims["f1"]) == (None, 0, 0)
    stance = rows(coding_table(pairs, variables(world_seeds)), variable="stance", ties="best")[0]
    assert (stance["n"], stance["agreed"]) == (2, 0)


def test_the_same_corpus_gives_the_same_bytes(world_seeds: Seeds) -> None:
    turned = replace(world_seeds, sources=world_seeds.sources[::-1])
    for form in ("table", "csv", "json", "markdown"):
        for name in TABLES:
            texts = {report(tables(each, only=name), form) for each in (world_seeds, turned)}
            assert len(texts) == 1


# ---------------------------------------------------------------- the command


def test_the_command_writes_all_tables_or_one(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", str(world), "--format", "json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == list(TABLES)
    assert main(["agreement", str(world), "--format", "markdown"]) == 0
    assert "## finding\n\n| document |" in capsys.readouterr().out
    assert main(["agreement", str(world), "--table", "finding", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("document,coders,unit,criterion,first,second,precision")


def test_csv_of_several_tables_is_misuse(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["agreement", str(world), "--format", "csv"])
    assert "say which with --table" in capsys.readouterr().err


def test_the_command_compares_the_layers_named(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", str(world), "--layer", "second", "--layer", "main", "--table", "finding"]) == 0
    assert "tide-bot / coder-a" in capsys.readouterr().out
    assert main(["agreement", str(world), "--layer", "second"]) == 1
    assert "no document has two codings in the layers second" in capsys.readouterr().err
