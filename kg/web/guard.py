"""What stands before everything the server answers: who may ask, how much, and what goes out with it.

An ASGI middleware. It refuses unknown hosts (a page of another origin may have had its name
resolved to this machine), unknown methods, paths that are tricks and heads that are too large;
adds the headers that keep browsers careful; writes a line of the access log; counts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError
from kg.web.metrics import Metrics, part
from kg.web.problems import Headers, RefusedError, header, send_error
from kg.web.settings import Settings

METHODS: Final = frozenset({"GET", "HEAD", "POST", "QUERY", "PUT", "DELETE", "PATCH", "OPTIONS"})

CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)
"""No inline script, no inline style, nothing from elsewhere."""

_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_PAGE: Final[Headers] = [
    _NOSNIFF,
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_PAGE_POLICY: Final = (b"content-security-policy", CSP.encode())
_DATA_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox")
_TRICK: Final = re.compile(r"[\x00-\x1f\x7f\\\ufffd]|//|/\.\.?(?:/|$)")
_MAX_HEADERS: Final = 100
_MAX_PATH: Final = 4096

_errors = logging.getLogger("kg.web")


Log = Callable[[str], object]
"""Takes a line of the access log."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The middleware; see the module."""

    app: ASGIApp
    settings: Settings
    metrics: Metrics
    log: Log | None = None
    hosts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", self.settings.known_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        sent = _Sent(send)
        began = time.perf_counter()
        scope["standpoint"] = {}
        try:
            self._check(scope)
            await self.app(scope, receive, sent)
        except KgError as error:
            if sent.status:
                raise
            await send_error(scope, sent, error)
        except Exception:
            _errors.exception("a request failed: %s %s", scope["method"], scope["path"])
            if sent.status:
                raise
            await send_error(scope, sent, RefusedError(500, "something went wrong here; it has been logged"))
        finally:
            seconds = time.perf_counter() - began
            self.metrics.observe(part(scope["path"]), sent.status, seconds)
            if self.log:
                self.log(_line(scope, sent, seconds, self.settings))

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    def _check(self, scope: Scope) -> None:
        """Refuse what no honest client sends.

        Raises:
            RefusedError: it is refused.
        """
        if scope["method"] not in METHODS:
            allowed = ", ".join(sorted(METHODS))
            raise RefusedError(405, "no such method is known here", headers=[("allow", allowed)])
        if not is_known(header(scope, b"host"), self.hosts):
            raise RefusedError(421, "the server is not known by this name; --allow-host makes it so")
        headers = scope["headers"]
        if len(headers) > _MAX_HEADERS or sum(len(a) + len(b) for a, b in headers) > self.settings.max_header:
            raise RefusedError(431, "the head of the request is too large", headers=[("connection", "close")])
        path = scope["path"]
        if len(path) > _MAX_PATH:
            raise RefusedError(414, "the path is too long")
        if not path.startswith("/") or _TRICK.search(path):
            raise RefusedError(400, "there is no such path")


def is_known(host: str, known: frozenset[str]) -> bool:
    """Whether a `Host` header names one of the *known* hosts, with any port.

    >>> known = frozenset({"localhost", "[::1]"})
    >>> [is_known(host, known) for host in ("LOCALHOST:80", "[::1]:80", "localhost.evil.example", "")]
    [True, True, False, False]
    """
    name, colon, port = host.lower().rpartition(":")
    if not colon or not port.isdecimal():
        name = host.lower()
    return name in known


class _Sent:
    """Sends on, adding what goes out with every answer, and remembers what was sent."""

    __slots__ = ("_send", "size", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            own = dict(headers)
            is_page = own.get(b"content-type", b"").startswith(b"text/html")
            headers += _PAGE if is_page else (_NOSNIFF,)
            if b"content-security-policy" not in own:
                headers.append(_PAGE_POLICY if is_page else _DATA_POLICY)
            message["headers"] = headers
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


@lru_cache(maxsize=2)
def _told(seconds: int) -> str:
    """A moment as the log has it; many requests are of one second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _line(scope: Scope, sent: _Sent, seconds: float, settings: Settings) -> str:
    """A line of the access log: JSON, without the fields of the request, which may hold anything."""
    client = scope.get("client")
    found: dict[str, Any] = {
        "time": _told(int(time.time())),
        "client": client[0] if client else "",
        "method": scope["method"][:10],
        "path": scope["path"][:200],
        "status": sent.status,
        "bytes": sent.size,
        "ms": round(seconds * 1000, 1),
        "agent": header(scope, b"user-agent")[:100],
    }
    for name, value in scope["standpoint"].items():
        if name == "query" and not settings.log_queries:
            value = hashlib.sha256(value.encode()).hexdigest()[:12]
        found[name] = value
    return json.dumps(found, ensure_ascii=True)
