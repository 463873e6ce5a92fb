"""The graph of the current snapshot, for handlers that run in threads: queries go to the pool."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg import engine
from kg.engine import Answer, Result
from kg.graph import Graph
from kg.store import Queryable
from kg.streams import Question
from kg.web.generations import Generation
from kg.web.pool import Pool
from kg.workers import SECONDS


@dataclass(frozen=True, slots=True)
class PooledStore(Queryable):
    """A snapshot as the pool answers it, for handlers that run in threads."""

    pool: Pool
    generation: Generation = field(repr=False)

    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query of any form; the limits are the server's, whatever is given here.

        Raises:
            BusyError: no worker was free in time.
            KgError: as in `Pool.ask`.
        """
        kind, payload = self.pool.from_thread(Question(text=query, triples="ntriples"), self.generation)
        if kind == "triples":
            payload = b"".join(sorted(set(payload.splitlines(keepends=True))))
        return engine.answer(Result(kind, payload))


class Current:
    """The graph of the current snapshot, one object as long as the snapshot is the same."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._graph: tuple[Generation, Graph] | None = None
        pool.on_switch.append(self._forget)

    def _forget(self, _: Generation) -> None:
        """Let go of the old snapshot, which can then be deleted."""
        self._graph = None

    def graph(self) -> Graph:
        """The graph of the current snapshot; for any thread."""
        found, generation = self._graph, self._pool.generation
        if found is None or found[0] is not generation:
            settings = self._pool.settings
            graph = Graph(PooledStore(self._pool, generation), settings.folders, timeout=settings.seconds)
            self._graph = found = (generation, graph)
        return found[1]

    def snapshot(self) -> str:
        """A name of the current snapshot, which changes with the data."""
        return self._pool.generation.name
