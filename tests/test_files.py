"""Files: where the project's own are, and writing others whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import files
from kg.errors import InputError


@pytest.mark.parametrize(
    "find", [files.ontology_dir, files.queries_dir, files.packaged_seeds, files.schema_dir]
)
def test_the_own_folders_are_found_from_anywhere(
    find: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert any(find().iterdir())  # type: ignore[operator]


def test_package_data_goes_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "kg")
    (tmp_path / "queries").mkdir()
    assert files.queries_dir() == tmp_path / "queries"
    (tmp_path / "kg/data/queries").mkdir(parents=True)
    assert files.queries_dir() == tmp_path / "kg/data/queries"
    with pytest.raises(FileNotFoundError, match="install standpoint again"):
        files.ontology_dir()


def test_a_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.txt"
    files.write_whole(file, ["é", b"\n", "b"])
    assert file.read_bytes() == b"\xc3\xa9\nb"
    assert [path.name for path in file.parent.iterdir()] == ["a.txt"]


def test_a_file_stays_as_it_was_when_writing_fails(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    file = tmp_path / "a.txt"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.txt: cannot be written \(No space left on device\)"):
        files.write_whole(file, broken())
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    file, link = tmp_path / "a.txt", tmp_path / "link.txt"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    files.write_whole(link, ["new"])
    assert link.is_symlink()
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == ("new", 0o640)
