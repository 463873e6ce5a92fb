"""What a store remembers of the files that it was built from, so that the next build need not read them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kg.build_plans import Plan
from kg.shards import Outline, Shard
from kg.snapshots import Snapshot
from kg.surveys import Mark


@dataclass(frozen=True, slots=True)
class Known:
    """An annotation file as it was read: its *mark* then, its graph, how many quads it made."""

    mark: Mark
    sha256: str
    graph: str
    outline: Outline
    stated: int
    inferred: int

    @classmethod
    def of(cls, shard: Shard, mark: Mark) -> Known:
        """Remember *shard*."""
        if shard.outline is None:
            raise TypeError(f"{shard.path} has no outline")
        return cls(mark, shard.sha256, shard.graph, shard.outline, shard.stated_count, shard.inferred_count)


@dataclass
class SourceNotes:
    """What is known of the annotation files by path, of what they stand on, and how many quads there are."""

    background: str
    files: dict[str, Known] = field(default_factory=dict)
    quads: int = 0

    @classmethod
    def read(cls, snapshot: Snapshot | None) -> SourceNotes:
        """What *snapshot* remembers; nothing where it cannot be read."""
        try:
            found = json.loads(snapshot.sources.read_bytes()) if snapshot else {}
            files = {path: _known(*told) for path, told in found["files"].items()}
            return cls(found["background"], files, found["quads"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls("")

    def to_json(self) -> str:
        """As JSON."""
        files = {path: _told(known) for path, known in sorted(self.files.items())}
        return json.dumps({"background": self.background, "quads": self.quads, "files": files})

    def after(self, plan: Plan, read: Iterable[Known]) -> SourceNotes:
        """What is to be remembered after *plan* was carried out, for which files were *read* again."""
        new = {known.graph: known for known in read}
        paths = {note.path: graph for graph, note in plan.notes.items() if note.path}
        before = {known.graph: known for known in self.files.values()}
        files = {
            path: new.get(graph) or before[graph]
            for path, graph in paths.items()
            if graph in new or graph in before
        }
        size = self.quads + sum(map(_size, files.values())) - sum(map(_size, self.files.values()))
        return replace(self, files=files, quads=size)


def _size(known: Known) -> int:
    """How many quads come with a file: its own, what follows, and that what follows was derived from it."""
    return known.stated + known.inferred + 1


def _told(known: Known) -> list[object]:
    outline = asdict(known.outline)
    return [known.mark, known.sha256, known.graph, outline, known.stated, known.inferred]


def _known(
    mark: list[int], sha256: str, graph: str, outline: dict[str, Any], stated: int, inferred: int
) -> Known:
    plans = tuple((plan, inner) for plan, inner in outline["plans"])
    seen = Outline(outline["document"], outline["coder"], outline["facts"], plans)
    return Known(tuple(mark), sha256, graph, seen, stated, inferred)
