"""Corpora: find the files of a corpus folder, read them, and check what they say about each other.

A file with any problem contributes nothing and is listed as broken with all its
problems; the other files are read all the same.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from kg import fields
from kg.annotations import name_source, read_draft, show_path
from kg.cycles import find_cycles
from kg.errors import InputError, Place, Problem
from kg.files import packaged_seeds, schema_dir, starter_dir, write_whole
from kg.kinds import REGISTERED
from kg.records import Annotation, Corpus, Document, Draft, Registry, Source, Text
from kg.references import Graph, Reference, entries, hierarchies, place_of, references_of
from kg.terms import Names
from kg.trees import guess_ids
from kg.words import suggest

SETTINGS: Final = ("corpus.yaml", "corpus.yml", "corpus.jsonl")
"""The names that the settings of a corpus can have; their folder is the corpus."""
SUFFIXES: Final = (".yaml", ".yml", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Seeds:
    """A corpus as it was read: its settings and sources, and what was wrong.

    *sources* are those without problems, by path; *broken* are the paths of the others,
    as `Source.path` writes them. Where only some files of the corpus were asked for, it is not
    whole: nothing is known of the others.
    """

    root: Path
    corpus: Corpus
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()
    broken: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def names(self) -> Names:
        """The IRIs of the corpus."""
        return Names(self.corpus.base)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What the annotation files hold."""
        return tuple(each.content for each in self.sources if isinstance(each.content, Annotation))

    @property
    def registries(self) -> tuple[Registry, ...]:
        """What the registry files hold."""
        return tuple(each.content for each in self.sources if isinstance(each.content, Registry))

    def raise_problems(self) -> None:
        """Raise what was wrong, if anything was.

        Raises:
            InputError: with the problems of all files.
        """
        if self.problems:
            raise InputError(self.problems)


@dataclass(frozen=True)
class Found:
    """The files of a corpus in the folder *root*, by their path in it.

    *plain* are settings and registries, and files that nobody could tell; *annotated* the annotation files
    that were asked for. It is whole where all were.
    """

    root: Path
    plain: dict[str, tuple[Path, bool]]
    annotated: dict[str, Path]
    is_whole: bool


def find_files(paths: Sequence[Path | str] = ()) -> Found:
    """Find the files of a corpus; *paths* are what `read_corpus` takes.

    Raises:
        InputError: there is no corpus here.
    """
    chosen = [Path(path) for path in paths] or [_default_folder()]
    root = _find_root(chosen)
    wanted = {_key(file): file for path in chosen for file in _list_files(path)}
    plain: dict[str, tuple[Path, bool]] = {}
    annotated: dict[str, Path] = {}
    for key, listed in (wanted | {_key(file): file for file in _list_files(root)}).items():
        file = wanted.get(key, listed)
        name = name_source(file, root=root)
        # Of the files that nobody asked for, only registries and settings matter.
        if not _looks_annotated(file):
            plain[name] = file, key in wanted
        elif key in wanted:
            annotated[name] = file
    is_whole = any(folder in {_key(path) for path in chosen} for folder in _upwards(root))
    return Found(root, plain, annotated, is_whole)


def read_corpus(paths: Sequence[Path | str] = ()) -> Seeds:
    """Read a corpus, or some files of one together with its settings and registries.

    *paths* are corpus folders, folders inside one, or files of one; without any, `seeds` in the
    working directory, or else the corpus that it lies in, or else the one that is shipped.

    Raises:
        InputError: there is no corpus here, or its settings cannot be read.
    """
    found = find_files(paths)
    return read_files(found, found.annotated)


Reader: TypeAlias = Callable[[Path, Path], Draft]
"""Reads what can be read of a file of the corpus in a folder."""


def read_carefully(file: Path, root: Path) -> Draft:
    """Read a file such that each value knows its place."""
    return read_draft(file, root=root)


