"""Spans of a text: find a quote, or a pair of end words, in the one place where it stands.

Offsets count Unicode code points from 0; the end is exclusive, as in the W3C Web
Annotation text position selector.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from kg.errors import AnchorError


class Span(NamedTuple):
    """The code points from *start* to before *end*."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}–{self.end}"


END_WORDS: Final = 5
_SHOWN: Final = 8
_MOST: Final = 1000


def decode(data: bytes) -> str:
    r"""Decode the bytes of a text as offsets count them: UTF-8, newlines untouched.

    Raises:
        AnchorError: the bytes are not UTF-8.

    >>> decode(b"a\r\nb")
    'a\r\nb'
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AnchorError(f"the text is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def hash_span(text: str, span: Span) -> str:
    """Make the SHA-256 of a span, as UTF-8."""
    return hashlib.sha256(text[span.start : span.end].encode()).hexdigest()


def find_quote(text: str, quote: str, *, within: Span | None = None) -> Span:
    """Find the one place where *quote* stands in *text*, letter by letter.

    Raises:
        AnchorError: *quote* is absent, or stands in more than one place.

    >>> find_quote("Audit yearly. Audit well.", "yearly")
    Span(start=6, end=12)
    >>> find_quote("Audit yearly. Audit well.", "Audit")
    Traceback (most recent call last):
      ...
    kg.errors.AnchorError: the quote "Audit" stands in more than one place (0, 14); quote more words
    """
    return _only(list(_spans_of(text, quote, within)), quote)


def find_alike(text: str, quote: str, *, within: Span | None = None) -> Span:
    r"""Find the one place of a text like *quote*: white space, curly quotes and dashes may differ.

    Raises:
        AnchorError: nothing like it is there, or more than one place is.

    >>> find_alike("He said:\u00a0“No”.", 'said: "No"')
    Span(start=3, end=13)
    """
    if not quote.split():
        raise AnchorError("the quote is empty; quote the words of the passage")
    return _only([Span(*match.span(1)) for match in _matches(_alike(quote), text, within)], quote)


def find_ends(text: str, first: str, last: str, *, within: Span | None = None) -> Span:
    """Find the one span that begins with the words *first* and ends with the words *last*.

    Raises:
        AnchorError: there is none, or more than one.

    >>> find_ends("We went out. They stayed. We came back.", "They", "back.")
    Span(start=13, end=39)
    """
    found = list(islice(spans_between(text, first, last, within=within), _MOST))
    if len(found) == 1:
        return found[0]
    words = f'from "{_cut(first)}" to "{_cut(last)}"'
    if not found:
        raise AnchorError(f"no span goes {words}; copy the words from the text, or quote the passage")
    shown = ", ".join(map(str, found[:_SHOWN])) + (" and more" if found[_SHOWN:] else "")
    raise AnchorError(f"more than one span goes {words} ({shown}); give more words, or quote the passage")


def spans_between(text: str, first: str, last: str, *, within: Span | None = None) -> Iterator[Span]:
    """Go through all spans that begin with *first* and end with *last*; white space may differ."""
    starts = list(islice(_matches(_words(first), text, within), _MOST))
    ends = list(islice(_matches(_words(last), text, within), _MOST))
    for start in starts:
        for end in ends:
            if end.start(1) >= start.start(1) and end.end(1) >= start.end(1):
                yield Span(start.start(1), end.end(1))


def end_words(text: str, span: Span) -> tuple[str, str]:
    """Take the first and the last words of a span, five at most and never all of a short one.

    >>> end_words("one two three four", Span(0, 18))
    ('one two', 'three four')
    """
    words = text[span.start : span.end].split()
    count = min(END_WORDS, max(1, len(words) // 2))
    return " ".join(words[:count]), " ".join(words[-count:])


def has_ends(text: str, span: Span, first: str, last: str) -> bool:
    """Tell whether a span begins and ends with these words; white space may differ."""
    found = " ".join(text[span.start : span.end].split())
    return found.startswith(" ".join(first.split())) and found.endswith(" ".join(last.split()))


def _spans_of(text: str, quote: str, within: Span | None) -> Iterator[Span]:
    if not quote:
        raise AnchorError("the quote is empty; quote the words of the passage")
    region = within or Span(0, len(text))
    at = text.find(quote, region.start, region.end)
    while at >= 0:
        yield Span(at, at + len(quote))
        at = text.find(quote, at + 1, region.end)


def _only(found: list[Span], quote: str) -> Span:
    if not found:
        raise AnchorError(f'the quote "{_cut(quote)}" is not in the text; copy it from there')
    if found[1:]:
        offsets = ", ".join(str(span.start) for span in found[:_SHOWN]) + (" …" if found[_SHOWN:] else "")
        where = f'the quote "{_cut(quote)}" stands in more than one place ({offsets})'
        raise AnchorError(f"{where}; quote more words")
    return found[0]


def _cut(text: str) -> str:
    """Shorten *text* to a few words: messages end up in logs, and texts are other people's."""
    words = text.split()
    return " ".join(words[:END_WORDS]) + (" …" if words[END_WORDS:] else "")


_ALIKE: Final = ("'’‘ʼ´`", '"“”„‟«»', "-‐‑‒–—―")


def _alike(quote: str) -> str:
    return r"\s+".join("".join(map(_letter, word)) for word in quote.split())


def _letter(char: str) -> str:
    group = next((group for group in _ALIKE if char in group), "")
    return f"[{re.escape(group)}]" if group else re.escape(char)


def _words(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


def _matches(pattern: str, text: str, within: Span | None) -> Iterator[re.Match[str]]:
    """Find all places, those that overlap too."""
    region = within or Span(0, len(text))
    if not pattern:
        return
    yield from re.compile(f"(?=({pattern}))").finditer(text, region.start, region.end)
