"""Processes made by a fork, each tried in a process of its own that has one thread."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kg.builds import build
from kg.corpora import Seeds
from kg.forks import can_fork

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="forks are for Linux only")


def run(code: str, *words: str) -> list[str]:
    """What *code* prints in a process of its own; it must end well and say nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, world_seeds: Seeds) -> str:
    directory = tmp_path_factory.mktemp("forks") / "graph"
    build(world_seeds, directory)
    return str(directory)


def test_nobody_forks_while_a_thread_runs() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        ended.set()
        thread.join()
    assert run("from kg.forks import can_fork; print(can_fork())") == ["True"]


def test_a_fork_has_streams_of_its_own_and_nothing_else_open() -> None:
    code = (
        "import os, sys\nfrom kg.forks import Fork\n"
        "kept = open('/dev/null')\nprint('told by the parent')\n"
        "def child():\n"
        "    os.write(1, os.read(0, 5).upper()); os.write(2, b'oh ')\n"
        "    os.write(2, ' '.join(sorted(os.listdir('/proc/self/fd'))[:-1]).encode())\n"
        "fork = Fork(child)\n"
        "fork.stdin.write(b'hello'); fork.stdin.flush()\n"
        "print(fork.stdout.read().decode(), fork.wait(), fork.poll())\n"
        "fork.errors.seek(0); print(fork.errors.read().decode())\n"
    )
    assert run(code) == ["told by the parent", "HELLO 0 0", "oh 0 1 2"]


@pytest.mark.parametrize(
    ("does", "status", "words"), [("1 / 0", 1, "ZeroDivisionError"), ("raise SystemExit(3)", 1, "SystemExit")]
)
def test_a_fork_that_fails_tells_why_and_never_returns(does: str, status: int, words: str) -> None:
    code = (
        "import sys\nfrom kg.forks import Fork\n"
        f"def child():\n    {does}\n"
        "fork = Fork(child)\nprint(fork.wait())\n"
        "fork.errors.seek(0); print(fork.errors.read().decode().splitlines()[-1])\n"
    )
    said = run(code)
    assert said[0] == str(status)
    assert words in said[1]


def test_a_fork_can_be_ended() -> None:
    code = (
        "import time\nfrom kg.forks import Fork\n"
        "fork = Fork(lambda: time.sleep(60))\n"
        "print(fork.poll()); fork.kill(); print(fork.wait(), fork.poll()); fork.kill()\n"
    )
    assert run(code) == ["None", "-9 -9"]


ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"
PREPARED = (
    "import os, sys\nfrom kg.errors import QueryError\nfrom kg.store import open_store\n"
    "store = open_store(sys.argv[1])\nstore.prepare()\n"
    "first = store._data.workers._idle[0]\n"
)


def test_a_prepared_store_answers_as_any_other_and_opens_nothing_here(store: str) -> None:
    code = PREPARED + (
        "count = 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'\n"
        "print(store.select_here(count) == store.select(count), store._data._engine)\n"
        "print(store._data.workers._idle == [first], len(store) > 1000)\n"
        "print(store.select_here(count) == store.select(count), store._data._engine is None)\n"
        "bare = store.without_inferred()\n"
        "print(bare.select_here(count) == bare.select(count) != store.select(count))\n"
        "store.close(); print(first.is_alive)\n"
    )
    assert run(code, store) == ["True None", "True True", "True False", "True", "False"]


def test_a_prepared_worker_is_ended_at_its_time_or_by_a_wild_query_and_the_next_one_answers(
    store: str,
) -> None:
    code = PREPARED + (
        f"for query in ({ENDLESS!r}, 'SELECT * {{', 'ASK {{}}'):\n"
        "    try:\n        print(store.answer(query, timeout=0.5))\n"
        "    except QueryError as error:\n        print(type(error).__name__)\n"
        "store.close()\n"
    )
    assert run(code, store) == ["QueryTimeoutError", "QueryError", "True"]


def test_a_prepared_worker_whose_parent_is_killed_ends(store: str) -> None:
    code = PREPARED + "print(first.pid, flush=True)\nsys.stdin.read()\n"
    parent = subprocess.Popen(
        [sys.executable, "-c", code, store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    for _ in range(500):
        if not _runs(child):
            break
        threading.Event().wait(0.01)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie that nobody has buried yet."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_damaged_store_is_told_as_ever(store: str, tmp_path: Path) -> None:
    import shutil

    damaged = tmp_path / "graph"
    shutil.copytree(store, damaged)
    for file in damaged.glob("snapshots/*/db/MANIFEST*"):
        os.truncate(file, 3)
    code = PREPARED + (
        "try:\n    store.select('SELECT * {}')\n"
        "except Exception as error:\n    print(type(error).__name__, 'damaged' in str(error))\n"
    )
    assert run(code, str(damaged)) == ["StoreError True"]


def test_where_there_is_no_room_for_a_fork_a_fresh_process_answers(store: str) -> None:
    code = (
        "import os, sys\nfrom kg.store import open_store\n"
        "def full():\n    raise BlockingIOError(11, 'Resource temporarily unavailable')\n"
        "os.fork = full\nstore = open_store(sys.argv[1])\nstore.prepare()\n"
        "print(store._data.workers.is_prepared, store.ask('ASK {}'))\nstore.close()\n"
    )
    assert run(code, store) == ["False True"]
