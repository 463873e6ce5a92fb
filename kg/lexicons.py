"""What a few words of a question may stand for, given the type that is wanted there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.english import AUXILIARIES, VERBS, matters, read_date, stem, stems, words
from kg.headers import LITERALS, Parameter
from kg.labels import Entity, Labels
from kg.words import is_slip

Span = tuple[str, ...]
"""Evened-out words that stand side by side."""

LONGEST: int = 12
"""Words that the name of one thing may have in a question."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a span stands for: values, or (*options*) one of several that it cannot tell apart.

    *quality* is 1 for a name, less for a part of one or a typing slip.
    """

    values: tuple[str, ...]
    quality: float
    by: str
    options: tuple[Entity, ...] = ()


@dataclass
class _Index:
    """The names of one type, by stems."""

    exact: dict[Span, dict[Entity, int]] = field(default_factory=dict)
    joined: dict[str, set[Entity]] = field(default_factory=dict)
    by_stem: dict[str, set[tuple[Entity, Span]]] = field(default_factory=dict)

    def add(self, name: str, entity: Entity, rank: int) -> None:
        found = stems(name)
        if not found:
            return
        ranks = self.exact.setdefault(found, {})
        ranks[entity] = min(rank, ranks.get(entity, rank))
        self.joined.setdefault(" ".join(words(name)), set()).add(entity)
        for each in found:
            self.by_stem.setdefault(each, set()).add((entity, found))


@dataclass
class Lexicon:
    """Looks spans up in the labels of a graph."""

    labels: Labels
    _indexes: dict[str, _Index] = field(default_factory=dict)
    _seen: dict[tuple[str, str, bool, Span], Sense | None] = field(default_factory=dict)

    def read(self, param: Parameter, span: Span) -> Sense | None:
        """What *span* stands for as a value of *param*; None if nothing."""
        key = (param.type, param.edge, param.many, span)
        if key not in self._seen:
            self._seen[key] = self._many(param, span) if param.many else self._one(param, span)
        return self._seen[key]

    def _many(self, param: Parameter, span: Span) -> Sense | None:
        """One name, or names with commas and “and” between them; a name may itself have an “and”."""
        span = span[1:] if span[:1] in (("both",), ("all",)) else span
        whole = self._one(param, span)
        if whole and (whole.quality == 1 or not {",", "and", "or"} & set(span)):
            return whole
        for at, word in enumerate(span):
            if word in (",", "and", "or"):
                left = self._one(param, span[:at])
                right = self._many(param, span[at + 1 + (span[at + 1 : at + 2] == ("and",)) :])
                if left and right:
                    quality, options = min(left.quality, right.quality), left.options or right.options
                    return Sense(left.values + right.values, quality, "names", options)
        return whole

    def _one(self, param: Parameter, span: Span) -> Sense | None:
        if not span or "," in (span[0], span[-1]):
            return None
        if param.type in LITERALS:
            return _literal(param, span)
        index = self._index(param.type)
        tail = span
        while tail and param.type in VERBS and tail not in index.exact and stem(tail[0]) in AUXILIARIES:
            if found := self._name(index, tail):
                return found
            tail = tail[1:]
        return self._name(index, tail)

    def _name(self, index: _Index, span: Span) -> Sense | None:
        found = tuple(stem(word) for word in span if word != ",")
        if found in index.exact:
            ranks = index.exact[found]
            best = min(ranks.values())
            return _among([e for e, rank in ranks.items() if rank == best], 1.0, "name")
        if not found or not (matters(found[0]) and matters(found[-1])):
            return None
        text = " ".join(span)
        slips = {e for name, some in index.joined.items() if is_slip(text, name) for e in some}
        if slips:
            return _among(slips, 0.9, "slip")
        return _among(_with_all(index, found), 0.8, "part") or self._corrected(index, found)

    def _corrected(self, index: _Index, found: Span) -> Sense | None:
        """Names, or parts of them, that fit once each unknown word is put right."""
        choices = [[s] if s in index.by_stem else [k for k in index.by_stem if is_slip(s, k)] for s in found]
        entities: set[Entity] = set()
        for guess in itertools.islice(itertools.product(*choices), 16):
            entities |= set(index.exact.get(guess, ())) or _with_all(index, guess)
        return _among(entities, 0.7, "slip")

    def known(self, type_: str) -> tuple[str, ...]:
        """The names of one type, for suggestions."""
        return tuple(self._index(type_).joined)

    def _index(self, type_: str) -> _Index:
        if type_ not in self._indexes:
            index = self._indexes[type_] = _Index()
            for entity in self.labels.of(type_):
                for rank, name in ((0, entity.slug), (1, entity.label), *((2, also) for also in entity.also)):
                    index.add(name, entity, rank)
                for phrase in VERBS.get(type_, {}).get(entity.slug, ()):
                    index.add(phrase, entity, 3)
        return self._indexes[type_]


def _with_all(index: _Index, found: Span) -> set[Entity]:
    """The entities one of whose names has all the words that matter."""
    wanted = [each for each in found if matters(each)]
    sets = [index.by_stem.get(each, set()) for each in wanted]
    return {entity for entity, _ in set.intersection(*sets)} if sets else set()


def _among(entities: Iterable[Entity], quality: float, by: str) -> Sense | None:
    found = tuple(sorted(entities))
    if not found:
        return None
    if len(found) == 1:
        return Sense((found[0].iri,), quality, by)
    return Sense((found[0].iri,), quality - 0.05, by, found)


def _literal(param: Parameter, span: Span) -> Sense | None:
    text = " ".join(span)
    if param.type == "xsd:date":
        day = read_date(span)
        return Sense((day,), 1.0, "date") if day and (param.edge or len(day) == 10) else None
    if param.type == "xsd:integer":
        return Sense((text,), 1.0, "number") if text.isascii() and text.isdigit() else None
    return Sense((text,), 0.85, "words") if param.type == "xsd:string" else None
