"""What is not compiled is refused by name, and checked by pySHACL instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import engine
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError
from kg.shape_rules import compile_rules
from kg.shapes import validate_rdf
from kg.terms import PREFIXES

HEAD = "".join(
    f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("sh", "shape", "rdf", "rdfs", "owl", "xsd")
)
HEAD += "@prefix : <https://example.org/> .\n"
SHAPE = 'shape:S a sh:NodeShape ; sh:targetClass :C ; sh:message "No." ; %s .'
REFUSED = {
    "no message": ("sh:property [ sh:path :p ; sh:minCount 1 ]", "no message"),
    "unknown parameter": ("sh:reifierShape shape:T", "sh:reifierShape"),
    "one or more": (
        'sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:message "N." ; sh:minCount 1 ]',
        "a path has",
    ),
    "zero or one": (
        'sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:message "N." ; sh:minCount 2 ]',
        "a path has",
    ),
    "inverse of more": (
        'sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:message "N." ; sh:minCount 1 ]',
        "an inverse path",
    ),
    "disjoint siblings": (
        'sh:property [ sh:path :p ; sh:message "N." ; sh:qualifiedValueShape shape:T ; '
        "sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ]",
        "sh:qualifiedValueShapesDisjoint",
    ),
    "itself": ("sh:node shape:S", "refers to itself"),
    "language": ('sh:in ("a"@en)', "has a language tag"),
    "decimal": ("sh:minInclusive 1.5", "sh:minInclusive"),
    "flags": ('sh:pattern "a" ; sh:flags "x"', "sh:flags"),
    "pattern": ('sh:pattern "("', "sh:pattern"),
    "two classes of value": ("sh:nodeKind sh:IRI, sh:Literal", "several values"),
    "query inside": ('sh:not [ sh:sparql [ sh:select "SELECT $this WHERE { $this :p 1 }" ] ]', "SPARQL"),
}  # fmt: skip


def read(folder: Path, shapes: str) -> ShapeGraph:
    (folder / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    return ShapeGraph(engine.turtle(folder / "shapes.ttl"))


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_compiled_is_left_with_the_reason(case: str, tmp_path: Path) -> None:
    shape, reason = REFUSED[case]
    rules = compile_rules(read(tmp_path, SHAPE % shape + " shape:T a sh:NodeShape ."))
    assert rules.rules == ()
    assert reason in rules.left[PREFIXES["shape"] + "S"]


@pytest.mark.parametrize("case", ["no message", "one or more", "zero or one", "decimal"])
def test_what_is_left_is_still_found(case: str, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + SHAPE % REFUSED[case][0], encoding="utf-8")
    (tmp_path / "data.ttl").write_text(HEAD + ":a a :C .", encoding="utf-8")
    found = validate_rdf(tmp_path / "data.ttl", shapes=tmp_path / "shapes.ttl")
    assert len(found) == 1
    assert found == validate_rdf(tmp_path / "data.ttl", shapes=tmp_path / "shapes.ttl", engine="pyshacl")


@pytest.mark.parametrize(
    "shapes",
    [
        ":C a rdfs:Class, sh:NodeShape ; sh:nodeKind sh:Literal .",
        ':K a sh:ConstraintComponent . shape:S sh:targetClass :C ; sh:message "N." ; sh:class :D .',
        '[] a sh:NodeShape ; sh:targetClass :C ; sh:message "N." ; sh:nodeKind sh:Literal .',
    ],
)
def test_a_file_whose_shapes_cannot_be_told_apart_is_refused_whole(shapes: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedShapeError):
        compile_rules(read(tmp_path, shapes))


def test_a_file_that_is_refused_whole_is_checked_by_pyshacl(tmp_path: Path) -> None:
    shapes = '[] a sh:NodeShape ; sh:targetClass :C ; sh:message "N." ; sh:nodeKind sh:Literal .'
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(HEAD + ":a a :C .", encoding="utf-8")
    assert len(validate_rdf(tmp_path / "data.ttl", shapes=tmp_path / "shapes.ttl")) == 1


def test_only_the_shape_that_is_not_compiled_is_left(tmp_path: Path) -> None:
    shapes = SHAPE % "sh:node shape:S" + ' shape:U sh:targetClass :C ; sh:message "N." ; sh:nodeKind sh:IRI .'
    rules = compile_rules(read(tmp_path, shapes))
    assert [rule.name for rule in rules.rules] == ["shape:U"]
    assert list(rules.left) == [PREFIXES["shape"] + "S"]
