"""One client's connection: what is refused before there is a request at all.

uvicorn parses and answers; here a head that is too large or too slow is refused, a client that
does not read its answer is dropped, and one more client than there may be is turned away.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_USER_TIMEOUT: Final = 30_000
"""After so many milliseconds the system drops a client that takes nothing of what is sent."""


def refusal(status: str, sentence: str) -> bytes:
    r"""A whole response for a client that is not let in.

    >>> refusal("408 Request Timeout", "too slow").splitlines()[0]
    b'HTTP/1.1 408 Request Timeout'
    """
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
        f"Content-Length: {len(sentence) + 1}\r\n\r\n{sentence}\n"
    ).encode()


def limited(*, seconds: float, head: int, clients: int) -> type[HttpToolsProtocol]:
    """A protocol for uvicorn.

    Args:
        seconds: how long the head of a request may take to arrive, and an answer to be read on.
        head: how many bytes a head may have.
        clients: how many may be connected.
    """

    class Limited(HttpToolsProtocol):
        """A connection with limits."""

        _timer: asyncio.TimerHandle | None = None
        _stall: asyncio.TimerHandle | None = None
        _head = 0
        _is_in_head = True
        _has_begun = False  # the head, which most often comes as one piece, and then needs no timer
        _is_in_body = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            _set_options(transport)
            super().connection_made(cast("asyncio.Transport", Corked(transport)))
            if len(self.connections) > clients:
                self._refuse("503 Service Unavailable", "too many clients are connected; try again later")
            else:
                self._timer = self.loop.call_later(seconds, self._slow)

        def connection_lost(self, exc: Exception | None) -> None:
            self._cancel()
            if self._stall:
                self._stall.cancel()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            if not self._is_in_body:
                self._head += len(data)
            super().data_received(data)
            if self._is_in_head and self._head > head:
                self._refuse("431 Request Header Fields Too Large", "the head of the request is too large")
            elif self._has_begun and self._timer is None and not self.transport.is_closing():
                self._timer = self.loop.call_later(seconds, self._slow)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self.scope["extensions"] = {"standpoint.abort": self.transport.abort}  # type: ignore[dict-item]
            self._is_in_head = self._has_begun = True

        def on_headers_complete(self) -> None:
            self._cancel()
            self._is_in_head, self._is_in_body, self._head = False, True, 0
            self._has_begun = False
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._is_in_body = False
            super().on_message_complete()

        def on_response_complete(self) -> None:
            cast("Corked", self.transport).flush()
            super().on_response_complete()
            if self._is_in_body and not self.transport.is_closing():
                self.transport.close()  # nobody will read the rest of the body

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stall = self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._stall:
                self._stall.cancel()
                self._stall = None

        def _slow(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self._refuse("408 Request Timeout", "the head of the request did not arrive in time")

        def _refuse(self, status: str, sentence: str) -> None:
            self._cancel()
            if not self.transport.is_closing():
                self.transport.write(refusal(status, sentence))
                self.transport.close()

        def _cancel(self) -> None:
            if self._timer:
                self._timer.cancel()
                self._timer = None

    return Limited


class Corked:
    """A transport that holds the head of an answer back until its body comes, to send both at once."""

    __slots__ = ("_held", "_transport", "abort", "get_extra_info", "is_closing", "pause_reading",
                 "resume_reading", "set_protocol")  # fmt: skip

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held = b""
        self.abort = transport.abort
        self.get_extra_info = transport.get_extra_info
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading
        self.set_protocol = transport.set_protocol

    def write(self, data: bytes) -> None:
        """Send *data*, or hold it back if it is a head."""
        if self._held:
            data, self._held = self._held + data, b""
        elif data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n"):
            self._held = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Send what is held back."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def close(self) -> None:
        """Send what is held back, and close the connection."""
        self.flush()
        self._transport.close()


def _set_options(transport: asyncio.Transport) -> None:
    """Send short answers at once, and let the system drop who takes nothing of what is sent."""
    found: Any = transport.get_extra_info("socket")
    timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if timeout is not None:
                found.setsockopt(socket.IPPROTO_TCP, timeout, _USER_TIMEOUT)
