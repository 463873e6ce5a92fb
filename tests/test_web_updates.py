from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from serving import TOKEN, WRITER, in_process

from kg import snapshots
from kg.builds import build
from kg.web.problems import RefusedError
from kg.web.settings import Settings
from kg.web.updates import may_write

UPDATE = {"Content-Type": "application/sparql-update"}
CROSS = "INSERT { <urn:a> <urn:b> ?n } WHERE { SELECT (COUNT(*) AS ?n) { " + " ".join(
    f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(9)
) + " } }"  # fmt: skip


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("updates") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def client(store):
    with in_process(store, token=TOKEN, services=frozenset({"https://e.org/sparql"})) as client:
        yield client


@pytest.fixture
def hasty(store):
    """A client of a server that gives a change little time."""
    with in_process(store, token=TOKEN, seconds=0.75) as client:
        yield client


def update(client, text, **headers):
    return client.post("/sparql", content=text, headers=UPDATE | WRITER | headers)


def ask(client, query):
    return client.get("/sparql", params={"query": query}).json()["boolean"]


def shown(text, tmp_path, token=TOKEN):
    scope = {"headers": [(b"authorization", text.encode())] if text else []}
    may_write(scope, Settings(store=tmp_path, token=token))


@pytest.mark.parametrize("text", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER   {TOKEN} "])
def test_who_shows_the_token_may_write(text, tmp_path):
    shown(text, tmp_path)


@pytest.mark.parametrize(
    "text", ["", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} x", TOKEN, f"Token {TOKEN}"]
)
def test_who_does_not_show_it_may_not(text, tmp_path):
    with pytest.raises(RefusedError, match="to write, send the token") as error:
        shown(text, tmp_path)
    assert error.value.status == 401


def test_an_empty_token_lets_nobody_write(tmp_path):
    with pytest.raises(RefusedError, match="nothing can be written here"):
        shown("Bearer ", tmp_path, token="")


def test_what_is_written_is_read_at_once(client):
    for number in range(3):
        assert update(client, f"INSERT DATA {{ <urn:now> <urn:is> {number} }}").status_code == 204
        assert ask(client, f"ASK {{ <urn:now> <urn:is> {number} }}") is True


def test_an_update_that_takes_too_long_is_ended_and_changes_nothing(hasty, store):
    before = snapshots.current(store)
    found = update(hasty, CROSS)
    assert (found.status_code, found.text) == (504, "the change took longer than 3 s and was ended\n")
    assert snapshots.current(store) == before


def test_after_a_change_that_was_ended_the_next_one_is_made(client, hasty):
    update(hasty, CROSS)
    assert update(client, "CLEAR DEFAULT").status_code == 204


def test_an_update_that_ends_its_process_is_told(client):
    found = update(client, "INSERT { <urn:a> <urn:b> 1 } WHERE { FILTER(" + "!" * 60_000 + "true) }")
    assert (found.status_code, "ended its process" in found.text) == (400, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LOAD <http://127.0.0.1:1/>", "LOAD is refused here but to <https://e.org/sparql>"),
        ("INSERT {} WHERE { SERVICE <http://127.0.0.1:1/> {} }", "SERVICE is refused here but to"),
        ("INSERT DATA { <urn:a> }", "malformed"),
        ("INSERT DATA " + "{" * 600, "more than 500 deep"),
    ],
)
def test_an_update_that_is_refused_is_told(client, text, says):
    found = update(client, text)
    assert (found.status_code, says in found.text) == (400, True)


def test_while_a_build_is_at_work_a_writer_is_told_to_come_back(client, store):
    with snapshots.writing(store):
        found = update(client, "CLEAR DEFAULT")
    assert (found.status_code, found.headers["retry-after"]) == (503, "5")


def test_writers_wait_for_one_another_and_readers_for_none(client):
    statuses, answers = [], []

    def write(number):
        statuses.append(
            update(client, f"INSERT DATA {{ <urn:w{number}> <urn:is> <urn:written> }}").status_code
        )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        answers.append(client.get("/sparql", params={"query": f"ASK {{}} # {len(answers)}"}).status_code)
    for thread in threads:
        thread.join()
    assert statuses == [204] * 4
    assert set(answers) == {200}
    assert len(answers) > 10
    assert (
        ask(client, "ASK { " + " ".join(f"<urn:w{n}> <urn:is> <urn:written> ." for n in range(4)) + " }")
        is True
    )


def test_a_process_that_will_not_end_is_ended_with_its_request(hasty, monkeypatch):
    ended = []

    async def never(*_, **__):
        async def communicate(_):
            await asyncio.sleep(60)

        async def wait():
            return None

        return SimpleNamespace(
            communicate=communicate, kill=lambda: ended.append(True), wait=wait, returncode=0
        )

    monkeypatch.setattr("asyncio.create_subprocess_exec", never)
    assert update(hasty, "CLEAR DEFAULT").status_code == 504
    assert ended == [True]
