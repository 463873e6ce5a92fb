"""The steps of the command line as functions: start a corpus, validate it, build it, load it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.corpora import init_corpus, read_corpus
from kg.graph import Graph, build_memory, open_graph
from kg.texts import Check, TextLibrary, anchor_file
from kg.texts import verify as verify_seeds

if TYPE_CHECKING:
    from kg.builds import BuildReport, Progress
    from kg.corpora import Seeds
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
    """Bring the graph *store* up to date with the files at *paths*, and open it.

    *store* is a folder, or the URL of a SPARQL server that takes updates.

    Raises:
        InputError: a file has problems; nothing is built.
        StoreError: the folder or server cannot be written, or another build is at it.
    """
    seeds = read_corpus(paths)
    seeds.raise_problems()
    bring_up_to_date(seeds, store)
    return open_graph(store)


def bring_up_to_date(seeds: Seeds, store: Path | str, *, progress: Progress | None = None) -> BuildReport:
    """Make the graphs in *store*, a folder or the URL of a SPARQL server, what *seeds* say.

    Raises:
        StoreError: it cannot be written, or another build is at it.
    """
    if str(store).startswith(("http://", "https://")):
        from kg import remote_builds
        from kg.remote import RemoteStore

        return remote_builds.build(seeds, RemoteStore(str(store)), progress=progress)
    from kg import builds

    return builds.build(seeds, Path(store), progress=progress)


def load(*paths: Path | str) -> Graph:
    """Build the files at *paths* in memory.

    Raises:
        InputError: a file has problems.
    """
    return build_memory(read_corpus(paths))
