"""The access log: lines that are written together a little later, so that no request waits for a disk."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, TextIO

LATER: Final = 0.2
"""How many seconds a line may wait to be written."""

_MANY: Final = 1000  # lines that are written without waiting


class AccessLog:
    r"""Writes lines to a stream; for an event loop.

    >>> import io
    >>> log = AccessLog(io.StringIO())
    >>> log("a"); log("b"); log.flush()
    >>> log.stream.getvalue()
    'a\nb\n'
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._lines: list[str] = []

    def __call__(self, line: str) -> None:
        """Take a line."""
        self._lines.append(line)
        if len(self._lines) == 1:
            with contextlib.suppress(RuntimeError):  # no loop: then `flush` will do
                asyncio.get_running_loop().call_later(LATER, self.flush)
        elif len(self._lines) >= _MANY:
            self.flush()

    def flush(self) -> None:
        """Write what waits; a disk that is full costs lines, not requests."""
        if self._lines:
            text = "\n".join(self._lines) + "\n"
            self._lines.clear()
            with contextlib.suppress(OSError, ValueError):
                self.stream.write(text)
                self.stream.flush()