def read_files(found: Found, annotated: Iterable[str], *, reader: Reader = read_carefully) -> Seeds:
    """Read settings, registries, and those annotation files whose paths in the corpus are *annotated*.

    Raises:
        InputError: the settings cannot be read.
    """
    reading = _Reading(found.root, reader)
    files = found.plain | {path: (found.annotated[path], True) for path in annotated}
    for _, (file, is_wanted) in sorted(files.items()):
        reading.read(file, is_wanted=is_wanted)
    return replace(reading.finish(), is_whole=found.is_whole)


def _upwards(folder: Path) -> tuple[str, ...]:
    path = Path(_key(folder))
    return tuple(map(str, (path, *path.parents)))


def _key(file: Path) -> str:
    return os.path.abspath(file)  # noqa: PTH100  # links keep their names


def _default_folder() -> Path:
    """The corpus that is meant where none is named: `seeds` here, the one we are in, or the shipped one."""
    here = Path("seeds")
    return here if here.is_dir() else find_corpus(Path()) or packaged_seeds()


def find_corpus(path: Path) -> Path | None:
    """Find the nearest folder at or above *path* that has the settings of a corpus."""
    for folder in (path, *Path(_key(path)).parents):
        if _has_settings(folder):
            return folder
    return None


def _has_settings(folder: Path) -> bool:
    return any((folder / name).is_file() for name in SETTINGS)


def _find_root(paths: Sequence[Path]) -> Path:
    roots: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise _refused(path, "does not exist", "check the path")
        root = find_corpus(path)
        if root is None:
            message = "neither this folder nor one above it has a corpus.yaml"
            raise _refused(path, message, "start a corpus with 'kg init DIR'")
        roots.setdefault(root.resolve(), root)
    if len(roots) > 1:
        named = " and ".join(show_path(root) for root in roots.values())
        raise _refused(paths[-1], f"the paths are of two corpora, {named}", "give those of one")
    return next(iter(roots.values()))


def _refused(path: Path, message: str, advice: str) -> InputError:
    return InputError([Problem(Place(show_path(path)), message, advice)])


def _list_files(path: Path) -> Iterator[Path]:
    """List the files that can hold records; hidden ones and other corpora below are passed over.

    Raises:
        InputError: a folder may not be listed.
    """
    if not path.is_dir():
        yield path
        return

    def refuse(error: OSError) -> None:
        raise _refused(Path(error.filename), f"cannot be listed ({error.strerror})", "check its permissions")

    seen: set[str] = set()
    for folder, below, names in os.walk(path, onerror=refuse, followlinks=True):
        seen.add(os.path.realpath(folder))
        below[:] = [name for name in sorted(below) if not _is_skipped(Path(folder, name), seen)]
        for name in sorted(names):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)


def _is_skipped(folder: Path, seen: set[str]) -> bool:
    """Pass over hidden folders, saved questions, installed packages, other corpora, and links back up."""
    hidden = folder.name.startswith(".") or folder.name in ("queries", "node_modules")
    installed = (folder / "pyvenv.cfg").is_file()
    return hidden or installed or _has_settings(folder) or os.path.realpath(folder) in seen


_ANNOTATED: Final = re.compile(
    rb"^(?:document|coding|passages|positions|claims|parts)[ ]*:"
    rb'|"type"\s*:\s*"(?:document|coding|passage|position|claim|part)"',
    re.MULTILINE,
)


def _looks_annotated(file: Path) -> bool:
    """Tell an annotation file by its first keys, without reading it whole."""
    try:
        with file.open("rb") as opened:
            return _ANNOTATED.search(opened.read(4096)) is not None
    except OSError:
        return False


