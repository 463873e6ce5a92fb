"""One worker process on an event loop: its answers arrive piece by piece, nobody waits in a thread.

A short answer comes whole. Of a long one the first `ENOUGH` bytes are awaited, so that
most failures are known before anything is sent, and the rest is read as fast as it is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields
from typing import Final, cast

from kg.engine import Kind
from kg.errors import KgError, QueryError, StoreError
from kg.frames import Tag
from kg.streams import NotAcceptableError, Question, TooLargeError
from kg.workers import Worker

ENOUGH: Final = 1 << 20
"""How many bytes of an answer are awaited before it is handed out, and held at most."""

_READ: Final = 1 << 18
_ASKED: Final = tuple(each.name for each in fields(Question))
_ERRORS: Final = {
    Tag.QUERY: QueryError,
    Tag.STORE: StoreError,
    Tag.KIND: NotAcceptableError,
    Tag.SIZE: TooLargeError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one query may take: seconds, bytes of answer, and the endpoints it may ask.

    *encoding* is how a long answer is compressed: not at all (empty), gzip or br.
    """

    seconds: float
    size: int
    services: tuple[str, ...] = ()
    encoding: str = ""


@dataclass(slots=True)
class Reply:
    """An answer: its kind, form and compression, what has arrived of it, and whether that is all."""

    kind: Kind
    form: str
    encoding: str
    start: bytes
    is_whole: bool


@dataclass(slots=True)
class _Coming:
    """An answer on its way."""

    seconds: float
    ready: asyncio.Future[None]
    head: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    is_done: bool = False
    error: KgError | None = None
    is_late: bool = False

    def wake(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)

    def take(self) -> bytes:
        found = self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)
        self.pieces.clear()
        self.size = 0
        return found


class Process:
    """A worker whose pipes an event loop watches; it answers one question at a time."""

    def __init__(self, worker: Worker, loop: asyncio.AbstractEventLoop) -> None:
        self._worker = worker
        self._loop = loop
        self._questions, self._answers = worker.pipes()
        os.set_blocking(self._questions, False)
        os.set_blocking(self._answers, False)
        self._buffer = bytearray()
        self._unsent = b""
        self._coming: _Coming | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_reading = False
        self.is_ended = False
        self.peak = 0
        self._go_on()

    # ------------------------------------------------------------ asking

    async def ask(self, question: Question, limits: Limits) -> Reply:
        """Ask a question; the answer may go on in `rest`.

        Raises:
            QueryTimeoutError: it took longer than it may.
            QueryError: it is malformed, refused, fails, or ended the process.
            NotAcceptableError: the answer is of a kind that has no form asked for.
            TooLargeError: the answer is.
        """
        coming = _Coming(limits.seconds, self._loop.create_future())
        self._coming = coming
        self._timer = self._loop.call_later(limits.seconds, self._end_late)
        self._send(
            {
                "stream": {name: getattr(question, name) for name in _ASKED},
                "seconds": limits.seconds,
                "bytes": limits.size,
                "services": limits.services,
                "encoding": limits.encoding,
            }
        )
        await coming.ready
        await self._raise(coming)
        head = coming.head
        return Reply(
            cast("Kind", head["kind"]), head["form"], head["encoding"], coming.take(), coming.is_done
        )

    async def rest(self) -> AsyncIterator[bytes]:
        """What comes after the start of an answer; errors as in `ask`."""
        coming = self._coming
        if coming is None:
            return
        while True:
            while not (coming.pieces or coming.is_done or coming.error or self.is_ended):
                coming.ready = self._loop.create_future()
                self._go_on()
                await coming.ready
            if coming.pieces:
                yield coming.take()
            elif coming.is_done:
                return
            else:
                await self._raise(coming)

    async def _raise(self, coming: _Coming) -> None:
        if coming.error:
            raise coming.error
        if not self.is_ended or coming.is_done:
            return
        if coming.is_late:
            raise await asyncio.to_thread(self._worker.timed_out, coming.seconds)
        raise await asyncio.to_thread(self._worker.death, coming.seconds)

    def hurry(self) -> None:
        """End the query that runs as if its time were up."""
        self._cancel_timer()
        self._end_late()

    def step_back(self) -> None:
        """Let others go first on the processor."""
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self._worker.pid, 10)

    def _send(self, question: dict[str, object]) -> None:
        text = json.dumps(question).encode()
        self._unsent = struct.pack(">Q", len(text)) + text
        self._write()

    def _write(self) -> None:
        try:
            sent = os.write(self._questions, self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # it has ended, and the other pipe says so
        self._unsent = self._unsent[sent:]
        if self._unsent:
            self._loop.add_writer(self._questions, self._write)
        else:
            self._loop.remove_writer(self._questions)

    # ------------------------------------------------------------ what arrives

    def _go_on(self) -> None:
        if not self._is_reading and not self.is_ended:
            self._is_reading = True
            self._loop.add_reader(self._answers, self._read)

    def _stop(self) -> None:
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._answers)

    def _read(self) -> None:
        try:
            data = os.read(self._answers, _READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        self._buffer += data
        at = 0
        while len(self._buffer) - at >= 9:
            length, tag = struct.unpack_from(">QB", self._buffer, at)
            if len(self._buffer) - at < 8 + length:
                break
            self._take(Tag(tag), bytes(memoryview(self._buffer)[at + 9 : at + 8 + length]))
            at += 8 + length
        del self._buffer[:at]

    def _take(self, tag: Tag, frame: bytes) -> None:
        coming = self._coming
        if coming is None:
            raise AssertionError("an answer to no question")
        if tag is Tag.HEAD:
            coming.head = json.loads(frame)
            return
        if tag is Tag.DATA:
            coming.pieces.append(frame)
            coming.size += len(frame)
            if coming.size < ENOUGH:
                return
            self._stop()
        else:
            self._cancel_timer()
            if tag is Tag.END:
                coming.is_done, self.peak = True, int(frame)
            else:
                coming.error = _ERRORS[tag](frame.decode())
        coming.wake()

    # ------------------------------------------------------------ the end

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _end_late(self) -> None:
        if self._coming:
            self._coming.is_late = True
        self._worker.end()
        self._go_on()  # to see its end

    def _end(self) -> None:
        self.detach()
        if self._coming:
            self._coming.wake()

    def detach(self) -> None:
        """Watch the process no more; it answers nothing from now on."""
        if self.is_ended:
            return
        self.is_ended = True
        self._cancel_timer()
        if self._is_reading:
            self._stop()
        self._loop.remove_writer(self._questions)

    @property
    def is_free(self) -> bool:
        """Whether it can take another question: it lives, and the last answer has come to its end."""
        if self.is_ended or self._unsent:
            return False
        return self._coming is None or self._coming.is_done or self._coming.error is not None

    def kill(self) -> None:
        """End the process and wait until it has; `detach` it before when another thread does this."""
        self.detach()
        self._worker.kill()
