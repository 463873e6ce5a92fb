"""Conditions of SPARQL constraints as functions over rows, true, false or in error (SPARQL, 17.2).

Values are compared only where any two engines agree on the outcome; a comparison that
could be read in two ways raises, and its shape is left to pySHACL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kg.exports import read_token
from kg.rdflib_terms import kind, order
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_queries import Expression, Group
from kg.terms import XSD

Row: TypeAlias = tuple[str | None, ...]
"""What the variables are (tokens), by their places; one that has no value is nothing."""
Known: TypeAlias = Sequence[set[Row]]
"""For each EXISTS of a condition the rows for which there is something."""
Condition: TypeAlias = Callable[[Row, Known], bool | None]
Places: TypeAlias = Mapping[str, int]

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def compile_condition(
    condition: Expression, places: Places, exists: Callable[[Group], Condition]
) -> Condition:
    """Compile *condition*; *exists* compiles a group that it looks into."""
    if condition.group is not None:
        return exists(condition.group)
    if condition.form == "compare":
        return _compare(condition, places)
    if condition.form == "bound":
        at = places.get(condition.parts[0].word)
        return lambda row, known: at is not None and row[at] is not None
    if condition.form == "in":
        return _among(condition, places)
    parts = [compile_condition(each, places, exists) for each in condition.parts]
    if condition.form == "not":
        return lambda row, known: None if (found := parts[0](row, known)) is None else not found
    if condition.form in ("and", "or"):
        return _joined(parts, decides=condition.form == "or")
    raise UnsupportedShapeError("a SPARQL constraint has a condition that is no comparison")


def _joined(parts: Sequence[Condition], *, decides: bool) -> Condition:
    """All or any of *parts*: one that *decides* does so whatever is in error (SPARQL, 17.2)."""

    def is_true(row: Row, known: Known) -> bool | None:
        found = [part(row, known) for part in parts]
        if decides in found:
            return decides
        return None if None in found else not decides

    return is_true


def _value(expression: Expression, places: Places) -> Callable[[Row], str | None]:
    if expression.form == "variable":
        at = places.get(expression.word)
        return lambda row: None if at is None else row[at]
    if expression.form == "iri":
        return lambda row: expression.word
    raise UnsupportedShapeError("a SPARQL constraint compares something else than variables and IRIs")


def _among(condition: Expression, places: Places) -> Condition:
    value, *_ = (_value(each, places) for each in condition.parts)
    listed = {each.word for each in condition.parts[1:]}
    return lambda row, known: None if (found := value(row)) is None else found in listed


def _compare(condition: Expression, places: Places) -> Condition:
    left, right = condition.parts
    if left.form == right.form == "str":
        return _compare_texts(condition.word, left.parts[0], right.parts[0], places)
    first, second, told = _value(left, places), _value(right, places), condition.word

    def is_true(row: Row, known: Known) -> bool | None:
        one, other = first(row), second(row)
        return None if one is None or other is None else _compared(one, told, other)

    return is_true


def _compared(one: str, told: str, other: str) -> bool | None:
    """Compare two terms: literals of one kind by value, others just for being the same (SPARQL, 17.3)."""
    compare = _OPERATORS[told]
    if one[0] != '"' or other[0] != '"':
        return compare(one, other) if told in ("=", "!=") else None
    sort = kind(one)
    if sort != kind(other) or sort in ("", "text", "opaque"):
        raise UnsupportedShapeError(
            "values of several kinds are compared, or of one that is read in two ways"
        )
    if told in ("=", "!="):
        return compare(one, other)
    if sort == "string":
        return compare(str(read_token(one)), str(read_token(other)))
    found = order(one, other)
    if found is None:
        raise UnsupportedShapeError("values without a plain order are compared")
    return compare(found, 0)


def _compare_texts(told: str, left: Expression, right: Expression, places: Places) -> Condition:
    first, second, compare = _value(left, places), _value(right, places), _OPERATORS[told]

    def is_true(row: Row, known: Known) -> bool | None:
        one, other = first(row), second(row)
        if one is None or other is None:
            return None
        if "_" in (one[0], other[0]):
            raise UnsupportedShapeError("the text of a blank node is another in each engine")
        return compare(str(read_token(one)), str(read_token(other)))

    return is_true


# ---------------------------------------------------------------- what is counted


def compile_having(condition: Expression, places: Places) -> Callable[[Sequence[Row]], list[Row]]:
    """Compile a condition on the rows of each focus node; one row for each that meets it."""
    counted = _aggregates(condition)
    columns = [places.get(each.parts[0].word) for each in counted]
    later = {_column(each): number for number, each in enumerate(counted)}
    is_true = compile_condition(_with_columns(condition), later, _no_group)

    def having(rows: Sequence[Row]) -> list[Row]:
        groups: dict[str | None, list[Row]] = {}
        for row in rows:
            groups.setdefault(row[0], []).append(row)
        return [
            some[0]
            for some in groups.values()
            if is_true(
                tuple(_count(each.word, some, at) for each, at in zip(counted, columns, strict=True)), ()
            )
        ]

    return having


def _no_group(group: Group) -> Condition:
    raise UnsupportedShapeError("a SPARQL constraint looks into a group after it has counted")


def _aggregates(condition: Expression) -> list[Expression]:
    if condition.form == "aggregate":
        return [condition]
    return list(dict.fromkeys(each for part in condition.parts for each in _aggregates(part)))


def _column(aggregate: Expression) -> str:
    return f"{aggregate.word} {aggregate.parts[0].word}"


def _with_columns(condition: Expression) -> Expression:
    """*condition* with what is counted as variables."""
    if condition.form == "aggregate":
        return Expression("variable", _column(condition))
    if condition.form == "variable":
        raise UnsupportedShapeError("a SPARQL constraint compares one value of those that it counts")
    return Expression(condition.form, condition.word, tuple(map(_with_columns, condition.parts)))


def _count(word: str, rows: Sequence[Row], at: int | None) -> str | None:
    values = [value for row in rows if at is not None and (value := row[at]) is not None]
    if word in ("COUNT", "COUNT DISTINCT"):
        number = len(values) if word == "COUNT" else len(set(values))
        return f'"{number}"^^<{XSD}integer>'
    if not values:
        return None
    if any(kind(value) != "integer" for value in values):
        raise UnsupportedShapeError("the greatest of other values than plain integers is asked for")
    return (max if word == "MAX" else min)(values, key=lambda value: int(str(read_token(value))))
