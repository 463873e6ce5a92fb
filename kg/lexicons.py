"""What a few words of a question may stand for, given the type that is wanted there."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from kg.english import AUXILIARIES, VERBS, matters, read_date, stem, weight, words
from kg.headers import LITERALS, Parameter
from kg.labels import CLASSES, Entity, Labels
from kg.words import is_slip

Span = tuple[str, ...]
"""Evened-out words that stand side by side."""

SURE: Final = 0.9
"""From this quality on, words are a whole name."""

_ACCORDING: Final = (
    ("according", "to"), ("as", "reported", "by"), ("as", "reported", "in"), ("as", "told", "by"),
    ("as", "told", "in"), ("as", "described", "by"), ("as", "described", "in"), ("in",),
)  # fmt: skip

LONGEST: int = 12
"""Words that the name of one thing may have in a question."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a span stands for: values, or (*options*) one of several that it cannot tell apart.

    *quality* is 1 for a name, less for a part of one or a typing slip. A name that is only ``begun``
    has options even if there is but one: what is meant has to be said in full.
    """

    values: tuple[str, ...]
    quality: float
    by: str
    options: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """That a sentence asks what *documents* say, by *name*; *rest* is the sentence without that."""

    name: str
    documents: tuple[Entity, ...]
    rest: Span


@dataclass
class _Index:
    """The names of one type, by stems."""

    exact: dict[Span, dict[Entity, int]] = field(default_factory=dict)
    joined: dict[str, set[Entity]] = field(default_factory=dict)
    by_letter: dict[str, set[str]] = field(default_factory=dict)
    by_stem: dict[str, set[tuple[Entity, Span]]] = field(default_factory=dict)
    unspaced: dict[str, set[Entity]] = field(default_factory=dict)
    names: dict[Entity, list[Span]] = field(default_factory=dict)

    def add(self, name: str, entity: Entity, rank: int) -> None:
        said = words(name)
        found = tuple(stem(word) for word in said if word != ",")
        if not found:
            return
        ranks = self.exact.setdefault(found, {})
        ranks[entity] = min(rank, ranks.get(entity, rank))
        text = " ".join(said)
        self.joined.setdefault(text, set()).add(entity)
        self.by_letter.setdefault(text[:1], set()).add(text)
        self.unspaced.setdefault(_unspaced(found), set()).add(entity)
        self.names.setdefault(entity, []).append(found)
        for each in found:
            self.by_stem.setdefault(each, set()).add((entity, found))

    def near(self, text: str) -> set[Entity]:
        """The entities that *text* names with a typing slip; no slip is in the first letter."""
        some = (name for name in self.by_letter.get(text[:1], ()) if is_slip(text, name))
        return {entity for name in some for entity in self.joined[name]}

    def with_all(self, found: Span) -> set[Entity]:
        """The entities one of whose names has all the words that matter."""
        wanted = [each for each in found if matters(each)]
        # of one and the same name: the pairs of entity and name are what is intersected
        sets = [self.by_stem.get(each, set()) for each in wanted]
        return {entity for entity, _ in set.intersection(*sets)} if sets else set()

    def begins(self, entity: Entity, found: Span) -> bool:
        """Whether a name begins with *found*."""
        return any(name[: len(found)] == found for name in self.names[entity])

    def is_plain(self, entity: Entity, found: Span) -> bool:
        """Whether a name is *found* and then only small words and what the names of this kind are full of."""
        tails = [name[len(found) :] for name in self.names[entity] if name[: len(found)] == found]
        return any(
            tail and not matters(tail[0]) and all(not matters(e) or e in self.context for e in tail)
            for tail in tails
        )

    @cached_property
    def context(self) -> frozenset[str]:
        """The words that stand in the names of at least one thing in ten: what all are about."""
        least = max(len(self.names) / 10, 3)
        return frozenset(
            word for word, some in self.by_stem.items() if len({entity for entity, _ in some}) >= least
        )


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
            self._seen[key] = self._many(param, span) if param.many else self._single(param, span)
        return self._seen[key]

    def _single(self, param: Parameter, span: Span) -> Sense | None:
        """One name; several names are not part of one."""
        found = self._one(param, span)
        if found and found.by == "begun" and {",", "and"} & set(span):
            several = self._many(param, span)
            return None if several and several.by == "names" else found
        return found

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
        tail = span
        while tail and param.type in VERBS and stem(tail[0]) in AUXILIARIES:
            if found := self._name(param.type, tail):
                return found
            tail = tail[1:]
        return self._name(param.type, tail)

    def _name(self, type_: str, span: Span) -> Sense | None:
        index = self._index(type_)
        found = tuple(stem(word) for word in span if word != ",")
        if found in index.exact:
            ranks = index.exact[found]
            best = min(ranks.values())
            return _among([e for e, rank in ranks.items() if rank == best], 1.0, "name")
        if not found or not (matters(found[0]) and matters(found[-1])):
            return None
        if apart := index.unspaced.get(_unspaced(found)):
            return _among(apart, 0.95, "slip")
        if slips := index.near(" ".join(span)):
            return _among(slips, 0.9, "slip")
        return self._inexact(type_, index, found) or self._corrected(type_, index, found)

    def _inexact(self, type_: str, index: _Index, found: Span) -> Sense | None:
        """A name and more of the same thing, a name but for its context, or part of a name.

        Part of a name can say the opposite of the whole (“joining the League” of “keeping Westport from
        joining the League”), so for the things of a corpus it is offered and not taken.
        """
        if more := self._with_more(type_, index, found):
            return _among(more, 0.9, "more")
        part = index.with_all(found)
        if type_ not in CLASSES:  # “conditions” is no verb of stance, though “accepts with conditions” is
            return None if type_ in VERBS else _among(part, 0.8, "part")
        plain = {entity for entity in part if index.is_plain(entity, found)}
        begun = {entity for entity in part if index.begins(entity, found)}
        if len(plain) == 1 and plain == (begun if sum(map(matters, found)) > 1 else part):
            return _among(plain, 0.8, "part")
        return _offered(part, found)

    def _with_more(self, type_: str, index: _Index, found: Span) -> set[Entity]:
        """Whose full name stands in the words, the others being from its other names, too.

        Of an actor any others; elsewhere only actors (“League membership for Westport”), since other
        words may turn the meaning round. Small words that do so have to stand in a name.
        """
        wanted = {each for each in found if matters(each)}
        near = {entity for each in wanted for entity, _ in index.by_stem.get(each, ())}
        return {entity for entity in near if self._covers(type_, index, entity, found, wanted)}

    def _covers(self, type_: str, index: _Index, entity: Entity, found: Span, wanted: set[str]) -> bool:
        names = index.names[entity]
        own = {each for name in names for each in name}
        if any(each in _TURNING and each not in own for each in found):
            return False
        allowed = own if type_ == "st:Actor" else own & self._actor_words
        for name in names:
            content = [each for each in name if matters(each)]
            rest = wanted - set(content)
            if not content or not wanted >= set(content) or not _in_order(name, content, found):
                continue
            where = max(found.index(each) for each in content)
            # what comes after the name without a small word is its object, and the name has its own
            after = [at for at, e in enumerate(found) if e in rest and at > where and matters(found[at - 1])]
            if all(_base(each, allowed) for each in rest) and (type_ == "st:Actor" or not after):
                return True
        return False

    @cached_property
    def _actor_words(self) -> frozenset[str]:
        """The actors' names of one word."""
        return frozenset(name[0] for name in self._index("st:Actor").exact if len(name) == 1)

    def _corrected(self, type_: str, index: _Index, found: Span) -> Sense | None:
        """Names that fit once each unknown word is put right."""
        choices = [[s] if s in index.by_stem else [k for k in index.by_stem if is_slip(s, k)] for s in found]
        entities: set[Entity] = set()
        parts: set[Entity] = set()
        for guess in itertools.islice(itertools.product(*choices), 16):
            entities |= set(index.exact.get(guess, ())) or self._with_more(type_, index, guess)
            parts |= index.with_all(guess)
        if type_ not in CLASSES and type_ not in VERBS:
            entities = entities or parts
        if entities or type_ not in CLASSES:
            return _among(entities, 0.7, "slip")
        return _offered(parts, found)

    def source(self, asked: Span) -> Source | None:
        """According to what or whom a sentence asks; without documents if that is nothing known.

        “In the Herald” counts only where the Herald is known, since “in” says many other things.
        """
        for start in range(len(asked)):
            opening = next((o for o in _ACCORDING if asked[start : start + len(o)] == o), None)
            if opening is None:
                continue
            first = start + len(opening)
            for end in range(min(first + LONGEST, len(asked)), first, -1):
                if asked[end - 1] != "," and (documents := self._documents(asked[first:end])):
                    rest = asked[:start] + asked[end + (asked[end : end + 1] == (",",)) :]
                    return Source(" ".join(asked[first:end]), documents, rest)
            if opening != ("in",):
                return Source(" ".join(asked[first:]), (), asked[:start])
        return None

    def _documents(self, span: Span) -> tuple[Entity, ...]:
        """The documents of this name, else those that the author or outlet of this name made."""
        found = self._name("st:Document", span)
        if found and found.quality >= SURE and not found.options:
            return tuple(e for e in self.labels.of("st:Document") if e.iri in found.values)
        found = self._name("st:Actor", span)
        if found is None or found.quality < SURE or found.options:
            return ()
        return tuple(e for e in self.labels.of("st:Document") if set(found.values) & set(e.by))

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the authors and outlets of documents."""
        makers = {iri for entity in self.labels.of("st:Document") for iri in entity.by}
        return tuple(sorted(self.labels.names[iri] for iri in makers if iri in self.labels.names))

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


@lru_cache(maxsize=8)
def lexicon_of(labels: Labels) -> Lexicon:
    """The lexicon of *labels*; kept, since it takes a while to look at every name."""
    return Lexicon(labels)


def _unspaced(found: Span) -> str:
    """The words that matter as one, since compounds are spelled apart or together."""
    return "".join(each for each in found if matters(each))


def _in_order(name: Span, content: list[str], found: Span) -> bool:
    """Whether the words stand as in the name, or a compound of two is turned round (“member of the League”).

    Who does what to whom is said by the order, and so is what comes before what.
    """
    said = [each for each in found if each in content]
    if said == content:
        return True
    if said != content[::-1] or len(content) != 2 or len(name) != 2:
        return False
    between = found[found.index(said[0]) + 1 : found.index(said[1])]
    return any(not matters(each) for each in between)


_TURNING: Final = frozenset(map(stem, ("from", "by", "with", "at", "about", "or")))
"""Small words that may turn the meaning of a name round."""


def _base(word: str, known: Collection[str]) -> bool:
    """Whether the word, or what it is the adjective of (“Russian”), is known."""
    ends = [
        word[: -len(end)] for end in ("n", "an", "ian") if word.endswith(end) and len(word) > len(end) + 3
    ]
    return word in known or any(stem(end) in known for end in ends)


def _offered(entities: Iterable[Entity], found: Span) -> Sense | None:
    """What may be meant, but has to be said in full; a number or “who” says too little to guess."""
    options = tuple(sorted(entities))
    if not options or not any(each.isalpha() and weight(each) == 1 for each in found):
        return None
    return Sense((options[0].iri,), 0.7, "begun", options)


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
