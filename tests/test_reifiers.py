"""Turtle 1.2 is read back by an engine that knows reifiers, and says what the graph says."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
import pytest
from export_samples import hostile, said

from kg.corpora import Seeds
from kg.reifiers import reified
from kg.store import Store
from kg.terms import PREFIXES, Quad

REIFIES = ox.NamedNode(PREFIXES["rdf"] + "reifies")


def read(quads: Sequence[Quad], seeds: Seeds) -> list[ox.Triple]:
    text = "".join(reified(quads, prefixes=seeds.names.prefixes()))
    return [quad.triple for quad in ox.parse(text.encode(), ox.RdfFormat.TURTLE)]


def plainly(quads: Sequence[Quad]) -> set[ox.Triple]:
    text = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in quads)
    return {quad.triple for quad in ox.parse(text.encode(), ox.RdfFormat.N_TRIPLES)}


@pytest.fixture(scope="module")
def quads(world_store: Store) -> list[Quad]:
    return list(world_store.quads())


def test_every_position_reifies_its_statement(quads: list[Quad], world_seeds: Seeds) -> None:
    base = world_seeds.names.base
    found = {
        str(triple.subject).strip("<>"): triple.object
        for triple in read(quads, world_seeds)
        if triple.predicate == REIFIES
    }
    wanted = {
        f"{base}position/{each.id}": ox.Triple(
            ox.NamedNode(f"{base}actor/{each.holder}"),
            ox.NamedNode(PREFIXES["stance"] + each.stance),
            ox.NamedNode(f"{base}proposal/{each.proposal}"),
        )
        for each in said(world_seeds).values()
    }
    assert found == wanted


def test_nothing_is_lost_and_only_the_statements_are_added(quads: list[Quad], world_seeds: Seeds) -> None:
    found = read(quads, world_seeds)
    stated = {triple for triple in found if triple.predicate != REIFIES}
    assert plainly(quads) <= stated
    reified_ = {triple.object for triple in found if triple.predicate == REIFIES}
    assert stated - plainly(quads) <= reified_


def test_what_is_only_inferred_or_predicted_is_not_stated(quads: list[Quad], world_seeds: Seeds) -> None:
    talk = {
        f"{annotation.document.id}/{annotation.coding.coder}/{position.id}"
        for annotation in world_seeds.annotations
        for position in annotation.positions
        if position.attribution and position.attribution[-1].mode in ("inferred", "predicted")
    }
    positions = said(world_seeds)
    triples = read(quads, world_seeds)
    stated = {
        tuple(
            str(node).strip("<>").rpartition("/")[2]
            for node in (triple.subject, triple.predicate, triple.object)
        )
        for triple in triples
        if str(triple.predicate).startswith(f"<{PREFIXES['stance']}")
    }
    assert talk
    assert stated == {
        (each.holder, each.stance, each.proposal) for id_, each in positions.items() if id_ not in talk
    }


def test_hostile_texts_come_back(world_seeds: Seeds) -> None:
    spoilt = hostile(world_seeds)
    assert plainly(spoilt) <= set(read(spoilt, world_seeds))


def test_the_same_graph_gives_the_same_bytes(quads: list[Quad]) -> None:
    assert "".join(reified(quads)) == "".join(reified(quads[::-1]))


def test_without_positions_it_is_plain_turtle() -> None:
    text = "".join(reified([Quad("<urn:a>", "<urn:b>", "<urn:c>", "<urn:g>")]))
    assert text == 'VERSION "1.2"\n\n<urn:a> <urn:b> <urn:c> .\n'
