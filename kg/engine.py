"""The embedded engine, Oxigraph: open and take apart its stores, evaluate queries.

The door to pyoxigraph. What is evaluated here runs in this very process: without a
time limit, and a query nested some thousand brackets deep ends it. `kg.store` sends
queries that nobody vouches for to a `kg.workers.Worker` instead.

Oxigraph keeps numbers, booleans and dates by value: ``"01"^^xsd:integer`` is read back as
``"1"``, and a derived type such as `xsd:nonNegativeInteger` as the `xsd:integer` that it is
derived from. Language tags come back in lower case (RDF 1.1 Concepts, section 3.3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from typing import Literal as OneOf

import pyoxigraph

from kg.errors import QueryError, StoreError
from kg.sparql_text import chooses_graphs
from kg.tables import Table
from kg.terms import XSD, Blank, Iri, Literal, Quad, Term

Engine: TypeAlias = pyoxigraph.Store
Kind: TypeAlias = OneOf["table", "boolean", "triples"]

_DAMAGED: Final = "DAMAGED"
_SPOILT_FILE: Final = re.compile(r"(/[^\n]*)/\d+\.sst\b")


class DamagedStoreError(StoreError):
    """Files of a store are missing, or do not hold what they should."""


class Triple(NamedTuple):
    """Subject, predicate and object, each an N-Triples token."""

    subject: str
    predicate: str
    object: str

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object} ."


Answer: TypeAlias = Table | bool | tuple[Triple, ...]
"""What a query answers: SELECT a table, ASK a truth value, CONSTRUCT and DESCRIBE sorted triples."""


class Result(NamedTuple):
    """An answer as it travels between processes: SPARQL JSON, or sorted N-Triples."""

    kind: Kind
    payload: bytes


# ---------------------------------------------------------------- opening and loading


def read(directory: Path) -> Engine:
    """Open the finished store in *directory*, which nothing writes, for reading.

    Raises:
        StoreError: its files are missing or damaged.
    """
    try:
        return pyoxigraph.Store.read_only(str(directory))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(
            f"{directory}: the store is damaged; build it again ({_first_line(error)})"
        ) from error


def create(directory: Path) -> Engine:
    """Open *directory* for writing, as a new store or to go on with one.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        return pyoxigraph.Store(str(directory))
    except (OSError, RuntimeError, ValueError) as error:
        raise write_error(directory, error) from error


def copy(directory: Path, target: Path) -> None:
    """Copy the finished store in *directory* to *target*, sharing its unchanging files (hard links).

    Raises:
        StoreError: the one is damaged, or the other cannot be written.
    """
    source = read(directory)
    try:
        source.backup(str(target))
    except (OSError, RuntimeError, ValueError) as error:
        raise write_error(target, error) from error


def memory() -> Engine:
    """Make an empty store in memory."""
    return pyoxigraph.Store()


def turtle(path: Path) -> list[Triple]:
    """Read a Turtle file.

    Raises:
        StoreError: it is malformed.
    """
    try:
        found = pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
        return [Triple(str(each.subject), str(each.predicate), str(each.object)) for each in found]
    except SyntaxError as error:
        raise StoreError(f"{path}:{error.lineno or 0}: {_first_line(error)}") from error


def write_error(where: Path | None, error: Exception) -> StoreError:
    """Say why the store in *where* cannot be written, from what the engine said."""
    place = f"{where}: " if where else ""
    text = _first_line(error)
    if "No space left" in text or "File too large" in text:
        return StoreError(f"{place}no space left on the disk; what was built before is untouched")
    if "Corruption" in text or ("No such file" in text and ".sst" in text):
        return _damaged(error, place)
    return StoreError(f"{place}cannot be written ({text})")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _shorten(text: str) -> str:
    """The beginning of what may be a list of all tokens that were expected."""
    return text if len(text) <= 160 else text[: text.rfind(",", 0, 160)] + " …"


# ---------------------------------------------------------------- taking apart


def quads(engine: Engine, graph: str | None = None) -> Iterator[Quad]:
    """The quads of *engine*, or of its named graph *graph* (an IRI; empty: the graph without a name).

    They come in no particular order.

    Raises:
        StoreError: its files are damaged.
    """
    where = None if graph is None else pyoxigraph.NamedNode(graph) if graph else pyoxigraph.DefaultGraph()
    with reading():
        for quad in engine.quads_for_pattern(None, None, None, where):
            yield quad_of(quad)


