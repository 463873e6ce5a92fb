"""Match a sentence to a saved question and its parameters.

Every phrasing of every saved question is laid beside the sentence: its words
match the sentence's words, its slots take names that the labels of the graph
know. A sentence with a word left over that says something is not answered, nor
is one whose names could mean several things: help is better than a wrong answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.alignments import Alignment, Left, Value, alignments, counts
from kg.english import hint, matters, stem, weight, words
from kg.errors import QueryError
from kg.headers import Parameter, SavedQuery
from kg.labels import CLASSES, TYPES, Entity, Labels, described
from kg.lexicons import SURE, Lexicon, Source, Span, lexicon_of
from kg.phrasings import parse, slots
from kg.words import nearest

CLOSE: Final = 0.5
"""From this share on, an alignment tells what is wrong with a sentence."""

_ALIKE: Final = 0.1
"""Alignments whose scores differ by no more are alike."""

LONGEST_SENTENCE: Final = 60
MOST_CANDIDATES: Final = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """That *words* of a sentence were taken for *values* of the parameter *param*, and *by* what.

    *names* are the labels of the values; *by* is ``name``, ``part`` (of a name), ``more`` (than
    one name of it), ``slip`` (or another spelling), ``names`` (several), ``date``, ``number`` or ``words``.
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
    """The saved question that a sentence asks, and the *question* as understood; *score* is at most 1.

    *counts* tells that the sentence asks how many there are; the answer lists them.
    """

    query: SavedQuery
    question: str
    readings: tuple[Reading, ...]
    score: float
    counts: bool = False

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
        """The reason, what a name can mean, and what can be asked."""
        more = len(self.candidates) - MOST_CANDIDATES
        told = [f"  {candidate}" for candidate in self.candidates[:MOST_CANDIDATES]]
        told += [f"  and {more} more"] if more > 0 else []
        lines = [f"  {example}" for example in self.examples]
        return "\n".join([self.reason, *told, *(["questions that can be asked:", *lines] if lines else [])])


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
    counted = _counted(asked)
    if counted and isinstance(match := _understood(counted, queries, labels, lexicon), Match):
        return replace(match, counts=True)
    return _understood(asked, queries, labels, lexicon)


def _counted(asked: Span) -> Span:
    """The question for the things themselves where a question asks how many there are; empty elsewhere."""
    if asked[:2] != ("how", "many") or not asked[2:]:
        return ()
    if asked[2] in ("people", "persons", "actors", "parties"):
        return ("who", *asked[3:])
    return ("which", *asked[2:])


def _understood(
    asked: Span, queries: Mapping[str, SavedQuery], labels: Labels, lexicon: Lexicon
) -> Match | NoMatch:
    found = _considered(asked, queries, labels, lexicon)
    source = None if isinstance(found, Match) else lexicon.source(asked)
    return found if source is None else _of_source(source, queries, labels, lexicon)


def _considered(
    asked: Span, queries: Mapping[str, SavedQuery], labels: Labels, lexicon: Lexicon
) -> Match | NoMatch:
    found = sorted(alignments(asked, queries, lexicon), key=Alignment.order)
    good = next((each for each in found if each.accepted and not each.options), None)
    vague = next((each for each in found if each.accepted and each.options), None)
    if good and (vague is None or good.score >= vague.score):
        return _matched(good, labels)
    if vague:
        return _unclear(vague)
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


def _of_source(
    source: Source, queries: Mapping[str, SavedQuery], labels: Labels, lexicon: Lexicon
) -> Match | NoMatch:
    """What is asked according to a document, or to whom documents are by."""
    if not source.documents:
        near = nearest(source.name, (*lexicon.known("st:Document"), *lexicon.authors))
        help_ = f"; the nearest are {', '.join(near)}" if near else ""
        return NoMatch(reason=f"no document, outlet or author “{source.name}” is known{help_}")
    able = {name: query for name, query in queries.items() if _source_param(query)}
    found = _considered(source.rest, able, labels, lexicon)
    if isinstance(found, Match) and (param := _source_param(found.query)):
        taken = tuple(entity.iri for entity in source.documents)
        if len(taken) > 1 and not param.many:
            reason = f"“{source.name}” can be more than one document; say which:"
            return NoMatch(reason=reason, nearest=(found.query,), candidates=source.documents)
        names = tuple(entity.label for entity in source.documents)
        reading = Reading(param.name, source.name, taken, names, "name")
        return _match_of(found.query, (*found.readings, reading), found.score)
    found = _considered(source.rest, queries, labels, lexicon)
    if isinstance(found, NoMatch):
        return found
    return NoMatch(
        reason=f"the question '{found.query.name}' cannot be asked of one source (“{source.name}”); "
        "ask it of all, and see the documents in the evidence",
        nearest=(found.query,),
        examples=(found.question,),
        candidates=source.documents,
    )


def _source_param(query: SavedQuery) -> Parameter | None:
    """The parameter that restricts a question to documents, where it need not be given."""
    return next((each for each in query.params if each.type == "st:Document" and each.can_be_any), None)


