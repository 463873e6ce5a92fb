"""A graph behind a SPARQL endpoint, with the same interface as an embedded one.

The door to SPARQLWrapper. Where `kg build` has made the graphs of an endpoint, each says
so in a triple of its own, and queries are asked of the union of these graphs, whatever
the default graph of the endpoint is and whatever else it holds (SPARQL 1.1 Protocol,
section 2.1.4). Of another endpoint, the default graph is what it decides.
"""

from __future__ import annotations

import ast
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cached_property
from typing import Any, Final, Self
from urllib.error import HTTPError, URLError

from SPARQLWrapper import BASIC, DIGEST, JSON, POST, SELECT, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException, Unauthorized

from kg import engine
from kg.endpoints import (
    PASSING,
    UPDATE,
    Endpoints,
    PassingError,
    find_endpoints,
    read_credentials,
    retried,
    waiting_time,
)
from kg.engine import Answer
from kg.errors import QueryError, QueryTimeoutError, StoreError
from kg.graph_stores import GraphStore
from kg.snapshots import GraphNote, Notes
from kg.sparql_text import (
    Kind,
    chooses_graphs,
    query_form,
    refuse_deep_nesting,
    refuse_network,
    tokens,
    without_comments,
)
from kg.store import Queryable
from kg.tables import Table
from kg.terms import SOFTWARE, Literal, Quad, token
from kg.workers import SECONDS

_ROWS: Final = ("SELECT", "ASK")
_FOREVER: Final = 24 * 3600

NOTE: Final = SOFTWARE + "graph-note"
"""The property by which a graph says what `kg build` made it of, as JSON."""
_NOTES: Final = f"SELECT DISTINCT ?graph ?note {{ GRAPH ?graph {{ ?graph <{NOTE}> ?note }} }}"
_INFERRED: Final = "/graph/inferred"


