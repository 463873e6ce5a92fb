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
    assert list(index.instances("<a>")) == ["<x>"]
    assert list(index.instances("<none>")) == []
    assert index.is_instance("<x>", "<b>")
    assert not index.is_instance("<y>", "<a>")


def test_what_is_said_about_a_node_is_found_from_both_ends() -> None:
    index = TripleIndex([("<a>", "<p>", "<b>"), ("<a>", "<q>", '"1"'), ("<b>", "<p>", "<a>")])
    assert list(index.about("<a>")) == [("<p>", "<b>"), ("<q>", '"1"')]
    assert list(index.subjects("<p>", "<b>")) == ["<a>"]
    assert dict(index.links("<q>")) == {"<a>": {'"1"': None}}
    assert sorted(index.triples()) == [("<a>", "<p>", "<b>"), ("<a>", "<q>", '"1"'), ("<b>", "<p>", "<a>")]


OVER = [("<c>", "<p>", "<b>"), ("<c>", "<q>", '"1"@EN'), ("<c>", TYPE, "<k>")]
UNDER = [("<a>", "<p>", "<b>"), ("<a>", "<q>", '"1"@en'), ("<b>", TYPE, "<k>"), ("<k>", SUBCLASS, "<j>")]


def test_an_index_over_another_answers_as_one_of_all_triples() -> None:
    over, whole = TripleIndex(OVER, base=TripleIndex(UNDER)), TripleIndex([*UNDER, *OVER])
    terms = ("<a>", "<b>", "<c>", "<k>", '"1"@en')
    for predicate in ("<p>", "<q>", TYPE, SUBCLASS, "<none>"):
        on, back = over.onward(predicate), over.backward(predicate)
        for term in terms:
            assert (
                list(over.objects(term, predicate)) == list(whole.objects(term, predicate)) == list(on(term))
            )
            assert (
                set(over.subjects(predicate, term)) == set(whole.subjects(predicate, term)) == set(back(term))
            )
        assert sorted(over.pairs(predicate)) == sorted(whole.pairs(predicate))
        assert over.has(predicate) == whole.has(predicate)
    for term in terms:
        assert sorted(over.about(term)) == sorted(whole.about(term))
        assert sorted(over.into(term)) == sorted(whole.into(term))
    assert sorted(over.instances("<j>")) == sorted(whole.instances("<j>")) == ["<b>", "<c>"]


def test_what_is_laid_over_an_index_is_told_apart_from_it() -> None:
    over = TripleIndex(OVER, base=TripleIndex(UNDER))
    assert sorted(over.predicates) == sorted(["<p>", "<q>", TYPE])
    assert list(over.links("<p>")) == ["<c>"]
    assert len(list(over.triples())) == 3
