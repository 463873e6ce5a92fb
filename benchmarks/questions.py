"""Every saved question with the writing of its answer as CSV, against the engine alone and against rdflib.

Ours is `Graph.query` and `kg.tables.to_csv`, in a program that has the graph open, as a notebook or a
server has: the question finds its process there. The engine alone gets the same SPARQL text and
writes the rows itself.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from benchmarks.figures import Figure, Goal
from benchmarks.parameters import Things, busiest
from benchmarks.runs import Run, database, peer
from benchmarks.timings import Rounds, Taken, here, interleaved

if TYPE_CHECKING:
    import pyoxigraph

    from kg.graph import Graph
    from kg.queries import Given
    from kg.tables import Table

GROUP = "questions"
FLAGSHIP: Final = "who-proposes"
ENOUGH: Final = 2.0
"""Seconds after which a question has been asked often enough."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A store of ours, and the same files opened by the engine alone."""

    graph: Graph
    engine: pyoxigraph.Store
    things: Things
    names: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, run: Run, passages: int, choose: Callable[[Callable[[str], Table]], Things] = busiest
    ) -> Self:
        """Open the store of so many passages, to ask about what *choose* finds in it."""
        import pyoxigraph

        from kg.graph import open_graph

        store = run.store(passages)
        graph = open_graph(store, timeout=3600.0)
        return cls(
            graph=graph,
            engine=pyoxigraph.Store.read_only(str(database(store))),
            things=choose(graph.store.select_here),
            names=run.sizes.names or tuple(graph.queries),
        )

    def sparql(self, name: str) -> str:
        """The text of a question with its values."""
        from kg.queries import bind, resolve

        query = self.graph.queries[name]
        return bind(query, resolve(query, self.values(name), self.graph.labels))

    def values(self, name: str) -> Mapping[str, Given]:
        """What a question is asked about."""
        return self.things.values(self.graph.queries[name])

    def ours(self, name: str) -> Taken:
        """Ask a question as users do, and write the answer."""
        from kg.tables import to_csv

        values = self.values(name)

        def ask() -> str:
            table = self.graph.query(name, **values).table
            self.counts[name] = len(table)
            return to_csv(table)

        return here(ask)()

    def theirs(self, name: str) -> Taken:
        """Give the same text to the engine, and let it write the answer."""
        import pyoxigraph

        text, form = self.sparql(name), pyoxigraph.QueryResultsFormat.CSV

        def ask() -> object:
            found = self.engine.query(text, use_default_graph_as_union=True)
            if not isinstance(found, pyoxigraph.QuerySolutions):
                raise TypeError(f"{name} is no SELECT query")
            return found.serialize(format=form)

        return here(ask)()

    def rows(self, name: str) -> int:
        """How many rows the last answer had."""
        return self.counts[name]

    def rounds(self, name: str, most: int) -> Rounds:
        """Ask both in turns, *most* times or as often as there is time; what is quick once before."""
        first = self.ours(name)
        often = min(most, int(ENOUGH / max(first.wall, 1e-4)))
        if often < 2:
            return Rounds((first,), (self.theirs(name),))
        return interleaved(lambda: self.ours(name), lambda: self.theirs(name), rounds=often)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.graph.close()


def measure(run: Run) -> Iterator[Figure]:
    """Each question against the engine, their mean, and the mean against rdflib."""
    found = []
    passages = run.sizes.questions
    with Asking.of(run, passages) as asking:
        for name in asking.names:
            found.append(against_engine(asking, name, run, passages))
            yield found[-1]
    yield mean(found)
    yield usual(run, run.sizes.rdflib)


def against_engine(asking: Asking, name: str, run: Run, passages: int) -> Figure:
    """One question."""
    rounds = asking.rounds(name, run.rounds * 3)
    ours, theirs = rounds.seconds(run.clock)
    return Figure(
        group=GROUP,
        what=f"kg query {name}",
        size=run.size(passages),
        unit="ms",
        ours=tuple(1000 * each for each in ours),
        peer=tuple(1000 * each for each in theirs),
        peer_name="pyoxigraph, Store.query of the same text, and its CSV",
        goal=Goal("<=", 1.2),
        note=counted(asking.rows(name)),
    )


def counted(rows: int) -> str:
    """How many rows, in words.

    >>> counted(1), counted(1234)
    ('1 row', '1,234 rows')
    """
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def mean(found: list[Figure]) -> Figure:
    """The geometric mean of all."""
    ours, theirs = (
        statistics.geometric_mean(statistics.median(side) for side in sides)
        for sides in ([each.ours for each in found], [each.peer for each in found])
    )
    return Figure(
        group=GROUP,
        what=f"geometric mean of {len(found)} questions",
        size=found[0].size,
        unit="ms",
        ours=(ours,),
        peer=(theirs,),
        peer_name=found[0].peer_name,
    )


def usual(run: Run, passages: int) -> Figure:
    """The geometric mean of the questions that rdflib answers within the limit."""
    limit = run.sizes.limit
    with Asking.of(run, passages) as asking:
        texts = {name: asking.sparql(name) for name in asking.names}
        seconds = ask_rdflib(run, passages, texts)
        answered = {name: taken for name, taken in seconds.items() if taken is not None}
        ours = {
            name: statistics.median(asking.rounds(name, run.rounds).seconds(run.clock)[0])
            for name in answered
        }
    late = [name for name in texts if name not in answered]
    return Figure(
        group=GROUP,
        what=f"geometric mean of the {len(answered)} of {len(texts)} questions that rdflib answers",
        size=run.size(passages),
        unit="questions/s",
        ours=(1 / statistics.geometric_mean(ours.values()),),
        peer=(1 / statistics.geometric_mean(answered.values()),),
        peer_name="rdflib, Dataset.query of the same text, and its CSV",
        goal=Goal(">=", 20.0),
        note=f"Not answered by rdflib within {limit:g} s: {', '.join(late) or 'none'}.",
    )


def ask_rdflib(run: Run, passages: int, texts: Mapping[str, str]) -> dict[str, float | None]:
    """The seconds that rdflib took for each question; None for one that it did not answer in time."""
    asked, answers = run.scratch("asked.json"), run.scratch("answers.json")
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.write_text(json.dumps(dict(texts)), encoding="utf-8")
    words = peer("questions", run.nquads(passages), asked, str(run.sizes.limit), answers)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found: dict[str, float | None] = json.loads(answers.read_text(encoding="utf-8"))
    return found
