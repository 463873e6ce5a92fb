"""Measures the product as its users call it, against rdflib on the same quads: `make bench`.

Each figure is the median of several rounds with its spread, and a ratio to the peer's median in
the same run. Nothing here passes or fails.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from rdflib import Dataset

from kg.builds import build_memory
from kg.corpora import read_corpus
from kg.files import queries_dir
from kg.graph import Graph
from kg.queries import bind, load_queries, resolve

ROUNDS = 5
WORLD = Path(__file__).parent.parent / "tests" / "world"


class Timing(NamedTuple):
    """Seconds of one thing done several times."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median * 1000:9.1f} ms ({self.low * 1000:.1f} to {self.high * 1000:.1f})"


def timed(work: Callable[[], object], *, rounds: int = ROUNDS) -> Timing:
    """Do *work* so many times, and say how long it took."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return Timing(statistics.median(taken), min(taken), max(taken))


def line(what: str, ours: Timing, peer: Timing, name: str) -> str:
    """One figure: ours, the peer's, and the ratio."""
    return f"{what:42} {ours}   {name} {peer}   {peer.median / ours.median:7.1f} x"


def main() -> None:
    """Print all figures."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib"))
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {libraries}; median of {ROUNDS} rounds\n"
    )
    seeds = read_corpus()
    store = build_memory(seeds)
    graph, text = Graph(store), b"".join(store.dump())
    print(f"{len(seeds.sources)} files, {len(store):,} quads\n")

    def parse() -> Dataset:
        peer = Dataset(default_union=True)
        peer.parse(data=text, format="nquads")
        return peer

    loading = timed(lambda: build_memory(seeds))
    print(
        line(
            "records to a queryable store, in memory", loading, timed(parse, rounds=2), "rdflib, from N-Quads"
        )
    )
    world = read_corpus([WORLD])
    store = build_memory(world)
    graph, text = Graph(store), b"".join(store.dump())
    print(f"\nthe small world of the tests, {len(store):,} quads (on the corpus rdflib takes minutes)\n")
    peer, ratios = parse(), []
    for saved in load_queries([queries_dir()]).values():
        values = {param.name: param.example for param in saved.params if param.default is None}
        query = bind(saved, resolve(saved, values, graph.labels))
        ours = timed(lambda query=query: store.select(query))
        theirs = timed(lambda query=query: len(peer.query(query)), rounds=1)
        ratios.append(theirs.median / ours.median)
        print(line(f"kg query {saved.name}", ours, theirs, "rdflib"))
    print(f"\ngeometric mean of the questions: {statistics.geometric_mean(ratios):.1f} x rdflib")


if __name__ == "__main__":
    main()
