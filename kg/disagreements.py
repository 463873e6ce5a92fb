"""Where two coders of one document differ, side by side, and what only one of them found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.matchings import Points, match, overlaps
from kg.pairings import KINDS, Pair, mode_of, units
from kg.records import Claim, PlanPart, Position, Statement, Target
from kg.tables import Table
from kg.terms import XSD, Literal, Term

_SHOWN: Final = ("id", "holder", "stance", "proposal", "functions", "modality", "mode", "gist")


def disagreement_table(pairs: Sequence[Pair]) -> Table:
    """List what differs, side by side, and what only one coder found, in the order of the text.

    Statements of a kind are put side by side by the best match. For a claim, `stance` is its kind and
    `proposal` what it speaks for (+) and against (-); for a part of a plan, `holder` is the plan and
    `stance` its role.
    """
    rows = [
        row
        for pair in pairs
        for _, row in sorted(
            (found for kind in KINDS for found in _differences(pair, kind)), key=lambda found: found[0]
        )
    ]
    sides = [f"{name}_{side}" for name in _SHOWN for side in ("first", "second")]
    return Table(("document", "coders", "kind", "start", "end", "what", *sides), tuple(rows))


def _differences(
    pair: Pair, kind: str
) -> Iterator[tuple[tuple[int, int, str, str], tuple[Term | None, ...]]]:
    both = (KINDS[kind](pair.first), KINDS[kind](pair.second))
    spans = (units(pair.first, kind), units(pair.second, kind))
    shown = tuple([_show(each) for each in side] for side in both)
    for left, right in _side_by_side(spans, shown):
        first = shown[0][left] if left is not None else {}
        second = shown[1][right] if right is not None else {}
        # The name, and how a gist is put, are each coder's own.
        differing = [name for name in _SHOWN[1:-1] if first.get(name) != second.get(name)]
        if first and second and not differing:
            continue
        points = (spans[0][left] if left is not None else frozenset()) | (
            spans[1][right] if right is not None else frozenset()
        )
        what = ", ".join(differing) if first and second else f"only {_finder(pair, found_first=bool(first))}"
        sides = [Literal(side[name]) if side else None for name in _SHOWN for side in (first, second)]
        words = map(Literal, (pair.document, pair.coders, kind))
        row = (*words, _whole(min(points)), _whole(max(points) + 1), Literal(what), *sides)
        yield (min(points), max(points), kind, first.get("id", "") + second.get("id", "")), row


def _finder(pair: Pair, *, found_first: bool) -> str:
    return (pair.first if found_first else pair.second).coding.coder


def _side_by_side(
    spans: tuple[Sequence[Points], Sequence[Points]], shown: tuple[list[dict[str, str]], ...]
) -> Iterator[tuple[int | None, int | None]]:
    """Pair up statements, and give those that are left alone."""
    import numpy as np

    table = overlaps(*spans)
    alike = np.zeros(table.shape)
    for row, left in enumerate(shown[0]):
        for column, right in enumerate(shown[1]):
            alike[row, column] = sum(left[name] == right[name] for name in _SHOWN[1:-1]) / len(_SHOWN)
    pairs = match(table, alike)
    yield from pairs
    yield from ((row, None) for row in sorted(set(range(len(spans[0]))) - {row for row, _ in pairs}))
    yield from ((None, column) for column in sorted(set(range(len(spans[1]))) - {at for _, at in pairs}))


def _show(statement: Statement) -> dict[str, str]:
    """What a coder made of a statement, in the words of the file."""
    found = {"holder": "", "stance": "", "proposal": "", "functions": ""}
    if isinstance(statement, Position):
        found |= {"holder": statement.holder, "stance": statement.stance, "proposal": statement.proposal}
        found["functions"] = " + ".join(sorted(statement.functions))
    elif isinstance(statement, Claim):
        targets = [*_targets("+", statement.supports), *_targets("-", statement.undercuts)]
        found |= {"holder": statement.claimant, "stance": statement.kind, "proposal": " ".join(targets)}
    elif isinstance(statement, PlanPart):
        found |= {"holder": statement.plan, "stance": statement.role}
        found["proposal"] = statement.proposal or statement.subplan
    found |= {"modality": statement.modality, "mode": mode_of(statement)}
    return found | {"id": statement.id, "gist": statement.gist}


def _targets(sign: str, targets: Sequence[Target]) -> list[str]:
    """List the proposals of targets; positions and claims have names that are each coder's own."""
    found = {sign + target.proposal if target.proposal else f"{sign}({_own(target)})" for target in targets}
    return sorted(found)


def _own(target: Target) -> str:
    return "position" if target.position else "claim"


def _whole(value: int) -> Term:
    return Literal(str(value), XSD + "integer")
