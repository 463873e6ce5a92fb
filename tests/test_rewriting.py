"""Rewriting: some values change, the rest of a file stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import parse_full_yaml, parse_lines
from kg.nodes import Mapping, Scalar
from kg.rewriting import Change, Word, rewrite, write_word


def rewritten(text: str, values: dict[str, Word], away: str = "") -> str:
    node = parse_full_yaml(text.encode(), path="f.yaml")
    assert isinstance(node, Mapping)
    inner = node.entries.get("in", node)
    assert isinstance(inner, Mapping)
    return rewrite(text.encode(), [Change(inner, values, away)], path="f.yaml").decode()


@pytest.mark.parametrize(
    ("before", "values", "away", "after"),
    [
        ("a: 1  # one\nb: 2\n", {"a": 3}, "", "a: 3  # one\nb: 2\n"),
        ("in:\n    a: 1\nb: 2\n", {"c": "x", "id": "i"}, "", "in:\n    c: x\n    id: i\n    a: 1\nb: 2\n"),
        (
            "in:\n  a: |\n    x\n\n  # c\n  b: 2\n",
            {"id": "i", "c": 3},
            "a",
            "in:\n  id: i\n  c: 3\n\n  # c\n  b: 2\n",
        ),
        ("in:\n  b: 2\n  a: x\n   y # c\n", {"c": 3}, "a", "in:\n  b: 2\n  c: 3 # c\n"),
        ("in: {a: 1, b: [x, y]}\n", {"b": 2, "c": 3}, "a", "in: {b: 2, c: 3}\n"),
        ("in: {a: 1, b: 2}\n", {}, "a", "in: {b: 2}\n"),
        ("in: {b: 2, a: 1}\n", {}, "a", "in: {b: 2}\n"),
        ("in: {}\n", {"a": 1}, "", "in: {a: 1}\n"),
        ("in: {a: 1}\n", {"id": "x"}, "", "in: {id: x, a: 1}\n"),
        ("a:\nb: 2\n", {"a": "x"}, "", "a: x\nb: 2\n"),
        ("a: 'é'\r\nb: 2\r\n", {"a": "no"}, "", 'a: "no"\r\nb: 2\r\n'),
        ("\ufeffa: 1\n", {"a": 2}, "", "\ufeffa: 2\n"),
    ],
)
def test_only_what_changes_changes(before: str, values: dict[str, Word], away: str, after: str) -> None:
    assert rewritten(before, values, away) == after


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(32)])))
def test_a_word_that_is_written_reads_back(word: str) -> None:
    node = parse_full_yaml(f"a: {write_word(word)}\nb: [{write_word(word)}]".encode(), path="f.yaml")
    assert isinstance(node, Mapping)
    value = node.entries["a"]
    assert isinstance(value, Scalar)
    assert value.value == word


@pytest.mark.parametrize("word", ["no", "true", "1e5", "0x1f", "12", "2022-03", "null"])
def test_a_word_that_editors_take_for_something_else_is_quoted(word: str) -> None:
    assert write_word(word) == f'"{word}"'


def test_lines_that_do_not_change_stay_as_they_are() -> None:
    lines = ['{"type":"a",  "n": 1}', '{"type": "b", "text": {"file": "é"}, "q": 1}', ""]
    text = "\n".join(lines)
    node = parse_lines(text.encode(), path="f.jsonl")[1]
    inner = node.entries["text"]
    assert isinstance(inner, Mapping)
    changes = [Change(inner, {"start": 1}, "file"), Change(node, {"id": "x"}, "q")]
    found = rewrite(text.encode(), changes[:1], path="f.jsonl").decode().split("\n")
    assert found == [lines[0], '{"type": "b", "text": {"start": 1}, "q": 1}', ""]
    found = rewrite(text.encode(), changes[1:], path="f.jsonl").decode().split("\n")
    assert json.loads(found[1]) == {"type": "b", "id": "x", "text": {"file": "é"}}
    assert list(json.loads(found[1])) == ["type", "id", "text"]
    both = json.loads(rewrite(text.encode(), changes[::-1], path="f.jsonl").decode().split("\n")[1])
    assert both == {"type": "b", "id": "x", "text": {"start": 1}}
