"""Validation from the files to the findings, against pySHACL; and again, when little has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.rebuilding import change, copied
from benchmarks.runs import KG, Run, kg, peer, remove
from benchmarks.timings import Taken, Work, child, interleaved
from kg.files import ontology_dir

GROUP = "shacl"
PLAIN: Final = 10
"""Validate with pySHACL as it comes is so much slower that it gets a corpus so many times smaller."""

MEMORY: Final = "KG_FINDINGS"
"""The environment variable that says where the outcome of unchanged files is kept."""


def measure(run: Run) -> Iterator[Figure]:
    """Against pySHACL, tuned and as it comes; how many cores are at work; and once more."""
    for passages in [size for size in run.sizes.shacl if size <= run.sizes.pyshacl]:
        yield against_reference(run, passages)
    yield usual(run, max(40, run.sizes.shacl[0] // PLAIN))
    largest = run.sizes.shacl[-1]
    yield cores(run, largest)
    yield again(run, largest)


def validation(run: Run, corpus: Path, *words: str | Path) -> Work:
    """`kg validate`, with what it keeps in a place of this run."""
    kept = os.environ | {MEMORY: str(run.scratch("findings"))}
    return child(KG, "validate", corpus, "--format", "json", *words, env=kept)


def forget(run: Run) -> None:
    """Let the next validation be the first."""
    remove(run.scratch("findings"))


def validations(run: Run, passages: int) -> tuple[Taken, ...]:
    """`kg validate` of a corpus that nobody has validated before; done once in a run."""

    def first() -> Taken:
        forget(run)
        return validation(run, run.corpus(passages))()

    return run.once(
        ("validations", passages), lambda: tuple(first() for _ in range(run.rounds_for(passages)))
    )


def against_reference(run: Run, passages: int) -> Figure:
    """Validate with pySHACL as `kg validate --engine pyshacl` runs it; with the findings of both compared."""
    corpus, files = run.corpus(passages), [run.scratch(name) for name in ("ours.json", "theirs.json")]
    files[0].parent.mkdir(parents=True, exist_ok=True)
    rounds = interleaved(
        validation(run, corpus, "-o", files[0]),
        validation(run, corpus, "--engine", "pyshacl", "-o", files[1]),
        rounds=run.rounds_for(passages),
        peer_rounds=1,
        before=[lambda: forget(run)],
    )
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    if found[0] != found[1]:
        raise AssertionError(f"the findings of the two engines differ: {files[0]}, {files[1]}")
    ours, theirs = rounds.rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what="kg validate",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="pySHACL as tuned by kg validate --engine pyshacl, on all cores",
        goal=Goal(">=", 15.0),
        note="The findings of both are the same.",
    )


def usual(run: Run, passages: int) -> Figure:
    """Validate with pySHACL as it comes, on a graph that rdflib has read."""
    triples = run.scratch("stated.nt")
    words = ("--store", run.store(passages), "--format", "ntriples", "--no-inferred")
    triples.parent.mkdir(parents=True, exist_ok=True)
    kg("export", *words, "-o", triples)
    ontology = ontology_dir()
    background = (ontology / name for name in ("vocabularies.ttl", "core.ttl"))
    rounds = interleaved(
        validation(run, run.corpus(passages)),
        child(*peer("pyshacl", triples, ontology / "shapes.ttl", *background)),
        rounds=run.rounds_for(passages),
        peer_rounds=1,
        before=[lambda: forget(run)],
    )
    ours, theirs = rounds.rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what="kg validate",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="pySHACL as it comes, on a graph of rdflib read from N-Triples",
        goal=Goal(">=", 15.0),
    )


def cores(run: Run, passages: int) -> Figure:
    """How many cores are at work, on the average of the whole command."""
    taken = validations(run, passages)
    return Figure(
        group=GROUP,
        what="cores at work in kg validate",
        size=run.size(passages),
        unit="cores",
        ours=tuple(each.cpu / each.wall for each in taken),
        peer=(float(os.cpu_count() or 1),),
        peer_name="all cores of the machine",
        note="Seconds of processors by seconds on the wall, from the start of the command to its end.",
    )


def again(run: Run, passages: int) -> Figure:
    """The same corpus once more, with one file changed."""
    corpus = copied(run.corpus(passages), run.scratch("corpus"))
    files = sorted((corpus / "documents").rglob("*.jsonl"))
    forget(run)
    work = validation(run, corpus)
    work()
    taken = []
    for turn in range(run.rounds_for(passages)):
        change(files[(turn * 7) % len(files)], turn)
        taken.append(work().seconds(run.clock))
    remove(corpus)
    first = [each.seconds(run.clock) for each in validations(run, passages)]
    return Figure(
        group=GROUP,
        what=f"kg validate again, one of {len(files):,} files changed",
        size=run.size(passages),
        unit="s",
        ours=tuple(taken),
        peer=tuple(first),
        peer_name="kg validate of a corpus that nobody has validated before",
    )
