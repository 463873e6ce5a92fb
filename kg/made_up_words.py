"""Words that nobody has written: labels, gists and titles of synthetic corpora."""

from __future__ import annotations

from functools import cache
from typing import Final

from kg.draws import Drawing

_CONSONANTS: Final = (*"bdfgklmnprstvz", "br", "dr", "kl", "tr", "st", "sk")
_VOWELS: Final = (*"aeiou", "ai", "ou")
_SYLLABLES: Final = tuple(first + second for first in _CONSONANTS for second in _VOWELS)
_SCATTER: Final = 48_271
_TAPE: Final = 50_000
"""How many words stand on the tape that texts are cut from."""


def numeral(number: int) -> str:
    """A word of three syllables or more for *number*, that no other number below 380 million has.

    >>> numeral(0), numeral(1), numeral(2_744_000)
    ('bababa', 'biredrou', 'bebababa')
    """
    size = len(_SYLLABLES)
    more, place = divmod(number, size**3)
    # The factor has no divisor in common with the size, so that each number below it comes once.
    place = place * _SCATTER % size**3 + more * size**3
    powers = (3, 2, 1, 0) if more else (2, 1, 0)
    syllables = [_SYLLABLES[place // size**power % size] for power in powers]
    return "".join(syllables)


@cache
def _tape() -> tuple[str, tuple[int, ...]]:
    drawing = Drawing("words")
    words = [
        "".join(_SYLLABLES[drawing.below(len(_SYLLABLES))] for _ in range(1 + drawing.below(4)))
        for _ in range(_TAPE)
    ]
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    return " ".join(words), tuple(starts)


def some_words(drawing: Drawing, number: int) -> str:
    """So many words (*number*), with spaces between them.

    >>> len(some_words(Drawing("1"), 9).split())
    9
    """
    text, starts = _tape()
    first = int(drawing.random() * (_TAPE - number))
    return text[starts[first] : starts[first + number] - 1]


def sentence(drawing: Drawing, number: int) -> str:
    """A sentence of so many words."""
    text = some_words(drawing, number)
    return text[0].upper() + text[1:] + "."
