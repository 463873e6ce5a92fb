"""Hostile files: each ends in a problem that says what is wrong, and harms no other file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.corpora import read_corpus
from kg.errors import InputError
from kg.files import starter_dir
from kg.libraries import TextLibrary
from kg.records import Registry
from kg.texts import anchor_file

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
HOSTILE = {
    "empty.yaml": (b"", "the file is empty"),
    "blank.jsonl": (b"\n\n", "the file is empty"),
    "comment.yaml": (b"# nothing\n", "nothing but comments"),
    "image.yaml": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the file is binary"),
    "latin.yaml": ("actors: [{id: a, kind: person, label: Zoë}]\n".encode("latin-1"), "not UTF-8"),
    "latin.jsonl": (b'{"type": "actor", "label": "Zo\xeb"}\n', "not UTF-8"),
    "line.yaml": (b"actors: " + b"x" * (2 * 2**20), "the line has 2,097,160 bytes"),
    "line.jsonl": (b'{"type": "' + b"x" * (2 * 2**20), "the line has"),
    "laughs.yaml": (LAUGHS.encode(), "anchor '&a'"),
    "deep-flow.yaml": (b"actors: " + b"[" * 10_000, "nested deeper than 64 levels"),
    "deep-block.yaml": (b"- " * 10_000 + b"x\n", "nested deeper than 64 levels"),
    "deep-maps.yaml": (b"{a: " * 10_000, "nested deeper than 64 levels"),
    "deep.jsonl": (b'{"type": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested deeper than 64 levels"),
    "wide-json.jsonl": (b'{"type": "actor", "aliases": ' + b"[" * 100_000, "nested deeper"),
    "number.jsonl": (b'{"type": "part", "order": ' + b"9" * 100_000 + b"}", "no order"),
    "tabs.yaml": (b"actors:\n\t- id: a\n", "indent with spaces"),
    "twice.yaml": (b"actors: []\nactors: []\n", "duplicate key 'actors'"),
    "second.yaml": (b"actors: []\n---\nissues: []\n", "a second document begins"),
    "python.yaml": (b"actors: !!python/object/apply:os.system [x]\n", "tag"),
    "merge.yaml": (b"actors: [{<<: {id: a}, kind: person, label: A}]\n", "unknown key '<<'"),
    "control.yaml": (b'actors: [{id: a, kind: person, label: "a\\0b"}]\n', "control character"),
    "keys.yaml": (b"".join(b"k%d: 1\n" % n for n in range(2000)), "unknown key 'k0'"),
    "iri.yaml": (
        b"document: {id: d, title: T, voice: mira-holt, url: 'https://e.org/\"><script>', text: {}}\n",
        "'url' is no URL",
    ),
    "date.yaml": (b"plans: [{id: p, label: P, dated: 2022-13}]\n", "there is no month 13"),
    "slug.yaml": (b"actors: [{id: ../../etc/passwd, kind: person, label: A}]\n", "'id' is no slug"),
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return Path(shutil.copytree(starter_dir(), tmp_path / "corpus"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_harms_no_other(name: str, corpus: Path) -> None:
    data, said = HOSTILE[name]
    whole = read_corpus([corpus])
    (corpus / name).write_bytes(data)
    seeds = read_corpus([corpus])
    assert seeds.broken == (name,)
    assert seeds.sources == whole.sources
    messages = [str(problem) for problem in seeds.problems]
    assert any(said in message for message in messages), messages[:3]
    assert all(len(message) < 400 for message in messages)


@pytest.mark.parametrize("name", ["line.yaml", "line.jsonl"])
def test_a_line_of_a_hundred_megabytes_is_refused(name: str, corpus: Path) -> None:
    with (corpus / name).open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 2**20)
    seeds = read_corpus([corpus])
    assert seeds.broken == (name,)
    assert "bytes, more than the" in str(seeds.problems[0])


def test_a_hundred_megabytes_of_nothing_are_refused(corpus: Path) -> None:
    for name in ("zeros.yaml", "zeros.jsonl"):
        with (corpus / name).open("wb") as file:
            file.truncate(100 * 2**20)
    assert read_corpus([corpus]).broken == ("zeros.jsonl", "zeros.yaml")


def test_a_folder_named_like_a_file_is_no_file(corpus: Path) -> None:
    (corpus / "folder.yaml").mkdir()
    read_corpus([corpus]).raise_problems()


@pytest.mark.parametrize(
    "label",
    [
        "עִבְרִית",
        "العربية",
        "a\u202eb",
        "e\u0301\u0323",
        "\u200d👩\u200d🚀",
        "𝔘𝔫𝔦",
        "'); DROP TABLE x; --",
        '"\\ \u2028\u0085 <b>',
    ],
)
def test_strange_labels_are_kept_as_they_are(label: str, corpus: Path) -> None:
    line = {"type": "issue", "id": "strange", "label": label, "unused": "a test"}
    (corpus / "strange.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    seeds = read_corpus([corpus])
    seeds.raise_problems()
    content = next(source.content for source in seeds.sources if source.path == "strange.jsonl")
    assert isinstance(content, Registry)
    assert content.issues[0].label == label


@pytest.mark.parametrize("name", HOSTILE)
def test_anchoring_refuses_a_hostile_file_and_leaves_it(name: str, corpus: Path) -> None:
    (corpus / name).write_bytes(HOSTILE[name][0])
    with pytest.raises(InputError):
        anchor_file(corpus / name, TextLibrary([corpus / "texts"], home=corpus / "none"))
    assert (corpus / name).read_bytes() == HOSTILE[name][0]
