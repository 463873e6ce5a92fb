"""The server whole: what stands at which address, and that all of it is answered from one snapshot."""

from __future__ import annotations

import time

import pytest
from serving import TOKEN, WRITER, in_process

from kg.builds import build

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("app") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def client(store):
    with in_process(store, token=TOKEN) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html"),
        ("/questions", "text/html"),
        ("/actor/ada-lane", "text/html"),
        ("/sparql", "text/html"),
        ("/static/style.css", "text/css"),
        ("/api/v1/openapi.json", "application/json"),
        ("/data", "application/trig"),
        ("/void", "text/turtle"),
        ("/.well-known/void", "text/turtle"),
        ("/healthz", "text/plain"),
        ("/metrics", "text/plain"),
    ],
)
def test_what_there_is_is_found(client, path, media):
    found = client.get(path, headers=PAGE if media == "text/html" else {})
    assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, media)
    assert found.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/templates/home.html", "/app.py", "/static/../app.py", "/.git/config"]
)
def test_no_folder_and_no_other_file_is_reachable(client, path):
    assert client.get(path).status_code in (400, 404)


def test_pages_are_compressed_for_who_takes_that(client):
    found = client.get("/questions", headers={"Accept-Encoding": "gzip"} | PAGE)
    assert found.headers["content-encoding"] == "gzip"
    assert (
        "content-encoding"
        not in client.get("/questions", headers={"Accept-Encoding": "identity"} | PAGE).headers
    )


def test_the_metrics_count_what_is_asked(client):
    def number(name):
        lines = client.get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"standpoint_{name} "))

    asked, reused = number("queries_total"), number("answers_reused_total")
    for _ in range(2):
        client.get("/sparql", params={"query": "ASK { ?metrics ?p ?o }"})
    assert (number("queries_total"), number("answers_reused_total")) == (asked + 1, reused + 1)
    assert number("memory_bytes") > 1e6
    assert client.get("/metrics").headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_the_graph_of_the_pages_is_one_object_until_the_data_changes(client):
    state = client.app.state
    first, name = state.graph(), state.snapshot()
    assert state.graph() is first
    written = client.put("/data?graph=urn:new", content="<urn:a> <urn:b> 1 .",
                         headers=WRITER | {"Content-Type": "text/turtle"})  # fmt: skip
    assert written.status_code == 201
    assert state.graph() is not first
    assert state.snapshot() != name
    query = "ASK { <urn:a> <urn:b> 1 }"
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is True


def test_what_was_kept_is_forgotten_when_the_data_changes(client):
    query = {"query": "SELECT ?o { <urn:kept> <urn:b> ?o }", "format": "csv"}
    writer = WRITER | {"Content-Type": "text/turtle"}
    for number in (1, 2):
        client.put("/data?graph=urn:kept", content=f"<urn:kept> <urn:b> {number} .", headers=writer)
        assert client.get("/sparql", params=query).text == f"o\r\n{number}\r\n"


def test_old_snapshots_are_deleted_though_pages_remember_their_graphs(world_seeds, tmp_path, monkeypatch):
    monkeypatch.setattr("kg.web.pool.LINGER", 0.1)
    store = tmp_path / "graph"
    build(world_seeds, store)
    with in_process(store, token=TOKEN, seconds=2.0) as client:
        state, graphs = client.app.state, []
        for number in range(4):
            client.get("/", headers=PAGE)
            graphs.append(state.graph())
            client.put("/data?graph=urn:n", content=f"<urn:n> <urn:is> {number} .",
                       headers=WRITER | {"Content-Type": "text/turtle"})  # fmt: skip
        time.sleep(2.5)
        client.delete("/data?graph=urn:n", headers=WRITER)
        assert len(list((store / "snapshots").iterdir())) == 2
        # Who still has an old one is answered from the new one.
        assert graphs[0].store.ask("ASK { <urn:n> ?p ?o }") is False


def test_a_page_of_a_busy_server_says_so(store):
    with in_process(store, workers=1, queue=0, grace=20.0) as client:
        client.get("/", headers=PAGE)  # what the pages keep
        pool = client.app.state.pool
        seats, pool.generation.idle = pool.generation.idle, []
        pool._starting = 1
        found = client.get("/sparql", params={"query": "ASK {}"})
        assert (found.status_code, found.headers["retry-after"]) == (503, "2")
        assert found.text == "all workers are busy; try again in some seconds\n"
        pool._starting = 0
        pool.generation.idle = seats
