from __future__ import annotations

import asyncio
import json
import os
import subprocess
from dataclasses import replace

import pytest

from kg.builds import build
from kg.changes import Change, apply
from kg.errors import QueryError, QueryTimeoutError, StoreError
from kg.streams import NotAcceptableError, Question, TooLargeError
from kg.web.graphs import PooledStore
from kg.web.pool import BusyError, Pool
from kg.web.processes import ENOUGH
from kg.web.settings import Settings

CROSS = "SELECT (COUNT(*) AS ?n) { " + " ".join(
    f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(9)
) + " }"  # fmt: skip
COUNT = Question(text="SELECT (COUNT(*) AS ?n) { GRAPH <urn:new> { ?s ?p ?o } }")
LARGE = Question(text="SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 40000", rows="csv")
FINE = Question(text="ASK {}")


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("pool") / "graph"
    build(world_seeds, directory)
    return directory


def on(store, work, **changes):
    """Run *work* with a pool on the store, and see that it leaves nothing behind."""

    async def run():
        pool = Pool(replace(Settings(store=store, workers=1, seconds=20.0, grace=20.0), **changes))
        await pool.start()
        try:
            return await work(pool)
        finally:
            await pool.close()

    before = children()  # other tests of this run may have some of their own
    found = asyncio.run(run())
    assert children() - before == set()
    return found


def children():
    out = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,comm=,stat="], capture_output=True, text=True
    )
    lines = [line.split() for line in out.stdout.splitlines()]
    return {pid for pid, name, *_ in lines if name != "ps"}


async def foreign(pool, question):
    """The whole answer to a query that others wrote."""
    answering = await pool.ask(question)
    try:
        return answering.reply.start + b"".join([piece async for piece in answering.rest()])
    finally:
        answering.close()


async def whole(pool, question):
    _, payload = await pool.collect(question)
    return payload


def number(payload):
    return int(json.loads(payload)["results"]["bindings"][0]["n"]["value"])


async def fails(work, kind, match="."):
    with pytest.raises(kind, match=match):
        await work


def test_questions_of_any_kind_are_answered_in_the_form_wanted(store):
    async def work(pool):
        forms = replace(FINE, rows="xml", boolean="xml", triples="ntriples")
        return [
            (found.reply.kind, found.reply.form)
            for text in ("ASK {}", "SELECT * {}", "CONSTRUCT { <urn:a> <urn:b> 1 } {}")
            if (found := await pool.ask(replace(forms, text=text)))
        ]

    assert on(store, work) == [("boolean", "xml"), ("table", "xml"), ("triples", "ntriples")]


def test_a_long_answer_comes_in_pieces_and_holds_little_at_a_time(store):
    async def work(pool):
        answering = await pool.ask(LARGE)
        assert not answering.reply.is_whole
        sizes = [len(answering.reply.start)] + [len(piece) async for piece in answering.rest()]
        assert pool.running == 0
        return sizes

    sizes = on(store, work)
    assert sum(sizes) > 4 * ENOUGH
    assert max(sizes) < 2 * ENOUGH


def test_an_answer_left_half_way_frees_its_worker(store):
    async def work(pool):
        answering = await pool.ask(LARGE)
        answering.close()
        assert pool.running == 0
        return await whole(pool, FINE)

    assert b"true" in on(store, work)


def test_a_client_that_goes_while_its_query_runs_frees_its_worker(store):
    async def work(pool):
        task = asyncio.create_task(pool.ask(Question(text=CROSS)))
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert pool.running == 0
        return await whole(pool, FINE)

    assert b"true" in on(store, work)


def test_a_query_that_takes_too_long_is_ended_and_the_next_one_runs(store):
    async def work(pool):
        await fails(pool.ask(Question(text=CROSS)), QueryTimeoutError, "longer than 1 s and was ended")
        assert pool.counts.timeouts == 1
        return await whole(pool, FINE)

    assert b"true" in on(store, work, seconds=1.0)


@pytest.mark.parametrize(
    ("question", "kind", "match"),
    [
        (replace(FINE, text="nonsense"), QueryError, "the query is malformed"),
        (replace(FINE, boolean=""), NotAcceptableError, "boolean"),
        (LARGE, TooLargeError, "larger than 1 MB"),
        (replace(FINE, text="ASK { SERVICE <urn:x> {} }"), QueryError, "SERVICE is refused here"),
        (replace(FINE, text="ASK { FILTER(" + "!" * 60_000 + "true) }"), QueryError, "ended its process"),
        (replace(FINE, default=("no iri",)), QueryError, "no absolute IRI"),
    ],
)
def test_what_fails_is_told_and_the_next_question_is_answered(store, question, kind, match):
    async def work(pool):
        await fails(pool.ask(question), kind, match)
        return await whole(pool, FINE)

    assert b"true" in on(store, work, max_result=1 << 20)


def test_what_goes_beyond_the_queue_is_turned_away_at_once_and_the_rest_waits(store):
    async def work(pool):
        long = asyncio.create_task(pool.ask(Question(text=CROSS)))
        await asyncio.sleep(0.2)
        waiting = [asyncio.create_task(pool.ask(FINE)) for _ in range(2)]
        await asyncio.sleep(0)
        await fails(pool.ask(FINE), BusyError, "all workers are busy")
        long.cancel()
        found = await asyncio.gather(*waiting)
        assert pool.counts.busy == 1
        return [each.reply.start for each in found]

    assert len(on(store, work, queue=2)) == 2


