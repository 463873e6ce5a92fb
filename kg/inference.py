"""What follows from the statements of a corpus, as quads of a graph of its own.

Two kinds: what the axioms of ``ontology/core.ttl`` entail (superclasses, super-properties,
symmetric and transitive properties, and `skos:broaderTransitive`), and the roll-up of
positions along the dated ties of their holders. ``docs/entailment.md`` says why these
are written down and what is left to property paths. Nothing that a file states is
repeated, so that a pattern does not match twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from kg import engine
from kg.engine import Engine
from kg.terms import PREFIXES, SOFTWARE, ST, XSD, Names, Quad, expand
from kg.version import VERSION

_Pair: TypeAlias = tuple[str, str]
_Statement: TypeAlias = tuple[str, str, str]
_PREFIXES: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("st", "prov", "skos", "rdf"))


def infer(store: Engine, names: Names, ontology: Path) -> Iterator[Quad]:
    """The inferred statements of *store*, in a stable order; *ontology* is the file of the core terms.

    Raises:
        StoreError: *ontology* is malformed, or the store is damaged.
    """
    graph = names.graph("inferred")
    yield from _describe(store, graph)
    seen: set[_Statement] = set()
    for triple in chain(_entail(Facts(store, graph), Axioms.read(ontology)), _roll_up(store, names)):
        if triple not in seen:
            seen.add(triple)
            yield _quad(*triple, graph)


def _quad(subject: str, predicate: str, object_: str, graph: str) -> Quad:
    # Whatever comes here was read from a store or minted from it, so that it needs no check.
    return Quad(f"<{subject}>", f"<{predicate}>", f"<{object_}>", f"<{graph}>")


def _describe(store: Engine, graph: str) -> Iterator[Quad]:
    yield _quad(graph, expand("rdf:type"), ST + "Graph", graph)
    yield Quad(f"<{graph}>", f"<{ST}inferred>", f'"true"^^<{XSD}boolean>', f"<{graph}>")
    yield Quad(f"<{graph}>", f"<{ST}loadedBy>", f'"{VERSION}"', f"<{graph}>")
    yield _quad(graph, expand("prov:wasAttributedTo"), SOFTWARE + VERSION, graph)
    yield from derivations(Names(graph.removesuffix("graph/inferred")), engine.graphs(store))


def derivations(names: Names, graphs: Iterable[str]) -> Iterator[Quad]:
    """Tell that what is inferred was derived from *graphs*, as far as they are of the corpus."""
    inferred = names.graph("inferred")
    for graph in graphs:
        if graph != inferred and graph.startswith(inferred.removesuffix("inferred")):
            yield _quad(inferred, expand("prov:wasDerivedFrom"), graph, inferred)


# ---------------------------------------------------------------- axioms


def closure(pairs: Iterable[_Pair]) -> dict[str, set[str]]:
    """What can be reached from each node along *pairs* in one step or more, the node itself left out.

    >>> sorted(closure([("a", "b"), ("b", "c"), ("c", "b")])["a"])
    ['b', 'c']
    """
    steps: defaultdict[str, set[str]] = defaultdict(set)
    for start, end in pairs:
        steps[start].add(end)
    reached: dict[str, set[str]] = {}
    for start in steps:
        found, waiting = set(), list(steps[start])
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(steps.get(node, ()))
        reached[start] = found - {start}
    return reached


@dataclass(frozen=True, slots=True)
class Axioms:
    """The axioms between named terms: what is above each class and property, and kinds of properties."""

    classes: dict[str, set[str]]
    properties: dict[str, set[str]]
    symmetric: tuple[str, ...]
    transitive: tuple[str, ...]

    @classmethod
    def read(cls, ontology: Path) -> Axioms:
        """Read them from a Turtle file.

        Raises:
            StoreError: it is malformed.
        """
        found: defaultdict[str, list[_Pair]] = defaultdict(list)
        for subject, predicate, object_ in engine.turtle(ontology):
            if subject.startswith("<") and object_.startswith("<"):
                found[predicate[1:-1]].append((subject[1:-1], object_[1:-1]))
        kinds = found[expand("rdf:type")]
        return cls(
            closure(found[expand("rdfs:subClassOf")]),
            closure(found[expand("rdfs:subPropertyOf")]),
            tuple(sorted(term for term, kind in kinds if kind == expand("owl:SymmetricProperty"))),
            tuple(sorted(term for term, kind in kinds if kind == expand("owl:TransitiveProperty"))),
        )


@dataclass(frozen=True)
class Facts:
    """What files state, read once for each property; what was *inferred* before does not count."""

    store: Engine
    inferred: str
    _links: dict[str, set[_Pair]] = field(default_factory=dict)

    def links(self, property_: str) -> set[_Pair]:
        """The pairs of IRIs that *property_* links."""
        if property_ not in self._links:
            self._links[property_] = engine.links(self.store, property_, hidden=self.inferred)
        return self._links[property_]

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """The nodes of each class."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for node, class_ in self.links(expand("rdf:type")):
            found[class_].add(node)
        return found


