"""The steps of the command line as functions: start a corpus, validate it, build it, load it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.corpora import init_corpus, read_corpus
from kg.graph import Graph, build_memory, open_graph
from kg.texts import Check, TextLibrary, anchor_file
from kg.texts import verify as verify_seeds

if TYPE_CHECKING:
    from kg.shapes import Finding


def init(folder: Path | str) -> Path:
    """Start a corpus of one's own in *folder*, with an example; the folder.

    Raises:
        InputError: something is there already.
    """
    init_corpus(Path(folder))
    return Path(folder)


def validate(*paths: Path | str) -> tuple[Finding, ...]:
    """Check the annotation files at *paths* (default: `seeds` here, else the shipped ones).

    Raises:
        InputError: a file cannot be read, or names something unknown.
    """
    from kg.shapes import validate_seeds

    seeds = read_corpus(paths)
    seeds.raise_problems()
    return validate_seeds(seeds, only=[Path(path) for path in paths])


def anchor(file: Path | str) -> str:
    """Fill in positions, hashes and ids of an annotation file from its quotes; what was done, in words.

    Raises:
        InputError: something cannot be filled in; the file stays as it is.
    """
    return str(anchor_file(Path(file), TextLibrary()))


def verify(*paths: Path | str) -> tuple[Check, ...]:
    """Check every passage of the files at *paths* against the local copies of the texts.

    Raises:
        InputError: a file has problems.
    """
    seeds = read_corpus(paths)
    seeds.raise_problems()
    return verify_seeds(seeds, TextLibrary())


def build(*paths: Path | str, store: Path | str = "build/graph") -> Graph:
    """Bring the graph in the folder *store* up to date with the files at *paths*, and open it.

    Raises:
        InputError: a file has problems; nothing is built.
        StoreError: the folder cannot be written, or another build is at it.
    """
    from kg import builds

    seeds = read_corpus(paths)
    seeds.raise_problems()
    builds.build(seeds, Path(store))
    return open_graph(store)


def load(*paths: Path | str) -> Graph:
    """Build the files at *paths* in memory.

    Raises:
        InputError: a file has problems.
    """
    return build_memory(read_corpus(paths))
