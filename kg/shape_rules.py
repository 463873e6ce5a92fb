"""Shapes compiled to rules: what a shape says, its paths, components and queries as functions.

A shape whose results would carry one of pySHACL's own messages is refused, as is all that is
not supported: whole shapes with their targets, by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.exports import read_token
from kg.shape_components import COMPONENTS, TRUE, Parameters
from kg.shape_constraints import Rule
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError, expand_name, iri
from kg.shape_joins import compile_join
from kg.shape_queries import ShapeQuery, compile_query
from kg.terms import PREFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The shapes of a file that choose focus nodes, and those that pySHACL has to check: IRI to reason."""

    rules: tuple[Rule, ...]
    left: dict[str, str]


TARGETS: Final = ("sh:targetClass", "sh:targetNode", "sh:targetSubjectsOf", "sh:targetObjectsOf")
_TOLD: Final = {"sh:name", "sh:description", "sh:order", "sh:group", "sh:defaultValue"}
_OWN: Final = {"sh:path", "sh:property", "sh:sparql", "sh:message", "sh:severity", "sh:deactivated", *TARGETS}
_WITH_OTHERS: Final = {"sh:flags", "sh:ignoredProperties", "sh:qualifiedMinCount", "sh:qualifiedMaxCount"}


def compile_rules(graph: ShapeGraph) -> Rules:
    """Compile the shapes of *graph* that have targets.

    Raises:
        UnsupportedShapeError: not even some of them can be told apart from the rest.
    """
    if graph.has_object("rdfs:Class") or graph.has_object("sh:ConstraintComponent"):
        raise UnsupportedShapeError("classes that are shapes, and components of one's own, are not compiled")
    shapes = sorted({shape for name in TARGETS for shape in graph.subjects(name)})
    if any(shape[0] != "<" for shape in shapes):
        raise UnsupportedShapeError("a shape with a target has no name")
    rules, left = [], {}
    for shape in shapes:
        try:
            rules.append(_Compiler(graph).rule(shape, "top"))
        except UnsupportedShapeError as error:
            left[shape[1:-1]] = str(error)
    return Rules(rules=tuple(rules), left=left)


class _Compiler(Parameters):
    """Compiles one shape with all that it refers to."""

    def __init__(self, graph: ShapeGraph) -> None:
        self.graph = graph
        self._open: list[str] = []

    def rule(self, node: str, use: str) -> Rule:
        """The rule of the shape *node*, whose *use* is `top`, `inner` (sh:property) or `test` (sh:not …)."""
        if node in self._open or node[0] == '"' or not self.graph.predicates(node):
            raise UnsupportedShapeError(f"{node} is no shape, or refers to itself")
        self._open.append(node)
        names = {expand_name(each) for each in self.graph.predicates(node)}
        unknown = {name for name in names if name.startswith("sh:")} - _OWN - _TOLD - _WITH_OTHERS
        if unknown := unknown - COMPONENTS.keys():
            raise UnsupportedShapeError(f"{', '.join(sorted(unknown))} is not compiled")
        rule = self._read(node, use, names)
        self._open.pop()
        return rule

    def _read(self, node: str, use: str, names: set[str]) -> Rule:
        graph, path = self.graph, self.graph.value(node, "sh:path")
        way = graph.read_path(path) if path else None
        messages = [str(read_token(each)) for each in graph.values(node, "sh:message")]
        severity = graph.value(node, "sh:severity") or iri("sh:Violation")
        active = self._is_active(node)
        used = sorted(names & COMPONENTS.keys()) if active else []
        if use != "test" and used and not messages:
            raise UnsupportedShapeError(f"{graph.name_of(node)} has no message of its own")
        if "sh:sparql" in names and (use != "top" or path):
            raise UnsupportedShapeError(
                "a SPARQL constraint stands in a shape that has no targets, or a path"
            )
        queries = self._queries(node, messages) if active else ()
        return Rule(
            node=node,
            name=graph.name_of(node),
            severity=str(read_token(severity)).removeprefix(PREFIXES["sh"]),
            message=" ".join(min(messages, default="").split()),
            way=way,
            path=graph.path(path) if path else "",
            turtle_path=graph.turtle_path(path) if path else "",
            checks=tuple(check for name in used for check in COMPONENTS[name](self, node)),
            inner=self._inner(node, use) if active else (),
            queries=queries,
            joins=tuple(map(compile_join, queries)),
            targets=tuple((name, each) for name in TARGETS for each in graph.values(node, name)),
        )

    def _is_active(self, node: str) -> bool:
        told = self.graph.value(node, "sh:deactivated")
        if told not in (None, TRUE, TRUE.replace("true", "false", 1)):
            raise UnsupportedShapeError("sh:deactivated is neither true nor false")
        return told != TRUE

    def _inner(self, node: str, use: str) -> tuple[Rule, ...]:
        inner = tuple(
            self.rule(each, "test" if use == "test" else "inner")
            for each in self.graph.values(node, "sh:property")
        )
        if any(rule.way is None for rule in inner):
            raise UnsupportedShapeError("sh:property leads to a shape without a path")
        return inner

    def _queries(self, node: str, messages: list[str]) -> tuple[ShapeQuery, ...]:
        return tuple(
            compile_query(self.graph, each, messages) for each in self.graph.values(node, "sh:sparql")
        )
