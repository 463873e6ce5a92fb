"""How far two coders of one document agree: in what they found, and in what they made of it.

`finding_table` tells what of the other's each coder found, `coding_table` gives Krippendorff's
alpha for positions that both found; `tables` adds what differs. How it is measured, and why so,
stands in docs/agreement.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.alphas import NOMINAL, SEED, Coded, Interval, Scale, alpha, resample
from kg.corpora import Seeds
from kg.disagreements import disagreement_table
from kg.matchings import (
    Found,
    Pairs,
    Points,
    find_points,
    find_same,
    find_touched,
    match,
    match_at_random,
    overlaps,
)
from kg.pairings import KINDS, Pair, find_pairs, mode_of, units
from kg.records import Position
from kg.tables import Table, write
from kg.terms import XSD, Literal, Term
from kg.vocabularies import STANCES

if TYPE_CHECKING:
    from kg.matchings import Matrix

DRAWS: Final = 50
"""How often units on the same span are paired at random."""
EVERYWHERE: Final = "all"
"""The name of the rows over all documents."""
TABLES: Final = ("finding", "coding", "disagreements")
"""The tables, in order."""


def tables(seeds: Seeds, *, layers: Sequence[str] = (), only: str | None = None) -> dict[str, Table]:
    """Compare the coders of a corpus: the tables ``finding``, ``coding`` and ``disagreements``, or one.

    Raises:
        InputError: nothing here is coded twice.
    """
    pairs = find_pairs(seeds, layers=layers)
    makers: dict[str, Callable[[], Table]] = {
        "finding": lambda: finding_table(pairs),
        "coding": lambda: coding_table(pairs, variables(seeds)),
        "disagreements": lambda: disagreement_table(pairs),
    }
    return {name: make() for name, make in makers.items() if only in (None, name)}


def report(found: Mapping[str, Table], form: str) -> str:
    """Write tables in the format *form*: one as it is, several under headings, or as one JSON object."""
    if len(found) == 1:
        return write(next(iter(found.values())), form)
    if form == "json":
        records = {name: table.records() for name, table in found.items()}
        return json.dumps(records, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(f"## {name}\n\n{write(table, form)}" for name, table in found.items())


# ---------------------------------------------------------------- finding

_CRITERIA: Final = ("characters", "half", "any")


def finding_table(pairs: Sequence[Pair]) -> Table:
    """Make the table of what of the other's each coder found, by kind of unit and criterion.

    Over all documents the units are pooled, so that a long document counts for more.
    """
    rows: list[tuple[Term | None, ...]] = []
    for kind in ("passages", *KINDS):
        sets = [(units(pair.first, kind), units(pair.second, kind)) for pair in pairs]
        for pair, both in zip(pairs, sets, strict=True):
            rows += _finding_rows(pair.document, pair.coders, kind, both)
        if pairs[1:]:
            rows += _finding_rows(EVERYWHERE, _coders(pairs), kind, _pooled(sets))
    columns = ("document", "coders", "unit", "criterion", "first", "second", "precision", "recall", "f1")
    return Table(columns, tuple(rows))


def _pooled(sets: Sequence[tuple[Sequence[Points], Sequence[Points]]]) -> tuple[list[Points], list[Points]]:
    """Put the units of several documents into one, each document moved to a place of its own."""
    first: list[Points] = []
    second: list[Points] = []
    offset = 0
    for left, right in sets:
        first += [frozenset(point + offset for point in unit) for unit in left]
        second += [frozenset(point + offset for point in unit) for unit in right]
        offset += 1 + max((point for unit in (*left, *right) for point in unit), default=0)
    return first, second


def _finding_rows(
    document: str, coders: str, kind: str, both: tuple[Sequence[Points], Sequence[Points]]
) -> Iterator[tuple[Term | None, ...]]:
    first, second = both
    table = overlaps(first, second)
    found: dict[str, Found] = dict(
        zip(_CRITERIA, (find_points(first, second), find_same(table), find_touched(table)), strict=True)
    )
    for criterion, each in found.items():
        if first or second:
            words = map(Literal, (document, coders, kind, criterion))
            counts = (_whole(len(first)), _whole(len(second)))
            yield (*words, *counts, *map(_number, (each.precision, each.recall, each.f1)))


def _coders(pairs: Sequence[Pair]) -> str:
    named = {pair.coders for pair in pairs}
    return named.pop() if len(named) == 1 else EVERYWHERE


def _number(value: float | None) -> Term | None:
    # Three places, and no minus before a zero.
    return None if value is None else Literal(f"{round(value, 3) + 0.0:.3f}", XSD + "decimal")


def _whole(value: int) -> Term:
    return Literal(str(value), XSD + "integer")


# ---------------------------------------------------------------- coding

_Value: TypeAlias = Callable[[Position], str]


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that coders decide about a position, and how far apart two decisions are."""

    name: str
    value: _Value
    scale: Scale = field(default=NOMINAL)


