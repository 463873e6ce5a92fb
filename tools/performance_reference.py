"""Write ``docs/performance.md`` from what was measured last: ``benchmarks/results/*.json``.

Nothing is measured here: ``python -m benchmarks --record`` makes the results.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import figures
from benchmarks.figures import Figure, Record, short, shown
from benchmarks.goals import AIMS, Aim
from kg.files import write_whole

_ROWS: Final = re.compile(r"[\d,]+ rows?")
PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

_HEAD: Final = """\
# Performance

What `make bench` measures, as it was measured last: each figure beside that of a named peer which did the
same in the same run, and the ratio of the two, ours by the peer's. What is measured is the product as its
users call it: commands, start-up included, and the public functions of the library. Figures are medians,
with the lowest and the highest round in brackets. Ours and the peer take turns, so that what else happens
on the machine falls on both. A goal is for the size that it names: on a smaller corpus the start of processes
weighs more. No test depends on any of this.

`python -m benchmarks GROUP…` measures some groups only, `--full` goes up to a million passages and lets slow
peers take their time, `--record` keeps the results, from which `make docs` writes this page.

The corpora are those of [`kg generate`](commands.md#kg-generate) with seed {seed}. The peers are:

- **the usual parts**, at hand for anybody: JSON-LD through rdflib, pySHACL on rdflib, queries on rdflib;
- **the engine alone**: pyoxigraph, given the same quads as ready N-Quads (graph by graph, the order that it
  loads fastest), and the same SPARQL text;
- **the parser alone**: `pyoxigraph.parse`, the floor for whatever reads quads.
"""


def render(records: Mapping[str, Record], *, seed: int) -> str:
    """Write the whole page."""
    usual = _usual(list(records.values()))
    lines = [_HEAD.format(seed=seed), *_conditions(usual), "", *_summary(records)]
    for aim in AIMS:
        if aim.group in records:
            lines += ["", *_section(aim, records[aim.group], usual)]
    return "\n".join(lines) + "\n"


def _usual(records: Sequence[Record]) -> Record | None:
    """One of those that were measured under the commonest conditions."""
    counted = Counter(map(_under, records))
    return max(records, key=lambda record: counted[_under(record)], default=None)


def _under(record: Record) -> tuple[str, ...]:
    facts = (*record.machine.items(), *record.versions.items())
    return (record.clock, *(f"{name} {value}" for name, value in facts))


def _conditions(record: Record | None) -> Iterator[str]:
    """The machine, the versions and the clock."""
    if record is None:
        return
    machine = record.machine
    yield (
        f"Measured on {machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}, {machine['python']}; {_versions(record.versions)}. {_CLOCKS[record.clock]}"
    )


_CLOCKS: Final = {
    "wall": "Seconds are those of the clock on the wall.",
    "cpu": "Seconds are those of the processors, for others were at work on the machine.",
}


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


# ---------------------------------------------------------------- the table of goals


def _summary(records: Mapping[str, Record]) -> Iterator[str]:
    yield "| goal | |"
    yield "|---|---|"
    for aim in AIMS:
        record = records.get(aim.group)
        told = "; ".join(_verdicts(record.figures)) if record else "not measured yet"
        yield f"| **[{aim.what}](#{aim.group})**. {aim.wanted} | {told} |"


def _verdicts(found: Sequence[Figure]) -> Iterator[str]:
    """What became of the goals: one by one, or counted where many figures have the same."""
    judged = [figure for figure in found if figure.goal is not None]
    for goal in dict.fromkeys(str(figure.goal) for figure in judged):
        same = [figure for figure in judged if str(figure.goal) == goal]
        met = sum(bool(figure.is_met) for figure in same)
        values = [_judged(figure) for figure in same]
        span = " to ".join(dict.fromkeys((short(min(values)), short(max(values)))))
        verdict = f"met by {met} of {len(same)}" if len(same) > 1 else "met" if met else "missed"
        yield f"{span} (goal {goal}: {verdict})"


def _judged(figure: Figure) -> float:
    """The value that the goal is about."""
    if figure.goal is not None and figure.goal.measure == "ours":
        return statistics.median(figure.ours)
    return figure.ratio


# ---------------------------------------------------------------- one group


def _section(aim: Aim, record: Record, usual: Record | None) -> Iterator[str]:
    yield f'<a id="{aim.group}"></a>'
    yield f"\n## {aim.what}"
    yield f"\n{aim.wanted}"
    if usual is not None and _under(record) != _under(usual):
        yield ""
        yield from _conditions(record)
    for peer, found in _by_peer(record.figures).items():
        yield f"\nThe peer is {peer}:\n"
        yield "| what | on | ours | peer | | ratio | goal |"
        yield "|---|---|---:|---:|---|---:|---|"
        yield from map(_row, found)
    for note in dict.fromkeys(figure.note for figure in record.figures):
        if note and not _ROWS.fullmatch(note):
            yield f"\n{note[0].upper()}{note[1:].rstrip('.')}."


def _by_peer(found: Sequence[Figure]) -> dict[str, list[Figure]]:
    """The figures in their order."""
    tables: dict[str, list[Figure]] = {}
    for figure in found:
        tables.setdefault(figure.peer_name, []).append(figure)
    return tables


def _row(figure: Figure) -> str:
    goal = ""
    if figure.goal is not None:
        unit = f" {figure.unit}" if figure.goal.measure == "ours" else ""
        goal = f"{figure.goal}{unit}: {'met' if figure.is_met else '**missed**'}"
    what = f"{figure.what} ({figure.note})" if _ROWS.fullmatch(figure.note) else figure.what
    sides = (shown(figure.ours), shown(figure.peer), figure.unit)
    cells = (what, figure.size, *sides, f"{short(figure.ratio)} ×", goal)
    return f"| {' | '.join(cells)} |"


def reference() -> str:
    """The page as it should be."""
    from benchmarks.runs import SEED

    return render(figures.read(), seed=SEED)


def main() -> None:
    """Write the page."""
    write_whole(PAGE, [reference()])


if __name__ == "__main__":
    main()
