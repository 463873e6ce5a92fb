"""Disagreements: what differs stands side by side, and what only one found is there."""

from __future__ import annotations

from dataclasses import replace

from kg.corpora import Seeds
from kg.disagreements import disagreement_table
from kg.pairings import Pair, find_pairs


def pair_of(seeds: Seeds) -> Pair:
    (found,) = find_pairs(seeds)
    return found


def test_what_differs_is_named_and_stands_side_by_side(world_seeds: Seeds) -> None:
    row = disagreement_table([pair_of(world_seeds)]).records()[0]
    assert (row["document"], row["kind"], row["start"], row["end"]) == ("may-hearing", "positions", 10, 622)
    assert row["what"] == "stance"
    assert (row["stance_first"], row["stance_second"]) == ("proposes", "demands")
    assert str(row["gist_second"]).startswith("Lane demands League")


def test_what_only_one_found_says_who(world_seeds: Seeds) -> None:
    rows = disagreement_table([pair_of(world_seeds)]).records()
    only = [row for row in rows if row["what"] == "only tide-bot"]
    assert [row["id_second"] for row in only] == ["sol-joint-authority"]
    assert only[0]["id_first"] is None
    assert {row["kind"] for row in rows if row["what"] == "only coder-a"} == {"positions", "claims", "parts"}


def test_every_statement_is_in_the_list_or_agreed_on(world_seeds: Seeds) -> None:
    pair = pair_of(world_seeds)
    rows = disagreement_table([pair]).records()
    listed = {row["id_first"] for row in rows} - {None}
    each = {s.id for s in (*pair.first.positions, *pair.first.claims, *pair.first.parts)}
    assert listed == each


def test_claims_and_parts_show_what_they_are(world_seeds: Seeds) -> None:
    rows = {row["id_first"]: row for row in disagreement_table([pair_of(world_seeds)]).records()}
    claim, part = rows["treaty-forbids"], rows["may-plan-fees"]
    assert (claim["stance_first"], claim["proposal_first"]) == ("legal", "+(position) -eastport-runs-alone")
    assert (part["holder_first"], part["stance_first"], part["proposal_first"]) == (
        "may-plan", "optional", "fee-plan",
    )  # fmt: skip


def test_the_order_is_that_of_the_text(world_seeds: Seeds) -> None:
    starts = [row["start"] for row in disagreement_table([pair_of(world_seeds)]).records()]
    assert starts == sorted(starts)  # type: ignore[type-var]


def test_a_gist_or_a_name_in_other_words_is_no_disagreement(world_seeds: Seeds) -> None:
    first = pair_of(world_seeds).first
    reworded = tuple(
        replace(each, id=f"my-{each.id}", gist="In other words.", conditions=()) for each in first.positions
    )
    second = replace(first, positions=reworded)
    assert len(disagreement_table([Pair(first, second)])) == 0
    moved = replace(second, positions=(replace(reworded[0], modality="predictive"), *reworded[1:]))
    assert [row["what"] for row in disagreement_table([Pair(first, moved)]).records()] == ["modality"]
