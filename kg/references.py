"""What the records of a corpus say about each other: references by slug, and hierarchies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from kg import fields
from kg.errors import Place
from kg.fields import Many, Shape
from kg.kinds import REGISTERED, Kind
from kg.records import Annotation, Entry, Issue, Proposal, Record, Registry, Source

_PLURALS: Final = {kind: kind + "s" for kind in REGISTERED}

Graph: TypeAlias = dict[str, list[tuple[str, str, Place]]]
"""Slug, and the slugs it leads to, each with path in the corpus and place."""


class Reference(NamedTuple):
    """That a record names the entry *slug* of a *kind*, and where."""

    kind: str
    slug: str
    place: Place


def references(record: Record, shape: Shape) -> Iterator[Reference]:
    """Go through the references of *record*, and of the records in it, to registry entries.

    >>> from kg.records import Issue
    >>> [each.slug for each in references(Issue(id="a", label="A", broader=("b",)), fields.ISSUE_SHAPE)]
    ['b']
    """
    for field in shape.fields:
        value = getattr(record, field.key, None)
        if not value or field.draft:
            continue
        of = field.value.of if isinstance(field.value, Many) else field.value
        if isinstance(of, Shape):
            for inner in value if isinstance(value, tuple) else (value,):
                yield from references(inner, of)
        elif of.refers_to in REGISTERED:
            yield from _name(record, field.key, value, of)


def _name(record: Record, key: str, value: str | tuple[str, ...], kind: Kind) -> Iterator[Reference]:
    if isinstance(value, str):
        yield Reference(kind.refers_to, value, record.keys.get(key, record.at))
        return
    for number, slug in enumerate(value):
        if slug:
            yield Reference(kind.refers_to, slug, record.keys.get(f"{key}.{number}", record.at))


def entries(registry: Registry) -> Iterator[tuple[str, Entry]]:
    """Go through the entries of a registry, each with its kind."""
    for kind, plural in _PLURALS.items():
        for entry in getattr(registry, plural):
            yield kind, entry


def references_of(source: Source) -> Iterator[Reference]:
    """Go through the references of one file to registry entries."""
    if isinstance(source.content, Registry):
        yield from references(source.content, fields.REGISTRY)
    elif isinstance(source.content, Annotation):
        yield from references(source.content, fields.ANNOTATION)


def place_of(record: Record, key: str) -> Place:
    """Tell where the value of *key* stands, or else the record."""
    return record.keys.get(key, record.at)


def hierarchies(sources: Iterable[Source]) -> Iterator[tuple[str, Graph]]:
    """Make the graphs that may have no cycles."""
    broader: dict[str, Graph] = {"issue": {}, "proposal": {}}
    part_of: Graph = {}
    plans: Graph = {}
    for source in sources:
        if isinstance(source.content, Registry):
            for issue in source.content.issues:
                broader["issue"][issue.id] = _edges(source, issue, issue.broader)
            for proposal in source.content.proposals:
                broader["proposal"][proposal.id] = _edges(source, proposal, proposal.broader)
            for actor in source.content.actors:
                part_of[actor.id] = [(tie.of, source.path, tie.at) for tie in actor.part_of if tie.of]
        elif isinstance(source.content, Annotation):
            for part in source.content.parts:
                if part.plan and part.subplan:
                    plans.setdefault(part.plan, []).append(
                        (part.subplan, source.path, place_of(part, "subplan"))
                    )
    yield "broader", broader["issue"]
    yield "broader", broader["proposal"]
    yield "part_of", part_of
    yield "subplan", plans


def _edges(source: Source, entry: Issue | Proposal, others: Iterable[str]) -> list[tuple[str, str, Place]]:
    return [
        (other, source.path, place_of(entry, f"broader.{number}"))
        for number, other in enumerate(others)
        if other
    ]
