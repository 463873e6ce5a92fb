r"""SPARQL text as tokens: enough to rewrite it safely and to refuse what must not run.

The tokens are those of SPARQL 1.1 (section 19.8); joined, they are the text again.
This is no parser: whether a query means anything is the engine's to say.

One trap shapes this module. ``<`` opens an IRI or is *less than*, and a parser knows
which only from what stands before it: in ``FILTER(?a<?b)#>`` a tokenizer reads an IRI,
the engine a comparison and a comment. `refuse_network` therefore follows both readings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from kg.errors import QueryError


class Kind(StrEnum):
    """What a token is; `WORD` is a keyword or function name, `NAME` a prefixed name."""

    IRI = "iri"
    STRING = "string"
    COMMENT = "comment"
    VARIABLE = "variable"
    NAME = "name"
    BLANK = "blank"
    LANGUAGE = "language"
    NUMBER = "number"
    WORD = "word"
    PUNCTUATION = "punctuation"
    SPACE = "space"


class Token(NamedTuple):
    """A piece of SPARQL text and the offset (code points, from 0) at which it starts."""

    kind: Kind
    text: str
    start: int


_ASCII_U: Final = "A-Za-z_"
_U: Final = (
    f"{_ASCII_U}\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""PN_CHARS_U of the grammar, as the inside of a character class."""
_V: Final = _U + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-]"


def _token_pattern(u: str, v: str) -> re.Pattern[str]:
    """The pattern of a token, where *u* begins names and *v* goes on with them."""
    local = rf"(?:[{u}:0-9]|{_ESCAPED})(?:[{v}:-]|{_ESCAPED}|\.+(?=[{v}:%\\-]))*+"
    text = rf"""
      (?P<space>[ \t\r\n]++)
    | (?P<comment>\#[^\r\n]*+)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
    | (?P<string>
          \"""(?:"{{0,2}}(?:[^"\\]|\\.))*+\"""
        | '''(?:'{{0,2}}(?:[^'\\]|\\.))*+'''
        | "(?:[^"\\\r\n]|\\[^\r\n])*+"
        | '(?:[^'\\\r\n]|\\[^\r\n])*+')
    | (?P<variable>[?$][{u}0-9][{v}]*+)
    | (?P<blank>_:[{u}0-9](?:[{v}-]|\.+(?=[{v}-]))*+)
    | (?P<name>(?:[{u}](?:[{v}-]|\.+(?=[{v}-]))*+)?:(?:{local})?)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*+)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[{u}][{v}]*+)
    | (?P<punctuation>&&|\|\||\^\^|!=|<=|>=|.)
    """
    return re.compile(text, re.VERBOSE | re.DOTALL | re.ASCII)


@cache
def _pattern() -> re.Pattern[str]:
    """The pattern of a token, made when it is first needed: that takes as long as starting a program."""
    return _token_pattern(_U, _V)


@cache
def _ascii_pattern() -> re.Pattern[str]:
    """The same for ASCII text, made in a thirtieth of the time."""
    return _token_pattern(_ASCII_U, _ASCII_U + "0-9")


_KINDS: Final[Mapping[str | None, Kind]] = {kind.value: kind for kind in Kind}


def _token(text: str, start: int) -> Token:
    match = (_ascii_pattern() if text.isascii() else _pattern()).match(text, start)
    if match is None:
        raise AssertionError("the last branch of the pattern takes any character")
    return Token(_KINDS[match.lastgroup], match.group(), start)


def tokens(text: str) -> Iterator[Token]:
    """Split SPARQL *text* into tokens, losing nothing; an unclosed quote is punctuation.

    >>> [(str(t.kind), t.text) for t in tokens("?s a <urn:x#y> # why") if t.kind is not Kind.SPACE]
    [('variable', '?s'), ('word', 'a'), ('iri', '<urn:x#y>'), ('comment', '# why')]
    """
    found = _split(text, _ascii_pattern())
    return found if text.isascii() else _split_wide(text, found)


