"""What follows from the statements of one annotation file, given the registries.

It is what `kg.inference` finds in the store of a whole corpus: the classes above those of a
statement, and the roll-up of its positions. All of it is about the nodes of that file alone, so
that what follows from a corpus is what follows from each of its files, and from the registries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg import records
from kg.dates import bounds
from kg.inference import Axioms, Span, Tie, Ties, counts
from kg.iris import tie_iri
from kg.records import Annotation, Position, Registry, Statement
from kg.terms import PREFIXES, ST, Names, expand

_TYPE: Final = f"<{expand('rdf:type')}>"
_DERIVED: Final = f"<{PREFIXES['prov']}wasDerivedFrom>"
_KINDS: Final = {"position": "Position", "claim": "Claim", "part": "PlanPart"}


@dataclass(frozen=True, slots=True)
class Following:
    """What has to be known to see what follows from a file: the classes above each, the ties of actors."""

    above: dict[str, tuple[str, ...]]
    ties: Ties

    @classmethod
    def make(cls, axioms: Axioms, ties: Ties) -> Following:
        """Take from *axioms* what is about statements."""
        found = {kind: axioms.classes.get(ST + name, set()) for kind, name in _KINDS.items()}
        return cls({kind: tuple(sorted(classes)) for kind, classes in found.items()}, ties)


def ties_of(registries: Iterable[Registry], names: Names) -> Ties:
    """The ties along which positions count, as `kg.inference.read_ties` finds them in a store."""
    actors = [actor for registry in registries for actor in registry.actors]
    kinds = {actor.id: actor.kind for actor in actors}
    found: dict[str, list[Tie]] = {}
    for actor in actors:
        ties = [
            Tie(tie_iri(names, actor.id, path, tie), names.entry("actor", tie.of), _within(tie))
            for path, type_, stated in (
                ("membership", "Membership", actor.memberships),
                ("speaks-for", "Representation", actor.speaks_for),
                ("part-of", "Affiliation", actor.part_of),
            )
            for tie in stated
            if counts(type_, tie.role, actor.kind, kinds.get(tie.of, ""))
        ]
        if ties:
            found[names.entry("actor", actor.id)] = sorted(set(ties))
    return Ties(found)


def _within(tie: records.Tie) -> Span:
    since, until = (bounds(date) if date else None for date in (tie.since, tie.until))
    return Span((since.earliest if since else "") or "", (until.latest if until else "") or "")


def follow(following: Following, names: Names, annotation: Annotation) -> list[str]:
    """The inferred statements as lines of N-Quads."""
    document, coder = annotation.document, annotation.coding.coder
    end = f" <{names.graph('inferred')}> .\n"
    lines: list[str] = []
    statements: tuple[tuple[str, Sequence[Statement]], ...] = (
        ("position", annotation.positions),
        ("claim", annotation.claims),
        ("part", annotation.parts),
    )
    for kind, stated in statements:
        start = names.statement(kind, document.id, coder, "")
        for above in following.above[kind]:
            said = f"> {_TYPE} <{above}>{end}"
            lines += [f"<{start}{record.id}{said}" for record in stated]
    roll = _RollUps(following.ties, names, f"{document.id}/{coder}/", document.published, end)
    for position in annotation.positions:
        lines += roll.up(position)
    return lines


@dataclass(frozen=True, slots=True)
class _RollUps:
    ties: Ties
    names: Names
    reading: str
    published: str
    end: str

    def up(self, position: Position) -> Iterator[str]:
        actors, end = self.names.entry("actor", ""), self.end
        told = position.held or position.uttered or position.published or self.published
        reached = self.ties.reach(actors + position.holder, _span(told))
        if not reached:
            return
        iri = f"<{self.names.entry('position', self.reading + position.id)}>"
        node_start = self.names.entry("rollup", f"{self.reading}{position.id}/")
        for actor, way in reached.items():
            node = f"<{node_start}{actor.rpartition('/')[2]}>"
            origins = "".join(f"{node} {_DERIVED} <{tie}>{end}" for tie in way)
            yield (
                f"{iri} <{ST}countsFor> <{actor}>{end}{node} {_TYPE} <{ST}RollUp>{end}"
                f"{node} <{ST}ofPosition> {iri}{end}{node} <{ST}toActor> <{actor}>{end}"
                f"{node} {_DERIVED} {iri}{end}{origins}"
            )


def _span(date: str) -> Span:
    if not date:
        return Span()
    earliest, latest = bounds(date)
    return Span(earliest or "", latest or "")
