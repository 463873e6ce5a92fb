from __future__ import annotations

import asyncio
import json
import logging
from urllib.parse import unquote

import pytest
from serving import TOKEN, WRITER
from starlette.testclient import TestClient

from kg.errors import QueryError
from kg.web.guard import CSP, Guard
from kg.web.metrics import Metrics
from kg.web.settings import Settings

SETTINGS = {"hosts": frozenset({"graph.example.org"}), "token": TOKEN}


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def lines():
    return []


@pytest.fixture
def client(metrics, lines, tmp_path):
    """What stands behind the guard answers with the path, or fails as the path says."""

    async def app(scope, receive, send):
        if scope["path"] == "/bug":
            raise ZeroDivisionError("a secret detail")
        if scope["path"] == "/error":
            raise QueryError("the query is malformed")
        scope["standpoint"]["query"] = "SELECT a secret"
        headers = [(b"content-type", b"text/html" if scope["path"] == "/page" else b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    guard = Guard(app, Settings(store=tmp_path, **SETTINGS), metrics, lines.append)
    return TestClient(guard, base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8731", "LOCALHOST", "[::1]:8731", "graph.example.org"]
)
def test_known_hosts_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8731", "evil.example:127", "",
        "x@localhost",
    ],
)  # fmt: skip
def test_a_host_that_is_not_known_is_refused(client, host):
    found = client.get("/", headers={"Host": host})
    assert (found.status_code, "--allow-host" in found.text) == (421, True)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_a_method_that_is_not_known_is_refused(client, method):
    found = client.request(method, "/")
    assert found.status_code == 405
    assert "GET" in found.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/a/../b", "/..", "/a/./b", "/static/..%2f..%2fx", "/a//b", "/a%5cb", "/a%00", "/a%0d%0aX:%20y",
        "/%ff", "/%c0%ae",
    ],
)  # fmt: skip
def test_a_path_that_is_a_trick_is_refused(client, path):
    async def ask():
        # Not through a client, which would tidy the path up.
        sent = []
        scope = {
            "type": "http", "method": "GET", "path": unquote(path), "query_string": b"", "client": None,
            "headers": [(b"host", b"localhost")],
        }  # fmt: skip

        async def send(message):
            sent.append(message)

        await client.app(scope, None, send)
        return sent[0]["status"]

    assert asyncio.run(ask()) == 400


def test_a_path_that_is_no_trick_is_answered(client):
    assert client.get("/actor/ada..lane/%C3%A9t%C3%A9.csv").text == "/actor/ada..lane/été.csv"


@pytest.mark.parametrize("headers", [{"X": "a" * 20_000}, {f"X-{n}": "y" for n in range(120)}])
def test_a_head_that_is_too_large_is_refused(client, headers):
    assert client.get("/", headers=headers).status_code == 431


def test_a_path_that_is_too_long_is_refused(client):
    assert client.get("/" + "a" * 5000).status_code == 414


def test_every_answer_tells_browsers_to_be_careful(client):
    for path in ("/", "/error", "/bug", "/a//b", "/page"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
    assert client.get("/page").headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert "sandbox" in client.get("/").headers["content-security-policy"]


def test_an_error_is_a_sentence_and_a_bug_tells_nothing_but_to_the_log(client, caplog):
    assert client.get("/error").status_code == 400
    with caplog.at_level(logging.ERROR, "kg.web"):
        found = client.get("/bug")
    assert (found.status_code, "secret" in found.text) == (500, False)
    assert "a secret detail" in caplog.text


def test_the_access_log_has_a_json_object_for_each_request(client, lines):
    client.get("/sparql?query=x", headers={"User-Agent": "a" * 200})
    found = json.loads(lines[0])
    assert {name: found[name] for name in ("method", "path", "status", "bytes", "client")} == {
        "method": "GET", "path": "/sparql", "status": 200, "bytes": 7, "client": "testclient",
    }  # fmt: skip
    assert len(found["agent"]) == 100
    assert found["ms"] >= 0


def test_neither_tokens_nor_queries_stand_in_the_log(client, lines):
    client.get(f"/sparql?token={TOKEN}", headers=WRITER)
    assert TOKEN not in lines[0]
    assert "secret" not in lines[0]
    assert len(json.loads(lines[0])["query"]) == 12


def test_the_text_of_queries_stands_in_the_log_if_wanted(client, lines, tmp_path):
    telling = Guard(client.app.app, Settings(store=tmp_path, log_queries=True), Metrics(), lines.append)
    TestClient(telling, base_url="http://localhost").get("/")
    assert json.loads(lines[0])["query"] == "SELECT a secret"


def test_requests_are_counted_under_few_names_whatever_is_asked(client, metrics):
    for path in ("/sparql", "/data/x", *(f"/{n}" for n in range(50))):
        client.get(path)
    client.get("/a//b")
    lines = [line for line in metrics.lines() if line.startswith("standpoint_requests_total{")]
    assert lines == [
        'standpoint_requests_total{part="data",status="200"} 1',
        'standpoint_requests_total{part="page",status="200"} 50',
        'standpoint_requests_total{part="page",status="400"} 1',
        'standpoint_requests_total{part="sparql",status="200"} 1',
    ]


def test_a_websocket_is_closed(client):
    async def ask():
        sent = []

        async def send(message):
            sent.append(message)

        await client.app({"type": "websocket", "path": "/"}, None, send)
        return sent

    assert asyncio.run(ask()) == [{"type": "websocket.close"}]


def test_the_token_does_not_show_in_the_settings(tmp_path):
    assert TOKEN not in repr(Settings(store=tmp_path, token=TOKEN))
