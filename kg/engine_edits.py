"""Change what a store of the embedded engine holds: load quads, take them out, write them down.

Not one transaction: whoever changes a directory makes sure that nobody reads it yet.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from typing import IO, Final, cast

import pyoxigraph

from kg.engine import Engine, quad_of, write_error
from kg.terms import Quad

_BATCH: Final = 200_000  # quads handed over at once: some 50 MB of text


def load(engine: Engine, quads: Iterable[Quad]) -> int:
    """Add *quads* to *engine*, and say how many were given.

    Not one transaction: whoever writes a directory makes sure that nobody reads it yet.

    Raises:
        StoreError: a quad is malformed, or the disk is full.
    """
    count = 0
    lines = (f"{quad}\n" for quad in quads)
    try:
        while batch := list(islice(lines, _BATCH)):
            engine.bulk_load("".join(batch).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
            count += len(batch)
    except (SyntaxError, OSError, RuntimeError, ValueError) as error:
        raise write_error(None, error) from error
    return count


def load_lines(engine: Engine, pieces: Iterable[bytes]) -> None:
    """Add quads that we have written ourselves: *pieces* of N-Quads, each of whole lines.

    They are taken as they are needed, and not checked for malformed IRIs again. Not one
    transaction, see `load`.

    Raises:
        StoreError: the disk is full.
    """
    read = _Pieces(pieces)
    try:
        engine.bulk_load(cast("IO[bytes]", read), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    except (SyntaxError, OSError, RuntimeError, ValueError) as error:
        if read.failure is None:
            raise write_error(None, error) from error
    if read.failure is not None:
        raise read.failure


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file to be read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")
        self.failure: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._piece and self.failure is None:
            try:
                self._piece = memoryview(next(self._pieces))
            except StopIteration:
                return b""
            except BaseException as error:
                self.failure = error  # the engine takes some for an invitation to try again
        if self.failure is not None:
            raise OSError("what was to be read failed")
        end = len(self._piece) if size < 0 else size
        found, self._piece = bytes(self._piece[:end]), self._piece[end:]
        return found


def load_bytes(engine: Engine, nquads: bytes) -> None:
    """Add the quads of an N-Quads text to *engine*."""
    engine.bulk_load(nquads, format=pyoxigraph.RdfFormat.N_QUADS)


def drop(engine: Engine, graph: str) -> None:
    """Take the named graph *graph* (an IRI) and all its quads out of *engine*.

    Raises:
        StoreError: the disk is full.
    """
    try:
        engine.remove_graph(pyoxigraph.NamedNode(graph))
    except (OSError, RuntimeError) as error:
        raise write_error(None, error) from error


def replace(engine: Engine, graph: str, quads: Iterable[Quad]) -> None:
    """Make *quads* the content of the named graph *graph* (an IRI), writing only what differs.

    Taking a quad out costs some twenty times more than putting it in.

    Raises:
        StoreError: a quad is malformed, or the disk is full.
    """
    try:
        found = engine.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph))
        old = {quad_of(quad): quad for quad in found}
        new = set(quads)
        for quad in old.keys() - new:
            engine.remove(old[quad])
    except (OSError, RuntimeError) as error:
        raise write_error(None, error) from error
    load(engine, sorted(new - old.keys()))


def remove(engine: Engine, quads: Iterable[Quad]) -> None:
    """Take *quads* out of *engine*.

    Raises:
        StoreError: the disk is full.
    """
    lines = "".join(f"{quad}\n" for quad in quads).encode()
    try:
        for quad in pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True):
            engine.remove(quad)
    except (OSError, RuntimeError) as error:
        raise write_error(None, error) from error


def flush(engine: Engine) -> None:
    """Write what *engine* holds to its files.

    Raises:
        StoreError: the disk is full.
    """
    try:
        engine.flush()
    except (OSError, RuntimeError) as error:
        raise write_error(None, error) from error
