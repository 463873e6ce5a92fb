"""Change some values of a YAML or JSON Lines file and leave comments, order and layout as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from kg.documents import decode, is_lines
from kg.kinds import SLUG, matches
from kg.nodes import Extent, Mapping

Word = str | int


@dataclass(frozen=True, slots=True)
class Change:
    """What to change in one mapping of a file: keys to set, and a key to take away."""

    node: Mapping
    values: dict[str, Word]
    away: str = ""


def rewrite(data: bytes, changes: Iterable[Change], *, path: str) -> bytes:
    r"""Apply *changes* to the bytes of a file from which their nodes were parsed.

    A new `id` becomes the first key; a new key stands after the one before it among the values
    where that is in the file, and else where a key was taken away, or first.

    >>> from kg.documents import parse_full_yaml
    >>> data = b"quote: a b  # from the text\nsection: body\n"
    >>> node = parse_full_yaml(data, path="f.yaml")
    >>> change = Change(node, {"start": 4, "id": "p1"}, "quote")
    >>> print(rewrite(data, [change], path="f.yaml").decode(), end="")
    id: p1
    start: 4  # from the text
    section: body
    """
    return _rewrite_lines(data, changes, path) if is_lines(path) else _rewrite_yaml(data, changes, path)


# ---------------------------------------------------------------- YAML


def _rewrite_yaml(data: bytes, changes: Iterable[Change], path: str) -> bytes:
    text = decode(data, path=path)
    edits = sorted((edit for change in changes for edit in _edit(change, text)), reverse=True)
    for start, _, end, new in edits:
        text = text[:start] + new + text[end:]
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()


_Edit = tuple[int, int, int, str]
"""Start, rank among edits of one start, end, and the new text: applied from the last to the first."""


def _edit(change: Change, text: str) -> list[_Edit]:
    node, entries = change.node, change.node.entries
    found: list[_Edit] = []
    for key in (key for key in change.values if key in entries):
        start, end = _trimmed(entries[key].extent, text)
        if start == end:  # the key has no value yet
            start = end = text.index(":", node.key_extents[key].end) + 1
        glue = " " if text[start - 1] == ":" else ""
        new = [f"{other}: {write_word(change.values[other])}" for other in _followers(change, key)]
        lines = _glue(node, text).join([write_word(change.values[key]), *new])
        found.append((start, 1, end, glue + lines))
    return found + _edit_keys(change, text, is_flow=text[node.extent.start] == "{")


def _followers(change: Change, key: str) -> list[str]:
    """The new keys that follow *key* among the values."""
    keys = list(change.values)
    return list(takewhile(lambda other: other not in change.node.entries, keys[keys.index(key) + 1 :]))


def _glue(node: Mapping, text: str) -> str:
    return ", " if text[node.extent.start] == "{" else "\n" + " " * (node.place.column - 1)


def _edit_keys(change: Change, text: str, *, is_flow: bool) -> list[_Edit]:
    """Set new keys and take the old one away: new ones stand where the old one stood."""
    node, found = change.node, []
    glue = _glue(node, text)
    placed = {new for key in change.values if key in node.entries for new in _followers(change, key)}
    away = change.away if change.away in node.entries else ""
    new = {
        key: f"{key}: {write_word(value)}"
        for key, value in change.values.items()
        if key not in node.entries and key not in placed
    }
    lead = [line for key, line in new.items() if key == "id" or not away]
    rest = [line for line in new.values() if line not in lead]
    if lead:
        at = node.extent.start + is_flow
        found.append((at, 0, at, glue.join(lead) + (glue if node.entries else "")))
    if away:
        end = _trimmed(node.entries[away].extent, text)[1]
        instead: _Edit = (node.key_extents[away].start, 1, end, glue.join(rest))
        found.append(instead if rest else _take_away(node, away, end, text))
    return found


def _take_away(node: Mapping, key: str, end: int, text: str) -> _Edit:
    """Take a key away with what joins it to its neighbour."""
    keys = list(node.key_extents)
    number = keys.index(key)
    if number == 0:
        after = node.key_extents[keys[1]].start if keys[1:] else end
        return node.key_extents[key].start, 1, after, ""
    before = _trimmed(node.entries[keys[number - 1]].extent, text)[1]
    return before, 1, end, ""


def _trimmed(extent: Extent, text: str) -> tuple[int, int]:
    """The extent of a value without the empty lines that end a block of text."""
    value = text[extent.start : extent.end]
    return extent.start, extent.start + len(value.rstrip())


_NOT_PLAIN: Final = re.compile(
    r"[0-9]+(?:e[0-9]+)?|0x[0-9a-f]+|0o[0-7]+|[0-9]+(?:-[0-9]+)+|true|false|null|yes|no|on|off|y|n"
)
_UNPRINTABLE: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_word(value: Word) -> str:
    r"""Write a value for YAML: numbers, slugs and hashes plain, other texts in quotes.

    >>> write_word(12), write_word("p01"), write_word("no"), write_word('say "a"')
    ('12', 'p01', '"no"', '"say \\"a\\""')
    """
    if isinstance(value, int):
        return str(value)
    if matches(SLUG, value) and not _NOT_PLAIN.fullmatch(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


# ---------------------------------------------------------------- JSON Lines


def _rewrite_lines(data: bytes, changes: Iterable[Change], path: str) -> bytes:
    lines = decode(data, path=path).split("\n")
    for change in sorted(changes, key=lambda change: change.node.place, reverse=True):
        number, start = change.node.place.line - 1, change.node.place.column - 1
        line = lines[number]
        record, end = json.JSONDecoder().raw_decode(line, start)
        lines[number] = line[:start] + json.dumps(_changed(record, change), ensure_ascii=False) + line[end:]
    return "\n".join(lines).encode()


def _changed(record: dict[str, Any], change: Change) -> dict[str, Any]:
    kept = {key: value for key, value in record.items() if key != change.away}
    lead = {key: kept[key] for key in ("type",) if key in kept}
    lead |= {"id": change.values["id"]} if "id" in change.values else {}
    return lead | kept | change.values
