"""A graph behind a SPARQL endpoint, with the same interface as an embedded one.

The door to SPARQLWrapper. What the default graph of a query is, the endpoint decides;
for our saved queries it should be the union of all graphs.
"""

from __future__ import annotations

import ast
import contextlib
import json
import socket
from typing import Any, Final
from urllib.error import URLError

from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from kg import engine
from kg.engine import Answer
from kg.errors import QueryError, QueryTimeoutError
from kg.sparql_text import refuse_deep_nesting, refuse_network
from kg.store import Queryable
from kg.workers import SECONDS

_ROWS: Final = ("SELECT", "ASK")
_FOREVER: Final = 24 * 3600


class RemoteStore(Queryable):
    """The SPARQL endpoint at *url* (SPARQL 1.1 Protocol, section 2.1: queries by POST)."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise QueryError(f"{url}: not the URL of an endpoint; it begins with http:// or https://")
        self.url = url

    def answer(self, query: str, *, timeout: float | None = SECONDS, allow_network: bool = False) -> Answer:
        """Evaluate a query of any form there; see `Queryable.answer`."""
        if not allow_network:
            refuse_network(query)
        refuse_deep_nesting(query)
        wrapper = self._wrap(query, timeout)
        if wrapper.queryType in _ROWS:
            return engine.table(self._parse(self._fetch(wrapper, timeout)))
        return engine.triples(self._fetch(wrapper, timeout))

    def _wrap(self, query: str, timeout: float | None) -> Any:
        wrapper = SPARQLWrapper(self.url, agent="standpoint")
        wrapper.setMethod(POST)
        wrapper.setTimeout(max(1, round(timeout)) if timeout else _FOREVER)
        wrapper.setQuery(query)
        wrapper.setReturnFormat(JSON if wrapper.queryType in _ROWS else TURTLE)
        return wrapper

    def _fetch(self, wrapper: Any, timeout: float | None) -> bytes:
        try:
            return bytes(wrapper.query().response.read())
        except SPARQLWrapperException as error:
            raise QueryError(f"{self.url}: the endpoint refused the query ({self._words(error)})") from None
        except TimeoutError:
            raise self._late(timeout) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, socket.timeout):
                raise self._late(timeout) from None
            raise QueryError(f"{self.url}: the endpoint cannot be reached ({reason})") from None

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
