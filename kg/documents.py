"""Files to trees of nodes that know their place: YAML 1.2 and JSON Lines.

Only the safe part of YAML is read: no anchors, aliases, tags, directives, duplicate
keys or second documents, and every plain scalar stays the text it is (so `NO` is a
word). The tree is built from the parser's event stream without recursion, and the
limits below are held before anything is parsed, so that hostile files end in a
problem and not in a crash or a long wait.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from kg.errors import InputError, Place, Problem
from kg.nodes import NO_EXTENT, Extent, Mapping, Node, Scalar, Sequence
from kg.plain_yaml import parse_plain

LARGEST_YAML: Final = 16 * 2**20
"""Bytes; a YAML parser written in Python reads some 250 kB a second, larger files are for JSON Lines."""
LARGEST_LINES: Final = 256 * 2**20
LONGEST_LINE: Final = 2**20
DEEPEST: Final = 64


# ---------------------------------------------------------------- bytes to text


def read_bytes(file: Path, *, path: str) -> bytes:
    """Read *file*, called *path* in problems.

    Raises:
        InputError: there is no such file, it may not be read, or it is larger than the limit.
    """
    limit = LARGEST_LINES if is_lines(path) else LARGEST_YAML
    try:
        if not file.is_file():
            raise _refused(path, "is not a file" if file.exists() else "does not exist", "check the path")
        size = file.stat().st_size
        if size > limit:
            advice = "split the file" if is_lines(path) else "split the file, or write JSON Lines"
            raise _refused(path, f"has {size:,} bytes, more than the {limit:,} that are read", advice)
        return file.read_bytes()
    except OSError as error:
        raise _refused(
            path, f"cannot be read ({error.strerror})", "check its permissions and links"
        ) from error


def is_lines(path: str) -> bool:
    """Tell whether a file is JSON Lines by its name; everything else is YAML."""
    return path.endswith((".jsonl", ".ndjson"))


def decode(data: bytes, *, path: str) -> str:
    """Decode *data* as UTF-8 (a byte order mark is taken away), holding the limits on its lines.

    Raises:
        InputError: the data is empty, binary, not UTF-8, or has an overlong line.
    """
    if not data.strip():
        raise _refused(path, "the file is empty", "write at least one key, or delete the file")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(path, "the file is UTF-16", "save it as UTF-8")
    if (at := data.find(b"\0")) >= 0:
        raise _refused(path, f"the file is binary (a zero byte at byte {at})", "save it as UTF-8 text")
    longest = 0
    for number, line in enumerate(data.split(b"\n"), 1):
        longest = max(longest, len(line))
        if longest > LONGEST_LINE:
            place = Place(path, number, 1)
            message = f"the line has {len(line):,} bytes, more than the {LONGEST_LINE:,} that are read"
            raise InputError([Problem(place, message, "break the line")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([_undecodable(error, path)]) from error


def _undecodable(error: UnicodeDecodeError, path: str) -> Problem:
    before = error.object[: error.start]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    place = Place(path, before.count(b"\n") + 1, column)
    value = error.object[error.start]
    return Problem(place, f"not UTF-8: byte 0x{value:02x} at byte {error.start}", "save the file as UTF-8")


def _refused(path: str, message: str, advice: str) -> InputError:
    return InputError([Problem(Place(path), message, advice)])


# ---------------------------------------------------------------- YAML


def parse_yaml(data: bytes, *, path: str) -> Node:
    """Parse one YAML 1.2 document; the nodes of a plain one have no extents.

    Raises:
        InputError: the data is no YAML, or uses a part of YAML that is refused here.

    >>> parse_yaml(b"id: NO", path="a.yaml").entries["id"].value
    'NO'
    """
    return _whole(*parse_yaml_parts(data, path=path))


def parse_yaml_parts(data: bytes, *, path: str) -> tuple[Node, tuple[Problem, ...]]:
    """Parse one YAML 1.2 document as `parse_yaml`; what it uses of YAML that is refused is handed over.

    Raises:
        InputError: the data is no YAML.
    """
    plain = parse_plain(decode(data, path=path), path=path)
    return (plain, ()) if plain is not None else _compose(data, path)


def _whole(node: _Parsed, problems: tuple[Problem, ...]) -> _Parsed:
    if problems:
        raise InputError(problems)
    return node


_Parsed = TypeVar("_Parsed")


def parse_full_yaml(data: bytes, *, path: str) -> Node:
    """Parse one YAML 1.2 document with the full parser, which knows extents.

    Raises:
        InputError: the data is no YAML, or uses a part of YAML that is refused here.
    """
    return _whole(*_compose(data, path))


def _compose(data: bytes, path: str) -> tuple[Node, tuple[Problem, ...]]:
    composer = _Composer(path)
    for event in _events(decode(data, path=path), path):
        composer.take(event)
    if composer.root is None:
        raise _refused(path, "the file holds nothing but comments", "write at least one key")
    return composer.root, tuple(composer.problems)


def _events(text: str, path: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError as error:
        raise InputError([_unreadable(error, path)]) from error
    except (ValueError, OverflowError) as error:  # the parser lets them out on an escape like "\\UFFFFFFFF"
        raise _refused(path, f"not YAML: an escape names no character ({error})", "correct it") from error


_ADVICE: Final = (
    ("mapping values are not allowed", "put a text with ': ' in it in quotes, and check the indentation"),
    ("'\\t'", "indent with spaces, never with tabs"),
    ("cannot start any token", "put the text in quotes"),
    ("found unexpected end of stream", "close the quote"),
    ("could not find expected ':'", "write ': ' after the key, or put the text in quotes"),
    ("stream end", "close the bracket"),
    ("<block", "check the indentation and the quotes"),
    ("unacceptable character", "remove the control character"),
    ("special characters are not allowed", "remove the control character"),
)


def _unreadable(error: Any, path: str) -> Problem:
    """Say what the parser could not read, in one line, with the commonest cause as advice."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    while_ = getattr(error, "context", None)
    message = " ".join(f"not YAML: {said}{f' {while_}' if while_ else ''}".split())
    return Problem(place, message, next((advice for sign, advice in _ADVICE if sign in message), ""))


