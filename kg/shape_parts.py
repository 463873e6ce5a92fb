"""One part of a body of data, checked alone: a pure function, carried out wherever there is room.

What a part tells is exact, whatever its data are: where they are not as the plan foresees (they
speak of shared nodes, or a rule has to look beyond them), it tells that instead of findings,
and `kg.shape_unions` makes a better plan.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from kg.findings import Finding
from kg.shacl_reference import check_here
from kg.shape_checks import check_rule
from kg.shape_constraints import Rule
from kg.shape_contexts import Context
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_localities import Reads
from kg.terms import Quad, token
from kg.triple_indexes import SUBCLASS, TYPE, Triple, TripleIndex


class Unit(Protocol):
    """Something that is one named graph, such as an annotation file; *digest* stands for all that it says."""

    @property
    def digest(self) -> str:
        """A hash."""

    def nquads(self) -> str:
        """Its statements as canonical N-Quads."""


AnyUnit = TypeVar("AnyUnit", bound=Unit)


@dataclass(frozen=True, slots=True)
class Part(Generic[AnyUnit]):
    """Some units that are checked together; *name* is for messages."""

    name: str
    units: tuple[AnyUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a part tells.

    *nodes* are its own nodes, many under one name: no two parts may have one in common. *classes*
    are the classes of its nodes. If it has *leaks*, statements about shared nodes, it tells nothing
    else. *opened* are the rules (their nodes) that it would have to look beyond itself for, or that
    lead to shared nodes nobody thought of; *refuted* for each refutable rule the numbers of the
    nodes that it refutes; *seen* what it has for the rules that look beyond.
    """

    findings: tuple[Finding, ...] = ()
    nodes: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    leaks: tuple[Triple, ...] = ()
    opened: frozenset[str] = frozenset()
    refuted: dict[str, tuple[int, ...]] = field(default_factory=dict)
    seen: dict[str, tuple[Triple, ...]] = field(default_factory=dict)


def check_part(context: Context, part: Part[AnyUnit]) -> Told:
    """Check *part* in the light of *context*."""
    with _without_collecting():
        return _check(context, part)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no cycles: there are none in an index, and to look takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check(context: Context, part: Part[AnyUnit]) -> Told:
    triples, leaks = _divide(context, (each for unit in part.units for each in read_triples(unit.nquads())))
    if leaks:
        return Told(leaks=tuple(sorted(set(leaks))))
    return _Checking(context, TripleIndex(triples, base=context.index)).told()


def read_triples(text: str) -> Iterable[Triple]:
    r"""Take apart canonical N-Quads of one graph or of several.

    >>> list(read_triples('<urn:s> <urn:p> "o o"@en <urn:g> .\n'))
    [('<urn:s>', '<urn:p>', '"o o"@en')]
    """
    if not text:
        return ()
    end = text[text.rfind(" <") :]  # of one graph all lines end alike: one cut takes them apart
    lines = text.split(end)
    if len(lines) - 1 == text.count("\n"):
        return (_triple(line) for line in lines[:-1])
    return (_triple(line.rsplit(" ", 2)[0]) for line in text.removesuffix("\n").split("\n"))


def _triple(line: str) -> Triple:
    subject, predicate, object_ = line.split(" ", 2)
    return subject, predicate, object_


def _divide(context: Context, triples: Iterable[Triple]) -> tuple[list[Triple], list[Triple]]:
    """The triples about own nodes, and those about shared ones that the context does not have."""
    own, leaks, shared = [], [], context.shared
    for triple in triples:
        if triple[0] in shared or triple[1] == SUBCLASS:
            if context.index.same_object(triple[2]) not in context.index.objects(*triple[:2]):
                leaks.append(triple)
        else:
            own.append(triple)
    return own, leaks


