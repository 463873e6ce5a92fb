"""Ask here what a server gets wrong: a copy of its graphs, for engines that do not keep to SPARQL 1.1.

An answer that depends on the engine is no evidence. So a server is first asked a question
whose answer the standard lays down. One that gets it wrong (Virtuoso 7 does) still holds
the graphs, but queries run on a copy of them in a folder of one's own, which is brought up
to date by the notes of the graphs: what has not changed is not fetched again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg import engine, engine_edits, snapshots
from kg.engine import Answer, DamagedStoreError
from kg.errors import QueryError, StoreBusyError, StoreError
from kg.remote import RemoteStore
from kg.snapshots import Notes
from kg.sparql_text import chooses_graphs
from kg.store import Queryable, Store, open_store
from kg.tables import Table
from kg.terms import XSD, Literal, Quad
from kg.workers import SECONDS

HOME: Final = "KG_MIRRORS"
"""The environment variable that names another folder for the copies."""

_PROBE: Final = """
SELECT (CONCAT("a", " \u203a ", "b") AS ?text) (1 = 1 AS ?truth)
       (COALESCE(CONCAT("a", ?unbound), "none") AS ?none)
WHERE {}
"""  # SPARQL 1.1, 17.2 and 17.4: strings of code points, booleans, errors in expressions
_RIGHT: Final = (Literal("a \u203a b"), Literal("true", XSD + "boolean"), Literal("none"))


def is_sound(remote: RemoteStore) -> bool:
    """Whether the server's engine keeps to the standard where our questions rely on it."""
    try:
        found = remote.select_here(_PROBE)
    except (QueryError, StoreError):
        return False
    return isinstance(found, Table) and found.rows == (_RIGHT,)


def queryable(remote: RemoteStore, *, home: Path | None = None) -> Queryable:
    """*remote* itself; where its engine is not sound and its graphs are ours, a copy that is up to date.

    Raises:
        StoreError: the copy cannot be made.
        QueryError: the server does not answer.
    """
    if not remote.notes or is_sound(remote):
        return remote
    directory = (home or _home()) / hashlib.sha256(remote.url.encode()).hexdigest()[:24]
    return Mirror(remote, fetch(remote, directory))


def fetch(remote: RemoteStore, directory: Path) -> Store:
    """Bring the copy of *remote* in *directory* up to date, and open it.

    Raises:
        StoreError: it cannot be written, or another process is at it.
    """
    try:
        with snapshots.writing(directory) as database:
            if _notes(directory) != remote.notes:
                _write(remote, directory, database)
                snapshots.finish(directory, remote.notes)
                snapshots.clear(directory)
    except StoreBusyError:
        if _notes(directory) != remote.notes:
            raise
    return open_store(directory)


def _notes(directory: Path) -> Notes:
    """What the copy holds; nothing where there is none, or it is damaged."""
    try:
        found = snapshots.current(directory)
        return found.notes() if found else {}
    except StoreError:
        return {}


def _write(remote: RemoteStore, directory: Path, database: Path) -> None:
    old = snapshots.current(directory)
    notes = _notes(directory)
    try:
        if old is not None and notes:
            engine.copy(old.database, database)
    except (DamagedStoreError, StoreError):
        shutil.rmtree(database, ignore_errors=True)
        notes = {}
    opened = engine.create(database)
    for graph in sorted(notes.keys() - remote.notes.keys()):
        engine_edits.drop(opened, graph)
    for graph in remote.graphs:
        if notes.get(graph) != remote.notes[graph]:
            engine_edits.replace(opened, graph, remote.quads(graph))
    engine_edits.flush(opened)


def _home() -> Path:
    if named := os.environ.get(HOME):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("standpoint", appauthor=False) / "mirrors"


class Mirror(Queryable):
    """A server whose graphs are here as a copy; only queries that choose graphs themselves go to it."""

    def __init__(self, remote: RemoteStore, copy: Store) -> None:
        self.remote = remote
        self._copy = copy

    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query on the copy; see `Queryable.answer`."""
        where: Queryable = self.remote if chooses_graphs(query) else self._copy
        return where.answer(query, timeout=timeout, allow_network=allow_network)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of the copy, or of one of its graphs."""
        return self._copy.quads(graph)

    def close(self) -> None:
        """End the processes of the copy."""
        self._copy.close()

    def without_inferred(self) -> Queryable:
        """The copy as if nothing had been inferred."""
        return self._copy.without_inferred()
