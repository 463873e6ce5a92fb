"""Validation from the files to the findings, against pySHACL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Goal
from benchmarks.runs import KG, Run, kg, peer
from benchmarks.timings import Taken, Work, child, interleaved
from kg.files import ontology_dir

GROUP = "shacl"
PLAIN: Final = 10
"""pySHACL as it comes is so much slower that it gets a corpus so many times smaller."""


def measure(run: Run) -> Iterator[Figure]:
    """Each size against the tuned reference, and a small one against pySHACL as it comes."""
    for passages in [size for size in run.sizes.shacl if size <= run.sizes.pyshacl]:
        yield against_reference(run, passages)
    yield usual(run, max(40, run.sizes.shacl[0] // PLAIN))


def validations(run: Run, passages: int) -> tuple[Taken, ...]:
    """`kg validate` of a corpus that nobody has validated before; done once in a run."""
    return run.once(
        ("validations", passages),
        lambda: tuple(_validate(run, passages)() for _ in range(run.rounds_for(passages))),
    )


def _validate(run: Run, passages: int, *words: str | Path) -> Work:
    return child(KG, "validate", run.corpus(passages), "--format", "json", *words)


def against_reference(run: Run, passages: int) -> Figure:
    """PySHACL as `kg validate --engine pyshacl` runs it; with the findings of both compared."""
    files = [run.scratch(name) for name in ("ours.json", "theirs.json")]
    files[0].parent.mkdir(parents=True, exist_ok=True)
    rounds = interleaved(
        _validate(run, passages, "-o", files[0]),
        _validate(run, passages, "--engine", "pyshacl", "-o", files[1]),
        rounds=run.rounds_for(passages),
        peer_rounds=1,
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
        note="The findings are the same.",
    )


def usual(run: Run, passages: int) -> Figure:
    """PySHACL as it comes, on a graph that rdflib has read."""
    triples = run.scratch("stated.nt")
    words = ("--store", run.store(passages), "--format", "ntriples", "--no-inferred")
    triples.parent.mkdir(parents=True, exist_ok=True)
    kg("export", *words, "-o", triples)
    ontology = ontology_dir()
    background = (ontology / name for name in ("vocabularies.ttl", "core.ttl"))
    rounds = interleaved(
        _validate(run, passages),
        child(*peer("pyshacl", triples, ontology / "shapes.ttl", *background)),
        rounds=run.rounds_for(passages),
        peer_rounds=1,
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
