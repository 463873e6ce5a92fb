"""A quick reader of the plain part of YAML that most files are written in.

It reads block mappings and lists, flow mappings and lists on one line, quoted texts on one
line, plain texts on one or more, and block texts (``>-`` and the like) whose lines stand under
each other without a gap; it gives up on everything else: what it reads, it reads as the full
parser does (a property test holds that), and what it cannot read, or what is wrong, it leaves
to that parser and its messages. It is some ten times faster, and that is its only reason.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple, NoReturn

from kg.errors import Place
from kg.nodes import Mapping, Node, Scalar, Sequence

DEEPEST: Final = 40


class _NotPlainError(Exception):
    """The file needs the full parser."""


class _Line(NamedTuple):
    number: int
    column: int
    text: str


# Tabs, other line ends and what cannot be seen are not plain. Named one by one, for the pattern of
# all the others takes as long to make as a file to read.
_ODD: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]{0,63}):(?: +|$)")
_DASH: Final = re.compile(r"-( +)(?=[^ #-])")
_AFTER: Final = re.compile(r" *(?: #.*)?$")
_DOUBLE: Final = re.compile(r'"((?:[^"\\]|\\(?:["\\/nt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*)"')
_SINGLE: Final = re.compile(r"'((?:[^']|'')*)'")
_NO_START: Final = frozenset("-?:,[]{}#&*!|>'\"%@`=<~")
_FLOW_PLAIN: Final = re.compile(
    r"[^-?:,\[\]{}#&*!|>'\"%@`=<~ \n](?:[^:#,\[\]{}\n]|:(?=[^\s,\[\]{}\"'])|(?<! )#)*"
)
_FLOW_KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]{0,63}): +")
_ENDS_KEY: Final = re.compile(r":(?: |$)")
_BLOCK: Final = frozenset((">", ">-", "|", "|-"))


def parse_plain(text: str, *, path: str) -> Node | None:
    """Parse *text*, or give up with None.

    >>> parse_plain("a: [b, c]", path="f.yaml").entries["a"].items[1].value
    'c'
    >>> parse_plain("a: &x b", path="f.yaml") is None
    True
    """
    if _ODD.search(text):
        return None
    try:
        return _Parser(text, path).parse()
    except _NotPlainError:
        return None


def _give_up() -> NoReturn:
    raise _NotPlainError


class _Parser:
    """Goes through the lines once; the columns in it count from 0."""

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._lines: list[_Line] = []
        self._raw = text.split("\n")
        for number, line in enumerate(self._raw, 1):
            content = line.lstrip(" ")
            if content and content[0] != "#":
                self._lines.append(_Line(number, len(line) - len(content), content.rstrip(" ")))
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        """Parse the whole file."""
        if not self._lines or self._lines[0].column != 0 or self._lines[0].text[0] in "%-.":
            _give_up()
        node = self._block(0)
        if self._at < len(self._lines):
            _give_up()
        return node

    def _block(self, column: int) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            _give_up()
        node = (
            self._sequence(column) if self._lines[self._at].text.startswith("- ") else self._mapping(column)
        )
        self._depth -= 1
        if self._at < len(self._lines) and self._lines[self._at].column > column:
            _give_up()
        return node

    def _place(self, number: int, column: int) -> Place:
        return Place(self._path, number, column + 1)

    def _sequence(self, column: int) -> Sequence:
        items: list[Node] = []
        place = self._place(self._lines[self._at].number, column)
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.column != column or not line.text.startswith("- "):
                break
            match = _DASH.match(line.text)
            if not match:
                _give_up()
            inner = _Line(line.number, column + match.end(), line.text[match.end() :])
            if _KEY.match(inner.text):
                self._lines[self._at] = inner
                items.append(self._block(inner.column))
            else:
                self._at += 1
                items.append(self._value(inner, column))
        return Sequence(tuple(items), place)

    def _mapping(self, column: int) -> Mapping:
        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        first = self._place(self._lines[self._at].number, column)
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.column != column or line.text.startswith("- "):
                break
            match = _KEY.match(line.text)
            if not match or match[1] in entries:
                _give_up()
            key = match[1]
            places[key] = self._place(line.number, column)
            self._at += 1
            rest = line.text[match.end() :]
            if rest and rest[0] != "#":
                inner = _Line(line.number, column + match.end(), rest)
                entries[key] = self._value(inner, column)
            else:
                entries[key] = self._below(column, places[key])
        if not entries:
            _give_up()
        return Mapping(entries, places, first)

    def _below(self, column: int, key_place: Place) -> Node:
        """The value that begins in the line after its key, if there is one."""
        if self._at < len(self._lines):
            line = self._lines[self._at]
            if line.column > column and (line.text.startswith("- ") or _KEY.match(line.text)):
                return self._block(line.column)
            if line.column == column and line.text.startswith("- "):
                return self._sequence(column)
            if line.column > column:
                _give_up()
        return Scalar("", key_place)

    def _value(self, line: _Line, parent: int) -> Node:
        start = line.text[0]
        if line.text in _BLOCK:
            return self._folded(line, parent)
        if start in "[{":
            node, end = self._flow(line, 0, 0)
        elif start in "\"'":
            node, end = self._quoted(line, 0)
        else:
            return self._plain(line, parent)
        if not _AFTER.match(line.text, end) or self._continues(parent):
            _give_up()
        return node

    def _continues(self, parent: int) -> bool:
        return self._at < len(self._lines) and self._lines[self._at].column > parent

    def _plain(self, line: _Line, parent: int) -> Scalar:
        text, mark, _ = line.text.partition(" #")
        text = text.rstrip(" ")
        if text[0] in _NO_START or _ENDS_KEY.search(text):
            _give_up()
        parts, number = [text], line.number
        while self._continues(parent):
            after = self._lines[self._at]
            number += 1
            if mark or after.number != number or after.text[0] in _NO_START or _ENDS_KEY.search(after.text):
                _give_up()
            more, mark, _ = after.text.partition(" #")
            parts.append(more.rstrip(" "))
            self._at += 1
        return Scalar(" ".join(parts), self._place(line.number, line.column))

    def _folded(self, line: _Line, parent: int) -> Scalar:
        """A block text whose lines begin in one column (YAML 1.2, sections 8.1.2 and 8.1.3).

        Only its raw lines tell all: in it ``#`` begins no comment, and spaces at an end count.
        """
        found: list[str] = []
        column = 0
        for number in range(line.number, len(self._raw)):
            raw = self._raw[number]
            content = raw.lstrip(" ")
            begins = len(raw) - len(content)
            if not content or begins <= parent:
                break
            column = column or begins
            if begins != column or raw[-1] == " ":
                _give_up()
            found.append(content)
        last = line.number + len(found)
        if not found or last == len(self._raw) or (not self._raw[last].strip(" ") and any(self._raw[last:])):
            _give_up()  # an end without a line end, or a gap, which may be part of the text
        while self._at < len(self._lines) and self._lines[self._at].number <= last:
            self._at += 1
        text = (" " if line.text[0] == ">" else "\n").join(found) + ("" if line.text[1:] else "\n")
        return Scalar(text, self._place(line.number, line.column), plain=False)

    def _quoted(self, line: _Line, at: int) -> tuple[Scalar, int]:
        is_double = line.text[at] == '"'
        match = (_DOUBLE if is_double else _SINGLE).match(line.text, at)
        if not match:
            _give_up()
        text = match[1].replace("''", "'") if not is_double else match[1]
        if is_double and "\\" in text:
            text = json.loads(match[0])
            if not text.isprintable() and _ODD.search(text.replace("\t", "")):
                _give_up()
        return Scalar(text, self._place(line.number, line.column + at), plain=False), match.end()

    # ---- flow mappings and lists, on one line

    def _flow(self, line: _Line, at: int, depth: int) -> tuple[Node, int]:
        if depth > DEEPEST:
            _give_up()
        place = self._place(line.number, line.column + at)
        is_mapping = line.text[at] == "{"
        close = "}" if is_mapping else "]"
        items: list[Node] = []
        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        at = _skip(line.text, at + 1)
        while line.text[at : at + 1] != close:
            if is_mapping:
                match = _FLOW_KEY.match(line.text, at)
                if not match or match[1] in entries:
                    _give_up()
                places[match[1]] = self._place(line.number, line.column + at)
                entries[match[1]], at = self._flow_value(line, match.end(), depth)
            else:
                node, at = self._flow_item(line, at, depth)
                items.append(node)
            at = _skip(line.text, at)
            if line.text[at : at + 1] == ",":
                at = _skip(line.text, at + 1)
                if line.text[at : at + 1] == close:
                    _give_up()
            elif line.text[at : at + 1] != close:
                _give_up()
        return (Mapping(entries, places, place) if is_mapping else Sequence(tuple(items), place)), at + 1

    def _flow_item(self, line: _Line, at: int, depth: int) -> tuple[Node, int]:
        """An item of a list: a value, or a mapping of one key without its braces."""
        match = _FLOW_KEY.match(line.text, at)
        if not match:
            return self._flow_value(line, at, depth)
        place = self._place(line.number, line.column + at)
        value, end = self._flow_value(line, match.end(), depth + 1)
        return Mapping({match[1]: value}, {match[1]: place}, place), end

    def _flow_value(self, line: _Line, at: int, depth: int) -> tuple[Node, int]:
        start = line.text[at : at + 1]
        if start in ("[", "{"):
            return self._flow(line, at, depth + 1)
        if start in ('"', "'"):
            return self._quoted(line, at)
        match = _FLOW_PLAIN.match(line.text, at)
        if not match:
            _give_up()
        text = match[0].rstrip(" ")
        return Scalar(text, self._place(line.number, line.column + at)), at + len(match[0])


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at
