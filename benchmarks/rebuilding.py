"""Building again after one file of many has changed, against building all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.building import directory_builds
from benchmarks.figures import Figure, Goal
from benchmarks.runs import KG, Run, kg, remove
from benchmarks.timings import child

GROUP = "rebuilding"


def measure(run: Run) -> Iterator[Figure]:
    """One changed file, and none."""
    passages = run.sizes.rebuilding
    full = directory_builds(run, passages)
    corpus, store = copied(run.corpus(passages), run.scratch("corpus")), run.scratch("store")
    remove(store)
    kg("build", corpus, "--store", store)
    files = sorted((corpus / "documents").rglob("*.jsonl"))
    again = child(KG, "build", corpus, "--store", store)
    changed, unchanged = [], []
    for turn in range(run.rounds):
        change(files[(turn * 7) % len(files)], turn)
        changed.append(again())
        unchanged.append(again())
    for what, taken in ((f"one of {len(files):,} files changed", changed), ("no file changed", unchanged)):
        yield Figure(
            group=GROUP,
            what=f"kg build again, {what}",
            size=run.size(passages),
            unit="s",
            ours=tuple(each.seconds(run.clock) for each in taken),
            peer=tuple(each.seconds(run.clock) for each in full.ours),
            peer_name="kg build of all",
            goal=Goal("<", 0.01),
        )
    remove(corpus)
    remove(store)


def change(path: Path, turn: int) -> None:
    """Let the first gist in *path* say something else."""
    text = path.read_text(encoding="utf-8")
    changed = text.replace('"gist":"', f'"gist":"Turn {turn}: ', 1)
    if changed == text:
        raise ValueError(f"{path}: there is no gist to change")
    path.write_text(changed, encoding="utf-8")


def copied(corpus: Path, target: Path) -> Path:
    """A copy of a corpus, to be changed; *target*."""
    remove(target)
    return Path(shutil.copytree(corpus, target))
