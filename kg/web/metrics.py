"""What the server has done, as Prometheus reads it (text format 0.0.4); no library is needed for that."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds, in seconds, that durations are counted under."""

PARTS: Final = frozenset(
    {"sparql", "data", "api", "static", "healthz", "metrics", "void", ".well-known", "question"}
)
"""The first segments of paths that are counted by name; all others are pages."""


def part(path: str) -> str:
    """The part of the server that a path belongs to: one of few names, whatever clients ask for.

    >>> part("/sparql"), part("/actor/ada-lane"), part("/")
    ('sparql', 'page', 'page')
    """
    first = path[1:].partition("/")[0]
    return first if first in PARTS else "page"


class Metrics:
    r"""Counts of requests and of the time they took.

    >>> metrics = Metrics()
    >>> metrics.observe("sparql", 200, 0.004)
    >>> print("\n".join(metrics.lines()[:3]))
    # HELP standpoint_requests_total Requests answered, by part of the server and status.
    # TYPE standpoint_requests_total counter
    standpoint_requests_total{part="sparql",status="200"} 1
    """

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._durations: dict[str, list[int]] = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def observe(self, name: str, status: int, seconds: float) -> None:
        """Count a request to the part *name* that was answered with *status* in *seconds*."""
        self._requests[name, status] += 1
        counts = self._durations.setdefault(name, [0] * (len(BOUNDS) + 1))
        counts[bisect_left(BOUNDS, seconds)] += 1
        self._seconds[name] += seconds

    def lines(self, others: Iterable[tuple[str, str, str, float]] = ()) -> list[str]:
        """All of it, and *others*: name, type, help, value."""
        return [*self._counts(), *self._histograms(), *(line for each in others for line in _single(*each))]

    def _counts(self) -> Iterator[str]:
        yield from _about("requests_total", "counter", "Requests answered, by part of the server and status.")
        for (name, status), count in sorted(self._requests.items()):
            yield f'standpoint_requests_total{{part="{name}",status="{status}"}} {count}'

    def _histograms(self) -> Iterator[str]:
        yield from _about("request_seconds", "histogram", "How long requests took, by part of the server.")
        for name, counts in sorted(self._durations.items()):
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), accumulate(counts), strict=True):
                yield f'standpoint_request_seconds_bucket{{part="{name}",le="{bound}"}} {count}'
            yield f'standpoint_request_seconds_sum{{part="{name}"}} {self._seconds[name]:.6f}'
            yield f'standpoint_request_seconds_count{{part="{name}"}} {sum(counts)}'


def _about(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP standpoint_{name} {text}"
    yield f"# TYPE standpoint_{name} {kind}"


def _single(name: str, kind: str, text: str, value: float) -> Iterator[str]:
    yield from _about(name, kind, text)
    yield f"standpoint_{name} {value:g}"


def memory() -> float:
    """The bytes of memory in use by this process; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - once a scrape
            return float(file.read().split()[1]) * 4096
    except OSError:
        return 0.0
