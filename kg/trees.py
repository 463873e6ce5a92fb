"""YAML or JSON Lines to one and the same tree."""

from __future__ import annotations

import re
from typing import Final

from kg.documents import is_lines, parse_full_yaml, parse_line_parts, parse_yaml_parts
from kg.errors import InputError, Place, Problem
from kg.fields import LINE_TYPES
from kg.nodes import Mapping, Node, Scalar, Sequence
from kg.words import suggest


def parse_parts(data: bytes, *, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Parse YAML or JSON Lines to the same tree as far as it can be read; None where it cannot."""
    try:
        return _gather_lines(data, path) if is_lines(path) else parse_yaml_parts(data, path=path)
    except InputError as error:
        return None, error.problems


def parse_tree(data: bytes, *, path: str) -> Mapping:
    """Parse YAML or JSON Lines to a tree that is a mapping, with the extents of its nodes.

    Raises:
        InputError: the file is something else.
    """
    if is_lines(path):
        gathered, problems = _gather_lines(data, path)
        if problems:
            raise InputError(problems)
        return gathered
    tree = parse_full_yaml(data, path=path)
    if not isinstance(tree, Mapping):
        raise InputError([Problem(tree.place, "the file is no mapping", NO_MAPPING)])
    return tree


_ID: Final = re.compile(rb"""\bid["']?[ ]*:[ ]*["']?([a-z0-9-]+)""")


def guess_ids(data: bytes) -> frozenset[str]:
    """Guess which ids a file that cannot be read whole would have had, so that none is called unknown.

    >>> guess_ids(b'{"type": "actor", "id": "ann"')
    frozenset({'ann'})
    """
    return frozenset(slug.decode() for slug in _ID.findall(data[:_GUESSED]))


_GUESSED: Final = 4 * 2**20

NO_MAPPING: Final = "write 'key: value' lines; see docs/file-format.md"


def _gather_lines(data: bytes, path: str) -> tuple[Mapping, tuple[Problem, ...]]:
    """Put the records of JSON Lines where they stand in a YAML file."""
    lines, torn = parse_line_parts(data, path=path)
    problems = list(torn)
    lists: dict[str, list[Node]] = {}
    single: dict[str, Node] = {}
    places: dict[str, Place] = {}
    for line in lines:
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
    gathered = {key: Sequence(tuple(items), places[key]) for key, items in lists.items()}
    return Mapping(single | gathered, places, Place(path, 1, 1)), tuple(problems)


def _unknown_type(line: Mapping, kind: Node | None, word: str) -> Problem:
    if kind is None:
        return Problem(line.place, "a line needs the key 'type'", "one of " + ", ".join(LINE_TYPES))
    return Problem(kind.place, f"unknown type '{word}'", suggest(word, LINE_TYPES))


def _without(line: Mapping, key: str) -> Mapping:
    entries = {each: node for each, node in line.entries.items() if each != key}
    return Mapping(entries, {each: line.key_places[each] for each in entries}, line.place)
