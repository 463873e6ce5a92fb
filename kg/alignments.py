"""Lay the phrasings of the saved questions beside a sentence, and find where they fit best.

The words of a phrasing match words of the sentence, its slots take names that the labels of the graph
know; what is left over on either side counts against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from kg import phrasings
from kg.english import AUXILIARIES, TURNING, Time, matters, stem, times, weight
from kg.headers import Parameter, SavedQuery
from kg.labels import Entity
from kg.lexicons import LONGEST, Lexicon, Sense, Span
from kg.words import is_slip

THRESHOLD: Final = 0.8
"""The least share of the words of sentence and phrasing that have to agree."""

Way: TypeAlias = tuple[str | phrasings.Slot, ...]
"""One way to say a phrasing: words and slots."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the sentence that a word of the phrasing matches."""

    at: int


@dataclass(frozen=True, slots=True)
class Value:
    """Words of the sentence that fill a slot; without a reading they name nothing known."""

    slot: str
    start: int
    end: int
    reading: Sense | None


@dataclass(frozen=True, slots=True)
class Left:
    """A word of the sentence that nothing matches."""

    at: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A word or slot of the phrasing that the sentence does not have."""

    element: str | phrasings.Slot


_Step: TypeAlias = Word | Value | Left | Missing
_Path: TypeAlias = tuple[float, tuple[_Step, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A phrasing of *query* laid beside what was *said*; *score* is at most 1."""

    query: SavedQuery
    said: Said
    way: Way
    steps: tuple[_Step, ...]
    score: float

    @property
    def asked(self) -> Span:
        """The words of the sentence, times aside."""
        return self.said.words

    @property
    def accepted(self) -> bool:
        """Whether nothing that says something is left over on either side."""
        return self.score >= THRESHOLD and not any(map(self._spoils, self.steps))

    def _spoils(self, step: _Step) -> bool:
        if isinstance(step, Left):
            # “what is Lane's stance” asks no more than “Lane's stance”
            opening = step.at == 0 and self.asked[0] == "what" and stem("".join(self.asked[1:2])) == "be"
            return counts(self.asked[step.at]) and not opening
        if isinstance(step, Missing):
            return isinstance(step.element, phrasings.Slot) or self._needs(step.element)
        return isinstance(step, Value) and step.reading is None

    def _needs(self, word: str) -> bool:
        """Whether the phrasing is another one without the word; small words are all that some consist of."""
        if matters(stem(word)) or word in _SIDES:
            return True
        is_bare = not any(isinstance(each, str) and matters(stem(each)) for each in self.way)
        return is_bare and stem(word) not in {"what", *AUXILIARIES}

    @property
    def filled(self) -> tuple[Value, ...]:
        """The slots that words of the sentence fill."""
        return tuple(step for step in self.steps if isinstance(step, Value))

    @property
    def options(self) -> tuple[Entity, ...]:
        """What the first name that could mean several things could mean."""
        return next(
            (step.reading.options for step in self.filled if step.reading and step.reading.options), ()
        )

    def order(self) -> tuple[object, ...]:
        """A key to sort by: score, then words matched as such, slots filled, parameters left open."""
        literal = sum(weight(stem(self.asked[step.at])) == 1 for step in self.steps if isinstance(step, Word))
        open_ = len(self.query.params) - len(self.filled)
        # small words must not decide between questions, so scores are compared in steps
        steps = round(self.score * 20)
        return (not self.accepted, -steps, -literal, -len(self.filled), open_, -self.score, self.query.name)

    def text(self, value: Value) -> str:
        """The words that fill a slot."""
        return " ".join(self.asked[value.start : value.end])


