"""The English that questions are put in: forms of words, verbs of stance, times.

Only the most ordinary English is known here, and only to match a question to a
pattern. Words of a corpus come from its labels, never from this file.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from kg.dates import bounds
from kg.words import fold

_SHORT: Final = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'s\b|(?<=\w)'(?=\s|$)"), ""),
    (re.compile(r"\b((?:[a-z]\.)+[a-z])\b\.?|\b([a-z])\.(?=\s|$)"), lambda m: m[0].replace(".", "")),
    (re.compile(r"\s&\s"), " and "),
    (re.compile(r"\bno[ -]one\b"), "nobody"),
)
_HAS_SHORT: Final = re.compile(r"['.&]|cannot|no[ -]one")
_WORD: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}){1,2}(?!\w)|\w+|,")
_ARTICLES: Final = frozenset(("a", "an", "the"))


def words(text: str) -> tuple[str, ...]:
    """Even out *text* to words: no case, accents, articles, punctuation but commas, and short forms.

    >>> words("The U.S. doesn’t propose Lane's plan, since 2024-05!")
    ('us', 'does', 'not', 'propose', 'lane', 'plan', ',', 'since', '2024-05')
    """
    folded = fold(text)
    if _HAS_SHORT.search(folded):
        for pattern, replacement in _SHORT:
            folded = pattern.sub(replacement, folded)
    return tuple(word for word in _WORD.findall(folded) if word not in _ARTICLES)


_FORMS: Final = {
    "held": "hold", "said": "say", "made": "make", "wanted": "want", "sought": "seek", "thought": "think",
    "gave": "give", "given": "give", "took": "take", "taken": "take", "spoke": "speak", "spoken": "speak",
    "told": "tell", "kept": "keep", "forbade": "forbid", "forbidden": "forbid", "chose": "choose",
    "people": "person", "whom": "who", "whose": "who", "which": "what", "has": "have", "had": "have",
    "does": "do", "did": "do", "done": "do", "is": "be", "are": "be", "was": "be", "were": "be", "been": "be",
    "being": "be", "am": "be", "put": "put", "putting": "put",
    "anyone": "who", "anybody": "who", "someone": "who", "somebody": "who", "came": "come", "went": "go",
    "gone": "go", "saw": "see", "seen": "see", "began": "begin", "begun": "begin", "meant": "mean",
    "stood": "stand", "brought": "bring", "left": "leave", "met": "meet",
    "about": "on", "regarding": "on", "concerning": "on",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Take the ending off an evened-out English word, so that its forms are one; no dictionary behind it.

    >>> [stem(word) for word in ("proposes", "proposed", "proposing", "ruling", "rules", "denied")]
    ['propos', 'propos', 'propos', 'rul', 'rul', 'deny']
    """
    word = _FORMS.get(word, word)
    if not word.isalpha():
        return word
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


# ---------------------------------------------------------------- the weight of words

_GLUE: Final = frozenset(
    stem(word)
    for word in (
        "be", "have", "do", "will", "would", "can", "could", "shall", "should", "of", "on", "to", "in", "at",
        "for", "from", "by", "with", "about", "as", "and", "or", "that", "this", "these", "those", "there",
        "it", "its", "their", "his", "her", "they", "he", "she", "we", "i", "you", "me", "my", "tell", "show",
        "list", "give", "find", "please", "any", "some", "all", "every", "each", "both", "also", "then",
        # how strongly somebody is said to mean it: the stance is the same
        "firmly", "strongly", "really", "actually", "indeed", "clearly", "flatly", "resolutely",
    )
)  # fmt: skip
_ASKING: Final = frozenset(map(stem, ("who", "when", "where", "why", "how")))


def weight(stemmed: str) -> float:
    """How much a word says: 1 for a content word, less for question words, next to nothing for glue.

    >>> weight("ferry"), weight("who"), weight("what"), weight("of")
    (1.0, 0.6, 0.3, 0.1)
    """
    if stemmed == ",":
        return 0.0
    if stemmed in _ASKING:
        return 0.6
    return 0.3 if stemmed == "what" else 0.1 if stemmed in _GLUE else 1.0


def matters(stemmed: str) -> bool:
    """Whether a question means something else without the word."""
    return weight(stemmed) > 0.5


TURNING: Final = frozenset(map(stem, ("by", "from", "about", "or", "and", "what")))
"""Stems of small words that say who does what to whom, what is asked, or that two things are asked."""

AUXILIARIES: Final = frozenset(
    ("be", "have", "do", "will", "would", "can", "could", "might", "may", "should")
)
"""Stems that may stand before a verb of stance without changing which stance it is."""

VERBS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "stance": {
        "proposes": ("propose", "suggest", "put forward", "recommend", "offer"),
        "demands": ("demand", "want", "call for", "insist on", "ask for", "seek"),
        "supports": ("support", "back", "endorse", "favour", "favor", "for", "in favour of", "in favor of"),
        "accepts": ("accept", "agree to", "agree with", "consent to", "approve of"),
        "accepts-conditionally": ("accept conditionally", "conditionally accept", "accept with conditions"),
        "open-to": ("open to", "consider", "willing to discuss"),
        "undecided": ("undecided on", "undecided about", "undecided", "unsure about"),
        "doubts": ("doubt", "sceptical of", "sceptical about", "skeptical of", "skeptical about"),
        "opposes": ("oppose", "against", "opposed to", "object to"),
        "rejects": ("reject", "refuse", "turn down", "dismiss"),
        "rules-out": ("rule out", "exclude"),
    },
    "polarity": {
        "pro": ("for", "in favour of", "in favor of"),
        "con": ("against", "opposed to"),
        "neutral": ("neutral on", "undecided on", "undecided about"),
        "conditional": ("conditionally for",),
    },
}
"""How people put a stance or polarity, beside the labels in the vocabulary."""


