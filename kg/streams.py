"""Evaluate a query and write its answer in its final form, piece by piece.

What a SPARQL endpoint sends: the engine serializes while it evaluates, so an answer of
any size passes through some kilobytes of memory. `kg.engine.evaluate` gives a whole answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, Final, Protocol, cast

import pyoxigraph

from kg.engine import Engine, Kind, failures
from kg.errors import KgError, QueryError
from kg.sparql_text import chooses_graphs
from kg.terms import PREFIXES, ST, Names

ROWS: Final = {
    "json": pyoxigraph.QueryResultsFormat.JSON,
    "xml": pyoxigraph.QueryResultsFormat.XML,
    "csv": pyoxigraph.QueryResultsFormat.CSV,
    "tsv": pyoxigraph.QueryResultsFormat.TSV,
}
"""The forms of a table or a truth value, by name."""

TRIPLES: Final = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.STREAMING_JSON_LD,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "n3": pyoxigraph.RdfFormat.N3,
}
"""The forms of triples, by name."""


DUMP: Final = "DUMP"
"""In place of a query: all quads, in a form that has graphs (trig, nquads)."""


class NotAcceptableError(KgError):
    """The answer is of a kind that has none of the forms asked for; the message is the kind."""


class TooLargeError(KgError):
    """The answer is larger than it may be."""


class Sink(Protocol):
    """Takes an answer: once what it is, then its pieces."""

    def begin(self, kind: Kind, form: str) -> None:
        """Take the kind of the answer and its form (a key of `ROWS` or `TRIPLES`)."""

    def write(self, piece: bytes, /) -> int:
        """Take a piece of the answer; how many bytes were taken."""

    def flush(self) -> None:
        """Do nothing; the engine calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query with all that decides its answer.

    *rows*, *boolean* and *triples* are the forms wanted of each kind of answer, empty where none is
    acceptable. *default* and *named* are the dataset that the protocol gives (IRIs; None: the
    query's own, else the union of all graphs; SPARQL 1.1 Protocol, 2.1.4); an empty name is the graph
    without one. *base* is the IRI that relative ones are read against.
    """

    text: str
    rows: str = "json"
    boolean: str = "json"
    triples: str = "turtle"
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    base: str | None = None
    hidden: str = ""

    def form(self, kind: Kind) -> str:
        """The form wanted of an answer of this kind.

        Raises:
            NotAcceptableError: none is.
        """
        found = {"table": self.rows, "boolean": self.boolean, "triples": self.triples}[kind]
        if not found:
            raise NotAcceptableError(kind)
        return found


def write(engine: Engine, question: Question, sink: Sink) -> None:
    r"""Evaluate a query and write its answer to *sink*.

    Raises:
        NotAcceptableError: there is no form for this kind of answer.
        QueryError: it is malformed, or fails.
        StoreError: the files of the store are damaged.

    >>> import io
    >>> class Printer(io.BytesIO):
    ...     def begin(self, kind, form): print(kind, form)
    >>> from kg import engine
    >>> sink = Printer()
    >>> write(engine.memory(), Question(text="SELECT (1 AS ?n) {}", rows="csv"), sink)
    table csv
    >>> sink.getvalue()
    b'n\r\n1\r\n'
    """
    with failures():
        if question.text == DUMP:
            form = question.form("triples")
            sink.begin("triples", form)
            engine.dump(cast("IO[bytes]", sink), TRIPLES[form], prefixes=_prefixes(engine))
            return
        found = _evaluate(engine, question)
        kind = _kind(found)
        form = question.form(kind)
        sink.begin(kind, form)
        found.serialize(sink, (TRIPLES if kind == "triples" else ROWS)[form])


def _kind(found: Any) -> Kind:
    if isinstance(found, pyoxigraph.QueryTriples):
        return "triples"
    return "boolean" if isinstance(found, pyoxigraph.QueryBoolean) else "table"


def _evaluate(engine: Engine, question: Question) -> Any:
    given = question.default is not None or question.named is not None
    options: dict[str, Any] = {"prefixes": _prefixes(engine), "base_iri": question.base}
    if given:
        options["default_graph"] = _nodes(question.default)
        options["named_graphs"] = _nodes(question.named)
    elif question.hidden:
        raise AssertionError("a graph is hidden only in this process")
    else:
        options["use_default_graph_as_union"] = not chooses_graphs(question.text)
    return engine.query(question.text, **options)


def prefixes(engine: Engine) -> dict[str, str]:
    """The prefixes that need no declaration: the fixed ones, and those of the corpus if there is just one."""
    kind, corpus = pyoxigraph.NamedNode(PREFIXES["rdf"] + "type"), pyoxigraph.NamedNode(ST + "Corpus")
    found = {str(quad.subject) for quad in engine.quads_for_pattern(None, kind, corpus, None)}
    if len(found) == 1:
        return Names(found.pop().strip("<>").removesuffix("corpus")).prefixes()
    return PREFIXES


_prefixes = lru_cache(maxsize=1)(prefixes)  # a worker has one store, which stays as it is


def _nodes(iris: tuple[str, ...] | None) -> list[pyoxigraph.NamedNode | pyoxigraph.DefaultGraph]:
    try:
        return [pyoxigraph.NamedNode(iri) if iri else pyoxigraph.DefaultGraph() for iri in iris or ()]
    except ValueError as error:
        raise QueryError(f"the name of a graph is no absolute IRI ({error})") from None
