"""The kinds of single values that files have: slugs, dates, hashes, words of a vocabulary and so on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.dates import bounds
from kg.vocabularies import SCHEMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a single value is.

    *pattern* is a regular expression that the JSON Schema can have, too; *check* refuses
    with a ValueError what a pattern cannot say, and its message is shown.
    """

    name: str
    about: str
    pattern: str = ""
    words: tuple[str, ...] = ()
    refers_to: str = ""
    typed: type[str] | type[int] | type[bool] = str
    check: Callable[[str], object] | None = None


def _few_words(text: str) -> None:
    if len(text.split()) > MOST_END_WORDS:
        raise ValueError(f"more than five words at one end: {len(text.split())}; keep five at most")


MOST_END_WORDS: Final = 5
"""No more of a text may stand in a file at each end of a passage: the texts are other people's."""

_IRI: Final = r'(?:[^\s<>"{}|\\^`%\[\]]|%[0-9A-Fa-f]{2})'

TEXT: Final = Kind(name="text", about="any text")
LINE: Final = Kind(name="line", about="a text of one line", pattern=r"^[^\n\r]*$")
SLUG: Final = Kind(
    name="slug",
    about="a lower-case ASCII name such as ada-lane",
    pattern=r"^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$",
)
DATE: Final = Kind(
    name="date", about="a date in EDTF such as 2022, 2022-03, 2022? or 2022-03/..", check=bounds
)
DAY: Final = Kind(
    name="day", about="a day such as 2024-06-01", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", check=bounds
)
HASH: Final = Kind(
    name="hash", about="a SHA-256: 64 hexadecimal digits in lower case", pattern=r"^[0-9a-f]{64}$"
)
OFFSET: Final = Kind(
    name="offset",
    about="a number of code points, from 0, without quotes",
    pattern=r"^(?:0|[1-9][0-9]{0,11})$",
    typed=int,
)
ORDER: Final = Kind(
    name="order", about="a whole number from 1, without quotes", pattern=r"^[1-9][0-9]{0,5}$", typed=int
)
YES: Final = Kind(
    name="yes or no", about="true or false, without quotes", pattern=r"^(?:true|false)$", typed=bool
)
URL: Final = Kind(
    name="URL",
    about="a web address with http or https; a space is written %20, a quote %22",
    pattern=rf'^https?://[^\s<>"{{}}|\\^`%/?#]+(?:[/?#]{_IRI}*)?$',
)
BASE: Final = Kind(
    name="base",
    about="an absolute IRI that ends in / or #, without spaces and quotes",
    pattern=rf"^[A-Za-z][A-Za-z0-9+.-]*:{_IRI}+[/#]$",
)
DOI: Final = Kind(
    name="DOI",
    about="a DOI such as 10.5281/zenodo.1234, without https",
    pattern=r'^10\.[0-9]{4,9}/[^\s"<>]+$',
)
AUTHOR: Final = Kind(
    name="author",
    about="a name with the family name first, such as Lane, Ada; a body has no comma",
    pattern=r"^[^\n\r;,]+(?:, [^\n\r;,]+)?$",
)
LANGUAGE: Final = Kind(
    name="language",
    about="a language tag such as en or pt-BR",
    pattern=r"^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$",
)
WIKIDATA: Final = Kind(name="Wikidata item", about="a Wikidata item such as Q42", pattern=r"^Q[1-9][0-9]*$")
AUDITED: Final = Kind(
    name="reason",
    about="CHECK: why it is right, or CHECK WHAT: why it is right, in quotes",
    pattern=r"^[a-z]+(?:-[a-z]+)*(?: [^\s:]+)?: [^\n\r]*\S$",
)
ENDS: Final = Kind(name="end words", about="one to five words as they stand in the text", check=_few_words)


def reference_to(to: str) -> Kind:
    """Make the kind of a slug of a registry entry or of a record of the file."""
    return Kind(name=f"{to} slug", about=f"the id of {_article(to)}", pattern=SLUG.pattern, refers_to=to)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def word_of(scheme: str) -> Kind:
    """Make the kind of a word of one of the vocabularies."""
    words = SCHEMES[scheme]
    return Kind(name=f"{scheme} word", about="one of " + ", ".join(words), words=words)


ACTOR, ISSUE, PROPOSAL, PLAN, CODER = map(reference_to, ("actor", "issue", "proposal", "plan", "coder"))
PASSAGE, POSITION, CLAIM = map(reference_to, ("passage", "position", "claim"))
REGISTERED: Final = ("actor", "issue", "proposal", "plan", "coder")
"""The kinds of entries that a registry has, and that other files refer to."""


def matches(kind: Kind, text: str) -> bool:
    """Tell whether *text* has the pattern of *kind*.

    >>> matches(SLUG, "ada-lane"), matches(SLUG, "Ada Lane")
    (True, False)
    """
    return not kind.pattern or re.fullmatch(kind.pattern, text) is not None