def _entail(facts: Facts, axioms: Axioms) -> Iterator[_Statement]:
    """Apply the axioms once each, in an order in which none has to be applied again."""
    type_ = expand("rdf:type")
    for class_, above in sorted(axioms.classes.items()):
        for one in sorted(above):
            for node in sorted(facts.members.get(class_, set()) - facts.members.get(one, set())):
                yield node, type_, one
    inherited: defaultdict[str, set[_Pair]] = defaultdict(set)
    for property_, above in sorted(axioms.properties.items()):
        for one in sorted(above):
            inherited[one] |= facts.links(property_) - facts.links(one)
    for property_ in axioms.symmetric:
        inherited[property_] |= {(b, a) for a, b in facts.links(property_)} - facts.links(property_)
    for property_ in axioms.transitive:
        inherited[property_] |= _close(facts.links(property_) | inherited[property_])
        inherited[property_] -= facts.links(property_)
    broader = _close(facts.links(expand("skos:broader")))
    inherited[expand("skos:broaderTransitive")] = broader - facts.links(expand("skos:broaderTransitive"))
    for property_, pairs in sorted(inherited.items()):
        for start, end in sorted(pairs):
            yield start, property_, end


def _close(pairs: Iterable[_Pair]) -> set[_Pair]:
    return {(start, end) for start, ends in closure(pairs).items() for end in ends}


# ---------------------------------------------------------------- roll-up


class Span(NamedTuple):
    """From the first to the last possible day, ISO dates; an empty one is open."""

    earliest: str = ""
    latest: str = ""

    def meets(self, other: Span) -> bool:
        """Whether some day can be in both.

        >>> Span("2019-03-01", "2024-05-31").meets(Span("2024-05-10", ""))
        True
        >>> Span("", "2022-12-31").meets(Span("2023-01-01", "2023-01-01"))
        False
        """
        return not (
            (self.latest and other.earliest and self.latest < other.earliest)
            or (other.latest and self.earliest and other.latest < self.earliest)
        )


class Tie(NamedTuple):
    """A dated tie along which positions count."""

    iri: str
    to: str
    span: Span


_BODIES: Final = frozenset(("state", "government", "institution", "international-organisation"))
_POWERS: Final = frozenset(("state", "government"))


def counts(tie: str, role: str, kind: str, of: str) -> bool:
    """Whether what one actor says counts for another that it is tied to.

    *tie* is the class of the tie without its namespace, *kind* the kind of the one actor, *of* that of
    the other. Who speaks for somebody always does. An office (a membership with a *role*) does in a
    state or a government. A part does for a body that can act, but a state is more than a part: its
    position is not that of the union it is in. Nobody's position is that of an alliance, a
    collective or an opinion group, unless he speaks for it.

    >>> counts("Membership", "mayor", "person", "government")
    True
    >>> counts("Membership", "member", "state", "alliance")
    False
    """
    if tie == "Representation":
        return True
    if tie == "Membership":
        return bool(role) and kind not in _POWERS and of in _POWERS
    return of in (_POWERS if kind in _POWERS else _BODIES)


