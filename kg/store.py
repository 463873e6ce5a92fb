"""Hold quads and answer queries: one interface, embedded here, behind an endpoint in `kg.remote`.

An embedded `Store` is a finished snapshot of a directory (`open_store`), or lives in
memory (`Store.memory`). It is never written: `kg.builds` makes the next one. Queries
see the union of all graphs, and run in a process that is ended when the time is up.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kg import engine, engine_edits
from kg.engine import Answer, Engine, Triple
from kg.errors import QueryError
from kg.snapshots import GraphNote, Lock, Notes, hold_current
from kg.sparql_text import refuse_deep_nesting, refuse_network
from kg.tables import Table
from kg.terms import Quad
from kg.workers import MEGABYTES, SECONDS, Opening, Workers

if TYPE_CHECKING:
    import rdflib

__all__ = ["Answer", "Queryable", "Store", "Triple", "open_store"]


class Queryable(ABC):
    """What answers SPARQL queries."""

    @abstractmethod
    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query of any form, for at most *timeout* seconds (None: as long as it takes).

        The default graph is the union of all graphs. SERVICE is refused unless *allow_network*.

        Raises:
            QueryTimeoutError: it took longer.
            QueryError: it is malformed, refused, or fails.
            StoreError: the store cannot be read.
        """

    def select(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Table:
        """Evaluate a SELECT query; see `answer`."""
        found = self.answer(query, timeout=timeout, allow_network=allow_network)
        if not isinstance(found, Table):
            raise QueryError("this is no SELECT query; use `ask` for ASK, `construct` for CONSTRUCT")
        return found

    def ask(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> bool:
        """Evaluate an ASK query; see `answer`."""
        found = self.answer(query, timeout=timeout, allow_network=allow_network)
        if not isinstance(found, bool):
            raise QueryError("this is no ASK query; use `select` for SELECT, `construct` for CONSTRUCT")
        return found

    def construct(
        self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False
    ) -> tuple[Triple, ...]:
        """Evaluate a CONSTRUCT or DESCRIBE query to sorted triples; see `answer`."""
        found = self.answer(query, timeout=timeout, allow_network=allow_network)
        if not isinstance(found, tuple):
            raise QueryError("this is no CONSTRUCT query; use `select` for SELECT, `ask` for ASK")
        return found

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of all graphs, or of the one named *graph* (an IRI), in no particular order.

        Raises:
            QueryError: this can only be queried.
            StoreError: the store cannot be read.
        """
        raise QueryError("this can only be queried; its graphs cannot be taken as a whole")

    def without_inferred(self) -> Queryable:
        """The same as if nothing had been inferred.

        Raises:
            QueryError: what is inferred in it is not known.
        """
        raise QueryError("what is inferred here is not known, so it cannot be left out")

    def prepare(self) -> None:  # noqa: B027 - not every one has something to prepare
        """Get ready for the first query; for who does so before anything else, as a command does."""

    def close(self) -> None:  # noqa: B027 - not every one holds something
        """Give back what it holds."""

    def select_here(self, query: str) -> Table:
        """Evaluate a SELECT query of our own, which needs neither checks nor a limit."""
        return self.select(query, timeout=None, allow_network=True)


class _Data:
    """What a store and its views share: the engine, the lock on its snapshot, the workers."""

    def __init__(
        self, path: Path | None, opened: Engine | None, lock: Lock | None, megabytes: int | None
    ) -> None:
        self.path = path
        self.megabytes = megabytes
        self._engine = opened
        self._workers: Workers | None = None
        self._lock = lock
        self._is_closed = False
        if lock is not None:
            weakref.finalize(self, lock.release)

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._refuse_closed()
            if self.path is None:
                raise AssertionError("a store in memory is open from the start")
            self._engine = engine.read(self.path)
        return self._engine

    @property
    def workers(self) -> Workers:
        if self._workers is None:
            self._refuse_closed()
            nquads = engine.dump(self.engine) if self.path is None else b""
            self._workers = Workers(Opening(self.path, nquads, self.megabytes))
            weakref.finalize(self, self._workers.close)
        return self._workers

    @property
    def is_prepared(self) -> bool:
        """Whether a worker has the store open, and this process has not."""
        return self._engine is None and self._workers is not None and self._workers.is_prepared

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise ValueError("the store is closed")

    def close(self) -> None:
        self._is_closed = True
        if self._workers is not None:
            self._workers.close()
        if self._lock is not None:
            self._lock.release()
        self._engine = self._workers = self._lock = None


class Store(Queryable):
    """A finished, embedded store; `memory` and `open_store` make one.

    >>> graph = Quad("<urn:s>", "<urn:p>", '"o"@en', "<urn:g>")
    >>> with Store.memory([graph]) as store:
    ...     print(store.select("SELECT ?o { ?s ?p ?o }").rows, len(store))
    ((Literal(value='o', datatype='', language='en'),),) 1
    """

    def __init__(self, data: _Data, notes: Mapping[str, GraphNote], hidden: str = "") -> None:
        self._data = data
        self._notes = notes
        self._hidden = hidden

    @classmethod
    def memory(
        cls,
        quads: Iterable[Quad] = (),
        *,
        notes: Mapping[str, GraphNote] | None = None,
        megabytes: int | None = MEGABYTES,
    ) -> Self:
        """Make a store in memory that holds *quads*; *notes* say where its graphs come from.

        Raises:
            StoreError: a quad is malformed.
        """
        opened = engine.memory()
        engine_edits.load(opened, quads)
        return cls(_Data(None, opened, None, megabytes), notes or {})

    @classmethod
    def adopt(cls, opened: Engine, notes: Mapping[str, GraphNote]) -> Self:
        """Make a store of an engine in memory that is written no more."""
        return cls(_Data(None, opened, None, MEGABYTES), notes)

    # ------------------------------------------------------------ queries

    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query of any form in a process of its own; see `Queryable.answer`."""
        if not allow_network:
            refuse_network(query)
        refuse_deep_nesting(query)
        result = self._data.workers.ask(query, hidden=self._hidden, seconds=timeout)
        return engine.answer(result)

    def prepare(self) -> None:
        """Start a worker; see `Queryable.prepare`."""
        if self._data.path is not None:
            self._data.workers.prepare()

    def select_here(self, query: str) -> Table:
        """Evaluate a SELECT query of our own without any check or limit, where the store is open already."""
        found = engine.answer(self._evaluate_here(query))
        if not isinstance(found, Table):
            raise QueryError("this is no SELECT query")
        return found

    def _evaluate_here(self, query: str) -> engine.Result:
        if self._data.is_prepared:
            return self._data.workers.ask(query, hidden=self._hidden, seconds=None)
        return engine.evaluate(self._data.engine, query, hidden=self._hidden)

    def without_inferred(self) -> Store:
        """The same store as if it had no graph of inferred statements; it is closed with this one."""
        inferred = next((graph for graph in self._notes if graph.endswith("graph/inferred")), "")
        return Store(self._data, self._notes, inferred)

    # ------------------------------------------------------------ contents

    def __len__(self) -> int:
        """How many quads there are."""
        size = len(self._data.engine)
        return size - sum(1 for _ in engine.quads(self._data.engine, self._hidden)) if self._hidden else size

    def __bool__(self) -> bool:
        return True  # an empty store is still one

    def graphs(self) -> dict[str, str]:
        """The IRIs of the graphs, sorted, each with the SHA-256 of its source file (empty: none)."""
        names = engine.graphs(self._data.engine)
        nothing = GraphNote("", "", "")
        return {name: self._notes.get(name, nothing).sha256 for name in names if name != self._hidden}

    def notes(self) -> Notes:
        """What the build wrote down about each graph."""
        return {graph: note for graph, note in self._notes.items() if graph != self._hidden}

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads, or those of the named graph *graph* (an IRI), in no particular order.

        Raises:
            StoreError: the files of the store are damaged.
        """
        hidden = f"<{self._hidden}>"
        return (quad for quad in engine.quads(self._data.engine, graph) if quad.graph != hidden)

    def dump(self) -> Iterator[bytes]:
        """The lines of the canonical dump: N-Quads (RDF 1.1 N-Quads, canonical form), sorted by bytes."""
        hidden = f" <{self._hidden}> .\n".encode()
        for line in sorted(engine.dump(self._data.engine).splitlines(keepends=True)):
            if not (self._hidden and line.endswith(hidden)):
                yield line

    def dataset(self) -> rdflib.Dataset:
        """The same data as a live, read-only `rdflib.Dataset` whose default graph is the union of all."""
        from kg.rdflib_store import dataset

        return dataset(self._data.engine, hidden=self._hidden)

    # ------------------------------------------------------------ life

    def close(self) -> None:
        """End its processes, and let the next build delete its snapshot if it is not current any more."""
        self._data.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(directory: Path | str, *, megabytes: int | None = MEGABYTES) -> Store:
    """Open the current snapshot of the store in *directory*; builds that end later do not change it.

    A query may use *megabytes* of address space.

    Raises:
        StoreError: there is no store, it has no finished build, is damaged, or is of a newer version.
    """
    snapshot, lock = hold_current(Path(directory))
    try:
        notes = snapshot.notes()
    except BaseException:
        lock.release()
        raise
    return Store(_Data(snapshot.database, None, lock, megabytes), notes)
