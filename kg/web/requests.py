"""What a request asks for (SPARQL 1.1 Protocol, 2.1 and 2.2)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from kg.web.problems import RefusedError, header
from kg.web.settings import Settings

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_MAX_FIELDS: Final = 500


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for: a query or an update, its dataset, and the form wanted.

    *default* and *named* are default-graph-uri and named-graph-uri, or for an update using-graph-uri and
    using-named-graph-uri; None if neither is given.
    """

    text: str
    is_update: bool
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None
    form: str = ""


Fields = list[tuple[str, str]]

_DATASETS: Final = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}


def read_fields(text: bytes) -> Fields:
    """Read URL-encoded fields.

    Raises:
        RefusedError: they are not UTF-8, or too many.

    >>> read_fields(b"query=ASK%20%7B%7D&default-graph-uri=")
    [('query', 'ASK {}'), ('default-graph-uri', '')]
    """
    try:
        return parse_qsl(
            text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except UnicodeDecodeError:
        raise RefusedError(400, "the fields are not UTF-8; encode them so") from None
    except ValueError:
        raise RefusedError(400, f"there are more than {_MAX_FIELDS} fields") from None


def operation(fields: Fields) -> Operation | None:
    """The operation that *fields* name, None if there is none.

    Raises:
        RefusedError: there are two.
    """
    texts = [(name, value) for name, value in fields if name in ("query", "update")]
    if len(texts) > 1:
        raise RefusedError(400, "there is more than one query or update; send one")
    if not texts:
        return None
    (kind, text), form = texts[0], next((value for name, value in fields if name == "format"), "")
    default, named = (
        tuple(value for name, value in fields if name == each and value) for each in _DATASETS[kind]
    )
    if default or named:
        return Operation(text, kind == "update", default, named, form)
    return Operation(text, kind == "update", None, None, form)


@lru_cache(maxsize=256)
def _got(query_string: bytes) -> Operation | None:
    found = operation(read_fields(query_string))
    if found and found.is_update:
        raise RefusedError(400, "an update is sent by POST")
    return found


async def read_operation(scope: Scope, receive: Receive, settings: Settings) -> Operation | None:
    """Read the operation of a request (SPARQL 1.1 Protocol, 2.1 and 2.2; HTTP QUERY like POST).

    Raises:
        RefusedError: it is not one of the ways to send one.
    """
    if scope["method"] in ("GET", "HEAD"):
        return _got(scope["query_string"])
    fields = read_fields(scope["query_string"])
    media, _, parameters = header(scope, b"content-type").partition(";")
    media = media.strip().lower()
    if media not in (FORM, QUERY, UPDATE):
        there_are = f"there are {FORM}, {QUERY} and {UPDATE}"
        raise RefusedError(415, f"the body is of no type that is read here; {there_are}")
    charset = parameters.lower().partition("charset=")[2].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        raise RefusedError(415, f"the body is in {charset[:20]}; send UTF-8")
    limit = settings.max_upload if media == UPDATE else settings.max_body
    body = await read_body(scope, receive, limit=limit, seconds=settings.patience)
    if media != FORM:
        fields = [*fields, ("update" if media == UPDATE else "query", _text(body))]
    else:
        fields = [*fields, *read_fields(body.strip())]
    found = operation(fields)
    if found is None:
        raise RefusedError(400, "the form has no field 'query' and no field 'update'")
    if found.is_update and scope["method"] == "QUERY":
        raise RefusedError(400, "an update is sent by POST")
    return found


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(400, "the body is not UTF-8; encode it so") from None


async def read_body(scope: Scope, receive: Receive, *, limit: int, seconds: float) -> bytes:
    """Read the body of a request.

    Raises:
        RefusedError: it has more than *limit* bytes, takes more than *seconds*, or breaks off.
    """
    said = header(scope, b"content-length")
    if said.isdecimal() and int(said) > limit:
        raise _too_much(limit)
    pieces, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RefusedError(400, "the body broke off")
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > limit:
                    raise _too_much(limit)
                if not message.get("more_body", False):
                    return b"".join(pieces)
    except TimeoutError:
        close = [("connection", "close")]
        raise RefusedError(408, f"the body did not arrive within {seconds:g} s", headers=close) from None


def _too_much(limit: int) -> RefusedError:
    size = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit} bytes"
    return RefusedError(413, f"the body has more than {size}; send less", headers=[("connection", "close")])


def base(scope: Scope, settings: Settings) -> str:
    """The IRI of the endpoint as its clients know it, which relative IRIs are read against."""
    return origin(scope, settings) + str(scope["path"])


def origin(scope: Scope, settings: Settings) -> str:
    """Scheme, host and port as clients know them."""
    return settings.url or f"{scope['scheme']}://{header(scope, b'host')}"
