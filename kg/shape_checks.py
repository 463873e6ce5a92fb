"""Check triples against compiled shapes: what is broken, as findings, and what is left to pySHACL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kg.exports import read_token
from kg.findings import Finding
from kg.shape_constraints import Broken, Rule, pairs_of, values_in
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_queries import ShapeQuery
from kg.shape_rules import Rules
from kg.terms import shrink
from kg.triple_indexes import TripleIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings of the shapes that could be checked, and the others: IRI to reason."""

    findings: tuple[Finding, ...]
    left: dict[str, str]


def check(rules: Rules, data: TripleIndex) -> Checked:
    """Check *data* against *rules*; a shape that meets something unforeseen is left whole."""
    found, left = list[Finding](), dict(rules.left)
    for rule in rules.rules:
        try:
            found += check_rule(rule, data, focus_of(rule, data))
        except UnsupportedShapeError as error:
            left[rule.node[1:-1]] = str(error)
    return Checked(findings=tuple(found), left=left)


def check_rule(rule: Rule, data: TripleIndex, focus: Collection[str]) -> list[Finding]:
    """What the nodes *focus* break of *rule*.

    Raises:
        UnsupportedShapeError: two engines could read the data in two ways.
    """
    found = list(_broken(rule, data, focus))
    if rule.queries and any(node[0] == '"' for node in focus):
        raise UnsupportedShapeError("a focus node is a literal")
    for query, join in zip(rule.queries, rule.joins, strict=True):
        for row in join(data, focus):
            value = row.get("value", row["this"])
            found.append(_finding(rule, row["this"], Broken(_SPARQL, value), _message(query, row, value)))
    return found


_SPARQL = "sh:SPARQLConstraintComponent"


def _message(query: ShapeQuery, row: dict[str, str], value: str) -> str:
    """The message for a *row*, each ``{?name}`` replaced (SHACL, 5.3.2); the first of several."""
    words = {name: str(read_token(each)) for name, each in (row | {"value": value}).items()}
    if any("\\" in each for each in words.values()):
        raise UnsupportedShapeError("a value has a backslash, which pySHACL does not put into messages")
    told = []
    for text in query.messages:
        for name, each in words.items():
            text = re.sub(rf"{{[?$]{name}}}", each, text)
        told.append(text)
    return " ".join(min(told, default="").split())


def focus_of(rule: Rule, data: TripleIndex) -> Collection[str]:
    """The focus nodes that the targets of *rule* choose (SHACL, 2.1.3)."""
    nodes: dict[str, None] = {}
    for name, told in rule.targets:
        if name == "sh:targetClass":
            nodes |= dict.fromkeys(data.instances(told))
        elif name == "sh:targetNode":
            nodes[data.same(told) if told[0] == '"' else told] = None
        elif name == "sh:targetSubjectsOf":
            nodes |= dict.fromkeys(subject for subject, _ in data.pairs(told))
        else:
            nodes |= dict.fromkeys(value for _, value in data.pairs(told))
    return nodes


def _broken(rule: Rule, data: TripleIndex, focus: Collection[str]) -> Iterator[Finding]:
    pairs = pairs_of(rule, data, focus)
    for check in rule.checks:
        for node, broken in check.find(data, pairs):
            yield _finding(rule, node, broken, rule.message)
    values = values_in(pairs) if rule.inner else ()
    for inner in rule.inner:
        yield from _broken(inner, data, values)


def _finding(rule: Rule, focus: str, broken: Broken, told: str) -> Finding:
    path = shrink(broken.path[1:-1]) if broken.path else rule.path
    turtle = broken.path if broken.path and path == broken.path[1:-1] else path
    return Finding(
        shape=rule.name,
        message=told,
        severity=rule.severity,
        focus=read_token(focus),
        path=path,
        turtle_path=turtle if broken.path else rule.turtle_path,
        value=None if broken.value is None else read_token(broken.value),
        constraint=broken.component,
    )
