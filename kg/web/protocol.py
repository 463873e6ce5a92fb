"""The SPARQL endpoint: a request to a query, its answer to a response (SPARQL 1.1 Protocol)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import KgError
from kg.streams import Question
from kg.web import negotiation
from kg.web.caches import Answers, Kept, is_repeatable
from kg.web.negotiation import Forms
from kg.web.pool import Pool
from kg.web.problems import CORS, Headers, RefusedError, header, send_error, send_whole
from kg.web.requests import Operation, base, read_operation
from kg.web.runs import Answering

METHODS: Final = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
_ALLOW: Final = ", ".join(METHODS)
_LOOK: Final = 0.5  # seconds until a client is watched, who may have gone
_ALWAYS: Final[Headers] = [
    CORS,
    (b"access-control-expose-headers", b"ETag, Retry-After"),
    (b"vary", b"Accept, Accept-Encoding"),
]
_PREFLIGHT: Final[Headers] = [
    CORS,
    (b"allow", _ALLOW.encode()),
    (b"access-control-allow-methods", b"GET, HEAD, POST, QUERY"),
    (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
]


class Watch:
    """Cancels the task that asks when its client has gone; begins to look after a moment only."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_gone = False
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._asking = asyncio.current_task()
        self._timer = loop.call_later(_LOOK, self._start, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._is_gone = True
        if self._asking:
            self._asking.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._timer.cancel()
        if self._task:
            self._task.cancel()
        if self._is_gone and self._asking and kind is asyncio.CancelledError:
            self._asking.uncancel()
            return True
        return False


Describe = Callable[[Scope, Send], Awaitable[None]]
Update = Callable[[Scope, Send, Operation], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The SPARQL endpoint as an ASGI application.

    *describe* answers a request without an operation, *page* one that would rather see a page, *update*
    an update; no update is possible without.
    """

    pool: Pool
    answers: Answers
    describe: Describe
    page: ASGIApp | None = None
    update: Update | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            await self._answer(scope, receive, send)
        except KgError as error:
            await send_error(scope, send, error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await send_whole(send, 204, [*_PREFLIGHT], b"")
            return
        if method not in METHODS:
            raise RefusedError(
                405, f"{method} is no way to ask; there are GET, POST and QUERY", headers=[("allow", _ALLOW)]
            )
        asked = await read_operation(scope, receive, self.pool.settings)
        if asked is None:
            await self._describe(scope, receive, send)
        elif not asked.is_update:
            await self.query(scope, receive, send, asked)
        elif self.update is None:
            raise RefusedError(403, "nothing can be written here; the server was not started with --writable")
        else:
            await self.update(scope, send, asked)

    async def _describe(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.page and negotiation.likes_html(header(scope, b"accept")):
            await self.page(scope, receive, send)
        else:
            await self.describe(scope, send)

    async def query(self, scope: Scope, receive: Receive, send: Send, asked: Operation) -> None:
        """Answer a query."""
        scope.setdefault("standpoint", {})["query"] = asked.text
        forms = _forms(scope, asked)
        question = Question(
            text=asked.text,
            rows=forms.rows,
            boolean=forms.rows,
            triples=forms.triples,
            default=asked.default,
            named=asked.named,
            base=base(scope, self.pool.settings),
        )
        await self.answer(scope, receive, send, question)

    async def answer(self, scope: Scope, receive: Receive, send: Send, question: Question) -> None:
        """Answer a question whose forms are settled: from memory, or by the pool."""
        encoding = negotiation.encoding(header(scope, b"accept-encoding"))
        if is_repeatable(question.text):
            key = _Key(self.pool.generation.name, question, encoding)
            known = header(scope, b"if-none-match")
            if known and key.tag[2:] in known:
                await send_whole(send, 304, [*_ALWAYS, *_tagged(key.tag)], b"")
                return
            if kept := self.answers.find(key):
                await send_whole(send, 200, _headers(kept), kept.body)
                return
        with Watch(receive):
            await self._ask(scope, send, question, encoding)

    async def _ask(self, scope: Scope, send: Send, question: Question, encoding: str) -> None:
        answering = await self.pool.ask(question, encoding=encoding)
        reply = answering.reply
        key = _Key(answering.generation.name, question, encoding)
        tag = key.tag if is_repeatable(question.text) else ""
        found = Kept(reply.form, reply.encoding, reply.start, tag)
        if not reply.is_whole:
            await self._stream(scope, send, answering, _headers(found)[:-1])
            return
        if tag:
            self.answers.keep(key, found)
        await send_whole(send, 200, _headers(found), found.body)

    async def _stream(self, scope: Scope, send: Send, answering: Answering, headers: Headers) -> None:
        """Send an answer as it comes; what fails on the way breaks off, for the status is sent already."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answering.reply.start, "more_body": True})
            async for piece in answering.rest():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except KgError as error:
            scope.setdefault("standpoint", {})["broken"] = str(error)
            await break_off(scope)
        finally:
            answering.close()


@dataclass(frozen=True, slots=True)
class _Key:
    """All that decides the bytes of an answer."""

    snapshot: str
    question: Question
    encoding: str

    @property
    def tag(self) -> str:
        """The `ETag` (weak, since rows without an order may come in another one)."""
        return f'W/"{sha256(repr(self).encode()).hexdigest()[:24]}"'


def _tagged(tag: str) -> Headers:
    """The headers of an answer that stays the same as long as the data does, or (no tag) does not."""
    if not tag:
        return [(b"cache-control", b"no-store")]
    return [(b"etag", tag.encode()), (b"cache-control", b"public, no-cache")]


def _headers(found: Kept) -> Headers:
    """The headers of an answer, its length last."""
    compressed = [(b"content-encoding", found.encoding.encode())] if found.encoding else []
    length = (b"content-length", str(len(found.body)).encode())
    media = (b"content-type", negotiation.media(found.form).encode())
    return [media, *_ALWAYS, *_tagged(found.tag), *compressed, length]


def _forms(scope: Scope, asked: Operation) -> Forms:
    """The forms that the client wants, by the field `format` or else by `Accept`."""
    if not asked.form:
        return negotiation.forms(header(scope, b"accept"))
    found = negotiation.form_named(asked.form)
    if found is None:
        raise RefusedError(400, f"no format is called {asked.form[:20]!r}; there are json, xml, csv, tsv, "
                                "turtle, ntriples, rdfxml, jsonld, trig, nquads and n3")  # fmt: skip
    return found


async def break_off(scope: Scope) -> None:
    """Close the connection at once, so that the client sees that an answer is not whole.

    Raises:
        ConnectionAbortedError: the server has no other way.
    """
    abort = scope.get("extensions", {}).get("standpoint.abort")
    if abort is None:
        raise ConnectionAbortedError("the answer broke off")
    abort()
    await asyncio.sleep(0)  # until the server has seen it, which else logs that the answer has no end
