"""Short answers that were given before, kept while the snapshot is the same."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 1 << 18
"""Answers with more bytes are not kept."""

_CHANGING: Final = re.compile(r"NOW|RAND|UUID|SERVICE|\\u", re.IGNORECASE)


def is_repeatable(query: str) -> bool:
    """Whether a query gives the same answer as long as the data is the same, for all its text tells.

    >>> is_repeatable("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), is_repeatable("SELECT (now() AS ?t) {}")
    (True, False)
    """
    return not _CHANGING.search(query)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: its form, its compression, its bytes, and the tag that it has as long as it is the same."""

    form: str
    encoding: str
    body: bytes
    tag: str = ""


class Answers:
    """The answers used last, *room* bytes of them.

    >>> answers = Answers(2100)
    >>> for key in "abc": answers.keep(key, Kept("csv", "", b"x" * 500))
    >>> answers.find("a"), answers.find("c") is not None
    (None, True)
    """

    _OVERHEAD: Final = 500  # of the key and its objects

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._answers: OrderedDict[Hashable, Kept] = OrderedDict()
        self.hits = 0

    def find(self, key: Hashable) -> Kept | None:
        """The answer kept under *key*."""
        found = self._answers.get(key)
        if found:
            self._answers.move_to_end(key)
            self.hits += 1
        return found

    def keep(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, if it is not too large."""
        if len(answer.body) > min(LARGEST, self._room) or key in self._answers:
            return
        self._answers[key] = answer
        self._used += self._size(answer)
        while self._used > self._room:
            _, oldest = self._answers.popitem(last=False)
            self._used -= self._size(oldest)

    def _size(self, answer: Kept) -> int:
        return len(answer.body) + self._OVERHEAD

    def clear(self) -> None:
        """Forget all, for the data is another."""
        self._answers.clear()
        self._used = 0

    def __len__(self) -> int:
        return len(self._answers)
