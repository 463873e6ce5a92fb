"""Findings have one order, and blank nodes in them are numbered."""

from __future__ import annotations

from kg.errors import Place
from kg.findings import Finding, has_violations, in_order
from kg.terms import Blank, Iri


def finding(shape: str, line: int, focus: str = "https://e.org/a") -> Finding:
    return Finding(
        shape=shape, message="m", severity="Warning", focus=Iri(focus), place=Place("a.yaml", line)
    )


def test_findings_stand_in_the_order_of_their_places_each_once() -> None:
    found = [finding("shape:B", 2), finding("shape:A", 2), finding("shape:C", 1), finding("shape:B", 2)]
    assert [each.shape for each in in_order(found)] == ["shape:C", "shape:A", "shape:B"]


def test_blank_nodes_are_numbered_in_that_order() -> None:
    found = [
        Finding(shape="shape:B", message="m", severity="Info", focus=Blank("x"), value=Blank("y")),
        Finding(shape="shape:A", message="m", severity="Info", focus=Blank("y")),
    ]
    assert [(each.focus, each.value) for each in in_order(found)] == [
        (Blank("b1"), None),
        (Blank("b2"), Blank("b1")),
    ]


def test_a_warning_is_no_violation() -> None:
    assert not has_violations([finding("shape:A", 1)])
    assert has_violations([Finding(shape="s", message="m", severity="Violation", focus=Iri("urn:a"))])
