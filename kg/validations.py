"""Validate a corpus file by file: only what has changed, wherever there is room.

Each file is read once to see how it goes with the others (`kg.surveys`), and once more when it is
checked; what was found out about either is remembered, so files that are as they were are only
hashed. YAML takes longest to read, so what it states is kept for the check, within bounds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from kg.corpora import Found, find_files
from kg.documents import is_lines
from kg.errors import Problem
from kg.finding_memories import FindingMemory
from kg.findings import Finding
from kg.pools import Pool, local
from kg.shape_contexts import Context, fingerprint
from kg.shape_parts import Part, Told
from kg.shape_unions import check_parts
from kg.shape_units import UnreadUnit, parts_of
from kg.shapes import context_of, placed
from kg.shards import Outline, Shard
from kg.surveys import FileSurvey

_MOST_KEPT: Final = 1 << 26  # bytes of N-Quads from YAML files
_WORTH_PROCESSES: Final = (
    4_000_000  # bytes of files: two seconds' work, where a process starts in half of one
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was found in a corpus, what is wrong with files so that they were not checked, how many were."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    files: int


def validate_files(
    survey: FileSurvey,
    *,
    memory: FindingMemory,
    only: Sequence[Path | str] = (),
    progress: Progress | None = None,
) -> Validation:
    """Check the files of *survey* against the ontology's shapes, those of which *memory* does not know.

    *only* keeps the findings in these files and folders. *progress* is told how many parts are checked,
    of how many, and which was the last.

    Raises:
        InputError: a file changes while it is checked.
        PoolError: the processes that check cannot.
    """
    base = survey.base.sources
    context = context_of(base, survey.base.corpus)
    reading = _Reading(survey, memory, context)
    units, problems = reading.units()
    try:
        map_ = _map_of(survey.pool, progress or _say_nothing)
        found = check_parts(context, parts_of(units), map_=map_, memory=memory)
    finally:
        memory.save()  # whoever is interrupted does not begin from nothing
    findings = placed(found, base, survey.base.corpus, only=only)
    return Validation(findings=findings, problems=problems, files=len(base) + len(units))


@contextmanager
def survey_to_check(paths: Sequence[Path | str], pool: Pool | None = None) -> Iterator[FileSurvey]:
    """Find the files of a corpus to check; *pool* does the work (default: processes, if it is worth them).

    Raises:
        InputError: there is no corpus here, or its settings cannot be read.
    """
    files = find_files(paths)
    with pool or local(_jobs_for(files)) as workers:
        yield FileSurvey.of(files, workers)


def _jobs_for(files: Found) -> int | None:
    size = 0
    for file in files.annotated.values():
        with suppress(OSError):
            size += file.stat().st_size
    return None if size > _WORTH_PROCESSES else FileSurvey.jobs_for(files)


_TEXT: Final = re.compile(rb"/text/([0-9a-f]{64})>")


def _text_of(shard: Shard) -> str:
    """The text file that the document stands in, which others may stand in, too."""
    found = _TEXT.search(shard.stated)
    return found[1].decode() if found else ""


Progress: TypeAlias = Callable[[int, int, str], None]


def _say_nothing(done: int, total: int, what: str) -> None:
    """Nobody is told."""


def _map_of(pool: Pool, progress: Progress) -> Callable[..., Iterator[Told]]:
    def map_(
        function: Callable[[Context, Part[Any]], Told], parts: Iterable[Part[Any]], context: Context
    ) -> Iterator[Told]:
        listed = list(parts)
        if pool.shares_files:
            found = pool.map(function, listed, shared=context)
        else:
            found = pool.map(function, map(_with_data, listed), shared=context, size=_size)
        for done, (part, told) in enumerate(zip(listed, found, strict=True), start=1):
            progress(done, len(listed), part.name)
            yield told

    return map_


def _with_data(part: Part[UnreadUnit]) -> Part[UnreadUnit]:
    return Part(part.name, tuple(unit.with_data() for unit in part.units))


def _size(part: Part[UnreadUnit]) -> int:
    return sum(len(unit.data) + len(unit.stated) for unit in part.units)


class _Reading:
    """Reads what the files of a corpus have to do with each other."""

    def __init__(self, survey: FileSurvey, memory: FindingMemory, context: Context) -> None:
        self._survey = survey
        self._memory = memory
        self._background = context.key
        self._texts: dict[str, str] = {}
        self._stated: dict[str, bytes] = {}
        self._room = _MOST_KEPT

    def units(self) -> tuple[list[UnreadUnit], tuple[Problem, ...]]:
        """The files that have no problem, and the problems of the others."""
        paths = self._survey.paths()
        hashes = {path: self._survey.sha256(path) for path in paths}
        outlines = {path: self._recall(path, hashes[path]) for path in paths}
        unknown = [path for path, outline in outlines.items() if outline is None]
        for shard in self._survey.shards(unknown) if unknown else ():
            outlines[shard.path] = shard.outline
            hashes[shard.path] = shard.sha256
            self._texts[shard.path] = _text_of(shard)
            self._keep(shard)
        settled = self._survey.settle(outlines)
        for shard in settled.late:
            outlines[shard.path] = shard.outline
            hashes[shard.path] = shard.sha256
            self._stated[shard.path] = shard.stated
        return [
            self._unit(path, hashes[path], outline)
            for path, outline in outlines.items()
            if outline is not None and path not in settled.broken
        ], settled.problems

    def _unit(self, path: str, sha256: str, outline: Outline) -> UnreadUnit:
        file, corpus = self._survey.found.annotated[path], self._survey.base.corpus
        keys = (outline.document, self._texts.get(path) or path)
        return UnreadUnit(path, file, sha256, corpus, keys, self._stated.get(path, b""))

    # ------------------------------------------------------------ what is remembered

    def _key(self, path: str, sha256: str) -> str:
        told = f"outline {self._background} {fingerprint()} {path} {sha256}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _recall(self, path: str, sha256: str) -> Outline | None:
        try:
            document, coder, facts, plans, text = self._memory.recall(self._key(path, sha256))
            self._texts[path] = text
            return Outline(document, coder, facts, tuple((plan, inner) for plan, inner in plans))
        except (TypeError, ValueError):
            return None

    def _keep(self, shard: Shard) -> None:
        told = shard.outline
        if told is None:
            return
        plain = [told.document, told.coder, told.facts, told.plans, self._texts[shard.path]]
        self._memory.keep(self._key(shard.path, shard.sha256), plain)
        if not is_lines(shard.path) and len(shard.stated) <= self._room:
            self._stated[shard.path] = shard.stated
            self._room -= len(shard.stated)
