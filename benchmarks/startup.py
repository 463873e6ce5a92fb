"""How long commands take to start, against a program that does nothing but import the engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.runs import KG, Run, kg
from benchmarks.timings import Work, child, interleaved
from kg.files import packaged_seeds

QUESTION: Final = "Who proposes EU membership as a guarantee?"
_TIMES: Final = 4  # a start takes milliseconds, so it is measured more often than other things
_COMMANDS: Final = (
    ("kg --help", ("--help",), Goal("<", 8)),
    (f'kg ask "{QUESTION}"', ("ask", QUESTION), Goal("<", 20)),
    (f'kg ask --near "{QUESTION}"', ("ask", "--near", QUESTION), None),
    ("kg query who-proposes", ("query", "who-proposes", "--proposal", "eu-membership"), None),
    ("kg build, nothing changed", ("build",), None),
)


def measure(run: Run) -> Iterator[Figure]:
    """Start each command, and the peer, in turns."""
    store = seeds(run)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    peer = child(sys.executable, "-c", "import pyoxigraph", env=environment)
    for what, words, goal in _COMMANDS:
        where = ("--store", store) if words != ("--help",) else ()
        ours = child(KG, *words, *where, env=environment)
        yield _figure(run, what, ours, peer, goal)


def seeds(run: Run) -> Path:
    """The store that `kg build` makes of the corpus that is shipped."""
    store = run.folder / "seeds"
    run.once("seeds", lambda: kg("build", packaged_seeds(), "--store", store))
    return store


def _figure(run: Run, what: str, ours: Work, peer: Work, goal: Goal | None) -> Figure:
    ours()  # writes what Python keeps of modules, as the first start after an installation does
    found = interleaved(ours, peer, rounds=run.rounds * _TIMES)
    seconds = found.seconds(run.clock)
    return Figure(
        group="startup",
        what=what,
        size="the corpus that is shipped",
        unit="ms",
        ours=tuple(1000 * each for each in seconds[0]),
        peer=tuple(1000 * each for each in seconds[1]),
        peer_name="python -c 'import pyoxigraph'",
        goal=goal,
    )
