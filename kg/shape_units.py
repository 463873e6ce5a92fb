"""Annotation files as units that are checked together or apart, and how they are read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from kg.annotations import parse_source, show_path
from kg.documents import is_lines, read_bytes
from kg.errors import InputError, Place, Problem
from kg.line_records import read_annotation
from kg.quad_lines import QuadLines
from kg.quads import nquads, write
from kg.records import Corpus, Source
from kg.shape_parts import Part
from kg.shape_unions import Groups
from kg.terms import Names


class FileUnit(Protocol):
    """A file with annotations; *path* is its path in the corpus, *keys* what it may share with others."""

    @property
    def path(self) -> str:
        """The path in the corpus."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of what the file tells of that others may tell of, too: a guess, which nothing relies on."""

    @property
    def digest(self) -> str:
        """A hash of what the file says."""

    def nquads(self) -> str:
        """Its statements."""

    def source(self) -> Source:
        """Its records, with their places."""


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A file that was read, and whose records are at hand."""

    records: Source
    corpus: Corpus
    keys: tuple[str, ...]

    @property
    def path(self) -> str:
        """The path in the corpus."""
        return self.records.path

    @property
    def digest(self) -> str:
        """A hash of what the file says."""
        return _digest(self.path, self.records.sha256)

    def nquads(self) -> str:
        """Its statements."""
        return nquads(self.records, Names(self.corpus.base), self.corpus)

    def source(self) -> Source:
        """Its records, with their places."""
        return self.records


@dataclass(frozen=True, slots=True)
class UnreadUnit:
    """A file that is read when it is its turn, unless what it *stated*, or its *data*, is at hand."""

    path: str
    file: Path
    sha256: str
    corpus: Corpus
    keys: tuple[str, ...]
    stated: bytes = field(default=b"", repr=False)
    data: bytes = field(default=b"", repr=False)

    def with_data(self) -> UnreadUnit:
        """The same with all that its statements are made from, for who does not see the file.

        Raises:
            InputError: the file cannot be read, or is another by now.
        """
        return self if self.stated or self.data else replace(self, data=self._data())

    @property
    def digest(self) -> str:
        """A hash of what the file says."""
        return _digest(self.path, self.sha256)

    def nquads(self) -> str:
        """Its statements.

        Raises:
            InputError: the file is another by now.
        """
        if self.stated:
            return self.stated.decode()
        data, names = self._data(), Names(self.corpus.base)
        read = read_annotation(data) if is_lines(self.path) else None
        if read is None:
            return nquads(self._parsed(data), names, self.corpus)
        content = read.content
        out = QuadLines(names, self.corpus, names.graph(content.document.id, content.coding.coder))
        write(out, self.path, self.sha256, content)
        return "".join(out.written)

    def source(self) -> Source:
        """Its records, with their places.

        Raises:
            InputError: the file is another by now.
        """
        return self._parsed(self._data())

    def _data(self) -> bytes:
        data = self.data or read_bytes(self.file, path=str(self.file))
        if hashlib.sha256(data).hexdigest() != self.sha256:
            place = Place(show_path(self.file))
            raise InputError([Problem(place, "changed while it was being checked", "check it again")])
        return data

    def _parsed(self, data: bytes) -> Source:
        return parse_source(data, path=show_path(self.file), name=self.path)


def _digest(path: str, sha256: str) -> str:
    return hashlib.sha256(f"{path}\0{sha256}".encode()).hexdigest()


AnyFile = TypeVar("AnyFile", bound=FileUnit)


def parts_of(units: Iterable[AnyFile]) -> list[Part[AnyFile]]:
    """Put together the units that share a key."""
    listed = list(units)
    groups, owner = Groups(len(listed)), dict[str, int]()
    for number, unit in enumerate(listed):
        for key in unit.keys:
            groups.join(owner.setdefault(key, number), number)
    found = ([listed[number] for number in group] for group in groups.all())
    return [Part(some[0].path, tuple(some)) for some in found]
