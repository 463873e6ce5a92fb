"""The questions that were slow: how long each takes at a million quads and at 25 million."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.questions import Asking, counted
from benchmarks.runs import Run

GROUP = "slow"
QUESTIONS: Final = ("matrix", "agreements", "agreement-pairs", "latest-stances", "common-ground")
LARGE: Final = 5_000_000
"""Quads from which a question has half a minute instead of a second."""


def measure(run: Run) -> Iterator[Figure]:
    """Each question at each size, against the engine given the text that runs."""
    for passages in run.sizes.slow:
        with Asking.of(run, passages) as asking:
            for name in [name for name in QUESTIONS if name in asking.names]:
                rounds = asking.rounds(name, run.rounds)
                ours, theirs = rounds.seconds(run.clock)
                bound = 30.0 if run.quads(passages) > LARGE else 1.0
                yield Figure(
                    group=GROUP,
                    what=f"kg query {name}",
                    size=run.size(passages),
                    unit="s",
                    ours=ours,
                    peer=theirs,
                    peer_name="pyoxigraph, Store.query of the same text, and its CSV",
                    goal=Goal("<", bound, "ours"),
                    note=counted(asking.rows(name)),
                )
