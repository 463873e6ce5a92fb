"""pySHACL as the reference: alone or in several processes, against all shapes or some."""

from __future__ import annotations

import pytest

from kg.corpora import Seeds
from kg.quads import quads
from kg.shacl_reference import check_here, check_in_processes, check_quads
from kg.terms import SHAPES, Quad


@pytest.fixture(scope="module")
def stated(world_seeds: Seeds) -> list[Quad]:
    """The world without its holders and gists, so that there is something to find."""
    return [
        quad
        for source in world_seeds.sources
        for quad in quads(source, world_seeds.names, world_seeds.corpus)
        if not quad.predicate.endswith(("#heldBy>", "#gist>"))
    ]


def test_several_processes_find_what_one_finds(stated: list[Quad]) -> None:
    alone = check_here(stated)
    assert len({finding.shape for finding in alone}) > 2
    together = check_in_processes(stated, parts=3)
    assert sorted(map(repr, together)) == sorted(map(repr, alone))


def test_only_the_shapes_asked_for_are_checked(stated: list[Quad]) -> None:
    found = {finding.shape for finding in check_quads(stated, only=[SHAPES + "Position"])}
    assert found == {"shape:Position-holder"}
