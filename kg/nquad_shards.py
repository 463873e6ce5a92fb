"""The graph of a corpus as a folder of N-Quads files, for the bulk loader of another engine.

All graphs of files are there whole, what follows from a file beside it; `manifest.json` says of each
*shard* what it holds. The same corpus gives the same bytes, however many workers have made them. The
folder is written whole or not at all, and of a corpus with problems not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kg import inference, quads
from kg.build_plans import Fingerprints
from kg.builds import Progress, say_nothing, vocabularies
from kg.errors import InputError
from kg.files import ontology_dir
from kg.folders import Content, write_folder
from kg.shards import Outline, Shard
from kg.surveys import Survey, base_store
from kg.terms import Quad
from kg.version import VERSION

SIZE: Final = 32_000_000
"""So many bytes a shard has at most, unless one graph alone is larger."""

MANIFEST: Final = "manifest.json"
_BATCH: Final = 50_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of N-Quads that stay together: how many graphs begin in them, and how many quads."""

    lines: tuple[bytes, ...]
    graphs: int
    quads: int

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return sum(map(len, self.lines))


@dataclass(frozen=True, slots=True)
class ShardNote:
    """What the manifest says of a shard."""

    file: str
    sha256: str
    bytes: int
    graphs: int
    quads: int


@dataclass(frozen=True, slots=True)
class ShardsReport:
    """What was written."""

    shards: tuple[ShardNote, ...]

    @property
    def quads(self) -> int:
        """How many quads there are in all shards."""
        return sum(note.quads for note in self.shards)

    @property
    def graphs(self) -> int:
        """How many graphs there are in all shards."""
        return sum(note.graphs for note in self.shards)

    def __str__(self) -> str:
        """In one line.

        >>> str(ShardsReport((ShardNote("00000.nq", "", 990, 2, 12),)))
        '1 shard; 12 quads in 2 graphs'
        """
        count = len(self.shards)
        return f"{count:,} shard{'s' if count != 1 else ''}; {self.quads:,} quads in {self.graphs:,} graphs"


def write_shards(survey: Survey, folder: Path, *, progress: Progress = say_nothing) -> ShardsReport:
    """Write all quads of a corpus, what follows included, into *folder*: what a build would load.

    Raises:
        InputError: the corpus has problems, or *folder* cannot be written or holds something else.
    """
    notes: list[ShardNote] = []

    def files() -> Iterator[tuple[str, Content]]:
        for number, pieces in enumerate(_packed(_Corpus(survey, progress).pieces(), SIZE)):
            notes.append(_note(f"{number:05}.nq", pieces))
            yield notes[-1].file, [lines for piece in pieces for lines in piece.lines]
        yield MANIFEST, _manifest(survey, ShardsReport(tuple(notes)))

    write_folder(folder, files(), marker=MANIFEST)
    return ShardsReport(tuple(notes))


def _note(file: str, pieces: list[Piece]) -> ShardNote:
    found = hashlib.sha256()
    for piece in pieces:
        for lines in piece.lines:
            found.update(lines)
    return ShardNote(
        file,
        found.hexdigest(),
        sum(piece.size for piece in pieces),
        sum(piece.graphs for piece in pieces),
        sum(piece.quads for piece in pieces),
    )


def _manifest(survey: Survey, report: ShardsReport) -> bytes:
    told = {
        "format": 1,
        "software": VERSION,
        "base": survey.base.corpus.base,
        "title": survey.base.corpus.title,
        "quads": report.quads,
        "graphs": report.graphs,
        "shards": [asdict(note) for note in report.shards],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _packed(pieces: Iterable[Piece], limit: int) -> Iterator[list[Piece]]:
    """Neighbouring *pieces* that together have *limit* bytes at most, or a larger one alone."""
    together: list[Piece] = []
    size = 0
    for piece in pieces:
        if together and size + piece.size > limit:
            yield together
            together, size = [], 0
        together.append(piece)
        size += piece.size
    if together:
        yield together


class _Corpus:
    """The pieces of a corpus one after the other."""

    def __init__(self, survey: Survey, progress: Progress) -> None:
        self._survey = survey
        self._progress = progress
        self._base = tuple(Fingerprints(survey.base).of_base())
        self._graphs: dict[str, str] = {}
        self._outlines: dict[str, Outline | None] = {}
        self._total = len(self._base) + len(survey.paths()) + 1

    def pieces(self) -> Iterator[Piece]:
        """Registries, files, what follows from the registries.

        Raises:
            InputError: something is wrong with the corpus.
        """
        self._progress(0, self._total, "settings and registries")
        yield from self._registries()
        start = len(self._base)
        for done, shard in enumerate(self._survey.shards(self._survey.paths()), start):
            self._progress(done, self._total, shard.path)
            self._outlines[shard.path] = shard.outline
            yield from self._taken(shard)
        settled = self._survey.settle(self._outlines)
        if settled.problems:
            raise InputError(settled.problems)
        for shard in settled.late:
            yield from self._taken(shard)
        self._progress(self._total - 1, self._total, "what follows from it")
        yield from self._inferred()
        self._progress(self._total, self._total, "done")

    def _registries(self) -> Iterator[Piece]:
        base = self._survey.base
        for source in base.sources:
            lines = quads.nquads(source, base.names, base.corpus)
            yield Piece((lines.encode(),), 1, len(set(lines.split("\n"))) - 1)
        yield next(_batches(vocabularies(), graphs=1))

    def _taken(self, shard: Shard) -> Iterator[Piece]:
        if shard.outline is None or self._graphs.setdefault(shard.graph, shard.path) != shard.path:
            return  # which `settle` tells of
        yield Piece((shard.stated, shard.inferred), 1, shard.stated_count + shard.inferred_count)

    def _inferred(self) -> Iterator[Piece]:
        base = self._survey.base
        core = ontology_dir() / "core.ttl"
        yield from _batches(inference.infer(base_store(base), base.names, core), graphs=1)
        yield from _batches(inference.derivations(base.names, self._graphs), graphs=0)


def _batches(found: Iterable[Quad], *, graphs: int) -> Iterator[Piece]:
    """*found* in lines; the first piece is where *graphs* begin."""
    batch: list[str] = []
    for quad in found:
        batch.append(f"{quad}\n")
        if len(batch) == _BATCH:
            yield Piece(("".join(batch).encode(),), graphs, len(batch))
            batch, graphs = [], 0
    if batch or graphs:
        yield Piece(("".join(batch).encode(),), graphs, len(batch))
