"""Corpora of any size with the shape of the coded one, for measurements: `kg generate`.

The same number of passages and the same seed give the same bytes. Each document and each entry has a
drawing of its own, made of the seed, the kind and its number, so that it does not depend on the others.
Only one document at a time is held in memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.corpus_profiles import Profile, shipped_profile
from kg.errors import InputError, Place, Problem
from kg.folders import write_folder
from kg.synthetic_documents import readings, sketches
from kg.synthetic_registries import Line, make_registries
from kg.synthetic_tables import Tables

BASE = "https://example.org/synthetic/"


@dataclass(frozen=True)
class Generated:
    """How much was generated: files, and lines by type."""

    files: int
    lines: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Say it in words."""
        kinds = ("passage", "position", "claim", "part")
        return ", ".join([f"{self.files:,} files", *(f"{self.lines[kind]:,} {kind}s" for kind in kinds)])


def generate(folder: Path, *, passages: int, seed: int, profile: Profile | None = None) -> Generated:
    """Write a synthetic corpus of so many *passages* (over all its files) into a new or empty *folder*.

    Raises:
        InputError: there is something in the folder, or it cannot be written.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        message = "is there already and is not empty"
        raise InputError([Problem(Place(str(folder)), message, "give a new or an empty folder")])
    counts: Counter[str] = Counter()
    write_folder(folder, _counted(corpus_files(passages, seed, profile), counts), marker="corpus.yaml")
    return Generated(counts.pop("file"), counts)


def _counted(
    files: Iterable[tuple[str, list[Line] | str]], counts: Counter[str]
) -> Iterator[tuple[str, str]]:
    for name, content in files:
        counts["file"] += 1
        if isinstance(content, str):
            yield name, content
        else:
            counts.update(line["type"] for line in content)
            yield name, "".join(map(_json, content))


def _json(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def corpus_files(
    passages: int, seed: int, profile: Profile | None = None
) -> Iterator[tuple[str, list[Line] | str]]:
    """Make the files of a synthetic corpus, one after the other: path in it, and lines or text.

    >>> [name for name, _ in corpus_files(10, 1)][:3]
    ['corpus.yaml', 'registries/actors.jsonl', 'registries/issues.jsonl']
    """
    profile = profile or shipped_profile()
    registries = make_registries(passages, seed, profile)
    yield "corpus.yaml", _settings(passages, seed)
    for kind, lines in registries.lines.items():
        yield f"registries/{kind}.jsonl", lines
    tables = Tables(seed, profile, registries)
    documents = sum(1 for _ in sketches(passages, seed, profile))
    sources = dict(
        zip(range(0, documents, _every(documents, registries.anonymous)), registries.anonymous, strict=False)
    )
    for sketch in sketches(passages, seed, profile):
        for coder, lines in readings(sketch, tables, sources):
            yield f"documents/{sketch.number // 1000:03}/{lines[0]['id']}.{coder}.jsonl", lines


def _every(documents: int, sources: Sequence[int]) -> int:
    """Every so many documents one has an anonymous source."""
    return max(1, documents // max(1, len(sources)))


def _settings(passages: int, seed: int) -> str:
    about = f"Made-up words in the shape of a coded corpus: {passages} passages, seed {seed}."
    lines = (
        "title: Synthetic corpus",
        f"base: {BASE}",
        f"description: '{about}'",
        "language: en",
        "layer: main",
    )
    return "\n  ".join(("corpus:", *lines)) + "\n"
