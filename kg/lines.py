"""Which line of which annotation file says what a statement of the graph says.

The keys of the files are found by the JSON-LD context, which is what says which
property a key is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.errors import Place
from kg.jsonld import load_context
from kg.records import Record
from kg.terms import Quad, Term, expand, token


@lru_cache(maxsize=1)
def _keys() -> dict[str, tuple[str, ...]]:
    """For each property, by its prefixed name, the keys of annotation files that can state it."""
    keys: dict[str, tuple[str, ...]] = {}
    for term, entry in load_context()["@context"].items():
        iri = entry.get("@id", "") if isinstance(entry, dict) else entry
        if ":" in iri and not iri.startswith("http"):
            key = term.removesuffix("Earliest").removesuffix("Latest")
            keys[iri] = (*keys.get(iri, ()), *_OTHER_KEYS.get(key, (key,)))
    return keys


_OTHER_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "arguments": ("supports", "undercuts"),
    "claimKind": ("kind",),
    "conditionKind": ("kind",),
    "defaultLayer": ("layer",),
    "innermost": ("attribution",),
    "memberOf": ("memberships",),
    "outsideFields": ("outside",),
    "partOf": ("part_of",),
    "partRole": ("role",),
    "regionEnd": ("text",),
    "regionStart": ("text",),
    "speaksAs": ("voice",),
    "speaksFor": ("speaks_for",),
    "target": ("proposal", "position", "claim"),
}
"""Where a term of the JSON-LD context is not the key of the annotation file."""


class Lines:
    """Which file says what, and where."""

    def __init__(self) -> None:
        self._records: dict[str, list[Record]] = defaultdict(list)
        self._said: dict[tuple[str, ...], list[int]] = defaultdict(list)

    def add(self, stated: Iterable[Quad], records: dict[str, Record]) -> None:
        """Take in one source."""
        for iri, record in records.items():
            self._records[iri].append(record)
        for quad in stated:
            number = len(self._records[quad.subject[1:-1]]) - 1
            self._said[quad[:3]].append(number)

    def find(
        self, focus: Term, path: str, value: Term | None, *, among: Collection[Path] = ()
    ) -> Place | None:
        """The place where *focus* states *value* by *path*, or where the key, or *focus* itself stands.

        Of several files that tell of *focus*, one of *among* (files and folders) comes
        first, and then one that says the value.
        """
        records = self._records.get(str(focus), [])
        if not records:
            return None
        said = {records[number].at for number in self._numbers(focus, path, value) if number < len(records)}
        best = min(records, key=lambda each: (not lies_in(each.at.path, among), each.at not in said, each.at))
        return next(_key_places(best, path, value), best.at)

    def _numbers(self, focus: Term, path: str, value: Term | None) -> list[int]:
        if value is None or ":" not in path or path[0] in "(^":
            return []
        predicate = path if "://" in path else expand(path)
        return self._said.get((token(focus), f"<{predicate}>", token(value)), [])


def lies_in(path: str, chosen: Collection[Path]) -> bool:
    """Whether the file *path* is one of *chosen*, or in a folder of them (all resolved)."""
    full = Path(path).resolve()
    return any(full == each or each in full.parents for each in chosen)


def _key_places(record: Record, path: str, value: Term | None) -> Iterator[Place]:
    """Where *record* states *value* by *path*: the very item of a list, the value, or nowhere."""
    keys = [key for key in _keys().get(path, ()) if key in record.keys]
    last = str(value or "").rpartition("/")[2]
    for key in keys:
        items = getattr(record, key, ())
        for number, item in enumerate(items if isinstance(items, tuple) else ()):
            if item in (last, str(value)) and f"{key}.{number}" in record.keys:
                yield record.keys[f"{key}.{number}"]
    for key in keys:
        yield record.keys[key]
