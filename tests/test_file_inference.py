"""What follows from one file, given the registries."""

import pytest
from synthetic import seeds

from kg import inference
from kg.corpora import read_corpus
from kg.file_inference import Following, follow, ties_of
from kg.files import ontology_dir
from kg.quads import read_lines
from kg.surveys import base_store

CORE = ontology_dir() / "core.ttl"


@pytest.fixture(params=["world", "shipped", "synthetic"])
def corpus(request, world_seeds):
    if request.param == "synthetic":
        return seeds(range(9), persons=40, positions=7)
    return world_seeds if request.param == "world" else read_corpus()


def test_ties_are_told_from_registries_as_they_are_read_from_a_store(corpus):
    told = ties_of(corpus.registries, corpus.names).by_actor
    assert told == inference.read_ties(base_store(corpus)).by_actor != {}


def test_what_follows_from_a_file_is_about_nothing_but_its_own_nodes(corpus):
    ties = ties_of(corpus.registries, corpus.names)
    following = Following.make(inference.Axioms.read(CORE), ties)
    seen = set()
    for annotation in corpus.annotations:
        reading = f"/{annotation.document.id}/{annotation.coding.coder}/"
        found = set(read_lines("".join(follow(following, corpus.names, annotation))))
        assert all(reading in quad.subject for quad in found)
        assert not found & seen
        seen |= found
    assert seen
