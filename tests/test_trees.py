"""Trees: YAML and JSON Lines give the same one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import fields
from kg.annotations import parse_source
from kg.documents import parse_yaml
from kg.errors import InputError
from kg.nodes import Mapping, Scalar, Sequence
from kg.trees import parse_tree

WORLD = Path(__file__).parent / "world"
FILES = sorted(WORLD.rglob("*.yaml"))


def problems(text: str, *, path: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_source(text.encode(), path=path, name=path)
    return [str(problem) for problem in caught.value.problems]


def as_python(node: object, key: str = "") -> object:
    if isinstance(node, Scalar):
        typed = key in ("start", "end", "order", "software") or node.value in ("true", "false")
        return json.loads(node.value) if typed else node.value
    if isinstance(node, Sequence):
        return [as_python(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {key: as_python(value, key) for key, value in node.entries.items()}


def to_lines(file: Path) -> bytes:
    tree = as_python(parse_yaml(file.read_bytes(), path=file.name))
    assert isinstance(tree, dict)
    lines = []
    for key, value in tree.items():
        kind = next(
            kind
            for kind, (where, under) in fields.LINE_TYPES.items()
            if key in (under, where if not under else "")
        )
        lines += [
            json.dumps({"type": kind} | each) for each in (value if isinstance(value, list) else [value])
        ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_json_lines_say_the_same_as_yaml(file: Path) -> None:
    yaml = parse_source(file.read_bytes(), path="f.yaml", name="n.yaml").content
    lines = parse_source(to_lines(file), path="f.jsonl", name="n.jsonl").content
    assert lines == yaml


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": "a"}', "f.jsonl:1:1: a line needs the key 'type'"),
        ('{"type": "actr", "id": "a"}', "f.jsonl:1:10: unknown type 'actr'; did you mean 'actor'"),
        ('{"type": "coding"}\n{"type": "coding"}', "f.jsonl:2:1: a second coding"),
        ('{"type": "actor", "id": "a"}\n{"type": "coding"}', "the file is registry and annotation at once"),
        ('{"type": "actor", "id": "a", "kind": "person"}', "f.jsonl:1:1: an actor needs the key 'label'"),
    ],
)
def test_a_mistake_in_json_lines_is_told(text: str, said: str) -> None:
    assert said in problems(text, path="f.jsonl")[0]


def test_a_tree_for_rewriting_is_a_mapping_with_extents() -> None:
    assert parse_tree(b"a: b", path="f.yaml").entries["a"].extent == (3, 4)
    with pytest.raises(InputError, match="the file is no mapping"):
        parse_tree(b"- a", path="f.yaml")