class RemoteStore(Queryable):
    """The SPARQL endpoint at *url* (SPARQL 1.1 Protocol, section 2.1: queries by POST).

    Raises:
        StoreError: *url* is no address of an endpoint.
    """

    def __init__(self, url: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        find_endpoints(url)
        self.url = url
        self._credentials = read_credentials(url)
        self._pause = pause
        self._is_stated_only = False

    # ------------------------------------------------------------ queries

    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query of any form there; see `Queryable.answer`."""
        if not allow_network:
            refuse_network(query)
        refuse_deep_nesting(query)
        chosen = chooses_graphs(query)
        if chosen and self._is_stated_only:
            raise QueryError(
                "a query that chooses its graphs with FROM chooses whether to see what was inferred, too; "
                "ask with the inferred graph, and do not name it"
            )
        return self._ask(query, timeout, () if chosen else self._dataset)

    def _ask(self, query: str, timeout: float | None, graphs: Iterable[str]) -> Answer:
        wrapper = self._wrap(query, timeout)
        for graph in graphs:
            wrapper.addDefaultGraph(graph)
            wrapper.addNamedGraph(graph)
        if wrapper.queryType in _ROWS:
            return engine.table(self._parse(self._fetch(wrapper, timeout)))
        return engine.triples(self._fetch(wrapper, timeout))

    def without_inferred(self) -> Self:
        """The same endpoint as if nothing had been inferred.

        Raises:
            QueryError: its graphs were not made by `kg build`, so that what is inferred is not known.
        """
        if not self.notes:
            raise QueryError(f"{self.url}: not built by 'kg build', so what is inferred in it is not known")
        found = type(self)(self.url, pause=self._pause)
        found._is_stated_only = True
        return found

    @cached_property
    def notes(self) -> Notes:
        """The graphs that `kg build` made here, and what of."""
        found = self._ask(_NOTES, None, ())
        if not isinstance(found, Table):
            raise QueryError(f"{self.url}: the answer is no table; is this the URL of an endpoint?")
        return {str(graph): GraphNote(**json.loads(str(note))) for graph, note in found.rows}

    @property
    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the graphs that `kg build` made here and that queries see, sorted."""
        return tuple(
            graph for graph in sorted(self.notes) if not (self._is_stated_only and graph.endswith(_INFERRED))
        )

    @cached_property
    def _dataset(self) -> tuple[str, ...]:
        """The graphs to name with each query; none where the endpoint's own default is just these."""
        if not self.notes or (self._is_union_of_ours and not self._is_stated_only):
            return ()
        return self.graphs

    @cached_property
    def _is_union_of_ours(self) -> bool:
        """Whether the default graph is the union of our graphs and nothing else is there."""
        others = " && ".join(f"?graph != <{graph}>" for graph in self.graphs)
        theirs = self._ask(f"ASK {{ GRAPH ?graph {{ ?s ?p ?o }} FILTER({others}) }}", None, ())
        return not theirs and self._ask(f"ASK {{ ?graph <{NOTE}> ?note }}", None, ()) is True

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of the graphs that `kg build` made here, or of one of them; by Graph Store Protocol.

        Raises:
            StoreError: the server refuses it, or none of its graphs is ours.
        """
        if not self.notes:
            raise StoreError(f"{self.url}: no graph here was made by 'kg build', so there is none to take")
        for name in (graph,) if graph is not None else self.graphs:
            for triple in self.store.get(name):
                if triple.predicate != f"<{NOTE}>":
                    yield Quad(*triple, f"<{name}>")

    # ------------------------------------------------------------ writing

    @cached_property
    def endpoints(self) -> Endpoints:
        """Its addresses; which server it is decides where they are."""
        return find_endpoints(self.url, server=self._server())

    @cached_property
    def store(self) -> GraphStore:
        """Its graphs."""
        return GraphStore(self.endpoints.graphs, self._credentials, self._pause)

    def replace(self, graph: str, lines: Iterable[str], note: GraphNote) -> int:
        """Make N-Triples *lines* the whole of *graph*, and say how many there are.

        The note comes last, so that a graph sent in part only has none and is sent again.

        Raises:
            StoreError: the server refuses it, or holds another number of triples afterwards.
        """
        count = 0

        def counted() -> Iterator[str]:
            nonlocal count
            for line in lines:
                count += 1
                yield line
            yield f"<{graph}> <{NOTE}> {token(Literal(json.dumps(asdict(note), sort_keys=True)))} .\n"

        self.store.put(graph, counted())
        found = self.count(graph)
        if found != count + 1:
            raise StoreError(
                f"{self.url}: the graph {graph} has {found:,} triples after {count + 1:,} were sent; "
                "see that nobody else writes it, and build again"
            )
        return count

    def drop(self, graph: str) -> None:
        """Take *graph* away (SPARQL 1.1 Update, section 3.2.2).

        Raises:
            StoreError: the server refuses it.
        """
        self._update(f"DROP SILENT GRAPH <{graph}>")

    def count(self, graph: str) -> int:
        """How many triples *graph* holds there, its note included."""
        found = self._ask(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", None, ())
        if not isinstance(found, Table):
            raise StoreError(f"{self.url}: the server does not say how many triples {graph} has")
        return int(str(found.rows[0][0]))

    def forget(self) -> None:
        """Read anew what is there, after writing."""
        for name in ("notes", "_dataset", "_is_union_of_ours"):
            self.__dict__.pop(name, None)

    def _update(self, text: str) -> None:
        wrapper = self._open(self.endpoints.update)
        wrapper.setTimeout(_FOREVER)
        wrapper.setQuery(text)
        try:
            self._fetch(wrapper, None)
        except QueryError as error:
            raise StoreError(f"{error}; is {self.endpoints.update} where updates go? {UPDATE} says") from None

    # ------------------------------------------------------------ requests

    def _open(self, url: str) -> Any:
        wrapper = SPARQLWrapper(url, agent="standpoint")
        wrapper.setMethod(POST)
        if self._credentials.user:
            wrapper.setHTTPAuth(DIGEST if self._credentials.scheme == "digest" else BASIC)
            wrapper.setCredentials(self._credentials.user, self._credentials.password)
        elif self._credentials.token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self._credentials.token}")
        return wrapper

    def _wrap(self, query: str, timeout: float | None) -> Any:
        wrapper = self._open(self.url)
        wrapper.setTimeout(max(1, round(timeout)) if timeout else _FOREVER)
        wrapper.setQuery(_ascii_strings(without_comments(query)))
        # SPARQLWrapper looks for any of these words anywhere, "ask" in a name or "add" in an IRI included.
        wrapper.queryType = query_form(query) or SELECT
        wrapper.setReturnFormat(JSON if wrapper.queryType in _ROWS else TURTLE)
        return wrapper

    def _server(self) -> str:
        """What the server calls itself."""
        wrapper = self._wrap("ASK {}", SECONDS)
        try:
            with contextlib.closing(wrapper.query().response) as response:
                return str(response.headers.get("Server", ""))
        except (SPARQLWrapperException, OSError):
            return ""

    def _fetch(self, wrapper: Any, timeout: float | None) -> bytes:
        return retried(lambda: self._fetch_once(wrapper, timeout), pause=self._pause)

    def _fetch_once(self, wrapper: Any, timeout: float | None) -> bytes:
        try:
            with contextlib.closing(wrapper.query().response) as response:
                return bytes(response.read())
        except Unauthorized:
            raise QueryError(
                f"{self.url}: the endpoint wants credentials; give them in KG_STORE_USER and "
                "KG_STORE_PASSWORD, or in netrc"
            ) from None
        except SPARQLWrapperException as error:
            raise QueryError(f"{self.url}: the endpoint refused the query ({self._words(error)})") from None
        except HTTPError as error:
            raise self._refused(error) from None
        except TimeoutError:
            raise self._late(timeout) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, socket.timeout):
                raise self._late(timeout) from None
            raise QueryError(f"{self.url}: the endpoint cannot be reached ({reason})") from None

    def _refused(self, error: HTTPError) -> Exception:
        with error:
            words = " ".join(error.read(2000).decode(errors="replace").split())[:200] or error.reason
        told = QueryError(f"{self.url}: the endpoint refused the query ({error.code} {words})")
        if error.code in PASSING:
            return PassingError(told, wait=waiting_time(error.headers.get("Retry-After")))
        return told

    @staticmethod
    def _words(error: Exception) -> str:
        """What the endpoint itself said; SPARQLWrapper writes the bytes of it as a literal."""
        said = str(error).partition("Response:")[2].strip()
        with contextlib.suppress(ValueError, SyntaxError):
            said = ast.literal_eval(said).decode(errors="replace")
        return " ".join(said.split())[:300] or type(error).__name__

    def _late(self, timeout: float | None) -> QueryTimeoutError:
        return QueryTimeoutError(f"{self.url}: no answer within {timeout:g} s; ask for less, or wait longer")

    def _parse(self, body: bytes) -> dict[str, Any]:
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise QueryError(f"{self.url}: the answer is not SPARQL JSON; is this the URL of an endpoint?")
        return found


def _ascii_strings(query: str) -> str:
    r"""*query* with what is not ASCII in strings written as code points (SPARQL 1.1, section 19.2).

    Some servers (Virtuoso 7) read a posted query as if it were not UTF-8.

    >>> print(_ascii_strings('SELECT * { ?s ?p "›" }'))
    SELECT * { ?s ?p "\u203A" }
    """
    if query.isascii():
        return query
    return "".join(_escape(each.text) if each.kind is Kind.STRING else each.text for each in tokens(query))


def _escape(text: str) -> str:
    return "".join(
        mark if mark.isascii() else f"\\u{ord(mark):04X}" if ord(mark) < 0x10000 else f"\\U{ord(mark):08X}"
        for mark in text
    )
