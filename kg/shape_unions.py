"""Data checked part by part: the parts planned, checked wherever there is room, and put together.

The findings are those of a check of all data at once, however the data are divided and in
however many processes they are checked: parts that turn out to have nodes in common become
one, and what a part says of shared nodes becomes known to all, before anything is concluded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias

from kg.findings import Finding
from kg.shacl_reference import check_here
from kg.shape_checks import check_rule, focus_of
from kg.shape_constraints import Rule
from kg.shape_contexts import Context, background
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_parts import AnyUnit, Part, Told, check_part, node_key
from kg.terms import Quad, token
from kg.triple_indexes import Triple, TripleIndex

Map: TypeAlias = Callable[
    [Callable[[Context, Part[Any]], Told], Iterable[Part[Any]], Context], Iterator[Told]
]
"""Has a function carried out for each part, its first argument being the context; results in order."""


class Memory(Protocol):
    """What was told before, by key."""

    def get(self, key: str) -> Told | None:
        """What was told under *key*."""

    def put(self, key: str, told: Told) -> None:
        """Keep what was told."""


class Forgetful:
    """A memory that keeps nothing."""

    def get(self, key: str) -> Told | None:
        """Nothing."""

    def put(self, key: str, told: Told) -> None:
        """Forget *told*."""


@dataclass(frozen=True, slots=True)
class Found(Generic[AnyUnit]):
    """A finding, and the units that tell of its focus node, none where it is a shared one."""

    finding: Finding
    units: tuple[AnyUnit, ...]


def here(
    function: Callable[[Context, Part[Any]], Told], parts: Iterable[Part[Any]], context: Context
) -> Iterator[Told]:
    """Do the work in this process."""
    return (function(context, part) for part in parts)


def check_parts(
    context: Context, parts: Sequence[Part[AnyUnit]], *, map_: Map = here, memory: Memory | None = None
) -> list[Found[AnyUnit]]:
    """Check *parts*, which may turn out to be fewer, against the shapes of a divisible *context*."""
    known: dict[str, Told] = {}
    while True:
        told = list(_tell(context, parts, map_, memory or Forgetful(), known))
        if leaks := {triple for each in told for triple in each.leaks}:
            context, known = context.with_more(sorted(leaks), ()), {}
            continue
        if opened := {node for each in told for node in each.opened}:
            context, known = context.with_more((), opened), {}
            continue
        joined = _join(parts, told)
        if len(joined) == len(parts):
            return [*_of_parts(parts, told), *_of_all(context, parts, told)]
        parts = joined


def _tell(
    context: Context, parts: Sequence[Part[AnyUnit]], map_: Map, memory: Memory, known: dict[str, Told]
) -> Iterator[Told]:
    """What each part tells, checking only those of which that is not known."""
    keys = [_key(context, part) for part in parts]
    for key in keys:
        if key not in known and (kept := memory.get(key)) is not None:
            known[key] = kept
    new = {key: part for key, part in zip(keys, parts, strict=True) if key not in known}
    for key, told in zip(new, map_(check_part, new.values(), context) if new else (), strict=True):
        known[key] = told
        memory.put(key, told)
    for key in keys:
        yield known[key]


def _key(context: Context, part: Part[AnyUnit]) -> str:
    digests = sorted(unit.digest for unit in part.units)
    return hashlib.sha256("\n".join([context.key, *digests]).encode()).hexdigest()


# ---------------------------------------------------------------- parts with nodes in common


def _join(parts: Sequence[Part[AnyUnit]], told: Sequence[Told]) -> list[Part[AnyUnit]]:
    """Make one of parts that have nodes in common, or of which one tells of a class of the other."""
    groups = Groups(len(parts))
    owner: dict[str, int] = {}
    for number, each in enumerate(told):
        for node in each.nodes:
            groups.join(owner.setdefault(node, number), number)
    for number, each in enumerate(told):
        for class_ in each.classes:
            groups.join(owner.get(class_, number), number)
    return [join_parts([parts[number] for number in group]) for group in groups.all()]


def join_parts(parts: Sequence[Part[AnyUnit]]) -> Part[AnyUnit]:
    """Several parts as one."""
    return Part(parts[0].name, tuple(unit for part in parts for unit in part.units))


class Groups:
    """Numbers from 0 in groups.

    >>> groups = Groups(4)
    >>> groups.join(0, 2)
    >>> groups.all()
    [[0, 2], [1], [3]]
    """

    def __init__(self, count: int) -> None:
        self._first = list(range(count))

    def _find(self, number: int) -> int:
        while self._first[number] != number:
            self._first[number] = number = self._first[self._first[number]]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        one, other = sorted((self._find(one), self._find(other)))
        self._first[other] = one

    def all(self) -> list[list[int]]:
        """The groups, each in order."""
        found: dict[int, list[int]] = {}
        for number in range(len(self._first)):
            found.setdefault(self._find(number), []).append(number)
        return list(found.values())


# ---------------------------------------------------------------- findings


def _of_parts(parts: Sequence[Part[AnyUnit]], told: Sequence[Told]) -> Iterator[Found[AnyUnit]]:
    for part, each in zip(parts, told, strict=True):
        for finding in each.findings:
            yield Found(finding, part.units)


def _of_all(
    context: Context, parts: Sequence[Part[AnyUnit]], told: Sequence[Told]
) -> Iterator[Found[AnyUnit]]:
    """What is found at shared focus nodes, and by the rules that no part can check alone."""
    base = "<" + context.base_iri
    owner = {node: part for part, each in zip(parts, told, strict=True) for node in each.nodes}
    for finding in _check_all(context, told):
        part = owner.get(node_key(token(finding.focus), base))
        yield Found(finding, part.units if part else ())


def _check_all(context: Context, told: Sequence[Told]) -> Iterator[Finding]:
    refuted = {
        rule.node: {nodes[number] for each in told for number in each.refuted.get(rule.node, ())}
        for rule, nodes in context.refutable
    }
    left: list[Rule] = []
    for rule in context.rules:
        seen = [triple for each in told for triple in each.seen.get(rule.node, ())]
        data, focus = _data_for(context, rule, seen)
        try:
            for finding in check_rule(rule, data, focus):
                if token(finding.focus) not in refuted.get(rule.node, ()):
                    yield finding
        except UnsupportedShapeError:
            if seen:
                yield from _by_reference(context, [rule], data, focus)
            else:
                left.append(rule)
    shared = {node for rule in left for node in context.focus[rule.node]}
    yield from _by_reference(context, left, context.index, shared) if left else ()


def _data_for(context: Context, rule: Rule, seen: Sequence[Triple]) -> tuple[TripleIndex, Collection[str]]:
    """What *rule* is to look at, and its focus nodes there."""
    data = TripleIndex(seen, base=context.index) if seen else context.index
    if rule.node not in context.wide:
        return data, context.focus[rule.node]
    return data, [node for node in focus_of(rule, data) if node not in background()[1]]


def _by_reference(
    context: Context, rules: Sequence[Rule], data: TripleIndex, focus: Collection[str]
) -> Iterator[Finding]:
    """What pySHACL finds at the nodes *focus*."""
    layers = [data, data.base] if data.base else [data]
    chosen = set(focus)
    found = check_here(
        [Quad(*triple, "") for layer in layers for triple in layer.triples()],
        shapes=context.shapes,
        only={rule.node[1:-1] for rule in rules},
    )
    return (finding for finding in found if token(finding.focus) in chosen)
