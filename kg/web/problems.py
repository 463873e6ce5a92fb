"""Errors as HTTP responses: a status, and a sentence as plain text or as problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from starlette.types import Scope, Send

from kg.changes import MissingGraphError
from kg.errors import KgError, QueryTimeoutError, StoreBusyError, StoreError
from kg.streams import NotAcceptableError, TooLargeError
from kg.web import negotiation
from kg.web.pool import BusyError

Headers = list[tuple[bytes, bytes]]

CORS: Final = (b"access-control-allow-origin", b"*")
"""Whoever may read may read from a page of another origin: no answer depends on who asks."""


class RefusedError(KgError):
    """A request that is refused with an HTTP status, such as 405; *headers* go with it."""

    def __init__(self, status: int, message: str, *, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.headers = tuple(headers)


def status_of(error: KgError) -> int:
    """The HTTP status of an error.

    >>> status_of(QueryTimeoutError("late")), status_of(StoreError("gone")), status_of(KgError("what?"))
    (504, 503, 400)
    """
    if isinstance(error, RefusedError):
        return error.status
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return status
    return 400


_STATUSES: Final = (
    (QueryTimeoutError, 504),
    (StoreError, 503),
    (NotAcceptableError, 406),
    (MissingGraphError, 404),
    (TooLargeError, 422),  # the query is well-formed, and yet cannot be answered
)


def sentence(error: KgError) -> str:
    """What to tell the client."""
    if isinstance(error, NotAcceptableError):
        return f"the answer has none of the forms asked for; there are {negotiation.there_is(str(error))}"
    return str(error)


def response(error: KgError, accept: str = "") -> tuple[int, Headers, bytes]:
    r"""An error as status, headers and body.

    >>> response(KgError("no such graph"))[2]
    b'no such graph\n'
    """
    status = status_of(error)
    headers: Headers = [CORS, (b"cache-control", b"no-store"), (b"vary", b"Accept")]
    if isinstance(error, BusyError):
        headers.append((b"retry-after", str(error.retry_after).encode()))
    elif isinstance(error, StoreBusyError):
        headers.append((b"retry-after", b"5"))
    elif isinstance(error, RefusedError):
        headers += [(name.encode(), value.encode()) for name, value in error.headers]
    if "application/problem+json" in accept or "application/json" in accept:
        media = b"application/problem+json"
        problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": sentence(error)}
        body = json.dumps(problem, ensure_ascii=False).encode() + b"\n"
    else:
        media, body = b"text/plain; charset=utf-8", sentence(error).encode(errors="replace") + b"\n"
    headers += [(b"content-type", media), (b"content-length", str(len(body)).encode())]
    return status, headers, body


async def send_error(scope: Scope, send: Send, error: KgError) -> None:
    """Answer with an error."""
    await send_whole(send, *response(error, header(scope, b"accept")))


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Answer with all there is."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> str:
    """A header of a request, its lines joined; empty if there is none."""
    found = [value for key, value in scope["headers"] if key == name]
    return (found[0] if len(found) == 1 else b", ".join(found)).decode("latin-1")
