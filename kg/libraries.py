"""Local copies of documents, found by hash.

The texts are other people's and stay outside the project. They are found by the SHA-256
of their bytes in the files and folders that the environment variable `KG_TEXTS` names
and in the user's data folder (or `KG_TEXTS_HOME`), which `TextLibrary.add` fills.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.annotations import show_path
from kg.errors import AnchorError, InputError, Place, Problem
from kg.files import write_whole
from kg.spans import Span, decode

LARGEST: Final = 64 * 2**20
"""Bytes; a file above is no text of ours and is passed over."""


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """A local copy of a text."""

    path: Path
    sha256: str

    def __str__(self) -> str:
        return f"{self.sha256}  {self.path}"


class TextLibrary:
    """The texts at hand; nothing is read before it is asked for.

    Args:
        folders: files and folders with texts; by default those that `KG_TEXTS` names.
        home: where added texts are kept; by default `KG_TEXTS_HOME` or the user's data folder.
    """

    def __init__(self, folders: Sequence[Path] | None = None, *, home: Path | None = None) -> None:
        named = os.environ.get("KG_TEXTS", "").split(os.pathsep) if folders is None else folders
        self._folders = tuple(Path(folder).expanduser() for folder in named if str(folder))
        self._home = home or _default_home()
        self._copies: dict[str, Copy] | None = None
        self._read = lru_cache(maxsize=64)(_read_text)

    @property
    def missing(self) -> tuple[Path, ...]:
        """The named files and folders that do not exist."""
        return tuple(folder for folder in self._folders if not folder.exists())

    def find(self, sha256: str) -> Path | None:
        """Find the local copy of the text with this hash."""
        copy = self._index().get(sha256)
        return copy.path if copy else None

    def read(self, sha256: str) -> str | None:
        """Read the text with this hash, as offsets count it; None if it is not at hand."""
        path = self.find(sha256)
        return self._read(path) if path else None

    def passage_text(self, sha256: str, span: Span) -> str | None:
        """Read a span of the text with this hash, for display; None if it is not at hand."""
        text = self.read(sha256)
        return None if text is None else text[span.start : span.end]

    def copies(self) -> tuple[Copy, ...]:
        """List the texts at hand."""
        return tuple(sorted(self._index().values()))

    def find_named(self, name: str) -> tuple[Copy, ...]:
        """Find the texts whose file has this name."""
        return tuple(copy for copy in self.copies() if copy.path.name == Path(name).name)

    def add(self, files: Iterable[Path]) -> tuple[Copy, ...]:
        """Keep copies of *files* (or of all files in a folder) outside the project, each under its hash.

        Raises:
            InputError: a file cannot be read, or is no UTF-8 text; then none is added.
        """
        chosen = [found for file in files for found in (_list_texts(file) if file.is_dir() else [file])]
        problems: list[Problem] = []
        contents: dict[Path, bytes] = {}
        for file in chosen:
            try:
                contents[file] = file.read_bytes()
                decode(contents[file])
            except OSError as error:
                message = f"cannot be read ({error.strerror})"
                problems.append(Problem(Place(show_path(file)), message, "check the path"))
            except AnchorError as error:
                problems.append(Problem(Place(show_path(file)), str(error)))
        if problems:
            raise InputError(problems)
        self._copies = None
        return tuple(self._keep(file.name, data) for file, data in contents.items())

    def _keep(self, name: str, data: bytes) -> Copy:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._home / sha256 / name
        if not path.exists():
            write_whole(path, [data])
        return Copy(path, sha256)

    def _index(self) -> dict[str, Copy]:
        if self._copies is None:
            self._copies = {}
            for path in (found for folder in (*self._folders, self._home) for found in _list_texts(folder)):
                with contextlib.suppress(OSError):  # it may be gone, or a device, by the time it is read
                    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                    self._copies.setdefault(sha256, Copy(path, sha256))
        return self._copies


def _default_home() -> Path:
    if named := os.environ.get("KG_TEXTS_HOME"):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("standpoint", appauthor=False) / "texts"


def _list_texts(folder: Path) -> Iterator[Path]:
    """List the readable files in a folder, or the one file; hidden and very large ones are passed over."""
    found = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    for path in found:
        if not path.name.startswith(".") and _is_readable(path):
            yield path


def _is_readable(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= LARGEST
    except OSError:
        return False


def _read_text(path: Path) -> str:
    return decode(path.read_bytes())