def test_who_waits_too_long_is_told_to_come_back(store):
    async def work(pool):
        long = asyncio.create_task(pool.ask(Question(text=CROSS)))
        await asyncio.sleep(0.2)
        await fails(pool.ask(FINE), BusyError, "try again in some seconds")
        long.cancel()
        await asyncio.gather(long, return_exceptions=True)

    on(store, work, wait=0.3)


def test_a_long_query_steps_aside_for_short_ones(store):
    async def work(pool):
        long = asyncio.create_task(pool.ask(Question(text=CROSS)))
        await asyncio.sleep(0.1)
        found = await whole(pool, FINE)
        assert not long.done()
        await fails(long, QueryTimeoutError)
        return found

    assert b"true" in on(store, work, grace=0.3, seconds=5.0)


def test_of_long_queries_only_as_many_as_workers_go_on_when_somebody_waits(store):
    async def work(pool):
        first, second = (asyncio.create_task(pool.ask(Question(text=f"{CROSS} # {n}"))) for n in range(2))
        await asyncio.sleep(2.0)
        assert (first.done(), second.done()) == (False, False)
        found = await foreign(pool, FINE)
        assert not first.done()
        await fails(second, BusyError, "longer queries are at work|one longer query is at work")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return found

    assert b"true" in on(store, work, grace=0.3, wait=20.0)


def test_our_own_queries_get_through_whatever_others_ask(store):
    async def work(pool):
        others = [asyncio.create_task(pool.ask(Question(text=f"{CROSS} # {n}"))) for n in range(12)]
        await asyncio.sleep(1.0)
        found = [await whole(pool, FINE) for _ in range(5)]
        assert sum(other.done() for other in others) == 0
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        return b"".join(found)

    assert on(store, work, grace=15.0, wait=20.0).count(b"true") == 5


def test_a_worker_that_is_killed_from_outside_is_replaced(store):
    async def work(pool):
        seat = pool.generation.idle[-1]
        os.kill(seat.process._worker.pid, 9)
        await asyncio.sleep(0.2)
        return await whole(pool, FINE)

    assert b"true" in on(store, work)


def test_a_worker_that_has_used_much_memory_is_replaced(store, monkeypatch):
    async def work(pool):
        before = pool.counts.started
        await whole(pool, FINE)
        await asyncio.sleep(1.0)
        return pool.counts.started - before

    ballast = bytearray(1 << 30)
    ballast[::4096] = b"x" * len(ballast[::4096])  # memory of the server does not count as the worker's
    assert on(store, work) == 0
    del ballast
    monkeypatch.setattr("kg.web.pool._WORN", 10_000)
    assert on(store, work) == 1


def test_new_queries_go_to_the_new_snapshot_and_those_at_work_end_on_theirs(store):
    async def work(pool):
        first = pool.generation
        answering = await pool.ask(LARGE)
        change = Change(kind="put", graph="urn:new", parts=(("turtle", b"<urn:a> <urn:b> 1, 2, 3 ."),))
        await asyncio.to_thread(apply, store, change)
        for _ in range(200):
            if pool.generation is not first:
                break
            await asyncio.sleep(0.05)
        assert number(await whole(pool, COUNT)) == 3
        assert answering.generation is first
        assert sum([len(piece) async for piece in answering.rest()]) > ENOUGH
        old = await pool.collect(COUNT, first)  # somebody who still holds it
        await asyncio.to_thread(apply, store, Change(kind="delete", graph="urn:new"))
        await pool.refresh()
        return number(old[1]), number(await whole(pool, COUNT)), pool.counts.switches

    assert on(store, work) == (0, 0, 2)


def test_a_pool_that_is_closed_while_it_moves_to_a_new_snapshot_leaves_nothing_behind(store):
    async def work(pool):
        change = Change(kind="put", graph="urn:new", parts=(("turtle", b"<urn:a> <urn:b> 9 ."),))
        await asyncio.to_thread(apply, store, change)
        pool._spawn(pool.refresh())
        await asyncio.sleep(0.05)  # its processes are starting

    on(store, work)  # which looks for processes that are left


def test_the_name_of_a_snapshot_changes_with_the_data(store):
    async def work(pool):
        names = {pool.generation.name}
        for text in (b"<urn:a> <urn:b> 1 .", b"<urn:a> <urn:b> 2 ."):
            change = Change(kind="put", graph="urn:new", parts=(("turtle", text),))
            await asyncio.to_thread(apply, store, change)
            await pool.refresh()
            names.add(pool.generation.name)
        await asyncio.to_thread(apply, store, Change(kind="delete", graph="urn:new"))
        return len(names)

    assert on(store, work) == 3


def test_there_is_no_pool_without_a_store(tmp_path):
    with pytest.raises(StoreError, match="there is no store here"):
        on(tmp_path / "nowhere", None)


def test_handlers_in_threads_ask_it_like_any_store(store, world_store):
    query = "SELECT ?s ?o { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } ORDER BY ?s ?o"

    async def work(pool):
        pooled = PooledStore(pool, pool.generation)
        return await asyncio.gather(
            asyncio.to_thread(pooled.select, query),
            asyncio.to_thread(pooled.ask, "ASK { ?s ?p ?o }"),
            asyncio.to_thread(pooled.construct, "CONSTRUCT { ?s a ?o } { ?s a ?o }"),
        )

    rows, truth, triples = on(store, work)
    assert rows == world_store.select(query)
    assert truth is True
    assert triples == world_store.construct("CONSTRUCT { ?s a ?o } { ?s a ?o }")
