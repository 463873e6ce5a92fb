"""A real cluster on this machine: a scheduler, two workers, each with a nanny that replaces it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pool_functions as given
import pytest

from kg import clusters
from kg.errors import InputError, PoolError
from kg.pools import AHEAD, cluster

pytest.importorskip("distributed")


@contextmanager
def started(workers):
    """The address of a scheduler with so many *workers*."""
    import dask
    from distributed import LocalCluster

    # Two deaths over one task are enough to show what four would.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def scheduler():
    with started(2) as found:
        yield found.scheduler_address


@pytest.fixture(scope="module")
def pool(scheduler):
    with cluster(scheduler) as pool:
        yield pool


def test_a_cluster_gives_what_one_process_gives(pool):
    assert pool.jobs == 2
    assert list(pool.map(given.slow_first, range(20))) == list(range(20))
    assert list(pool.map(given.add, "abc", shared="x")) == ["xa", "xb", "xc"]


def test_items_are_taken_as_results_are_wanted(pool):
    taken = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    results = pool.map(given.double, items())
    for wanted in range(1, 4):
        next(results)
        assert wanted <= len(taken) <= wanted + AHEAD * 2
    results.close()


def test_large_items_are_sent_without_a_warning(pool):
    content = bytes(12_000_000)
    assert list(pool.map(given.size_of, [content], shared=content)) == [(12_000_000, 12_000_000)]


def test_an_error_is_raised_as_it_is_and_ends_the_rest(pool):
    results = pool.map(given.refuse, range(100))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InputError) as raised:
        next(results)
    assert [str(problem) for problem in raised.value.problems] == ["a.yaml:3:0: is odd"]
    assert list(pool.map(given.double, [1])) == [2]


def test_what_a_killed_worker_was_at_is_done_again(pool, tmp_path):
    found = list(pool.map(given.die_once, range(10), shared=str(tmp_path)))
    assert found == [number * number for number in range(10)]
    assert len(list(tmp_path.iterdir())) == 4  # so many have died


def test_an_item_that_kills_its_workers_is_named():
    blame = pytest.raises(PoolError, match=r"^7: every worker of the cluster that worked on it died")
    with started(2) as found, cluster(found.scheduler_address) as pool, blame:
        list(pool.map(given.die_late_at_seven, range(6, 10)))


def test_other_code_at_the_workers_is_refused(scheduler, monkeypatch):
    monkeypatch.setattr(clusters, "code", lambda: "other")
    with pytest.raises(PoolError, match="another version of Standpoint than this machine"):
        cluster(scheduler)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1", "127.0.0.1"])
def test_an_address_without_a_scheduler_is_told(address, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT", 1.0)
    with pytest.raises(PoolError, match=rf"^{address}: no Dask scheduler answers there"):
        cluster(address)


def test_a_scheduler_without_workers_is_told(monkeypatch):
    monkeypatch.setattr(clusters, "WORKERS", 0.5)
    with started(0) as empty, pytest.raises(PoolError, match=r"had no worker for 0\.5 s"):
        cluster(empty.scheduler_address)


def test_a_scheduler_that_loses_its_workers_is_told(monkeypatch, tmp_path):
    with started(1) as found, cluster(found.scheduler_address) as pool:
        monkeypatch.setattr(clusters, "WORKERS", 1.0)
        results = pool.map(given.wait_with_pid, range(3), shared=str(tmp_path))
        threading.Timer(1, found.scale, [0]).start()
        with pytest.raises(PoolError, match=r"had no worker for 1 s"):
            next(results)


def test_a_scheduler_that_ends_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.PIPE, text=True) as scheduler:
        try:
            address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
            with subprocess.Popen(
                [*worker, "--nthreads", "1", "--no-dashboard"],
                cwd=Path(given.__file__).parent,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                stderr=subprocess.DEVNULL,
            ) as started:
                try:
                    with cluster(address) as pool:
                        results = pool.map(given.wait_with_pid, range(3), shared=str(tmp_path))
                        threading.Timer(0.5, scheduler.kill).start()
                        with pytest.raises(PoolError, match="the scheduler is gone"):
                            next(results)
                finally:
                    started.kill()
        finally:
            scheduler.kill()


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PoolError, match=r"pip install 'standpoint\[cluster\]'"):
        cluster("tcp://127.0.0.1:1")
