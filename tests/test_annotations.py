"""Annotations: files to records, and all problems of a file at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotations import name_registry, parse_source, read_source
from kg.errors import InputError, Place
from kg.records import Annotation, Corpus, Registry, Source, Tie

WORLD = Path(__file__).parent / "world"
FILES = sorted(WORLD.rglob("*.yaml"))
HASH = "0" * 64
GOOD = f"""\
document:
  id: d
  title: T
  authors: [ann]
  text: {{sha256: {HASH}, start: 0, end: 100}}
coding: {{coder: c}}
passages:
  - {{id: p1, start: 0, end: 9, sha256: {HASH}, first: a b, last: c d}}
positions:
  - id: one
    holder: ann
    stance: supports
    proposal: x
    passages: [p1]
    gist: Ann is for it.
claims:
  - {{id: k, claimant: ann, kind: legal, passages: [p1], gist: g, supports: [{{position: one}}]}}
parts:
  - {{id: pp, plan: pl, proposal: x, role: stated, passages: [p1], gist: g, order: 2}}
"""


def parse(text: str, *, path: str = "f.yaml") -> Source:
    return parse_source(text.encode(), path=path, name=path)


def annotation(text: str) -> Annotation:
    content = parse(text).content
    assert isinstance(content, Annotation)
    return content


def problems(text: str, *, path: str = "f.yaml") -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(text, path=path)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> list[str]:
    assert old in GOOD
    return problems(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_of_the_world_is_read(file: Path) -> None:
    source = read_source(file, root=WORLD)
    assert source.path == file.relative_to(WORLD).as_posix()
    assert len(source.sha256) == 64


def test_records_know_the_places_of_their_values() -> None:
    read = annotation(GOOD)
    position = read.positions[0]
    assert position.at == Place("f.yaml", 10, 5)
    assert position.keys["stance"] == Place("f.yaml", 12, 13)
    assert position.keys["passages.0"] == Place("f.yaml", 14, 16)
    assert read.parts[0].order == 2


def test_the_voice_is_the_only_author_where_none_is_named() -> None:
    assert annotation(GOOD).document.voice == "ann"


def test_two_authors_leave_the_voice_open() -> None:
    (said,) = changed("authors: [ann]", "authors: [ann, bob]")
    assert "a document needs the key 'voice'; who speaks where nobody is quoted" in said


def test_a_tie_may_be_a_bare_slug() -> None:
    read = parse("actors: [{id: a, kind: person, label: A, speaks_for: [b, {of: c, since: 2019}]}]").content
    assert isinstance(read, Registry)
    assert read.actors[0].speaks_for == (Tie(of="b"), Tie(of="c", since="2019"))


def test_yes_and_no_are_read_only_where_they_are_meant() -> None:
    read = parse("actors: [{id: a, kind: person, label: true, aliases: [NO], outside: true}]").content
    assert isinstance(read, Registry)
    assert (read.actors[0].label, read.actors[0].aliases, read.actors[0].outside) == ("true", ("NO",), True)


@pytest.mark.parametrize("label", ["עברית", "e\u0301te\u0301", "नमस्ते", "👩‍⚕️ x", "a “b” ‘c’"])
def test_labels_of_any_script_stay_as_they_are(label: str) -> None:
    read = parse(f"actors: [{{id: a, kind: person, label: '{label}'}}]").content
    assert isinstance(read, Registry)
    assert read.actors[0].label == label


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "holder: ann",
            "holdr: ann",
            "f.yaml:11:5: unknown key 'holdr' in a position; did you mean 'holder' or 'held'?",
        ),
        ("    holder: ann\n", "", "f.yaml:10:5: a position needs the key 'holder'; whose position it is"),
        (
            "stance: supports",
            "stance: suports",
            "f.yaml:12:13: 'stance' cannot be 'suports'; did you mean 'supports'",
        ),
        ("stance: supports", "stance: [supports]", "'stance' is a list; write one value"),
        (
            "passages: [p1]",
            "passages: p1",
            "f.yaml:14:15: 'passages' is a list, not a single value; write [p1]",
        ),
        ("passages: [p1]", "passages: []", "'passages' is empty; at least 1 is needed"),
        ("passages: [p1]", "passages: [p1, p1]", "f.yaml:14:20: 'p1' stands twice in 'passages'"),
        (
            "passages: [p1]",
            "passages: [p2]",
            "f.yaml:14:16: unknown passage 'p2'; its id has to stand in this file under 'passages'",
        ),
        ("gist: Ann is for it.", "gist:", "f.yaml:15:5: 'gist' has no value; leave the key out"),
        ("gist: Ann is for it.", "gist: ~", "'gist' has no value"),
        ("id: k,", "id: k, held: 2022,", "unknown key 'held' in a claim"),
        (
            "gist: Ann",
            "held: 2022-13\n    gist: Ann",
            "f.yaml:15:11: 'held': '2022-13' is no date: there is no month",
        ),
        (f"sha256: {HASH}, first", f"sha256: {HASH[:-1]}, first", "'sha256' is no hash"),
        (
            "first: a b",
            "first: a b c d e f",
            "'first': more than five words at one end: 6; keep five at most",
        ),
        ("start: 0, end: 9", "start: -1, end: 9", "'start' is no offset: -1"),
        (
            "start: 0, end: 9",
            "start: '0', end: 9",
            "'start' is no offset: 0; write a number of code points, from 0, w",
        ),
        ("start: 0, end: 9", "start: 9, end: 9", "the span ends at 9, before it starts"),
        (
            "start: 0, end: 9",
            "start: 0, end: 101",
            "the passage (0–101) lies outside the document; its region is 0",
        ),
        (
            "first: a b, last: c d",
            "quote: a b c d",
            "a passage still has its 'quote'; run 'kg anchor f.yaml'",
        ),
        (
            f"start: 0, end: 9, sha256: {HASH}, ",
            "",
            "a passage lacks start, end, sha256; run 'kg anchor f.yaml'",
        ),
        ("{id: pp, plan", "{plan", "a part lacks id; run 'kg anchor f.yaml'"),
        ("{position: one}", "{position: ones}", "unknown position 'ones'; did you mean 'one'?"),
        (
            "{position: one}",
            "{position: one, claim: k}",
            "exactly one of 'proposal', 'position', 'claim' is needed",
        ),
        ("{position: one}", "one", "a target is a mapping, not a single value"),
        ("proposal: x, role", "role", "exactly one of 'proposal', 'subplan' is needed, and none given"),
        ("order: 2", "order: first", "'order' is no order: first"),
        ("coding: {coder: c}", "coding: {coder: c, date: 2022-XX-01}", "'date' is no day"),
        ("coding: {coder: c}", "coding: {coder: c, date: 2022-02-30}", "there is no day 30"),
        ("coding: {coder: c}", "coding: {coder: c, reviewed: 2022-02-03}", "add 'reviewed_by'"),
        (
            "coding: {coder: c}",
            "codings: {coder: c}",
            "unknown key 'codings' in an annotation; did you mean 'coding'",
        ),
        (
            "title: T",
            "title: T\n  outside: [autors]",
            "'outside' names no key of a document: 'autors'; did you mean",
        ),
        (
            "title: T",
            "title: T\n  url: https://e.org/a b",
            "'url' is no URL: https://e.org/a b; write a web address",
        ),
        ("title: T", "title: T\n  url: 'https://e.org/\"a\"'", "'url' is no URL"),
        ("title: T", "title: T\n  url: ftp://e.org/", "'url' is no URL"),
        ("title: T", "title: T\n  url: javascript:alert(1)", "'url' is no URL"),
        ("title: T", "title: T\n  language: e_n", "'language' is no language"),
        ("parts:", "actors: []\nparts:", "the file is registry and annotation at once"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_cure(old: str, new: str, said: str) -> None:
    found = changed(old, new)
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize("text", ["One Two", "12", "ada--lane", "-a", "é", "a_b", "a.b"])
def test_what_is_no_slug_is_refused(text: str) -> None:
    found = changed("id: one", f"id: '{text}'")
    assert f"f.yaml:10:9: 'id' is no slug: {text}; write a lower-case ASCII name" in found[0]


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = (
        GOOD.replace("holder: ann", "holdr: ann").replace("kind: legal", "kind: lgal").replace("p1]", "p9]")
    )
    assert len(problems(text)) == 5


def test_what_is_wrong_with_keys_hides_no_cycle_of_conditions() -> None:
    text = GOOD.replace(
        "    gist: Ann is", "    kindd: x\n    conditions: [{kind: if, position: one}]\n    gist: Ann is"
    )
    assert [each.partition(" ")[2][:30] for each in problems(text)] == [
        "unknown key 'kindd' in a posit",
        "positions are conditions of ea",
    ]


def test_what_is_refused_of_yaml_hides_nothing_else() -> None:
    text = GOOD.replace("    gist: Ann is", "    gist: *g\n    holder: bob\n    kindd: x\n    gist: Ann is")
    assert [each.partition(" ")[2] for each in problems(text)] == [
        "alias '*g'; aliases are refused: write the value out",
        "duplicate key 'holder'; it stands in line 11 already",
        "unknown key 'kindd' in a position; did you mean 'id'?",
        "duplicate key 'gist'; it stands in line 15 already",
    ]


def test_a_line_that_cannot_be_read_hides_nothing_on_the_others() -> None:
    lines = [
        '{"type": "document", "id": "d", ',
        '{"type": "codingg", "coder": "c"}',
        '{"type": "passage", "id": "p1" "start": 0}',
        '{"type": "claim", "id": "k", "claimant": "ann", "kind": "lega", "kindd": 1, "gist": "g",'
        ' "passages": ["p1", "p2"]}',
    ]
    found = [each[:31] for each in problems("\n".join(lines), path="f.jsonl")]
    assert found == [
        "f.jsonl:1:33: not JSON: Expecti",
        "f.jsonl:2:10: unknown type 'cod",
        "f.jsonl:3:32: not JSON: Expecti",
        "f.jsonl:4:57: 'kind' cannot be ",
        "f.jsonl:4:65: unknown key 'kind",
        "f.jsonl:4:109: unknown passage ",
    ]


def test_an_id_is_not_given_twice() -> None:
    extra = "  - {id: k, claimant: ann, kind: legal, passages: [p1], gist: g}\nparts:"
    assert changed("parts:", extra) == [
        "f.yaml:18:10: duplicate id 'k'; it is the id of the claim in line 17 already"
    ]


def test_a_claim_and_a_position_may_share_an_id() -> None:
    assert annotation(GOOD.replace("id: k,", "id: one,")).claims[0].id == "one"


def test_the_chain_leaves_out_the_voice_of_the_document() -> None:
    (said,) = changed("gist: Ann", "attribution: [{voice: ann, mode: own-voice}]\n    gist: Ann")
    assert "the chain begins with the document's own voice; leave it out" in said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{kind: if}", "a condition says nothing"),
        ("{kind: if, proposal: x, position: one}", "a condition has both"),
        ("{kind: if, position: one}", "positions are conditions of each other: one → one"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(condition: str, said: str) -> None:
    found = changed("gist: Ann", f"conditions: [{condition}]\n    gist: Ann")
    assert any(said in each for each in found)


def test_a_cycle_of_conditions_is_told_in_its_order() -> None:
    text = GOOD.split("positions:")[0] + "positions:\n" + "".join(
        f"  - {{id: {one}, holder: h, stance: supports, proposal: x, passages: [p1], gist: g,"
        f" conditions: [{{kind: in-return-for, position: {other}}}]}}\n"
        for one, other in (("c", "a"), ("a", "b"), ("b", "c"), ("d", "a"))
    )  # fmt: skip
    (said,) = problems(text)
    assert "positions are conditions of each other: a → b → c → a; take one" in said


@pytest.mark.parametrize(
    ("base", "is_good"),
    [
        ("https://example.org/harbour/", True),
        ("https://example.org/harbour#", True),
        ("urn:example:harbour/", True),
        ("https://example.org/häfen/", True),
        ("https://example.org/harbour", False),
        ("https://example.org/har bour/", False),
        ("'https://example.org/\"x\"/'", False),
        ("https://example.org/<x>/", False),
        ("https://example.org/%zz/", False),
        ("harbour/", False),
    ],
)
def test_a_base_is_an_absolute_iri_that_ends_in_a_slash_or_hash(base: str, is_good: bool) -> None:
    text = f"corpus:\n  title: T\n  base: {base}\n"
    if is_good:
        content = parse(text).content
        assert isinstance(content, Corpus)
        assert content.base == base
    else:
        assert "f.yaml:3:9: 'base' is no base" in problems(text)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "the file is no mapping"),
        ("just words\n", "the file is no mapping"),
        ("{}\n", "the file says nothing"),
        ("actrs: []\n", "unknown key 'actrs' in a file; did you mean 'actors'"),
        ("corpus: {title: T, base: 'https://e.org/'}\nlayer: x\n", "unknown key 'layer' in a corpus file"),
        ("corpus:\n", "a corpus is a mapping, not a single value"),
        ("actors: {id: a}\n", "'actors' is a list, not a mapping"),
        ("actors: [{id: a, kind: persn, label: A}]\n", "did you mean 'person'"),
        ("actors: [{id: a, kind: person, label: A, wikidata: 42}]\n", "'wikidata' is no Wikidata item"),
        ('actors: [{id: a, kind: person, label: "A\\nB"}]\n', "'label' is no line"),
        (
            "actors: [{id: a, kind: person, label: A, outside: yes}]\n",
            "'outside' is no yes or no: yes; write true",
        ),
    ],
)
def test_a_file_that_is_nothing_known_is_refused(text: str, said: str) -> None:
    assert said in problems(text)[0]


@pytest.mark.parametrize(
    ("path", "name"),
    [("registries/actors.yaml", "actors"), ("Ärzte & Co.yaml", "arzte-co"), ("a/b.jsonl", "a-b")],
)
def test_a_registry_is_named_after_its_file(path: str, name: str) -> None:
    assert name_registry(path) == name


def test_a_registry_without_latin_letters_has_a_name_all_the_same() -> None:
    assert name_registry("registries/действующие.yaml").startswith("registry-")


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_value_is_read_or_refused(value: str) -> None:
    quoted = json.dumps({"type": "actor", "id": "a", "kind": "person", "label": value})
    try:
        content = parse(quoted, path="f.jsonl").content
    except InputError:
        return
    assert isinstance(content, Registry)
    assert content.actors[0].label == value.strip()
