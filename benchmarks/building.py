"""Records to a queryable store, in memory and in a directory; against the engine, the parser and rdflib."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Goal
from benchmarks.runs import KG, Run, peer, remove
from benchmarks.timings import Rounds, Work, child, interleaved

GROUP = "building"
COUNTED_FROM = 100_000
"""Passages from which the goals hold; below, the start of a process weighs."""

LOADING = "import sys, kg; kg.load(sys.argv[1])"
ANSWERING = "import sys, kg; kg.load(sys.argv[1]).sparql('ASK { ?s ?p ?o }')"


def measure(run: Run) -> Iterator[Figure]:
    """Each size in a directory and in memory, the smallest against the parser, one size against rdflib."""
    for passages in [size for size in run.sizes.building if size <= COUNTED_FROM]:
        yield directory(run, passages)
        yield memory(run, passages, LOADING, "kg.load")
        yield memory(run, passages, ANSWERING, "kg.load, and a first answer by a process of its own")
    yield floor(run, run.sizes.building[0])
    yield usual(run, run.sizes.usual)


def directory_builds(run: Run, passages: int) -> Rounds:
    """`kg build` and the engine alone, each into a new directory; done once in a run."""
    store, corpus, nquads = run.scratch("store"), run.corpus(passages), run.nquads(passages)

    def clear() -> None:
        remove(store)
        store.parent.mkdir(parents=True, exist_ok=True)

    def both() -> Rounds:
        ours = child(KG, "build", corpus, "--store", store)
        theirs = child(*peer("directory", nquads, store))
        rounds = run.rounds_for(passages)
        if rounds == 1 and (built := run.built(passages)):
            clear()
            found = Rounds(built, (theirs(),))
        else:
            found = interleaved(ours, theirs, rounds=rounds, before=[clear])
        clear()
        return found

    return run.once(("directory builds", passages), both)


def directory(run: Run, passages: int) -> Figure:
    """A whole `kg build`, against the engine's bulk loader."""
    ours, theirs = directory_builds(run, passages).rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what="kg build into a directory",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="pyoxigraph, N-Quads into a directory (bulk_load)",
        goal=_goal(passages),
    )


def memory(run: Run, passages: int, program: str, what: str) -> Figure:
    """A program that loads a corpus into memory, against the engine doing so."""
    rounds = interleaved(
        loading(run.corpus(passages), program),
        child(*peer("memory", run.nquads(passages))),
        rounds=run.rounds_for(passages),
    )
    ours, theirs = rounds.rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what=f"{what}, in memory",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="pyoxigraph, N-Quads into memory (load)",
        goal=_goal(passages),
    )


def loading(corpus: Path, program: str = LOADING) -> Work:
    """A program of a few words that loads *corpus*."""
    return child(sys.executable, "-c", program, corpus)


def floor(run: Run, passages: int) -> Figure:
    """The same against reading the quads and nothing else."""
    rounds = interleaved(
        loading(run.corpus(passages)),
        child(*peer("parse", run.nquads(passages))),
        rounds=run.rounds_for(passages),
    )
    ours, theirs = rounds.rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what="kg.load, in memory",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="pyoxigraph.parse of the N-Quads, kept nowhere",
        note="The parser alone is the floor for whatever reads quads.",
    )


def usual(run: Run, passages: int) -> Figure:
    """The same against JSON-LD documents read by rdflib, which were made before."""
    corpus = run.corpus(passages)
    documents = write_jsonld(corpus, run.folder / f"jsonld-{passages}")
    rounds = interleaved(
        loading(corpus),
        child(*peer("jsonld", documents)),
        rounds=run.rounds_for(passages),
        peer_rounds=1,
    )
    ours, theirs = rounds.rates(run.quads(passages), run.clock)
    return Figure(
        group=GROUP,
        what="kg.load, in memory",
        size=run.size(passages),
        unit="quads/s",
        ours=ours,
        peer=theirs,
        peer_name="rdflib, JSON-LD into a Dataset",
        goal=Goal(">=", 10.0),
        note="The peer's statements are those of the files only; its rate counts what is inferred, too.",
    )


def write_jsonld(corpus: Path, folder: Path) -> Path:
    """Write the files of *corpus* as JSON-LD documents with their context; *folder*."""
    from kg.corpora import read_corpus
    from kg.jsonld import expand_source, load_context

    context = load_context()["@context"]
    seeds = read_corpus([corpus])
    seeds.raise_problems()
    remove(folder)
    folder.mkdir(parents=True)
    for number, source in enumerate(seeds.sources):
        document = expand_source(source, seeds.names, seeds.corpus)
        document["@context"][0] = context
        (folder / f"{number:06}.jsonld").write_text(
            json.dumps(document, ensure_ascii=False), encoding="utf-8"
        )
    return folder


def _goal(passages: int) -> Goal | None:
    return Goal(">=", 0.85) if passages >= COUNTED_FROM else None
