"""Constraints and rules, compiled: which of many nodes break them.

All focus nodes are looked at together: what holds of a value node holds of it wherever it stands,
so each is put to the test once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from kg.shape_joins import Join
from kg.shape_paths import Path, looks
from kg.shape_queries import ShapeQuery
from kg.triple_indexes import TripleIndex


class Broken(NamedTuple):
    """A constraint that a focus node breaks: its component, the value, and the path where it is another."""

    component: str
    value: str | None = None
    path: str = ""


Pairs: TypeAlias = Sequence[tuple[str, Collection[str]]]
"""Focus nodes with their value nodes."""
Find: TypeAlias = Callable[[TripleIndex, Pairs], Iterable[tuple[str, Broken]]]
"""From the data and pairs to what is broken, with the focus nodes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Check:
    """A constraint, compiled, and what it looks at beside the focus nodes and their value nodes.

    *reads* are predicates whose objects it looks up from the focus node, *reads_classes* whether
    it does the classes of the value nodes, and *reads_all* all that is said of these. *lists* are
    the lists of shapes that it puts before the value nodes.
    """

    name: str
    find: Find
    reads: tuple[str, ...] = ()
    reads_classes: bool = False
    reads_all: bool = False
    lists: tuple[tuple[Rule, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """A shape, compiled. *way* is nothing for a node shape, *targets* pairs of a name and an IRI."""

    node: str
    name: str
    severity: str
    message: str
    way: Path | None = None
    path: str = ""
    turtle_path: str = ""
    checks: tuple[Check, ...] = ()
    inner: tuple[Rule, ...] = ()
    queries: tuple[ShapeQuery, ...] = ()
    joins: tuple[Join, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()


def pairs_of(rule: Rule, data: TripleIndex, nodes: Iterable[str]) -> Pairs:
    """The focus nodes *nodes* of *rule* with their value nodes."""
    if rule.way is None:
        return [(node, (node,)) for node in nodes]
    if rule.way.form == "predicate":
        return data.pairs_from(nodes, rule.way.predicate)
    look = looks(rule.way, data)
    return [(node, look(node)) for node in nodes]


def values_in(pairs: Pairs) -> Collection[str]:
    """The value nodes in *pairs*, each once."""
    return dict.fromkeys(chain.from_iterable(map(itemgetter(1), pairs)))


def failing(rule: Rule, data: TripleIndex, nodes: Iterable[str]) -> set[str]:
    """Those of *nodes* that break anything of *rule*."""
    pairs, failed = pairs_of(rule, data, nodes), set[str]()
    for check in rule.checks:
        if wrong := {node for node, _ in check.find(data, pairs)}:
            failed |= wrong
            pairs = [pair for pair in pairs if pair[0] not in wrong]
    for inner in rule.inner:
        if wrong := failing(inner, data, values_in(pairs)):
            failed.update(node for node, values in pairs if not wrong.isdisjoint(values))
            pairs = [pair for pair in pairs if pair[0] not in failed]
    return failed
