"""Which codings there are of one document, and what in them is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from kg.annotations import show_path
from kg.corpora import Seeds
from kg.errors import InputError, Place, Problem
from kg.matchings import Points, points_of
from kg.records import Annotation, Statement

ADJUDICATED: Final = "adjudicated"
"""A layer of this name is made from the others, so it is none to compare."""

KINDS: Final[dict[str, Callable[[Annotation], Sequence[Statement]]]] = {
    "positions": lambda annotation: annotation.positions,
    "claims": lambda annotation: annotation.claims,
    "parts": lambda annotation: annotation.parts,
}
"""Kind of statement to those of an annotation."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codings of one document."""

    first: Annotation
    second: Annotation

    @property
    def document(self) -> str:
        """The id of the document."""
        return self.first.document.id

    @property
    def coders(self) -> str:
        """Who read it, the first before the second."""
        return f"{self.first.coding.coder} / {self.second.coding.coder}"


def find_pairs(seeds: Seeds, *, layers: Sequence[str] = ()) -> tuple[Pair, ...]:
    """Find the codings to compare: all pairs of one document, by document, layer and coder.

    Only codings in *layers* count; without any, all but adjudicated ones: those in the layer
    `ADJUDICATED`, and those in the corpus's own layer where the document has two or more in others.

    Raises:
        InputError: nothing here is coded twice.
    """
    readings: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in seeds.annotations:
        readings[annotation.document.id].append(annotation)
    pairs = tuple(
        Pair(*both)
        for _, found in sorted(readings.items())
        for both in combinations(_chosen(found, seeds, layers), 2)
    )
    if not pairs:
        where = " in the layers " + ", ".join(layers) if layers else ""
        message, advice = f"no document has two codings{where}", "a second coding names another coder"
        raise InputError([Problem(Place(show_path(seeds.root)), message, advice)])
    return pairs


def _chosen(found: Sequence[Annotation], seeds: Seeds, layers: Sequence[str]) -> list[Annotation]:
    own = seeds.corpus.layer

    def layer(each: Annotation) -> str:
        return each.coding.layer or own

    if layers:
        kept = [each for each in found if layer(each) in layers]
        return sorted(kept, key=lambda each: (layers.index(layer(each)), each.coding.coder))
    kept = [each for each in found if layer(each) != ADJUDICATED]
    others = [each for each in kept if layer(each) != own]
    kept = others if others[1:] else kept
    return sorted(kept, key=lambda each: (layer(each) != own, layer(each), each.coding.coder))


def units(annotation: Annotation, kind: str) -> tuple[Points, ...]:
    """List the units of a *kind* (``passages``, ``positions``, ``claims`` or ``parts``) as code points."""
    if kind == "passages":
        return tuple(frozenset(range(each.start, each.end)) for each in annotation.passages)
    return tuple(points_of(annotation, each) for each in KINDS[kind](annotation))


def mode_of(statement: Statement) -> str:
    """The mode of the innermost link of a chain: whether we have the holder's own words."""
    return statement.attribution[-1].mode if statement.attribution else "own-voice"