class _Checking:
    """The work on one part."""

    def __init__(self, context: Context, own: TripleIndex) -> None:
        self._context = context
        self._own = own
        self._objects = {each: self._objects_of(each) for each in own.predicates}

    def _objects_of(self, predicate: str) -> set[str]:
        return set().union(*self._own.links(predicate).values())

    def told(self) -> Told:
        """Check the part."""
        seen, opened, refuted = dict[str, tuple[Triple, ...]](), set[str](), {}
        for each in self._context.beyond:
            seen[each.rule.node], is_wide = self._reach(each.reads, [], each.seeds)
            opened |= {each.rule.node} if is_wide else set()
        for rule, candidates in self._context.refutable:
            refuted[rule.node] = self._refuted(rule, candidates)
        findings = self._findings(seen, opened)
        return Told(
            findings=tuple(findings),
            nodes=self._nodes(),
            classes=frozenset(self._objects.get(TYPE, set()) - self._context.shared),
            opened=frozenset(opened),
            refuted=refuted,
            seen={node: triples for node, triples in seen.items() if triples},
        )

    # ------------------------------------------------------------ nodes

    def _nodes(self) -> frozenset[str]:
        """The own nodes; those of one reading of one document go by its name."""
        named = set[str]().union(*(self._own.links(each) for each in self._own.predicates))
        for predicate, objects in self._objects.items():
            if predicate != TYPE:
                named |= {each for each in objects if each[0] != '"'}
        base = "<" + self._context.base_iri
        return frozenset(node_key(each, base) for each in named - self._context.shared)

    def _focus(self, rule: Rule) -> Collection[str]:
        """The own focus nodes of *rule*, whose targets are classes or subjects."""
        nodes: dict[str, None] = {}
        for name, told in rule.targets:
            if name == "sh:targetClass":
                for class_ in self._context.index.classes(told):
                    if class_ in self._objects.get(TYPE, ()):
                        nodes |= dict.fromkeys(self._own.subjects_here(TYPE, class_))
            else:
                nodes |= dict.fromkeys(self._own.links(told))
        return nodes

    # ------------------------------------------------------------ findings

    def _findings(self, seen: dict[str, tuple[Triple, ...]], opened: set[str]) -> list[Finding]:
        owned = {each for each in self._context.mentioned if self._is_owned(each)}
        found, left = list[Finding](), set[str]()
        for rule in self._context.rules:
            focus = self._focus(rule)
            reads = self._context.reads(rule, owned)
            if rule.node in self._context.wide:
                reads = _joined(reads, self._context.reads(rule, ()))
                seen[rule.node], _ = self._reach(reads, focus, None, targets=rule.targets)
            elif focus and not reads.is_closed:
                opened.add(rule.node)
            elif focus:
                try:
                    found += check_rule(rule, self._own, focus)
                except UnsupportedShapeError:
                    left.add(rule.node[1:-1])
        return [*found, *(self._by_reference(left) if left else ())]

    def _is_owned(self, predicate: str) -> bool:
        objects = self._objects.get(predicate, set())
        return objects.isdisjoint(self._context.shared) and not any(each[0] == '"' for each in objects)

    def _by_reference(self, left: Collection[str]) -> Iterator[Finding]:
        """What pySHACL finds for the shapes that are *left* to it."""
        stated = [*self._own.triples(), *self._context.index.triples()]
        quads = [Quad(*each, "") for each in stated]
        for finding in check_here(quads, shapes=self._context.shapes, only=left):
            if (focus := token(finding.focus))[0] != '"' and focus not in self._context.shared:
                yield finding

    def _refuted(self, rule: Rule, candidates: tuple[str, ...]) -> tuple[int, ...]:
        """The numbers of those of *candidates* that do not break *rule* any more, given this part."""
        some = set(candidates)
        witnesses = [
            (next(iter(self._own.subjects_here(predicate, node))), predicate, node)
            for predicate, objects in self._objects.items()
            for node in sorted(some & objects)
        ]
        asked = {node for _, _, node in witnesses}
        small = TripleIndex(witnesses, base=self._context.index)
        left = {token(each.focus) for each in check_rule(rule, small, sorted(asked))} if asked else set()
        return tuple(number for number, node in enumerate(candidates) if node in asked and node not in left)

    # ------------------------------------------------------------ what rules may look at

    def _reach(
        self,
        reads: Reads,
        focus: Collection[str],
        seeds: frozenset[str] | None,
        *,
        targets: Iterable[tuple[str, str]] = (),
    ) -> tuple[tuple[Triple, ...], bool]:
        """All that a rule gets to from the own nodes *focus* and the shared nodes *seeds* (none: any).

        Also whether it gets to shared nodes that are no seeds, from where other parts could lead on.
        """
        own, found, strays = self._own, dict[Triple, None](), False
        waiting = [*focus]
        for predicate in own.predicates if reads.into else reads.backward:
            objects = self._objects.get(predicate, set())
            begin = (
                objects & seeds
                if seeds is not None
                else {each for each in objects if each[0] == '"' or each in self._context.shared}
            )
            for end in begin:
                subjects = own.subjects_here(predicate, end)
                found |= dict.fromkeys((subject, predicate, end) for subject in subjects)
                waiting += subjects
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            for triple in self._around(reads, node):
                found[triple] = None
                for end in (triple[0], triple[2]):
                    if end[0] == '"' or end in self._context.shared:
                        strays = strays or (seeds is not None and end not in seeds)
                    elif end not in seen:
                        seen.add(end)
                        waiting.append(end)
        for name, told in targets:
            predicate = TYPE if name == "sh:targetClass" else told
            for node in focus:
                values = own.links(predicate).get(node, ())
                found |= dict.fromkeys((node, predicate, value) for value in values)
        return tuple(sorted(found)), strays

    def _around(self, reads: Reads, node: str) -> Iterator[Triple]:
        own = self._own
        for predicate in own.predicates if reads.about else reads.onward:
            for value in own.links(predicate).get(node, ()):
                yield node, predicate, value
        for predicate in own.predicates if reads.into else reads.backward:
            for subject in own.subjects_here(predicate, node):
                yield subject, predicate, node


def _joined(one: Reads, other: Reads) -> Reads:
    return Reads(
        is_closed=False,
        onward=one.onward | other.onward,
        backward=one.backward | other.backward,
        about=one.about or other.about,
        into=one.into or other.into,
    )


_READING: Final = 3  # a kind, a document and a coder stand before the rest in the IRI of a statement


def node_key(node: str, base: str) -> str:
    """The name for *node* and others that come with it, where nodes of data begin with *base*.

    >>> node_key("<https://e.org/position/may/ada/p1/attribution/2>", "<https://e.org/")
    'may/ada'
    >>> node_key("<https://e.org/document/may>", "<https://e.org/")
    '<https://e.org/document/may>'
    """
    if not node.startswith(base):
        return node
    steps = node[len(base) : -1].split("/", _READING)
    return "/".join(steps[1:_READING]) if len(steps) >= _READING else node
