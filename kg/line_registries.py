"""Registries in JSON Lines decoded at once, for files without any problem; see `kg.line_records`."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg import fields, records
from kg.annotations import name_registry, name_source, read_draft, show_path
from kg.documents import is_lines, read_bytes
from kg.errors import InputError
from kg.fields import LINE_TYPES, Many, Shape
from kg.kinds import Kind
from kg.line_records import all_differ, trimmed
from kg.line_types import RefusedError, decode_lines, word_of
from kg.records import Draft, Source


def read_registry(data: bytes, *, name: str) -> records.Registry | None:
    r"""Decode a registry; its records know no places. None where the careful reader has to see it.

    >>> line = b'{"type":"coder","id":"a","label":"A"}\n'
    >>> read_registry(line, name="coders").coders[0].label
    'A'
    """
    found: dict[str, list[Any]] = {field.key: [] for field in fields.REGISTRY.fields}
    try:
        for line in decode_lines(data, "registry"):
            key = LINE_TYPES[word_of(line)][1]
            value = fields.REGISTRY.field(key).value
            if isinstance(value, Many) and isinstance(value.of, Shape):
                found[key].append(_record(line, value.of))
        for entries in found.values():
            all_differ([entry.id for entry in entries])
    except (RefusedError, ValueError):
        return None
    if not any(found.values()):
        return None
    return records.Registry(
        name=name,
        actors=tuple(found["actors"]),
        issues=tuple(found["issues"]),
        proposals=tuple(found["proposals"]),
        plans=tuple(found["plans"]),
        coders=tuple(found["coders"]),
    )


def read_at_once(file: Path, root: Path) -> Draft:
    """Read what can be read of a file of the corpus in the folder *root*, without places where it is well."""
    path = show_path(file)
    if is_lines(path):
        with suppress(InputError):
            data, name = read_bytes(file, path=path), name_source(file, root=root)
            if (registry := read_registry(data, name=name_registry(name))) is not None:
                return Draft(Source(path=name, sha256=hashlib.sha256(data).hexdigest(), content=registry))
    return read_draft(file, root=root)


def _record(line: Any, shape: Shape) -> records.Record:
    """Make the record of a line, or of what stands in one."""
    values: dict[str, Any] = {}
    for field in shape.fields:
        value, of = getattr(line, field.key), field.value
        if isinstance(of, Many):
            values[field.key] = _several(value, of.of) if value else ()
        elif isinstance(of, Kind):
            values[field.key] = _checked(value, of) if value else value
    return shape.record(**values)


def _several(values: tuple[Any, ...], of: Kind | Shape) -> tuple[Any, ...]:
    if isinstance(of, Shape):
        return tuple(_record(each, of) for each in values)
    all_differ(values)
    return tuple(_checked(each, of) for each in values)


def _checked(value: Any, kind: Kind) -> Any:
    if isinstance(value, str):
        trimmed(value)
        if kind.check:
            kind.check(value)
    return value
