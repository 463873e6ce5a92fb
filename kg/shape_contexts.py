"""What the parts of a body of data share when each is checked against the shapes alone.

The context holds all that is said of shared nodes: the registries and settings of a corpus,
the vocabularies, the order of classes. See `kg.shape_localities` for what follows from that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from kg import engine as engines
from kg.errors import StoreError
from kg.files import ontology_dir
from kg.shape_checks import check_rule, focus_of
from kg.shape_constraints import Rule
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError
from kg.shape_localities import Reads, can_be_refuted, reads_of_own, reads_of_shared, undecided
from kg.shape_rules import Rules, compile_rules
from kg.terms import token
from kg.triple_indexes import SUBCLASS, TYPE, Triple, TripleIndex
from kg.version import VERSION


@lru_cache(maxsize=4)
def rules_of(shapes: Path | None) -> Rules | None:
    """The rules of a file of shapes, the ontology's own by default, if it can be compiled."""
    try:
        return compile_rules(ShapeGraph(engines.turtle(shapes or ontology_dir() / "shapes.ttl")))
    except (UnsupportedShapeError, StoreError):
        return None


@cache
def background() -> tuple[list[Triple], frozenset[str]]:
    """The vocabularies and the subclasses that data leans on, and the nodes they describe."""
    triples: list[Triple] = [(*each,) for each in engines.turtle(ontology_dir() / "vocabularies.ttl")]
    described = frozenset(subject for subject, _, _ in triples)
    core = engines.turtle(ontology_dir() / "core.ttl")
    triples += [
        (*each,) for each in core if each.predicate == SUBCLASS and each.subject[0] == each.object[0] == "<"
    ]
    return triples, described


@cache
def fingerprint() -> str:
    """A hash of this very software and of its ontology: findings of another are not its own."""
    told = hashlib.sha256(VERSION.encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(ontology_dir().glob("*.ttl"))):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


@dataclass(frozen=True, slots=True)
class Beyond:
    """A rule that looks beyond the context at some shared focus nodes, from the nodes *seeds* on."""

    rule: Rule
    reads: Reads
    seeds: frozenset[str]


_UNKEPT: Final = ("triples", "base_iri", "shapes", "wide", "digest")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What all parts share: *triples* beside the vocabularies; the nodes of data begin with *base_iri*.

    Of the *wide* rules (their nodes) no part can check a focus node alone; each tells what it
    has that they may look at. *digest* stands for the software and for the *shapes*.
    """

    triples: tuple[Triple, ...]
    base_iri: str
    shapes: Path | None = None
    wide: frozenset[str] = frozenset()
    digest: str = field(default="")

    def __getstate__(self) -> dict[str, Any]:
        """Only what the rest is made of goes to other processes."""
        return {name: getattr(self, name) for name in _UNKEPT}

    def with_more(self, triples: Collection[Triple], wide: Collection[str]) -> Context:
        """The context with more *triples*, and with more rules that no part can check alone."""
        return replace(self, triples=(*self.triples, *triples), wide=self.wide | set(wide))

    @cached_property
    def key(self) -> str:
        """A hash of all that the findings in a part depend on beside the part itself."""
        told = hashlib.sha256(f"{fingerprint()} {self.digest} {self.base_iri}".encode())
        if self.shapes:
            told.update(b"shapes\0" + self.shapes.read_bytes())
        for text in (*sorted({"\t".join(each) for each in self.triples}), "", *sorted(self.wide)):
            told.update(text.encode() + b"\n")
        return told.hexdigest()

    # ------------------------------------------------------------ the data

    @cached_property
    def index(self) -> TripleIndex:
        """The triples of the context and the vocabularies."""
        return TripleIndex([*self.triples, *background()[0]])

    @cached_property
    def shared(self) -> frozenset[str]:
        """The nodes that the context tells of, or mentions; literals are shared, too, and left out here."""
        ends = {end for s, _, o in self.index.triples() for end in (s, o)}
        return frozenset(end for end in ends if end[0] != '"')

    # ------------------------------------------------------------ the rules

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules.

        Raises:
            UnsupportedShapeError: some shapes could not be compiled.
        """
        rules = rules_of(self.shapes)
        if rules is None or rules.left:
            raise UnsupportedShapeError("not all shapes are compiled")
        return rules.rules

    @cached_property
    def is_divisible(self) -> bool:
        """Whether data can be checked against these shapes part by part."""
        try:
            return all(reads_of_own(rule, ()) and reads_of_shared(rule) for rule in self.rules)
        except UnsupportedShapeError:
            return False

    @cached_property
    def _own_reads(self) -> dict[tuple[str, frozenset[str]], Reads]:
        return {}

    def reads(self, rule: Rule, owned: Collection[str]) -> Reads:
        """What *rule* reads from an own node, where *owned* predicates lead to own nodes only."""
        known = (rule.node, frozenset(owned) & self._mentioned(rule))
        if known not in self._own_reads:
            self._own_reads[known] = reads_of_own(rule, known[1])
        return self._own_reads[known]

    @cached_property
    def _mentions(self) -> dict[str, frozenset[str]]:
        told = {}
        for rule in self.rules:
            reads = reads_of_own(rule, ())
            # What is closed whatever the data are does not have to be looked at in them.
            told[rule.node] = frozenset() if reads.is_closed else reads.onward - {TYPE}
        return told

    def _mentioned(self, rule: Rule) -> frozenset[str]:
        return self._mentions[rule.node]

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The predicates of which it matters whether they lead to own nodes."""
        return frozenset().union(*self._mentions.values())

    @cached_property
    def focus(self) -> dict[str, list[str]]:
        """For each rule, by its node, the shared focus nodes, those of the vocabularies left out."""
        described = background()[1]
        return {
            rule.node: [node for node in focus_of(rule, self.index) if node not in described]
            for rule in self.rules
        }

    @cached_property
    def refutable(self) -> tuple[tuple[Rule, tuple[str, ...]], ...]:
        """Rules that a part can refute, and the nodes (in order) that break them in the context alone."""
        found = []
        for rule in self.rules:
            if rule.node not in self.wide and not reads_of_shared(rule).is_closed and can_be_refuted(rule):
                with suppress(UnsupportedShapeError):
                    broken = check_rule(rule, self.index, self.focus[rule.node])
                    found.append((rule, tuple(sorted({token(each.focus) for each in broken}))))
        return tuple(found)

    @cached_property
    def beyond(self) -> tuple[Beyond, ...]:
        """The other rules that look beyond the context at shared focus nodes."""
        refutable = {rule.node for rule, _ in self.refutable}
        found = []
        for rule in self.rules:
            reads = reads_of_shared(rule)
            if not reads.is_closed and rule.node not in self.wide | refutable:
                nodes = self.focus[rule.node]
                with suppress(UnsupportedShapeError):
                    nodes = undecided(rule, self.index, nodes)
                if nodes:
                    found.append(Beyond(rule, reads, self._reached(reads, nodes)))
        return tuple(found)

    def _reached(self, reads: Reads, nodes: Collection[str]) -> frozenset[str]:
        """*nodes*, and where a rule gets to from them in the context."""
        found, waiting = set(nodes), list(nodes)
        while waiting:
            node = waiting.pop()
            ends = [value for each in reads.onward for value in self.index.objects(node, each)]
            ends += [subject for each in reads.backward for subject in self.index.subjects(each, node)]
            ends += [value for _, value in self.index.about(node)] if reads.about else []
            ends += [subject for subject, _ in self.index.into(node)] if reads.into else []
            new = [end for end in ends if end not in found]
            found.update(new)
            waiting += new
        return frozenset(found)
