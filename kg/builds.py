"""Bring a store up to date with a corpus: changed graphs only, and all at once.

A file is one graph. Its graph is loaded again when the *fingerprint* of the file
differs: the hash of the file, of the settings of the corpus, and of the code that
turns files into quads. The new snapshot is a copy of the current one that shares its
files, with the graphs that changed taken out and put in; readers see it when it is
whole. A file with errors keeps the graph of its last good version.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final

from kg import engine, inference, quads, snapshots
from kg.corpora import Seeds
from kg.engine import DamagedStoreError, Engine
from kg.errors import StoreError
from kg.files import ontology_dir
from kg.iris import graph_of
from kg.records import Source
from kg.snapshots import GraphNote, Notes, Snapshot
from kg.store import Store
from kg.terms import Names, Quad
from kg.version import VERSION

Progress = Callable[[int, int, str], None]
"""Told how many graphs are done, of how many, and what comes next."""

_CODE: Final = (
    "annotations", "dates", "fields", "inference", "iris", "kinds", "line_records", "quad_lines", "quads",
    "records", "statement_quads", "terms", "trees", "vocabularies",
)  # fmt: skip

VOCABULARIES: Final = "https://w3id.org/standpoint/vocabularies"
"""The graph of the controlled vocabularies."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did with the graph of each file, by path, and how many quads the store holds.

    *kept* are files with errors whose graph of the last good version is still there.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    quads: int = 0

    def __str__(self) -> str:
        """In one line.

        >>> str(BuildReport(added=("a.yaml", "b.yaml"), unchanged=("c.yaml",), quads=12))
        '2 files added, 1 unchanged; 12 quads'
        """
        names = ("added", "replaced", "dropped", "unchanged", "kept")
        counts = [f"{len(getattr(self, name))} {name}" for name in names if getattr(self, name)]
        if not counts:
            return f"no files; {self.quads:,} quads"
        first, *others = counts
        number, word = first.split()
        first = f"{number} file{'s' if number != '1' else ''} {word}"
        return f"{', '.join([first, *others])}; {self.quads:,} quads"


def build(seeds: Seeds, directory: Path | str, *, progress: Progress | None = None) -> BuildReport:
    """Bring the store in *directory* up to date with *seeds*, making it where there is none.

    Afterwards it holds what the sources say, and of broken files what their last good version said.
    Where *seeds* is not the whole corpus, the graphs of its other files stay as they are.

    Raises:
        StoreBusyError: another build is at it.
        StoreError: the directory is no store, or cannot be written; what it held is untouched.
    """
    directory = Path(directory)
    with snapshots.writing(directory) as database:
        old, notes = _current(directory)
        plan = Plan.make(seeds, notes)
        with snapshots.translated(directory):
            try:
                _refuse_damage(old)
                if old is not None and plan.is_idle:
                    return plan.report(engine.count(engine.read(old.database)))
                size = _write(plan, old, database, progress or say_nothing)
            except DamagedStoreError:
                size = -1  # only after this block does the engine let go of what it has begun
            if size < 0:
                plan = _without_damage(seeds, plan, old)
                shutil.rmtree(database, ignore_errors=True)
                size = _make(plan, old, database, progress or say_nothing)
            snapshots.finish(directory, plan.notes)
            snapshots.clear(directory)
        return plan.report(size)


def build_memory(seeds: Seeds) -> Store:
    """Build *seeds* into a store in memory; broken files contribute nothing.

    Raises:
        StoreError: two files make one graph.
    """
    plan = Plan.make(seeds, {})
    opened = engine.memory()
    fill(plan, opened)
    return Store.adopt(opened, plan.notes)


def say_nothing(done: int, total: int, what: str) -> None:
    """Nobody is told."""


def _current(directory: Path) -> tuple[Snapshot | None, Notes]:
    """The current snapshot and its notes; none when it is damaged, so that a build mends the store."""
    try:
        found = snapshots.current(directory)
        if found is None:
            return None, {}
        engine.read(found.database)
        return found, found.notes()
    except StoreError:
        return None, {}


def _refuse_damage(old: Snapshot | None) -> None:
    """See that the database is as it was written.

    Raises:
        DamagedStoreError: somebody has found that it is not, or a file of it has changed since.
    """
    if old is not None and (engine.is_known_damaged(old.database) or not old.is_as_written()):
        raise DamagedStoreError(f"{old.path}: files of the store are not as they were written")


