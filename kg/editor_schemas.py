"""JSON Schemas for editors, and the reference of keys, from the same description as the reader (`kg.fields`).

The schemas (draft 2020-12) are for completion and checks while typing: they accept
drafts that `kg anchor` has not filled in yet, and know nothing of other files. Their
committed copies are in `kg/schemas/`, the reference in `docs/fields.md`; both are written
again with ``python -m kg.editor_schemas``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg import fields
from kg.fields import Field, Many, Shape, Value
from kg.files import schema_dir, write_whole
from kg.kinds import ORDER, Kind

BASE: Final = "https://w3id.org/standpoint/schema/"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_Schema = dict[str, Any]
_FILES: Final = {"corpus": fields.CORPUS, "registry": fields.REGISTRY, "annotation": fields.ANNOTATION}
_LOOSE: Final = frozenset({"text", "line", "date", "end words"})
"""Kinds that people write without quotes and editors may take for numbers, such as the date 2022."""
_EITHER: Final[dict[str, tuple[str, ...]]] = {
    "target": ("proposal", "position", "claim"),
    "part": ("proposal", "subplan"),
}


def make_schemas() -> dict[str, _Schema]:
    """Make the schemas by file name: of settings, registries, annotation files, and lines of JSON Lines.

    >>> sorted(make_schemas())
    ['annotation.schema.json', 'corpus.schema.json', 'record.schema.json', 'registry.schema.json']
    """
    schemas = {f"{name}.schema.json": _file_schema(name, shape) for name, shape in _FILES.items()}
    return schemas | {"record.schema.json": _line_schema()}


def _head(name: str, about: str) -> _Schema:
    return {
        "$schema": DIALECT,
        "$id": f"{BASE}{name}.schema.json",
        "title": f"Standpoint {name}",
        "description": about,
    }


def _file_schema(name: str, shape: Shape) -> _Schema:
    inner = _shape_schema(shape)
    if shape is fields.CORPUS:
        inner = {
            "type": "object",
            "properties": {"corpus": inner},
            "required": ["corpus"],
            "additionalProperties": False,
        }
    if shape is fields.REGISTRY:
        inner["minProperties"] = 1
    return _head(name, shape.about) | inner


def _line_schema() -> _Schema:
    branches = [
        {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": _typed(kind, shape)}
        for kind, shape in _line_shapes()
    ]
    kinds = {"type": {"enum": list(fields.LINE_TYPES), "description": "what the line holds"}}
    about = "One line of a JSON Lines file."
    return _head("record", about) | {
        "type": "object",
        "properties": kinds,
        "required": ["type"],
        "allOf": branches,
    }


def _line_shapes() -> Iterator[tuple[str, Shape]]:
    for kind, (file, key) in fields.LINE_TYPES.items():
        value = _FILES[file].field(key).value if key else fields.CORPUS
        of = value.of if isinstance(value, Many) else value
        if isinstance(of, Shape):
            yield kind, of


def _typed(kind: str, shape: Shape) -> _Schema:
    schema = _shape_schema(shape)
    return schema | {"properties": {"type": {"const": kind}} | schema["properties"]}


def _shape_schema(shape: Shape) -> _Schema:
    schema: _Schema = {
        "type": "object",
        "description": shape.about,
        "properties": {field.key: _field_schema(field) for field in shape.fields},
        "additionalProperties": False,
    }
    if required := [field.key for field in shape.fields if _is_required(field)]:
        schema["required"] = required
    if keys := _EITHER.get(shape.name):
        schema["oneOf"] = [{"required": [key]} for key in keys]
    if shape.bare:
        return {"oneOf": [_value_schema(shape.field(shape.bare).value), schema]}
    return schema


def _is_required(field: Field) -> bool:
    """Tell what even a draft needs; the voice may be left out where there is one author."""
    return field.required and not field.filled and field.key != "voice"


def _field_schema(field: Field) -> _Schema:
    about = field.about + ("; kg anchor fills it in" if field.filled else "")
    return {"description": about} | _value_schema(field.value)


def _value_schema(value: Value) -> _Schema:
    if isinstance(value, Shape):
        schema = _shape_schema(value)
        schema.pop("description", None)
        return schema
    if isinstance(value, Many):
        schema = {"type": "array", "items": _value_schema(value.of)}
        if not isinstance(value.of, Shape):
            schema["uniqueItems"] = True
        return schema | ({"minItems": value.least} if value.least else {})
    return _kind_schema(value)


def _kind_schema(kind: Kind) -> _Schema:
    if kind.words:
        return {"enum": list(kind.words)}
    if kind.typed is int:
        return {"type": "integer", "minimum": 1 if kind is ORDER else 0}
    if kind.typed is bool:
        return {"type": "boolean"}
    if kind.name in _LOOSE:
        return {"type": ["string", "number"]}
    return {"type": "string", "pattern": kind.pattern}


# ---------------------------------------------------------------- the reference of keys


def write_reference() -> str:
    """Write the reference of all keys as Markdown."""
    parts = [
        "# Keys\n",
        "Every key that a file can have. The [file format](file-format.md) shows them at work; this page is",
        "written from the description that the reader itself uses.\n",
    ]
    for shape in fields.SHAPES:
        parts += [f"## {shape.name}\n", shape.about + "\n", "| key | value | meaning |", "|---|---|---|"]
        parts += [
            f"| `{field.key}`{_mark(field)} | {_describe(field.value)} | {field.about} |"
            for field in shape.fields
        ]
        parts.append("")
    parts.append(
        "★ is needed; ☆ is needed and `kg anchor` fills it in; ✎ is for `kg anchor`, which takes it away.\n"
    )
    return "\n".join(parts)


def _mark(field: Field) -> str:
    if field.draft:
        return " ✎"
    return " ☆" if field.filled else " ★" if field.required else ""


def _describe(value: Value) -> str:
    if isinstance(value, Many):
        return "list of: " + _describe(value.of)
    if isinstance(value, Shape):
        return f"[{value.name}](#{value.name})"
    return value.about.replace("|", "\\|")


def write_files(*, schemas: Path, docs: Path) -> None:
    """Write the schemas into one folder, and the reference into another."""
    for name, schema in make_schemas().items():
        write_whole(schemas / name, [json.dumps(schema, indent=1, ensure_ascii=False) + "\n"])
    write_whole(docs / "fields.md", [write_reference()])


if __name__ == "__main__":
    write_files(schemas=schema_dir(), docs=schema_dir().parent.parent / "docs")