def variables(seeds: Seeds) -> tuple[Variable, ...]:
    """List what is compared; *seeds* tells which proposals are broader than which."""
    return (
        Variable("holder", lambda position: position.holder),
        Variable("stance", lambda position: position.stance, Scale(order=tuple(STANCES))),
        Variable("polarity", lambda position: STANCES[position.stance]),
        Variable("proposal", lambda position: position.proposal),
        Variable("proposal or broader", lambda position: position.proposal, Scale(alike=_broader(seeds))),
        Variable("functions", lambda position: " + ".join(sorted(position.functions)) or "none"),
        Variable("any function", lambda position: "yes" if position.functions else "no"),
        Variable("modality", lambda position: position.modality),
        Variable("mode", mode_of),
    )  # fmt: skip


def _broader(seeds: Seeds) -> frozenset[tuple[str, str]]:
    """Make the pairs of a proposal and one that is broader, at any remove."""
    above = {each.id: each.broader for registry in seeds.registries for each in registry.proposals}
    found: set[tuple[str, str]] = set()
    for slug in above:
        waiting = list(above[slug])
        while waiting:
            broader = waiting.pop()
            if (slug, broader) not in found:
                found.add((slug, broader))
                waiting += above.get(broader, ())
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Matched:
    """The positions of a pair of codings that go together: in many ways by chance, and in the best way."""

    pair: Pair
    drawn: tuple[Pairs, ...]
    best: Pairs


def match_positions(pair: Pair, compared: Sequence[Variable]) -> Matched:
    """Match positions one to one by the most overlap of their spans.

    Where several positions stand on one span, the spans do not say which go together: they are
    paired at random, and, as an upper bound, so that most variables agree.
    """
    table = overlaps(units(pair.first, "positions"), units(pair.second, "positions"))
    drawn = tuple(match_at_random(table, draws=DRAWS, seed=SEED))
    return Matched(pair, drawn, match(table, _likeness(pair, compared)))


def _likeness(pair: Pair, compared: Sequence[Variable]) -> Matrix:
    """The share of variables in which each position of the one agrees with each of the other."""
    import numpy as np

    values = [
        [[variable.value(position) for variable in compared] for position in each.positions]
        for each in (pair.first, pair.second)
    ]
    table = np.zeros((len(values[0]), len(values[1])))
    for row, left in enumerate(values[0]):
        for column, right in enumerate(values[1]):
            table[row, column] = sum(map(str.__eq__, left, right)) / len(compared)
    return table


def coding_table(pairs: Sequence[Pair], compared: Sequence[Variable]) -> Table:
    """Make the table of agreement on the positions that both coders found, by variable.

    `ties` says how positions on the same span were paired; `agreed` is the share of pairs with the
    same value, `alpha` Krippendorff's, with its 95% interval.
    """
    matched = [match_positions(pair, compared) for pair in pairs]
    groups = [(each.pair.document, each.pair.coders, [each]) for each in matched]
    if matched[1:]:
        groups.append((EVERYWHERE, _coders(pairs), matched))
    rows = [
        row
        for document, coders, group in groups
        for variable in compared
        for row in _coding_rows(document, coders, variable, group)
    ]
    columns = ("document", "coders", "variable", "ties", "n", "agreed", "alpha", "low", "high")
    return Table(columns, tuple(rows))


def _coding_rows(
    document: str, coders: str, variable: Variable, group: Sequence[Matched]
) -> Iterator[tuple[Term | None, ...]]:
    drawn = [
        tuple(value for each in group for value in _values(each.pair, each.drawn[number], variable))
        for number in range(DRAWS)
    ]
    best = tuple(value for each in group for value in _values(each.pair, each.best, variable))
    spread = resample([best], variable.scale)
    found = {
        "random": (drawn, resample(drawn, variable.scale)),
        "best": ([best], Interval(alpha(best, variable.scale), spread.low, spread.high)),
    }
    for ties, (samples, interval) in found.items():
        words = map(Literal, (document, coders, variable.name, ties))
        figures = (_agreed(samples, variable.scale), interval.value, interval.low, interval.high)
        yield (*words, _whole(len(samples[0])), *map(_number, figures))


def _values(pair: Pair, both: Pairs, variable: Variable) -> Iterator[tuple[str, str]]:
    for left, right in both:
        yield variable.value(pair.first.positions[left]), variable.value(pair.second.positions[right])


def _agreed(samples: Sequence[Coded], scale: Scale) -> float | None:
    same = [
        left == right or (left, right) in scale.alike or (right, left) in scale.alike
        for coded in samples
        for left, right in coded
    ]
    return sum(same) / len(same) if same else None