_HINTS: Final = (
    (
        ("still", "now", "currently", "today", "nowadays", "already"),
        "the graph knows when a position was held, not what holds today: name a time (“since 2025”), or ask "
        "of one actor (“does … still accept …”), whose positions are told with their times",
    ),
    (
        ("not", "never", "nobody", "no", "neither", "without"),
        "a negation is not turned round, since who does not support something need not oppose it: ask who "
        "opposes it",
    ),
    (("why", "because"), "reasons stand in arguments: ask for the arguments for or against a proposal"),
    (("more", "less", "than", "most", "least"), "comparisons are not understood: ask for each, and compare"),
    (
        ("many", "much", "often", "number"),
        "what can be counted is what can be listed, such as actors, proposals, plans or documents",
    ),
    (
        ("publicly", "officially", "openly", "privately", "secretly", "explicitly"),
        "who says what in whose words stands in the evidence: ask without the word, with --evidence",
    ),
    (
        ("that",),
        "what somebody asserts is kept in a coder's words, which no sentence can be matched to: ask what "
        "somebody claims, or for the arguments for or against a proposal",
    ),
)


def hint(said: tuple[str, ...]) -> str:
    """What to ask instead, where a question has words that no saved question can take; empty if unknown.

    >>> hint(("why",))
    'reasons stand in arguments: ask for the arguments for or against a proposal'
    """
    return next((text for some, text in _HINTS if set(some) & set(said)), "")


# ---------------------------------------------------------------- times


@dataclass(frozen=True, slots=True)
class Time:
    """The words *start* to *end* (exclusive) of a sentence name the days *first* to *last*; empty is open."""

    start: int
    end: int
    first: str = ""
    last: str = ""


_MONTHS: Final = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}


def read_date(sentence: tuple[str, ...]) -> str:
    """The date that words name, as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty if they name none.

    >>> read_date(("may", "2025")), read_date(("12th", "of", "may", "2025")), read_date(("may",))
    ('2025-05', '2025-05-12', '')
    """
    parts = [word for word in sentence if word not in (",", "of")]
    if not parts or not re.fullmatch(r"[12][0-9]{3}(-[0-9]{2}){0,2}", parts[-1]):
        return ""
    text, rest = parts[-1], parts[:-1]
    days = [word for word in rest if re.fullmatch(r"[0-3]?[0-9](st|nd|rd|th)?", word)]
    months = [_MONTHS[word] for word in rest if word in _MONTHS]
    if len(months) > 1 or len(days) > len(months) or len(days) + len(months) != len(rest):
        return ""
    text += "".join(f"-{month:02}" for month in months)
    text += "".join(f"-{int(re.sub('[a-z]', '', day)):02}" for day in days)
    return text if _is_date(text) else ""


def _is_date(text: str) -> bool:
    try:
        bounds(text)
    except ValueError:
        return False
    return True


_OPENINGS: Final = {
    ("since",): "since", ("from",): "since", ("after",): "after", ("before",): "before", ("until",): "until",
    ("till",): "until", ("by",): "until", ("up", "to"): "until", ("in",): "in", ("during",): "in",
    ("on",): "in", ("within",): "in", ("between",): "between",
}  # fmt: skip


def times(sentence: tuple[str, ...]) -> tuple[Time, ...]:
    """The phrases of time in *sentence* (evened-out words), from left to right.

    >>> times(("who", "spoke", "since", "may", "2025"))
    (Time(start=2, end=5, first='2025-05-01', last=''),)
    """
    found: list[Time] = []
    at = 0
    while at < len(sentence):
        time = _time_at(sentence, at)
        found += [time] if time else []
        at = time.end if time else at + 1
    return tuple(found)


def _time_at(sentence: tuple[str, ...], start: int) -> Time | None:
    for opening, kind in _OPENINGS.items():
        after = start + len(opening)
        if sentence[start:after] != opening:
            continue
        day, end = _date_at(sentence, after)
        if not day:
            continue
        if kind in ("between", "since") and sentence[end : end + 1] in (("and",), ("to",), ("until",)):
            other, far = _date_at(sentence, end + 1)
            if other:
                return Time(start, far, _first(day), _last(other))
        return None if kind == "between" else _time(kind, day, start, end)
    return None


def _date_at(sentence: tuple[str, ...], start: int) -> tuple[str, int]:
    """The longest date that starts at *start*, and where it ends."""
    for end in range(min(start + 5, len(sentence)), start, -1):
        if sentence[end - 1] != "," and (day := read_date(sentence[start:end])):
            return day, end
    return "", start


def _time(kind: str, day: str, start: int, end: int) -> Time:
    if kind == "since":
        return Time(start, end, first=_first(day))
    if kind == "until":
        return Time(start, end, last=_last(day))
    if kind == "after":
        return Time(start, end, first=_shifted(_last(day), 1))
    if kind == "before":
        return Time(start, end, last=_shifted(_first(day), -1))
    return Time(start, end, _first(day), _last(day))


def _first(day: str) -> str:
    return bounds(day).earliest or ""


def _last(day: str) -> str:
    return bounds(day).latest or ""


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