def _split(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    for match in pattern.finditer(text):
        yield Token(_KINDS[match.lastgroup], match.group(), match.start())


def _split_wide(text: str, found: Iterable[Token]) -> Iterator[Token]:
    """The tokens of *text*, *found* being those by the pattern for ASCII.

    Strings, IRIs and comments are the same by both, so only where another letter stands outside of
    these, and then is punctuation by itself, they may differ.
    """
    listed = list(found)
    differs = any(each.kind is Kind.PUNCTUATION and not each.text.isascii() for each in listed)
    yield from _split(text, _pattern()) if differs else listed


def line_and_column(text: str, offset: int) -> str:
    r"""Write an offset into *text* as ``line:column``, both from 1.

    >>> line_and_column("ASK\n{}", 4)
    '2:1'
    """
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def with_prefixes(text: str, prefixes: Mapping[str, str]) -> str:
    """Declare those of *prefixes* that *text* uses and does not declare, on its first line.

    >>> with_prefixes("ASK { ?p a st:Position }", {"st": "https://e.org/st#", "x": "https://e.org/x#"})
    'PREFIX st: <https://e.org/st#> ASK { ?p a st:Position }'
    """
    names = [token.text for token in tokens(text) if token.kind in (Kind.NAME, Kind.WORD)]
    declared = {after for word, after in pairwise(names) if word.upper() == "PREFIX"}
    used = {name.partition(":")[0] for name in names if ":" in name}
    missing = sorted(name for name in used & prefixes.keys() if name + ":" not in declared)
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in missing) + text


# ---------------------------------------------------------------- what is refused

MAX_NESTING: Final = 500
"""Brackets inside brackets; parsers recurse, and some thousands overflow the stack and end the process."""


def refuse_deep_nesting(text: str) -> None:
    """Refuse a query whose brackets stand more than `MAX_NESTING` deep.

    Raises:
        QueryError: it is nested too deeply.

    >>> refuse_deep_nesting("ASK " + "{" * 501 + "}" * 501)
    Traceback (most recent call last):
    kg.errors.QueryError: 1:505: the query nests brackets more than 500 deep; flatten it
    """
    if sum(map(text.count, "([{")) <= MAX_NESTING:
        return  # too few brackets for it, wherever they stand
    depth = 0
    for token in tokens(text):
        if token.kind is not Kind.PUNCTUATION:
            continue
        if token.text in "([{":
            depth += 1
        elif token.text in ")]}":
            depth -= 1
        if depth > MAX_NESTING:
            where = line_and_column(text, token.start)
            raise QueryError(f"{where}: the query nests brackets more than {MAX_NESTING} deep; flatten it")


_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _readings(text: str) -> Iterator[Token]:
    """The tokens of every reading of *text*: where ``<`` could open an IRI, also those after a mere ``<``.

    An IRI with ``://`` has one reading, since no expression has two slashes in a row.
    """
    seen: set[int] = set()
    waiting = [0]
    while waiting:
        start = waiting.pop()
        while start < len(text) and start not in seen:
            seen.add(start)
            token = _token(text, start)
            if token.kind is Kind.IRI and not _ABSOLUTE.match(token.text):
                waiting.append(start + 1)
            yield token
            start += len(token.text)


