"""What a shape can look at is found from the shape: from its focus node on, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import engine
from kg.shape_constraints import Rule
from kg.shape_contexts import background, rules_of
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError
from kg.shape_localities import can_be_refuted, reads_of_own, reads_of_shared, undecided
from kg.shape_rules import compile_rules
from kg.terms import PREFIXES, expand
from kg.triple_indexes import TYPE, TripleIndex

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("sh", "shape", "owl", "rdf", "xsd"))
HEAD += "@prefix : <https://example.org/> .\n"
HEAD += ':o a owl:Ontology ; sh:declare [ sh:prefix "" ; sh:namespace "https://example.org/" ] .\n'
CORE = 'shape:S a sh:NodeShape ; sh:targetClass :C ; sh:message "No." ; %s .'
QUERY = (
    "shape:S a sh:NodeShape ; sh:targetSubjectsOf :t ; "
    'sh:sparql [ sh:prefixes :o ; sh:message "No." ; sh:select "SELECT $this { %s }" ] .'
)


def named(*names: str) -> frozenset[str]:
    return frozenset(f"<https://example.org/{name}>" for name in names)


def rule(folder: Path, shapes: str) -> Rule:
    (folder / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    rules = compile_rules(ShapeGraph(engine.turtle(folder / "shapes.ttl")))
    assert rules.left == {}
    (only,) = rules.rules
    return only


def path(text: str) -> str:
    return CORE % f'sh:property [ sh:path {text} ; sh:message "No." ; sh:maxCount 1 ]'


# From own nodes (with what predicates that lead to own nodes) and from shared ones: is it closed?
CASES = {
    "on": (path("( :p :q )"), (), True, True),
    "back": (path("[ sh:inversePath :p ]"), (), True, False),
    "back and on": (path("( [ sh:inversePath :p ] :q )"), (), True, False),
    "on and back": (path("( :p [ sh:inversePath :q ] )"), (), False, False),
    "on to own nodes and back": (path("( :p [ sh:inversePath :q ] )"), ("p",), True, False),
    "either way": (path("[ sh:alternativePath ( :p [ sh:inversePath :p ] ) ]"), (), True, False),
    "either way, twice": (
        path(
            "( [ sh:alternativePath ( :p [ sh:inversePath :p ] ) ] "
            "[ sh:alternativePath ( :p [ sh:inversePath :p ] ) ] )"
        ),
        (),
        False,
        False,
    ),
    "again and again": (
        path("[ sh:zeroOrMorePath [ sh:alternativePath ( :p [ sh:inversePath :q ] ) ] ]"),
        (),
        False,
        False,
    ),
    "again and again on": (path("[ sh:zeroOrMorePath :p ]"), (), True, True),
    "class": (CORE % "sh:class :D", (), True, True),
    "back from a class": (path("( rdf:type [ sh:inversePath rdf:type ] )"), ("p",), False, False),
    "other": (CORE % "sh:disjoint :p", (), True, True),
    "inside": (
        CORE
        % "sh:or ( [ sh:class :D ] "
        "[ sh:property [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:minCount 1 ] ] )",
        (),
        False,
        False,
    ),
    "patterns on": (QUERY % "$this :p ?x . ?x :q ?y . ?z :r ?y . ?x :s ?z", (), True, True),
    "pattern back": (QUERY % "?x :p $this", (), True, False),
    "patterns on and back": (QUERY % "$this :p ?x . ?y :p ?x", (), False, False),
    "patterns back by another": (QUERY % "$this :p ?x ; :q ?z . ?y :p ?x ; :q ?z", ("q",), True, False),
    "a condition back": (QUERY % "$this :p ?x FILTER NOT EXISTS { ?y :q ?x }", (), False, False),
    "a branch back": (QUERY % "{ $this :p ?x } UNION { $this :p ?x . ?y :q ?x }", (), False, False),
    "an option back": (QUERY % "$this :p ?x OPTIONAL { ?y :q ?x }", (), False, False),
    "an option of what is found back": (QUERY % "?y :p $this OPTIONAL { ?y :q ?x }", (), True, False),
    "on from a branch": (QUERY % "{ $this :p ?x } UNION { $this :q ?x } ?x :r ?y", (), True, True),
    "a group inside": (QUERY % "$this :p ?x . { $this :q ?y . ?x :p ?y }", (), True, True),
    "any predicate": (QUERY % "$this ?p ?x", (), True, True),
    "any predicate back": (QUERY % "?x ?p $this", (), True, False),
    "a cycle": (QUERY % "$this :p+ $this", (), True, True),
    "a cycle over the nodes in common": (QUERY % "$this (:p/^:p)+ $this", (), False, False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_rule_is_closed_if_it_never_looks_back_from_a_shared_node(case: str, tmp_path: Path) -> None:
    shapes, owned, own, shared = CASES[case]
    found = rule(tmp_path, shapes)
    assert reads_of_own(found, named(*owned)).is_closed == own
    assert reads_of_shared(found).is_closed == shared


ELSEWHERE = {
    "a constant": QUERY % "$this :p ?x . :a :q ?x",
    "from a constant": QUERY % "?x :p :a",
    "anything": QUERY % "?x :p ?y",
    "target by name": 'shape:S a sh:NodeShape ; sh:targetNode :a ; sh:message "No." ; sh:class :C .',
    "target by object": 'shape:S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:message "No." ; sh:class :C .',
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_rule_that_begins_elsewhere_is_refused(case: str, tmp_path: Path) -> None:
    found = rule(tmp_path, ELSEWHERE[case])
    with pytest.raises(UnsupportedShapeError):
        reads_of_shared(found)


def test_what_a_rule_reads_is_said_by_direction(tmp_path: Path) -> None:
    shapes = path("( [ sh:inversePath :p ] :q )") + QUERY.replace("shape:S", "shape:T") % "$this :r ?x"
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf-8")
    first, second = compile_rules(ShapeGraph(engine.turtle(tmp_path / "shapes.ttl"))).rules
    told = reads_of_shared(first)
    assert (told.backward, told.onward, told.about, told.into) == (named("p"), named("q"), False, False)
    assert reads_of_shared(second).onward == named("r")
    assert reads_of_shared(rule(tmp_path, QUERY % "?x ?p $this")).into
    assert reads_of_shared(rule(tmp_path, CORE % "sh:closed true")).about
    assert TYPE in reads_of_shared(rule(tmp_path, CORE % "sh:class :D")).onward


def test_every_shape_of_ours_can_be_followed_and_few_look_beyond_a_file() -> None:
    rules = rules_of(None)
    assert rules is not None
    assert rules.left == {}
    owned = frozenset(
        {
            f"<{expand('prov:wasGeneratedBy')}>",
            f"<{expand('skos:prefLabel')}>",
            f"<{expand('skos:exactMatch')}>",
        }
    )
    open_ = {each.name for each in rules.rules if not reads_of_own(each, owned).is_closed}
    assert open_ == {"shape:PlanPart-cycle"}


REFUTED = {
    "FILTER NOT EXISTS { ?x ?p $this }": True,
    "FILTER NOT EXISTS { ?x ?p $this FILTER (?p != :tie) } FILTER NOT EXISTS { $this :why ?y }": True,
    "FILTER NOT EXISTS { ?x ?p $this FILTER (?x != :tie) }": False,
    "FILTER NOT EXISTS { ?x ?p $this . ?x :q ?y }": False,
    "FILTER EXISTS { ?x ?p $this }": False,
    "$this :q ?y FILTER NOT EXISTS { ?x ?p $this }": False,
    "FILTER NOT EXISTS { ?x :p $this }": False,
}


@pytest.mark.parametrize("query", REFUTED)
def test_a_rule_can_be_refuted_by_one_statement_or_not(query: str, tmp_path: Path) -> None:
    assert can_be_refuted(rule(tmp_path, QUERY % query)) == REFUTED[query]


def test_what_an_alternative_decides_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    back = "[ sh:property [ sh:path [ sh:inversePath :p ] ; sh:maxCount 1 ] ]"
    found = rule(tmp_path, CORE % f"sh:or ( [ sh:class :D ] {back} )")
    data = TripleIndex([("<urn:a>", TYPE, "<https://example.org/D>")])
    assert undecided(found, data, ["<urn:a>", "<urn:b>"]) == ["<urn:b>"]
    both = rule(tmp_path, CORE % f"sh:and ( [ sh:class :D ] {back} )")
    assert undecided(both, data, ["<urn:a>", "<urn:b>"]) == ["<urn:a>", "<urn:b>"]


def test_the_vocabularies_are_part_of_what_all_share() -> None:
    triples, described = background()
    assert f"<{PREFIXES['st'].replace('ontology#', 'stance/supports')}>" in described
    assert len(triples) > 500
