"""Libraries: local copies of texts, found by hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.libraries import LARGEST, TextLibrary
from kg.spans import Span

HASH = hashlib.sha256("größe\r\n".encode()).hexdigest()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "a.txt"
    file.write_bytes("größe\r\n".encode())
    return file


def test_a_text_is_found_in_a_named_folder_or_file(text: Path, tmp_path: Path) -> None:
    for folder in (text.parent, text):
        library = TextLibrary([folder], home=tmp_path / "home")
        assert library.find(HASH) == text
        assert library.read(HASH) == "größe\r\n"
        assert library.passage_text(HASH, Span(1, 5)) == "röße"


def test_the_environment_names_folders_and_home(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_TEXTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KG_TEXTS", os.pathsep.join(["", str(tmp_path / "no"), str(text.parent)]))
    assert TextLibrary().find(HASH) == text
    monkeypatch.setenv("KG_TEXTS", "")
    assert TextLibrary().find(HASH) is None
    (copy,) = TextLibrary().add([text])
    assert copy.path.is_relative_to(tmp_path / "home")


def test_what_is_gone_when_it_is_read_is_passed_over(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = text.with_name("gone.txt")
    gone.write_bytes(b"x")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == gone:
            raise FileNotFoundError(path)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert [copy.path for copy in TextLibrary([text.parent], home=tmp_path / "home").copies()] == [text]


def test_an_added_text_is_found_without_its_file(text: Path, tmp_path: Path) -> None:
    library = TextLibrary([], home=tmp_path / "home")
    assert library.find(HASH) is None
    (copy,) = library.add([text])
    text.unlink()
    assert (copy.sha256, library.read(HASH)) == (HASH, "größe\r\n")
    assert TextLibrary([], home=tmp_path / "home").find_named("a.txt") == (copy,)


def test_adding_twice_equals_once(text: Path, tmp_path: Path) -> None:
    library = TextLibrary([], home=tmp_path / "home")
    assert library.add([text]) == library.add([text.parent]) == library.copies()


def test_what_is_not_at_hand_is_none(tmp_path: Path) -> None:
    library = TextLibrary([], home=tmp_path / "home")
    assert library.read("0" * 64) is None
    assert library.passage_text("0" * 64, Span(0, 1)) is None


def test_none_is_added_where_one_is_no_text(text: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\xff")
    library = TextLibrary([], home=tmp_path / "home")
    with pytest.raises(InputError, match=r"b\.txt: the text is not UTF-8 \(byte 0\)") as caught:
        library.add([text, tmp_path / "b.txt", tmp_path / "no.txt"])
    assert "no.txt: cannot be read (No such file or directory)" in str(caught.value)
    assert library.copies() == ()


def test_hidden_and_very_large_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    (tmp_path / "large.txt").touch()
    os.truncate(tmp_path / "large.txt", LARGEST + 1)
    assert TextLibrary([tmp_path], home=tmp_path / "home").copies() == ()
