"""The quick reader of plain YAML: what it reads, it reads as the full parser does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.documents import parse_full_yaml
from kg.files import packaged_seeds, queries_dir, starter_dir
from kg.plain_yaml import parse_plain

FOLDERS = (Path(__file__).parent / "world", packaged_seeds(), starter_dir())
FILES = sorted(path for folder in FOLDERS for path in folder.rglob("*.yaml"))

FRAGMENTS = [
    "a", "b:", "c: ", "- ", "-", "  ", "    ", "\n", "\n  ", "\n    ", "x", "[", "]", "{", "}", ", ", ",",
    ": ", ":",
    '"q"', "'s'", "''", '"', "'", "#", " # c", "\u00a0", "é", "1", "-1", "?", "|", ">", "&", "*", "!", "%",
    "@", "`",
    "\\", '"a\\n"', '"\\u00e9"', "http://e", "a b", "k: v", "\n- k: v", "\n  - k: v", "\n  k2: v", "k:\n",
    "k: [a, b]", "k: {a: b}", "...", "---", "=", "<", "~", "\n\n", ">-", "|-", " >", " |", "k: >-\n",
    "[a: b]",
]  # fmt: skip
PLAIN_WORDS = st.text("abé0(.;-", min_size=1, max_size=5).filter(lambda word: word[0] not in "-.;(")
FLOW = st.recursive(
    PLAIN_WORDS
    | PLAIN_WORDS.map(lambda word: f'"{word}: # [,"')
    | PLAIN_WORDS.map(lambda word: f"'{word}''s'"),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        )
    ),
    max_leaves=6,
)


def indent(text: str, by: str) -> str:
    return text.replace("\n", "\n" + by)


BLOCK_TEXTS = st.tuples(
    st.sampled_from([">", ">-", "|", "|-"]),
    st.lists(st.text("abé#:- [\"'", min_size=1, max_size=6).filter(lambda s: s == s.strip()), min_size=1),
    st.integers(1, 4),
)


def block_text(parts: tuple[str, list[str], int]) -> str:
    header, lines, by = parts
    return header + "".join(f"\n{' ' * by}{line}" for line in lines)


def mapping(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    values = FLOW.map(lambda value: f" {value}") | inner.map(lambda value: indent("\n" + value, "  "))
    entries = st.dictionaries(st.sampled_from(["k", "l", "m_n"]), values, min_size=1, max_size=3)
    return entries.map(lambda found: "\n".join(f"{key}:{value}" for key, value in found.items()))


def sequence(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=1, max_size=3).map(
        lambda items: "\n".join("- " + indent(item, "  ") for item in items)
    )


BLOCKS = st.recursive(
    mapping(FLOW.map(lambda value: f"z: {value}")),
    lambda inner: mapping(inner | sequence(inner)),
    max_leaves=4,
)


def same(text: str) -> bool:
    """Whether the quick reader read *text*; if so, as the full parser does."""
    quick = parse_plain(text, path="f")
    if quick is None:
        return False
    assert quick == parse_full_yaml(text.encode(), path="f")
    return True


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
@settings(max_examples=300)
@example("k: a\n  b\n  c")
@example("k:\n- a\n- b\nl: x")
@example("k: a#b\nl: [a:b, c#d]")
@example("k: >-\n  a # b\n  # c\nl: |\n  a: b\n  - c\n# d\nm: x")
@example("- >\n  a\n- k: |-\n    b\n\n")
@example("k: [a: b, c: {d: [e: f]}, 'g']")
@example("k: [a: b c, d:e]")
def test_what_is_read_is_what_the_full_parser_reads(text: str) -> None:
    same(text)


@given(BLOCKS)
def test_blocks_and_flows_on_one_line_are_read(text: str) -> None:
    assert same(text)


@given(BLOCK_TEXTS.map(block_text), BLOCK_TEXTS.map(block_text))
def test_block_texts_are_read(first: str, second: str) -> None:
    assert same(f"k: {first}\nl:\n  m: {indent(second, '  ')}\n  n:\n  - {indent(first, '  ')}\n  - x\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_files_are_read_as_the_full_parser_reads_them(file: Path) -> None:
    assert same(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted(queries_dir().glob("*.rq")), ids=lambda file: file.stem)
def test_headers_of_questions_are_read_as_the_full_parser_reads_them(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    assert same("\n".join(line[3:] for line in lines if line.startswith("#+")))


@pytest.mark.parametrize(
    "text",
    [
        "k: &a b", "k: *a", "k: !t b", "k: |\n  a", "k: >-\n  a\n\n  b\n", "k: >-\n  a\n   b\n",
        "k: >-\n   a\n  b\n", "k: >+\n  a\n", "k: >-\n  a\n   \nl: b\n", "k: |\n  a\n \n",
        "k: |2\n  a\n", "k: >-\n  a \n", "k: >-\nl: a\n", "k: |\n   a\n  # b\n",
        "k: [? a]", "k: > # c\n  a\n", "k: [a,\n  b]", 'k: "a\n  b"', "? a\n: b",
        "--- \nk: v",
        "k: a: b", "k: v\nk: w", "k:\tv", "k: v\r\n", "- a\n-\n  b", "k: {a: b, a: c}", "k: [a, b",
        "k: v\n  l: w", "%YAML",
        "k: \ufeffv", "", "# c", "k: a\n\n  b", 'k: "\\x41"', "k: -a", "[a]", "a b",
    ],
)  # fmt: skip
def test_everything_else_is_left_to_the_full_parser(text: str) -> None:
    assert parse_plain(text, path="f") is None
