"""Annotation files to shards of N-Quads, ready for a remote engine's bulk loader, on one core."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.runs import Run, peer
from benchmarks.timings import child, interleaved

GROUP = "shards"
COUNTED_FROM: Final = 100_000
"""Passages from which the goal holds; below, the start of a process weighs."""

WRITING: Final = """\
import sys
from kg.front import survey
from kg.pools import local
with local(1) as pool, survey([sys.argv[1]], pool) as found, open(sys.argv[2], "wb") as output:
    for shard in found.shards(found.paths()):
        output.write(shard.stated)
        output.write(shard.inferred)
"""


def measure(run: Run) -> Iterator[Figure]:
    """Each size, against parsing what was written."""
    for passages in [size for size in run.sizes.building if size <= COUNTED_FROM]:
        yield writing(run, passages)


def writing(run: Run, passages: int) -> Figure:
    """All shards of a corpus, from start to end of a process with one worker: itself."""
    written = run.scratch("shards.nq")
    written.parent.mkdir(parents=True, exist_ok=True)
    ours = child(sys.executable, "-c", WRITING, run.corpus(passages), written)
    ours()
    with written.open("rb") as lines:
        quads = sum(1 for _ in lines)
    rounds = interleaved(ours, child(*peer("parse", written)), rounds=run.rounds_for(passages))
    mine, theirs = rounds.rates(quads, run.clock)
    written.unlink()
    return Figure(
        group=GROUP,
        what="shards of N-Quads written",
        size=f"{passages:,} passages ({quads:,} quads)",
        unit="quads/s",
        ours=mine,
        peer=theirs,
        peer_name="pyoxigraph.parse of what was written",
        goal=Goal(">=", 1_500_000, "ours") if passages >= COUNTED_FROM else None,
    )
