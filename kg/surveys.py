"""A corpus as a build goes through it: file by file, with no more of it in memory than is at work.

Settings and registries are read first and whole, for everything refers to them. Annotation files
become `Shard`s one by one, wherever there is room (`kg.pools`). What is wrong is found twice: here,
that *something* is wrong with a file, from the outlines of all; and then what, by the careful
reader, which sees only the files in question (`Settled`).
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from kg import engine, engine_edits, inference, quads
from kg.annotations import read_draft
from kg.corpora import Found, Reader, Seeds, read_carefully, read_files
from kg.cycles import find_cycles
from kg.documents import is_lines, read_bytes
from kg.engine import Engine
from kg.errors import InputError, Problem
from kg.file_inference import Following, ties_of
from kg.files import ontology_dir
from kg.kinds import REGISTERED
from kg.pools import Pool
from kg.records import Annotation
from kg.shards import Background, Job, Outline, Shard, make_shard, shard_of


@dataclass(frozen=True, slots=True)
class Settled:
    """What is wrong with a corpus, and files with something odd that turned out to be well.

    *broken* are the paths of files with problems; *late* the shards that are to be added.
    """

    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    late: tuple[Shard, ...] = ()


Mark: TypeAlias = tuple[int, ...]
"""Size, times of change and number of a file, as the system tells them; empty: not to be relied on."""


class Survey(Protocol):
    """A corpus to be gone through.

    *base* is its settings and registries, read whole, with what is wrong with them.
    """

    base: Seeds
    is_whole: bool

    @property
    def background(self) -> Background:
        """What each file needs to know."""

    def paths(self) -> Sequence[str]:
        """The paths of the annotation files in the corpus, sorted."""

    def mark(self, path: str) -> Mark:
        """Tell whether a file is as it was, without reading it."""

    def sha256(self, path: str) -> str:
        """The hash of a file's bytes; empty where it cannot be read."""

    def shards(self, paths: Iterable[str]) -> Iterator[Shard]:
        """The shards of these files, in their order."""

    def settle(self, outlines: Mapping[str, Outline | None]) -> Settled:
        """Tell what is wrong, from the outlines of all files by path (None: something is)."""


def registered(base: Seeds) -> dict[str, frozenset[str]]:
    """The slugs of the entries of all registries, by kind."""
    return {
        kind: frozenset(entry.id for each in base.registries for entry in getattr(each, f"{kind}s"))
        for kind in REGISTERED
    }


def base_store(base: Seeds) -> Engine:
    """Settings and registries in a store of their own, from which it is read what follows."""
    store = engine.memory()
    for source in base.sources:
        if not isinstance(source.content, Annotation):
            engine_edits.load_lines(store, [quads.nquads(source, base.names, base.corpus).encode()])
    return store


def make_background(base: Seeds) -> Background:
    """Gather what each file needs to know."""
    axioms = inference.Axioms.read(ontology_dir() / "core.ttl")
    ties = ties_of(base.registries, base.names)
    return Background(base.corpus, registered(base), Following.make(axioms, ties))


# ---------------------------------------------------------------- records that are there already


class RecordSurvey:
    """A corpus that was read whole: its problems are known."""

    def __init__(self, seeds: Seeds) -> None:
        self._seeds = seeds
        self._sources = {each.path: each for each in seeds.sources if isinstance(each.content, Annotation)}
        rest = tuple(each for each in seeds.sources if not isinstance(each.content, Annotation))
        self.base: Seeds = replace(seeds, sources=rest)
        self.is_whole: bool = seeds.is_whole

    @cached_property
    def background(self) -> Background:
        """What each file needs to know."""
        return make_background(self.base)

    def paths(self) -> Sequence[str]:
        """The paths of the annotation files in the corpus, sorted."""
        return sorted(self._sources)

    def mark(self, path: str) -> Mark:
        """Records have no such mark."""
        return ()

    def sha256(self, path: str) -> str:
        """The hash of the bytes that the records were read from."""
        return self._sources[path].sha256

    def shards(self, paths: Iterable[str]) -> Iterator[Shard]:
        """The shards of these files, in their order."""
        return (shard_of(self.background, self._sources[path]) for path in paths)

    def settle(self, outlines: Mapping[str, Outline | None]) -> Settled:
        """What was found when the corpus was read."""
        return Settled(self._seeds.problems, frozenset(self._seeds.broken))


# ---------------------------------------------------------------- files


_LITTLE: Final = 600_000
"""Bytes of YAML that are read as fast as two interpreters start."""
_LINES_TO_YAML: Final = 40
"""How many times faster JSON Lines are read than YAML."""
_LATELY: Final = 1_000_000_000
"""Nanoseconds: two changes of a file so near to one another may have the same time."""


