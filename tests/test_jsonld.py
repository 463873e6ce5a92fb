"""The JSON-LD reading of a file is the same graph as the loader's, by an independent processor (PyLD)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rdflib
from pyld import jsonld as pyld

from kg.corpora import Seeds
from kg.exports import read_token
from kg.jsonld import CONTEXT_URL, expand_source, load_context
from kg.quads import quads
from kg.records import (
    Annotation,
    Claim,
    Coding,
    Condition,
    Corpus,
    Document,
    Link,
    Passage,
    PlanPart,
    Position,
    Source,
    Target,
    Text,
)
from kg.terms import PREFIXES, Iri, Literal, Names, Term, expand

CORPUS = Corpus(
    title='A "harbour"\nדיון',
    base="https://example.org/harbour/",
    language="de",
    authors=("Lane, Ada", "The archive"),
    version="2",
    doi="10.5281/zenodo.1",
    url="https://example.org/harbour",
)
NAMES = Names(CORPUS.base)
NASTY = 'er sagte "nie"\\ \t\r\n «é» e\u0301 \u202eabc\u2028'
ANNOTATION = Annotation(
    document=Document(
        id="hearing",
        title=NASTY,
        text=Text(sha256="ab" * 32, start=0, end=9000),
        voice="quill",
        published="2024-05~",
        language="fr",
        url="https://example.org/a?b=c&d#e",
        outside=("published", "url"),
        note=NASTY,
    ),
    coding=Coding(coder="anna", layer="second", note="zügig"),
    passages=(Passage(id="p1", start=0, end=4, sha256="cd" * 32, first="Oui, non", last="non"),),
    positions=(
        Position(
            id="a", passages=("p1",), gist=NASTY, holder="ada", stance="open-to", proposal="talks",
            functions=("incentive", "deterrent"), addressees=("bo", "cy"), held="2022/..", uttered="XXXX-06",
            published="2023", hedges=("possibly", "unlikely"), modality="predictive",
            attribution=(
                Link(voice="bo", mode="reported-speech", venue="Radio"),
                Link(voice="ada", mode="inferred"),
            ),
            conditions=(
                Condition(kind="if", proposal="talks", by="bo", gist="zuerst"),
                Condition(kind="unless", gist=NASTY),
                Condition(kind="in-return-for", position="a"),
            ),
        ),
    ),
    claims=(
        Claim(
            id="a", passages=("p1",), gist="g", claimant="ada", kind="legal", mentions=("cy",), note="n",
            supports=(Target(proposal="talks"), Target(claim="a")), undercuts=(Target(position="a"),),
        ),
    ),
    parts=(PlanPart(id="a", passages=("p1",), gist="g", plan="x", role="stated", subplan="y", order=0),),
)  # fmt: skip
SOURCE = Source(path="documents/hearing.anna.yaml", sha256="ef" * 32, content=ANNOTATION)


def load_locally(url: str, options: object) -> dict[str, object]:
    """Give PyLD our published context; it has no way to anything else."""
    assert url == CONTEXT_URL
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": load_context(),
    }


def term(node: dict[str, Any]) -> Term:
    if node["type"] == "IRI":
        return Iri(node["value"])
    assert node["type"] == "literal", "no blank nodes in the data"
    datatype = node["datatype"]
    plain = datatype in (PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString")
    return Literal(node["value"], "" if plain else datatype, node.get("language", ""))


def read_with_pyld(document: dict[str, object]) -> set[tuple[Term, ...]]:
    # Through JSON text, as a stranger would get it.
    text = json.dumps(document, ensure_ascii=False)
    dataset = pyld.to_rdf(json.loads(text), {"documentLoader": load_locally})
    return {
        (*(term(triple[part]) for part in ("subject", "predicate", "object")), Iri(graph))
        for graph, triples in dataset.items()
        for triple in triples
    }


def expected(source: Source, names: Names, corpus: Corpus) -> set[tuple[Term, ...]]:
    return {tuple(map(read_token, quad)) for quad in quads(source, names, corpus)}


def assert_same_graphs(seeds: Seeds) -> None:
    assert len(seeds.sources) > 1
    for source in seeds.sources:
        document = expand_source(source, seeds.names, seeds.corpus)
        assert read_with_pyld(document) == expected(source, seeds.names, seeds.corpus), source.path


def test_pyld_finds_the_quads_of_the_loader_in_every_file_of_the_world(world_seeds: Seeds) -> None:
    assert_same_graphs(world_seeds)


def test_pyld_finds_the_quads_of_the_loader_in_every_file_of_the_corpus(real_seeds: Seeds) -> None:
    assert_same_graphs(real_seeds)


def test_pyld_finds_the_quads_of_the_loader_when_every_field_is_filled_with_awkward_text() -> None:
    assert read_with_pyld(expand_source(SOURCE, NAMES, CORPUS)) == expected(SOURCE, NAMES, CORPUS)


def test_pyld_finds_the_quads_of_the_loader_in_settings() -> None:
    source = Source(path="corpus.yaml", sha256="00", content=CORPUS)
    assert read_with_pyld(expand_source(source, NAMES, CORPUS)) == expected(source, NAMES, CORPUS)


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_rdflib_finds_as_many_quads_with_the_context_in_place() -> None:
    document = expand_source(SOURCE, NAMES, CORPUS)
    document["@context"] = [load_context()["@context"], document["@context"][1]]
    dataset = rdflib.Dataset()
    dataset.parse(data=json.dumps(document), format="json-ld")
    assert len(list(dataset.quads())) == len(expected(SOURCE, NAMES, CORPUS))


def iris(value: object) -> list[str]:
    """Every string in *value* that stands where an IRI does."""
    coerced = {key for key, entry in load_context()["@context"].items() if "@id" in (entry, *values(entry))}
    found: list[str] = []
    if isinstance(value, list):
        return [iri for each in value for iri in iris(each)]
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key in coerced or key in ("@id", "@type"):
            found += [
                each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, str)
            ]
        if key != "@context":
            found += iris(inner)
    return found


def values(entry: object) -> list[object]:
    return [entry["@type"]] if isinstance(entry, dict) and "@type" in entry else []


def test_every_iri_is_written_out(world_seeds: Seeds) -> None:
    for source in world_seeds.sources:
        found = iris(expand_source(source, world_seeds.names, world_seeds.corpus))
        assert len(found) > 5
        assert [iri for iri in found if not iri.startswith(("https://", "http://"))] == []


def test_every_key_of_a_document_is_a_term_of_the_context(world_seeds: Seeds) -> None:
    known = set(load_context()["@context"])

    def check(value: object) -> None:
        if isinstance(value, list):
            for each in value:
                check(each)
        elif isinstance(value, dict):
            assert {key for key in value if not key.startswith("@")} <= known
            for key in value.keys() - {"@context"}:
                check(value[key])

    for source in world_seeds.sources:
        check(expand_source(source, world_seeds.names, world_seeds.corpus))


def test_the_context_says_only_prefixes_we_have_and_terms_that_expand() -> None:
    for key, entry in load_context()["@context"].items():
        iri = entry.get("@id") or entry["@reverse"] if isinstance(entry, dict) else entry
        if iri.startswith("http"):
            assert PREFIXES[key] == iri
        else:
            assert expand(iri).startswith("http")


def test_the_same_file_gives_the_same_document() -> None:
    first, second = (json.dumps(expand_source(SOURCE, NAMES, CORPUS)) for _ in range(2))
    assert first == second
