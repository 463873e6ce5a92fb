"""Each constraint component finds what pySHACL finds, on cases as the W3C's test suite has them.

The cases are our own; they follow those of the SHACL test suite (core/node, core/property,
core/path, core/targets, core/misc) for the features that are compiled, one line each:
what the shape says, what the data say, and how many findings that is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import engine
from kg.shape_checks import check
from kg.shape_graphs import ShapeGraph
from kg.shape_rules import compile_rules
from kg.shapes import validate_rdf
from kg.terms import PREFIXES
from kg.triple_indexes import TripleIndex

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("sh", "shape", "rdf", "rdfs", "xsd"))
HEAD += "@prefix : <https://example.org/> .\n"

NODE = 'shape:S a sh:NodeShape ; sh:message "No." ; %s .'
PROPERTY = 'shape:S a sh:PropertyShape ; sh:targetClass :C ; sh:message "No." ; sh:path :p ; %s .'
ON_NODES = {
    "class": ("sh:targetNode :a, :b, 7 ; sh:class :C", ":a a :C . :b a :D .", 2),
    "class below": (
        "sh:targetNode :a, :b ; sh:class :C",
        ":a a :D . :b a :E . :D rdfs:subClassOf :C . :E rdfs:subClassOf :D .",
        0,
    ),
    "two classes": ("sh:targetNode :a, :b ; sh:class :C, :D", ":a a :C, :D . :b a :C .", 1),
    "datatype": ('sh:targetNode :a, 7, "x", "y"@en ; sh:datatype xsd:integer', "", 3),
    "disjoint": ("sh:targetNode :a, :b ; sh:disjoint :p", ":a :p :a . :b :p :a .", 1),
    "equals": ("sh:targetNode :a, :b, :c ; sh:equals :p", ":a :p :a . :b :p :a, :b .", 2),
    "hasValue": ("sh:targetNode :a, :b ; sh:hasValue :a", "", 1),
    "in": ("sh:targetNode :a, :b, 1 ; sh:in (:a 1 true)", "", 1),
    "languageIn": ('sh:targetNode "a"@en, "b"@en-NZ, "c"@de, "d" ; sh:languageIn ("en" "fr")', "", 2),
    "maxExclusive": ("sh:targetNode 3, 4, 5, :a ; sh:maxExclusive 4", "", 3),
    "maxInclusive": ("sh:targetNode 3, 4, 5 ; sh:maxInclusive 4", "", 1),
    "minExclusive": ("sh:targetNode 3, 4, 5 ; sh:minExclusive 4", "", 2),
    "minInclusive": ("sh:targetNode 3, 4, 5, :a ; sh:minInclusive 4", "", 2),
    "minInclusive of days": (
        'sh:targetNode "2024-05-10"^^xsd:date, "2023-05-10"^^xsd:date ; '
        'sh:minInclusive "2024-01-01"^^xsd:date',
        "",
        1,
    ),
    "maxLength": ('sh:targetNode "abc", "abcd", <https://e.org/x> ; sh:maxLength 3', "", 2),
    "minLength": ('sh:targetNode "abc", "ab", 12345 ; sh:minLength 3', "", 1),
    "pattern": ('sh:targetNode "joan", "Joan", :joan, 8 ; sh:pattern "jo"', "", 2),
    "pattern with flags": ('sh:targetNode "JOAN", "ann" ; sh:pattern "^jo" ; sh:flags "i"', "", 1),
    "nodeKind": ('sh:targetNode :a, "x" ; sh:nodeKind sh:IRI', "", 1),
    "nodeKind of two": ('sh:targetNode :a, "x" ; sh:nodeKind sh:BlankNodeOrLiteral', "", 1),
    "not": ("sh:targetNode :a, :b ; sh:not [ sh:class :C ]", ":a a :C .", 1),
    "and": ("sh:targetNode :a, :b ; sh:and ([ sh:class :C ] [ sh:class :D ])", ":a a :C, :D . :b a :C .", 1),
    "or": ("sh:targetNode :a, :b, :c ; sh:or ([ sh:class :C ] [ sh:class :D ])", ":a a :C . :b a :D .", 1),
    "xone": (
        "sh:targetNode :a, :b, :c ; sh:xone ([ sh:class :C ] [ sh:class :D ])",
        ":a a :C . :b a :C, :D .",
        2,
    ),
    "xone of one shape twice": ("sh:targetNode :a ; sh:xone (shape:T shape:T)", ":a a :C .", 1),
    "node": ("sh:targetNode :a, :b ; sh:node shape:T", ":a a :C .", 1),
    "closed": (
        "sh:targetNode :a ; sh:closed true ; sh:ignoredProperties (:q) ; sh:property shape:P",
        ':a :p 1 ; :q 2 ; :r 3, 4 ; a :C .',
        3,
    ),
    "property": ("sh:targetNode :a, :b ; sh:property shape:P", ":a :p 1 .", 1),
    "deactivated": ("sh:targetNode :a ; sh:class :C ; sh:deactivated true", "", 0),
    "severity": ("sh:targetNode :a ; sh:class :C ; sh:severity sh:Warning", "", 1),
    "target class": (
        "sh:targetClass :C ; sh:nodeKind sh:Literal",
        ":a a :C . :b a :D . :D rdfs:subClassOf :C .",
        2,
    ),
    "target subjects": ("sh:targetSubjectsOf :p ; sh:nodeKind sh:Literal", ":a :p 1, 2 . :b :q 1 .", 1),
    "target objects": ("sh:targetObjectsOf :p ; sh:nodeKind sh:IRI", ":a :p 1, 2, :b .", 2),
    "several messages": ('sh:targetNode :a ; sh:class :C ; sh:message "A first."@en, "Of all."', "", 1),
}  # fmt: skip
ON_PATHS = {
    "class": ("sh:class :D", ':a a :C ; :p :b, :c, "x" . :b a :D .', 2),
    "datatype": (
        "sh:datatype xsd:date",
        ':a a :C ; :p "2024-05-10"^^xsd:date, "2024-05-32"^^xsd:date, "x" .',
        2,
    ),
    "datatype of texts": ("sh:datatype rdf:langString", ':a a :C ; :p "x"@en, "y" .', 1),
    "ill-formed": (
        "sh:datatype xsd:byte",
        ':a a :C ; :p "c"^^xsd:byte, "55"^^xsd:byte, "300"^^xsd:byte .',
        2,
    ),
    "disjoint": ("sh:disjoint :q", ":a a :C ; :p 1, 2 ; :q 2, 3 .", 1),
    "equals": ("sh:equals :q", ":a a :C ; :p 1, 2 ; :q 2, 3 .", 2),
    "hasValue": ("sh:hasValue 1, 2", ":a a :C ; :p 1, 2 . :b a :C ; :p 1, 3 . :c a :C .", 2),
    "in": ('sh:in ("x" "y"^^xsd:string)', ':a a :C ; :p "x"^^xsd:string, "y", "z" .', 1),
    "languageIn": ('sh:languageIn ("*")', ':a a :C ; :p "x"@en, "y" .', 1),
    "lessThan": ("sh:lessThan :q", ":a a :C ; :p 1, 5 ; :q 5, 10 .", 1),
    "lessThanOrEquals": ("sh:lessThanOrEquals :q", ":a a :C ; :p 1, 5, 6 ; :q 5, 10 .", 1),
    "minCount": ("sh:minCount 2", ":a a :C ; :p 1 . :b a :C ; :p 1, 2 .", 1),
    "maxCount": ("sh:maxCount 1", ":a a :C ; :p 1 . :b a :C ; :p 1, 2 .", 1),
    "maxExclusive": ("sh:maxExclusive 4", ":a a :C ; :p 3, 4 .", 1),
    "minInclusive": ("sh:minInclusive 4", ":a a :C ; :p 3, 4, -1 .", 2),
    "maxLength": ("sh:maxLength 2", ':a a :C ; :p "ab", "abc", "abc"@en .', 2),
    "minLength": ("sh:minLength 0", ':a a :C ; :p "", [] .', 0),
    "pattern": ('sh:pattern "^a.$" ; sh:flags "im"', ':a a :C ; :p "AB", "x\\nab", "b", [] .', 2),
    "nodeKind": ("sh:nodeKind sh:BlankNode", ":a a :C ; :p [], 1, :b .", 2),
    "uniqueLang": ("sh:uniqueLang true", ':a a :C ; :p "x"@en, "y"@EN, "z"@de, "u", "v" .', 1),
    "not": ("sh:not [ sh:datatype xsd:integer ]", ':a a :C ; :p 1, "x" .', 1),
    "or of datatypes": (
        "sh:or ([ sh:datatype xsd:integer ] [ sh:datatype xsd:string ])",
        ':a a :C ; :p 1, "x", true .',
        1,
    ),
    "node": ("sh:node shape:T", ":a a :C ; :p :a, :b .", 1),
    "property": ("sh:property shape:P", ":a a :C ; :p :b, :c . :b :p 1 .", 1),
    "qualified": (
        "sh:qualifiedValueShape [ sh:class :D ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1",
        ":a a :C ; :p :x . :b a :C ; :p :y . :c a :C ; :p :y, :z . :y a :D . :z a :D .",
        2,
    ),
}  # fmt: skip
PATHS = {
    ":p": (":a :p 1, 2 .", 1),
    "[ sh:inversePath :p ]": (":b :p :a . :c :p :a .", 1),
    "( :p :q )": (":a :p :b, :c . :b :q 1, 2 . :c :q 1 .", 1),
    "( :p [ sh:inversePath :p ] )": (":a :p 1 . :b :p 1 .", 1),
    "[ sh:alternativePath ( :p :q ) ]": (":a :p 1, 2 ; :q 2 .", 1),
    "[ sh:alternativePath ( ( :p :q ) [ sh:inversePath :p ] ) ]": (":b :p :a . :a :p :b . :b :q 1 .", 1),
    "[ sh:zeroOrMorePath :p ]": (":a :p :b . :b :p :a, :c .", 1),
    "( :q [ sh:zeroOrMorePath [ sh:alternativePath ( :p [ sh:inversePath :q ] ) ] ] )": (
        ":a :q :b . :b :p :c .",
        1,
    ),
}
OTHERS = """
shape:T a sh:NodeShape ; sh:class :C .
shape:P a sh:PropertyShape ; sh:path :p ; sh:message "None." ; sh:minCount 1 ; sh:severity sh:Info .
"""


def compare(folder: Path, shapes: str, data: str, count: int) -> None:
    """Check *data* both ways, nothing left to pySHACL, and count the findings."""
    (folder / "shapes.ttl").write_text(HEAD + OTHERS + shapes, encoding="utf-8")
    (folder / "data.ttl").write_text(HEAD + data, encoding="utf-8")
    rules = compile_rules(ShapeGraph(engine.turtle(folder / "shapes.ttl")))
    assert rules.left == {}
    assert check(rules, TripleIndex(engine.turtle(folder / "data.ttl"))).left == {}
    found = validate_rdf(folder / "data.ttl", shapes=folder / "shapes.ttl")
    assert found == validate_rdf(folder / "data.ttl", shapes=folder / "shapes.ttl", engine="pyshacl")
    assert len(found) == count


@pytest.mark.parametrize("case", ON_NODES)
def test_a_component_on_a_node_shape_finds_what_pyshacl_finds(case: str, tmp_path: Path) -> None:
    shape, data, count = ON_NODES[case]
    compare(tmp_path, NODE % shape, data, count)


@pytest.mark.parametrize("case", ON_PATHS)
def test_a_component_on_a_property_shape_finds_what_pyshacl_finds(case: str, tmp_path: Path) -> None:
    shape, data, count = ON_PATHS[case]
    compare(tmp_path, PROPERTY % shape, data, count)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_where_it_leads_pyshacl(path: str, tmp_path: Path) -> None:
    data, count = PATHS[path]
    shape = (
        f'shape:S a sh:PropertyShape ; sh:targetNode :a ; sh:message "No." ; sh:path {path} ; sh:maxCount 1 .'
    )
    compare(tmp_path, shape, data, count)