def _without_damage(seeds: Seeds, plan: Plan, old: Snapshot | None) -> Plan:
    """What to do when the store is damaged: make all anew, but take over what no file says, if readable."""
    inferred = plan.names.graph("inferred")
    made = plan.sources.keys() | {VOCABULARIES, inferred}
    only_there = {
        graph: note for graph, note in plan.old.items() if graph in plan.notes and graph not in made
    }
    return Plan.make(
        seeds, {graph: note for graph, note in only_there.items() if old and _is_readable(old, graph)}
    )


def _is_readable(old: Snapshot, graph: str) -> bool:
    try:
        for _ in engine.quads(engine.read(old.database), graph):
            pass
    except StoreError:
        return False
    return True


# ---------------------------------------------------------------- what there is to do


@dataclass(frozen=True)
class Plan:
    """What a build has to do: which graphs to make, which to take over as they are."""

    names: Names
    seeds: Seeds
    old: Notes
    notes: Notes
    sources: dict[str, Source]
    kept: tuple[str, ...]

    @classmethod
    def make(cls, seeds: Seeds, old: Notes) -> Plan:
        """Compare *seeds* with what there is.

        Raises:
            StoreError: two files make one graph, or the graphs are those of another corpus.
        """
        cls._refuse_another_corpus(seeds, old)
        sources: dict[str, Source] = {}
        notes: Notes = {}
        settings = _digest(json.dumps(_settings(seeds), sort_keys=True), VERSION, _code())
        for source in seeds.sources:
            graph = graph_of(source, seeds.names)
            if graph in sources:
                both = f"{sources[graph].path} and {source.path}"
                raise StoreError(f"{both} would be one graph, {graph}; keep one of them")
            sources[graph] = source
            notes[graph] = GraphNote(
                source.path, source.sha256, _digest(settings, source.path, source.sha256)
            )
        kept = cls._kept(seeds, old, notes)
        notes |= kept | cls._not_asked_for(seeds, old, notes) | cls._written(seeds, old)
        vocabularies = _hash_file(ontology_dir() / "vocabularies.ttl")
        notes[VOCABULARIES] = GraphNote("", vocabularies, vocabularies)
        everything = sorted(f"{graph} {note.fingerprint}" for graph, note in notes.items())
        basis = _digest(VERSION, _code(), _hash_file(ontology_dir() / "core.ttl"), *everything)
        notes[seeds.names.graph("inferred")] = GraphNote("", "", basis)
        return cls(
            seeds.names, seeds, old, notes, sources, tuple(sorted(note.path for note in kept.values()))
        )

    @staticmethod
    def _refuse_another_corpus(seeds: Seeds, old: Notes) -> None:
        """Replacing all that is there by something else is never what was meant.

        A corpus that was given another base still has files in common with what it was.
        """
        graphs = [graph for graph, note in old.items() if note.path]
        known = {source.sha256 for source in seeds.sources}
        if (
            graphs
            and not any(graph.startswith(seeds.corpus.base) for graph in graphs)
            and known.isdisjoint(note.sha256 for note in old.values())
        ):
            base = min(graphs).partition("graph/")[0]
            raise StoreError(
                f"the graph that is there is of another corpus ({base}) than this one ({seeds.corpus.base}); "
                "build into another place with --store, or take that one away first"
            )

    @staticmethod
    def _kept(seeds: Seeds, old: Notes, new: Notes) -> Notes:
        return {
            graph: note
            for graph, note in old.items()
            if note.path in seeds.broken and graph not in new and graph.startswith(seeds.corpus.base)
        }

    @staticmethod
    def _not_asked_for(seeds: Seeds, old: Notes, new: Notes) -> Notes:
        """The graphs of the files that a build of some files leaves alone."""
        if seeds.is_whole:
            return {}
        return {
            graph: note
            for graph, note in old.items()
            if note.path and graph not in new and graph.startswith(seeds.corpus.base)
        }

    @staticmethod
    def _written(seeds: Seeds, old: Notes) -> Notes:
        """The graphs that are no file's, such as those written over HTTP: a build leaves them alone."""
        ours = {VOCABULARIES, seeds.names.graph("inferred")}
        return {
            graph: note
            for graph, note in old.items()
            if not note.path and note.fingerprint.startswith(snapshots.WRITTEN) and graph not in ours
        }

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The graphs to be made anew, the inferred one last."""
        inferred = self.names.graph("inferred")
        found = [graph for graph, note in sorted(self.notes.items()) if self.old.get(graph) != note]
        return tuple(sorted(found, key=lambda graph: graph == inferred))

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """The graphs to be taken out, with nothing in their place."""
        return tuple(sorted(self.old.keys() - self.notes.keys()))

    @property
    def untouched(self) -> tuple[str, ...]:
        """The graphs to be taken over as they are."""
        return tuple(sorted(self.notes.keys() - set(self.changed)))

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changed and not self.gone

    @property
    def is_mostly_new(self) -> bool:
        """Whether to start from an empty store: comparing many graphs costs more than loading all."""
        return 2 * len(self.changed) > len(self.notes)

    def report(self, size: int) -> BuildReport:
        """Say what is done, in terms of files."""
        changed = [graph for graph in self.changed if graph in self.sources]
        return BuildReport(
            added=self._paths(graph for graph in changed if graph not in self.old),
            replaced=self._paths(graph for graph in changed if graph in self.old),
            dropped=tuple(sorted(path for graph in self.gone if (path := self.old[graph].path))),
            unchanged=self._paths(self.sources.keys() - set(changed)),
            kept=self.kept,
            quads=size,
        )

    def _paths(self, graphs: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self.sources[graph].path for graph in graphs))


def _settings(seeds: Seeds) -> dict[str, str]:
    corpus = asdict(replace(seeds.corpus, keys={}))
    return {name: value for name, value in corpus.items() if name not in ("at", "keys")}


def _code() -> str:
    """The hash of the code that decides what quads a file becomes, the reader of files included."""
    return _digest(*(_hash_file(Path(__file__).with_name(f"{module}.py")) for module in _CODE))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---------------------------------------------------------------- doing it


def _write(plan: Plan, old: Snapshot | None, database: Path, progress: Progress) -> int:
    """Make the database of the next snapshot, and say how many quads it holds."""
    if old is None or plan.is_mostly_new:
        return _make(plan, old, database, progress)
    engine.copy(old.database, database)
    opened = engine.create(database)
    _update(plan, opened, progress)
    engine.flush(opened)
    return engine.count(opened)


def _make(plan: Plan, old: Snapshot | None, database: Path, progress: Progress) -> int:
    """Make the database from nothing but the graphs that are taken over; see `_write`."""
    opened = engine.create(database)
    if old is not None and plan.untouched:
        before = engine.read(old.database)
        engine.load(opened, chain.from_iterable(engine.quads(before, graph) for graph in plan.untouched))
    fill(plan, opened, progress)
    engine.flush(opened)
    return engine.count(opened)


def fill(plan: Plan, opened: Engine, progress: Progress = say_nothing) -> None:
    """Load the changed graphs into a store that has none of them; what follows comes last."""
    engine.load(opened, chain.from_iterable(_stated(plan, progress)))
    progress(len(plan.changed) - 1, len(plan.changed), "what follows from it")
    engine.load(opened, inference.infer(opened, plan.names, ontology_dir() / "core.ttl"))
    progress(len(plan.changed), len(plan.changed), "done")


def _update(plan: Plan, opened: Engine, progress: Progress) -> None:
    """Change the graphs of a store that has most of them already; what follows comes last."""
    for graph in plan.gone:
        engine.drop(opened, graph)
    stated = [graph for graph in plan.changed if graph != plan.names.graph("inferred")]
    for graph, found in zip(stated, _stated(plan, progress), strict=True):
        engine.replace(opened, graph, found)
    progress(len(plan.changed) - 1, len(plan.changed), "what follows from it")
    found = inference.infer(opened, plan.names, ontology_dir() / "core.ttl")
    engine.replace(opened, plan.names.graph("inferred"), found)
    progress(len(plan.changed), len(plan.changed), "done")


def _stated(plan: Plan, progress: Progress) -> Iterator[Iterable[Quad]]:
    """The quads of each changed graph but the inferred one, in their order."""
    inferred = plan.names.graph("inferred")
    for done, graph in enumerate(graph for graph in plan.changed if graph != inferred):
        source = plan.sources.get(graph)
        progress(done, len(plan.changed), source.path if source else "vocabularies")
        yield quads.quads(source, plan.names, plan.seeds.corpus) if source else _vocabularies()


def _vocabularies() -> Iterator[Quad]:
    path = ontology_dir() / "vocabularies.ttl"
    for triple in engine.turtle(path):
        if "_:" in (triple.subject[:2], triple.object[:2]):
            raise StoreError(f"{path}: has a blank node ({triple}); give it an IRI")
        yield Quad(*triple, f"<{VOCABULARIES}>")
