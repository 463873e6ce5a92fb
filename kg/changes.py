"""Change the graphs of a store other than by a build: SPARQL Update, and graphs written whole.

A change makes the next snapshot as a build does: a copy of the current one that shares its
files is changed, and becomes current all at once, or not at all. It runs in a process of its
own (`serve`), since a hostile update may end the process or never end.

What files say stays the truth: a build makes their graphs anew where a change has touched them.
Graphs that are no file's are left alone by builds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph

from kg import engine, engine_edits, snapshots
from kg.engine import Engine, failures
from kg.errors import KgError, QueryError, StoreBusyError, StoreError
from kg.snapshots import WRITTEN, GraphNote, Notes
from kg.sparql_text import refuse_deep_nesting, refuse_services
from kg.streams import TRIPLES, prefixes
from kg.update_text import with_dataset, with_silent_clear
from kg.workers import limit_memory

START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from kg.changes import serve; serve()"
)
"""What a process runs to make a change; its argument is the search path of modules as JSON."""


class MissingGraphError(KgError):
    """There is no such graph."""


class PayloadError(KgError):
    """What is to be written is not what it is said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to do to a store.

    *kind* is ``update`` (of all graphs, by *text* with the dataset *using* and *named*), or one that
    writes *graph* (an IRI, empty: the graph without a name): ``put``, ``post`` and ``delete`` as in
    SPARQL 1.1 Graph Store HTTP Protocol, ``patch`` by *text* as if the graph were all there is.
    *parts* are forms (of `kg.streams.TRIPLES`) and texts in them. *services* may be reached.
    """

    kind: str
    graph: str = ""
    text: str = ""
    using: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str = ""
    parts: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    services: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As text, for another process."""
        parts = [(form, base64.b64encode(text).decode()) for form, text in self.parts]
        return json.dumps({**asdict(self), "parts": parts})

    @classmethod
    def from_json(cls, text: str) -> Change:
        """Read what `to_json` has written.

        >>> change = Change(kind="put", graph="urn:g", parts=(("turtle", b"<urn:s> a <urn:C> ."),))
        >>> Change.from_json(change.to_json()) == change
        True
        """
        found: dict[str, Any] = json.loads(text)
        found["parts"] = [(form, base64.b64decode(part)) for form, part in found["parts"]]
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: whether it made a graph that was not there, or was empty."""

    created: bool = False


def apply(directory: Path, change: Change) -> Outcome:
    """Make the next snapshot of the store in *directory*, with *change*.

    Raises:
        StoreBusyError: a build or another change is at it.
        StoreError: there is no store, or it cannot be written.
        QueryError: the update is malformed, refused, or fails.
        PayloadError: what is to be written is malformed.
        MissingGraphError: there is no graph to delete.
    """
    snapshots.check(directory)
    with snapshots.writing(directory) as database:
        before = snapshots.current(directory)
        if before is None:
            raise StoreError(f"{directory}: the store has no finished build yet; run `kg build`")
        engine.copy(before.database, database)
        opened = engine.create(database)
        outcome = _HOW[change.kind](opened, change)
        notes = _note(before.notes(), opened, change)
        engine_edits.flush(opened)
        del opened
        snapshots.finish(directory, notes)
        snapshots.clear(directory)
        return outcome


def _note(notes: Notes, opened: Engine, change: Change) -> Notes:
    """The notes on the graphs, those that are not as their file has them marked as written."""
    names = {*engine.graphs(opened), *([""] if _holds(opened, "") else [])}
    basis = json.dumps(sorted((graph, note.fingerprint) for graph, note in notes.items()))
    mark = WRITTEN + hashlib.sha256((basis + change.to_json()).encode()).hexdigest()[:16]
    touched = names if change.kind == "update" else {change.graph}
    touched |= {graph for graph in notes if graph.endswith("graph/inferred")}  # follows from the others
    found = {name: notes.get(name, GraphNote("", "", mark)) for name in names}
    return {
        name: replace(note, fingerprint=mark) if name in touched else note for name, note in found.items()
    }


# ---------------------------------------------------------------- the kinds of change


def _node(graph: str) -> pyoxigraph.NamedNode | pyoxigraph.DefaultGraph:
    try:
        return pyoxigraph.NamedNode(graph) if graph else pyoxigraph.DefaultGraph()
    except ValueError:
        raise PayloadError(f"the name of the graph, {graph[:100]!r}, is no absolute IRI") from None


def _holds(opened: Engine, graph: str) -> bool:
    """Whether there is a graph of this name; that without a name is there if something is in it."""
    node = _node(graph)
    if isinstance(node, pyoxigraph.NamedNode):
        return opened.contains_named_graph(node)
    return any(True for _ in opened.quads_for_pattern(None, None, None, node))


def _update(opened: Engine, change: Change) -> Outcome:
    refuse_services(change.text, change.services)
    refuse_deep_nesting(change.text)
    text = with_silent_clear(change.text)
    if change.using or change.named:
        text = with_dataset(text, change.using, change.named)
    with failures():
        opened.update(text, base_iri=change.base or None, prefixes=prefixes(opened))
    return Outcome()


def _put(opened: Engine, change: Change) -> Outcome:
    node, created = _node(change.graph), not _holds(opened, change.graph)
    found = _parse(change, node)
    opened.clear_graph(node)
    return _add(opened, node, found, created=created)


def _post(opened: Engine, change: Change) -> Outcome:
    node, created = _node(change.graph), not _holds(opened, change.graph)
    return _add(opened, node, _parse(change, node), created=created)


def _add(
    opened: Engine,
    node: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph,
    found: Sequence[pyoxigraph.Quad],
    *,
    created: bool,
) -> Outcome:
    if isinstance(node, pyoxigraph.NamedNode):
        opened.add_graph(node)
    opened.bulk_extend(found)
    return Outcome(created)


def _delete(opened: Engine, change: Change) -> Outcome:
    node = _node(change.graph)
    if change.graph and not _holds(opened, change.graph):
        raise MissingGraphError(f"there is no graph <{change.graph}>")
    if isinstance(node, pyoxigraph.NamedNode):
        opened.remove_graph(node)
    else:
        opened.clear_graph(node)
    return Outcome()


def _patch(opened: Engine, change: Change) -> Outcome:
    node = _node(change.graph)
    if change.graph and not _holds(opened, change.graph):
        raise MissingGraphError(f"there is no graph <{change.graph}>")
    alone = engine.memory()
    alone.extend(_moved(opened.quads_for_pattern(None, None, None, node), pyoxigraph.DefaultGraph()))
    _update(alone, change)
    if any(True for _ in alone.named_graphs()):
        raise QueryError("the update names another graph; a patch is of one")
    opened.clear_graph(node)
    return _add(opened, node, list(_moved(iter(alone), node)), created=False)


_HOW: Final[dict[str, Callable[[Engine, Change], Outcome]]] = {
    "update": _update,
    "put": _put,
    "post": _post,
    "delete": _delete,
    "patch": _patch,
}


def _parse(change: Change, node: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph) -> list[pyoxigraph.Quad]:
    """The statements to be written into a graph; blank nodes are new ones."""
    found: list[pyoxigraph.Quad] = []
    for form, text in change.parts:
        try:
            quads = list(
                pyoxigraph.parse(text, TRIPLES[form], base_iri=change.base or None, rename_blank_nodes=True)
            )
        except (SyntaxError, ValueError) as error:
            raise PayloadError(f"this is no {form}: {str(error).splitlines()[0]}") from None
        if any(not isinstance(quad.graph_name, pyoxigraph.DefaultGraph) for quad in quads):
            raise PayloadError("the statements name graphs of their own; send those of one graph")
        found += _moved(iter(quads), node)
    return found


def _moved(
    quads: Iterator[pyoxigraph.Quad], node: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph
) -> list[pyoxigraph.Quad]:
    return [pyoxigraph.Quad(each.subject, each.predicate, each.object, node) for each in quads]


# ---------------------------------------------------------------- in a process of its own

_KINDS: Final[dict[str, type[KgError]]] = {
    "missing": MissingGraphError,
    "payload": PayloadError,
    "query": QueryError,
    "busy": StoreBusyError,
    "store": StoreError,
}


def serve() -> None:
    """Make the change on standard input, in the store that the second argument names; say how it went.

    The third argument is how much address space may be used, in MB.
    """
    directory, megabytes = Path(sys.argv[2]), int(sys.argv[3])
    limit_memory(megabytes)
    try:
        said = asdict(apply(directory, Change.from_json(sys.stdin.read())))
    except KgError as error:
        kind = next(name for name, each in _KINDS.items() if isinstance(error, each))
        said = {"error": kind, "message": str(error)}
    except MemoryError:
        said = {"error": "query", "message": "the update needs more memory than it may use"}
    sys.stdout.write(json.dumps(said))


def read_outcome(text: str) -> Outcome:
    """Read what `serve` has said.

    Raises:
        KgError: what `apply` has raised there.
    """
    found = json.loads(text)
    if "error" in found:
        raise _KINDS[found["error"]](found["message"])
    return Outcome(**found)
