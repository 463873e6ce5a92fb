from __future__ import annotations

import io

import pytest

from kg import engine, engine_edits, streams
from kg.errors import QueryError
from kg.streams import DUMP, NotAcceptableError, Question
from kg.terms import Quad

WHO = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"
WHERE = "SELECT ?s { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s"


class Sink(io.BytesIO):
    said = ("", "")

    def begin(self, kind, form):
        self.said = (kind, form)


@pytest.fixture(scope="module")
def store():
    opened = engine.memory()
    names = ("<urn:a>", "<urn:b>", "<urn:c>", "")
    engine_edits.load(opened, [Quad(f"<urn:s{n}>", "<urn:p>", '"o"', name) for n, name in enumerate(names)])
    return opened


def found(store, text, **more):
    sink = Sink()
    streams.write(store, Question(text=text, rows="csv", **more), sink)
    return [line.removeprefix("urn:s") for line in sink.getvalue().decode().split()[1:]]


@pytest.mark.parametrize(
    ("text", "default", "named", "expected"),
    [
        (WHO, None, None, "0123"),
        (WHERE, None, None, "012"),
        (WHO, ("urn:a", "urn:b"), (), "01"),
        (WHO, ("urn:a", "urn:b"), None, "01"),
        (WHERE, ("urn:a",), (), ""),
        (WHERE, None, ("urn:b", "urn:c"), "12"),
        (WHO, None, ("urn:b",), ""),
        (WHO, ("",), (), "3"),
        (WHO, ("urn:none",), (), ""),
        ("SELECT ?s FROM <urn:a> { ?s ?p ?o }", None, None, "0"),
        ("SELECT ?s FROM <urn:a> { ?s ?p ?o }", ("urn:c",), None, "2"),
    ],
)
def test_the_dataset_is_the_protocols_or_else_the_querys_or_else_all(store, text, default, named, expected):
    assert found(store, text, default=default, named=named) == list(expected)


def test_a_graph_whose_name_is_no_iri_is_told(store):
    with pytest.raises(QueryError, match="no absolute IRI"):
        found(store, WHO, default=("a b",))


def test_relative_iris_are_read_against_the_base(store):
    sink = Sink()
    streams.write(store, Question(text="SELECT (<x> AS ?v) {}", rows="csv", base="http://e.org/sparql"), sink)
    assert sink.getvalue() == b"v\r\nhttp://e.org/x\r\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (WHO, "table"),
        ("ASK {}", "boolean"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "triples"),
        ("DESCRIBE <urn:s1>", "triples"),
    ],
)
def test_each_kind_of_answer_has_its_form_or_is_refused(store, text, kind):
    sink = Sink()
    streams.write(store, Question(text=text, rows="xml", boolean="json", triples="ntriples"), sink)
    assert sink.said == (kind, {"table": "xml", "boolean": "json", "triples": "ntriples"}[kind])
    with pytest.raises(NotAcceptableError, match=kind):
        streams.write(store, Question(text=text, rows="", boolean="", triples=""), Sink())


def test_a_dump_has_all_quads_with_their_graphs(store):
    sink = Sink()
    streams.write(store, Question(text=DUMP, triples="nquads"), sink)
    assert sorted(sink.getvalue().splitlines(keepends=True)) == sorted(
        engine.dump(store).splitlines(keepends=True)
    )


def test_the_prefixes_of_the_one_corpus_are_known(world_store):
    known = streams.prefixes(world_store._data.engine)
    assert known["actor"] == "https://example.org/harbour/actor/"
    assert "actor" not in streams.prefixes(engine.memory())
