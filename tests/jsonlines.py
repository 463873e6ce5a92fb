"""Records as the lines of JSON Lines that they were, or could have been, read from."""

import dataclasses
import json

from kg import fields
from kg.fields import LINE_TYPES, Many, Shape
from kg.records import Registry


def plain(record, shape):
    """A record as it stands in a line, keys with their default left out."""
    found = {}
    defaults = {each.name: each.default for each in dataclasses.fields(record)}
    for field in shape.fields:
        value = None if field.draft else getattr(record, field.key)
        if value is None or value == defaults[field.key]:
            continue
        of = field.value.of if isinstance(field.value, Many) else field.value
        if isinstance(field.value, Many):
            found[field.key] = [plain(each, of) if isinstance(of, Shape) else each for each in value]
        else:
            found[field.key] = plain(value, of) if isinstance(of, Shape) else value
    return found


def lines_of(content):
    """The lines of an annotation file or a registry."""
    found = []
    kind = "registry" if isinstance(content, Registry) else "annotation"
    whole = fields.REGISTRY if kind == "registry" else fields.ANNOTATION
    for word, (file, key) in LINE_TYPES.items():
        if file == kind:
            value = whole.field(key).value
            of = value.of if isinstance(value, Many) else value
            records = getattr(content, key) if isinstance(value, Many) else [getattr(content, key)]
            found += [{"type": word} | plain(record, of) for record in records]
    return found


def dump(lines, **layout):
    """Lines as bytes."""
    return ("\n".join(json.dumps(line, **layout) for line in lines) + "\n").encode("utf-8", "surrogatepass")
