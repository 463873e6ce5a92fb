"""What real connections do to a server that is started as the command starts it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time

import pytest
from serving import HOST, get, in_thread

from kg.builds import build

HEAD = f"POST /sparql HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/sparql-query\r\n".encode()


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("connections") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def port(store):
    with in_thread(store, patience=1.0, seconds=20.0, max_result=8 << 20) as port:
        yield port


def connect(port):
    return socket.create_connection((HOST, port), timeout=30)


def answer(client):
    found = b""
    while piece := client.recv(65536):
        found += piece
    return found


def is_well(port):
    return get(port, "/sparql?query=ASK%7B%7D") == b'{"head":{},"boolean":true}'


def runs(port):
    return get(port, "/metrics").partition(b"\nstandpoint_queries_running ")[2][:1]


def waits_for(port, running):
    for _ in range(150):
        if runs(port) == running:
            return True
        time.sleep(0.1)
    return False


def test_the_server_answers(port):
    assert is_well(port)


def test_a_head_that_has_no_end_is_refused_when_it_is_too_large(port):
    with connect(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        for _ in range(40):
            try:
                client.sendall(b"a" * 1000)
                time.sleep(0.005)
            except OSError:
                break
        assert answer(client).startswith(b"HTTP/1.1 431 ")
    assert is_well(port)


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_a_head_that_does_not_arrive_is_given_up(port, sent):
    with connect(port) as client:
        client.sendall(sent)
        assert answer(client).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_does_not_arrive_is_given_up_and_the_others_are_answered(port):
    with connect(port) as client:
        client.sendall(HEAD + b"Content-Length: 100\r\n\r\nASK")
        assert is_well(port)
        found = answer(client)
    assert found.startswith(b"HTTP/1.1 408 ")
    assert b"the body did not arrive within 1 s" in found


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"FOO / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused(port, sent):
    with connect(port) as client:
        client.sendall(sent)
        assert answer(client).startswith(b"HTTP/1.1 400 ")
    assert is_well(port)


def test_a_body_in_pieces_of_a_byte_is_read(port):
    with connect(port) as client:
        client.sendall(HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        for letter in b"ASK {}":
            client.sendall(b"1\r\n%c\r\n" % letter)
        client.sendall(b"0\r\n\r\n")
        assert answer(client).endswith(b'"boolean":true}')


def test_requests_on_one_connection_are_answered_in_their_order(port):
    asked = b"GET /sparql?query=ASK%%7B%%7D&n=%d HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
    with connect(port) as client:
        client.sendall(b"".join(asked % (n, b"") for n in range(20)) + asked % (20, b"Connection: close\r\n"))
        assert answer(client).count(b'"boolean":true}') == 21


def ask(client, query):
    client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(query) + query)


def test_an_answer_that_breaks_off_is_seen_to_and_no_error_of_the_server(port, caplog):
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=60)) as connection:
        query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"  # larger than may be
        connection.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query"})
        response = connection.getresponse()
        assert response.status == 200  # which was sent before it was known
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()
    assert is_well(port)
    assert caplog.records == []


def test_a_client_that_does_not_read_is_dropped_and_its_worker_freed(port):
    with connect(port) as client:
        ask(client, b"SELECT * { ?a ?b ?c . ?d ?e ?f }")
        assert waits_for(port, b"1")
        assert waits_for(port, b"0")
        assert is_well(port)


def test_a_client_that_goes_frees_its_worker(port):
    with connect(port) as client:
        ask(client, b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
        assert waits_for(port, b"1")
    assert waits_for(port, b"0")


def test_one_client_more_than_there_may_be_is_turned_away(store):
    with (
        in_thread(store, workers=1, connections=2) as port,
        connect(port) as first,
        connect(port) as second,
        connect(port) as third,
    ):
        assert b"503 Service Unavailable" in answer(third)
        second.close()
        time.sleep(0.2)
        assert get(port, "/healthz").startswith(b"ok ")
        assert first.fileno() > 0
