"""How a question may be put: patterns with slots, and English words evened out.

A pattern has ``{slot}`` for a parameter, ``[…]`` for what may be missing, and ``(one|other)``
for alternatives. Only the most ordinary English is known here: articles, endings,
short forms. Words of a corpus come from its labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.words import fold

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


# ---------------------------------------------------------------- English

_SHORT: Final = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'s\b|(?<=\w)'(?=\s|$)"), ""),
    (re.compile(r"\b((?:[a-z]\.)+[a-z])\b\.?|\b([a-z])\.(?=\s|$)"), lambda m: m[0].replace(".", "")),
    (re.compile(r"\s&\s"), " and "),
)
_WORD: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}){1,2}(?!\w)|\w+|,")
_ARTICLES: Final = frozenset(("a", "an", "the"))


def words(text: str) -> tuple[str, ...]:
    """Even out *text* to words: no case, accents, articles, punctuation but commas, and short forms.

    >>> words("The U.S. doesn’t propose Lane's plan, since 2024-05!")
    ('us', 'does', 'not', 'propose', 'lane', 'plan', ',', 'since', '2024-05')
    """
    folded = fold(text)
    for pattern, replacement in _SHORT:
        folded = pattern.sub(replacement, folded)
    return tuple(word for word in _WORD.findall(folded) if word not in _ARTICLES)


_STEMS: Final = {
    "held": "hold", "said": "say", "made": "make", "wanted": "want", "sought": "seek", "thought": "think",
    "gave": "give", "given": "give", "took": "take", "taken": "take", "spoke": "speak", "spoken": "speak",
    "told": "tell", "kept": "keep", "forbade": "forbid", "forbidden": "forbid", "chose": "choos",
    "people": "person", "whom": "who", "whose": "who", "which": "what", "has": "have", "had": "have",
    "does": "do", "did": "do", "done": "do", "is": "be", "are": "be", "was": "be", "were": "be", "been": "be",
    "being": "be", "am": "be", "put": "put", "putting": "put",
}  # fmt: skip


def stem(word: str) -> str:
    """Take the ending off an evened-out English word, so that its forms are one; no dictionary behind it.

    >>> [stem(word) for word in ("proposes", "proposed", "proposing", "ruling", "rules", "denied")]
    ['propos', 'propos', 'propos', 'rul', 'rul', 'deny']
    """
    if word in _STEMS or not word.isalpha():
        return _STEMS.get(word, word)
    if len(word) > 4 and word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    cut = ""
    for ending in ("ing", "ed", "s"):
        # what is left must be a word: it has a vowel, and "ss", "us", "is" are no plural
        left = word[: -len(ending)]
        is_plural = ending != "s" or not word.endswith(("ss", "us", "is"))
        if word.endswith(ending) and len(left) > 2 and is_plural and re.search("[aeiouy]", left):
            word, cut = left, ending
            break
    # "agreed" has lost its second e with the ending, "agree" and "agrees" have not
    word = word[:-1] if word.endswith("e") and len(word) > 3 and cut != "ed" else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou" else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of *text*.

    >>> stems("Security guarantees") == stems("the security guarantee")
    True
    """
    return tuple(stem(word) for word in words(text) if word != ",")
