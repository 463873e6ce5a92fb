"""An answer on its way from a worker process to the server: in frames, as soon as one is full.

A frame is a length in eight bytes, a letter of `Tag`, and what the letter says. The head
comes first, the pieces of the answer in its final form and compression follow, and an end or
an error is last. Each answer is the worker's alone: whatever is long (looking through the
text of the query, compressing) is done here, where it holds nobody else up.
"""

from __future__ import annotations

import contextlib
import json
import struct
import zlib
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import IO, Any, Final, Protocol

from kg import streams
from kg.engine import Engine, Kind
from kg.errors import QueryError, StoreError
from kg.sparql_text import refuse_deep_nesting, refuse_services
from kg.streams import NotAcceptableError, Question, TooLargeError

PIECE: Final = 1 << 16
"""How many bytes of an answer go in one frame."""

SHORT: Final = 1024
"""An answer of fewer bytes is not compressed: it would not get there sooner."""


_OFTEN: Final = 64
"""After so many answers the memory of a process is looked at in any case."""


class Tag(IntEnum):
    """The letter that a frame begins with."""

    HEAD = ord("h")  # JSON: kind, form, encoding
    DATA = ord("d")  # a piece of the answer
    END = ord("e")  # the most memory that the worker has used, in KB
    QUERY = ord("q")  # a `QueryError`
    STORE = ord("s")  # a `StoreError`
    KIND = ord("k")  # a `NotAcceptableError`
    SIZE = ord("z")  # a `TooLargeError`


_TAGS: Final = {
    QueryError: Tag.QUERY,
    StoreError: Tag.STORE,
    NotAcceptableError: Tag.KIND,
    TooLargeError: Tag.SIZE,
}


def answer(store: Engine, asked: dict[str, Any], pipe: IO[bytes]) -> None:
    """Answer a question in frames on *pipe*.

    *asked* has the fields of a `Question` as "stream", how many "bytes" the answer may have before
    compression, the "encoding" wanted (empty, gzip or br) and the "services" that may be reached.
    """
    frames = Frames(pipe, limit=asked["bytes"], encoding=asked["encoding"])
    question = Question(**asked["stream"])
    try:
        refuse_services(question.text, asked["services"])
        refuse_deep_nesting(question.text)
        streams.write(store, question, frames)
        frames.end(Tag.END, str(_peak()))
    except tuple(_TAGS) as error:
        frames.end(next(tag for kind, tag in _TAGS.items() if isinstance(error, kind)), str(error))
    except MemoryError:
        frames.end(Tag.QUERY, "the query needs more memory than it may use")


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def finish(self) -> bytes: ...


class _Plain:
    def compress(self, data: bytes, /) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._object = zlib.compressobj(level=5, wbits=31)
        self.compress = self._object.compress

    def finish(self) -> bytes:
        return self._object.flush()


class _Brotli:
    def __init__(self) -> None:
        import brotli  # type: ignore[import-untyped]

        self._object = brotli.Compressor(quality=4)
        self.compress = self._object.process

    def finish(self) -> bytes:
        return bytes(self._object.finish())


_COMPRESSORS: Final[dict[str, Callable[[], _Compressor]]] = {"": _Plain, "gzip": _Gzip, "br": _Brotli}


class Frames:
    """A `kg.streams.Sink` that sends what it takes in frames; a short answer goes in one write."""

    def __init__(self, pipe: IO[bytes], *, limit: int, encoding: str) -> None:
        self._pipe = pipe
        self._limit = limit
        self._left = limit
        self._encoding = encoding
        self._head: dict[str, str] | None = None
        self._compressor: _Compressor | None = None
        self._pieces: list[bytes] = []
        self._waiting = 0

    def begin(self, kind: Kind, form: str) -> None:
        """Take what the answer is."""
        self._head = {"kind": kind, "form": form}

    def write(self, piece: bytes, /) -> int:
        """Take a piece.

        Raises:
            TooLargeError: there is more than there may be.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise TooLargeError(f"the answer is larger than {self._limit >> 20} MB; ask for less")
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting >= PIECE:
            self._put_pieces()
            self._pipe.flush()
        return len(piece)

    def flush(self) -> None:
        """Wait for more."""

    def end(self, tag: Tag, text: str) -> None:
        """Send what is left, and how it ended."""
        if tag is Tag.END:
            if self._compressor is None and self._waiting < SHORT:
                self._encoding = ""
            self._put_pieces()
            self._put_data(self._compressor.finish() if self._compressor else b"")
        self._put(tag, text.encode())
        self._pipe.flush()

    def _put_pieces(self) -> None:
        if self._compressor is None:
            self._compressor = _COMPRESSORS[self._encoding]()
            self._put(Tag.HEAD, json.dumps({**(self._head or {}), "encoding": self._encoding}).encode())
        self._put_data(self._compressor.compress(b"".join(self._pieces)))
        self._pieces.clear()
        self._waiting = 0

    def _put_data(self, data: bytes) -> None:
        if data:
            self._put(Tag.DATA, data)

    def _put(self, tag: Tag, frame: bytes) -> None:
        self._pipe.write(struct.pack(">QB", len(frame) + 1, tag))
        self._pipe.write(frame)


class _Peak:
    """The most memory this process has used, in KB; 0 where the system does not say.

    What getrusage(2) counts takes in what the process that started this one had, so it only tells when to
    look closer: to look each time takes longer than a short query.
    """

    def __init__(self) -> None:
        self._last = self._found = self._calls = 0

    def __call__(self) -> int:
        with contextlib.suppress(ImportError):
            import resource

            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            if most != self._last or self._calls % _OFTEN == 0:
                self._found = self._look() or most
            self._last = most
            self._calls += 1
        return self._found

    def _look(self) -> int:
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path("/proc/self/status").read_text("ascii", "replace")
            return int(status.partition("VmHWM:")[2].split()[0])
        return 0


_peak = _Peak()
