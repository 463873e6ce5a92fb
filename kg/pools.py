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

from kg.pool_workers import Job, Processes

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Result = TypeVar("Result")

AHEAD: Final = 3
"""How many items per worker are under way: one at work, one to come, one whose result waits for its turn."""

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


class Pool:
    """Workers for pure functions; a context manager that leaves no process behind."""

    def __init__(self, workforce: Workforce | None) -> None:
        """*workforce* None: the process that asks does the work."""
        self._workforce = workforce
        self._jobs: set[Job] = set()

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
    ) -> Iterator[Result]: ...

    @overload
    def map(
        self,
        function: Callable[[Shared, Item], Result],
        items: Iterable[Item],
        *,
        shared: Shared,
        name: Callable[[Item], str] = describe,
    ) -> Iterator[Result]: ...

    def map(
        self,
        function: Callable[..., Result],
        items: Iterable[Item],
        *,
        shared: Any = _NOTHING,
        name: Callable[[Item], str] = describe,
    ) -> Iterator[Result]:
        """The results of *function* for *items*, in their order, as they are wanted.

        Of *items* only a few more are taken than results were. *shared*, if given, is the first
        argument of every call, and goes to each worker once. An exception of *function*
        is raised where its result would have been, and ends the work on all others.

        Raises:
            PoolError: an item (called as *name* says) ended its process several times,
                or the workers are out of reach.
        """
        if self._workforce is None:
            first = () if shared is _NOTHING else (shared,)
            return (function(*first, item) for item in items)
        job = Job(function, () if shared is _NOTHING else (shared,), name)
        return self._results(self._workforce, job, items)

    def _results(self, workforce: Workforce, job: Job, items: Iterable[Item]) -> Iterator[Any]:
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

    return Pool(Cluster(address))
