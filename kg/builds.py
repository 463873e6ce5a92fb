"""Bring a store up to date with a corpus: changed graphs only, and all at once.

A file is one graph, which is loaded again when its fingerprint differs (`kg.build_plans`). Where most
is new, files go through as a stream (`kg.surveys`) into a new store; where little is, the new
snapshot is a copy of the current one that shares its files, with a few graphs changed in it.
Readers see the snapshot when it is whole. A file with errors keeps the graph of its last
good version.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg import engine, engine_edits, inference, quads, snapshots
from kg.build_plans import VOCABULARIES, BuildReport, Fingerprints, Plan, refuse_another_corpus
from kg.build_updates import update
from kg.corpora import Seeds
from kg.engine import DamagedStoreError, Engine
from kg.errors import Problem, StoreError
from kg.files import ontology_dir
from kg.records import Annotation
from kg.shards import Outline, Shard
from kg.snapshots import Notes, Snapshot
from kg.source_notes import Known, SourceNotes
from kg.store import Store
from kg.surveys import RecordSurvey, Survey, base_store
from kg.terms import Quad

Progress = Callable[[int, int, str], None]
"""Told how many graphs are done, of how many, and what comes next."""

Check = Callable[[tuple[Problem, ...]], None]
"""Told what is wrong with a corpus; nothing is built where it raises an error."""


Before = Callable[[Notes], Notes]
"""Told the notes on the graphs of files, it gives those on the graphs that there were before."""


def say_nothing(done: int, total: int, what: str) -> None:
    """Nobody is told."""


def accept(problems: tuple[Problem, ...]) -> None:
    """Build what is well."""


def build(
    corpus: Seeds | Survey,
    directory: Path | str,
    *,
    progress: Progress = say_nothing,
    check: Check = accept,
) -> BuildReport:
    """Bring the store in *directory* up to date with *corpus*, making it where there is none.

    Afterwards it holds what the sources say, and of broken files what their last good version said.
    Where *corpus* is only a part, the graphs of its other files stay as they are.

    Raises:
        StoreBusyError: another build is at it.
        StoreError: the directory is no store, or cannot be written; what it held is untouched.
    """
    directory = Path(directory)
    survey = RecordSurvey(corpus) if isinstance(corpus, Seeds) else corpus
    with snapshots.writing(directory) as database:
        work = _Build(survey, database, progress, check)
        old, notes = _current(directory)
        with snapshots.translated(directory):
            try:
                _refuse_damage(old)
                plan = work.bring(old, notes)
            except DamagedStoreError:
                plan = None  # only after this block does the engine let go of what it has begun
            if plan is None:
                shutil.rmtree(database, ignore_errors=True)
                plan = work.make(old, lambda stated: _readable(old, notes, stated))
            if database.exists():
                snapshots.finish(directory, plan.notes, work.sources.to_json())
                snapshots.clear(directory)
        return plan.report(work.sources.quads)


def build_memory(corpus: Seeds | Survey, *, check: Check = accept) -> Store:
    """Build *corpus* into a store in memory; broken files contribute nothing.

    Raises:
        StoreError: two files make one graph.
    """
    opened = engine.memory()
    survey = RecordSurvey(corpus) if isinstance(corpus, Seeds) else corpus
    plan = Filling(survey, opened).fill(lambda _: {}, check=check)
    return Store.adopt(opened, plan.notes)


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


# ---------------------------------------------------------------- in a directory


class _Build:
    """A build into the directory *database*."""

    def __init__(self, survey: Survey, database: Path, progress: Progress, check: Check) -> None:
        self._survey = survey
        self._database = database
        self._progress = progress
        self._check = check
        self._prints = Fingerprints(survey.base)
        self.sources = SourceNotes("")

    def bring(self, old: Snapshot | None, notes: Notes) -> Plan:
        """Do what there is to do, a little in a copy of *old*, or else all from nothing."""
        self._refuse_another_corpus(notes)
        known = SourceNotes.read(old)
        reading = self._survey.paths()
        if old is None or not self._can_update(known, notes):
            return self.make(old, lambda _: notes)
        changed = [path for path in reading if not self._is_as_known(known.files.get(path), path, notes)]
        if 2 * len(changed) > len(reading) or self._size(changed) > LARGEST_UPDATE:
            return self.make(old, lambda _: notes)
        return self._change(old, notes, known, changed)

    def _refuse_another_corpus(self, notes: Notes) -> None:
        stated = self._prints.of_base()
        if not any(graph.startswith(self._survey.base.corpus.base) for graph in notes):
            read = (self._prints.of(path, self._survey.sha256(path)) for path in self._survey.paths())
            stated |= {note.path: note for note in read} if notes else {}
        refuse_another_corpus(self._survey.base.corpus.base, notes, stated)

    def _can_update(self, known: SourceNotes, notes: Notes) -> bool:
        """Whether all that follows from the files that did not change is in the store already."""
        inferred = self._survey.base.names.graph("inferred")
        stated = {graph: note for graph, note in notes.items() if graph != inferred}
        return (
            known.background == self._prints.background
            and notes.get(inferred) == self._prints.of_inferred(stated)
            and all(notes.get(graph) == note for graph, note in self._prints.of_base().items())
            and not any(note.fingerprint.startswith(snapshots.WRITTEN) for note in notes.values())
        )

    def _is_as_known(self, known: Known | None, path: str, notes: Notes) -> bool:
        if known is None or known.graph not in notes:
            return False
        if known.mark and known.mark == self._survey.mark(path):
            return True
        return known.sha256 == self._survey.sha256(path)

    def _size(self, paths: Iterable[str]) -> int:
        return sum(sum(self._survey.mark(path)[:1]) for path in paths)

    def make(self, old: Snapshot | None, notes: Before) -> Plan:
        """Make the database from nothing but the graphs of *old* that are no file's."""
        opened = engine.create(self._database)
        filling = Filling(self._survey, opened, self._progress)

        def fetch(graph: str) -> Iterable[Quad]:
            return engine.quads(engine.read(old.database), graph) if old else ()

        plan = filling.fill(notes, fetch=fetch, check=self._check)
        engine_edits.flush(opened)
        self.sources = filling.sources
        return plan

    def _change(self, old: Snapshot, notes: Notes, known: SourceNotes, changed: list[str]) -> Plan:
        survey = self._survey
        shards = {shard.path: shard for shard in survey.shards(changed)}
        as_known = {path: known.files[path] for path in survey.paths() if path not in shards}
        outlines: dict[str, Outline | None] = {path: each.outline for path, each in as_known.items()}
        settled = survey.settle(outlines | {path: shard.outline for path, shard in shards.items()})
        shards |= {shard.path: shard for shard in settled.late}
        good = {path: shard for path, shard in shards.items() if shard.outline and path not in settled.broken}
        stated = self._prints.of_base() | {
            each.graph: self._prints.of(path, each.sha256)
            for path, each in (as_known | good).items()
            if path not in settled.broken
        }
        self._check(settled.problems)
        plan = Plan.make(
            self._prints,
            notes,
            stated,
            broken=settled.broken,
            problems=settled.problems,
            is_whole=survey.is_whole,
        )
        by_graph = {shard.graph: shard for shard in good.values()}
        self.sources = known.after(
            plan, [Known.of(shard, survey.mark(shard.path)) for shard in good.values()]
        )
        if not plan.is_idle:
            engine.copy(old.database, self._database)
            opened = engine.create(self._database)
            update(opened, plan, by_graph, self._progress)
            engine_edits.flush(opened)
        return plan


