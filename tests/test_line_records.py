import json
import random
from collections import defaultdict
from pathlib import Path

import pytest
from jsonlines import dump, lines_of

from kg import fields, quads
from kg.annotations import parse_source
from kg.corpora import read_corpus
from kg.errors import InputError
from kg.iris import graph_of
from kg.line_records import read_annotation
from kg.quad_lines import QuadLines
from kg.references import references_of

WORLD = read_corpus([Path(__file__).parent / "world"])
LAYOUTS = ({"separators": (",", ":"), "ensure_ascii": False}, {"ensure_ascii": False}, {})


def carefully(data):
    try:
        return parse_source(data, path="x.jsonl", name="x.jsonl")
    except InputError:
        return None


def written(content, like):
    out = QuadLines(WORLD.names, WORLD.corpus, graph_of(like, WORLD.names))
    quads.write(out, like.path, like.sha256, content)
    return "".join(out.written)


def agree(data, read):
    """What was read at once is what the careful reader reads."""
    source = carefully(data)
    assert source is not None, data
    assert written(read.content, source) == quads.nquads(source, WORLD.names, WORLD.corpus)
    named = defaultdict(set)
    for reference in references_of(source):
        named[reference.kind].add(reference.slug)
    assert {kind: set(slugs) for kind, slugs in read.references.items() if slugs} == named


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_without_problems_is_read_as_the_careful_reader_reads_it(layout):
    for annotation in WORLD.annotations:
        data = dump(lines_of(annotation), **layout)
        agree(data, read_annotation(data))


def test_the_corpus_is_read_as_the_careful_reader_reads_it():
    for annotation in read_corpus().annotations:
        data = dump(lines_of(annotation), **LAYOUTS[0])
        agree(data, read_annotation(data))


KNOWN = {
    kind: {entry.id for registry in WORLD.registries for entry in getattr(registry, f"{kind}s")}
    for kind in ("actor", "issue", "proposal", "plan", "coder")
}


def names_only_entries(read):
    return all(slugs <= KNOWN[kind] for kind, slugs in read.references.items())


ODD = (
    "", " ", "x ", "\u00a0x", "x\n", "a\rb", "null", "~", "no such", "2022-13", "2022-02/2021-01", "true",
    "Q0", "\x01", "\x7f", "\ud800", "own-voice", "-a", "a--b", "1", 0, -1, 5, 1.0, 10**13, True, False, None,
    [], {}, ["x", "x"], [""], {"of": "x"}, "one two three four five six", "https://e.org/ x", "e" * 70,
)  # fmt: skip


def spots(value, path=()):
    """Every place in a JSON value."""
    yield path
    for key, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from spots(inner, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def mutate(lines, chance):
    """Change something somewhere: a value, a key, a record."""
    lines = json.loads(json.dumps(lines))
    path = chance.choice([each for each in spots(lines) if each])
    within, key = at(lines, path[:-1]), path[-1]
    values = [
        at(lines, each) for each in spots(lines) if each and not isinstance(at(lines, each), (dict, list))
    ]
    kind = chance.randrange(7)
    if kind == 0:
        del within[key]
    elif kind in (1, 2):
        within[key] = chance.choice(ODD)
    elif kind in (3, 4):
        within[key] = chance.choice(values)
    elif kind == 5 and isinstance(within, list):
        within.append(within[key])
    elif isinstance(within, dict):
        known = sorted({each.key for shape in fields.SHAPES for each in shape.fields} | {"typ"})
        within[chance.choice(known)] = chance.choice([*ODD, *values])
    return lines


@pytest.mark.parametrize("seed", range(40))
def test_what_is_read_at_once_has_no_problem_that_the_careful_reader_would_find(seed):
    chance = random.Random(seed)
    whole = [lines_of(annotation) for annotation in WORLD.annotations]
    for _ in range(60):
        lines = chance.choice(whole)
        for _ in range(chance.choice((1, 1, 1, 2))):
            lines = mutate(lines, chance)
        if all(isinstance(line, dict) for line in lines):
            data = dump(lines, **chance.choice(LAYOUTS))
            read = read_annotation(data)
            if read is not None and names_only_entries(read):
                agree(data, read)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"type":"coding",', b'"type":"coding","type":"coding",'),
        (b'"start":', b'"start":1,"start":'),
        (b'"start":', b'"start":-0,"x":'),
        (b'{"type":"passage"', b'{"type":"passage","section":"body","section":"body"'),
        (b'"start":0', b'"start":-0'),
        (b"\n", b"\n\n"),
        (b"\n", b"\r\n"),
        (b"\n", b" \n"),
        (b"{", b"\xef\xbb\xbf{"),
        (b'"gist":"', b'"gist":"\xff'),
        (b'"gist":"', b'"gist":"\\ud800'),
        (b'"gist":"', b'"gist":"\\u0001'),
        (b'"gist":"', b'"gist":"\\b'),
        (b'"gist":"', b'"gist":"' + b"x" * 2**20),
        (b"{", b""),
    ],
)
def test_oddly_written_lines_are_read_like_the_careful_reader_does_or_left_to_it(old, new):
    for annotation in WORLD.annotations:
        data = dump(lines_of(annotation), **LAYOUTS[0])
        data = data.replace(old, new, 1) if old != b"\n" else data.replace(old, new)
        if (read := read_annotation(data)) is not None:
            agree(data, read)


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n", b"{}\n", b"null", b"\xff", b'{"type":"document"}\n'])
def test_what_is_no_annotation_file_is_left_to_the_careful_reader(data):
    assert read_annotation(data) is None


def test_registries_are_left_to_the_careful_reader():
    assert read_annotation(b'{"type":"actor","id":"a","label":"A","kind":"person"}\n') is None
