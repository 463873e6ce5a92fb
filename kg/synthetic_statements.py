"""The positions, claims and parts of plans of one synthetic document, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.draws import Drawing
from kg.made_up_words import sentence, some_words
from kg.synthetic_dates import write_date
from kg.synthetic_registries import Line, words_in
from kg.synthetic_tables import CAST, Tables, Topic

FAITHFUL: Final = (17, 20)
"""How often an actor is on its own side of a proposal, the one that other documents mostly report, too."""
_LATER: Final = 40
"""What has a date of publication of its own was published at least so many days before the document."""


@dataclass(frozen=True)
class Cast:
    """Whom and what a document is about, by number in the registries; *plans* in rising order."""

    day: int
    voice: int
    actors: Sequence[int]
    proposals: Sequence[int]
    plans: Sequence[int]


class Statements:
    """Makes the statements of a document: each begins in a passage, and some are said again in others."""

    def __init__(self, drawing: Drawing, tables: Tables, cast: Cast, passages: Sequence[str]) -> None:
        self._drawing = drawing
        self._tables = tables
        self._registries = tables.registries
        self._cast = cast
        self._passages = passages
        self._idle: list[int] = []
        self._sides: dict[tuple[int, int], str] = {}
        self._orders: dict[int, int] = {}
        self.positions: list[Line] = []
        self.claims: list[Line] = []
        self.parts: list[Line] = []
        self._state()

    def lines(self) -> list[Line]:
        """All of them."""
        return [*self.positions, *self.claims, *self.parts]

    def _state(self) -> None:
        for number in range(len(self._passages)):
            positions, claims, parts = self._drawing.of(self._tables.begun)
            if not self._cast.plans:
                positions, parts = positions + parts, 0
            if not positions + claims + parts:
                self._idle.append(number)
            for _ in range(positions):
                self._add_position(number)
            for _ in range(claims):
                self._add_claim(number)
            for _ in range(parts):
                self._add_part(number)
        if not self.lines():
            self._add_claim(self._idle.pop())
        said = self.lines()
        for number in self._idle:
            said[self._drawing.below(len(said))]["passages"].append(self._passages[number])

    # ---- what all statements have

    def _finish(self, topic: Topic, line: Line, number: int, chain: list[Line]) -> Line:
        """Add to the *line* of a statement, which has its own keys, those that all statements have."""
        drawing, tables, numbers = self._drawing, topic.tables, topic.numbers
        if chain:
            line["attribution"] = chain
        if (modality := drawing.of(tables["modality"])) != "factual":
            line["modality"] = modality
        if hedges := drawing.of(tables["hedges"]):
            line["hedges"] = hedges.split()
        day = self._cast.day
        if published := topic.date(drawing, "published", day - 1):
            line["published"], day = published, day - _LATER
        if form := drawing.of(tables["uttered"]):
            end = day - drawing.between(numbers["days uttered before"])
            line["uttered"] = write_date(form, end - 1 - drawing.below(30), end)
        if "held" in tables and (form := drawing.of(tables["held"])):
            end = day - drawing.between(numbers["days held before"])
            line["held"] = write_date(form, end - drawing.between(numbers["days held for"]), end)
        line["passages"] = self._places(topic, number)
        line["gist"] = sentence(drawing, words_in(drawing.between(numbers["gist"])))
        if drawing.happens(numbers["noted"]):
            line["note"] = sentence(drawing, words_in(drawing.between(numbers["note"])))
        return line

    def _places(self, topic: Topic, number: int) -> list[str]:
        """The passages of a statement that begins in one: then those that say nothing else, then others."""
        places = dict.fromkeys([number])
        for _ in range(int(self._drawing.of(topic.tables["passages"])) - 1):
            places[self._idle.pop() if self._idle else self._drawing.below(number + 1)] = None
        return [self._passages[place] for place in places]

    def _chain(self, topic: Topic) -> tuple[int, list[Line]]:
        """Draw a chain of voices; the last one is who speaks, or the document itself where there is none."""
        speaker, chain = self._cast.voice, []
        for mode in self._drawing.of(topic.tables["modes"]).split():
            speaker = self._actor()
            link = {"voice": self._registries.actors[speaker], "mode": mode}
            if self._drawing.happens(topic.numbers["venue"]):
                link["venue"] = some_words(self._drawing, 3)
            chain.append(link)
        return speaker, chain

    def _actor(self) -> int:
        actors = self._cast.actors
        return actors[self._tables.actor_ranks.pick_of(min(len(actors), CAST), self._drawing.random())]

    def _proposal(self) -> int:
        proposals = self._cast.proposals
        return proposals[self._tables.proposal_ranks.pick_of(len(proposals), self._drawing.random())]

    def _others(self, count: str, but: int) -> list[str]:
        others = dict.fromkeys(self._actor() for _ in range(int(count)))
        return [self._registries.actors[other] for other in others if other != but]

    # ---- positions

    def _add_position(self, number: int) -> None:
        drawing, topic, registries = self._drawing, self._tables.positions, self._registries
        holder, chain = self._chain(topic)
        proposal = self._proposal()
        line: Line = {"type": "position", "id": f"{some_words(drawing, 1)}-position-{len(self.positions)}"}
        line["holder"] = registries.actors[holder]
        line["stance"] = self._stance(holder, proposal)
        line["proposal"] = registries.proposals[proposal]
        if functions := drawing.of(topic.tables["functions"]):
            line["functions"] = functions.split()
        if conditions := self._conditions(line["stance"], proposal):
            line["conditions"] = conditions
        if addressees := self._others(drawing.of(topic.tables["addressees"]), holder):
            line["addressees"] = addressees
        self.positions.append(self._finish(topic, line, number, chain))

    def _stance(self, holder: int, proposal: int) -> str:
        """Draw a stance; one document does not have an actor on two sides of a proposal."""
        own = self._drawing.happens(FAITHFUL)
        side = self._tables.side_of(holder, proposal) if own else self._drawing.of(self._tables.sides)
        return self._drawing.of(self._tables.stances[self._sides.setdefault((holder, proposal), side)])

    def _conditions(self, stance: str, proposal: int) -> list[Line]:
        drawing, registries = self._drawing, self._registries
        found: dict[tuple[Any, ...], Line] = {}
        for _ in range(int(drawing.of(self._tables.conditions[stance]))):
            kind, *keys = drawing.of(self._tables.positions.tables["condition"]).split()
            line: Line = {"kind": kind}
            other = self._proposal()
            if "proposal" in keys and other != proposal:
                line["proposal"] = registries.proposals[other]
            if "by" in keys:
                line["by"] = registries.actors[self._actor()]
            if "gist" in keys or "proposal" not in line:
                line["gist"] = sentence(drawing, 6)
            found.setdefault((kind, line.get("proposal", line.get("gist")), line.get("by")), line)
        return list(found.values())

    # ---- claims

    def _add_claim(self, number: int) -> None:
        drawing, topic = self._drawing, self._tables.claims
        claimant, chain = self._chain(topic)
        line: Line = {"type": "claim", "id": f"{some_words(drawing, 1)}-claim-{len(self.claims)}"}
        line["claimant"] = self._registries.actors[claimant]
        line["kind"] = drawing.of(topic.tables["kind"])
        taken: set[tuple[str, str]] = set()
        for key in ("supports", "undercuts"):
            if targets := self._targets(drawing.of(topic.tables[key]).split(), taken):
                line[key] = targets
        if mentions := self._others(drawing.of(topic.tables["mentions"]), claimant):
            line["mentions"] = mentions
        self.claims.append(self._finish(topic, line, number, chain))

    def _targets(self, kinds: list[str], taken: set[tuple[str, str]]) -> list[Line]:
        """Draw what a claim argues about: proposals, and positions and claims that stand before it."""
        targets: list[Line] = []
        for kind in kinds:
            before = {"position": self.positions, "claim": self.claims}.get(kind)
            if before:
                target = kind, str(before[self._drawing.below(len(before))]["id"])
            else:
                target = "proposal", self._registries.proposals[self._proposal()]
            if target not in taken:
                taken.add(target)
                targets.append(dict([target]))
        return targets

    # ---- parts of plans

    def _add_part(self, number: int) -> None:
        """Add a part; a plan contains only plans that come after it, so that none contains itself."""
        drawing, topic, registries = self._drawing, self._tables.parts, self._registries
        role, what, *ordered = drawing.of(topic.tables["form"]).split()
        place = drawing.below(len(self._cast.plans))
        plan, inner = self._cast.plans[place], self._cast.plans[place + 1 :]
        line: Line = {"type": "part", "id": f"{some_words(drawing, 1)}-part-{len(self.parts)}"}
        line["plan"] = registries.plans[plan]
        if what == "subplan" and inner:
            line["subplan"] = registries.plans[inner[drawing.below(len(inner))]]
        else:
            line["proposal"] = registries.proposals[self._proposal()]
        line["role"] = role
        if ordered:
            self._orders[plan] = line["order"] = self._orders.get(plan, 0) + 1
        self.parts.append(self._finish(topic, line, number, self._chain(topic)[1]))
