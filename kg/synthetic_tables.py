"""What synthetic documents are drawn from: the tables of the profile, ready for that, and the registries."""

from __future__ import annotations

import zlib
from collections import defaultdict
from typing import Final

from kg.corpus_profiles import Profile
from kg.draws import Drawing, Weights, popularity
from kg.synthetic_dates import write_date
from kg.synthetic_registries import Registries, table
from kg.vocabularies import STANCES

CAST: Final = 400
"""At most so many actors, and so many proposals, are named in one document."""


class Topic:
    """The tables and quantiles of one topic of a profile.

    >>> Topic({"kind": {"legal": 2}, "gist": [10, 20]}).tables["kind"].pick(0.5)
    'legal'
    """

    def __init__(self, topic: Profile) -> None:
        self.numbers = topic
        self.tables = {
            key: table(counts)
            for key, counts in topic.items()
            if isinstance(counts, dict) and key != "conditions"
        }

    def date(self, drawing: Drawing, key: str, day: int, *, longest: int = 30) -> str:
        """Draw a date of the form that *key* has: up to *day*, over at most so many days; "" for none."""
        form = drawing.of(self.tables[key])
        return write_date(form, day - 1 - drawing.below(longest), day) if form else ""


class Tables:
    """All that the documents of one corpus are drawn from."""

    def __init__(self, seed: int, profile: Profile, registries: Registries) -> None:
        self.seed = seed
        self.registries = registries
        self.documents = Topic(profile["documents"])
        self.passages = Topic(profile["passages"])
        self.positions = Topic(profile["positions"])
        self.claims = Topic(profile["claims"])
        self.parts = Topic(profile["parts"])
        conditions = profile["positions"]["conditions"]
        self.conditions = {stance: table(counts) for stance, counts in conditions.items()}
        sides: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for stance, count in profile["positions"]["stance"].items():
            sides[STANCES[stance]][stance] = count
        self.stances = {side: table(counts) for side, counts in sides.items()}
        self.sides = Weights((side, sum(counts.values())) for side, counts in sides.items())
        self.actor_ranks = popularity(range(CAST), profile["positions"]["exponent of holders"])
        self.proposal_ranks = popularity(range(CAST), profile["positions"]["exponent of proposals"])
        begun = profile["passages"]["begun"].items()
        self.begun = Weights((tuple(map(int, counts.split())), count) for counts, count in begun)

    def side_of(self, holder: int, proposal: int) -> str:
        """The side that an actor mostly takes on a proposal, in all documents."""
        mixed = zlib.crc32(f"{self.seed}/{holder}/{proposal}".encode())
        return self.sides.pick(mixed / 2**32)
