import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg import engine, engine_edits
from kg.errors import QueryError, QueryTimeoutError, StoreError
from kg.terms import Quad
from kg.workers import Opening, Worker, Workers

QUADS = [Quad(f"<urn:s{n}>", "<urn:p>", f'"{n}"', "<urn:g>") for n in range(20)]
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"
CROSS = "SELECT (COUNT(*) AS ?n) { " + " ".join(
    f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(9)
) + " }"  # fmt: skip
NESTED = "SELECT * { " + "{" * 10_000 + "}" * 10_000 + " }"
FINE = "SELECT ?o { ?s <urn:p> ?o } ORDER BY ?o"


@pytest.fixture
def opening():
    store = engine.memory()
    engine_edits.load(store, QUADS)
    return Opening(nquads=engine.dump(store))


@pytest.fixture
def workers(opening):
    workers = Workers(opening)
    yield workers
    workers.close()


def rows(result):
    return [row[0].value for row in engine.answer(result).rows]


def test_a_query_is_answered_and_the_worker_kept_for_the_next(workers):
    assert rows(workers.ask(FINE)) == sorted(str(n) for n in range(20))
    first = workers._idle[0]
    assert engine.answer(workers.ask("ASK { <urn:s1> ?p ?o }")) is True
    assert workers._idle == [first]


@pytest.mark.parametrize("query", [ENDLESS, CROSS])
def test_an_endless_query_is_ended_at_its_time_and_the_next_one_runs(workers, query):
    with pytest.raises(QueryTimeoutError, match=r"ran longer than 0.5 s and was ended"):
        workers.ask(query, seconds=0.5)
    assert workers._idle == []
    assert len(rows(workers.ask(FINE))) == 20


def test_a_query_that_ends_its_process_is_told_and_the_next_one_runs(workers):
    with pytest.raises(
        QueryError, match=r"ended its process; it probably nests too deeply.*(SIGSEGV|SIGABRT)"
    ):
        workers.ask(NESTED)
    assert len(rows(workers.ask(FINE))) == 20


def test_a_query_that_needs_too_much_memory_is_told(opening):
    workers = Workers(Opening(nquads=opening.nquads, megabytes=300))
    hungry = f"SELECT * {{ {' '.join(f'?a{n} ?b{n} ?c{n} .' for n in range(5))} }} LIMIT 900000"
    with pytest.raises(QueryError, match=r"300 MB of memory|more memory than it may use"):
        workers.ask(hungry)
    workers.close()


def test_a_malformed_query_is_told_with_line_and_column(workers):
    with pytest.raises(QueryError, match=r"^2:6: the query is malformed: expected"):
        workers.ask("SELECT * {\n ?s }")
    assert len(workers._idle) == 1


def test_nothing_is_left_after_kills_and_errors(opening):
    def children():
        out = subprocess.run(
            ["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, text=True
        )
        return [line for line in out.stdout.split() if line != "ps"]

    children_before, files_before = children(), sorted(name.name for name in Path("/dev/fd").iterdir())
    workers = Workers(opening)
    for query in (FINE, ENDLESS, NESTED, "nonsense", FINE):
        try:
            workers.ask(query, seconds=0.5)
        except QueryError:
            continue
    workers.close()
    assert children() == children_before
    assert sorted(name.name for name in Path("/dev/fd").iterdir()) == files_before


def test_an_interrupt_ends_the_query(opening):
    worker = Worker(opening)
    # To this very thread: any other of the process may be handed a signal that is sent to the process.
    timer = threading.Timer(0.5, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        worker.ask(ENDLESS, hidden="", seconds=60)
    assert not worker.is_alive


def test_an_idle_worker_that_has_died_is_replaced(workers):
    workers.ask(FINE)
    workers._idle[0]._process.kill()
    workers._idle[0]._process.wait()
    assert len(rows(workers.ask(FINE))) == 20


def test_threads_ask_at_once_and_get_their_own_answers(workers):
    found = {}

    def ask(n):
        found[n] = rows(workers.ask(f"SELECT ?o {{ <urn:s{n}> ?p ?o }}"))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [str(n)] for n in range(6)}


def test_a_worker_whose_parent_is_killed_ends(tmp_path):
    script = (
        "import sys; from kg.workers import Workers, Opening\n"
        "w = Workers(Opening(nquads=b'')); w.ask('ASK {}')\n"
        "print(w._idle[0]._process.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(200):
        state = subprocess.run(["ps", "-p", str(child), "-o", "stat="], capture_output=True, text=True).stdout
        if not state.strip() or state.startswith("Z"):
            return
        time.sleep(0.05)
    pytest.fail("the worker is still there")


def test_a_damaged_store_is_told(tmp_path):
    with pytest.raises(StoreError, match="the store is damaged; build it again"):
        Workers(Opening(path=tmp_path)).ask("ASK {}")


def test_a_worker_that_cannot_start_is_told(opening, monkeypatch):
    monkeypatch.setattr("kg.workers._START", "import sys; sys.exit('no such luck')")
    with pytest.raises(StoreError, match="no query can run: exit status 1: no such luck"):
        Workers(opening).ask("ASK {}")


def test_text_of_any_script_travels(workers):
    text = "שלום 😀 \u2028 \x7f"
    found = engine.answer(workers.ask(f"SELECT ({json.dumps(text, ensure_ascii=False)} AS ?x) {{}}"))
    assert found.rows[0][0].value == text
