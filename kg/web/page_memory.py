"""Pages that were made before, kept compressed while the data is the same."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

ROOM: Final = 24 << 20
"""Bytes of compressed pages that are kept."""

_LEVEL: Final = 1  # a page of 300 kB takes 2 ms, and a tenth of the room
_OVERHEAD: Final = 400  # of the key and its objects


class Memory:
    """The pages shown last, *room* bytes of them; for any thread.

    >>> memory = Memory()
    >>> memory.keep("/", "a page")
    >>> memory.find("/"), memory.find("/actors")
    ('a page', None)
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._used = 0
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> str | None:
        """The page kept under *key*, if there is one."""
        with self._lock:
            found = self._pages.get(key)
            if found is None:
                return None
            self._pages.move_to_end(key)
        return zlib.decompress(found).decode()

    def keep(self, key: Hashable, text: str) -> None:
        """Keep the page *text* under *key*; of the others those that were shown longest ago go."""
        data = zlib.compress(text.encode(), _LEVEL)
        with self._lock:
            if key in self._pages or len(data) + _OVERHEAD > self._room:
                return
            self._pages[key] = data
            self._used += len(data) + _OVERHEAD
            while self._used > self._room:
                _, oldest = self._pages.popitem(last=False)
                self._used -= len(oldest) + _OVERHEAD

    def __len__(self) -> int:
        return len(self._pages)