@contextmanager
def reading() -> Iterator[None]:
    """Turn what the engine raises over files that are missing or spoilt into our own error.

    Raises:
        DamagedStoreError: with what is wrong.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception, place: str = "") -> DamagedStoreError:
    """Our error for *error*, after leaving a mark beside the file that is spoilt, for the next build to see.

    Whatever the engine reads it holds against a checksum, and its error names the file.
    """
    if match := _SPOILT_FILE.search(str(error)):
        with suppress(OSError):  # who may only read leaves no mark
            (Path(match[1]) / _DAMAGED).touch()
    return DamagedStoreError(f"{place}the store is damaged; build it again ({_first_line(error)})")


def is_known_damaged(directory: Path) -> bool:
    """Whether somebody who read the store in *directory* found that a file of it is spoilt."""
    return (directory / _DAMAGED).exists()


def quad_of(quad: pyoxigraph.Quad) -> Quad:
    """A quad of the engine as tokens."""
    name = "" if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else str(quad.graph_name)
    return Quad(str(quad.subject), str(quad.predicate), str(quad.object), name)


def subjects(engine: Engine, predicate: str, object_: str, graph: str) -> list[str]:
    """The IRIs that *predicate* links to *object_* in the named graph *graph* (all IRIs).

    Raises:
        StoreError: its files are damaged.
    """
    pattern = map(pyoxigraph.NamedNode, (predicate, object_, graph))
    with reading():
        found = engine.quads_for_pattern(None, *pattern)
        return [quad.subject.value for quad in found if isinstance(quad.subject, pyoxigraph.NamedNode)]


def about(engine: Engine, subject: str, graph: str) -> set[Quad]:
    """The quads about *subject* in the named graph *graph* (both IRIs).

    Raises:
        StoreError: its files are damaged.
    """
    node, name = pyoxigraph.NamedNode(subject), pyoxigraph.NamedNode(graph)
    with reading():
        return {quad_of(quad) for quad in engine.quads_for_pattern(node, None, None, name)}


def links(engine: Engine, predicate: str, *, hidden: str = "") -> set[tuple[str, str]]:
    """The subjects and objects that *predicate* links, IRIs only, outside of the graph named *hidden*.

    Raises:
        StoreError: its files are damaged.
    """
    with reading():
        return {
            (quad.subject.value, quad.object.value)
            for quad in engine.quads_for_pattern(None, pyoxigraph.NamedNode(predicate), None, None)
            if isinstance(quad.subject, pyoxigraph.NamedNode)
            and isinstance(quad.object, pyoxigraph.NamedNode)
            and (isinstance(quad.graph_name, pyoxigraph.DefaultGraph) or quad.graph_name.value != hidden)
        }


def graphs(engine: Engine) -> list[str]:
    """The IRIs of the named graphs of *engine*, sorted.

    Raises:
        StoreError: its files are damaged.
    """
    with reading():
        return sorted(name.value for name in engine.named_graphs())


def count(engine: Engine) -> int:
    """How many quads *engine* holds.

    Raises:
        StoreError: its files are damaged.
    """
    with reading():
        return len(engine)


def dump(engine: Engine) -> bytes:
    """All of *engine* as N-Quads, in no particular order.

    Raises:
        StoreError: its files are damaged.
    """
    with reading():
        return engine.dump(format=pyoxigraph.RdfFormat.N_QUADS) or b""


# ---------------------------------------------------------------- evaluating

_ERROR_AT: Final = re.compile(r"error at (\d+:\d+): (.*)", re.DOTALL)


def evaluate(engine: Engine, query: str, *, hidden: str = "") -> Result:
    """Evaluate a SPARQL query over the union of all graphs, or of all but the one named *hidden*.

    A query that chooses its graphs with FROM gets these.

    Raises:
        QueryError: it is malformed, or fails, or chooses its graphs although one is hidden.
        StoreError: the files of the store are damaged.
    """
    with failures():
        return _serialize(_run(engine, query, hidden))


@contextmanager
def failures() -> Iterator[None]:
    """Turn what the engine raises while it evaluates a query into our own errors.

    Raises:
        QueryError: the query is malformed, or fails.
        StoreError: the files of the store are damaged.
    """
    try:
        yield
    except SyntaxError as error:
        match = _ERROR_AT.match(str(error))
        place, why = match.groups() if match else ("1:1", str(error))
        raise QueryError(f"{place}: the query is malformed: {_shorten(why)}") from None
    except (OSError, RuntimeError, ValueError) as error:
        if "Corruption" in str(error) or "IO error" in str(error):
            raise _damaged(error) from None
        raise QueryError(f"the query failed: {_first_line(error)}") from None


def _run(engine: Engine, query: str, hidden: str) -> Any:
    chosen = chooses_graphs(query)
    if not hidden:
        # The engine drops FROM where it is told to take the union.
        return engine.query(query, use_default_graph_as_union=not chosen)
    if chosen:
        raise QueryError(
            "a query that chooses its graphs with FROM chooses whether to see what was inferred, too; "
            "ask with the inferred graph, and do not name it"
        )
    names = [name for name in engine.named_graphs() if str(name) != f"<{hidden}>"]
    return engine.query(query, default_graph=[pyoxigraph.DefaultGraph(), *names], named_graphs=names)


def _serialize(found: Any) -> Result:
    if isinstance(found, pyoxigraph.QueryTriples):
        lines = sorted({f"{triple} .\n" for triple in found})
        return Result("triples", "".join(lines).encode())
    kind: Kind = "boolean" if isinstance(found, pyoxigraph.QueryBoolean) else "table"
    return Result(kind, found.serialize(format=pyoxigraph.QueryResultsFormat.JSON))


def select(engine: Engine, query: str) -> Table:
    """Evaluate a SELECT query of our own; see `evaluate`."""
    found = answer(evaluate(engine, query))
    if not isinstance(found, Table):
        raise QueryError("this is no SELECT query")
    return found


def answer(result: Result) -> Answer:
    """Read an answer that has travelled.

    >>> engine = memory()
    >>> answer(evaluate(engine, "SELECT (1 AS ?n) {}")).rows[0][0].value
    '1'
    >>> answer(evaluate(engine, "ASK {}"))
    True
    """
    if result.kind == "triples":
        return tuple(map(_triple, result.payload.decode().splitlines()))
    return table(json.loads(result.payload))


def triples(turtle_text: bytes) -> tuple[Triple, ...]:
    """Read a Turtle text, such as an endpoint's answer, to sorted triples.

    Raises:
        QueryError: it is malformed.
    """
    try:
        found = pyoxigraph.parse(turtle_text, format=pyoxigraph.RdfFormat.TURTLE)
        return tuple(sorted({Triple(str(t.subject), str(t.predicate), str(t.object)) for t in found}))
    except SyntaxError as error:
        raise QueryError(f"the answer is not Turtle ({_first_line(error)})") from error


def _triple(line: str) -> Triple:
    subject, predicate, rest = line.split(" ", 2)
    return Triple(subject, predicate, rest.removesuffix(" ."))


def table(document: dict[str, Any]) -> Table | bool:
    """Read a SPARQL 1.1 Query Results JSON document.

    Raises:
        QueryError: it is none, or has a term that is neither IRI, blank node nor literal.
    """
    try:
        if "boolean" in document:
            return bool(document["boolean"])
        columns = tuple(document["head"]["vars"])
        terms = _Terms({})
        rows = (tuple(map(terms.read, map(row.get, columns))) for row in document["results"]["bindings"])
        return Table(columns, tuple(rows))
    except (KeyError, TypeError, AttributeError) as error:
        raise QueryError(f"the answer is not in the SPARQL JSON results format ({error})") from error


@dataclass(frozen=True, slots=True)
class _Terms:
    """Makes one term for each IRI, however many rows it stands in."""

    iris: dict[str, Iri]

    def read(self, found: dict[str, str] | None) -> Term | None:
        if found is None:
            return None
        kind, value = found["type"], found["value"]
        if kind == "uri":
            return self.iris.get(value) or self.iris.setdefault(value, Iri(value))
        if kind in ("literal", "typed-literal"):
            datatype = found.get("datatype", "")
            return Literal(value, "" if datatype == XSD + "string" else datatype, found.get("xml:lang", ""))
        if kind == "bnode":
            return Blank(value)
        raise QueryError(f"the answer has a term of the kind {kind!r}, which this program does not read")
