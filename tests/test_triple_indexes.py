"""Triples are found by subject, by object and by class, each once however it is written."""

from __future__ import annotations

from kg.terms import XSD
from kg.triple_indexes import SUBCLASS, TYPE, TripleIndex


def test_a_plain_text_and_one_typed_as_string_are_one() -> None:
    index = TripleIndex([("<a>", "<p>", '"x"'), ("<a>", "<p>", f'"x"^^<{XSD}string>')])
    assert list(index.objects("<a>", "<p>")) == ['"x"']
    assert index.same(f'"x"^^<{XSD}string>') == '"x"'


def test_instances_are_those_of_classes_below_too_even_in_a_cycle() -> None:
    index = TripleIndex(
        [
            ("<b>", SUBCLASS, "<a>"),
            ("<c>", SUBCLASS, "<b>"),
            ("<a>", SUBCLASS, "<c>"),
            ("<x>", TYPE, "<c>"),
            ("<y>", TYPE, "<d>"),
        ]
    )
    assert index.instances("<a>") == {"<x>"}
    assert index.instances("<none>") == frozenset()


def test_what_is_said_about_a_node_is_found_from_both_ends() -> None:
    index = TripleIndex([("<a>", "<p>", "<b>"), ("<a>", "<q>", '"1"'), ("<b>", "<p>", "<a>")])
    assert list(index.about("<a>")) == [("<p>", "<b>"), ("<q>", '"1"')]
    assert list(index.subjects("<p>", "<b>")) == ["<a>"]
    assert dict(index.links("<q>")) == {"<a>": {'"1"': None}}
    assert sorted(index.triples()) == [("<a>", "<p>", "<b>"), ("<a>", "<q>", '"1"'), ("<b>", "<p>", "<a>")]


def test_blank_nodes_are_noticed_as_subjects_and_as_objects() -> None:
    assert not TripleIndex([("<a>", "<p>", '"_:x"')]).has_blanks
    assert TripleIndex([("<a>", "<p>", "_:x")]).has_blanks
    assert TripleIndex([("_:x", "<p>", "<a>")]).has_blanks
