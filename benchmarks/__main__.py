"""Measure the product as its users call it, against named peers in the same run: `make bench`.

Nothing here passes or fails: a goal that is missed is told, and the exit status stays 0.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks import figures, runs
from benchmarks.goals import AIMS

_GROUPS = [aim.group for aim in AIMS]


def parser() -> argparse.ArgumentParser:
    """The words of the command."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"one of {', '.join(_GROUPS)} (default: all)"
    )
    made.add_argument(
        "--full", action="store_true", help="up to a million passages, and the slow peers (hours)"
    )
    made.add_argument(
        "--rounds", type=int, default=5, help="how often what takes seconds is done (default: 5)"
    )
    made.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu where others are at work on the machine"
    )
    made.add_argument("--folder", type=Path, help="keep corpora and stores here, for another run")
    made.add_argument(
        "--record",
        type=Path,
        nargs="?",
        const=figures.RESULTS,
        metavar="DIR",
        help="keep the figures as JSON in DIR (default: benchmarks/results)",
    )
    return made


def main(argv: Sequence[str] | None = None) -> None:
    """Measure the groups that are asked for, print each figure when it is there, and keep them."""
    asked = parser().parse_args(argv)
    if unknown := set(asked.groups) - set(_GROUPS):
        parser().error(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(_GROUPS)}")
    sizes = runs.FULL if asked.full else runs.DEFAULT
    for facts in (figures.machine(), figures.versions()):
        print(", ".join(f"{name} {value}" for name, value in facts.items()))
    with tempfile.TemporaryDirectory(prefix="standpoint-bench-") as made:
        run = runs.Run(folder=asked.folder or Path(made), sizes=sizes, rounds=asked.rounds, clock=asked.clock)
        for group in [group for group in _GROUPS if group in (asked.groups or _GROUPS)]:
            measure(group, run, asked.record)


def measure(group: str, run: runs.Run, folder: Path | None) -> tuple[figures.Figure, ...]:
    """Measure one group, print its figures, and keep them in *folder*."""
    aim = next(aim for aim in AIMS if aim.group == group)
    print(f"\n{aim.what}. Goal: {aim.wanted}", flush=True)
    found = []
    for figure in import_module(f"benchmarks.{group}").measure(run):
        print(f"  {figure}" + (f"\n    {figure.note}" if figure.note else ""), flush=True)
        found.append(figure)
    if folder is not None:
        figures.write(figures.record(group, found, clock=run.clock), folder)
    return tuple(found)


if __name__ == "__main__":
    main()
