"""The workers of a Dask cluster as the workforce of a pool.

Function, items and results travel as pickles of ours, so the cluster needs no common folder, and Dask does
not look into them. Dask itself has the work of a worker that dies done by another. What all
items share is the result of a task, too, so it is made again when the workers that
had it are gone. Every call checks that its worker has the very code of the client: bytes are to be
the same as on one machine.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import uuid
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from kg.errors import PoolError
from kg.files import ontology_dir
from kg.pool_workers import Job, outcome
from kg.version import VERSION

CONNECT: Final = 10.0
"""Seconds in which a scheduler has to answer."""

WORKERS: Final = 60.0
"""Seconds in which a cluster has to have its first worker, or another one when it has lost all."""

_TRIES: Final = 2
"""Dask blames all that a dead worker was to do, so what is blamed once may be innocent."""

_COUNT_EVERY: Final = 32
"""After so many items, the workers are counted again: they come and go."""


@functools.cache
def code() -> str:
    """The hash of version, code and ontology, which decide what bytes come out."""
    package = Path(__file__).parent
    files = sorted(package.rglob("*.py")) + sorted(ontology_dir().rglob("*.ttl"))
    found = hashlib.sha256(VERSION.encode())
    for file in files:
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


# ---------------------------------------------------------------- at the workers


def prepare(expected: str, pickled: bytes) -> bytes:
    """What the items of a job share, and that this worker can work at all."""
    if code() != expected:
        raise PoolError(
            "a worker of the cluster has another version of Standpoint than this machine;"
            " install the same on all machines"
        )
    return pickled


def carry_out(expected: str, job: bytes, pickled: bytes) -> tuple[bool, Any]:
    """What the function of *job* gives for an item; see `kg.pool_workers.outcome`."""
    prepare(expected, b"")
    function, shared = _unpickled_job(job)
    return outcome(function, (*shared, pickle.loads(pickled)))  # noqa: S301 - from our client


@functools.lru_cache(maxsize=1)
def _unpickled_job(job: bytes) -> Any:
    return pickle.loads(job)  # noqa: S301 - from our client


# ---------------------------------------------------------------- at the client


class _Promise:
    """A result that comes some time."""

    def __init__(self, cluster: Cluster, job: Job, item: Any) -> None:
        self._cluster = cluster
        self._job = job
        self._item = item
        self._future = cluster.send(job, item)

    def result(self) -> Any:
        """Wait for it.

        Raises:
            PoolError: the cluster is gone, or workers die of the item.
        """
        from distributed import KilledWorker

        for left in reversed(range(_TRIES)):
            try:
                is_result, value = self._cluster.wait(self._future)
            except KilledWorker:
                if left:
                    self._future = self._cluster.send(self._job, self._item)
                continue
            if not is_result:
                raise value
            return value
        raise PoolError(
            f"{self._job.name(self._item)}: every worker of the cluster that worked on it died;"
            " perhaps it needs more memory than a worker has"
        )


class Cluster:
    """All workers that a scheduler has, now and later."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            PoolError: Dask is not installed, nobody answers at *address*, or there the code is another.
        """
        try:
            from distributed import Client
        except ImportError:
            raise PoolError(
                "a cluster needs Dask, which is not installed; pip install 'standpoint[cluster]'"
            ) from None
        self.address = address
        self._sent = 0
        self._size = 1
        self._shared: dict[Job, Any] = {}
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise PoolError(
                f"{address}: no Dask scheduler answers there ({str(error).splitlines()[0]});"
                " give its address as it prints it, such as tcp://10.0.0.5:8786"
            ) from error
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def _greet(self) -> None:
        try:
            self.wait(self._submit(prepare, code(), b""))
        except ImportError as error:
            raise PoolError(
                f"a worker of the cluster cannot load Standpoint ({error}); install the same on all machines"
            ) from error

    def _submit(self, function: Any, *arguments: Any) -> Any:
        import dask

        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
            key = f"standpoint-{uuid.uuid4().hex}"
            return self._client.submit(function, *arguments, key=key, pure=False)

    def send(self, job: Job, item: Any) -> Any:
        """Have *item* done: Dask's future."""
        return self._submit(carry_out, code(), self._shared[job], pickle.dumps(item, 5))

    def wait(self, future: Any) -> Any:
        """The result of Dask's *future*, for which a cluster may take hours as long as it has workers.

        Raises:
            PoolError: it has not had any for some time.
        """
        from distributed import TimeoutError as LateError

        with _explained(self.address):
            while True:
                try:
                    return future.result(timeout=WORKERS)
                except LateError:
                    if not self._client.nthreads() and not future.done():  # type: ignore[no-untyped-call]
                        raise PoolError(
                            f"{self.address}: the scheduler had no worker for {WORKERS:g} s;"
                            " start some with 'dask worker'"
                        ) from None

    def size(self) -> int:
        """How many threads the workers have, as of a moment ago; at least one."""
        if self._sent % _COUNT_EVERY == 0:
            with _explained(self.address):
                self._size = max(1, sum(self._client.nthreads().values()))  # type: ignore[no-untyped-call]
        return self._size

    def begin(self, job: Job) -> Job:
        """Send what all items of *job* share."""
        with _explained(self.address):
            self._shared[job] = self._submit(prepare, code(), pickle.dumps((job.function, job.shared), 5))
        return job

    def submit(self, job: Job, item: Any) -> _Promise:
        """Have *item* done; its result comes some time."""
        with _explained(self.address):
            promise = _Promise(self, job, item)
        self._sent += 1
        return promise

    def end(self, job: Job) -> None:
        """Drop what is not yet done of *job*: Dask forgets what nobody waits for."""
        self._shared.pop(job, None)

    def close(self) -> None:
        """Leave the cluster; its workers go on."""
        self._client.close(timeout=CONNECT)  # type: ignore[no-untyped-call]


@contextmanager
def _explained(address: str) -> Iterator[None]:
    """A connection that is gone as an error of ours."""
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CommClosedError, FutureCancelledError, CancelledError) as error:
        raise PoolError(f"{address}: the scheduler is gone; what was at work there is lost") from error
