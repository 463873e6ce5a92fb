"""A SPARQL constraint asked once answers as when it is asked for each focus node, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import engine
from kg.shape_checks import check
from kg.shape_graphs import ShapeGraph
from kg.shape_rules import Rules, compile_rules
from kg.shapes import validate_rdf
from kg.terms import PREFIXES, XSD
from kg.triple_indexes import TripleIndex

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("sh", "shape", "owl", "xsd"))
HEAD += "@prefix : <https://example.org/> .\n"
SHAPE = """
    :o a owl:Ontology ; sh:declare [ sh:prefix "" ; sh:namespace "https://example.org/" ] .
    shape:S a sh:NodeShape ; sh:targetSubjectsOf :p ;
        sh:sparql [ sh:prefixes :o ; sh:message "%s" ; sh:select \"\"\"%s\"\"\" ] .
"""
QUERIES = {
    "value": ("SELECT $this ?value WHERE { $this :p ?value }", ":a :p :b, 1 . :b :p :a .", 3),
    "no value": ("SELECT $this WHERE { $this :p :b }", ":a :p :b . :b :p :a .", 1),
    "other variables": (
        "SELECT DISTINCT ?this ?other { ?this :p ?value . ?value :q ?other }",
        ":a :p :b . :b :q :c .",
        1,
    ),
    "nothing but filters": (
        "SELECT $this WHERE { FILTER NOT EXISTS { ?x :p $this } FILTER EXISTS { $this a ?class } }",
        ":a :p :b ; a :C . :b :p :c ; a :C . :c :q :d ; a :C .",
        1,
    ),
    "groups": (
        "SELECT $this WHERE { $this :p ?v } GROUP BY $this HAVING (MAX(?v) > COUNT(?v))",
        ":a :p 1, 2 . :b :p 1, 3 . :c :p 9 .",
        2,
    ),
    "union and optional": (
        "SELECT $this ?value { { $this :p ?value } UNION { $this :q ?value } "
        "OPTIONAL { $this :r ?r } FILTER (!BOUND(?r)) }",
        ":a :p 1 ; :q 2 . :b :p 1 ; :q 2 ; :r 3 .",
        2,
    ),
    "cycle": ("SELECT $this WHERE { $this :p+ $this }", ":a :p :b . :b :p :a . :c :p :a .", 2),
    "blank nodes": ("SELECT $this ?value { $this :p ?value }", "[] :p [] . :a :p [] .", 2),
    "as it is written": ("SELECT $this ?value { $this :p ?value }", ':a :p "01"^^xsd:integer, 1.50 .', 2),
    "unlike terms": (
        "SELECT $this ?x { $this :p ?x FILTER (?x != $this && !(?x < $this)) }",
        ':a :p "x"@en, :a, :b .',
        0,
    ),
    "unlike terms that are not the same": (
        "SELECT $this ?x { $this :p ?x FILTER (?x != $this || ?x < $this) }",
        ':a :p "x"@en, :a, :b .',
        1,
    ),
    "texts": (
        "SELECT $this ?value { $this :p ?value FILTER (STR($this) < STR(?value)) }",
        ':a :p :b, "a" .',
        1,
    ),
    "one of several": (
        "SELECT $this ?value { $this ?p ?value FILTER (?p IN (:p, :q)) }",
        ":a :p 1 ; :q 2 ; :r 3 .",
        2,
    ),
    "none of several": (
        "SELECT $this ?value { $this ?p ?value FILTER (?p NOT IN (:p, :q)) }",
        ":a :p 1 ; :r 3 .",
        1,
    ),
    "several from one subject": (
        "SELECT $this ?value { ?x :q $this, ?value . ?value :r :c ; :r ?r . $this :p ?r }",
        ":a :p 1 . :x :q :a, :b, :d . :b :r :c, 1 . :d :r :c, 2 .",
        1,
    ),
    "from several objects": (
        "SELECT $this ?value { $this :p ?p ; :q ?q . ?value :p ?p . ?value :q ?q }",
        ":a :p 1 ; :q 2 . :b :p 1 ; :q 2 . :c :p 1 ; :q 3 .",
        5,
    ),
    "paths": (
        "SELECT $this ?value { $this :p/^:q ?value . ?value (:q|:r)* ?end . ?end ^(:p/:p)+ ?start }",
        ":a :p :b . :c :q :b ; :r :d . :s :p :t . :t :p :d .",
        1,
    ),
    "unconnected": (
        "SELECT $this ?value { $this :p :b . ?value :q ?x }",
        ":a :p :b . :c :q 1, 2 . :d :q 1 .",
        2,
    ),
    "exists with a condition": (
        "SELECT $this { $this :p ?x FILTER NOT EXISTS { $this :q ?y FILTER (?y > ?x) } }",
        ":a :p 1, 5 ; :q 3 . :b :p 1 . :c :p 1 ; :q 2 .",
        2,
    ),
    "union of unlike branches": (
        "SELECT $this ?value ?other "
        "{ { $this :p ?value } UNION { $this :q ?other . FILTER EXISTS { ?other :r ?z } } }",
        ":a :p 1 ; :q :b, :c . :b :r 2 .",
        2,
    ),
    "counted apart": (
        "SELECT $this { $this :p ?l . ?l :q ?v } "
        "GROUP BY $this HAVING (COUNT(?v) != COUNT(DISTINCT ?v) || MIN(?v) < COUNT(?l))",
        ":a :p :x, :y . :x :q 7 . :y :q 7 . :b :p :x, :z . :z :q 9 . :c :p :w . :w :q 0 .",
        2,
    ),
    "unbound value": (
        "SELECT $this ?value { $this :p ?x OPTIONAL { $this :q ?value } }",
        ":a :p 1 . :b :p 1 ; :q 2 .",
        2,
    ),
}  # fmt: skip
REFUSED = {
    "filter inside": "SELECT $this { { ?value :p ?x FILTER (?x = $this) } }",
    "values": "SELECT $this { VALUES ?x { 1 } $this :p ?x }",
    "minus": "SELECT $this { $this :p ?x MINUS { $this :q ?x } }",
    "subquery": "SELECT $this { { SELECT $this { $this :p ?x } } }",
    "limit": "SELECT $this { $this :p ?x } LIMIT 1",
    "count over all": "SELECT $this { $this :p ?x } HAVING (COUNT(?x) > 1)",
    "grouped by another": "SELECT $this ?x { $this :p ?x } GROUP BY ?x $this HAVING (COUNT(?x) > 1)",
    "grouped without a condition": "SELECT $this { $this :p ?x } GROUP BY $this",
    "path": "SELECT $this ?path { $this ?path ?x }",
    "out of a group": "SELECT $this { $this :p ?x . { $this :q ?y FILTER (?y = ?x) } }",
    "after optional": "SELECT $this { $this :p ?x OPTIONAL { $this :q ?y } ?x :r ?y }",
    "optional in a group": "SELECT $this { { $this :p ?x OPTIONAL { $this :q ?y } } }",
    "optional of no value": "SELECT $this { $this :p ?x OPTIONAL { ?x :q ?y } OPTIONAL { ?y :r ?z } }",
    "exists of no value": "SELECT $this { $this :p ?x OPTIONAL { ?x :q ?y } FILTER EXISTS { ?y :r ?z } }",
    "itself unknown": "SELECT $this { $this :p ?x . ?y :q ?y }",
    "any predicate anywhere": "SELECT $this { $this :p ?x . ?y ?q ?z }",
    "path between unknown nodes": "SELECT $this { $this :p ?x . ?y :q* ?z }",
    "sum in a path": "SELECT $this { $this :p/:q ?x } GROUP BY $this HAVING (COUNT(?x) > COUNT(?x))",
    "counted and not": "SELECT $this { $this :p ?x } GROUP BY $this HAVING (COUNT(?x) != ?x)",
    "modifier": "SELECT $this { $this :p? ?x }",
    "unclosed": "SELECT $this { $this :p ?x",
    "texts and values": "SELECT $this { $this :p ?x FILTER (STR($this) = ?x) }",
    "value as a condition": "SELECT $this { $this :p ?x FILTER (?x) }",
    "text of a call": "SELECT $this { $this :p ?x FILTER (STR(:a) = STR(?x)) }",
    "star": "SELECT * { $this :p ?x }",
    "no focus": "SELECT ?value { ?value :p ?x }",
    "ask": "ASK { $this :p ?x }",
    "literal": "SELECT $this { $this :p 'x' }",
    "comment": "SELECT $this { $this :p ?x # }\n }",
    "function": "SELECT $this { $this :p ?x FILTER (RAND() > ?x) }",
    "prefix": "SELECT $this { $this unknown:p ?x }",
}


def read(folder: Path, query: str, *, message: str = "{?value} at {$this}, {?other}.") -> Rules:
    (folder / "shapes.ttl").write_text(HEAD + SHAPE % (message, query), encoding="utf-8")
    return compile_rules(ShapeGraph(engine.turtle(folder / "shapes.ttl")))


def compare(folder: Path, data: str) -> int:
    """Check *data* both ways and count the findings."""
    (folder / "data.ttl").write_text(HEAD + data, encoding="utf-8")
    found = validate_rdf(folder / "data.ttl", shapes=folder / "shapes.ttl")
    assert found == validate_rdf(folder / "data.ttl", shapes=folder / "shapes.ttl", engine="pyshacl")
    return len(found)


def left(rules: Rules, folder: Path) -> list[str]:
    return list(check(rules, TripleIndex(engine.turtle(folder / "data.ttl"))).left.values())


@pytest.mark.parametrize("case", QUERIES)
def test_a_query_asked_once_finds_what_pyshacl_finds(case: str, tmp_path: Path) -> None:
    query, data, count = QUERIES[case]
    # The names of blank nodes are others each time that a file is read.
    rules = read(tmp_path, query, message="No." if "[]" in data else "{?value} at {$this}, {?other}.")
    assert rules.left == {}
    assert compare(tmp_path, data) == count
    assert left(rules, tmp_path) == []


@pytest.mark.parametrize("case", REFUSED)
def test_a_query_that_could_answer_otherwise_is_refused(case: str, tmp_path: Path) -> None:
    rules = read(tmp_path, REFUSED[case])
    assert list(rules.left) == [PREFIXES["shape"] + "S"]


TWO = "SELECT $this { $this :p ?x ; :q ?y FILTER (%s) }"


@pytest.mark.parametrize(
    ("query", "data", "reason"),
    [
        (TWO % "?x < ?y", ':a :p 1 ; :q "x" .', "several kinds"),
        (TWO % "?x = ?y", ':a :p "01"^^xsd:integer ; :q 1 .', "kinds"),
        (TWO % "?x != ?y", ":a :p 1.5 ; :q 1.50 .", "read in two ways"),
        (TWO % "?x != ?y", ':a :p "x"@en ; :q "y"@en .', "two ways"),
        (TWO % "?x < ?y", ":a :p true ; :q false .", "plain order"),
        ("SELECT $this { $this :p ?x FILTER (STR($this) < STR(?x)) }", ":a :p 1 ; :p [] .", "text of a"),
        ("SELECT $this { $this :p ?x } GROUP BY $this HAVING (MAX(?x) > COUNT(?x))",
         ":a :p 1.5 .", "the greatest"),
    ],
)  # fmt: skip
def test_data_that_engines_read_in_two_ways_are_left_to_pyshacl(
    query: str, data: str, reason: str, tmp_path: Path
) -> None:
    rules = read(tmp_path, query, message="No.")
    assert rules.left == {}
    compare(tmp_path, data)
    (told,) = left(rules, tmp_path)
    assert reason in told


def test_a_literal_as_focus_node_is_left_to_pyshacl(tmp_path: Path) -> None:
    query = "SELECT $this { ?x :p $this }"
    rules = read(tmp_path, query)
    text = (
        (tmp_path / "shapes.ttl").read_text(encoding="utf-8").replace("targetSubjectsOf", "targetObjectsOf")
    )
    (tmp_path / "shapes.ttl").write_text(text, encoding="utf-8")
    rules = compile_rules(ShapeGraph(engine.turtle(tmp_path / "shapes.ttl")))
    assert compare(tmp_path, ":a :p 1 .") == 1
    assert left(rules, tmp_path) == ["a focus node is a literal"]


def test_a_backslash_in_a_value_is_left_to_pyshacl(tmp_path: Path) -> None:
    rules = read(tmp_path, "SELECT $this ?value { $this :p ?value }")
    data = TripleIndex([("<https://e.org/a>", "<https://example.org/p>", '"a\\\\b"')])
    (told,) = check(rules, data).left.values()
    assert "backslash" in told
    assert XSD not in told
