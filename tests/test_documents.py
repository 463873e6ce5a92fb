"""Documents: YAML and JSON Lines to trees that know their place."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import documents
from kg.documents import parse_full_yaml, parse_lines, parse_yaml, read_bytes
from kg.errors import InputError, Place
from kg.nodes import Mapping, Node, Scalar, Sequence


def plain(node: Node) -> object:
    """The tree without places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def refused(data: bytes | str, *, lines: bool = False) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    parse = parse_lines if lines else parse_yaml
    with pytest.raises(InputError) as caught:
        parse(raw, path="f.jsonl" if lines else "f.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_plain_scalar_stays_the_text_it_is() -> None:
    tree = parse_yaml(b"a: NO\nb: 010\nc: 1e3\nd: 2022-03-01\ne: null\nf: ~\n", path="f.yaml")
    assert plain(tree) == {"a": "NO", "b": "010", "c": "1e3", "d": "2022-03-01", "e": "null", "f": "~"}


def test_nodes_and_keys_know_their_place() -> None:
    tree = parse_yaml(b"# note\na:\n  - b: [x, 'y']\n", path="f.yaml")
    assert isinstance(tree, Mapping)
    items = tree.entries["a"]
    assert tree.key_places["a"] == Place("f.yaml", 2, 1)
    assert isinstance(items, Sequence)
    first = items.items[0]
    assert isinstance(first, Mapping)
    assert first.place == Place("f.yaml", 3, 5)
    flow = first.entries["b"]
    assert isinstance(flow, Sequence)
    assert flow.items == (
        Scalar("x", Place("f.yaml", 3, 9)),
        Scalar("y", Place("f.yaml", 3, 12), plain=False),
    )


def test_a_byte_order_mark_is_passed_over() -> None:
    assert plain(parse_yaml(b"\xef\xbb\xbfa: b\n", path="f.yaml")) == {"a": "b"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: 2\n", "f.yaml:1:4: anchor '&x'"),
        ("a: 1\nb: *x\n", "f.yaml:2:4: alias '*x'"),
        ("a: !!str 1\n", "f.yaml:1:4: tag"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: duplicate key 'a'; it stands in line 1 already"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins"),
        ("%YAML 1.1\n---\na: 1\n", "a YAML directive"),
        ("a:\n\t- x\n", "f.yaml:2:1: not YAML: found character '\\t'"),
        ("a: b: c\n", "f.yaml:1:5: not YAML: mapping values are not allowed"),
        ("a: @b\n", "put the text in quotes"),
        ("a: 'b\n", "close the quote"),
        ("a: [b\n", "close the bracket"),
        ("? [a]\n: b\n", "f.yaml:1:3: a key is a list or a mapping"),
        ("", "f.yaml: the file is empty"),
        (" \n\n", "the file is empty"),
        ("# only a comment\n", "nothing but comments"),
        ('a: "\\0"\n', "f.yaml:1:4: the text has a control character"),
        ('a: "\\ud800"\n', "half of a surrogate pair"),
        ("a: \x01\n", "not YAML"),
        ('a: "\\UFFFFFFFF"\n', "an escape names no character"),
    ],
)
def test_what_is_not_the_safe_part_of_yaml_is_refused(text: str, said: str) -> None:
    assert said in refused(text)[0]


def test_two_escapes_that_json_writes_for_one_character_are_one() -> None:
    assert plain(parse_yaml(b'{"a": "\\ud83d\\udc69"}', path="f.yaml")) == {"a": "👩"}


def test_all_refused_parts_are_told_at_once() -> None:
    assert len(refused("a: &x 1\nb: *x\na: !t 2\n")) == 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: b\nc: \xff\n", "f.yaml:2:4: not UTF-8: byte 0xff at byte 8"),
        ("a: é\n".encode("latin-1"), "f.yaml:1:4: not UTF-8"),
        (b"a: \0\n", "binary (a zero byte at byte 3)"),
        ("a: b".encode("utf-16"), "UTF-16"),
        (b"a: " + b"x" * (documents.LONGEST_LINE + 1), "f.yaml:1:1: the line has"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, said: str) -> None:
    assert said in refused(data)[0]


@pytest.mark.parametrize("text", ["[" * 10_000, "a: " + "{b: " * 10_000, "- " * 10_000])
def test_deep_nesting_of_yaml_is_refused(text: str) -> None:
    assert "nested deeper than 64 levels" in refused(text)[0]


@pytest.mark.parametrize(
    "text",
    ['{"a": ' * 10_000, '{"a": ' + "[" * 500_000 + "]" * 500_000 + "}", '{"a":' + "[" * 70 + "]" * 70 + "}"],
)
def test_deep_nesting_of_json_is_refused(text: str) -> None:
    said = refused(text, lines=True)[0]
    assert "nested deeper" in said or "not JSON" in said


def test_a_line_of_json_gives_nodes_with_places() -> None:
    (record,) = parse_lines(b'\n{"type": "x", "n": [1, true, "a\\u00e9"]}\r\n', path="f.jsonl")
    assert record.place == Place("f.jsonl", 2, 1)
    assert record.entries["n"] == Sequence(
        (
            Scalar("1", Place("f.jsonl", 2, 21)),
            Scalar("true", Place("f.jsonl", 2, 24)),
            Scalar("aé", Place("f.jsonl", 2, 30), plain=False),
        ),
        Place("f.jsonl", 2, 20),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "f.jsonl:1:18: duplicate key 'a'"),
        ("[1]", "no JSON object"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": 1} x', "f.jsonl:1:10: not JSON"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": "x\ty"}', "not JSON: Invalid control character"),
        ('{"a": }', "not JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(text: str, said: str) -> None:
    assert said in refused(text, lines=True)[0]


def test_the_problems_of_all_lines_are_told_at_once() -> None:
    assert len(refused('{"a": }\n{}\n[]\n{"b": 1, "b": 2}\n', lines=True)) == 3


def test_a_number_of_any_length_stays_text() -> None:
    (record,) = parse_lines(b'{"n": ' + b"9" * 10_000 + b"}", path="f.jsonl")
    assert plain(record) == {"n": "9" * 10_000}


TREES = st.recursive(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cc", "Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cc", "Cs"])), TREES, max_size=4))
def test_what_is_written_as_json_reads_back(value: dict[str, object]) -> None:
    (record,) = parse_lines(json.dumps(value, ensure_ascii=False).encode(), path="f.jsonl")
    assert plain(record) == value


@given(st.binary(max_size=60) | st.text("ab:-?[]{}!&*|>'\"%@`#,.\\xU0\t\n ~", max_size=40).map(str.encode))
def test_any_bytes_give_a_tree_or_an_input_error(data: bytes) -> None:
    for parse in (parse_yaml, parse_full_yaml, parse_lines):
        with contextlib.suppress(InputError):
            assert parse(data, path="f") is not None


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_bytes(tmp_path / "no.yaml", path="no.yaml")
    with pytest.raises(InputError, match="is not a file"):
        read_bytes(tmp_path, path="here")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.touch()
    os.truncate(file, documents.LARGEST_YAML + 1)
    with pytest.raises(
        InputError, match="more than the 16,777,216 that are read; split the file, or write JSON"
    ):
        read_bytes(file, path="large.yaml")


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.symlink_to(file)
    with pytest.raises(InputError, match=r"a\.yaml: "):
        read_bytes(file, path="a.yaml")
