"""The graph as files of N-Quads, ready for a remote engine's bulk loader, made on one core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.runs import KG, Run, peer, remove
from benchmarks.timings import child, interleaved

GROUP = "shards"
COUNTED_FROM: Final = 100_000
"""Passages from which the goal holds; below, the start of a process weighs."""


def measure(run: Run) -> Iterator[Figure]:
    """The sizes that take less than minutes, against parsing what was written."""
    for passages in [size for size in run.sizes.building if size <= COUNTED_FROM]:
        yield writing(run, passages)


def writing(run: Run, passages: int) -> Figure:
    """A whole `kg build --shards` with one process, itself."""
    folder = run.scratch("shards")
    ours = child(KG, "build", run.corpus(passages), "--shards", folder, "--jobs", "1")
    remove(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    ours()
    quads, whole = joined(folder, run.scratch("shards.nq"))
    rounds = interleaved(
        ours,
        child(*peer("parse", whole)),
        rounds=run.rounds_for(passages),
        before=[lambda: remove(folder)],
    )
    whole.unlink()
    remove(folder)
    mine, theirs = rounds.rates(quads, run.clock)
    return Figure(
        group=GROUP,
        what="kg build --shards --jobs 1",
        size=f"{passages:,} passages ({quads:,} quads)",
        unit="quads/s",
        ours=mine,
        peer=theirs,
        peer_name="pyoxigraph.parse of what was written",
        goal=Goal(">=", 1_500_000, "ours") if passages >= COUNTED_FROM else None,
        note="The goal was set on a machine where the parser reads 1.2 million quads/s: 1.25 times that.",
    )


def joined(folder: Path, target: Path) -> tuple[int, Path]:
    """The shards in *folder* as one file, and how many quads it has."""
    count = 0
    with target.open("wb") as output:
        for path in sorted(folder.glob("*.nq")):
            data = path.read_bytes()
            count += data.count(b"\n")
            output.write(data)
    return count, target
