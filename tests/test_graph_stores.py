import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.endpoints import Credentials
from kg.errors import StoreError
from kg.graph_stores import GraphStore

LINE = '<urn:s> <urn:p> "\u203a" .\n'


class Handler(BaseHTTPRequestHandler):
    """The graph store of a server that can be told to fail, and what it was sent."""

    graphs: ClassVar[dict[str, bytes]] = {}
    faults: ClassVar[list[tuple[int, dict[str, str]]]] = []
    seen: ClassVar[list[tuple[str, str]]] = []
    wanted = ""

    def handle_any(self):
        graph = parse_qs(urlsplit(self.path).query)["graph"][0]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.headers.get("Authorization", "")))
        if self.wanted and self.headers.get("Authorization") != self.wanted:
            return self.reply(401, {"WWW-Authenticate": 'Basic realm="x"'}, b"who are you?")
        if self.faults:
            return self.reply(*self.faults.pop(0), b"not <b>now</b>")
        if self.command in ("GET", "DELETE") and graph not in self.graphs:
            return self.reply(404, {}, b"")
        if self.command == "GET":
            return self.reply(200, {"Content-Type": "text/turtle"}, self.graphs[graph])
        if self.command == "DELETE":
            del self.graphs[graph]
        else:
            before = self.graphs.get(graph, b"") if self.command == "POST" else b""
            self.graphs[graph] = before + body
        return self.reply(204, {}, b"")

    def do_GET(self):
        self.handle_any()

    def do_PUT(self):
        self.handle_any()

    def do_POST(self):
        self.handle_any()

    def do_DELETE(self):
        self.handle_any()

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def handler():
    Handler.graphs, Handler.faults, Handler.seen, Handler.wanted = {}, [], [], ""
    return Handler


@pytest.fixture
def url(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/data"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def store(url, pauses):
    return GraphStore(url, Credentials(), pauses.append)


def test_a_graph_comes_back_as_it_was_sent(store):
    store.put("urn:g?x=1&y", [LINE])
    assert str(store.get("urn:g?x=1&y")[0]) == LINE.strip()
    store.delete("urn:g?x=1&y")
    assert store.get("urn:g?x=1&y") == ()
    store.delete("urn:g?x=1&y")


def test_an_empty_graph_is_sent_too(store, handler):
    store.put("urn:g", [])
    assert handler.graphs == {"urn:g": b""}


def test_a_long_graph_goes_in_pieces_the_first_of_which_replaces(url, handler):
    store = GraphStore(url, Credentials(), request_bytes=2 * len(LINE.encode()))
    for _ in range(2):
        store.put("urn:g", [LINE] * 5)
    assert [method for method, _ in handler.seen] == ["PUT", "POST", "POST"] * 2
    assert handler.graphs["urn:g"] == LINE.encode() * 5


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_fault_that_passes_is_waited_for(store, handler, pauses, status):
    handler.faults = [(status, {"Retry-After": "3"}), (status, {})]
    store.put("urn:g", [LINE])
    assert pauses == [3, 1.0]
    assert handler.graphs["urn:g"] == LINE.encode()


def test_a_fault_that_does_not_pass_is_told_with_the_servers_words(store, handler):
    handler.faults = [(503, {})] * 5
    with pytest.raises(StoreError, match=r"refused PUT of the graph urn:g \(503 not <b>now</b>\), 5 times"):
        store.put("urn:g", [LINE])


@pytest.mark.parametrize(
    ("status", "help_"), [(403, "KG_STORE_USER"), (405, "KG_GRAPHS_URL"), (404, "KG_GRAPHS_URL"), (400, "")]
)
def test_a_refusal_is_told_at_once_with_what_would_help(store, handler, pauses, status, help_):
    handler.faults = [(status, {})]
    with pytest.raises(StoreError, match=f"refused PUT of the graph urn:g .*{help_}"):
        store.put("urn:g", [LINE])
    assert not pauses


def test_a_server_that_is_not_there_is_tried_again_and_told(pauses):
    store = GraphStore("http://127.0.0.1:9/data", Credentials(), pauses.append)
    with pytest.raises(StoreError, match=r"cannot be reached \(.*\), 5 times in a row"):
        store.put("urn:g", [LINE])
    assert len(pauses) == 4


def test_an_answer_that_is_no_rdf_is_told(store, handler):
    handler.graphs["urn:g"] = b"<html>Welcome</html>"
    with pytest.raises(StoreError, match="the answer is not Turtle"):
        store.get("urn:g")


def test_user_and_password_are_sent_at_once_and_a_token_is_sent(url, handler):
    handler.wanted = "Basic " + base64.b64encode(b"me:secret").decode()
    GraphStore(url, Credentials("me", "secret")).put("urn:g", [LINE])
    handler.wanted = "Bearer t1"
    GraphStore(url, Credentials(token="t1")).put("urn:g", [LINE])
    assert len(handler.seen) == 2


def test_credentials_that_are_missing_or_wrong_are_told_and_not_repeated(url, handler):
    handler.wanted = "Bearer t1"
    with pytest.raises(StoreError, match="give credentials in KG_STORE_USER"):
        GraphStore(url, Credentials()).put("urn:g", [LINE])
    with pytest.raises(StoreError, match="refused PUT") as told:
        GraphStore(url, Credentials("me", "secret")).put("urn:g", [LINE])
    assert "secret" not in str(told.value)
