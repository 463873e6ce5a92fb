"""Audits: what the files explain is left out, and explanations have something to explain."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.audits import CHECK_NAMES, audit, audit_corpus
from kg.cli import main
from kg.command_options import CHECKS as NAMES
from kg.corpora import Seeds, read_corpus
from kg.jsonld import expand_source
from kg.libraries import TextLibrary
from kg.quads import quads


@pytest.fixture
def mine(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the world that may be changed, with its texts at hand."""
    monkeypatch.setenv("KG_TEXTS", str(world / "texts"))
    monkeypatch.setenv("KG_TEXTS_HOME", str(tmp_path / "home"))
    return Path(shutil.copytree(world, tmp_path / "world"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def lines(folder: Path, *options: str) -> list[tuple[str, str]]:
    """Check and what was found, without explained items."""
    found = audit_corpus([folder], TextLibrary(), checks=options)
    return [(item.check, item.what) for item in found.left]


def explain(folder: Path, reason: str) -> None:
    """Explain that two governments have a city hall."""
    entry = "  - id: westport-government\n"
    change(folder / "registries/actors.yaml", entry, f'{entry}    audited: ["{reason}"]\n')


def test_the_world_has_what_was_put_there(world_seeds: Seeds, world: Path) -> None:
    found = audit(world_seeds, TextLibrary([world / "texts"], home=Path("none")))
    assert [(item.check, item.what) for item in found.items] == [
        ("opposite-stances", "dockers-freeze"),
        ("unused-passage", "p21"),
        ("inferred-function", "deterrent"),
        ("inferred-function", "confidence-building"),
        ("unused-passage", "t01"),
        ("near-actors", "westport-government"),
    ]
    assert found.without_text == ()
    assert found.left == found.items
    assert str(found.items[1]).endswith(
        "coder-a.yaml:186:5: unused-passage p21: no statement names the passage"
    )


@pytest.mark.parametrize(
    "reason", ["near-actors: each has one", "near-actors eastport-government: each has one"]
)
def test_what_a_file_explains_is_not_left(mine: Path, reason: str) -> None:
    assert ("near-actors", "westport-government") in lines(mine)
    explain(mine, reason)
    assert "near-actors" not in {check for check, _ in lines(mine)}
    (item,) = audit_corpus([mine], TextLibrary(), checks=["near-actors"]).items
    assert item.reason == "each has one"
    assert str(item).endswith("; explained: each has one")


def test_an_explanation_is_for_its_check_and_its_thing_only(mine: Path) -> None:
    explain(mine, "near-actors ada-lane: no")
    assert ("near-actors", "westport-government") in lines(mine)
    assert ("needless-reason", "near-actors ada-lane") in lines(mine)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("unused-entry: was so once", "the audit finds nothing of the kind here any more"),
        ("nears-actors: typo", "there is no such check; the checks are untouched, opposite-stances,"),
    ],
)
def test_an_explanation_of_nothing_is_found(mine: Path, reason: str, said: str) -> None:
    explain(mine, reason)
    (item,) = audit_corpus([mine], TextLibrary(), checks=["needless-reason"]).items
    assert said in item.message
    assert item.place.path.endswith("actors.yaml")
    assert item.place.line > 1


def test_a_stretch_explains_the_sentences_that_begin_in_it(mine: Path) -> None:
    file = mine / "documents/may-hearing.coder-a.yaml"
    change(file, "    start: 1124\n", "    start: 1190\n")
    ((_, what),) = lines(mine, "untouched")
    start = int(what.split("-")[0])
    for stretch, is_left in ((f"{start}-{start + 1}", False), (f"0-{start}", True), ("1000-1200", False)):
        shutil.copy(file, mine / "kept")
        change(
            file, "  coder: coder-a\n", f'  coder: coder-a\n  audited: ["untouched {stretch}: a greeting"]\n'
        )
        assert bool(lines(mine, "untouched")) is is_left
        shutil.move(mine / "kept", file)


def test_without_the_texts_it_is_said_what_was_not_looked_for(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_TEXTS", "")
    assert main(["audit", str(mine), "--check", "untouched"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "may-hearing: its text is not at hand" in said.err
    # An explanation that could not be tried is not called needless.
    change(
        mine / "documents/may-hearing.coder-a.yaml",
        "  coder: coder-a\n",
        '  coder: coder-a\n  audited: ["untouched 0-90: summary"]\n',
    )
    assert lines(mine, "needless-reason") == []
    monkeypatch.setenv("KG_TEXTS", str(mine / "texts"))
    assert lines(mine, "needless-reason") == [("needless-reason", "untouched 0-90")]


def test_paths_choose_what_is_shown_and_not_what_is_read(mine: Path) -> None:
    assert lines(mine / "registries") == [("near-actors", "westport-government")]
    assert lines(mine / "documents/tide-note.coder-a.yaml") == [("unused-passage", "t01")]


def test_the_command_ends_with_one_until_nothing_is_left(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(mine), "--check", "near-actors"]) == 1
    assert capsys.readouterr().err == "1 thing to look at, 0 explained\n"
    explain(mine, "near-actors: each has one")
    assert main(["audit", str(mine), "--check", "near-actors"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "0 things to look at, 1 explained (--all lists them)\n")
    assert main(["audit", str(mine), "--check", "near-actors", "--all"]) == 0
    assert "explained: each has one" in capsys.readouterr().out


def test_the_command_knows_the_checks() -> None:
    assert NAMES == CHECK_NAMES


def test_explanations_are_no_part_of_the_graph(mine: Path, world_seeds: Seeds) -> None:
    explain(mine, "near-actors: each has one")
    changed = read_corpus([mine])
    for before, after in zip(world_seeds.sources, changed.sources, strict=True):
        whole = [
            {str(quad).replace(each.sha256, "") for quad in quads(each, seeds.names, seeds.corpus)}
            for each, seeds in ((before, world_seeds), (after, changed))
        ]
        assert whole[0] == whole[1]
        assert "audited" not in str(expand_source(after, changed.names, changed.corpus))
