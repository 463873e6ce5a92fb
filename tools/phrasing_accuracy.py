"""Measures how well ``kg ask`` understands the questions in ``tests/phrasings/phrasings.yaml``.

An answer is right if the saved question is one of those expected and its values are the expected ones;
a refusal is right where one is expected. A wrong answer is counted apart from a refusal, since it does
harm. A fifth of the questions, chosen by a hash of their text, is held out: nobody tunes to them, so of
these only counts are shown, never which of them failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg import front
from kg.documents import parse_yaml
from kg.files import write_whole
from kg.headers import SavedQuery
from kg.labels import Labels
from kg.nodes import Mapping as Tree
from kg.nodes import Node, Scalar
from kg.nodes import Sequence as Items
from kg.questions import Match, NoMatch, consider

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "tests" / "phrasings"
SEED: Final = "held out of tuning, 2025:"
NONE: Final = "none"
OUTCOMES: Final = ("right", "refused", "wrong")

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question as somebody types it, and the saved questions with the values that answer it."""

    ask: str
    answers: Mapping[str, Values]

    @property
    def is_held_out(self) -> bool:
        """Whether nobody may tune to it: one in five, by a seeded hash of the text.

        >>> Phrasing("Who opposes a truce?", {}).is_held_out
        False
        """
        return hashlib.sha256((SEED + self.ask).encode()).digest()[0] % 5 == 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a phrasing: *outcome* is one of `OUTCOMES`, *got* what was understood."""

    phrasing: Phrasing
    outcome: str
    got: str


@dataclass(frozen=True, slots=True)
class Record:
    """The figures of each part, and the questions of the tuning part that are not right."""

    figures: Mapping[str, Mapping[str, int]]
    refused: frozenset[str]
    wrong: frozenset[str]


def read_phrasings(path: Path = FOLDER / "phrasings.yaml") -> tuple[Phrasing, ...]:
    """Read the set of questions."""
    top = _entries(parse_yaml(path.read_bytes(), path=path.name))
    found = []
    for item in _items(top["phrasings"]):
        entries = _entries(item)
        answers = {
            query: {name: tuple(map(_text, _items(value))) for name, value in _entries(values).items()}
            for query, values in _entries(entries["is"]).items()
        }
        found.append(Phrasing(_text(entries["ask"]), answers))
    return tuple(found)


def _entries(node: Node) -> Mapping[str, Node]:
    if not isinstance(node, Tree):
        raise TypeError(f"{node.place}: not a mapping")
    return node.entries


def _items(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, Items) else (node,)


def _text(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise TypeError(f"{node.place}: not a text")
    return node.value


def judge(phrasing: Phrasing, queries: Mapping[str, SavedQuery], labels: Labels) -> Judged:
    """Ask the question, and compare."""
    found = consider(phrasing.ask, queries, labels)
    if isinstance(found, NoMatch):
        outcome = "right" if NONE in phrasing.answers else "refused"
        return Judged(phrasing, outcome, found.reason)
    wanted = phrasing.answers.get(found.query.name)
    got = _values(found)
    is_right = wanted is not None and got == {name: tuple(sorted(some)) for name, some in wanted.items()}
    return Judged(phrasing, "right" if is_right else "wrong", f"{found.query.name} {_shown(got)}")


def _values(found: Match) -> Values:
    return {name: tuple(sorted(v.rpartition("/")[2] for v in some)) for name, some in found.values.items()}


def _shown(values: Values) -> str:
    return " ".join(f"{name}={'+'.join(some)}" for name, some in sorted(values.items()))


def count(judged: Iterable[Judged]) -> dict[str, int]:
    """How many there are of each outcome."""
    found = [each.outcome for each in judged]
    return {outcome: found.count(outcome) for outcome in OUTCOMES}


def parts(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The tuning and the held-out part, each in questions to be answered and questions to be refused."""
    found: dict[str, list[Judged]] = {}
    for held, name in ((False, "tuning"), (True, "held out")):
        for refusal, what in ((False, "to answer"), (True, "to refuse")):
            found[f"{name}, {what}"] = [
                each
                for each in judged
                if each.phrasing.is_held_out is held and (NONE in each.phrasing.answers) is refusal
            ]
    return found


def row(name: str, counts: Mapping[str, int]) -> str:
    """The figures of one part as a row of the table."""
    number = sum(counts.values())
    figures = " | ".join(str(counts[outcome]) for outcome in OUTCOMES)
    return f"| {name} | {number} | {figures} | {counts['right'] / max(number, 1):.1%} |"


def summary(judged: Sequence[Judged]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| part | questions | right | refused | answered wrongly | accuracy |",
        "|---|---|---|---|---|---|",
    ]
    for name, some in parts(judged).items():
        lines.append(row(name, count(some)))
    return "\n".join(lines)


def record(judged: Sequence[Judged]) -> str:
    """What the regression test holds: the figures, and which of the tuning part are not right."""
    lines = ["# Written by tools/phrasing_accuracy.py --record; the test refuses anything worse.", "figures:"]
    for name, some in parts(judged).items():
        figures = ", ".join(f"{outcome}: {number}" for outcome, number in count(some).items())
        lines.append(f'  "{name}": {{{figures}}}')
    tuning = [each for each in judged if not each.phrasing.is_held_out]
    for outcome in OUTCOMES[1:]:
        asked = [each.phrasing.ask for each in tuning if each.outcome == outcome]
        lines.append(f"{outcome}:" + ("" if asked else " []"))
        lines += [f"  - {json.dumps(ask, ensure_ascii=False)}" for ask in asked]
    return "\n".join(lines) + "\n"


def read_record(path: Path = FOLDER / "measured.yaml") -> Record:
    """Read what was written down last."""
    top = _entries(parse_yaml(path.read_bytes(), path=path.name))
    figures = {
        name: {outcome: int(_text(number)) for outcome, number in _entries(counts).items()}
        for name, counts in _entries(top["figures"]).items()
    }
    return Record(figures, *(frozenset(map(_text, _items(top[outcome]))) for outcome in OUTCOMES[1:]))


def judge_all(queries: Mapping[str, SavedQuery], labels: Labels) -> list[Judged]:
    """Judge all phrasings."""
    return [judge(each, queries, labels) for each in read_phrasings()]


def main() -> None:
    """Print the figures; with ``--failures`` also what of the tuning part is not right."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--failures", action="store_true", help="list what is not right in the tuning part")
    options.add_argument("--record", action="store_true", help="write down what the regression test holds")
    given = options.parse_args()
    graph = front.load(ROOT / "seeds")
    judged = judge_all(graph.queries, graph.labels)
    if given.failures:
        for each in judged:
            if each.outcome != "right" and not each.phrasing.is_held_out:
                sys.stdout.write(f"{each.outcome:7} {each.phrasing.ask}\n        {each.got}\n")
    sys.stdout.write(summary(judged) + "\n")
    if given.record:
        write_whole(FOLDER / "measured.yaml", [record(judged)])


if __name__ == "__main__":
    main()