@dataclass(frozen=True)
class Ties:
    """The ties along which positions count, by the actor whose they are."""

    by_actor: dict[str, list[Tie]]
    _known: dict[tuple[str, Span], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def reach(self, actor: str, when: Span) -> dict[str, tuple[str, ...]]:
        """The others for whom *actor*'s position of the time *when* counts, each with the ties on the way.

        Each tie must allow a day of *when*. Of several ways the shortest is told, and
        of these the first by the IRIs of its ties.
        """
        key = (actor, when)
        if key not in self._known:
            self._known[key] = self._search(actor, when)
        return self._known[key]

    def _search(self, actor: str, when: Span) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {actor: ()}
        edge = [actor]
        while edge:
            steps: dict[str, tuple[str, ...]] = {}
            for node in edge:
                for tie in self.by_actor.get(node, ()):
                    way = (*found[node], tie.iri)
                    if tie.span.meets(when) and tie.to not in found:
                        steps[tie.to] = min(way, steps.get(tie.to, way))
            found |= steps
            edge = sorted(steps)
        del found[actor]
        return found


def _roll_up(store: Engine, names: Names) -> Iterator[_Statement]:
    reading = _Reading(store)
    start = len(names.entry("position", ""))
    for position, holder in sorted(engine.links(store, ST + "heldBy")):
        reached = reading.ties.reach(holder, reading.times.get(position, Span()))
        for actor in sorted(reached):
            yield position, ST + "countsFor", actor
            node = names.entry("rollup", f"{position[start:]}/{actor.rpartition('/')[2]}")
            yield node, expand("rdf:type"), ST + "RollUp"
            yield node, ST + "ofPosition", position
            yield node, ST + "toActor", actor
            for origin in (position, *reached[actor]):
                yield node, expand("prov:wasDerivedFrom"), origin


def read_ties(store: Engine) -> Ties:
    """The ties in *store* along which positions count."""
    slug = {node: kind.rpartition("/")[2] for node, kind in engine.links(store, ST + "hasKind")}
    query = """SELECT DISTINCT ?tie ?type ?of ?to ?role ?since ?until {
        ?tie a ?type ; st:tieOf ?of ; st:tieTo ?to
        FILTER(?type IN (st:Membership, st:Representation, st:Affiliation))
        OPTIONAL { ?tie st:inRole ?role }
        OPTIONAL { ?tie st:sinceEarliest ?since } OPTIONAL { ?tie st:untilLatest ?until }
    }"""
    found: defaultdict[str, set[Tie]] = defaultdict(set)
    for row in engine.select(store, _PREFIXES + query):
        tie, type_, of, to, role, since, until = ("" if term is None else str(term) for term in row)
        if counts(type_.removeprefix(ST), role, slug.get(of, ""), slug.get(to, "")):
            found[of].add(Tie(tie, to, Span(since, until)))
    return Ties({actor: sorted(ties) for actor, ties in found.items()})


@dataclass(frozen=True)
class _Reading:
    """What the roll-up needs to know of a store."""

    store: Engine

    @cached_property
    def ties(self) -> Ties:
        return read_ties(self.store)

    @cached_property
    def times(self) -> dict[str, Span]:
        """When each position was taken: as held, else as uttered, else as published."""
        times: dict[str, Span] = {}
        for name in ("published", "uttered", "held"):
            query = f"""SELECT DISTINCT ?position ?earliest ?latest {{
                ?position st:heldBy ?holder ; st:{name} ?when .
                OPTIONAL {{ ?position st:{name}Earliest ?earliest }}
                OPTIONAL {{ ?position st:{name}Latest ?latest }}
            }}"""
            for row in engine.select(self.store, _PREFIXES + query):
                position, earliest, latest = ("" if term is None else str(term) for term in row)
                times[position] = Span(earliest, latest)
        return times
