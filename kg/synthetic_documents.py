"""The documents of a synthetic corpus, each as its coders read it: lines of JSON Lines.

A document follows from the seed and its number alone. What it says is made once; a second coder
finds most of it, and differs here and there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kg.corpus_profiles import Profile
from kg.draws import Drawing
from kg.made_up_words import numeral, sentence, some_words
from kg.synthetic_registries import ANONYMOUS, Line, words_in
from kg.synthetic_statements import Cast, Statements
from kg.synthetic_tables import CAST, Tables
from kg.vocabularies import STANCES

FOUND: Final = (4, 5)
"""How much of what a document says a second coder finds, besides what no passage would be left for."""
DIFFERS: Final = (1, 8)
"""How often a second coder takes the words for another stance, or another kind of claim."""
MISSED: Final = 12
"""A second coder passes over one passage in so many."""
SECOND: Final = (("coder-a", "first"), ("coder-b", "second"))
"""Who reads a document that is read again, and in which layer; the adjudicator decides between the two."""
_AFTER: Final = 30


@dataclass(frozen=True)
class Sketch:
    """What is known of a document before it is made: its number, its passages, whether it is read again."""

    number: int
    passages: int
    is_read_again: bool = False

    @property
    def total(self) -> int:
        """Passages of all readings."""
        again = len(SECOND) * (self.passages - self.passages // MISSED) if self.is_read_again else 0
        return self.passages + again


def sketches(passages: int, seed: int, profile: Profile) -> Iterator[Sketch]:
    """Divide so many *passages* among documents; the last one takes what is left.

    >>> from kg.corpus_profiles import shipped_profile
    >>> sum(each.total for each in sketches(1000, 1, shipped_profile()))
    1000
    """
    topic = profile["documents"]
    number, left = 0, passages
    while left > 0:
        drawing = Drawing(f"{seed}/sketch/{number}")
        sketch = Sketch(number, drawing.between(topic["passages"]), drawing.happens(topic["read again"]))
        if sketch.total > left:
            sketch = Sketch(number, min(left, sketch.passages))
        yield sketch
        number, left = number + 1, left - sketch.total


def readings(sketch: Sketch, tables: Tables, sources: dict[int, int]) -> Iterator[tuple[str, list[Line]]]:
    """Make the readings of a document, each with the coder's slug.

    *sources* has the anonymous source that speaks in a document, by the number of the document.
    """
    document = _Document(sketch, tables, sources.get(sketch.number))
    if not sketch.is_read_again:
        yield "coder-a", [*document.head("coder-a", ""), *document.lines()]
        return
    yield "adjudicator", [*document.head("adjudicator", ""), *document.lines()]
    for coder, layer in SECOND:
        yield coder, [*document.head(coder, layer), *document.reading(coder)]


class _Document:
    """One document: what it is, its passages, and what they say."""

    def __init__(self, sketch: Sketch, tables: Tables, source: int | None) -> None:
        drawing = Drawing(f"{tables.seed}/document/{sketch.number}")
        self._sketch = sketch
        self._tables = tables
        self._cast = self._choose(drawing, source)
        year = date.fromordinal(self._cast.day).year
        self._slug = f"{numeral(sketch.number)}-{year}-{sketch.number}"
        self._passages = self._mark(drawing)
        said = Statements(drawing, tables, self._cast, [str(each["id"]) for each in self._passages])
        self._statements = said.lines()

    def _choose(self, drawing: Drawing, source: int | None) -> Cast:
        """Choose who and what the document is about, and when it was published."""
        topic, registries = self._tables.documents, self._tables.registries
        first, last = topic.numbers["days"]
        day = first + drawing.below(last - first + 1)
        kind = drawing.of(topic.tables["voices"])
        is_anonymous = kind == ANONYMOUS and source is not None
        voices = registries.voices.get(kind, registries.voices["outlet"])
        voice = source if is_anonymous and source is not None else drawing.of(voices)
        actors = drawing.some(registries.popular_actors, self._number("actors", drawing))
        if source is not None and not is_anonymous:
            actors.insert(1, source)
        proposals = drawing.some(registries.popular_proposals, self._number("proposals", drawing))
        plans = drawing.some(registries.popular_plans, self._number("plans", drawing))
        return Cast(day, voice, actors, proposals, sorted(plans))

    def _number(self, key: str, drawing: Drawing) -> int:
        """How many different things a document names: of all, those as long name about as many."""
        points: list[int] = self._tables.documents.numbers[key]
        longest: int = self._tables.documents.numbers["passages"][-1]
        place = min(1.0, self._sketch.passages / longest) * (len(points) - 1)
        rank = min(int(place), len(points) - 2)
        middle = points[rank] + (place - rank) * (points[rank + 1] - points[rank])
        least = 0 if key == "plans" else 4
        return min(CAST - 1, max(least, round(middle * (0.75 + 0.5 * drawing.random()))))

    def _mark(self, drawing: Drawing) -> list[Line]:
        topic = self._tables.passages
        passages: list[Line] = []
        place = 0
        for number in range(self._sketch.passages):
            start = place + drawing.between(topic.numbers["gap"])
            place = start + drawing.between(topic.numbers["length"])
            line: Line = {"type": "passage", "id": f"{some_words(drawing, 1)}-{number}"}
            line |= {"start": start, "end": place, "sha256": self._hash(str(number))}
            for end in ("first", "last"):
                line[end] = some_words(drawing, int(drawing.of(topic.tables["words"])))
            line["section"] = drawing.of(topic.tables["section"])
            passages.append(line)
        self._length = place + 1 + drawing.below(100)
        return passages

    def _hash(self, what: str) -> str:
        return hashlib.sha256(f"{self._tables.seed}/{self._sketch.number}/{what}".encode()).hexdigest()

    def head(self, coder: str, layer: str) -> list[Line]:
        """Make the lines of the document and of one coding."""
        drawing = Drawing(f"{self._tables.seed}/head/{self._sketch.number}")
        topic, actors = self._tables.documents, self._tables.registries.actors
        line: Line = {"type": "document", "id": self._slug}
        line["title"] = sentence(drawing, words_in(drawing.between(topic.numbers["title"])))[:-1]
        if drawing.happens(topic.numbers["authors"]):
            line["authors"] = [actors[self._cast.voice]]
        line["voice"] = actors[self._cast.voice]
        if drawing.happens(topic.numbers["outlet"]):
            line["outlet"] = actors[drawing.of(self._tables.registries.voices["outlet"])]
        line["published"] = topic.date(drawing, "published", self._cast.day)
        if drawing.happens(topic.numbers["url"]):
            line["url"] = f"https://example.org/articles/{self._slug}"
        line["language"] = "en"
        outside = [key for key in drawing.of(topic.tables["outside"]).split() if key in line]
        if outside:
            line["outside"] = outside
        line["text"] = {"sha256": self._hash("text"), "start": 0, "end": self._length}
        coding: Line = {"type": "coding", "coder": coder}
        coding["date"] = date.fromordinal(topic.numbers["days"][1] + _AFTER).isoformat()
        return [line, coding | ({"layer": layer} if layer else {})]

    def lines(self) -> list[Line]:
        """All that the document says."""
        return [*self._passages, *self._statements]

    def reading(self, coder: str) -> list[Line]:
        """What a second coder makes of it: every passage that is kept says something."""
        drawing = Drawing(f"{self._tables.seed}/reading/{self._sketch.number}/{coder}")
        passages = [each for number, each in enumerate(self._passages, 1) if number % MISSED]
        known = {passage["id"] for passage in passages}
        bare = set(known)
        said: list[Line] = []
        for line in self._statements:
            places = [place for place in line["passages"] if place in known]
            if places and (drawing.happens(FOUND) or not bare.isdisjoint(places)):
                bare.difference_update(places)
                said.append(self._differ(drawing, line | {"passages": places}))
        ids = {line["id"] for line in said}
        return [*passages, *(_keep_targets(line, ids) for line in said)]

    def _differ(self, drawing: Drawing, line: Line) -> Line:
        """Say it in other words, and sometimes as another stance on the same side."""
        if drawing.happens(DIFFERS):
            if line["type"] == "claim":
                line["kind"] = drawing.of(self._tables.claims.tables["kind"])
            elif line["type"] == "position":
                other = drawing.of(self._tables.stances[STANCES[line["stance"]]])
                line["stance"] = line["stance"] if other == "accepts-conditionally" else other
        line["gist"] = sentence(drawing, len(line["gist"].split()))
        return line


def _keep_targets(line: Line, ids: set[str]) -> Line:
    """Leave out what a claim argues about that the coder has not found."""
    for key in ("supports", "undercuts"):
        if key in line:
            kept = [each for each in line[key] if "proposal" in each or ids.issuperset(each.values())]
            line = {name: value for name, value in line.items() if name != key} | (
                {key: kept} if kept else {}
            )
    return line
