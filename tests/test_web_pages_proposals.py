"""Who stands where on a proposal, and the arguments, as the saved questions have them."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from kg.graph import Graph
from kg.web.page_readers import Reader
from kg.web.page_words import polarity_of
from kg.web.pages_proposals import Tally, proposal_page, read_tallies


@pytest.fixture(scope="module")
def reader(world_store) -> Reader:  # type: ignore[no-untyped-def]
    return Reader(Graph(world_store))


def column(reader: Reader, question: str, name: str, proposal: str) -> set[str]:
    return {str(each) for each in reader.graph.query(question, proposal=proposal).table.column(name)}


def test_positions_and_arguments_are_those_of_the_saved_questions(reader: Reader) -> None:
    some = 0
    for entity in reader.labels.of("st:Proposal"):
        data = proposal_page(reader, entity.slug).data
        assert {each.iri for each in data["positions"]} == column(
            reader, "stances-on", "position", entity.slug
        )
        for key, question in (("pro", "arguments-for"), ("con", "arguments-against")):
            shown = {each.claim.iri for each in data[key]}
            assert shown == column(reader, question, "claim", entity.slug)
            some += len(shown)
        related = {other for _, others in data["related"] for other in others}
        assert related == column(reader, "related-proposals", "other", entity.slug)
    assert some


def test_what_supports_a_position_for_a_proposal_is_an_argument_for_it(reader: Reader) -> None:
    data = proposal_page(reader, "harbour-talks").data
    assert any(each.claim.iri.endswith("/house-is-booked") and each.about for each in data["pro"])
    every = {
        entity.slug: proposal_page(reader, entity.slug).data for entity in reader.labels.of("st:Proposal")
    }
    for each in (one for data in every.values() for one in data["con"] if one.about):
        [stance] = [
            one.stance for data in every.values() for one in data["positions"] if one.iri == each.about
        ]
        relation = {target: word for word, target in each.claim.arguments}[each.about]
        assert (polarity_of(stance) == "con") == (relation == "supports")


def test_sides_go_from_for_to_against(reader: Reader) -> None:
    sides = proposal_page(reader, "league-membership").data["sides"]
    order = ["pro", "conditional", "neutral", "con"]
    assert [each.polarity for each in sides] == [
        each for each in order if each in {s.polarity for s in sides}
    ]
    assert len(sides) > 1


def test_a_tally_counts_holders_and_fills_its_bar(reader: Reader) -> None:
    for proposal, tally in read_tallies(reader).items():
        stances = reader.graph.query("stances-on", proposal=proposal)
        pairs = {(row["holder"], row["polarity"]) for row in stances}
        assert tally.total == len(pairs)
        assert round(sum(length for _, _, length in tally.bars(72)), 0) == 72
    assert Tally({}).words() == "no position"
