"""What was found is kept between runs, and nothing that is wrong with the file is taken for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg import finding_memories
from kg.errors import Place
from kg.finding_memories import FindingMemory, empty_memory_for, memory_for
from kg.findings import Finding
from kg.shape_parts import Told
from kg.terms import Iri, Literal

FINDING = Finding(
    shape="shape:A",
    message="Zwölf\u2028Boxkämpfer \U0001f600",
    severity="Warning",
    focus=Iri("https://e.org/a"),
    path="st:gist",
    turtle_path="st:gist",
    value=Literal('say "hi"\n', language="en"),
    constraint="sh:InConstraintComponent",
)
TOLD = Told(
    findings=(FINDING, Finding(shape="shape:B", message="m", severity="Info", focus=Iri("https://e.org/b"))),
    nodes=frozenset({"may/a", "<urn:t>"}),
    classes=frozenset({"<urn:c>"}),
    leaks=(("<a>", "<b>", '"c"@en'),),
    opened=frozenset({"<urn:s>"}),
    refuted={"<urn:r>": (1, 5)},
    seen={"<urn:s>": (("<a>", "<b>", "<c>"),)},
)
OTHER = Told(classes=frozenset({"<urn:2>"}))


def saved(path: Path) -> FindingMemory:
    memory = FindingMemory(path)
    memory.put("one", TOLD)
    memory.put("two", OTHER)
    memory.save()
    return FindingMemory(path)


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    memory = saved(tmp_path / "deep" / "a.lines")
    assert memory.get("one") == TOLD
    assert memory.get("two") == OTHER
    assert memory.get("three") is None
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["a.lines"]


@pytest.mark.parametrize(
    ("old", "new"), [(b" one ", b" two "), (b"\n", b""), (b"one", b"two"), (b"one eAF", b"one eAG")]
)
def test_a_line_that_is_not_as_it_was_written_is_passed_over(old: bytes, new: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.lines"
    saved(path)
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    memory = FindingMemory(path)
    assert memory.get("one") is None
    assert memory.get("two") in (None, OTHER)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\n\n", b"a b c\n"])
def test_a_file_of_anything_is_as_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.lines"
    path.write_bytes(content)
    assert FindingMemory(path).get("one") is None


def test_a_line_that_was_never_packed_is_passed_over(tmp_path: Path) -> None:
    for number, packed in enumerate(("?", "AAAA", "eJwDAAAAAAE=")):
        path = tmp_path / f"{number}.lines"
        text = f"one {packed}"
        path.write_text(f"{finding_memories._hash(text)} {text}\n", encoding="utf-8")
        assert FindingMemory(path).get("one") is None


def test_a_line_of_something_else_is_not_taken_for_what_was_told(tmp_path: Path) -> None:
    memory = FindingMemory(tmp_path / "a.lines")
    memory.keep("one", ["something else"])
    memory.keep("two", {"findings": [["<a>"]]})
    memory.save()
    again = FindingMemory(tmp_path / "a.lines")
    assert again.get("one") is None
    assert again.get("two") is None
    assert again.recall("one") == ["something else"]


def test_what_was_not_asked_for_stays_as_long_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.lines"
    memory = saved(path)
    memory.put("three", Told(classes=frozenset({"<urn:3>"})))
    memory.save()
    assert FindingMemory(path).get("one") == TOLD
    monkeypatch.setattr(finding_memories, "_MOST_BYTES", 300)
    memory = FindingMemory(path)
    assert memory.get("two") is not None
    memory.put("four", Told(classes=frozenset({"<urn:4>"})))
    memory.save()
    again = FindingMemory(path)
    assert again.get("one") is None
    assert again.get("two") == OTHER
    assert path.stat().st_size <= 300


def test_a_run_with_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.lines"
    memory = saved(path)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    memory.get("one")
    memory.save()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    memory = FindingMemory(tmp_path / "file" / "a.lines")
    memory.put("one", TOLD)
    memory.save()
    assert FindingMemory(tmp_path / "file" / "a.lines").get("one") is None


def test_each_corpus_has_a_file_and_those_not_checked_for_longest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(finding_memories.HOME, str(tmp_path / "home"))
    monkeypatch.setattr(finding_memories, "_MOST_CORPORA", 2)
    for name in "abc":
        memory = memory_for(tmp_path / name)
        memory.put("one", Told(classes=frozenset({name})))
        memory.save()
        for file in (tmp_path / "home").iterdir():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 100))
    assert memory_for(tmp_path / "a").get("one") is None
    assert [memory_for(tmp_path / name).get("one") for name in "bc"] == [
        Told(classes=frozenset({name})) for name in "bc"
    ]
    assert empty_memory_for(tmp_path / "c").get("one") is None


def test_findings_with_places_are_not_kept(tmp_path: Path) -> None:
    placed = Finding(
        shape="shape:A", message="m", severity="Info", focus=Iri("https://e.org/a"), place=Place("a.yaml", 3)
    )
    with pytest.raises(ValueError, match="places"):
        FindingMemory(tmp_path / "a.lines").put("one", Told(findings=(placed,)))
