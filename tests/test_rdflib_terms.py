"""Literals are judged as rdflib judges them, whether it is asked or not."""

from __future__ import annotations

import pytest

from kg.rdflib_terms import has_datatype, kind, order, to_node, to_term
from kg.terms import PREFIXES, XSD, Blank, Iri, Literal, token

RDF, RDFS, EDTF = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["edtf"]


def typed(text: str, name: str) -> str:
    return f'"{text}"^^<{XSD}{name}>'


@pytest.mark.parametrize(
    "term",
    [
        Iri("https://e.org/a"),
        Blank("b"),
        Literal("x"),
        Literal("x", language="pt-BR"),
        Literal("01", XSD + "integer"),
    ],
)
def test_a_term_comes_back_from_rdflib_as_it_was(term: Iri | Blank | Literal) -> None:
    assert to_term(to_node(term)) == term


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        (typed("7", "integer"), "integer"),
        (typed("-7", "integer"), "integer"),
        (typed("007", "integer"), ""),
        (typed("-0", "integer"), ""),
        (typed("12345678901234567890", "integer"), ""),
        (typed("2024-02-29", "date"), "date"),
        (typed("2023-02-29", "date"), ""),
        (typed("2024-02-29Z", "date"), ""),
        (typed("true", "boolean"), "boolean"),
        (typed("1", "boolean"), ""),
        (typed("http://x", "anyURI"), "opaque"),
        (f'"2024?"^^<{EDTF}EDTF>', "opaque"),
        ('"a \\"quote\\""', "string"),
        ('"a@b"', "string"),
    ],
)
def test_only_what_all_readers_agree_on_has_a_kind(literal: str, expected: str) -> None:
    assert kind(literal) == expected


@pytest.mark.parametrize(
    ("literal", "datatype", "expected"),
    [
        ('"x"', XSD + "string", True),
        ('"x"', RDF + "langString", False),
        ('"x"@en', RDF + "langString", True),
        ('"x"@EN', RDF + "langString", True),
        ('"x"@en', XSD + "string", False),
        ('"x"@en', RDFS + "Literal", True),
        (typed("7", "integer"), XSD + "integer", True),
        (typed("7", "integer"), XSD + "int", False),
        (typed("7", "integer"), RDFS + "Literal", True),
        (typed("7", "integer"), RDFS + "Datatype", True),
        (typed("seven", "integer"), XSD + "integer", False),
        (typed("1.5", "decimal"), XSD + "decimal", True),
        (typed("one", "decimal"), XSD + "decimal", False),
        (typed("2024-02-30", "date"), XSD + "date", False),
        (typed("maybe", "boolean"), XSD + "boolean", False),
        (typed("x y", "anyURI"), XSD + "anyURI", True),
        ("<https://e.org/a>", XSD + "anyURI", False),
    ],
)
def test_a_literal_has_its_datatype_if_it_is_well_formed(literal: str, datatype: str, expected: bool) -> None:
    assert has_datatype(literal, datatype) is expected


def test_plain_numbers_and_days_have_an_order_and_nothing_else_has() -> None:
    assert order(typed("9", "integer"), typed("10", "integer")) == -1
    assert order(typed("10", "integer"), typed("10", "integer")) == 0
    assert order(typed("2024-05-10", "date"), typed("2023-12-31", "date")) == 1
    assert order(typed("9", "integer"), typed("2023-12-31", "date")) is None
    assert order('"a"', '"b"') is None
    assert order(token(Iri("urn:a")), typed("1", "integer")) is None
