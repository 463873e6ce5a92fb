"""The steps of the command line as functions: start a corpus, validate it, build it, load it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kg.corpora import find_files, init_corpus, read_corpus
from kg.errors import InputError, Problem
from kg.texts import Check, TextLibrary, anchor_file
from kg.texts import verify as verify_seeds

if TYPE_CHECKING:
    from kg.build_plans import BuildReport
    from kg.builds import Progress
    from kg.corpora import Seeds
    from kg.graph import Graph
    from kg.pools import Pool
    from kg.shapes import Finding
    from kg.surveys import FileSurvey, Survey


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
    from kg.finding_memories import memory_for
    from kg.validations import survey_to_check, validate_files

    with survey_to_check(paths) as found:
        told = validate_files(found, memory=memory_for(found.found.root), only=paths)
    refuse(told.problems)
    return told.findings


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
    from kg.graph import open_graph

    with survey(paths) as found:
        bring_up_to_date(found, store, check=refuse)
    return open_graph(store)


@contextmanager
def survey(paths: Sequence[Path | str], pool: Pool | None = None) -> Iterator[FileSurvey]:
    """Find the files of a corpus to build, or to go through; *pool* reads them (default: as they need).

    Raises:
        InputError: there is no corpus here, or its settings cannot be read.
    """
    from kg.line_registries import read_at_once
    from kg.pools import local
    from kg.surveys import FileSurvey

    files = find_files(paths)
    with pool or local(FileSurvey.jobs_for(files)) as workers:
        yield FileSurvey.of(files, workers, reader=read_at_once)


def workers(jobs: int | None, scheduler: str | None) -> Pool | None:
    """Who reads the files: so many processes, or a Dask cluster; None: as many processes as it needs.

    Raises:
        PoolError: the cluster is out of reach.
    """
    from kg import pools

    if scheduler is not None:
        return pools.cluster(scheduler)
    return pools.local(jobs) if jobs is not None else None


def refuse(problems: tuple[Problem, ...]) -> None:
    """Build nothing of a corpus with problems.

    Raises:
        InputError: with the problems, if there are any.
    """
    if problems:
        raise InputError(problems)


def bring_up_to_date(
    corpus: Survey | Seeds,
    store: Path | str,
    *,
    progress: Progress | None = None,
    check: Callable[[tuple[Problem, ...]], None] | None = None,
) -> BuildReport:
    """Make the graphs in *store*, a folder or the URL of a SPARQL server, what *corpus* says.

    Raises:
        StoreError: it cannot be written, or another build is at it.
    """
    from kg import builds

    told, checked = progress or builds.say_nothing, check or builds.accept
    if str(store).startswith(("http://", "https://")):
        from kg import remote_builds
        from kg.remote import RemoteStore

        return remote_builds.build(corpus, RemoteStore(str(store)), progress=told, check=checked)
    return builds.build(corpus, Path(store), progress=told, check=checked)


def load(*paths: Path | str) -> Graph:
    """Build the files at *paths* in memory.

    Raises:
        InputError: a file has problems.
    """
    from kg.builds import build_memory
    from kg.graph import graph_of

    with survey(paths) as found:
        return graph_of(build_memory(found, check=refuse), found.found.root)
