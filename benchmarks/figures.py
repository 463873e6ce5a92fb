"""What was measured: figures, each a ratio of ours to a named peer's in the same run, and their record.

A `Figure` keeps its samples; medians, spread, ratio and whether the goal is met follow from them. What
is better when it is more is given as a rate (quads/s, questions/s), so that a ratio is always ours by
theirs. `benchmarks.timings` takes the samples. The record is JSON without any clock or place, so
that a run that finds the same writes the same.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, TypeAlias
from typing import Literal as OneOf

from kg.files import write_whole

RESULTS: Final = Path(__file__).parent / "results"
"""One file for each group of figures."""

LIBRARIES: Final = (
    "standpoint",
    "pyoxigraph",
    "oxigraph",
    "rdflib",
    "pyshacl",
    "pyshifty",
    "msgspec",
    "dask",
    "duckdb",
    "starlette",
    "uvicorn",
)

Samples: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: its *measure* stands in *relation* to *bound*.

    The measure is the ratio of ours to the peer's, or ours as it is, in the unit of the figure.

    >>> goal = Goal(">=", 0.85)
    >>> str(goal), goal.holds(0.9), goal.holds(0.8)
    ('≥ 0.85 ×', True, False)
    """

    relation: OneOf[">=", "<=", "<"]
    bound: float
    measure: OneOf["ratio", "ours"] = "ratio"

    def holds(self, value: float) -> bool:
        """Whether *value* is as it should be."""
        if self.relation == ">=":
            return value >= self.bound
        return value <= self.bound if self.relation == "<=" else value < self.bound

    def __str__(self) -> str:
        sign = {">=": "≥", "<=": "≤", "<": "<"}[self.relation]
        return f"{sign} {self.bound:,.10g}" + (" ×" if self.measure == "ratio" else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured against one peer, in the same run.

    *group* is the row of the table of goals (`benchmarks.goals`) that it belongs to, *what* is what was
    done, *size* on how much, *peer_name* who did the same otherwise. *ours* and *peer* are the samples of
    the rounds, in *unit*. *note* is anything a reader must know to read it right.

    >>> figure = Figure(
    ...     group="building", what="build", size="10 quads", unit="quads/s",
    ...     ours=(90.0, 100.0, 80.0), peer=(100.0, 100.0, 90.0), peer_name="bulk_load", goal=Goal(">=", 0.85),
    ... )
    >>> figure.ratio, figure.is_met
    (0.9, True)
    """

    group: str
    what: str
    size: str
    unit: str
    ours: Samples
    peer: Samples
    peer_name: str
    goal: Goal | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Our median by the peer's."""
        return statistics.median(self.ours) / statistics.median(self.peer)

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.goal.holds(self.ratio if self.goal.measure == "ratio" else statistics.median(self.ours))

    def __str__(self) -> str:
        met = {True: "  met", False: "  MISSED", None: ""}[self.is_met]
        goal = f"  (goal {self.goal}{met})" if self.goal else ""
        return (
            f"{self.what}, {self.size}: {shown(self.ours)} {self.unit}, "
            f"{self.peer_name}: {shown(self.peer)}: {short(self.ratio)} ×{goal}"
        )


def short(value: float) -> str:
    """A number to three figures, or all before the point.

    >>> short(0.012345), short(1.5), short(1234567.8)
    ('0.0123', '1.50', '1,234,568')
    """
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{max(digits, 0)}f}"


def shown(samples: Samples) -> str:
    """The median, with the lowest and the highest where there are several.

    >>> shown((3.0, 1.0, 2.0)), shown((4.0,))
    ('2.00 (1.00–3.00)', '4.00')
    """
    median = short(statistics.median(samples))
    return median if len(samples) == 1 else f"{median} ({short(min(samples))}–{short(max(samples))})"


# ---------------------------------------------------------------- the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The figures of one group from one run, with the machine and the versions of what was measured.

    *clock* says what the seconds are: `wall`, or `cpu` where others were at work on the machine.
    """

    group: str
    clock: str
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    figures: tuple[Figure, ...]


def machine() -> dict[str, str]:
    """What the figures depend on and what does not say whose machine it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """The versions of what is measured, and of the peers; what is not installed is left out."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def record(group: str, figures: Iterable[Figure], *, clock: str) -> Record:
    """Put the *figures* of *group* together with what they were measured on."""
    return Record(group=group, clock=clock, machine=machine(), versions=versions(), figures=tuple(figures))


def write(found: Record, folder: Path = RESULTS) -> Path:
    """Write *found* to a file of its group in *folder*; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.group}.json"
    write_whole(path, [json.dumps(asdict(found), indent=1, ensure_ascii=False), "\n"])
    return path


def read(folder: Path = RESULTS) -> dict[str, Record]:
    """The records in *folder*, by group."""
    found = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))
    return {each["group"]: _record(each) for each in found}


def _record(found: Mapping[str, Any]) -> Record:
    return Record(**{**found, "figures": tuple(map(_figure, found["figures"]))})


def _figure(found: Mapping[str, Any]) -> Figure:
    goal = found["goal"]
    samples: Mapping[str, Sequence[float]] = {name: tuple(found[name]) for name in ("ours", "peer")}
    return Figure(**{**found, **samples, "goal": Goal(**goal) if goal else None})