def _code_point(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else match[0]


def refuse_network(text: str) -> None:
    r"""Refuse a query that names SERVICE or LOAD outside strings, IRIs and comments.

    Both reach the network. Engines accept a keyword glued to what stands before or after it
    (``trueSERVICE<…>``, ``SERVICEex:x``), so a word or prefix that has it inside is refused too; and
    keywords may be written in code point escapes (SPARQL 1.1, section 19.2), so these are also read
    decoded.

    Raises:
        QueryError: it names SERVICE or LOAD.

    >>> refuse_network('SELECT * { ?s ?p "SERVICE" } # SERVICE')
    >>> refuse_network("SELECT * { SERVICE <http://example.org/> {} }")
    Traceback (most recent call last):
    kg.errors.QueryError: 1:12: SERVICE is refused, for it reaches the network; --allow-network lets it
    """
    for where, word, _ in _network_words(text):
        raise QueryError(f"{where}: {word} is refused, for it reaches the network; --allow-network lets it")


def refuse_services(text: str, allowed: Collection[str]) -> None:
    """Refuse a query or an update that would reach any IRI of the network but those *allowed*.

    SERVICE and LOAD take an IRI written out in full, since what a variable or a prefix stands for is
    known to the engine only.

    Raises:
        QueryError: it would.

    >>> refuse_services("ASK { SERVICE SILENT <https://e.org/q> {} }", {"https://e.org/q"})
    >>> refuse_services("ASK { SERVICE ?s {} }", {"https://e.org/q"})
    Traceback (most recent call last):
    kg.errors.QueryError: 1:7: SERVICE is refused here but to <https://e.org/q>, written so
    """
    for where, word, after in _network_words(text):
        words = (token for token in tokens(after) if token.kind not in (Kind.SPACE, Kind.COMMENT))
        iri = next((token.text for token in words if token.text.upper() != "SILENT"), "")
        if not iri.startswith("<") or iri[1:-1] not in allowed:
            places = " and ".join(f"<{each}>" for each in sorted(allowed))
            why = f"{word} is refused here" + (f" but to {places}, written so" if places else "")
            raise QueryError(f"{where}: {why}")


def _network_words(text: str) -> Iterator[tuple[str, str, str]]:
    """Where a word stands that reaches the network, the word, and the text after it; in every reading.

    No text is after a word that the engine alone can tell from the prefix it is glued to.
    """
    for reading in dict.fromkeys((text, _CODE_POINT.sub(_code_point, text))):
        letters = reading.upper()
        if "SERVICE" not in letters and "LOAD" not in letters:
            continue
        for token in _readings(reading):
            word = _network_word(token)
            if word:
                after = token.start + len(token.text) if token.kind is Kind.WORD else len(reading)
                yield line_and_column(reading, token.start), word, reading[after:]


def chooses_graphs(text: str) -> bool:
    """Whether a query says itself, with FROM or FROM NAMED, which graphs it is about (SPARQL 1.1, 13.2).

    >>> chooses_graphs("SELECT * FROM <urn:g> { ?s ?p ?o }")
    True
    >>> chooses_graphs('SELECT ?from { ?from ?p "FROM" } # FROM')
    False
    """
    if "FROM" not in text.upper() and "\\" not in text:
        return False
    return any(token.kind is Kind.WORD and token.text.upper() == "FROM" for token in tokens(text))


def _network_word(token: Token) -> str:
    if token.kind is Kind.WORD:
        letters = token.text.upper()
        return "SERVICE" if "SERVICE" in letters else "LOAD" if letters == "LOAD" else ""
    if token.kind is Kind.NAME and "SERVICE" in token.text.partition(":")[0].upper():
        return "SERVICE"
    return ""


_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def query_form(text: str) -> str:
    r"""The form of a query (SPARQL 1.1, section 10): SELECT, ASK, CONSTRUCT, DESCRIBE; else empty.

    >>> query_form("# ASK?\nPREFIX ask: <urn:ask#> SELECT * { ?ask ask:ASK ?o }")
    'SELECT'
    """
    words = (token.text.upper() for token in tokens(text) if token.kind is Kind.WORD)
    return next((word for word in words if word in _FORMS), "")


def without_comments(text: str) -> str:
    r"""*text* with its comments left out; lines keep their numbers.

    >>> without_comments("SELECT * # all\n{ ?s ?p '#' }")
    "SELECT * \n{ ?s ?p '#' }"
    """
    return "".join(token.text for token in tokens(text) if token.kind is not Kind.COMMENT)
