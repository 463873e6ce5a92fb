"""How a question may be put: patterns with slots.

A pattern has ``{slot}`` for a parameter, ``[…]`` for what may be missing, and ``(one|other)``
for alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    count = sum(1 for _, _ in zip(_choices(pattern[0]), range(MOST_VARIANTS + 1), strict=False))
    if len(pattern) > 1:
        raise ValueError(f"alternatives stand in (…|…): '{text}'")
    if count > MOST_VARIANTS:
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


def _choices(pattern: Pattern) -> Iterator[tuple[Words | Slot, ...]]:
    if not pattern:
        yield ()
        return
    head, rest = pattern[0], pattern[1:]
    heads = [c for option in head.options for c in _choices(option)] if isinstance(head, Group) else [(head,)]
    for first in heads:
        for more in _choices(rest):
            yield (*first, *more)


def variants(pattern: Pattern) -> tuple[tuple[str | Slot, ...], ...]:
    """All ways to say *pattern*, as evened-out words and slots, the fullest first.

    >>> [" ".join(str(each) for each in way) for way in variants(parse("who (wants|asks for) it [now]"))]
    ['who asks for it now', 'who asks for it', 'who wants it now', 'who wants it']
    """
    found = {
        tuple(each for part in way for each in ((part,) if isinstance(part, Slot) else words(part.text)))
        for way in _choices(pattern)
    }
    return tuple(sorted(found, key=lambda way: (-len(way), [str(each) for each in way])))


def slots(pattern: Pattern) -> frozenset[str]:
    """The slots that stand anywhere in *pattern*."""
    return frozenset(each.name for way in _choices(pattern) for each in way if isinstance(each, Slot))


def certain_slots(pattern: Pattern) -> frozenset[str]:
    """The slots that every way of saying *pattern* has."""
    ways = [{each.name for each in way if isinstance(each, Slot)} for way in _choices(pattern)]
    return frozenset(ways[0].intersection(*ways))


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
