"""Clients that ask an HTTP server one thing after another: a program of its own, so that only it waits.

``python load.py PORT CLIENTS SECONDS FILE`` sends the request in FILE (head and body as they are), each
client on a connection of its own, the next one as soon as the answer is there. ``########`` in it is
replaced by another number each time. Written out is JSON: in how many seconds there came the answers
that were 200, how long each took, and how many were something else.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

_MARK: Final = b"########"
_WARM: Final = 0.5  # seconds before anything is counted


class Client(asyncio.Protocol):
    """One connection, with one request on its way."""

    def __init__(self, request: bytes, numbers: count[int], stop: asyncio.Future[None]) -> None:
        self._before, self._mark, self._after = request.partition(_MARK)
        self._numbers, self._stop = numbers, stop
        self._buffer = bytearray()
        self.times: list[tuple[float, float]] = []
        self.failures = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("no stream")
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        number = b"%08d" % next(self._numbers) if self._mark else b""
        self._began = time.perf_counter()
        self._transport.write(self._before + number + self._after)

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer; ask again if it was the last."""
        self._buffer += data
        if not is_whole(self._buffer):
            return
        ended = time.perf_counter()
        if self._buffer.startswith(b"HTTP/1.1 200"):
            self.times.append((ended, ended - self._began))
        else:
            self.failures += 1
        self._buffer.clear()
        if not self._stop.done():
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """Give up if that is not how it should end."""
        if not self._stop.done():
            self._stop.set_exception(error or ConnectionError("the server closed a connection"))


def is_whole(answer: bytes | bytearray) -> bool:
    r"""Whether an HTTP/1.1 answer has come to its end, by its length or its last chunk.

    >>> is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), is_whole(b"HTTP/1.1 200 OK\r\n")
    (True, False)
    """
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(answer[:end]).lower() + b"\r\n"
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return len(answer) >= end + 4 + int(head[at + 17 : head.index(b"\r\n", at + 2)])
    return answer.endswith(b"\r\n0\r\n\r\n")


async def ask(port: int, clients: int, seconds: float, request: bytes) -> dict[str, object]:
    """Ask for *seconds*; what is measured begins a little later."""
    loop = asyncio.get_running_loop()
    stop = loop.create_future()
    numbers = count(time.time_ns() % 10_000_000)
    found = [Client(request, numbers, stop) for _ in range(clients)]
    for client in found:
        await loop.create_connection(partial(_same, client), "127.0.0.1", port)
    began = time.perf_counter() + _WARM
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(stop), _WARM + seconds)
    stop.cancel()
    ended = time.perf_counter()
    took = [took for client in found for when, took in client.times if began <= when]
    return {
        "seconds": ended - began,
        "took": took,
        "failures": sum(client.failures for client in found),
    }


def _same(client: Client) -> Client:
    return client


def main() -> None:
    """Do what the words of the command say."""
    port, clients, seconds, file = sys.argv[1:]
    found = asyncio.run(ask(int(port), int(clients), float(seconds), Path(file).read_bytes()))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