class _Composer:
    """Builds a tree from parser events with a stack of its own."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._take_scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._refuse_extras(event)
            if len(self._stack) >= DEEPEST:
                self._refuse(self._place(event), f"nested deeper than {DEEPEST} levels", "flatten the file")
                raise InputError(self.problems)
            self._stack.append(_Open(self._place(event), is_mapping=kind == "MappingStartEvent", event=event))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._add(self._stack.pop().close(event))
        elif kind == "AliasEvent":
            self._refuse(
                self._place(event), f"alias '*{event.anchor}'", "aliases are refused: write the value out"
            )
            self._add(Scalar("", self._place(event), plain=False))
        elif kind == "DocumentStartEvent":
            self._start_document(event)

    def _take_scalar(self, event: Any) -> None:
        self._refuse_extras(event)
        place, value = self._place(event), event.value
        if _FORBIDDEN.search(value):
            value = _PAIR.sub(_join_pair, value)  # JSON writes some characters as two escapes
        if _FORBIDDEN.search(value):
            self._refuse(place, _FORBIDDEN_SAID, "remove it")
        self._add(Scalar(value, place, event.implicit[0], _extent(event, event)))

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(self._place(event), "a second document begins", "one file holds one document")
            raise InputError(self.problems)
        if event.version or event.tags:
            self._refuse(self._place(event), "a YAML directive", "files are YAML 1.2 without directives")

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor:
            self._refuse(self._place(event), f"anchor '&{event.anchor}'", "anchors are refused: remove it")
        if event.tag is not None:
            self._refuse(self._place(event), f"tag '{event.tag}'", "tags are refused: remove it")

    def _add(self, node: Node) -> None:
        if not self._stack:
            self.root = node
        elif problem := self._stack[-1].add(node):
            self.problems.append(problem)

    def _place(self, event: Any) -> Place:
        return Place(self.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, place: Place, message: str, advice: str) -> None:
        self.problems.append(Problem(place, message, advice))


# What no literal may hold: control characters but tab, newline and return, and lone surrogates.
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


_FORBIDDEN_SAID: Final = "the text has a control character or half of a surrogate pair"
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _join_pair(match: re.Match[str]) -> str:
    return match.group().encode("utf-16", "surrogatepass").decode("utf-16")


class _Open:
    """A list or mapping whose end has not come yet."""

    def __init__(self, place: Place, *, is_mapping: bool, event: Any = None) -> None:
        self.place = place
        self._event = event
        self._is_mapping = is_mapping
        self._items: list[Node] = []
        self._entries: dict[str, Node] = {}
        self._key_places: dict[str, Place] = {}
        self._key_extents: dict[str, Extent] = {}
        self._key: str | None = None
        self._awaits_value = False

    def add(self, node: Node) -> Problem | None:
        if not self._is_mapping:
            self._items.append(node)
            return None
        if self._awaits_value:
            self._awaits_value = False
            if self._key is not None:
                self._entries[self._key] = self._placed(node, self._key)
            return None
        self._awaits_value = True
        return self._take_key(node)

    def _placed(self, node: Node, key: str) -> Node:
        """Put a value that is missing where its key stands; the parser has it where the next key begins."""
        is_missing = isinstance(node, Scalar) and node.plain and not node.value
        if not is_missing:
            return node
        end = self._key_extents[key].end
        return Scalar("", self._key_places[key], extent=Extent(end, end))

    def _take_key(self, node: Node) -> Problem | None:
        self._key = None
        if not isinstance(node, Scalar):
            return Problem(node.place, "a key is a list or a mapping", "a key is one word")
        if node.value in self._key_places:
            line = self._key_places[node.value].line
            return Problem(node.place, f"duplicate key '{node.value}'", f"it stands in line {line} already")
        self._key = node.value
        self._key_places[node.value] = node.place
        self._key_extents[node.value] = node.extent
        return None

    def close(self, event: Any = None) -> Node:
        """Make the node; *event* is that of its end, if it has one."""
        extent = _extent(self._event, event) if event else NO_EXTENT
        if self._is_mapping:
            return Mapping(self._entries, self._key_places, self.place, extent, self._key_extents)
        return Sequence(tuple(self._items), self.place, extent)


def _extent(first: Any, last: Any) -> Extent:
    return Extent(first.start_mark.index, last.end_mark.index)


# ---------------------------------------------------------------- JSON Lines


def parse_lines(data: bytes, *, path: str) -> tuple[Mapping, ...]:
    r"""Parse JSON Lines: one object a line; empty lines are passed over.

    Raises:
        InputError: with the problems of all lines.

    >>> [line.entries["n"].value for line in parse_lines(b'{"n": 1}\n{"n": "2"}\n', path="a.jsonl")]
    ['1', '2']
    """
    return _whole(*parse_line_parts(data, path=path))


def parse_line_parts(data: bytes, *, path: str) -> tuple[tuple[Mapping, ...], tuple[Problem, ...]]:
    """Parse the lines of JSON Lines that can be read, and tell what is wrong with the others.

    Raises:
        InputError: the data is no text.
    """
    found: list[Mapping] = []
    problems: list[Problem] = []
    for number, line in enumerate(decode(data, path=path).split("\n"), 1):
        if line.strip():
            try:
                found.append(_parse_line(line, Place(path, number, 1)))
            except InputError as error:
                problems += error.problems
    return tuple(found), tuple(problems)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# One decoder for all lines: it only checks the syntax, so numbers may stay text of any length.
_CHECKER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_constant)
_TOKEN: Final = re.compile(r'[\s,:]*("(?:[^"\\]|\\.)*"|[\[\]{}]|[^\s,:\[\]{}"]+)')


def _parse_line(line: str, start: Place) -> Mapping:
    """Check the syntax with the standard library, then walk the tokens for their places."""
    try:
        if not isinstance(_CHECKER.decode(line.strip("\r")), dict):
            raise InputError([Problem(start, "the line is no JSON object", "write {...}, one record a line")])
    except json.JSONDecodeError as error:
        place = Place(start.path, start.line, error.colno)
        raise InputError(
            [Problem(place, f"not JSON: {error.msg}", "write one JSON object a line")]
        ) from error
    except RecursionError:
        raise InputError([_too_deep(start)]) from None
    except ValueError as error:
        raise InputError([Problem(start, f"not JSON: {error}")]) from error
    return _walk(line, start)


def _walk(line: str, start: Place) -> Mapping:
    stack: list[_Open] = []
    problems: list[Problem] = []
    for match in _TOKEN.finditer(line):
        mark = match[1]
        place = Place(start.path, start.line, match.start(1) + 1)
        node: Node
        if mark in ("{", "["):
            if len(stack) >= DEEPEST:
                raise InputError([_too_deep(place)])
            stack.append(_Open(place, is_mapping=mark == "{"))
            continue
        if mark in ("}", "]"):
            node = stack.pop().close()
        else:
            node = _json_scalar(mark, place)
            if _FORBIDDEN.search(node.value):
                problems.append(Problem(place, _FORBIDDEN_SAID))
        if not stack:
            break
        if problem := stack[-1].add(node):
            problems.append(problem)
    if problems or not isinstance(node, Mapping):
        raise InputError(problems)
    return node


def _json_scalar(token: str, place: Place) -> Scalar:
    if token[0] != '"':
        return Scalar(token, place, plain=True)
    return Scalar(json.loads(token) if "\\" in token else token[1:-1], place, plain=False)


def _too_deep(place: Place) -> Problem:
    return Problem(place, f"nested deeper than {DEEPEST} levels", "flatten the record")
