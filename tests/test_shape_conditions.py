"""A condition is true, false or in error, as SPARQL says; what engines compare differently is left."""

from __future__ import annotations

import pytest

from kg.shape_conditions import Condition, compile_condition
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_queries import Expression, Group
from kg.terms import XSD

PLACES = {"?a": 0, "?b": 1}
A, B = Expression("variable", "?a"), Expression("variable", "?b")
IRI, OTHER = "<urn:a>", "<urn:b>"


def number(value: int) -> str:
    return f'"{value}"^^<{XSD}integer>'


def exists(group: Group) -> Condition:
    return lambda row, known: row in known[0]


def outcome(condition: Expression, a: str | None, b: str | None) -> bool | None:
    return compile_condition(condition, PLACES, exists)((a, b), [{(IRI, IRI)}])


def compare(word: str) -> Expression:
    return Expression("compare", word, (A, B))


def texts(word: str) -> Expression:
    return Expression("compare", word, (Expression("str", "", (A,)), Expression("str", "", (B,))))


@pytest.mark.parametrize(
    ("condition", "a", "b", "expected"),
    [
        (compare("="), IRI, IRI, True),
        (compare("!="), IRI, OTHER, True),
        (compare("="), IRI, number(1), False),
        (compare("!="), "_:x", number(1), True),
        (compare("<"), IRI, OTHER, None),
        (compare("="), None, IRI, None),
        (compare("<"), number(9), number(10), True),
        (compare(">="), number(9), number(10), False),
        (compare("<"), '"a"', '"b"', True),
        (compare("<"), f'"2024-05-10"^^<{XSD}date>', f'"2024-05-09"^^<{XSD}date>', False),
        (texts("<"), IRI, '"urn:b"', True),
        (texts("="), number(1), '"1"', True),
        (texts("="), None, '"1"', None),
        (Expression("bound", "", (A,)), None, IRI, False),
        (Expression("bound", "", (Expression("variable", "?never"),)), IRI, IRI, False),
        (Expression("in", "", (A, Expression("iri", IRI))), IRI, None, True),
        (Expression("in", "", (A, Expression("iri", IRI))), number(1), None, False),
        (Expression("in", "", (A, Expression("iri", IRI))), None, None, None),
        (Expression("exists", group=Group()), IRI, IRI, True),
        (Expression("exists", group=Group()), IRI, OTHER, False),
    ],
)
def test_a_comparison_has_the_outcome_of_sparql(
    condition: Expression, a: str | None, b: str | None, expected: bool | None
) -> None:
    assert outcome(condition, a, b) is expected
    negated = outcome(Expression("not", "", (condition,)), a, b)
    assert negated is (None if expected is None else not expected)


TRUE, FALSE, ERROR = compare("="), compare("!="), compare("<")  # of an IRI with itself


@pytest.mark.parametrize(
    ("form", "parts", "expected"),
    [
        ("or", (TRUE, ERROR), True),
        ("or", (ERROR, TRUE), True),
        ("or", (FALSE, ERROR), None),
        ("or", (FALSE, FALSE), False),
        ("and", (FALSE, ERROR), False),
        ("and", (ERROR, FALSE), False),
        ("and", (TRUE, ERROR), None),
        ("and", (TRUE, TRUE), True),
    ],
)
def test_what_decides_does_so_whatever_is_in_error(
    form: str, parts: tuple[Expression, ...], expected: bool | None
) -> None:
    assert outcome(Expression(form, "", parts), IRI, IRI) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "a", "b"),
    [
        (compare("="), number(1), '"1"'),
        (compare("="), f'"01"^^<{XSD}integer>', f'"01"^^<{XSD}integer>'),
        (compare("="), '"a"@en', '"a"@en'),
        (compare("<"), f'"true"^^<{XSD}boolean>', f'"false"^^<{XSD}boolean>'),
        (texts("="), "_:x", "_:x"),
    ],
)
def test_what_engines_could_compare_in_two_ways_is_left(condition: Expression, a: str, b: str) -> None:
    with pytest.raises(UnsupportedShapeError):
        outcome(condition, a, b)