LARGEST_UPDATE = 16_000_000
"""Bytes of files that are changed in a copy; their graphs are in memory meanwhile."""


def _readable(old: Snapshot | None, notes: Notes, stated: Notes) -> Notes:
    """The notes on those graphs of a damaged store that are not *stated* by a file, and can be read."""
    return {
        graph: note
        for graph, note in notes.items()
        if old and graph not in stated and not graph.endswith("graph/inferred") and _is_readable(old, graph)
    }


def _is_readable(old: Snapshot, graph: str) -> bool:
    try:
        for _ in engine.quads(engine.read(old.database), graph):
            pass
    except StoreError:
        return False
    return True


# ---------------------------------------------------------------- into an empty store


def fetch_nothing(graph: str) -> Iterable[Quad]:
    """There is no other store to take graphs over from."""
    return ()


@dataclass
class Filling:
    """Fills an empty store with a corpus, file by file; *sources* are the notes on the files."""

    survey: Survey
    opened: Engine
    progress: Progress = say_nothing
    sources: SourceNotes = field(init=False)
    _outlines: dict[str, Outline | None] = field(default_factory=dict)
    _loaded: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._prints = Fingerprints(self.survey.base)
        self.sources = SourceNotes(self._prints.background)
        self._total = len(self._prints.of_base()) + len(self.survey.paths()) + 1

    def fill(
        self,
        before: Before,
        *,
        fetch: Callable[[str], Iterable[Quad]] = fetch_nothing,
        check: Check = accept,
    ) -> Plan:
        """Load all of the corpus, and what follows from it; graphs that are no file's come from *fetch*.

        Raises:
            StoreError: two files make one graph, or the disk is full.
        """
        engine_edits.load_lines(self.opened, self._lines())
        settled = self.survey.settle(self._outlines)
        check(settled.problems)
        self._take_back(settled.broken)
        if settled.late:
            late = (piece for shard in settled.late for piece in self._take(shard))
            engine_edits.load_lines(self.opened, late)
        stated = self._prints.of_base() | {
            known.graph: self._prints.of(path, known.sha256) for path, known in self.sources.files.items()
        }
        plan = Plan.make(
            self._prints,
            before(stated),
            stated,
            broken=settled.broken,
            problems=settled.problems,
            is_whole=self.survey.is_whole,
        )
        self._finish(plan, [graph for graph in plan.notes if graph not in stated], fetch)
        return plan

    def _lines(self) -> Iterator[bytes]:
        names, base = self.survey.base.names, self.survey.base
        self.progress(0, self._total, "settings and registries")
        for source in base.sources:
            if not isinstance(source.content, Annotation):
                yield quads.nquads(source, names, base.corpus).encode()
        yield _text(vocabularies())
        start = len(self._prints.of_base())
        for done, shard in enumerate(self.survey.shards(self.survey.paths()), start):
            self.progress(done, self._total, shard.path)
            yield from self._take(shard)
        self.progress(self._total - 1, self._total, "what follows from it")
        yield _text(inference.infer(base_store(base), names, ontology_dir() / "core.ttl"))

    def _take(self, shard: Shard) -> Iterator[bytes]:
        """Load a shard, unless something is wrong with it."""
        self._outlines[shard.path] = shard.outline
        if shard.outline is None:
            return
        if (other := self._loaded.setdefault(shard.graph, shard.path)) != shard.path:
            if isinstance(self.survey, RecordSurvey):
                both = f"{other} and {shard.path}"
                raise StoreError(f"{both} would be one graph, {shard.graph}; keep one of them")
            return
        self.sources.files[shard.path] = Known.of(shard, self.survey.mark(shard.path))
        yield shard.stated
        yield shard.inferred
        yield _text(inference.derivations(self.survey.base.names, [shard.graph]))

    def _take_back(self, broken: Iterable[str]) -> None:
        """Take out again what turned out not to fit the other files."""
        paths = sorted(path for path in broken if path in self.sources.files)
        for shard in self.survey.shards(paths):
            del self._loaded[shard.graph], self.sources.files[shard.path]
            engine_edits.drop(self.opened, shard.graph)
            engine_edits.remove(self.opened, quads.read_lines(shard.inferred.decode()))
            derived = inference.derivations(self.survey.base.names, [shard.graph])
            engine_edits.remove(self.opened, derived)

    def _finish(self, plan: Plan, others: list[str], fetch: Callable[[str], Iterable[Quad]]) -> None:
        """Take over the graphs that no file says; what follows may then follow from these, too."""
        inferred = plan.names.graph("inferred")
        others = [graph for graph in others if graph != inferred]
        for graph in others:
            engine_edits.load(self.opened, fetch(graph))
        if others:
            engine_edits.drop(self.opened, inferred)
            core = ontology_dir() / "core.ttl"
            engine_edits.load(self.opened, inference.infer(self.opened, plan.names, core))
            self.sources = SourceNotes("")
        self.sources.quads = engine.count(self.opened)
        self.progress(self._total, self._total, "done")


def _text(found: Iterable[Quad]) -> bytes:
    return "".join(f"{quad}\n" for quad in found).encode()


def vocabularies() -> Iterator[Quad]:
    """The quads of the controlled vocabularies."""
    path = ontology_dir() / "vocabularies.ttl"
    for triple in engine.turtle(path):
        if "_:" in (triple.subject[:2], triple.object[:2]):
            raise StoreError(f"{path}: has a blank node ({triple}); give it an IRI")
        yield Quad(*triple, f"<{VOCABULARIES}>")