def init_corpus(folder: Path) -> list[Path]:
    """Start a corpus of one's own in *folder*, with an example document; returns the files written.

    Raises:
        InputError: files of the same names are there already, or the folder cannot be written.
    """
    wanted = {folder / path.relative_to(starter_dir()): path for path in sorted(starter_dir().rglob("*.*"))}
    wanted |= {folder / "schemas" / path.name: path for path in sorted(schema_dir().glob("*.schema.json"))}
    if found := [path for path in wanted if path.exists()]:
        raise InputError(
            Problem(Place(show_path(path)), "is there already", "start the corpus in an empty folder")
            for path in found
        )
    for path, template in wanted.items():
        write_whole(path, [template.read_bytes()])
    return list(wanted)


# ---------------------------------------------------------------- reading a corpus


class _Reading:
    """Collects the sources of a corpus and what is wrong with them."""

    def __init__(self, root: Path, reader: Reader) -> None:
        self._root = root
        self._reader = reader
        self._sources: dict[str, Source] = {}
        self._problems: dict[str, list[Problem]] = defaultdict(list)
        self._lost: dict[str, str] = {}

    def read(self, file: Path, *, is_wanted: bool) -> None:
        """Read one file; what is wrong with it is kept."""
        name = name_source(file, root=self._root)
        draft = self._reader(file, self._root)
        if draft.source:
            if isinstance(draft.source.content, Annotation) and not is_wanted:
                return
            self._sources[name] = draft.source
        if draft.problems:
            self._problems[name] += draft.problems
            self._lost |= dict.fromkeys(_guess_ids(file), name)

    def finish(self) -> Seeds:
        """Check the files against each other.

        Raises:
            InputError: the settings cannot be used.
        """
        entries_ = self._check_entries()
        self._check_codings()
        self._check_references(entries_)
        for relation, graph in hierarchies(self._sources.values()):
            self._check_cycles(relation, graph)
        corpus = self._find_settings()
        self._drop_dependent(entries_)
        kept = [source for path, source in sorted(self._sources.items()) if path not in self._problems]
        problems = sorted({problem for each in self._problems.values() for problem in each})
        return Seeds(self._root, corpus, tuple(kept), tuple(problems), tuple(sorted(self._problems)))

    def _refuse(self, path: str, place: Place, message: str, advice: str = "") -> None:
        self._problems[path].append(Problem(place, message, advice))

    def _find_settings(self) -> Corpus:
        found = {
            path: each.content for path, each in self._sources.items() if isinstance(each.content, Corpus)
        }
        clean = found.keys() - self._problems.keys()
        if not clean:
            if not self._problems:
                raise _refused(self._root, "the settings hold no 'corpus'", "see docs/file-format.md")
            raise InputError(problem for each in self._problems.values() for problem in each)
        first, *others = sorted(found, key=lambda path: (path not in SETTINGS, path))
        for path in others:
            self._refuse(path, found[path].at, "second settings of the corpus", f"the first are in {first}")
        return found[first]

    def _refuse_twins(self, twins: list[tuple[str, Place]], message: str) -> None:
        """Refuse what stands in several places, in each of them, so that the order of files is nothing."""
        for path, place in twins:
            others = [str(other) for _, other in twins if other != place]
            self._refuse(path, place, message, "it stands at " + " and ".join(others) + ", too")

    def _check_entries(self) -> _Entries:
        found: _Entries = {kind: {} for kind in REGISTERED}
        named: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for path, source in sorted(self._sources.items()):
            if isinstance(source.content, Registry):
                named[source.content.name].append((path, Place(source.content.at.path)))
                for kind, entry in entries(source.content):
                    if entry.id:
                        found[kind].setdefault(entry.id, []).append((path, place_of(entry, "id")))
        for kind, slugs in found.items():
            for slug, twins in slugs.items():
                if twins[1:] and len({path for path, _ in twins}) > 1:
                    self._refuse_twins(twins, f"duplicate {kind} '{slug}'")
        for name, files in named.items():
            if files[1:]:
                self._refuse_twins(files, f"the name of the registry, '{name}', is taken")
        return found

    def _check_codings(self) -> None:
        codings: dict[tuple[str, str], list[tuple[str, Place]]] = defaultdict(list)
        documents: dict[str, list[tuple[str, Annotation]]] = defaultdict(list)
        for path, source in sorted(self._sources.items()):
            if isinstance(source.content, Annotation):
                document, coding = source.content.document, source.content.coding
                if document.id and coding.coder:
                    codings[document.id, coding.coder].append((path, coding.keys.get("coder", coding.at)))
                if document.id:
                    documents[document.id].append((path, source.content))
        for (document_id, coder), twins in codings.items():
            if twins[1:]:
                self._refuse_twins(twins, f"a second reading of '{document_id}' by '{coder}'")
        for readings in documents.values():
            self._check_readings(readings)

    def _check_readings(self, readings: list[tuple[str, Annotation]]) -> None:
        """Refuse coders who say different things of one document: it is one node of the graph."""
        for field in fields.DOCUMENT.fields:
            if field.key in ("outside", "note"):
                continue
            read = [(path, each) for path, each in readings if self._is_read(path, each.document, field.key)]
            values = [getattr(each.document, field.key) for _, each in read]
            if any(value != values[0] for value in values):
                places = [(path, place_of(each.document, field.key)) for path, each in read]
                document_id = readings[0][1].document.id
                self._refuse_twins(places, f"the readings of '{document_id}' differ in '{field.key}'")

    def _is_read(self, path: str, document: Document, key: str) -> bool:
        """Tell whether the value of *key* is what the file says; in a broken file it may be blank."""
        if path not in self._problems:
            return True
        value = getattr(document, key)
        is_whole = not isinstance(value, Text) or {"sha256", "start", "end"} <= value.keys.keys()
        return key in document.keys and is_whole

    def _check_references(self, known: _Entries) -> None:
        for path, source in self._sources.items():
            for kind, slug, place in references_of(source):
                if slug in known[kind] or slug in self._lost:
                    continue
                advice = suggest(slug, known[kind]) or f"add it to a registry, under '{kind}s'"
                self._refuse(path, place, f"unknown {kind} '{slug}'", advice)

    def _check_cycles(self, relation: str, graph: Graph) -> None:
        edges = {node: [other for other, _, _ in others] for node, others in graph.items()}
        for cycle in find_cycles(edges):
            path, place = next((path, place) for other, path, place in graph[cycle[0]] if other == cycle[1])
            self._refuse(
                path, place, f"a cycle in '{relation}': {' → '.join(cycle)}", "take one of the links away"
            )

    def _drop_dependent(self, known: _Entries) -> None:
        """Drop files that refer to entries of broken files, and files that refer to those, and so on."""
        waiting = dict(self._sources)
        while True:
            lost = {path: self._find_lost(source, known) for path, source in waiting.items()}
            dependent = {path: found for path, found in lost.items() if found and path not in self._problems}
            if not dependent:
                return
            for path, (reference, broken) in dependent.items():
                message = f"{reference.kind} '{reference.slug}' is in a file with problems"
                self._refuse(path, reference.place, message, f"correct {broken} first")

    def _find_lost(self, source: Source, known: _Entries) -> tuple[Reference, str] | None:
        """Find the first reference of *source* to an entry that only broken files have."""
        for reference in references_of(source):
            paths = [path for path, _ in known[reference.kind].get(reference.slug, ())]
            if not paths and reference.slug in self._lost:
                return reference, self._lost[reference.slug]
            if paths and all(path in self._problems and path != source.path for path in paths):
                return reference, paths[0]
        return None


_Entries: TypeAlias = dict[str, dict[str, list[tuple[str, Place]]]]
"""Kind, slug, and where the entry stands: path in the corpus and place."""


def _guess_ids(file: Path) -> frozenset[str]:
    """Guess which entries a broken file would have had, so that references to them are not called unknown."""
    try:
        return guess_ids(file.read_bytes())
    except OSError:
        return frozenset()
