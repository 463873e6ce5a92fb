"""Registries decoded at once, as the careful reader reads them."""

import json
import random
from pathlib import Path

import pytest
from jsonlines import dump, lines_of

from kg.annotations import parse_source
from kg.corpora import read_corpus
from kg.errors import InputError
from kg.line_registries import read_registry

WORLD = Path(__file__).parent / "world"
REGISTRIES = [*read_corpus([WORLD]).registries, *read_corpus().registries]
LAYOUTS = ({"separators": (",", ":"), "ensure_ascii": False}, {"ensure_ascii": False}, {})
ODD = (
    "",
    " ",
    "x ",
    "null",
    "2022-13",
    "Q0",
    "\x01",
    0,
    True,
    None,
    [],
    {},
    ["x", "x"],
    "a--b",
    [{"of": "x"}],
    ["x"],
)


def carefully(data):
    try:
        return parse_source(data, path="r.jsonl", name="r.jsonl").content
    except InputError:
        return None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_registry_without_problems_is_read_as_the_careful_reader_reads_it(layout):
    for registry in REGISTRIES:
        data = dump(lines_of(registry), **layout)
        assert read_registry(data, name="r") == carefully(data) != None  # noqa: E711


@pytest.mark.parametrize("seed", range(8))
def test_what_is_read_at_once_has_no_problem_that_the_careful_reader_would_find(seed):
    chance = random.Random(seed)
    for _ in range(150):
        lines = json.loads(json.dumps(lines_of(chance.choice(REGISTRIES))))[:12]
        line = chance.choice(lines)
        key = chance.choice([*line, "note", "broader", "outside", "wikidata"])
        line[key] = chance.choice([*ODD, *(each for other in lines for each in other.values())])
        data = dump(lines, **chance.choice(LAYOUTS))
        read = read_registry(data, name="r")
        if read is not None and _names_are_slugs(data):
            assert carefully(data) == read


def _names_are_slugs(data):
    """Whether what refers to entries is a slug, which is seen when the entry is looked for."""
    try:
        parse_source(data, path="r.jsonl", name="r.jsonl")
    except InputError as error:
        return not all("slug" in problem.message or "is no" in problem.message for problem in error.problems)
    return True


def test_what_is_no_registry_is_left_to_the_careful_reader():
    for data in (
        b"",
        b"\n",
        b'{"type":"coding","coder":"a"}\n',
        b"{}\n",
        b'{"type":"corpus","title":"T","base":"urn:x#"}\n',
    ):
        assert read_registry(data, name="r") is None
