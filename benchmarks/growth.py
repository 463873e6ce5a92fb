"""How what a user waits for grows with the corpus."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.building import directory_builds
from benchmarks.figures import Figure, Goal
from benchmarks.parameters import typical
from benchmarks.questions import FLAGSHIP, Asking, counted
from benchmarks.runs import Run
from benchmarks.shacl import validations

GROUP = "growth"


def measure(run: Run) -> Iterator[Figure]:
    """Building, validating and asking, at the largest size by the smallest."""
    small, large = run.sizes.building[0], run.sizes.building[-1]
    size = f"{small:,} to {large:,} passages"
    yield _build(run, small, large, size)
    yield _validation(run, small, large, size)
    yield _flagship(run, small, large, size)


def _build(run: Run, small: int, large: int, size: str) -> Figure:
    before, after = (directory_builds(run, passages).seconds(run.clock) for passages in (small, large))
    ours, theirs = (
        statistics.median(late) / statistics.median(early) for early, late in zip(before, after, strict=True)
    )
    return Figure(
        group=GROUP,
        what="seconds of kg build into a directory, large by small",
        size=size,
        unit="times",
        ours=(ours,),
        peer=(theirs,),
        peer_name="pyoxigraph, bulk_load into a directory",
        goal=Goal("<=", 1.1),
    )


def _validation(run: Run, small: int, large: int, size: str) -> Figure:
    before, after = (
        statistics.median(taken.seconds(run.clock) for taken in validations(run, passages))
        for passages in (small, large)
    )
    return Figure(
        group=GROUP,
        what="seconds of kg validate, large by small",
        size=size,
        unit="times",
        ours=(after / before,),
        peer=(run.quads(large) / run.quads(small),),
        peer_name="quads, large by small",
        goal=Goal("<=", 1.1),
    )


def _flagship(run: Run, small: int, large: int, size: str) -> Figure:
    early, late = Asking.of(run, small, typical), Asking.of(run, large, typical)
    with early, late:
        before, after = (
            [1000 * each for each in asking.rounds(FLAGSHIP, 3 * run.rounds).seconds(run.clock)[0]]
            for asking in (early, late)
        )
        rows = [asking.rows(FLAGSHIP) for asking in (early, late)]
    return Figure(
        group=GROUP,
        what=f"the flagship question, {FLAGSHIP}",
        size=size,
        unit="ms",
        ours=tuple(after),
        peer=tuple(before),
        peer_name=f"itself at {small:,} passages",
        goal=Goal("<=", 2.0),
        note=f"The flagship question has {counted(rows[1])}, and {counted(rows[0])} on the small corpus.",
    )
