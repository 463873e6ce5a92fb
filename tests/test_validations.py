"""A corpus is validated file by file: the same findings, at the same places, and nothing twice."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg import shape_unions, validations
from kg.cli import main
from kg.corpora import read_corpus
from kg.errors import InputError
from kg.finding_memories import FindingMemory
from kg.findings import Finding
from kg.pools import Pool, cluster, local
from kg.shape_contexts import Context
from kg.shape_parts import Part
from kg.shapes import validate_seeds
from kg.validations import Validation, survey_to_check, validate_files


@pytest.fixture
def own(tmp_path: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the world to spoil, in the folder where the command would run."""
    shutil.copytree(world, tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_FINDINGS", str(tmp_path / "kept"))
    spoil(tmp_path / "seeds" / "registries" / "actors.yaml", "[Lane, Mayor Lane]", "[Lane, Ada Lane]")
    return tmp_path / "seeds"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the parts that are checked, in order."""
    names: list[str] = []
    whole = shape_unions.check_part

    def noted(context: Context, part: Part[Any]) -> Any:
        names.append(part.name)
        return whole(context, part)

    monkeypatch.setattr(shape_unions, "check_part", noted)
    return names  # type: ignore[return-value]


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def validated(*paths: Path, memory: Path | None = None, pool: Pool | None = None) -> Validation:
    kept = FindingMemory(memory or Path("none"))
    with survey_to_check(paths, pool) as survey:
        return validate_files(survey, memory=kept, only=paths)


def as_lines(folder: Path) -> None:
    """Write the annotation files of a corpus as JSON Lines."""
    singles, lists = ("document", "coding"), ("passages", "positions", "claims", "parts")
    from ruamel.yaml import YAML

    for file in sorted((folder / "documents").glob("*.yaml")):
        tree = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        lines = [{"type": key, **tree[key]} for key in singles]
        lines += [{"type": key[:-1], **item} for key in lists for item in tree.get(key, ())]
        text = "".join(json.dumps(line, default=str, ensure_ascii=False) + "\n" for line in lines)
        file.with_suffix(".jsonl").write_text(text, encoding="utf-8")
        file.unlink()


def test_the_files_have_the_findings_and_the_places_of_the_records(own: Path) -> None:
    found = validated(own)
    assert found.findings == validate_seeds(read_corpus([own]), only=[own])
    assert found.problems == ()
    assert found.files == len(read_corpus([own]).sources)
    assert {each.shape for each in found.findings} >= {"shape:Entry-alias-again", "shape:Passage-unused"}


def test_json_lines_have_them_too(own: Path) -> None:
    as_lines(own)
    found = validated(own)
    assert found.findings == validate_seeds(read_corpus([own]), only=[own])
    assert any(each.source_file.endswith(".jsonl") for each in found.findings)
    with local(2) as pool:
        assert validated(own, pool=pool) == found


def test_yaml_that_there_was_no_room_to_keep_is_read_again(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = validated(own)
    monkeypatch.setattr(validations, "_MOST_KEPT", 0)
    assert validated(own) == found


def test_the_progress_is_told_part_by_part(own: Path) -> None:
    told: list[tuple[int, int, str]] = []
    with survey_to_check([own]) as survey:
        memory = FindingMemory(Path("none"))
        validate_files(survey, memory=memory, progress=lambda *each: told.append(each))
    assert [each[:2] for each in told] == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert {each[2] for each in told} < {each.path for each in read_corpus([own]).sources}


def test_what_was_checked_before_an_interruption_is_not_checked_again(
    own: Path, checked: list[str], tmp_path: Path
) -> None:
    memory = tmp_path / "kept.lines"

    def stop(done: int, total: int, what: str) -> None:
        if done == total:
            raise KeyboardInterrupt

    with survey_to_check([own]) as survey, pytest.raises(KeyboardInterrupt):
        validate_files(survey, memory=FindingMemory(memory), progress=stop)
    first = list(checked)
    checked.clear()
    validated(own, memory=memory)
    assert len(first) > 1
    assert checked == first[-1:]


def test_what_has_not_changed_is_not_checked_again(own: Path, checked: list[str], tmp_path: Path) -> None:
    memory = tmp_path / "kept.lines"
    first = validated(own, memory=memory)
    assert sorted(checked) == sorted(set(checked))
    checked.clear()
    assert validated(own, memory=memory) == first
    assert checked == []


def test_a_file_that_changed_is_checked_with_those_that_share_its_document(
    own: Path, checked: list[str], tmp_path: Path
) -> None:
    memory = tmp_path / "kept.lines"
    first = validated(own, memory=memory)
    checked.clear()
    file = own / "documents" / "tide-note.coder-a.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    assert validated(own, memory=memory) == first
    assert checked == ["documents/quay-letter.coder-b.yaml"]  # which stands in the same text file
    assert len(read_corpus([own]).annotations) == 6


def test_all_is_checked_again_when_a_registry_changes(own: Path, checked: list[str], tmp_path: Path) -> None:
    memory = tmp_path / "kept.lines"
    validated(own, memory=memory)
    count = len(checked)
    checked.clear()
    spoil(own / "registries" / "actors.yaml", "[Lane, Ada Lane]", "[Lane, Mayor Lane]")
    found = validated(own, memory=memory)
    assert len(checked) == count > 1
    assert found.findings == validate_seeds(read_corpus([own]), only=[own])


def test_a_file_with_a_problem_is_told_of_and_the_others_are_checked(own: Path, tmp_path: Path) -> None:
    memory = tmp_path / "kept.lines"
    validated(own, memory=memory)
    spoil(own / "documents" / "tide-note.coder-a.yaml", "coder: coder-a", "coder: coder-x")
    seeds = read_corpus([own])
    for _ in range(2):
        found = validated(own, memory=memory)
        assert found.problems == seeds.problems != ()
        assert found.findings == validate_seeds(seeds, only=[own])
        assert found.files == len(seeds.sources)


def test_only_the_files_asked_for_are_told_of(own: Path) -> None:
    file = own / "documents" / "tide-note.coder-a.yaml"
    found = validated(file)
    assert {each.source_file for each in found.findings} == {"seeds/documents/tide-note.coder-a.yaml"}
    assert found.findings == validate_seeds(read_corpus([file]), only=[file])


def test_a_file_that_changes_while_it_is_checked_is_refused(own: Path) -> None:
    as_lines(own)
    file = own / "documents" / "tide-note.coder-a.jsonl"
    with survey_to_check([own]) as survey:
        units, _ = validations._Reading(survey, FindingMemory(Path("none")), context(own)).units()
        unit = next(each for each in units if each.path == "documents/tide-note.coder-a.jsonl")
        unit.nquads()
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        for read in (unit.nquads, unit.source):
            with pytest.raises(InputError, match="changed while it was being checked"):
                read()


def context(folder: Path) -> Context:
    seeds = read_corpus([folder])
    return validations.context_of([], seeds.corpus)


# ---------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["validate", *words])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_the_command_tells_the_same_each_time_and_checks_once(
    own: Path, checked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = run(capsys, "--jobs", "1")
    assert first[0] == 0
    assert "shape:Entry-alias-again" in first[1]
    assert first[2].endswith("12 files: 3 warnings\n")
    count = len(checked)
    assert run(capsys, "--jobs", "1") == first
    assert len(checked) == count
    assert run(capsys, "--jobs", "1", "--fresh") == first
    assert len(checked) == 2 * count
    assert run(capsys, "--jobs", "1") == first
    assert len(checked) == 2 * count


def test_the_command_tells_the_same_by_the_reference(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted((own / "documents").glob("may-hearing*")):
        file.unlink()
    assert run(capsys, "--engine", "pyshacl", "--all") == run(capsys, "--jobs", "1", "--all")


def test_a_problem_is_exit_status_1(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(own / "documents" / "tide-note.coder-a.yaml", "coder: coder-a", "coder: coder-x")
    status, out, err = run(capsys)
    assert status == 1
    assert "unknown coder 'coder-x'" in out
    assert "1 error" in err


def test_findings_are_values_that_can_be_compared() -> None:
    assert Validation(findings=(), problems=(), files=1) == Validation(findings=(), problems=(), files=1)
    assert Finding.__slots__


# ---------------------------------------------------------------- on a cluster


class Remote(Pool):
    """A pool whose workers see no file of this machine."""

    def __init__(self) -> None:
        super().__init__(None, shares_files=False)

    def map(self, function, items, **options):  # type: ignore[no-untyped-def, override]
        return super().map(function, map(blinded, items), **options)


def blinded(item: Any) -> Any:
    if isinstance(item, Part):
        return Part(item.name, tuple(replace(unit, file=Path("nowhere")) for unit in item.units))
    assert isinstance(item.file, bytes)
    return item


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_files_travel_to_workers_that_do_not_see_them(own: Path, form: str) -> None:
    if form == "jsonl":
        as_lines(own)
    assert validated(own, pool=Remote()) == validated(own)


def test_a_cluster_finds_the_same_though_a_worker_is_killed_midway(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed")
    as_lines(own)
    killed: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as started,
        cluster(started.scheduler_address) as pool,
    ):

        def mapped(function, items, **options):  # type: ignore[no-untyped-def]
            for result in whole(function, items, **options):
                if function.__name__ == "check_part" and not killed:
                    killed.append(started.workers[0].process.pid)
                    os.kill(killed[0], signal.SIGKILL)
                yield result

        whole, pool.map = pool.map, mapped  # type: ignore[method-assign]
        found = validated(own, pool=pool)
        assert len(killed) == 1
        main(["validate", str(own), "--fresh", "--scheduler", started.scheduler_address])
        told = capsys.readouterr()
    assert found == validated(own)
    main(["validate", str(own), "--fresh"])
    assert capsys.readouterr() == told
    assert "Warning" in told.out