def alignments(asked: Span, queries: Mapping[str, SavedQuery], lexicon: Lexicon) -> Iterator[Alignment]:
    """Lay every phrasing that has a chance beside the words *asked*, with and without its times."""
    said = _times(asked)
    for query in queries.values():
        edges = {param.edge for param in query.params}
        readings: list[Said] = [Said(asked)]
        if said.time and said.edges <= edges:
            readings.append(said)
        for reading in readings:
            for text in (query.question, *query.ask):
                for way in phrasings.variants(phrasings.parse(text), reading.has):
                    yield _Aligner(query, reading, way, lexicon).align()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, with its phrases of time (*when*) taken out of its words if there is a *time*."""

    words: Span
    time: Time | None = None
    when: str = ""
    _had: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    _stems: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_stems", frozenset(map(stem, self.words)))

    @property
    def edges(self) -> set[str]:
        """The edges that a question needs to be asked about this time."""
        time = self.time or Time(0, 0)
        return {edge for edge, day in (("first", time.first), ("last", time.last)) if day}

    def has(self, word: str) -> bool:
        """Whether *word* is in it, or says too little to be needed; a phrasing without has no chance."""
        if word not in self._had:
            end = stem(word)
            is_said = weight(end) < 1 or end in self._stems
            self._had[word] = is_said or any(_same(word, each) for each in self.words)
        return self._had[word]


_SIDES: Final = ("by", "from", "and")
"""Words without which a phrasing is another one; who asks in fragments leaves out “what”."""


def counts(word: str) -> bool:
    """Whether a sentence means something else without the word."""
    return matters(stem(word)) or stem(word) in TURNING


def _times(asked: Span) -> Said:
    """The sentence without its phrases of time, and what they say together."""
    found = times(asked)
    inside = {at for time in found for at in range(time.start, time.end)}
    first = max((time.first for time in found), default="")
    last = min((time.last for time in found if time.last), default="")
    return Said(
        tuple(word for at, word in enumerate(asked) if at not in inside),
        Time(found[0].start, found[-1].end, first, last) if found else None,
        " ".join(asked[at] for at in sorted(inside)),
    )


@lru_cache(maxsize=100_000)
def _same(left: str, right: str) -> bool:
    """Whether two words are forms of one, or one is the other with a slip."""
    ends = stem(left), stem(right)
    return ends[0] == ends[1] or is_slip(*ends) or is_slip(left, right)


@dataclass
class _Aligner:
    """Finds the best alignment of one way to say a question, by dynamic programming over both."""

    query: SavedQuery
    said: Said
    way: Way
    lexicon: Lexicon
    memo: dict[tuple[int, int], _Path] = field(default_factory=dict)

    def align(self) -> Alignment:
        self.asked = self.said.words
        self.stems = [stem(word) for word in self.asked]
        self.weights = list(map(weight, self.stems))
        gain, steps = self.best(0, 0)
        total = sum(self.weights) + sum(
            1.0 if isinstance(each, phrasings.Slot) else weight(stem(each)) for each in self.way
        )
        score = gain / total if total else 0.0
        return Alignment(query=self.query, said=self.said, way=self.way, steps=steps, score=score)

    def best(self, i: int, j: int) -> _Path:
        """The best way to lay `way[i:]` beside `asked[j:]`: what it gains, and its steps."""
        if (i, j) not in self.memo:
            # the first of equal paths wins, so the order of the options is part of the result
            self.memo[i, j] = max(self._options(i, j), key=lambda path: round(path[0], 9), default=(0.0, ()))
        return self.memo[i, j]

    def _options(self, i: int, j: int) -> Iterator[_Path]:
        if i < len(self.way):
            element = self.way[i]
            if isinstance(element, phrasings.Slot):
                yield from self._fillings(element, i, j)
            elif j < len(self.asked) and _same(element, self.asked[j]):
                yield self._path(2 * self.weights[j], Word(j), i + 1, j + 1)
        if j < len(self.asked):
            yield self._path(0.0, Left(j), i, j + 1)
        if i < len(self.way):
            yield self._path(0.0, Missing(self.way[i]), i + 1, j)

    def _fillings(self, slot: phrasings.Slot, i: int, j: int) -> Iterator[_Path]:
        param = self.query.param(slot.name)
        if param is None:
            return
        for end in range(j + 1, min(j + self._longest(param), len(self.asked)) + 1):
            reading = self.lexicon.read(param, self.asked[j:end])
            gain = (sum(self.weights[j:end]) + 1) * (reading.quality if reading else 0.2)
            # what nothing is known of may still be meant for a name, but “who” and “how” never are
            if reading or self.weights[j] == self.weights[end - 1] == 1:
                yield self._path(gain, Value(slot.name, j, end, reading), i + 1, end)

    def _longest(self, param: Parameter) -> int:
        return LONGEST * (4 if param.many else 1)

    def _path(self, gain: float, step: _Step, i: int, j: int) -> _Path:
        rest, steps = self.best(i, j)
        return gain + rest, (step, *steps)
