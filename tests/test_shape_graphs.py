"""A file of shapes gives up its values, lists, paths and names, or says what it cannot give."""

from __future__ import annotations

import pytest

from kg import engine
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError, iri
from kg.shape_paths import looks
from kg.terms import PREFIXES
from kg.triple_indexes import TripleIndex

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("sh", "shape", "st", "rdf"))


def read(text: str) -> ShapeGraph:
    return ShapeGraph(engine.triples((HEAD + text).encode()))


def path_of(text: str) -> tuple[ShapeGraph, str]:
    graph = read(f"shape:S sh:path {text} .")
    node = graph.value(iri("shape:S"), "sh:path")
    assert node
    return graph, node


@pytest.mark.parametrize(
    ("turtle", "sparql"),
    [
        ("st:held", "st:held"),
        ("<https://e.org/p>", "https://e.org/p"),
        ("( st:held st:gist )", "(st:held/st:gist)"),
        ("[ sh:inversePath st:held ]", "^st:held"),
        ("[ sh:alternativePath ( st:held st:gist ) ]", "(st:held|st:gist)"),
        ("[ sh:zeroOrMorePath st:held ]", "(st:held)*"),
    ],
)
def test_a_path_is_written_as_sparql_and_as_turtle(turtle: str, sparql: str) -> None:
    graph, node = path_of(turtle)
    assert graph.path(node) == sparql
    assert graph.turtle_path(node) == turtle


def test_a_path_walks_from_a_node_to_its_values_each_once() -> None:
    graph, node = path_of("( [ sh:inversePath st:held ] [ sh:zeroOrMorePath st:gist ] )")
    held, gist = iri("st:held"), iri("st:gist")
    data = TripleIndex(
        [("<b>", held, "<a>"), ("<c>", held, "<a>"), ("<b>", gist, "<c>"), ("<c>", gist, "<b>")]
    )
    assert sorted(looks(graph.read_path(node), data)("<a>")) == ["<b>", "<c>"]


@pytest.mark.parametrize(
    "turtle",
    [
        "[ sh:oneOrMorePath st:held ]",
        "[ sh:inversePath ( st:held st:gist ) ]",
        "( st:held )",
        "[]",
        "( st:a st:b st:c st:d st:e st:f st:g st:h st:i st:j )",
    ],
)
def test_a_path_that_is_not_compiled_is_refused(turtle: str) -> None:
    graph, node = path_of(turtle)
    with pytest.raises(UnsupportedShapeError):
        graph.read_path(node)


def test_two_values_where_one_is_meant_are_refused() -> None:
    graph = read("shape:S sh:severity sh:Info, sh:Warning .")
    with pytest.raises(UnsupportedShapeError, match="several values"):
        graph.value(iri("shape:S"), "sh:severity")


def test_a_list_that_bites_its_tail_is_refused() -> None:
    graph = read("shape:L rdf:first 1 ; rdf:rest shape:L .")
    with pytest.raises(UnsupportedShapeError, match="no list"):
        graph.items(iri("shape:L"))


def test_a_nameless_shape_goes_by_the_name_of_the_shape_around_it() -> None:
    graph = read("shape:S sh:or ( [ sh:property [ sh:path st:held ] ] ) .")
    (node,) = graph.subjects("sh:path")
    assert graph.name_of(node) == "shape:S"
