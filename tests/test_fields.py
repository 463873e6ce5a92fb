"""Fields: the description of the file format is that of the records."""

from __future__ import annotations

import dataclasses

import pytest

from kg import fields


@pytest.mark.parametrize("shape", fields.SHAPES, ids=lambda shape: shape.name)
def test_the_description_of_a_record_is_the_record(shape: fields.Shape) -> None:
    described = {field.key for field in shape.fields if not field.draft}
    made = {
        field.name: field for field in dataclasses.fields(shape.record) if field.name not in ("at", "keys")
    }
    if shape is fields.REGISTRY:
        del made["name"]
    assert described == set(made)
    needed = {
        name
        for name, field in made.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert {field.key for field in shape.fields if field.required} == needed


@pytest.mark.parametrize("shape", fields.SHAPES, ids=lambda shape: shape.name)
def test_every_key_says_what_it_means(shape: fields.Shape) -> None:
    assert shape.about.endswith(".")
    assert all(field.about and not field.about.endswith(".") for field in shape.fields)
    assert not shape.bare or shape.field(shape.bare).required


def test_every_list_of_a_file_has_a_type_of_line() -> None:
    keys = {key for _, key in fields.LINE_TYPES.values() if key}
    assert keys == {field.key for shape in (fields.REGISTRY, fields.ANNOTATION) for field in shape.fields}
