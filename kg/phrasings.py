"""How a question may be put: patterns with slots.

A pattern has ``{slot}`` for a parameter, ``[…]`` for what may be missing, and ``(one|other)``
for alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from math import prod
from typing import Final, TypeAlias

from kg.english import words

MOST_VARIANTS: Final = 512


@dataclass(frozen=True, slots=True)
class Words:
    """Words as they stand in a pattern, with the spaces around them."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for the value of a parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """One of several options; an empty one means that all may be missing."""

    options: tuple[Pattern, ...]


Pattern: TypeAlias = tuple[Words | Slot | Group, ...]

_PIECE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}|([\[\]()|])|([^\[\]()|{}]+)|(.)", re.DOTALL)


@lru_cache(maxsize=4096)
def parse(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        ValueError: a bracket is not closed or not opened, a slot has no name, or the pattern
            has more than `MOST_VARIANTS` variants.

    >>> parse("who [really] {stance}")[2]
    Words(text=' ')
    """
    parser = _Parser(text)
    pattern = parser.options(end="")
    if len(pattern) > 1:
        raise ValueError(f"alternatives stand in (…|…): '{text}'")
    if _count(pattern[0]) > MOST_VARIANTS:
        raise ValueError(f"more than {MOST_VARIANTS} variants: write several phrasings instead")
    return pattern[0]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = _PIECE.finditer(text)

    def options(self, *, end: str) -> tuple[Pattern, ...]:
        """The options up to the closing bracket *end*."""
        found: list[list[Words | Slot | Group]] = [[]]
        for piece in self.pieces:
            slot, mark, words, other = piece.groups()
            if other:
                raise ValueError(f"'{other}' at {piece.start() + 1} of '{self.text}': a slot is {{name}}")
            if slot:
                found[-1].append(Slot(slot))
            elif words:
                found[-1].append(Words(words))
            elif mark == "[":
                found[-1].append(Group(((), *self.options(end="]"))))
            elif mark == "(":
                found[-1].append(Group(self.options(end=")")))
            elif mark == "|":
                found.append([])
            elif mark == end:
                return tuple(map(tuple, found))
            else:
                raise ValueError(f"'{mark}' at {piece.start() + 1} of '{self.text}' closes nothing")
        if end:
            raise ValueError(f"'{end}' is missing in '{self.text}'")
        return tuple(map(tuple, found))


def _count(pattern: Pattern) -> int:
    """How many ways there are to go through *pattern*."""
    return prod(sum(map(_count, each.options)) for each in pattern if isinstance(each, Group))


_Way: TypeAlias = tuple[str | Slot, ...]
_spoken = lru_cache(maxsize=8192)(words)


def _anything(_: str) -> bool:
    return True


def variants(pattern: Pattern, may: Callable[[str], bool] = _anything) -> tuple[_Way, ...]:
    """All ways to say *pattern* in words that *may* be used, the fullest first: evened-out words and slots.

    >>> [" ".join(str(each) for each in way) for way in variants(parse("who (wants|asks for) it [now]"))]
    ['who asks for it now', 'who asks for it', 'who wants it now', 'who wants it']
    """
    return tuple(sorted(set(_ways(pattern, may)), key=lambda way: (-len(way), [str(each) for each in way])))


def _ways(pattern: Pattern, may: Callable[[str], bool]) -> Iterator[_Way]:
    """The ways to say *pattern*; a word of it that may not be used ends the search at once."""
    if all(may(word) for each in pattern if isinstance(each, Words) for word in _spoken(each.text)):
        for way in product(*(_ways_of(each, may) for each in pattern)):
            yield tuple(chain.from_iterable(way))


def _ways_of(each: Words | Slot | Group, may: Callable[[str], bool]) -> Iterator[_Way]:
    if isinstance(each, Group):
        for option in each.options:
            yield from _ways(option, may)
    else:
        yield (each,) if isinstance(each, Slot) else _spoken(each.text)


def slots(pattern: Pattern) -> set[str]:
    """The slots that stand anywhere in *pattern*."""
    found: set[str] = set()
    for each in pattern:
        if isinstance(each, Slot):
            found.add(each.name)
        elif isinstance(each, Group):
            found.update(*map(slots, each.options))
    return found


def certain_slots(pattern: Pattern) -> set[str]:
    """The slots that every way of saying *pattern* has."""
    found: set[str] = set()
    for each in pattern:
        if isinstance(each, Slot):
            found.add(each.name)
        elif isinstance(each, Group) and () not in each.options:
            found |= set.intersection(*map(certain_slots, each.options))
    return found


def fill(pattern: Pattern, values: Mapping[str, str]) -> str:
    """Write *pattern* as a sentence; a part in brackets stands if there is a value for each of its slots.

    >>> fill(parse("Who wants {what} [since {year}]?"), {"what": "talks"})
    'Who wants talks?'
    """
    return re.sub(r"\s+([?!.,;]|\Z)", r"\1", " ".join(_fill(pattern, values).split()))


def _fill(pattern: Pattern, values: Mapping[str, str]) -> str:
    text = ""
    for each in pattern:
        if isinstance(each, Words):
            text += each.text
        elif isinstance(each, Slot):
            text += values.get(each.name) or f"{{{each.name}}}"
        else:
            able = [o for o in each.options if o and slots(o) and all(values.get(s) for s in slots(o))]
            full = [o for o in each.options if o] if () not in each.options else []
            text += _fill((able or full or [()])[0], values)
    return text