def _matched(best: Alignment, labels: Labels) -> Match:
    """What an alignment says."""

    def reading(param: str, words: str, values: tuple[str, ...], by: str) -> Reading:
        return Reading(param, words, values, tuple(labels.names.get(v, v) for v in values), by)

    found = [
        reading(value.slot, best.text(value), value.reading.values, value.reading.by)
        for value in best.filled
        if value.reading
    ]
    if time := best.said.time:
        edges = {param.edge: param.name for param in reversed(best.query.params) if param.edge}
        days = (("first", time.first), ("last", time.last))
        found += [reading(edges[edge], best.said.when, (day,), "date") for edge, day in days if day]
    return _match_of(best.query, found, round(best.score, 3))


def _match_of(query: SavedQuery, found: Sequence[Reading], score: float) -> Match:
    said = {each.param: " and ".join(each.names) for each in found}
    question = query.asked(said)
    # What the question has no place for says what is asked all the same: “want” of what somebody rejects.
    unsaid = [f"{name}: {names}" for name, names in said.items() if name not in slots(parse(query.question))]
    question += f" ({'; '.join(unsaid)})" if unsaid else ""
    return Match(query=query, question=question, readings=tuple(found), score=score)


def _what(param: Parameter) -> str:
    return described(param.type).partition(" ")[2]


def _unclear(best: Alignment) -> NoMatch:
    """What to ask instead, where a name could mean several things."""
    value = next(step for step in best.filled if step.reading and step.reading.options)
    param = best.query.param(value.slot)
    what = _what(param) if param else value.slot
    is_begun = value.reading is not None and value.reading.by == "begun"
    how = (
        f"is only part of the name of this {what}; say all of it"
        if is_begun and len(best.options) == 1
        else f"can be more than one {what}; say which"
    )
    return NoMatch(
        reason=f"“{best.text(value)}” {how}:",
        nearest=(best.query,),
        examples=tuple(best.query.asked({value.slot: entity.label}) for entity in best.options[:5]),
        candidates=best.options,
    )


# ---------------------------------------------------------------- when nothing fits


def _reason(asked: Span, found: list[Alignment], lexicon: Lexicon) -> str:
    """What is wrong with the alignment that came nearest."""
    if not any(matters(stem(word)) for word in asked):
        return "the question names nothing that can be looked up"
    if asked[:1] == ("who",) and "that" in asked[1:4]:
        return f"no saved question fits; {hint(('that',))}"
    best = found[0] if found and found[0].score >= CLOSE else None
    if best and (several := _several(best, lexicon)):
        return several
    for value in best.filled if best else ():
        param = best.query.param(value.slot) if best else None
        if best and param and value.reading is None:
            return _unknown(best, value, param, found, lexicon)
    left = [step.at for step in best.steps if isinstance(step, Left)] if best else []
    said = [best.asked[at] for at in left if counts(best.asked[at])] if best else []
    what = f"not understood: {', '.join(said)}" if said else "no saved question fits"
    help_ = hint(tuple(said) or asked)
    return f"{what}; {help_}" if help_ else what


def _unknown(
    best: Alignment, value: Value, param: Parameter, found: list[Alignment], lexicon: Lexicon
) -> str:
    """That a name in the question is none, or none of what is wanted there."""
    text, span = best.text(value), best.asked[value.start : value.end]
    for type_ in TYPES if param.type in TYPES else ():
        sense = lexicon.read(replace(param, type=type_), span)
        if sense and sense.quality >= SURE and not sense.options:
            return f"“{text}” is {described(type_)}; wanted there is {described(param.type)}"
    if told := hint(span):
        return f"no {_what(param)} “{text}” is known; {told}"
    # Where the nearest questions want things of different kinds there, nobody knows what is meant.
    wanted = {param.type}
    for each in found:
        if each.score >= best.score - _ALIKE:
            unread = (other for other in each.filled if other.reading is None and each.text(other) == text)
            params = (each.query.param(other.slot) for other in unread)
            wanted |= {other.type for other in params if other}
    named = wanted & CLASSES.keys() or wanted
    near = nearest(text, [name for type_ in sorted(named) for name in lexicon.known(type_)])
    help_ = f"; the nearest are {', '.join(near)}" if near else ""
    return (
        f"no {_what(param)} “{text}” is known{help_}"
        if len(wanted) == 1
        else f"nothing known is called “{text}”{help_}"
    )


def _several(best: Alignment, lexicon: Lexicon) -> str:
    """That several things are named where one is taken; empty if not."""
    for value in best.filled:
        param = best.query.param(value.slot)
        for end in range(len(best.asked), value.end - 1, -1):
            span = best.asked[value.start : end]
            sense = lexicon.read(replace(param, many=True), span) if param and not param.many else None
            if param and sense and sense.by == "names":
                return f"“{' '.join(span)}”: '{best.query.name}' takes one {_what(param)} at a time"
    return ""


def _nearest(
    asked: Span, found: list[Alignment], queries: Mapping[str, SavedQuery], lexicon: Lexicon
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
