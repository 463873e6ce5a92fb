"""The registries of a synthetic corpus: actors with their ties, issues, proposals, plans, coders.

Their sizes grow with the square root of the number of passages (Heaps' law with the exponent 1/2), from
those of the corpus that the profile is of. An entry leads only to entries before it, so that nothing
has a cycle; entries are popular in their order, by Zipf's law.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any, Final, TypeAlias

from kg.corpus_profiles import LINKS, TIES, Profile
from kg.draws import Drawing, Weights, popularity
from kg.made_up_words import numeral, sentence, some_words
from kg.synthetic_dates import write_date

Line: TypeAlias = dict[str, Any]
"""One record, as a line of JSON Lines has it."""

CODERS: Final = (("coder-a", "First coder"), ("coder-b", "Second coder"), ("adjudicator", "Adjudicator"))
LETTERS: Final = 7.5
"""How many letters a word takes, with the space after it."""
ANONYMOUS: Final = "anonymous-source"
_EARLIER: Final = 20 * 365
_ONE_WORD: Final = ("state", "outlet", "alliance")


def words_in(letters: int) -> int:
    """How many words make a text of so many letters, one at least."""
    return max(1, round(letters / LETTERS))


def table(counts: dict[str, int]) -> Weights[str]:
    """Make what is drawn from of a table of a profile."""
    return Weights(counts)


@dataclass(frozen=True)
class Registries:
    """The entries that documents refer to, the popular ones first, and the lines that describe them.

    Anonymous sources are only in *anonymous*: each speaks in one document.
    """

    lines: dict[str, list[Line]]
    actors: tuple[str, ...]
    proposals: tuple[str, ...]
    plans: tuple[str, ...]
    popular_actors: Weights[int]
    popular_proposals: Weights[int]
    popular_plans: Weights[int]
    voices: dict[str, Weights[int]]
    anonymous: tuple[int, ...]


def size_of(kind: str, passages: int, profile: Profile) -> int:
    """How many entries of a kind a corpus of so many passages has.

    >>> size_of("actors", 400, {"sizes": {"passages": 100, "actors": 30}})
    60
    """
    sizes = profile["sizes"]
    return max(12, isqrt(sizes[kind] ** 2 * passages // sizes["passages"]))


def make_registries(passages: int, seed: int, profile: Profile) -> Registries:
    """Make the registries of a corpus of so many *passages*."""
    sizes = {kind: size_of(kind, passages, profile) for kind in ("actors", "issues", "proposals", "plans")}
    making = _Making(seed, profile)
    actors = making.actors(sizes["actors"])
    issues = making.issues(sizes["issues"])
    proposals = making.proposals(sizes["proposals"], issues)
    coders = [{"type": "coder", "id": slug, "label": label, "software": True} for slug, label in CODERS]
    kinds = tuple(line["kind"] for line in actors)
    known = [number for number, kind in enumerate(kinds) if kind != ANONYMOUS]
    by_kind = {kind: [number for number in known if kinds[number] == kind] for kind in kinds}
    plans = making.plans(sizes["plans"], popularity(known, 1.0), actors)
    return Registries(
        lines={"actors": actors, "issues": issues, "proposals": proposals, "plans": plans, "coders": coders},
        actors=tuple(line["id"] for line in actors),
        proposals=tuple(line["id"] for line in proposals),
        plans=tuple(line["id"] for line in plans),
        popular_actors=popularity(known, profile["positions"]["exponent of holders"]),
        popular_proposals=popularity(range(len(proposals)), profile["positions"]["exponent of proposals"]),
        popular_plans=popularity(range(len(plans)), 1.0),
        voices={kind: popularity(numbers, 1.0) for kind, numbers in by_kind.items() if numbers},
        anonymous=tuple(number for number, kind in enumerate(kinds) if kind == ANONYMOUS),
    )


class _Making:
    """Makes the lines of entries; each entry has a drawing of its own."""

    def __init__(self, seed: int, profile: Profile) -> None:
        self._seed = seed
        self._profile = profile

    def _drawings(self, kind: str, size: int) -> Iterator[tuple[int, Drawing]]:
        return ((number, Drawing(f"{self._seed}/{kind}/{number}")) for number in range(size))

    def _entry(self, drawing: Drawing, number: int, topic: Profile, *, kind: str, label: str) -> Line:
        line: Line = {"type": kind, "id": label.lower().replace(" ", "-"), "label": label}
        aliases = int(drawing.of(table(topic["aliases"])))
        if aliases:
            first = numeral(number)
            line["aliases"] = [f"{some_words(drawing, 1)} {first} {numeral(at)}" for at in range(aliases)]
        if drawing.happens(topic["matched"]):
            line["wikidata"] = f"Q9{number:09}"
        if drawing.happens(topic["defined"]):
            line["definition"] = sentence(drawing, words_in(drawing.between(topic["definition"])))
        if drawing.happens(topic["noted"]):
            line["note"] = sentence(drawing, 8)
        return line

    def _label(self, drawing: Drawing, number: int, topic: Profile) -> str:
        words = words_in(drawing.between(topic["label"])) - 1
        return f"{some_words(drawing, words)} {numeral(number)}" if words else numeral(number)

    # ---- actors

    def actors(self, size: int) -> list[Line]:
        topic = self._profile["actors"]
        lines: list[Line] = []
        by_kind: defaultdict[str, list[int]] = defaultdict(list)
        # The first actors have each kind once, so that each is there in the smallest corpus.
        kinds = list(topic["kind"])
        for number, drawing in self._drawings("actor", size):
            kind = kinds[number] if number < len(kinds) else drawing.of(table(topic["kind"]))
            line = self._entry(drawing, number, topic, kind="actor", label=self._name(drawing, number, kind))
            line["kind"] = kind
            self._tie(drawing, line, lines, by_kind)
            if drawing.happens(topic["outside"]):
                line["outside"] = True
            lines.append(line)
            by_kind[kind].append(number)
        return lines

    def _name(self, drawing: Drawing, number: int, kind: str) -> str:
        if kind == "person":
            return f"{some_words(drawing, 1).capitalize()} {numeral(number).capitalize()}"
        if kind in _ONE_WORD:
            return numeral(number).capitalize()
        return self._label(drawing, number, self._profile["actors"])

    def _tie(self, drawing: Drawing, line: Line, lines: list[Line], by_kind: dict[str, list[int]]) -> None:
        topic, kind = self._profile["actors"], line["kind"]
        for key, count in zip(TIES, drawing.of(table(topic["ties"][kind])).split(), strict=True):
            others = topic["tied to"].get(f"{kind} {key}")
            tied: dict[str, Line] = {}
            for _ in range(int(count) if others else 0):
                known = by_kind.get(drawing.of(table(others)))
                if known:
                    other = lines[known[min(drawing.below(len(known)), drawing.below(len(known)))]]["id"]
                    tied.setdefault(other, {"of": other, **self._dates(drawing)})
            if tied:
                line[key] = list(tied.values())

    def _dates(self, drawing: Drawing) -> Line:
        topic = self._profile["actors"]
        role, since, until, outside = drawing.of(table(topic["tie"])).split()
        last = self._profile["documents"]["days"][1]
        end = last - drawing.below(_EARLIER)
        start = end - 30 - drawing.below(_EARLIER)
        tie: Line = {}
        if role != "-":
            tie["role"] = some_words(drawing, words_in(drawing.between(topic["role"])))
        if since != "-":
            tie["since"] = write_date(since, start, start)
        if until != "-":
            tie["until"] = write_date(until, end, end)
        if outside != "-":
            tie["outside"] = True
        return tie

    # ---- issues, proposals, plans

    def issues(self, size: int) -> list[Line]:
        topic = self._profile["issues"]
        lines: list[Line] = []
        for number, drawing in self._drawings("issue", size):
            line = self._entry(
                drawing, number, topic, kind="issue", label=self._label(drawing, number, topic)
            )
            count = min(number, int(drawing.of(table(topic["broader"]))))
            if count:
                found = dict.fromkeys(lines[drawing.below(number)]["id"] for _ in range(count))
                line["broader"] = list(found)
            lines.append(line)
        return lines

    def proposals(self, size: int, issues: list[Line]) -> list[Line]:
        """Make proposals; links lead to earlier ones on the same first issue, and never both ways."""
        topic = self._profile["proposals"]
        ranks = popularity(range(len(issues)), topic["exponent of issues"])
        links = table(topic["links"])
        lines: list[Line] = []
        above: list[set[int]] = []
        on: defaultdict[int, list[int]] = defaultdict(list)
        for number, drawing in self._drawings("proposal", size):
            line = self._entry(
                drawing, number, topic, kind="proposal", label=self._label(drawing, number, topic)
            )
            counts = [int(count) for count in drawing.of(links).split()]
            chosen = drawing.some(ranks, counts[0])
            line["issues"] = [issues[issue]["id"] for issue in chosen]
            found = self._linked(drawing, counts[1:], on[chosen[0]], above)
            for key, others in zip(LINKS[1:], found, strict=True):
                if others:
                    line[key] = [lines[other]["id"] for other in others]
            above.append(set(found[0]).union(*(above[other] for other in found[0])))
            on[chosen[0]].append(number)
            lines.append(line)
        return lines

    def _linked(
        self, drawing: Drawing, counts: list[int], known: list[int], above: list[set[int]]
    ) -> list[list[int]]:
        taken: set[int] = set()
        found: list[list[int]] = []
        for count in counts:
            others = []
            for _ in range(count if known else 0):
                other = known[drawing.below(len(known))]
                if other not in taken:
                    taken |= {other, *above[other]}
                    others.append(other)
            found.append(others)
        return found

    def plans(self, size: int, authors: Weights[int], actors: list[Line]) -> list[Line]:
        topic = self._profile["plans"]
        first, last = self._profile["documents"]["days"]
        lines: list[Line] = []
        for number, drawing in self._drawings("plan", size):
            line = self._entry(drawing, number, topic, kind="plan", label=self._label(drawing, number, topic))
            chosen = drawing.some(authors, int(drawing.of(table(topic["authors"]))))
            if chosen:
                line["authors"] = [actors[author]["id"] for author in chosen]
            day = first + drawing.below(last - first)
            if dated := write_date(drawing.of(table(topic["dated"])), day - drawing.below(60), day):
                line["dated"] = dated
            lines.append(line)
        return lines
