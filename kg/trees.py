"""YAML or JSON Lines to one and the same tree."""

from __future__ import annotations

from typing import Final

from kg.documents import is_lines, parse_full_yaml, parse_lines, parse_yaml
from kg.errors import InputError, Place, Problem
from kg.fields import LINE_TYPES
from kg.nodes import Mapping, Node, Scalar, Sequence
from kg.words import suggest


def parse_any(data: bytes, *, path: str) -> Node:
    """Parse YAML or JSON Lines to the same tree."""
    return _gather_lines(data, path) if is_lines(path) else parse_yaml(data, path=path)


def parse_tree(data: bytes, *, path: str) -> Mapping:
    """Parse YAML or JSON Lines to a tree that is a mapping, with the extents of its nodes.

    Raises:
        InputError: the file is something else.
    """
    tree = _gather_lines(data, path) if is_lines(path) else parse_full_yaml(data, path=path)
    if not isinstance(tree, Mapping):
        raise InputError([Problem(tree.place, "the file is no mapping", NO_MAPPING)])
    return tree


NO_MAPPING: Final = "write 'key: value' lines; see docs/file-format.md"


def _gather_lines(data: bytes, path: str) -> Mapping:
    """Put the records of JSON Lines where they stand in a YAML file."""
    problems: list[Problem] = []
    lists: dict[str, list[Node]] = {}
    single: dict[str, Node] = {}
    places: dict[str, Place] = {}
    for line in parse_lines(data, path=path):
        kind = line.entries.get("type")
        word = kind.value if isinstance(kind, Scalar) else ""
        if word not in LINE_TYPES:
            problems.append(_unknown_type(line, kind, word))
            continue
        file, key = LINE_TYPES[word]
        record = _without(line, "type")
        places.setdefault(key or word, line.place)
        if key in ("", "document", "coding"):
            if (key or word) in single:
                problems.append(Problem(line.place, f"a second {word}", "a file has one"))
            single[key or file] = record
        else:
            lists.setdefault(key, []).append(record)
    if problems:
        raise InputError(problems)
    gathered = {key: Sequence(tuple(items), places[key]) for key, items in lists.items()}
    return Mapping(single | gathered, places, Place(path, 1, 1))


def _unknown_type(line: Mapping, kind: Node | None, word: str) -> Problem:
    if kind is None:
        return Problem(line.place, "a line needs the key 'type'", "one of " + ", ".join(LINE_TYPES))
    return Problem(kind.place, f"unknown type '{word}'", suggest(word, LINE_TYPES))


def _without(line: Mapping, key: str) -> Mapping:
    entries = {each: node for each, node in line.entries.items() if each != key}
    return Mapping(entries, {each: line.key_places[each] for each in entries}, line.place)
