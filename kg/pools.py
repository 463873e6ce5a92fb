"""Have a function carried out for many items: in this process, in local ones, or on a Dask cluster.

A function that is handed over is pure and importable by name, so an item can be done again when the
process that was at it dies; that costs nothing but time. Results come in the order of the
items, and no more than a few per worker are under way, so a million items need no
more memory than ten.

>>> with local(1) as pool:
...     list(pool.map(len, ["one", "three"]))
[3, 5]
"""

from __future__ import annotations

import os
import reprlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeVar, overload

from kg.pool_workers import Job, Processes, outcome

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Result = TypeVar("Result")

AHEAD: Final = 3
"""How many items per worker are under way: one at work, one to come, one whose result waits for its turn."""

GROUP: Final = 2_000_000
"""So large are the items together that go to a worker at once, where their sizes are known."""

_NOTHING: Final = object()


class Promise(Protocol):
    """A result that comes some time."""

    def result(self) -> Any:
        """Wait for it; an error of the function is raised here."""


class Workforce(Protocol):
    """Who does the work of a `Pool`."""

    def size(self) -> int:
        """How many items can be at work at once, as of now."""

    def begin(self, job: Job) -> Job:
        """Make *job* known."""

    def submit(self, job: Job, item: Any) -> Promise:
        """Have *item* done."""

    def end(self, job: Job) -> None:
        """Drop what is not yet done of *job*."""

    def close(self) -> None:
        """Leave nothing behind."""


def describe(item: object) -> str:
    """Name *item* in a message: its path or name where it has one, else as Python writes it, shortened.

    >>> describe(b"a" * 1000)
    "b'aaaaaaaaaaa...aaaaaaaaaaaaa'"
    """
    for attribute in ("path", "name"):
        named = getattr(item, attribute, None)
        if isinstance(named, str | os.PathLike):
            return str(named)
    return reprlib.repr(item)


def each(function: Callable[..., Any], *arguments: Any) -> list[tuple[bool, Any]]:
    """The outcomes of *function* for a group of items, the last argument, up to the first error.

    >>> each(int, ["7", "8"])
    [(True, 7), (True, 8)]
    """
    *shared, items = arguments
    outcomes: list[tuple[bool, Any]] = []
    for item in items:
        outcomes.append(outcome(function, (*shared, item)))
        if not outcomes[-1][0]:
            break
    return outcomes


def grouped(items: Iterable[Item], size: Callable[[Item], int], limit: int) -> Iterator[list[Item]]:
    """Neighbouring *items* in groups whose sizes add up to *limit* at most, or of a larger one alone.

    >>> list(grouped(["a", "bb", "ccc", "dddd"], len, 3))
    [['a', 'bb'], ['ccc'], ['dddd']]
    """
    group: list[Item] = []
    total = 0
    for item in items:
        weight = size(item)
        if group and total + weight > limit:
            yield group
            group, total = [], 0
        group.append(item)
        total += weight
    if group:
        yield group


class Pool:
    """Workers for pure functions; a context manager that leaves no process behind."""

    def __init__(self, workforce: Workforce | None, *, shares_files: bool = True) -> None:
        """*workforce* None: the process that asks does the work."""
        self._workforce = workforce
        self._jobs: set[Job] = set()
        self.shares_files: Final = shares_files
        """Whether the workers see the files of this machine; else an item has to bring its bytes along."""

    @property
    def jobs(self) -> int:
        """How many items can be at work at once, as of now."""
        return self._workforce.size() if self._workforce else 1

    @overload
    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        name: Callable[[Item], str] = describe,
        size: Callable[[Item], int] | None = None,
    ) -> Iterator[Result]: ...

    @overload
    def map(
        self,
        function: Callable[[Shared, Item], Result],
        items: Iterable[Item],
        *,
        shared: Shared,
        name: Callable[[Item], str] = describe,
        size: Callable[[Item], int] | None = None,
    ) -> Iterator[Result]: ...

    def map(
        self,
        function: Callable[..., Result],
        items: Iterable[Item],
        *,
        shared: Any = _NOTHING,
        name: Callable[[Item], str] = describe,
        size: Callable[[Item], int] | None = None,
    ) -> Iterator[Result]:
        """The results of *function* for *items*, in their order, as they are wanted.

        Of *items* only a few more are taken than results were. *shared*, if given, is the first
        argument of every call, and goes to each worker once. An exception of *function*
        is raised where its result would have been, and ends the work on all others. Where the *size*
        of an item in bytes is told, small ones go to a worker together.

        Raises:
            PoolError: an item (called as *name* says) ended its process several times,
                or the workers are out of reach.
        """
        first = () if shared is _NOTHING else (shared,)
        if self._workforce is None:
            return (function(*first, item) for item in items)
        if size is None:
            return self._results(self._workforce, Job(function, first, name), items)
        groups = grouped(items, size, GROUP)
        job = Job(each, (function, *first), lambda group: _name_group(group, name))
        return _apart(self._results(self._workforce, job, groups))

    def _results(self, workforce: Workforce, job: Job, items: Iterable[Any]) -> Iterator[Any]:
        pending: deque[Promise] = deque()
        self._jobs.add(job)
        try:
            job = workforce.begin(job)
            for item in items:
                pending.append(workforce.submit(job, item))
                while len(pending) >= AHEAD * workforce.size():
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pending.clear()
            workforce.end(job)
            self._jobs.discard(job)

    def close(self) -> None:
        """End the workers, whatever they do."""
        if self._workforce is None:
            return
        for job in tuple(self._jobs):
            self._workforce.end(job)
        self._workforce.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _apart(groups: Iterator[list[tuple[bool, Any]]]) -> Iterator[Any]:
    for outcomes in groups:
        for is_result, value in outcomes:
            if not is_result:
                raise value
            yield value


def _name_group(group: list[Item], name: Callable[[Item], str]) -> str:
    more = len(group) - 1
    return name(group[0]) + (f" or one of the {more} after it" if more else "")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def local(jobs: int | None = None) -> Pool:
    """A pool of *jobs* processes here, by default as many as there are cores; 1: no process but this one."""
    count = jobs or cores()
    return Pool(Processes(count) if count > 1 else None)


def cluster(address: str) -> Pool:
    """A pool of the workers of the Dask scheduler at *address*, such as ``tcp://10.0.0.5:8786``.

    Raises:
        PoolError: Dask is not installed, nobody answers there, or there the code is another.
    """
    from kg.clusters import Cluster

    return Pool(Cluster(address), shares_files=False)
