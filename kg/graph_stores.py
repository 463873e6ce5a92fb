"""The graphs of a remote server by the SPARQL 1.1 Graph Store HTTP Protocol (indirect identification).

A graph is sent as N-Triples. One that is longer than a request should be goes in several:
the first replaces the graph (section 5.3), the others add to it (5.5).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithPriorAuth,
    OpenerDirector,
    Request,
    build_opener,
)

from kg.endpoints import GRAPHS, PASSING, Credentials, PassingError, retried, waiting_time
from kg.engine import Triple, triples
from kg.errors import QueryError, StoreError

_BYTES: Final = 8 << 20  # of one request
_SECONDS: Final = 600.0


@dataclass(frozen=True)
class GraphStore:
    """The graphs at *url*; *pause* waits between tries."""

    url: str
    credentials: Credentials
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)
    request_bytes: int = _BYTES

    def put(self, graph: str, lines: Iterable[str]) -> None:
        """Make N-Triples *lines* the content of *graph*; the last ones arrive last.

        Raises:
            StoreError: the server refuses it, or cannot be reached.
        """
        method = "PUT"
        for body in _bodies(lines, self.request_bytes):
            self._send(method, graph, body)
            method = "POST"

    def get(self, graph: str) -> tuple[Triple, ...]:
        """The triples of *graph*, sorted; none if there is no such graph.

        Raises:
            StoreError: the server refuses it, cannot be reached, or sends what is no RDF.
        """
        try:
            return triples(self._send("GET", graph))
        except QueryError as error:
            raise StoreError(f"{self.url}: {error}") from None

    def delete(self, graph: str) -> None:
        """Take *graph* away; nothing happens if there is none.

        Raises:
            StoreError: the server refuses it, or cannot be reached.
        """
        self._send("DELETE", graph)

    def _send(self, method: str, graph: str, body: bytes | None = None) -> bytes:
        return retried(lambda: self._send_once(method, graph, body), pause=self.pause)

    def _send_once(self, method: str, graph: str, body: bytes | None) -> bytes:
        request = Request(  # noqa: S310 - http and https only: `find_endpoints` saw to that
            f"{self.url}{'&' if '?' in self.url else '?'}graph={quote(graph, safe='')}",
            data=body,
            method=method,
            headers={"Accept": "text/turtle" if method == "GET" else "*/*", "User-Agent": "standpoint"},
        )
        if body is not None:
            request.add_header("Content-Type", "application/n-triples")
        if self.credentials.token:
            request.add_unredirected_header("Authorization", f"Bearer {self.credentials.token}")
        try:
            with self._opener().open(request, timeout=_SECONDS) as response:
                return bytes(response.read())
        except HTTPError as error:
            if error.code == 404 and method in ("GET", "DELETE"):
                return b""
            raise self._refused(method, graph, error) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise PassingError(StoreError(f"{self.url}: the server cannot be reached ({reason})")) from None

    def _opener(self) -> OpenerDirector:
        """One of our own, so that no other code's requests carry these credentials."""
        if not self.credentials.user:
            return build_opener()
        known = HTTPPasswordMgrWithPriorAuth()
        known.add_password(
            None,
            self.url,
            self.credentials.user,
            self.credentials.password,
            is_authenticated=self.credentials.scheme == "basic",
        )
        digest = self.credentials.scheme == "digest"
        return build_opener(HTTPDigestAuthHandler(known) if digest else HTTPBasicAuthHandler(known))

    def _refused(self, method: str, graph: str, error: HTTPError) -> Exception:
        with error:
            words = " ".join(error.read(2000).decode(errors="replace").split())[:200]
        said = f"{error.code} {words or error.reason}"
        told = f"{self.url}: the server refused {method} of the graph {graph} ({said})"
        if error.code in (401, 403):
            return StoreError(f"{told}; give credentials in KG_STORE_USER and KG_STORE_PASSWORD, or in netrc")
        if error.code in (404, 405, 501):
            return StoreError(f"{told}; name the address of its Graph Store Protocol in {GRAPHS}")
        if error.code in PASSING:
            return PassingError(StoreError(told), wait=waiting_time(error.headers.get("Retry-After")))
        return StoreError(told)


def _bodies(lines: Iterable[str], limit: int) -> Iterator[bytes]:
    """*lines* in pieces of some *limit* bytes; one piece at least."""
    piece: list[bytes] = []
    size, is_first = 0, True
    for line in lines:
        found = line.encode()
        if piece and size + len(found) > limit:
            yield b"".join(piece)
            piece, size, is_first = [], 0, False
        piece.append(found)
        size += len(found)
    if piece or is_first:
        yield b"".join(piece)