@dataclass
class FileSurvey:
    """The files of a corpus, read as they are needed."""

    found: Found
    base: Seeds
    pool: Pool
    is_whole: bool
    _files: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Found, pool: Pool, *, reader: Reader = read_carefully) -> FileSurvey:
        """Read the settings and registries among the files that were *found*.

        A *reader* that knows no places (`kg.line_registries`) is made good for by the careful one
        where anything is wrong.

        Raises:
            InputError: the settings cannot be read.
        """
        try:
            base = read_files(found, (), reader=reader)
        except InputError:
            base = read_files(found, ())
        if base.problems:
            base = read_files(found, ())
        # A file may only show what it is after its first page, which is all that was looked at.
        late = {each.path for each in base.sources if isinstance(each.content, Annotation)}
        if late:
            found = replace(
                found,
                plain={path: file for path, file in found.plain.items() if path not in late},
                annotated=found.annotated | {path: found.plain[path][0] for path in late},
            )
            kept = tuple(each for each in base.sources if each.path not in late)
            base = replace(base, sources=kept)
        return cls(found, base, pool, found.is_whole, dict(found.annotated))

    @staticmethod
    def jobs_for(found: Found) -> int | None:
        """How many processes it takes to read the files: one for little, else as many as there are cores."""
        work = 0.0
        for path, file in found.annotated.items():
            with suppress(OSError):
                work += file.stat().st_size / (_LINES_TO_YAML if is_lines(path) else 1)
        return None if work > _LITTLE else 1

    @cached_property
    def background(self) -> Background:
        """What each file needs to know."""
        return make_background(self.base)

    def paths(self) -> Sequence[str]:
        """The paths of the annotation files in the corpus, sorted."""
        return sorted(self._files)

    def mark(self, path: str) -> Mark:
        """Size, times of change and number of the file; nothing if it changed just now."""
        try:
            told = os.stat(self._files[path])  # noqa: PTH116 - thousands of files
        except OSError:
            return ()
        if time.time_ns() - told.st_ctime_ns < _LATELY:
            return ()
        return told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino

    def sha256(self, path: str) -> str:
        """The hash of a file's bytes; empty where it cannot be read."""
        try:
            return hashlib.sha256(read_bytes(self._files[path], path=path)).hexdigest()
        except InputError:
            return ""

    def shards(self, paths: Iterable[str]) -> Iterator[Shard]:
        """The shards of these files, in their order."""
        if self.pool.shares_files:
            jobs = (Job(path, self._files[path]) for path in paths)
            return self.pool.map(make_shard, jobs, shared=self.background)
        sent = (self._sent(path) for path in paths)
        return self.pool.map(make_shard, sent, shared=self.background, size=lambda job: job.size)

    def _sent(self, path: str) -> Job:
        """A file with what it holds; without, where it cannot be read."""
        try:
            return Job(path, read_bytes(self._files[path], path=path))
        except InputError:
            return Job(path, Path(os.devnull, path))  # nor can anybody else

    def settle(self, outlines: Mapping[str, Outline | None]) -> Settled:
        """Tell what is wrong, from the outlines of all files by path (None: something is)."""
        suspects = find_suspects(outlines)
        if not suspects:
            return Settled(self.base.problems, frozenset(self.base.broken))
        documents = {self._document(path, outlines[path]) for path in suspects} - {""}
        suspects.update(path for path, each in outlines.items() if each and each.document in documents)
        seeds = read_files(self.found, suspects)
        late = tuple(
            shard_of(self.background, each)
            for each in seeds.sources
            if isinstance(each.content, Annotation) and outlines.get(each.path) is None
        )
        return Settled(seeds.problems, frozenset(seeds.broken), late)

    def _document(self, path: str, outline: Outline | None) -> str:
        """Which document a file is about, as far as that can be told."""
        if outline is not None:
            return outline.document
        source = read_draft(self._files[path], root=self.found.root).source
        return source.content.document.id if source and isinstance(source.content, Annotation) else ""


def find_suspects(outlines: Mapping[str, Outline | None]) -> set[str]:
    """The files that cannot be well together, or alone."""
    suspects = {path for path, outline in outlines.items() if outline is None}
    readings: defaultdict[str, list[tuple[str, Outline]]] = defaultdict(list)
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for path, outline in outlines.items():
        if outline is not None:
            readings[outline.document].append((path, outline))
            for plan, inner in outline.plans:
                edges[plan].add(inner)
    for found in readings.values():
        coders = {outline.coder for _, outline in found}
        if len(coders) < len(found) or len({outline.facts for _, outline in found}) > 1:
            suspects.update(path for path, _ in found)
    if find_cycles(edges):
        suspects.update(path for path, outline in outlines.items() if outline and outline.plans)
    return suspects
