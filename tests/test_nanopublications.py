"""Nanopublications are valid by the nanopub library, and say of each position what the files say."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from export_samples import hostile, said
from nanopub import Nanopub

from kg.corpora import Seeds
from kg.exports import export, without_inferred
from kg.nanopublications import NP, nanopub_trig, nanopublications
from kg.store import Store
from kg.terms import PREFIXES, Quad, expand

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def quads(world_store: Store) -> list[Quad]:
    return without_inferred(world_store.quads())


def valid(found: list[Quad], folder: Path) -> Nanopub:
    file = folder / "one.trig"
    file.write_text("".join(export(found, form="trig")), encoding="utf-8")
    nanopub = Nanopub(rdf=file)
    nanopub.source_uri = str(nanopub.metadata.np_uri)
    assert nanopub.is_valid
    assert nanopub.has_valid_trusty
    return nanopub


def test_the_nanopub_library_finds_all_valid(quads: list[Quad], world_seeds: Seeds, tmp_path: Path) -> None:
    found = list(nanopublications(quads))
    assert len(found) == len(said(world_seeds))
    for each in found:
        valid(each, tmp_path)


def test_a_changed_word_is_noticed_by_the_library(quads: list[Quad], tmp_path: Path) -> None:
    first = next(nanopublications(quads))
    changed = [
        quad._replace(object='"Another."@en') if quad.predicate.endswith("#gist>") else quad for quad in first
    ]
    with pytest.raises(Exception, match=r"The Trusty artefact of the nanopub .* is not valid"):
        valid(changed, tmp_path)


def test_each_asserts_one_position_with_all_that_it_is(quads: list[Quad], world_seeds: Seeds) -> None:
    base = world_seeds.names.base
    for found, (id_, each) in zip(nanopublications(quads), sorted(said(world_seeds).items()), strict=True):
        position = f"<{base}position/{id_}>"
        about = {
            (quad.predicate, quad.object)
            for quad in found
            if quad.subject == position and quad.graph.endswith("#assertion>")
        }
        wanted = {
            ("st:heldBy", f"<{base}actor/{each.holder}>"),
            ("st:takesStance", f"<{PREFIXES['stance']}{each.stance}>"),
            ("st:onProposal", f"<{base}proposal/{each.proposal}>"),
            *(("st:hasFunction", f"<{PREFIXES['function']}{slug}>") for slug in each.functions),
            *((("st:held", f'"{each.held}"^^<{PREFIXES["edtf"]}EDTF>'),) if each.held else ()),
        }
        assert {(f"<{expand(name)}>", value) for name, value in wanted} <= about
        # When it was printed, and where, is evidence and no part of what is asserted.
        assert not any(name in predicate for name in ("#published", "#statedIn") for predicate, _ in about)
        assert sum(quad[1] == f"<{expand('st:heldBy')}>" for quad in found) == 1


def test_the_provenance_leads_from_the_assertion_to_passage_coder_and_voices(quads: list[Quad]) -> None:
    by_node: dict[str, set[tuple[str, str]]] = {}
    for quad in quads:
        by_node.setdefault(quad.subject, set()).add((quad.predicate, quad.object))
    for found in nanopublications(quads):
        graphs = {quad.graph.rpartition("#")[2][:-1] for quad in found}
        assert graphs == {"Head", "assertion", "provenance", "pubinfo"}
        proof = {quad[:3] for quad in found if quad.graph.endswith("#provenance>")}
        assertion = next(quad.graph for quad in found if quad.graph.endswith("#assertion>"))
        leads = {obj for subject, _, obj in proof if subject == assertion}
        position = next(quad.subject for quad in found if quad.predicate == f"<{expand('st:heldBy')}>")
        for predicate, obj in by_node[position]:
            if predicate == f"<{expand('st:statedIn')}>":
                assert obj in leads
            if predicate in (f"<{expand('st:statedIn')}>", f"<{expand('st:hasAttribution')}>"):
                assert {(obj, *rest) for rest in by_node[obj]} <= proof
        assert any("/coder/" in obj for obj in leads)


def test_the_day_is_that_of_the_coding(quads: list[Quad]) -> None:
    created = {
        quad.object[1:11]
        for found in nanopublications(quads)
        for quad in found
        if quad.predicate == f"<{expand('dcterms:created')}>"
    }
    coded = {quad.object[1:11] for quad in quads if quad.predicate == f"<{expand('st:codedOn')}>"}
    assert created
    assert created <= coded


def test_nothing_inferred_is_published(world_store: Store, quads: list[Quad]) -> None:
    counts = f"<{expand('st:countsFor')}>"
    assert any(quad.predicate == counts for quad in world_store.quads())
    assert not any(quad.predicate == counts for found in nanopublications(quads) for quad in found)


def test_the_whole_file_is_trig_and_each_can_be_cut_out(quads: list[Quad], world_seeds: Seeds) -> None:
    text = "".join(nanopub_trig(quads, prefixes=world_seeds.names.prefixes()))
    whole = rdflib.Dataset()
    whole.parse(data=text, format="trig")
    kind = rdflib.URIRef(NP + "Nanopublication")
    published = {str(node) for node, _, _, _ in whole.quads((None, rdflib.RDF.type, kind, None))}
    assert len(published) == len(said(world_seeds))
    cut = text.split("# https://")[1:]
    assert len(cut) == len(published)
    one = rdflib.Dataset()
    one.parse(data="# https://" + cut[-1], format="trig")
    assert len([node for node, _, _, _ in one.quads((None, rdflib.RDF.type, kind, None))]) == 1


def test_hostile_texts_are_valid_too(world_seeds: Seeds, tmp_path: Path) -> None:
    for found in list(nanopublications(hostile(world_seeds)))[:20]:
        valid(found, tmp_path)


def test_the_same_graph_gives_the_same_bytes(quads: list[Quad]) -> None:
    assert "".join(nanopub_trig(quads)) == "".join(nanopub_trig(quads[::-1]))
