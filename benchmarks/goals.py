"""The goals: one for each group of figures, in the order in which they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Aim:
    """What a *group* of figures is about, and what is wanted of it, in words."""

    group: str
    what: str
    wanted: str


AIMS: Final = (
    Aim(
        "building",
        "Records to a queryable store",
        "At 10⁵ passages at least 0.85 of the bare engine's rate on the same quads, in memory and in a "
        "directory; in memory at least 10 times as fast as the usual parts (JSON-LD through rdflib), without "
        "validation.",
    ),
    Aim("shards", "N-Quads shards for a remote engine", "At least 1.5 million quads/s on one core."),
    Aim(
        "memory",
        "Peak memory of a build in a directory",
        "Does not grow with the corpus beyond the engine's own.",
    ),
    Aim(
        "rebuilding",
        "Building again after one of 2,500 files changed",
        "Under 1 % of the full build.",
    ),
    Aim(
        "questions",
        "Every saved question at a million quads",
        "At most 1.2 times the bare engine plus the writing of the result; in the geometric mean at least "
        "20 times as fast as rdflib.",
    ),
    Aim(
        "slow",
        "The slow questions: matrix, agreement, latest position, common ground",
        "Each answers at a million quads in under a second, at 25 million within 30 s, with the same rows.",
    ),
    Aim(
        "shacl",
        "SHACL at a million quads",
        "At least 15 times as fast as pySHACL, with the same findings; unchanged files are not validated "
        "again; all cores are used.",
    ),
    Aim(
        "growth",
        "Growth from 10⁴ to 10⁶ passages",
        "The build at most 1.1 times the bare engine's own growth, validation at most 1.1 times linear, the "
        "flagship question at most 2 times as slow.",
    ),
    Aim(
        "startup",
        "Start-up, against importing pyoxigraph",
        "`kg --help` under 8 times, `kg ask` on the built seeds under 20 times.",
    ),
    Aim(
        "endpoint",
        "The endpoint, against the engine's own server",
        "The flagship question at 1, 16 and 64 clients: at least half the requests/s with all the protection "
        "on, the 99th percentile no worse than 3 times.",
    ),
)
"""Each is the name of a module of this package with a function `measure`."""
