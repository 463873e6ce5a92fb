"""Match a sentence to a saved question and its parameters.

Every phrasing of every saved question is laid beside the sentence: its words
match the sentence's words, its slots take names that the labels of the graph
know. A sentence with a word left over that says something is not answered, nor
is one whose names could mean several things: help is better than a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from kg import phrasings
from kg.english import Time, matters, stem, times, weight, words
from kg.errors import QueryError
from kg.headers import Parameter, SavedQuery
from kg.labels import TYPES, Entity, Labels, described, listed
from kg.lexicons import LONGEST, Lexicon, Sense, Span, lexicon_of
from kg.words import is_slip, nearest

THRESHOLD: Final = 0.8
"""The least share of the words of sentence and phrasing that have to agree."""

CLOSE: Final = 0.5
"""From this share on, an alignment tells what is wrong with a sentence."""

LONGEST_SENTENCE: Final = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """That *words* of a sentence were taken for *values* of the parameter *param*, and *by* what.

    *names* are the labels of the values; *by* is ``name``, ``part`` (of a name), ``slip`` (or another
    spelling), ``names`` (several), ``date``, ``number`` or ``words``.
    """

    param: str
    words: str
    values: tuple[str, ...]
    names: tuple[str, ...]
    by: str

    def __str__(self) -> str:
        how = {"part": ", part of the name", "slip": ", spelled otherwise"}.get(self.by, "")
        return f"{self.param}: {', '.join(self.names)} (“{self.words}”{how})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The saved question that a sentence asks, and the *question* as understood; *score* is at most 1."""

    query: SavedQuery
    question: str
    readings: tuple[Reading, ...]
    score: float

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The values of the parameters, as IRIs and literal texts."""
        return {reading.param: reading.values for reading in self.readings}

    def explain(self) -> str:
        """Which saved question was taken, and what each name in the sentence was taken for."""
        return "\n".join(
            [f"{self.query.name}: {self.question}", *(f"  {reading}" for reading in self.readings)]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMatch:
    """Why a sentence is not answered, and the saved questions that come nearest, with an example of each."""

    reason: str
    nearest: tuple[SavedQuery, ...] = ()
    examples: tuple[str, ...] = ()
    candidates: tuple[Entity, ...] = ()

    def explain(self) -> str:
        """The reason, and what can be asked."""
        lines = [f"  {example}" for example in self.examples]
        return "\n".join([self.reason, *(["questions that can be asked:", *lines] if lines else [])])


def match(sentence: str, queries: Mapping[str, SavedQuery], labels: Labels) -> Match:
    """Find the saved question that *sentence* asks, and the values of its parameters.

    Raises:
        QueryError: none fits well enough; the message says why, and names the nearest.
    """
    found = consider(sentence, queries, labels)
    if isinstance(found, NoMatch):
        raise QueryError(found.explain())
    return found


def consider(sentence: str, queries: Mapping[str, SavedQuery], labels: Labels) -> Match | NoMatch:
    """Find the saved question that *sentence* asks, or what keeps it from being answered."""
    asked = words(sentence)
    if len(asked) > LONGEST_SENTENCE:
        return NoMatch(reason=f"the question has more than {LONGEST_SENTENCE} words; ask a shorter one")
    lexicon = lexicon_of(labels)
    found = sorted(_alignments(asked, queries, lexicon), key=_Alignment.order)
    good = next((each for each in found if each.accepted and not each.options), None)
    vague = next((each for each in found if each.accepted and each.options), None)
    if good and (vague is None or good.score >= vague.score):
        return good.to_match(labels)
    if vague:
        return vague.to_no_match()
    near = _nearest(asked, found, queries, lexicon)
    examples = tuple(_example(query, labels) for query in near)
    return NoMatch(reason=_reason(asked, found, lexicon), nearest=tuple(near), examples=examples)


def _example(query: SavedQuery, labels: Labels) -> str:
    """The question with its examples; one that this graph does not know gives way to what is wanted there."""
    known = {(entity.type, entity.slug): entity.label for entity in labels.entities}

    def shown(param: Parameter) -> str:
        names = [known.get((param.type, word), "") if param.type in TYPES else word for word in param.example]
        return " and ".join(names) if all(names) else f"({described(param.type)})"

    open_ = [param for param in query.params if param.default is None or param.can_be_any]
    return query.asked({param.name: shown(param) for param in open_})


# ---------------------------------------------------------------- laying a phrasing beside a sentence


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the sentence that a word of the phrasing matches."""

    at: int


@dataclass(frozen=True, slots=True)
class _Value:
    """Words of the sentence that fill a slot; without a reading they name nothing known."""

    slot: str
    start: int
    end: int
    reading: Sense | None


