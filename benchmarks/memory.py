"""The peak memory of a build in a directory, and how it grows, against the engine's own."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.building import directory_builds
from benchmarks.figures import Figure, Goal
from benchmarks.runs import Run

GROUP = "memory"


def measure(run: Run) -> Iterator[Figure]:
    """The peak at each size, and what each step in size adds to it."""
    peaks = {}
    for passages in run.sizes.building:
        ours, theirs = peaks[passages] = directory_builds(run, passages).peaks()
        yield Figure(
            group=GROUP,
            what="peak memory of kg build into a directory",
            size=run.size(passages),
            unit="MB",
            ours=ours,
            peer=theirs,
            peer_name="pyoxigraph, bulk_load into a directory",
        )
    for (small, before), (large, after) in pairwise(peaks.items()):
        grown = [
            statistics.median(late) - statistics.median(early)
            for early, late in zip(before, after, strict=True)
        ]
        yield Figure(
            group=GROUP,
            what="growth of peak memory",
            size=f"{small:,} to {large:,} passages",
            unit="MB",
            ours=(grown[0],),
            peer=(max(grown[1], 1.0),),
            peer_name="pyoxigraph, bulk_load into a directory",
            goal=Goal("<=", 1.1),
        )
