"""SPARQL 1.1 Graph Store HTTP Protocol: graphs as resources, by their own address or by ``?graph=``.

``/data?graph=IRI`` and ``/data?default`` are graphs named indirectly; ``/data/…`` is the graph
whose IRI is the address itself, ``/graph/…`` the graph of the corpus with that path after its base.
``/data`` is the whole store: GET is all of it, POST a new graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urljoin

from starlette.types import Receive, Scope, Send

from kg.changes import Change, MissingGraphError
from kg.errors import KgError
from kg.streams import DUMP, Question
from kg.terms import Iri, token
from kg.web import negotiation
from kg.web.problems import CORS, RefusedError, header, send_error, send_whole
from kg.web.protocol import Endpoint
from kg.web.requests import UPDATE, Operation, origin, read_body, read_fields
from kg.web.updates import Writer, may_write

ROOT: Final = "/data"
OURS: Final = "/graph/"
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_METHODS: Final = "GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS"
_MEDIA: Final = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "ntriples",
    "text/plain": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
    "text/n3": "n3",
}
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")

_WHOLE: Final = {
    name: (negotiation.MEDIA[name],) for name in ("trig", "nquads", "turtle", "ntriples", "jsonld")
}


@dataclass(frozen=True, slots=True)
class GraphStore:
    """The graphs as resources; an ASGI application."""

    endpoint: Endpoint
    writer: Writer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            await self._answer(scope, receive, send)
        except KgError as error:
            await send_error(scope, send, error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method in ("GET", "HEAD"):
            await self._read(scope, receive, send)
        elif method == "OPTIONS":
            allow = [(b"allow", _METHODS.encode()), (b"access-control-allow-methods", b"GET, HEAD")]
            await send_whole(send, 204, [CORS, *allow], b"")
        elif method in ("PUT", "POST", "DELETE", "PATCH"):
            may_write(scope, self.endpoint.pool.settings)
            await self._write(scope, receive, send)
        else:
            raise RefusedError(405, "no such thing is done to a graph", headers=[("allow", _METHODS)])

    def _graph(self, scope: Scope) -> str | None:
        """The graph that a request is about; None for the whole store.

        Raises:
            RefusedError: it names two, or one that has no absolute IRI.
        """
        here = origin(scope, self.endpoint.pool.settings)
        if scope["path"].rstrip("/") != ROOT:
            raw = scope.get("raw_path")
            path = raw.decode("ascii") if raw else quote(scope["path"])
            return (self._base() or here) + path if path.startswith(OURS) else here + path
        fields = read_fields(scope["query_string"])
        named = [value for name, value in fields if name == "graph"]
        named += ["" for name, _ in fields if name == "default"]
        if not named:
            return None
        if len(named) > 1:
            raise RefusedError(400, "name one graph, by 'graph' or by 'default'")
        found = urljoin(f"{here}/", named[0]) if named[0] else ""
        if found and not _ABSOLUTE.fullmatch(found):
            raise RefusedError(400, "the name of the graph is no IRI")
        return found

    def _base(self) -> str:
        """The base of the corpus without its last slash, empty where there is no corpus or more than one."""
        ends = OURS + "corpus"
        names = [name for name in self.endpoint.pool.generation.notes if name.endswith(ends)]
        return names[0].removesuffix(ends) if len(names) == 1 else ""

    # ------------------------------------------------------------ reading

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        graph = self._graph(scope)
        if graph is None:
            form = negotiation.best(header(scope, b"accept"), _WHOLE)
            text = DUMP if form in ("trig", "nquads") else _ALL
            await self.endpoint.answer(scope, receive, send, Question(text=text, triples=form))
            return
        if graph and not await self._is_there(graph):
            raise MissingGraphError(f"there is no graph <{graph}>")
        asked = Operation(_ALL, is_update=False, default=(graph,), named=())
        await self.endpoint.query(scope, receive, send, asked)

    async def _is_there(self, graph: str) -> bool:
        pool = self.endpoint.pool
        if graph in pool.generation.notes:
            return True
        _, answer = await pool.collect(
            Question(text=f"ASK {{ GRAPH {token(Iri(graph))} {{}} }}", rows="csv", boolean="csv")
        )
        return answer == b"true"

    # ------------------------------------------------------------ writing

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings, method = self.endpoint.pool.settings, scope["method"]
        graph = self._graph(scope)
        body = await read_body(scope, receive, limit=settings.max_upload, seconds=settings.patience)
        is_new = graph is None
        if graph is None:
            if method != "POST":
                raise RefusedError(
                    405, "only GET and POST are for the whole store", headers=[("allow", "GET, HEAD, POST")]
                )
            graph = self._new(scope, body)
        media = header(scope, b"content-type")
        change = Change(
            kind=method.lower(), graph=graph, base=graph, services=tuple(sorted(settings.services))
        )
        if method == "PATCH":
            change = replace(change, text=_update(media, body))
        elif method != "DELETE":
            change = replace(change, parts=tuple(_parts(media, body)))
        outcome = await self.writer.make(change)
        location = [(b"location", graph.encode())] if is_new else []
        await send_whole(send, _status(method, created=outcome.created), [*location, *_EMPTY], b"")

    def _new(self, scope: Scope, body: bytes) -> str:
        """An IRI for a new graph: an address under `ROOT` that follows from what is there already."""
        name = sha256(self.endpoint.pool.generation.name.encode() + body).hexdigest()[:16]
        return f"{origin(scope, self.endpoint.pool.settings)}{ROOT}/{name}"


_EMPTY: Final = [(b"content-length", b"0"), (b"cache-control", b"no-store")]


def _status(method: str, *, created: bool) -> int:
    """The status of a change that was made (Graph Store HTTP Protocol, 5.3 to 5.7)."""
    if created:
        return 201
    return 200 if method in ("POST", "DELETE") else 204


def _update(media: str, body: bytes) -> str:
    if media.partition(";")[0].strip().lower() != UPDATE:
        raise RefusedError(415, f"a graph is patched by {UPDATE}")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(400, "the body is not UTF-8; encode it so") from None


def _parts(media: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The forms and texts of a body: of several where it is multipart/form-data (5.5)."""
    if not media.lower().startswith("multipart/form-data"):
        yield _form(media), body
        return
    found = message_from_bytes(b"Content-Type: " + media.encode("latin-1") + b"\r\n\r\n" + body)
    if not found.is_multipart():
        raise RefusedError(400, "the body has no parts; the boundary may be wrong")
    for part in found.walk():
        if not part.is_multipart():
            text = part.get_payload(decode=True)
            yield _form(part.get("content-type", "")), text if isinstance(text, bytes) else b""


def _form(media: str) -> str:
    found = _MEDIA.get(media.partition(";")[0].strip().lower())
    if found is None:
        raise RefusedError(415, f"a graph is written in one of {', '.join(_MEDIA)}")
    return found
