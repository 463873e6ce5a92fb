"""Queries at work: whose turn it is, what comes of it, and how many there have been."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from kg.web.generations import Generation, Seat
from kg.web.processes import Process, Reply


@dataclass(slots=True)
class Counts:
    """What has happened so far."""

    queries: int = 0
    busy: int = 0
    timeouts: int = 0
    errors: int = 0
    started: int = 0
    switches: int = 0


@dataclass(slots=True, eq=False)
class Running:
    """A query at work; *since* is in the loop's seconds, *is_own* tells it from those that others wrote."""

    seat: Seat
    since: float
    timer: asyncio.TimerHandle | None = None
    is_long: bool = False
    is_pressed: bool = False
    is_own: bool = False


@dataclass(slots=True)
class Answering:
    """An answer of which the start is there: `rest` gives what follows, `close` ends it early."""

    reply: Reply
    generation: Generation
    _process: Process
    _close: Callable[[], None]

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces after the start.

        Raises:
            KgError: the query failed on the way, or took too long.
        """
        if self.reply.is_whole:
            return
        try:
            async for piece in self._process.rest():
                yield piece
        finally:
            self._close()

    def close(self) -> None:
        """Give the worker back; it is ended if it is not done."""
        self._close()
