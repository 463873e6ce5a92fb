"""What charts are made of: frozen values that know nothing of SVG.

A chart holds what is shown, in the order in which it is shown, and says in `note` what it leaves
out. Where something stands on the page is for the drawings to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from kg.vocabularies import STANCES, Polarity


class Side(StrEnum):
    """Where one actor stands on one proposal, all its stances taken together."""

    FOR = "for"
    CONDITIONAL = "conditional"
    UNDECIDED = "undecided"
    DOUBTFUL = "doubtful"
    AGAINST = "against"
    MIXED = "mixed"


SIDES: Final = {
    Side.FOR: "for",
    Side.CONDITIONAL: "for on conditions, or open to it",
    Side.UNDECIDED: "undecided",
    Side.DOUBTFUL: "doubts it",
    Side.AGAINST: "against",
    Side.MIXED: "both for and against",
}
"""Each side in words, in the order of legends."""


def side(stances: Iterable[str]) -> Side:
    """The side that *stances* come to; for and conditionally for is for, as in the saved questions.

    Raises:
        ValueError: there is no stance, or one that the scale does not have.

    >>> side(["proposes"]), side(["accepts-conditionally", "supports"]), side(["proposes", "rejects"])
    (<Side.FOR: 'for'>, <Side.FOR: 'for'>, <Side.MIXED: 'mixed'>)
    """
    taken = set(stances)
    if unknown := taken - STANCES.keys():
        raise ValueError(f"no stance of the scale: {', '.join(sorted(unknown))}")
    polarities = {STANCES[stance] for stance in taken}
    if Polarity.CON in polarities:
        if polarities & {Polarity.PRO, Polarity.CONDITIONAL}:
            return Side.MIXED
        return Side.DOUBTFUL if taken <= {"doubts", "undecided"} else Side.AGAINST
    if Polarity.PRO in polarities:
        return Side.FOR
    if Polarity.CONDITIONAL in polarities:
        return Side.CONDITIONAL
    if polarities:
        return Side.UNDECIDED
    raise ValueError("no stance at all has no side")


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A node of the graph and its name."""

    label: str
    iri: str

    @property
    def slug(self) -> str:
        """The last segment of its IRI, which names it in the registries."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a link of a chart leads to; a `Href` makes an address of it.

    *kind* is ``actor`` or ``proposal`` (a label), ``cell`` (where an actor stands on a proposal), ``mark``
    (the same at one time), ``edge`` (what two actors agree or disagree on: *relation* is ``agreement`` or
    ``conflict``), or ``stance`` (all who take *stance*, a slug or a `Side`, on the proposal, or all that
    the actor takes it on). *positions* are the IRIs of the positions behind it, *within* the fields by
    which the chart is limited.
    """

    kind: str
    actor: Named | None = None
    other: Named | None = None
    proposal: Named | None = None
    relation: str = ""
    stance: str = ""
    positions: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()


Href: TypeAlias = Callable[[Target], str]
"""From what a link leads to, its address; an empty one where it leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What all charts have: a title, the filters in words, and what is left out (empty if nothing is).

    *within* are the fields (issue, document, since, until, layer) by which it is limited, as names and
    values. *heading* is what is written above the drawing; None is the title, and empty is nothing, as
    suits a page that has the title as its own heading.
    """

    title: str
    heading: str | None = None
    scope: str = ""
    note: str = ""
    within: tuple[tuple[str, str], ...] = ()


# ---------------------------------------------------------------- the matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One actor on one proposal; *stances* are slugs from most for to most against."""

    actor: Named
    proposal: Named
    stances: tuple[str, ...]
    positions: tuple[str, ...]

    @property
    def side(self) -> Side:
        """Where all of it points."""
        return side(self.stances)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixChart(Chart):
    """Actors × proposals in the order in which they are drawn; a pair without a position has no cell."""

    actors: tuple[Named, ...] = ()
    proposals: tuple[Named, ...] = ()
    cells: tuple[Cell, ...] = ()


# ---------------------------------------------------------------- the timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One stance at one time; *first* and *last* are the outermost days in ISO form, None where open.

    *dated* is the EDTF date as the coder wrote it; *basis* says what it dates: ``held``, ``uttered`` or
    ``published``. Several *positions* share a mark where all of this is the same.
    """

    actor: Named
    proposal: Named
    stance: str
    positions: tuple[str, ...]
    first: str | None
    last: str | None
    dated: str
    basis: str

    @property
    def side(self) -> Side:
        """Where it points."""
        return side([self.stance])

    @property
    def is_dated(self) -> bool:
        """Whether it has a place in time at all: ``XXXX-06`` has none."""
        return bool(self.first or self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What one actor has said of one proposal over time."""

    actor: Named
    proposal: Named
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineChart(Chart):
    """Lanes from top to bottom; *lanes_of* is what tells them apart: ``proposal``, ``actor`` or ``both``."""

    lanes: tuple[Lane, ...] = ()
    lanes_of: str = "both"


# ---------------------------------------------------------------- the network


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An actor, and how many positions of it there are."""

    actor: Named
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two actors, and the proposals on which they agree (both for or both against) or disagree.

    A proposal stands in both where one of them is both for and against it.
    """

    actor: Named
    other: Named
    agreed: tuple[Named, ...]
    disagreed: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChart(Chart):
    """Actors and what they agree and disagree on."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


# ---------------------------------------------------------------- stance bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of cells, each a unit of its length.

    *of* is the proposal or actor that it is about, None where it is about a stance.
    """

    label: str
    of: Named | None
    units: tuple[Cell, ...]
    stance: str = ""

    def count(self, *sides: Side) -> int:
        """How many units point one of these ways."""
        return sum(unit.side in sides for unit in self.units)

    def takes(self, polarity: Polarity) -> int:
        """How many units have a stance of this polarity, whatever their others are."""
        return sum(polarity in {STANCES[stance] for stance in unit.stances} for unit in self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsChart(Chart):
    """Bars from top to bottom; *bars_of* is ``proposal``, ``actor`` or ``stance``."""

    bars: tuple[Bar, ...] = field(default=())
    bars_of: str = "proposal"