@dataclass(frozen=True, slots=True)
class _Left:
    """A word of the sentence that nothing matches."""

    at: int


@dataclass(frozen=True, slots=True)
class _Missing:
    """A word or slot of the phrasing that the sentence does not have."""

    element: str | phrasings.Slot


_Step: TypeAlias = _Word | _Value | _Left | _Missing
_Path: TypeAlias = tuple[float, tuple[_Step, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alignment:
    query: SavedQuery
    said: _Said
    way: tuple[str | phrasings.Slot, ...]
    steps: tuple[_Step, ...]
    score: float

    @property
    def asked(self) -> Span:
        return self.said.words

    @property
    def accepted(self) -> bool:
        return self.score >= THRESHOLD and not any(map(self._spoils, self.steps))

    def _spoils(self, step: _Step) -> bool:
        if isinstance(step, _Left):
            return matters(stem(self.asked[step.at]))
        if isinstance(step, _Missing):
            return isinstance(step.element, phrasings.Slot) or weight(stem(step.element)) == 1
        return isinstance(step, _Value) and step.reading is None

    @property
    def filled(self) -> tuple[_Value, ...]:
        return tuple(step for step in self.steps if isinstance(step, _Value))

    @property
    def options(self) -> tuple[Entity, ...]:
        return next(
            (step.reading.options for step in self.filled if step.reading and step.reading.options), ()
        )

    def order(self) -> tuple[object, ...]:
        """Best first: score, then words matched as such, then slots filled, then parameters left open."""
        literal = sum(
            weight(stem(self.asked[step.at])) == 1 for step in self.steps if isinstance(step, _Word)
        )
        open_ = len(self.query.params) - len(self.filled)
        # small words must not decide between questions, so scores are compared in steps
        steps = round(self.score * 20)
        return (not self.accepted, -steps, -literal, -len(self.filled), open_, -self.score, self.query.name)

    def text(self, value: _Value) -> str:
        return " ".join(self.asked[value.start : value.end])

    def to_match(self, labels: Labels) -> Match:
        def reading(param: str, words: str, values: tuple[str, ...], by: str) -> Reading:
            return Reading(param, words, values, tuple(labels.names.get(v, v) for v in values), by)

        found = [
            reading(value.slot, self.text(value), value.reading.values, value.reading.by)
            for value in self.filled
            if value.reading
        ]
        if time := self.said.time:
            edges = {param.edge: param.name for param in reversed(self.query.params) if param.edge}
            days = (("first", time.first), ("last", time.last))
            found += [reading(edges[edge], self.said.when, (day,), "date") for edge, day in days if day]
        question = self.query.asked({each.param: " and ".join(each.names) for each in found})
        return Match(query=self.query, question=question, readings=tuple(found), score=round(self.score, 3))

    def to_no_match(self) -> NoMatch:
        """What to ask instead, where a name could mean several things."""
        value = next(step for step in self.filled if step.reading and step.reading.options)
        param = self.query.param(value.slot)
        what = described(param.type).partition(" ")[2] if param else value.slot
        return NoMatch(
            reason=f"“{self.text(value)}” can be more than one {what}: {listed(self.options)}; say which",
            nearest=(self.query,),
            examples=tuple(self.query.asked({value.slot: entity.label}) for entity in self.options[:5]),
            candidates=self.options,
        )


def _alignments(asked: Span, queries: Mapping[str, SavedQuery], lexicon: Lexicon) -> Iterator[_Alignment]:
    said = _times(asked)
    for query in queries.values():
        edges = {param.edge for param in query.params}
        readings: list[_Said] = [_Said(asked)]
        if said.time and said.edges <= edges:
            readings.append(said)
        for reading in readings:
            stemmed = [stem(word) for word in reading.words]
            for text in (query.question, *query.ask):
                for way in phrasings.variants(phrasings.parse(text)):
                    if _has_words(way, stemmed):
                        yield _Aligner(query, reading, way, lexicon).align()


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, with its phrases of time (*when*) taken out of its words if there is a *time*."""

    words: Span
    time: Time | None = None
    when: str = ""

    @property
    def edges(self) -> set[str]:
        """The edges that a question needs to be asked about this time."""
        time = self.time or Time(0, 0)
        return {edge for edge, day in (("first", time.first), ("last", time.last)) if day}


def _times(asked: Span) -> _Said:
    """The sentence without its phrases of time, and what they say together."""
    found = times(asked)
    inside = {at for time in found for at in range(time.start, time.end)}
    first = max((time.first for time in found), default="")
    last = min((time.last for time in found if time.last), default="")
    return _Said(
        tuple(word for at, word in enumerate(asked) if at not in inside),
        Time(found[0].start, found[-1].end, first, last) if found else None,
        " ".join(asked[at] for at in sorted(inside)),
    )


def _has_words(way: tuple[str | phrasings.Slot, ...], stemmed: list[str]) -> bool:
    """Whether the sentence has every word of the phrasing that says something; else it is not worth a try."""
    wanted = {stem(each) for each in way if isinstance(each, str)}
    return all(weight(each) < 1 or any(_same(each, other) for other in stemmed) for each in wanted)


def _same(left: str, right: str) -> bool:
    return left == right or is_slip(left, right)


@dataclass
class _Aligner:
    """Finds the best alignment of one way to say a question, by dynamic programming over both."""

    query: SavedQuery
    said: _Said
    way: tuple[str | phrasings.Slot, ...]
    lexicon: Lexicon
    memo: dict[tuple[int, int], _Path] = field(default_factory=dict)

    def align(self) -> _Alignment:
        self.asked = self.said.words
        self.stems = [stem(word) for word in self.asked]
        self.weights = list(map(weight, self.stems))
        gain, steps = self.best(0, 0)
        total = sum(self.weights) + sum(
            1.0 if isinstance(each, phrasings.Slot) else weight(stem(each)) for each in self.way
        )
        score = gain / total if total else 0.0
        return _Alignment(query=self.query, said=self.said, way=self.way, steps=steps, score=score)

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
            elif j < len(self.asked) and _same(stem(element), self.stems[j]):
                yield self._path(2 * self.weights[j], _Word(j), i + 1, j + 1)
        if j < len(self.asked):
            yield self._path(0.0, _Left(j), i, j + 1)
        if i < len(self.way):
            yield self._path(0.0, _Missing(self.way[i]), i + 1, j)

    def _fillings(self, slot: phrasings.Slot, i: int, j: int) -> Iterator[_Path]:
        param = self.query.param(slot.name)
        if param is None:
            return
        for end in range(j + 1, min(j + self._longest(param), len(self.asked)) + 1):
            reading = self.lexicon.read(param, self.asked[j:end])
            gain = (sum(self.weights[j:end]) + 1) * (reading.quality if reading else 0.2)
            if reading or (matters(self.stems[j]) and matters(self.stems[end - 1])):
                yield self._path(gain, _Value(slot.name, j, end, reading), i + 1, end)

    def _longest(self, param: Parameter) -> int:
        return LONGEST * (4 if param.many else 1)

    def _path(self, gain: float, step: _Step, i: int, j: int) -> _Path:
        rest, steps = self.best(i, j)
        return gain + rest, (step, *steps)


# ---------------------------------------------------------------- when nothing fits


def _reason(asked: Span, found: list[_Alignment], lexicon: Lexicon) -> str:
    """What is wrong with the alignment that came nearest."""
    if not any(matters(stem(word)) for word in asked):
        return "the question names nothing that can be looked up"
    best = found[0] if found and found[0].score >= CLOSE else None
    for value in best.filled if best else ():
        param = best.query.param(value.slot) if best else None
        if best and param and value.reading is None:
            near = nearest(best.text(value), lexicon.known(param.type))
            help_ = f"; the nearest are {', '.join(near)}" if near else ""
            what = described(param.type).partition(" ")[2]
            return f"no {what} “{best.text(value)}” is known{help_}"
    left = [step.at for step in best.steps if isinstance(step, _Left)] if best else []
    said = [best.asked[at] for at in left if matters(stem(best.asked[at]))] if best else []
    return f"not understood: {', '.join(said)}" if said else "no saved question fits"


def _nearest(
    asked: Span, found: list[_Alignment], queries: Mapping[str, SavedQuery], lexicon: Lexicon
) -> list[SavedQuery]:
    """The five saved questions that come nearest: as aligned, then by shared words and types of names."""
    stemmed = {stem(word) for word in asked}
    spans = [asked[i:j] for i in range(len(asked)) for j in range(i + 1, min(i + 6, len(asked)) + 1)]

    def named(param: Parameter) -> bool:
        return any(reading.by in ("name", "part") for s in spans if (reading := lexicon.read(param, s)))

    def likeness(query: SavedQuery) -> float:
        own = {stem(word) for text in (query.question, *query.ask) for word in words(text)}
        shared = sum(map(weight, own & stemmed))
        return shared + 0.7 * sum(
            1 for param in query.params if param.type.startswith("st:") and named(param)
        )

    close = [each.query.name for each in found if each.score >= CLOSE]
    alike = sorted(queries, key=lambda name: (-round(likeness(queries[name]), 6), name))
    return [queries[name] for name in dict.fromkeys([*close, *alike])][:5]
