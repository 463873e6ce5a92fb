"""One annotation file to what a store loads of it: a pure function, carried out wherever there is room.

A *shard* is the graph of one file as N-Quads, what follows from it, and its *outline*: what has to
be known of it to check the files of a corpus against each other. Files without problems are
decoded at once (`kg.line_records`); what is wrong with the others is found by `kg.corpora`,
which reads them again and knows places.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from kg import fields
from kg.annotations import parse_source
from kg.documents import is_lines, read_bytes
from kg.errors import InputError
from kg.file_inference import Following, follow
from kg.line_records import read_annotation
from kg.quad_lines import QuadLines
from kg.quads import write
from kg.records import Annotation, Corpus, Source
from kg.references import references_of
from kg.terms import Names

_SEEN_BY_OTHERS: Final = tuple(
    field.key for field in fields.DOCUMENT.fields if field.key not in ("outside", "note")
)


@dataclass(frozen=True)
class Background:
    """What has to be known to read an annotation file: settings, entries of the registries, what follows."""

    corpus: Corpus
    known: dict[str, frozenset[str]]
    following: Following

    @cached_property
    def names(self) -> Names:
        """The IRIs of the corpus."""
        return Names(self.corpus.base)


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: *file* is where it lies or what it holds, *path* its path in the corpus."""

    path: str
    file: Path | bytes

    @property
    def size(self) -> int:
        """How many bytes it brings along."""
        return len(self.file) if isinstance(self.file, bytes) else 0


@dataclass(frozen=True, slots=True)
class Outline:
    """What the other files of a corpus have to do with one.

    *facts* is a digest of what it says of its document, *plans* are the pairs of a plan and a plan in it.
    """

    document: str
    coder: str
    facts: str
    plans: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shard:
    """What a store loads of one file: lines of N-Quads, *stated* there and *inferred*, and how many of each.

    Without an outline the file has a problem, or names an entry that no registry has.
    """

    path: str
    sha256: str
    graph: str = ""
    outline: Outline | None = None
    stated: bytes = b""
    inferred: bytes = b""
    stated_count: int = 0
    inferred_count: int = 0


def make_shard(background: Background, job: Job) -> Shard:
    """Make the shard of a file; one that cannot be read makes an empty one."""
    try:
        data = job.file if isinstance(job.file, bytes) else read_bytes(job.file, path=str(job.file))
    except InputError:
        return Shard(job.path, "")
    sha256 = hashlib.sha256(data).hexdigest()
    if is_lines(job.path) and (read := read_annotation(data)) is not None:
        if not all(slugs <= background.known[kind] for kind, slugs in read.references.items()):
            return Shard(job.path, sha256)
        return _written(background, job.path, sha256, read.content)
    try:
        source = parse_source(data, path=job.path, name=job.path)
    except InputError:
        return Shard(job.path, sha256)
    known = background.known
    if not isinstance(source.content, Annotation) or not all(
        reference.slug in known[reference.kind] for reference in references_of(source)
    ):
        return Shard(job.path, sha256)
    return _written(background, job.path, sha256, source.content)


def shard_of(background: Background, source: Source) -> Shard:
    """Make the shard of an annotation file that was read already, without any problem."""
    if not isinstance(source.content, Annotation):
        raise TypeError(f"{source.path} is no annotation file")
    return _written(background, source.path, source.sha256, source.content)


def _written(background: Background, path: str, sha256: str, annotation: Annotation) -> Shard:
    names = background.names
    document, coder = annotation.document, annotation.coding.coder
    out = QuadLines(names, background.corpus, names.graph(document.id, coder))
    write(out, path, sha256, annotation)
    stated = b"".join([piece.encode() for piece in out.written])
    inferred = b"".join([piece.encode() for piece in follow(background.following, names, annotation)])
    return Shard(
        path,
        sha256,
        out.graph,
        Outline(document.id, coder, _facts(document), _plans(annotation)),
        stated,
        inferred,
        len(set(stated.split(b"\n"))) - 1 if out.has_twins else stated.count(b"\n"),
        inferred.count(b"\n"),
    )


def _facts(document: Any) -> str:
    said = [getattr(document, key) for key in _SEEN_BY_OTHERS if key != "text"]
    text = document.text
    return hashlib.sha256(repr([*said, text.sha256, text.start, text.end]).encode()).hexdigest()


def _plans(annotation: Annotation) -> tuple[tuple[str, str], ...]:
    return tuple((part.plan, part.subplan) for part in annotation.parts if part.subplan)
