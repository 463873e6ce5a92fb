"""Anybody's RDF is read without the network, and refused at the line that is wrong."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import rdflib

from kg.errors import InputError
from kg.foreign_rdf import SUFFIXES, quiet, read_rdf
from kg.jsonld import CONTEXT_URL, load_context


def write(folder: Path, text: str, *, name: str = "data.ttl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".TTL"])
def test_the_form_follows_from_the_suffix(suffix: str, tmp_path: Path) -> None:
    triple = "<urn:x:a> <urn:x:b> <urn:x:c> ."
    xml = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
        '<rdf:Description rdf:about="urn:x:a"><x:b rdf:resource="urn:x:c"/></rdf:Description></rdf:RDF>'
    )
    texts = {"json-ld": '{"@id": "urn:x:a", "urn:x:b": {"@id": "urn:x:c"}}', "xml": xml}
    text = texts.get(SUFFIXES[suffix.lower()], triple)
    graph = read_rdf(write(tmp_path, text, name=f"data{suffix}"))
    assert [tuple(map(str, each)) for each in graph] == [("urn:x:a", "urn:x:b", "urn:x:c")]


def test_named_graphs_are_merged(tmp_path: Path) -> None:
    text = "<urn:x:a> <urn:x:b> 1 . <urn:x:g> { <urn:x:a> <urn:x:b> 2 } <urn:x:h> { <urn:x:a> <urn:x:b> 1 }"
    assert len(read_rdf(write(tmp_path, text, name="data.trig"))) == 2


def test_relative_iris_name_no_folder_of_this_machine(tmp_path: Path) -> None:
    graph = read_rdf(write(tmp_path, "<a> <urn:x:b> <urn:x:c> ."))
    assert [str(each) for each in graph.subjects()] == ["file:///a"]


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert len(read_rdf(write(tmp_path, "\ufeff<urn:x:a> <urn:x:b> 1 ."))) == 1


def test_rdflib_is_left_as_it_was() -> None:
    logger = logging.getLogger("rdflib")
    before = (logger.level, rdflib.NORMALIZE_LITERALS)
    inside: list[object] = []

    def fail() -> None:
        with quiet():
            inside.append((logger.level, rdflib.NORMALIZE_LITERALS))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert inside == [(logging.CRITICAL, False)]
    assert (logger.level, rdflib.NORMALIZE_LITERALS) == before


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://schema.org/", "@id": "urn:x:a"},
        {"@context": [CONTEXT_URL, "http://localhost/context"], "@id": "urn:x:a"},
        {"@graph": [{"@context": {"a": {"@id": "urn:x:a", "@context": "https://schema.org/"}}}]},
        {"@context": {"@version": 1.1, "@import": "https://schema.org/"}},
    ],
)
def test_other_contexts_are_refused_and_never_fetched(document: object, tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps(document), name="data.jsonld")
    with pytest.raises(InputError, match="nothing is fetched from the network; write the context into"):
        read_rdf(path)


@pytest.mark.parametrize(
    ("name", "text", "place", "words"),
    [
        ("a.ttl", "@prefix : <urn:x:> .\n\n:a :b :c .\n:d :e ;;; [ .\n", ":4:", "is not Turtle: "),
        ("a.trig", "<urn:x:g> {\n <urn:x:a> <urn:x:b> \n}}", ":2:", "is not TriG: "),
        ("a.nq", "<urn:x:a> <urn:x:b> <urn:x:c> .\nnonsense\n", ":2:1", "is not N-Quads: "),
        ("a.nt", '<urn:x:a> <urn:x:b> "c" .\n<urn:x:a> "b" <urn:x:c> .\n', ":2:1", "is not N-Triples: "),
        ("a.jsonld", '{\n "@id": }', ":2:9", "is not JSON: expecting value"),
        ("a.rdf", "<a>\n<b></a>", ":2:6", "is not RDF/XML: mismatched tag"),
        ("a.jsonld", "[" * 100_000, "", "is nested too deeply"),
        ("a.ttl", "<urn:x:a> <urn:x:b> " + "[ <urn:x:b> " * 20_000, "", "is nested too deeply"),
        ("a.csv", "a,b", "", "no RDF form has the suffix '.csv'; name the file with one of .ttl"),
    ],
)
def test_a_malformed_file_is_refused_at_its_line(
    name: str, text: str, place: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read_rdf(write(tmp_path, text, name=name))
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert f"{name}{place}" in str(problem.place)


def test_a_file_that_is_not_utf_8_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_bytes(b"@prefix : <urn:x:> .\n:a :b \xff .")
    with pytest.raises(InputError, match=r"a\.ttl:2:1: is not UTF-8"):
        read_rdf(tmp_path / "a.ttl")
    with pytest.raises(InputError, match=r"b\.ttl: cannot be read \(No such file"):
        read_rdf(tmp_path / "b.ttl")


def test_xml_entities_reach_no_file(tmp_path: Path) -> None:
    secret = write(tmp_path, "hidden words", name="secret.txt")
    text = (
        f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:st="https://w3id.org/standpoint/ontology#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
        '<st:Actor rdf:about="urn:x:a"><skos:prefLabel>x&e;</skos:prefLabel></st:Actor></rdf:RDF>'
    )
    graph = read_rdf(write(tmp_path, text, name="a.rdf"))
    assert sorted(map(str, graph.objects())) == ["https://w3id.org/standpoint/ontology#Actor", "x"]


def test_the_context_is_read_once_and_not_changed_by_a_reading(tmp_path: Path) -> None:
    before = json.dumps(load_context())
    read_rdf(write(tmp_path, json.dumps({"@context": CONTEXT_URL, "@id": "urn:x:a"}), name="a.jsonld"))
    assert json.dumps(load_context()) == before
