"""Disputes made at random, and the questions of bargaining answered over their records without SPARQL.

What a query says in many lines, these say in a few, from the frozen dataclasses. Only for whom a
position counts is taken from the graph: `test_inference` proves that.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from synthetic import sha, source

from kg.corpora import Seeds
from kg.dates import bounds
from kg.records import (
    Actor,
    Annotation,
    Claim,
    Coder,
    Coding,
    Condition,
    Corpus,
    Document,
    Issue,
    Link,
    Passage,
    Plan,
    PlanPart,
    Position,
    Proposal,
    Registry,
    Target,
    Text,
    Tie,
)
from kg.store import Store
from kg.vocabularies import STANCES

FUNCTIONS = ("deterrent", "incentive", "verification")
MODES = ("reported-speech", "narrated", "full-quotation", "inferred", "predicted")
UNHEARD = ("inferred", "predicted")
OPEN = "9999-12-31"


def registry(dice: random.Random) -> Registry:
    """Two states with governments and ministers, and a lobby; eight proposals that are linked."""
    actors = [Actor(id="lobby", label="Lobby", kind="collective")]
    for name in ("north", "south"):
        government = Tie(of=f"{name}-government", role="minister")
        actors += [
            Actor(id=name, label=name.title(), kind="state"),
            Actor(
                id=f"{name}-government",
                label=f"Government of {name}",
                kind="government",
                speaks_for=(Tie(of=name),),
            ),
            Actor(
                id=f"{name}-minister", label=f"Minister of {name}", kind="person", memberships=(government,)
            ),
        ]

    def some(number: int) -> tuple[str, ...]:
        """Proposals with a lower number, so that nothing goes round in circles."""
        return tuple(f"p{n}" for n in range(number) if dice.random() < 0.2)

    proposals = []
    for number in range(8):
        broader = some(number)
        rivals = tuple(slug for slug in some(number) if slug not in broader)
        proposals.append(
            Proposal(
                id=f"p{number}",
                label=f"Proposal {number}",
                issues=(f"i{number % 2}",),
                broader=broader,
                incompatible=rivals,
                requires=some(number),
            )
        )
    return Registry(
        name="all",
        actors=tuple(actors),
        issues=(Issue(id="i0", label="Issue 0"), Issue(id="i1", label="Issue 1", broader=("i0",))),
        proposals=tuple(proposals),
        plans=tuple(Plan(id=f"plan{n}", label=f"Plan {n}") for n in range(4)),
        coders=(Coder(id="coder", label="Coder"),),
    )


def annotation(dice: random.Random, number: int, actors: Collection[str]) -> Annotation:
    """A document that tells of twelve positions, six claims and five parts of plans."""
    told = {"passages": ("p",), "gist": "gist"}
    holders = sorted(actors)

    def proposal() -> str:
        return f"p{dice.randrange(8)}"

    def day() -> str:
        year = dice.choice(("2020", "2021", "2022", "2023", "2022-05/..", "../2021", "XXXX-06"))
        return dice.choice((year, "", ""))

    def condition() -> Condition:
        kind = dice.choice(("if", "unless", "in-return-for"))
        return Condition(kind=kind, proposal=proposal() if dice.random() < 0.8 else "", gist="as told")

    positions = []
    for n in range(12):
        holder = dice.choice(holders)
        mode = dice.choice(MODES)
        teller = Link(voice=dice.choice(holders), mode="reported-speech")
        positions.append(
            Position(
                **told,
                id=f"position-{n}",
                holder=holder,
                stance=dice.choice(tuple(STANCES)),
                proposal=proposal(),
                functions=tuple(sorted(dice.sample(FUNCTIONS, dice.choice((0, 1, 1, 2))))),
                conditions=(condition(),) if dice.random() < 0.4 else (),
                held=day(),
                uttered=dice.choice(("", "2022-01-0" + str(1 + n % 9))),
                attribution=(*([teller] * dice.randrange(2)), Link(voice=holder, mode=mode)),
            )
        )
    claims: list[Claim] = []
    for n in range(6):
        targets = [Target(proposal=proposal()), Target(position=f"position-{dice.randrange(12)}")]
        if claims:
            targets.append(Target(claim=f"claim-{dice.randrange(n)}"))
        supports = tuple(dice.sample(targets, 1))
        claims.append(
            Claim(
                **told,
                id=f"claim-{n}",
                claimant=dice.choice(holders),
                kind="empirical",
                supports=supports,
                undercuts=tuple(target for target in targets if target not in supports),
            )
        )
    parts = [
        PlanPart(**told, id=f"part-{n}", plan=f"plan{dice.randrange(4)}", role="stated", proposal=proposal())
        for n in range(5)
    ]
    if number == 0:
        parts.append(PlanPart(**told, id="nested", plan="plan0", role="stated", subplan="plan1"))
    return Annotation(
        document=Document(
            id=f"doc-{number}",
            title=f"Document {number}",
            text=Text(sha256=sha(f"text {number}"), start=0, end=1000),
            voice="lobby",
            published=f"202{2 + number}-03-11",
        ),
        coding=Coding(coder="coder"),
        passages=(Passage(id="p", start=1, end=9, sha256=sha("p"), first="a", last="b"),),
        positions=tuple(positions),
        claims=tuple(claims),
        parts=tuple(parts),
    )


def dispute(seed: int) -> Seeds:
    """A corpus of three documents, the same for the same *seed*."""
    dice = random.Random(seed)
    corpus = Corpus(title="Dispute", base="https://example.org/dispute/")
    words = registry(dice)
    sources = [source("corpus.yaml", corpus), source("registries/all.yaml", words)]
    actors = [actor.id for actor in words.actors]
    sources += [source(f"documents/{n}.yaml", annotation(dice, n, actors)) for n in range(3)]
    return Seeds(Path("seeds"), corpus, tuple(sources), (), ())


@dataclass(frozen=True, eq=False)
class Held:
    """A position with its context; *actors* are its holder and those for whom it counts."""

    slug: str
    position: Position
    actors: frozenset[str]
    first: str | None
    last: str | None
    mode: str
    conditions: tuple[tuple[str, str], ...]
    voices: tuple[str, ...]

    @property
    def teller(self) -> str:
        """Who tells of the holder without quoting it, if anybody does."""
        return self.voices[-2] if self.mode == "narrated" else ""

    @property
    def polarity(self) -> str:
        return STANCES[self.position.stance]

    @property
    def is_for(self) -> bool:
        return self.polarity in ("pro", "conditional")

    @property
    def is_against(self) -> bool:
        return self.polarity == "con"


@dataclass
class Records:
    """What the files of the main layer say, ready to be counted by hand."""

    seeds: Seeds
    store: Store
    labels: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        entries = [
            entry for r in self.seeds.registries for entry in (*r.actors, *r.proposals, *r.plans, *r.issues)
        ]
        self.labels = {entry.id: entry.label for entry in entries}
        self.actors = {a.id: a for r in self.seeds.registries for a in r.actors}
        self.proposals = {p.id: p for r in self.seeds.registries for p in r.proposals}
        self.annotations = [a for a in self.seeds.annotations if (a.coding.layer or "main") == "main"]

    @cached_property
    def counts_for(self) -> dict[str, set[str]]:
        """For whom each position counts, as the inferred graph has it."""
        found: dict[str, set[str]] = {}
        rows = self.store.select(
            "SELECT ?p ?a { ?p <https://w3id.org/standpoint/ontology#countsFor> ?a }"
        ).rows
        for position, actor in rows:
            found.setdefault(str(position).partition("/position/")[2], set()).add(
                str(actor).rpartition("/")[2]
            )
        return found

    @cached_property
    def held(self) -> list[Held]:
        """All positions; those that a text only infers or predicts, too."""
        found = []
        for note in self.annotations:
            own = {position.id: position for position in note.positions}
            for position in note.positions:
                slug = f"{note.document.id}/{note.coding.coder}/{position.id}"
                time = position.held or position.uttered or position.published or note.document.published
                first, last = bounds(time) if time else (None, None)
                mode = position.attribution[-1].mode if position.attribution else "own-voice"
                conditions = tuple(
                    (each.kind, own[each.position].proposal if each.position else each.proposal)
                    for each in position.conditions
                )
                actors = frozenset({position.holder} | self.counts_for.get(slug, set()))
                voices = (note.document.voice, *(link.voice for link in position.attribution))
                found.append(Held(slug, position, actors, first, last, mode, conditions, voices))
        return found

    @cached_property
    def heard(self) -> list[Held]:
        """Without what a text only infers or predicts of the holder."""
        return [each for each in self.held if each.mode not in UNHEARD]

    def kinds(self, proposal: str) -> set[str]:
        """The proposal and all that are narrower."""
        narrower = {slug for slug, entry in self.proposals.items() if proposal in entry.broader}
        return {proposal}.union(*(self.kinds(slug) for slug in narrower))

    def required(self, proposal: str) -> set[str]:
        """What it requires, and what that requires."""
        direct = set(self.proposals[proposal].requires)
        return direct.union(*(self.required(slug) for slug in direct))

    def acts_for(self, actor: str) -> set[str]:
        """The actor, and all that its ties lead to, whenever they held."""
        ties = self.actors[actor]
        direct = {tie.of for tie in (*ties.speaks_for, *ties.memberships, *ties.part_of)}
        return {actor}.union(*(self.acts_for(other) for other in direct))

    def of(self, actor: str, proposal: str, asked: Iterable[str] = ()) -> list[Held]:
        """The positions on the proposal that count for the actor; not what the others asked tell of it."""
        rivals = set(asked) - {actor}
        return [
            each
            for each in self.heard
            if actor in each.actors and each.position.proposal == proposal
            if not (each.teller and self.acts_for(each.teller) & rivals)
        ]

    def standing(self, actor: str, proposal: str, asked: Iterable[str]) -> list[Held]:
        """What the side of the actor rests on: what is for and later than all against, else all against."""
        mine = self.of(actor, proposal, asked)
        last_against = max((each.last or OPEN for each in mine if each.is_against), default="")
        standing = [each for each in mine if each.is_for and (each.last or OPEN) > last_against]
        return standing or [each for each in mine if each.is_against]

    def side(self, actor: str, proposal: str, asked: Iterable[str]) -> str:
        """For, against, or neither, as things stand at last."""
        standing = self.standing(actor, proposal, asked)
        return "" if not standing else "for" if standing[0].is_for else "against"

    def sides(self, actors: Collection[str], proposal: str) -> dict[str, set[str]]:
        """Who of the actors is on which side."""
        found: dict[str, set[str]] = {"for": set(), "against": set(), "": set()}
        for actor in actors:
            found[self.side(actor, proposal, actors)].add(actor)
        return found
