"""Check triples against compiled shapes: what is broken, as findings, and what is left to pySHACL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from kg import engine
from kg.exports import read_token
from kg.findings import Finding
from kg.shape_components import Broken, Rule
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_queries import ask, doubt, load, message
from kg.shape_rules import Rules
from kg.terms import shrink, token
from kg.triple_indexes import TripleIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings of the shapes that could be checked, and the others: IRI to reason."""

    findings: tuple[Finding, ...]
    left: dict[str, str]


def check(rules: Rules, data: TripleIndex) -> Checked:
    """Check *data* against *rules*; a shape that meets something unforeseen is left whole."""
    asked, found, left = _Asked(data), list[Finding](), dict(rules.left)
    for rule in rules.rules:
        try:
            found += _check(rule, data, asked)
        except UnsupportedShapeError as error:
            left[rule.node[1:-1]] = str(error)
    return Checked(findings=tuple(found), left=left)


class _Asked:
    """The engine that queries are put to, filled when the first one is."""

    def __init__(self, data: TripleIndex) -> None:
        self._data = data

    @cached_property
    def store(self) -> engine.Engine:
        return load(self._data)


def _check(rule: Rule, data: TripleIndex, asked: _Asked) -> list[Finding]:
    focus = _focus(rule, data)
    found = [finding for node in focus for finding in _broken(rule, data, node)]
    for query in rule.queries if focus else ():
        if reason := doubt(query, data, focus):
            raise UnsupportedShapeError(reason)
        for row in ask(query, asked.store, focus):
            value = row.get("value", row["this"])
            found.append(
                _finding(rule, token(row["this"]), Broken(_SPARQL, token(value)), message(query, row, value))
            )
    return found


_SPARQL = "sh:SPARQLConstraintComponent"


def _focus(rule: Rule, data: TripleIndex) -> Collection[str]:
    """The focus nodes that the targets of *rule* choose (SHACL, 2.1.3)."""
    nodes: dict[str, None] = {}
    for name, told in rule.targets:
        if name == "sh:targetClass":
            nodes |= dict.fromkeys(data.instances(told))
        elif name == "sh:targetNode":
            nodes[data.same(told) if told[0] == '"' else told] = None
        elif name == "sh:targetSubjectsOf":
            nodes |= dict.fromkeys(data.links(told))
        else:
            nodes |= dict.fromkeys(value for values in data.links(told).values() for value in values)
    return nodes


def _broken(rule: Rule, data: TripleIndex, focus: str) -> Iterator[Finding]:
    values = (focus,) if rule.walk is None else rule.walk(data, focus)
    for each in rule.checks:
        for broken in each(data, focus, values):
            yield _finding(rule, focus, broken, rule.message)
    for inner in rule.inner:
        for value in values:
            yield from _broken(inner, data, value)


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
