"""A folder is written whole or not at all, and nobody's files are lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.folders import write_folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_new_folder_holds_just_the_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "a/b", {"marker": "ü", "in/deep": b"\x00"}, marker="marker")
    assert content(tmp_path / "a/b") == {"marker": "ü".encode(), "in/deep": b"\x00"}
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_an_earlier_export_is_replaced_with_all_its_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {"marker": "", "old": ""}, marker="marker")
    write_folder(tmp_path / "x", {"marker": "", "new": ""}, marker="marker")
    assert content(tmp_path / "x").keys() == {"marker", "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    write_folder(tmp_path / "x", {"marker": ""}, marker="marker")
    assert content(tmp_path / "x").keys() == {"marker"}


@pytest.mark.parametrize("name", ["thesis.txt", "other-marker"])
def test_a_folder_with_other_files_stays_as_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / name).write_text("mine")
    with pytest.raises(InputError, match="no earlier export of this form; give a new or an empty folder"):
        write_folder(tmp_path / "x", {"marker": ""}, marker="marker")
    assert content(tmp_path / "x") == {name: b"mine"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(InputError, match="no earlier export"):
        write_folder(tmp_path / "x", {"marker": ""}, marker="marker")
    assert (tmp_path / "x").read_text() == "mine"


def test_what_fails_half_way_leaves_the_old_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {"marker": "", "old": "1"}, marker="marker")
    with pytest.raises(InputError, match="cannot be written"):
        write_folder(tmp_path / "x", {"marker": "", "a": "", "a/b": ""}, marker="marker")
    assert content(tmp_path / "x") == {"marker": b"", "old": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
