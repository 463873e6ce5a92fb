"""What a build has to do: which graphs to make, to take over, to drop; and what it did.

The *fingerprint* of a graph is the same as long as loading its file again would give the same: the hash of
the file, of the settings of the corpus, and of the code that turns files into quads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from kg import snapshots
from kg.corpora import Seeds
from kg.errors import Problem, StoreError
from kg.files import ontology_dir
from kg.iris import graph_of
from kg.snapshots import GraphNote, Notes
from kg.terms import Names
from kg.version import VERSION

_CODE: Final = (
    "annotations", "dates", "fields", "file_inference", "inference", "iris", "kinds", "line_records",
    "line_registries", "line_types", "quad_lines", "quads", "records", "shards", "statement_quads", "terms",
    "trees", "vocabularies",
)  # fmt: skip

VOCABULARIES: Final = "https://w3id.org/standpoint/vocabularies"
"""The graph of the controlled vocabularies."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did with the graph of each file, by path, and how many quads the store holds.

    *kept* are files with errors whose graph of the last good version is still there; *problems* is what
    is wrong.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    quads: int = 0
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """In one line.

        >>> str(BuildReport(added=("a.yaml", "b.yaml"), unchanged=("c.yaml",), quads=12))
        '2 files added, 1 unchanged; 12 quads'
        """
        names = ("added", "replaced", "dropped", "unchanged", "kept")
        counts = [f"{len(getattr(self, name)):,} {name}" for name in names if getattr(self, name)]
        if not counts:
            return f"no files; {self.quads:,} quads"
        first, *others = counts
        number, word = first.split()
        first = f"{number} file{'s' if number != '1' else ''} {word}"
        return f"{', '.join([first, *others])}; {self.quads:,} quads"


@dataclass(frozen=True)
class Fingerprints:
    """Makes the notes on the graphs of one corpus, as it is built by this version of the software."""

    base: Seeds

    @cached_property
    def settings(self) -> str:
        """What every graph depends on."""
        corpus = asdict(replace(self.base.corpus, keys={}))
        told = {name: value for name, value in corpus.items() if name not in ("at", "keys")}
        return _digest(json.dumps(told, sort_keys=True), VERSION, _code())

    @cached_property
    def background(self) -> str:
        """What everything that follows from statements depends on, apart from them."""
        ontology = _hash_file(ontology_dir() / "core.ttl")
        sources = (f"{each.path} {each.sha256}" for each in self.base.sources)
        return _digest(self.settings, ontology, *sources, *self.base.broken)

    def of(self, path: str, sha256: str) -> GraphNote:
        """The note on the graph of a file."""
        return GraphNote(path, sha256, _digest(self.settings, path, sha256))

    def of_base(self) -> Notes:
        """The notes on the graphs of settings and registries, and on that of the vocabularies."""
        found = {
            graph_of(source, self.base.names): self.of(source.path, source.sha256)
            for source in self.base.sources
        }
        words = _hash_file(ontology_dir() / "vocabularies.ttl")
        return found | {VOCABULARIES: GraphNote("", words, words)}

    def of_inferred(self, notes: Notes) -> GraphNote:
        """The note on what follows from the graphs of *notes*."""
        everything = sorted(f"{graph} {note.fingerprint}" for graph, note in notes.items())
        core = _hash_file(ontology_dir() / "core.ttl")
        return GraphNote("", "", _digest(VERSION, _code(), core, *everything))


@dataclass(frozen=True)
class Plan:
    """What a build has to do.

    *notes* are those on all graphs that the store shall hold, *stated* the graphs of the files at hand.
    """

    names: Names
    old: Notes
    notes: Notes
    stated: frozenset[str]
    kept: tuple[str, ...]
    problems: tuple[Problem, ...]

    @classmethod
    def make(
        cls,
        prints: Fingerprints,
        old: Notes,
        stated: Notes,
        *,
        broken: Iterable[str] = (),
        problems: tuple[Problem, ...] = (),
        is_whole: bool = True,
    ) -> Plan:
        """Compare the graphs of files, *stated*, with the *old* ones.

        Raises:
            StoreError: the graphs are those of another corpus.
        """
        base = prints.base.corpus.base
        refuse_another_corpus(base, old, stated)
        kept = {
            graph: note
            for graph, note in old.items()
            if note.path in set(broken) and graph not in stated and graph.startswith(base)
        }
        inferred = prints.base.names.graph("inferred")
        notes = stated | kept | left_alone(base, old, stated, inferred, is_whole=is_whole)
        notes[inferred] = prints.of_inferred(notes)
        paths = tuple(sorted(note.path for note in kept.values()))
        return cls(prints.base.names, old, notes, frozenset(stated), paths, problems)

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
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changed and not self.gone

    @property
    def written(self) -> tuple[str, ...]:
        """The graphs that are no file's, such as those written over HTTP."""
        return tuple(
            graph for graph, note in self.notes.items() if note.fingerprint.startswith(snapshots.WRITTEN)
        )

    def report(self, size: int) -> BuildReport:
        """Say what is done, in terms of files."""
        changed = set(self.changed)
        there = {graph: path for graph in self.stated if (path := self.notes[graph].path)}
        return BuildReport(
            added=_sorted(path for graph, path in there.items() if graph not in self.old),
            replaced=_sorted(path for graph, path in there.items() if graph in self.old and graph in changed),
            dropped=_sorted(path for graph in self.gone if (path := self.old[graph].path)),
            unchanged=_sorted(path for graph, path in there.items() if graph not in changed),
            kept=self.kept,
            quads=size,
            problems=self.problems,
        )


def refuse_another_corpus(base: str, old: Notes, stated: Mapping[str, GraphNote]) -> None:
    """Replacing all that is there by something else is never what was meant.

    A corpus that was given another base still has files in common with what it was.

    Raises:
        StoreError: the graphs are those of another corpus.
    """
    graphs = [graph for graph, note in old.items() if note.path]
    known = {note.sha256 for note in stated.values() if note.path}
    if (
        graphs
        and not any(graph.startswith(base) for graph in graphs)
        and known.isdisjoint(note.sha256 for note in old.values())
    ):
        other = min(graphs).partition("graph/")[0]
        raise StoreError(
            f"the graph that is there is of another corpus ({other}) than this one ({base}); "
            "build into another place with --store, or take that one away first"
        )


def left_alone(base: str, old: Notes, stated: Notes, inferred: str, *, is_whole: bool) -> Notes:
    """The old graphs that a build does not touch.

    They are those that are no file's, such as those written over HTTP, and in a build of some files
    those of all others.
    """
    ours = {VOCABULARIES, inferred}
    return {
        graph: note
        for graph, note in old.items()
        if graph not in stated
        and graph not in ours
        and (
            (not note.path and note.fingerprint.startswith(snapshots.WRITTEN))
            or (not is_whole and note.path and graph.startswith(base))
        )
    }


def _sorted(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(paths))


def _code() -> str:
    """The hash of the code that decides what quads a file becomes, the reader of files included."""
    return _digest(*(_hash_file(Path(__file__).with_name(f"{module}.py")) for module in _CODE))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
