"""The constraint components of SHACL core, compiled to functions over a `TripleIndex`.

A component is compiled only where it means to pySHACL what it means here; what is not
supported is refused, by name.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from kg.exports import read_token
from kg.rdflib_terms import has_datatype, kind, order
from kg.shape_constraints import Broken, Check, Find, Pairs, Rule, failing, values_in
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError, expand_name, iri
from kg.triple_indexes import TYPE, TripleIndex

TRUE: Final = f'"true"^^{iri("xsd:boolean")}'


class Parameters(ABC):
    """Reads the parameters of shapes; what it cannot, it refuses with `UnsupportedShapeError`."""

    graph: ShapeGraph

    @abstractmethod
    def rule(self, node: str, use: str) -> Rule:
        """The rule of the shape *node*."""

    def iris(self, node: str, name: str) -> list[str]:
        """The IRIs that a parameter names."""
        found = self.graph.values(node, name)
        if any(each[0] != "<" for each in found):
            raise UnsupportedShapeError(f"{name} is no IRI")
        return found

    def number(self, node: str, name: str) -> int | None:
        """The number that a parameter gives."""
        told = self.graph.value(node, name)
        if told is not None and (kind(told) != "integer" or told[1] == "-"):
            raise UnsupportedShapeError(f"{name} is no plain number from 0")
        return None if told is None else int(str(read_token(told)))

    def count(self, node: str, name: str) -> int:
        """The number of a parameter that only property shapes may have."""
        self.need_path(node, name)
        return self.number(node, name) or 0

    def need_path(self, node: str, name: str) -> None:
        """Refuse a node shape with the parameter *name*."""
        if not self.graph.values(node, "sh:path"):
            raise UnsupportedShapeError(f"{name} stands on a shape without a path")

    def terms(self, found: list[str]) -> list[str]:
        """Terms that are equal in rdflib just when their tokens are."""
        if any(each[0] == "_" or (each[0] == '"' and kind(each) in ("", "text")) for each in found):
            raise UnsupportedShapeError("a value is blank, has a language tag, or can be written in two ways")
        return found

    def tests(self, node: str, name: str) -> list[list[Rule]]:
        """For each list of a logical parameter the shapes in it."""
        return [
            [self.rule(each, "test") for each in self.graph.items(found)]
            for found in self.graph.values(node, name)
        ]


# ---------------------------------------------------------------- the components (SHACL, 4)


def _component(name: str) -> str:
    return f"sh:{name[3:4].upper()}{name[4:]}ConstraintComponent"


def _some(name: str, wrong_of: Callable[[TripleIndex, Collection[str]], Collection[str]]) -> Check:
    """A check of value nodes, wherever they stand; *wrong_of* tells which of them are wrong."""
    component = _component(name)

    def find(data: TripleIndex, pairs: Pairs) -> Iterable[tuple[str, Broken]]:
        wrong = wrong_of(data, values_in(pairs))
        if not wrong:
            return ()
        return [
            (focus, Broken(component, value)) for focus, values in pairs for value in values if value in wrong
        ]

    return Check(name=name, find=find)


def _each(name: str, is_right: Callable[[str], bool]) -> Check:
    """A check that holds of each value node alone."""
    return _some(name, lambda data, values: {value for value in values if not is_right(value)})


def _whole(name: str, is_right: Callable[[Collection[str]], bool]) -> Check:
    """A check that holds of the value nodes of a focus node together."""
    broken = Broken(_component(name))
    return Check(
        name=name,
        find=lambda data, pairs: [(focus, broken) for focus, values in pairs if not is_right(values)],
    )


def _class(parameters: Parameters, node: str) -> list[Check]:
    def check_of(class_: str) -> Check:
        def wrong_of(data: TripleIndex, values: Collection[str]) -> Collection[str]:
            classes, look = data.classes(class_), data.onward(TYPE)
            return {value for value in values if classes.isdisjoint(look(value))}

        return replace(_some("sh:class", wrong_of), reads_classes=True)

    return [check_of(each) for each in parameters.iris(node, "sh:class")]


def _datatype(parameters: Parameters, node: str) -> list[Check]:
    parameters.graph.value(node, "sh:datatype")
    (wanted,) = parameters.iris(node, "sh:datatype")
    return [_each("sh:datatype", lambda value: has_datatype(value, wanted[1:-1]))]


_NODE_KINDS: Final = {
    "sh:IRI": "<",
    "sh:BlankNode": "_",
    "sh:Literal": '"',
    "sh:BlankNodeOrIRI": "_<",
    "sh:BlankNodeOrLiteral": '_"',
    "sh:IRIOrLiteral": '<"',
}


def _node_kind(parameters: Parameters, node: str) -> list[Check]:
    told = expand_name(parameters.graph.value(node, "sh:nodeKind") or "")
    if told not in _NODE_KINDS:
        raise UnsupportedShapeError(f"{told} is no kind of node")
    allowed = _NODE_KINDS[told]
    return [_each("sh:nodeKind", lambda value: value[0] in allowed)]


def _min_count(parameters: Parameters, node: str) -> list[Check]:
    least = parameters.count(node, "sh:minCount")
    broken = Broken(_component("sh:minCount"))
    find: Find = lambda data, pairs: [(focus, broken) for focus, values in pairs if len(values) < least]  # noqa: E731
    return [Check(name="sh:minCount", find=find)]


def _max_count(parameters: Parameters, node: str) -> list[Check]:
    most = parameters.count(node, "sh:maxCount")
    broken = Broken(_component("sh:maxCount"))
    find: Find = lambda data, pairs: [(focus, broken) for focus, values in pairs if len(values) > most]  # noqa: E731
    return [Check(name="sh:maxCount", find=find)]


def _in(parameters: Parameters, node: str) -> list[Check]:
    allowed = frozenset(parameters.terms(parameters.graph.items(parameters.graph.value(node, "sh:in") or "")))
    return [_some("sh:in", lambda data, values: {value for value in values if value not in allowed})]


def _has_value(parameters: Parameters, node: str) -> list[Check]:
    def check_of(wanted: str) -> Check:
        return _whole("sh:hasValue", lambda values: wanted in values)

    return [check_of(each) for each in parameters.terms(parameters.graph.values(node, "sh:hasValue"))]


def _pattern(parameters: Parameters, node: str) -> list[Check]:
    flags = str(read_token(parameters.graph.value(node, "sh:flags") or '""'))
    if set(flags) - {"i", "m"}:
        raise UnsupportedShapeError("sh:flags has others than i and m")
    modes = (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)

    def check_of(text: str) -> Check:
        try:
            pattern = re.compile(text, modes)
        except re.error as error:
            raise UnsupportedShapeError(f"sh:pattern: {error}") from error

        def is_right(value: str) -> bool:
            return value[0] != "_" and pattern.search(str(read_token(value))) is not None

        return _each("sh:pattern", is_right)

    patterns = parameters.graph.values(node, "sh:pattern")
    if any(kind(each) != "string" for each in patterns):
        raise UnsupportedShapeError("sh:pattern is no plain text")
    return [check_of(str(read_token(each))) for each in patterns]


def _length(name: str, is_right: Callable[[int, int], bool]) -> Callable[[Parameters, str], list[Check]]:
    def compile_(parameters: Parameters, node: str) -> list[Check]:
        limit = parameters.number(node, name) or 0

        def of(value: str) -> bool:
            return value[0] != "_" and is_right(len(str(read_token(value))), limit)

        if name == "sh:minLength" and limit == 0:
            return []
        return [_each(name, of)]

    return compile_


def _ordered(left: str, right: str) -> int:
    found = order(left, right)
    if found is None:
        raise UnsupportedShapeError(f"{left} and {right} have no plain order")
    return found


def _range(name: str, is_right: Callable[[int], bool]) -> Callable[[Parameters, str], list[Check]]:
    def compile_(parameters: Parameters, node: str) -> list[Check]:
        def check_of(limit: str) -> Check:
            # Neither an IRI nor a blank node has a place in the order.
            return _each(name, lambda value: value[0] == '"' and is_right(_ordered(value, limit)))

        limits = parameters.graph.values(node, name)
        if any(kind(each) not in ("integer", "date") for each in limits):
            raise UnsupportedShapeError(f"{name} is neither a plain integer nor a plain date")
        return [check_of(each) for each in limits]

    return compile_


def _less_than(name: str, is_right: Callable[[int], bool]) -> Callable[[Parameters, str], list[Check]]:
    def compile_(parameters: Parameters, node: str) -> list[Check]:
        parameters.need_path(node, name)

        def check_of(other: str) -> Check:
            def find(data: TripleIndex, pairs: Pairs) -> list[tuple[str, Broken]]:
                look = data.onward(other)
                return [
                    (focus, Broken(_component(name), value))
                    for focus, values in pairs
                    for value in values
                    for each in look(focus)
                    if not is_right(_ordered(value, each))
                ]

            return Check(name=name, find=find, reads=(other,))

        return [check_of(each) for each in parameters.iris(node, name)]

    return compile_


def _pair(
    name: str, wrong: Callable[[Collection[str], Collection[str]], Collection[str]]
) -> Callable[[Parameters, str], list[Check]]:
    def compile_(parameters: Parameters, node: str) -> list[Check]:
        def check_of(other: str) -> Check:
            def find(data: TripleIndex, pairs: Pairs) -> list[tuple[str, Broken]]:
                look = data.onward(other)
                return [
                    (focus, Broken(_component(name), each))
                    for focus, values in pairs
                    for each in sorted(wrong(values, look(focus)))
                ]

            return Check(name=name, find=find, reads=(other,))

        return [check_of(each) for each in parameters.iris(node, name)]

    return compile_


def _language(value: str) -> str:
    return value.rpartition("@")[2].lower() if value[0] == '"' and value[-1] not in '">' else ""


def _unique_language(parameters: Parameters, node: str) -> list[Check]:
    parameters.need_path(node, "sh:uniqueLang")
    told = parameters.graph.value(node, "sh:uniqueLang")
    if told != TRUE:
        raise UnsupportedShapeError("sh:uniqueLang is not true")

    def is_right(values: Collection[str]) -> bool:
        tags = [tag for value in values if (tag := _language(value))]
        return len(tags) == len(set(tags))

    return [_whole("sh:uniqueLang", is_right)]


def _language_in(parameters: Parameters, node: str) -> list[Check]:
    ranges = parameters.graph.items(parameters.graph.value(node, "sh:languageIn") or "")
    if any(kind(each) != "string" for each in ranges):
        raise UnsupportedShapeError("sh:languageIn has something else than plain texts")
    wanted = {str(read_token(each)).lower() for each in ranges}

    def is_right(value: str) -> bool:
        tag = _language(value)
        return bool(tag) and ("*" in wanted or tag in wanted or tag.split("-")[0] in wanted)

    return [_each("sh:languageIn", is_right)]


def _node(parameters: Parameters, node: str) -> list[Check]:
    def check_of(rule: Rule) -> Check:
        if rule.way:
            raise UnsupportedShapeError("sh:node leads to a shape with a path")
        check = _some("sh:node", lambda data, values: failing(rule, data, values))
        return replace(check, lists=((rule,),))

    return [check_of(parameters.rule(each, "test")) for each in parameters.graph.values(node, "sh:node")]


def _not(parameters: Parameters, node: str) -> list[Check]:
    def check_of(rule: Rule) -> Check:
        check = _some("sh:not", lambda data, values: set(values) - failing(rule, data, values))
        return replace(check, lists=((rule,),))

    return [check_of(parameters.rule(each, "test")) for each in parameters.graph.values(node, "sh:not")]


def _not_all(rules: Sequence[Rule], data: TripleIndex, values: Collection[str]) -> set[str]:
    right: Collection[str] = values
    for rule in rules:
        wrong = failing(rule, data, right)
        right = [value for value in right if value not in wrong]
    return set(values).difference(right)


def _none(rules: Sequence[Rule], data: TripleIndex, values: Collection[str]) -> set[str]:
    left = set(values)
    for rule in rules:
        if not left:
            break
        left = failing(rule, data, left)
    return left


def _not_one(rules: Sequence[Rule], data: TripleIndex, values: Collection[str]) -> set[str]:
    found = [failing(rule, data, values) for rule in rules]
    return {value for value in values if sum(value not in wrong for wrong in found) != 1}


def _logic(
    name: str, wrong_of: Callable[[Sequence[Rule], TripleIndex, Collection[str]], set[str]]
) -> Callable[[Parameters, str], list[Check]]:
    def compile_(parameters: Parameters, node: str) -> list[Check]:
        def check_of(rules: list[Rule]) -> Check:
            check = _some(name, lambda data, values: wrong_of(rules, data, values))
            return replace(check, lists=(tuple(rules),))

        return [check_of(each) for each in parameters.tests(node, name)]

    return compile_


def _qualified(parameters: Parameters, node: str) -> list[Check]:
    parameters.need_path(node, "sh:qualifiedValueShape")
    rule = parameters.rule(parameters.graph.value(node, "sh:qualifiedValueShape") or "", "test")
    least = parameters.number(node, "sh:qualifiedMinCount")
    most = parameters.number(node, "sh:qualifiedMaxCount")
    if least is None and most is None:
        raise UnsupportedShapeError("a qualified value shape has no count")

    def find(data: TripleIndex, pairs: Pairs) -> Iterable[tuple[str, Broken]]:
        wrong = failing(rule, data, values_in(pairs))
        for focus, values in pairs:
            count = sum(value not in wrong for value in values)
            if most is not None and count > most:
                yield focus, Broken(_component("sh:qualifiedMaxCount"))
            if least is not None and count < least:
                yield focus, Broken(_component("sh:qualifiedMinCount"))

    return [Check(name="sh:qualifiedValueShape", find=find, lists=((rule,),))]


def _closed(parameters: Parameters, node: str) -> list[Check]:
    graph = parameters.graph
    if graph.value(node, "sh:closed") != TRUE:
        raise UnsupportedShapeError("sh:closed is not true")
    ignored = graph.value(node, "sh:ignoredProperties")
    allowed = {graph.value(each, "sh:path") for each in graph.values(node, "sh:property")}
    allowed |= set(graph.items(ignored)) if ignored and ignored != iri("rdf:nil") else set()
    always = (iri("rdf:type"), iri("rdfs:Resource"))

    def find(data: TripleIndex, pairs: Pairs) -> list[tuple[str, Broken]]:
        return [
            (focus, Broken("sh:ClosedConstraintComponent", object_, predicate))
            for focus, values in pairs
            for value in values
            for predicate, object_ in data.about(value)
            if predicate not in allowed and (predicate, object_) != always
        ]

    return [Check(name="sh:closed", find=find, reads_all=True)]


COMPONENTS: Final[dict[str, Callable[[Parameters, str], list[Check]]]] = {
    "sh:class": _class,
    "sh:datatype": _datatype,
    "sh:nodeKind": _node_kind,
    "sh:minCount": _min_count,
    "sh:maxCount": _max_count,
    "sh:in": _in,
    "sh:hasValue": _has_value,
    "sh:pattern": _pattern,
    "sh:minLength": _length("sh:minLength", lambda found, limit: found >= limit),
    "sh:maxLength": _length("sh:maxLength", lambda found, limit: found <= limit),
    "sh:minInclusive": _range("sh:minInclusive", lambda found: found >= 0),
    "sh:minExclusive": _range("sh:minExclusive", lambda found: found > 0),
    "sh:maxInclusive": _range("sh:maxInclusive", lambda found: found <= 0),
    "sh:maxExclusive": _range("sh:maxExclusive", lambda found: found < 0),
    "sh:lessThan": _less_than("sh:lessThan", lambda found: found < 0),
    "sh:lessThanOrEquals": _less_than("sh:lessThanOrEquals", lambda found: found <= 0),
    "sh:equals": _pair("sh:equals", lambda some, others: set(some) ^ set(others)),
    "sh:disjoint": _pair("sh:disjoint", lambda some, others: [each for each in some if each in others]),
    "sh:uniqueLang": _unique_language,
    "sh:languageIn": _language_in,
    "sh:node": _node,
    "sh:not": _not,
    "sh:and": _logic("sh:and", _not_all),
    "sh:or": _logic("sh:or", _none),
    "sh:xone": _logic("sh:xone", _not_one),
    "sh:qualifiedValueShape": _qualified,
    "sh:closed": _closed,
}
