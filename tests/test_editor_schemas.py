"""Editor schemas: what editors are told is what the reader holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from kg import fields
from kg.annotations import parse_source
from kg.documents import parse_yaml
from kg.editor_schemas import BASE, make_schemas, write_files
from kg.errors import InputError
from kg.files import packaged_seeds, schema_dir, starter_dir
from kg.nodes import Mapping, Node, Scalar, Sequence

ROOT = Path(__file__).parent.parent
SCHEMAS = make_schemas()
FOLDERS = (ROOT / "tests/world", packaged_seeds(), starter_dir())
FILES = sorted(path for folder in FOLDERS for path in folder.rglob("*.yaml"))
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+/(\w+\.schema\.json)|(\w+\.schema\.json))\n")


def as_json(node: Node) -> object:
    """A tree as an editor reads it: the core schema of YAML 1.2."""
    if isinstance(node, Sequence):
        return [as_json(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key: as_json(value) for key, value in node.entries.items()}
    assert isinstance(node, Scalar)
    is_typed = node.plain and re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?|true|false|null", node.value)
    return json.loads(node.value.lstrip("0") or "0") if is_typed else node.value


def read(file: Path) -> object:
    return as_json(parse_yaml(file.read_bytes(), path=file.name))


def errors(value: object, name: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[name])
    return [error.message for error in validator.iter_errors(value)]


def test_the_committed_files_are_up_to_date(tmp_path: Path) -> None:
    write_files(schemas=tmp_path, docs=tmp_path)
    for written in tmp_path.glob("*"):
        committed = (ROOT / "docs" if written.suffix == ".md" else schema_dir()) / written.name
        assert committed.read_text(encoding="utf-8") == written.read_text(encoding="utf-8"), (
            f"{committed.name} is old; run python -m kg.editor_schemas"
        )


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == BASE + name


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_file_holds_its_schema(file: Path) -> None:
    value = read(file)
    assert isinstance(value, dict)
    name = "corpus" if "corpus" in value else "annotation" if "document" in value else "registry"
    assert errors(value, f"{name}.schema.json") == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_file_that_is_shipped_names_its_schema(file: Path) -> None:
    match = MODELINE.match(file.read_text(encoding="utf-8"))
    if FOLDERS[0] in file.parents and not match:
        return
    assert match, f"the first line of {file.name} names no schema"
    name = match[2] or match[3]
    assert name in SCHEMAS
    if starter_dir() not in file.parents:
        assert (file.parent / match[1]).resolve() == schema_dir() / name


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_line_of_a_file_holds_the_schema_of_lines(file: Path) -> None:
    tree = read(file)
    assert isinstance(tree, dict)
    under = {key or kind: kind for kind, (_, key) in fields.LINE_TYPES.items()}
    for key, value in tree.items():
        for record in value if isinstance(value, list) else [value]:
            assert errors({"type": under[key]} | record, "record.schema.json") == []


ACTOR = {"id": "a", "kind": "person", "label": "A"}
POSITION = {"holder": "a", "stance": "supports", "proposal": "x", "passages": ["p"], "gist": "g"}
DOCUMENT = {"id": "d", "title": "T", "voice": "a", "text": {"sha256": "0" * 64, "start": 0, "end": 9}}


def annotation(**changes: object) -> dict[str, object]:
    return {"document": DOCUMENT, "coding": {"coder": "c"}} | changes


@pytest.mark.parametrize(
    "file",
    [
        {"actors": [ACTOR | {"kind": "persn"}]},
        {"actors": [ACTOR | {"id": "A B"}]},
        {"actors": [ACTOR | {"labl": "A"}]},
        {"actors": [ACTOR | {"aliases": "A"}]},
        {"actors": [ACTOR | {"aliases": ["B", "B"]}]},
        {"actors": [ACTOR | {"outside": "yes"}]},
        {"actors": [{"id": "a", "kind": "person"}]},
        {"proposals": [{"id": "p", "label": "P", "issues": []}]},
        {"corpus": {"title": "T", "base": "no iri"}},
        {"corpus": {"title": "T", "base": "https://e.org/"}, "layer": "x"},
        annotation(document=DOCUMENT | {"url": "https://e.org/a b"}),
        annotation(document=DOCUMENT | {"text": {"sha256": "x", "start": 0, "end": 9}}),
        annotation(positions=[POSITION | {"id": "o", "passages": []}]),
        annotation(
            claims=[
                {
                    "id": "c",
                    "claimant": "a",
                    "kind": "legal",
                    "passages": ["p"],
                    "gist": "g",
                    "supports": [{}],
                }
            ]
        ),
        annotation(parts=[{"id": "c", "plan": "a", "role": "stated", "passages": ["p"], "gist": "g"}]),
        annotation(
            parts=[
                {
                    "id": "c",
                    "plan": "a",
                    "role": "stated",
                    "passages": ["p"],
                    "gist": "g",
                    "proposal": "x",
                    "order": 0,
                }
            ]
        ),
        annotation(coding={"coder": "c", "date": "2022"}),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(file: dict[str, object]) -> None:
    name = "corpus" if "corpus" in file else "annotation" if "document" in file else "registry"
    assert errors(file, f"{name}.schema.json")
    with pytest.raises(InputError):
        parse_source(json.dumps(file).encode(), path="f.yaml", name="f.yaml")


def test_the_schema_lets_a_draft_pass() -> None:
    draft = annotation(
        document={"id": "d", "title": "T", "authors": ["a"], "text": {"file": "a.txt"}},
        passages=[{"quote": "some words"}, {"first": "some", "last": "words", "section": "body"}],
        positions=[POSITION],
    )
    assert errors(draft, "annotation.schema.json") == []


def test_a_tie_may_be_a_bare_slug_and_a_year_a_number() -> None:
    actor = ACTOR | {"speaks_for": ["b", {"of": "c", "since": 2019}], "label": 1812}
    assert errors({"actors": [actor]}, "registry.schema.json") == []
