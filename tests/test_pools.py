from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import namedtuple
from pathlib import Path

import pool_functions as given
import pytest

from kg import pools
from kg.errors import InputError, PoolError
from kg.pools import AHEAD, cores, describe, local

HERE = Path(__file__).parent


def children():
    """The processes that this one has started and not buried."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            found.append(int(folder.name))
    return found


def is_running(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def pool():
    with local(2) as pool:
        yield pool


@pytest.fixture(autouse=True)
def no_leftovers(request):
    before = set(children()) if "pool" not in request.fixturenames else None
    yield
    assert before is None or set(children()) <= before


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_of_the_items(jobs):
    with local(jobs) as pool:
        assert pool.jobs == jobs
        assert list(pool.map(given.slow_first, range(20))) == list(range(20))


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_items_are_no_results_and_no_process(jobs):
    with local(jobs) as pool:
        before = children()
        assert list(pool.map(given.double, [])) == []
        assert children() == before


def test_without_a_number_all_cores_that_we_may_use_work():
    with local() as pool:
        assert pool.jobs == cores() == len(os.sched_getaffinity(0))


def test_one_job_is_done_in_this_very_process():
    with local(1) as pool:
        assert set(pool.map(given.own_pid, range(2))) == {os.getpid()}


def test_several_jobs_are_done_by_several_processes(pool):
    pids = set(pool.map(given.own_pid, range(12)))
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert set(pool.map(given.own_pid, range(12))) == pids  # which stay for the next


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_items_share_is_the_first_argument(jobs):
    with local(jobs) as pool:
        assert list(pool.map(given.add, [1, 2], shared=10)) == [11, 12]
        assert list(pool.map(given.add, "ab", shared="x")) == ["xa", "xb"]


def test_two_maps_can_take_turns(pool):
    one = pool.map(given.add, range(30), shared=100)
    other = pool.map(given.double, range(30))
    assert list(zip(one, other, strict=True)) == [(100 + n, 2 * n) for n in range(30)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_items_are_taken_as_results_are_wanted(jobs):
    taken = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    with local(jobs) as pool:
        results = pool.map(given.double, items())
        assert taken == []
        for wanted in range(1, 6):
            next(results)
            time.sleep(0.02)
            assert wanted <= len(taken) <= wanted + AHEAD * jobs
        results.close()
        assert len(taken) < 1000


def test_large_bytes_come_and_go_whole(pool):
    content = os.urandom(30_000_000)
    assert list(pool.map(given.size_of, [content, b""], shared=content)) == [
        (30_000_000, n) for n in (30_000_000, 0)
    ]
    for number, result in enumerate(pool.map(given.enlarge, range(4))):
        assert result == bytes([number]) * 20_000_000


def test_what_a_function_prints_is_no_answer(pool):
    assert list(pool.map(given.print_loudly, range(4))) == [0, 1, 2, 3]


@pytest.mark.parametrize("jobs", [1, 2])
def test_small_items_go_together_and_results_come_apart(jobs, monkeypatch):
    monkeypatch.setattr(pools, "GROUP", 10)
    with local(jobs) as pool:
        found = pool.map(given.add, range(25), shared=100, size=lambda number: number)
        assert list(found) == list(range(100, 125))


def test_items_of_a_group_are_done_by_one_process(pool):
    assert len(set(pool.map(given.own_pid, range(6), size=lambda _: pools.GROUP // 6))) == 1
    assert len(set(pool.map(given.own_pid, range(6), size=lambda _: pools.GROUP))) == 2


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_raised_as_it_is_where_the_result_would_be(jobs):
    found = []
    with local(jobs) as pool:
        with pytest.raises(InputError) as raised:
            found.extend(pool.map(given.refuse, range(100)))
        assert list(pool.map(given.double, [4])) == [8]  # which can go on
    assert found == [0, 1, 2]
    assert [str(problem) for problem in raised.value.problems] == ["a.yaml:3:0: is odd"]
    assert not getattr(raised.value, "__notes__", [])


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_group_is_raised_where_its_result_would_be(jobs):
    found = []
    with local(jobs) as pool, pytest.raises(InputError, match="is odd"):
        found.extend(pool.map(given.refuse, range(100), size=lambda _: 1))
    assert found == [0, 1, 2]


def test_a_bug_keeps_its_traceback(pool):
    with pytest.raises(ZeroDivisionError) as raised:
        list(pool.map(given.stumble, [1, 0]))
    assert "return 1 // number" in raised.value.__notes__[0]


def test_an_error_that_cannot_be_sent_is_told(pool):
    with pytest.raises(RuntimeError, match="UnportableError: two words"):
        list(pool.map(given.raise_unportable, [1]))


def test_a_result_or_an_item_that_cannot_be_sent_is_told(pool):
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        list(pool.map(given.give_unportable, [1]))
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        list(pool.map(given.double, [lambda: None]))
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        list(pool.map(lambda number: number, [1]))
    assert list(pool.map(given.double, [1])) == [2]


def test_a_function_that_a_worker_cannot_import_is_told(pool, monkeypatch):
    monkeypatch.setattr(given.double, "__module__", "nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", given)
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        list(pool.map(given.double, [1]))
    monkeypatch.undo()
    assert list(pool.map(given.double, [1])) == [2]


def test_an_error_of_the_items_ends_the_work(pool):
    def items():
        yield from range(9)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(pool.map(given.double, items()))
    assert list(pool.map(given.double, [1])) == [2]


# ---------------------------------------------------------------- killed


def test_what_a_killed_worker_was_at_is_done_again(tmp_path):
    with local(2) as pool:
        found = list(pool.map(given.die_once, range(20), shared=str(tmp_path)))
    assert found == [number * number for number in range(20)]
    assert len(list(tmp_path.iterdir())) == 7  # so many have died


def test_an_item_that_kills_three_workers_is_named():
    Shard = namedtuple("Shard", "name")
    with local(2) as pool:
        results = pool.map(given.die_at_seven, range(20), name=lambda number: f"passages/{number}.jsonl")
        assert [next(results) for _ in range(7)] == list(range(7))
        with pytest.raises(
            PoolError, match=r"^passages/7.jsonl: .*ended its process 3 times \(SIGKILL, SIGKILL, SIG"
        ):
            next(results)
        with pytest.raises(PoolError, match=r"^7: "):
            list(pool.map(given.die_at_seven, [7]))
        with pytest.raises(PoolError, match=r"^6 or one of the 2 after it: "):
            list(pool.map(given.die_at_seven, [6, 7, 8], size=lambda _: 1))
        assert list(pool.map(given.double, [1])) == [2]
    assert describe(Shard("a.jsonl")) == "a.jsonl"
    assert describe(Path("b.jsonl")) == "b.jsonl"


def interrupt(*_):
    raise KeyboardInterrupt


def pids_in(folder, count):
    assert eventually(lambda: len(list(folder.glob("*.pid"))) == count)
    return [int(path.stem) for path in folder.glob("*.pid")]


def test_an_interrupt_ends_workers_in_the_midst_of_their_work(tmp_path):
    with local(2) as pool:
        results = pool.map(given.wait_with_pid, range(10), shared=str(tmp_path))
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        try:
            with pytest.raises(KeyboardInterrupt):
                next(results)
        finally:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        pids = pids_in(tmp_path, 2)
        assert eventually(lambda: not any(map(is_running, pids)))
    assert not set(pids) & set(children())


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    code = f"""
        import sys
        sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
        import pool_functions
        from kg.pools import local
        with local(2) as pool:
            list(pool.map(pool_functions.wait_with_pid, range(9), shared={str(tmp_path)!r}))
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    try:
        pids = pids_in(tmp_path, 2)
        assert all(map(is_running, pids))
    finally:
        parent.kill()
        parent.wait()
    assert eventually(lambda: not any(map(is_running, pids)))


def test_a_worker_does_not_mind_an_interrupt(pool):
    assert list(pool.map(given.send_interrupt, range(4))) == list(range(4))


def test_a_pool_that_is_closed_has_buried_its_processes():
    before = children()
    with local(2) as pool:
        pids = set(pool.map(given.own_pid, range(8)))
        assert pids <= set(children())
    assert children() == before
