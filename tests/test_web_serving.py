"""`kg serve` as it is started, and the clients that others have written."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from rdflib.term import URIRef
from serving import HOST, TOKEN, get, started
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from kg.builds import build
from kg.corpora import read_corpus
from kg.errors import StoreError
from kg.terms import PREFIXES
from kg.web import serving
from kg.web.serving import ServeError, settings_of

ROOT = Path(__file__).parent.parent
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LABELS = "SELECT ?s ?label { ?s a st:Actor ; skos:prefLabel ?label } ORDER BY ?s ?label"


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("serving") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "log"
    with started(store, "--workers", "2", "--writable", log=log, environment={"KG_TOKEN": TOKEN}) as server:
        yield server


@pytest.fixture(scope="module")
def rows(world_store):
    found = world_store.select(
        " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("st", "skos")) + LABELS
    )
    return [tuple(map(str, row)) for row in found]


# ---------------------------------------------------------------- options


def arguments(*words):
    parser = argparse.ArgumentParser()
    serving.options(parser)
    return parser.parse_args(words)


def test_the_options_become_settings(tmp_path):
    found = settings_of(
        arguments("--store", str(tmp_path), "--host", "::1", "--port", "80", "--allow-host", "other",
                  "--url", "https://graph.example.org/", "--workers", "3", "--timeout", "7", "--memory", "99",
                  "--max-result", "5", "--allow-service", "https://e.org/sparql", "--log-queries")
    )  # fmt: skip
    assert (found.store, found.host, found.port, found.url) == (
        tmp_path,
        "::1",
        80,
        "https://graph.example.org",
    )
    assert {"graph.example.org", "other", "localhost"} < found.known_hosts
    assert (found.workers, found.seconds, found.megabytes, found.max_result) == (3, 7.0, 99, 5 << 20)
    assert (found.services, found.log_queries) == ({"https://e.org/sparql"}, True)
    assert not found.is_writable


def test_the_token_comes_from_a_file_or_the_environment_which_then_has_it_no_more(
    tmp_path, monkeypatch, capsys
):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o644)
    assert settings_of(arguments("--writable", "--token-file", str(file))).token == TOKEN
    assert "others on this machine can read the token" in capsys.readouterr().err
    monkeypatch.setenv("KG_TOKEN", TOKEN)
    assert settings_of(arguments("--writable")).token == TOKEN
    assert "KG_TOKEN" not in os.environ  # nor have the workers it


def test_without_writable_there_is_no_token(monkeypatch):
    monkeypatch.setenv("KG_TOKEN", TOKEN)
    assert not settings_of(arguments()).is_writable


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--writable"], "needs a token; put one into KG_TOKEN"),
        (["--store", "https://example.org/sparql"], "only a graph of one's own is served"),
        (["--url", "graph.example.org"], "give scheme and host only"),
        (["--url", "https://graph.example.org/below"], "give scheme and host only"),
    ],
)
def test_options_that_do_not_fit_are_told(words, says, monkeypatch):
    monkeypatch.delenv("KG_TOKEN", raising=False)
    with pytest.raises(ServeError, match=says):
        settings_of(arguments(*words))


@pytest.mark.parametrize("token", ["short", "with spaces in between it", "ümlaut-ümlaut-ümlaut"])
def test_a_token_that_is_none_is_refused_and_not_told(token, monkeypatch):
    monkeypatch.setenv("KG_TOKEN", token)
    with pytest.raises(ServeError, match="16 printable ASCII characters") as error:
        settings_of(arguments("--writable"))
    assert token not in str(error.value)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "99999999999"])
def test_a_number_that_is_none_is_misuse(number, capsys):
    with pytest.raises(SystemExit):
        arguments("--workers", number)
    assert "is no whole number above 0" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(store):
    with (
        socket.create_server((HOST, 0)) as taken,
        pytest.raises(ServeError, match="choose another --host or --port"),
    ):
        serving.run(settings_of(arguments("--store", str(store), "--port", str(taken.getsockname()[1]))))


def test_a_store_that_is_none_is_told(tmp_path):
    with pytest.raises(StoreError, match="there is no store here; run `kg build`"):
        serving.run(settings_of(arguments("--store", str(tmp_path / "nowhere"))))


# ---------------------------------------------------------------- life


def test_it_ends_when_it_is_asked_to_and_gives_requests_at_work_their_time(store, tmp_path):
    with started(store, "--access-log", str(tmp_path / "access"), log=tmp_path / "log") as server:
        assert get(server.port, "/healthz").startswith(b"ok ")
        found = []
        query = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fa%20a%20%3Fc.%3Fd%20%3Fe%20%3Ff%7D"
        asking = threading.Thread(target=lambda: found.append(get(server.port, query)))
        asking.start()
        while b"queries_running 1" not in get(server.port, "/metrics") and asking.is_alive():
            pass
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        asking.join()
    assert json.loads(found[0])["results"]["bindings"]
    lines = [json.loads(line) for line in (tmp_path / "access").read_text().splitlines()]
    assert {line["path"] for line in lines} == {"/healthz", "/sparql", "/metrics"}
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_builds_are_taken_up_without_a_failed_request_and_nobody_sees_half_of_one(world, tmp_path):
    corpus = tmp_path / "corpus"
    shutil.copytree(world, corpus)
    build(read_corpus([corpus]), tmp_path / "graph")
    document = next((corpus / "documents").glob("*.yaml"))
    text = document.read_text()
    seen, failed, stop = set(), [], threading.Event()

    def read(port):
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        number = 0
        while not stop.is_set():
            number += 1
            query = f"query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D%23{number}"
            connection.request("GET", f"/sparql?{query}", headers={"Accept": "text/csv"})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                failed.append((response.status, body))
            seen.add(body)
        connection.close()

    sizes = set()
    with (
        started(tmp_path / "graph", "--workers", "2", "--access-log", "", log=tmp_path / "log") as server,
        ThreadPoolExecutor(4) as readers,
    ):
        for _ in range(4):
            readers.submit(read, server.port)
        try:
            for turn in range(4):
                if turn % 2:
                    document.write_text(text)
                else:
                    document.unlink()
                sizes.add(build(read_corpus([corpus]), tmp_path / "graph").quads)
                name = (tmp_path / "graph/CURRENT").read_text().strip()
                while f"ok {name}-".encode() not in get(server.port, "/healthz"):
                    stop.wait(0.05)
        finally:
            stop.set()
    assert failed == []
    assert len(sizes) == 2
    assert {int(body.split()[1]) for body in seen} == sizes  # the world says nothing twice


# ---------------------------------------------------------------- clients that others have written


def wrapper(server, query, form):
    found = SPARQLWrapper(server.url + "/sparql")
    found.setQuery(query)
    found.setReturnFormat(form)
    return found


def test_sparqlwrapper_reads_rows_in_its_forms(server, rows):
    prefixed = " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("st", "skos")) + LABELS
    for method in ("GET", POST):
        asked = wrapper(server, prefixed, JSON)
        asked.setMethod(method)
        found = asked.query().convert()["results"]["bindings"]
        assert [(row["s"]["value"], row["label"]["value"]) for row in found] == rows
    assert wrapper(server, prefixed, XML).query().convert().getElementsByTagName("result").length == len(rows)
    assert len(wrapper(server, prefixed, CSV).query().convert().splitlines()) == len(rows) + 1
    turtle = wrapper(server, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 10", TURTLE).query().convert()
    assert len(turtle) > 100


def test_rdflib_asks_the_endpoint_as_a_store(server, rows, world_store):
    store = SPARQLStore(server.url + "/sparql", returnFormat="json")
    prefixes = {name: PREFIXES[name] for name in ("st", "skos")}
    found = [(str(row[0]), str(row[1])) for row in store.query(LABELS, initNs=prefixes)]
    assert found == rows
    kind = URIRef(PREFIXES["rdf"] + "type")
    actors = {str(each[0][0]) for each in store.triples((None, kind, URIRef(PREFIXES["st"] + "Actor")))}
    assert actors == {subject for subject, _ in rows}


def test_rdflib_writes_to_the_endpoint_with_the_token(server):
    store = SPARQLUpdateStore(
        server.url + "/sparql", server.url + "/sparql", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    store.update("INSERT DATA { GRAPH <urn:rdflib> { <urn:a> <urn:b> 1 } }")
    assert [str(row[0]) for row in store.query("SELECT ?o { <urn:a> <urn:b> ?o }")] == ["1"]
    store.update("DROP GRAPH <urn:rdflib>")


def curl(server, target, *options):
    command = ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "30", *options]
    return subprocess.run([*command, server.url + target], capture_output=True, check=False)


def test_curl_asks_reads_graphs_and_takes_compression(server, rows):
    found = curl(server, "/sparql", "--get", "--data-urlencode", f"query={LABELS}", "-H", "Accept: text/csv",
                 "--compressed")  # fmt: skip
    assert len(found.stdout.splitlines()) == len(rows) + 1
    put = ["-X", "PUT", "-H", "Content-Type: text/turtle", "--data-binary", "<urn:a> <urn:b> <urn:c> ."]
    target = "/data?graph=urn:curl"
    assert b"to write, send the token" in curl(server, target, *put).stdout
    writer = ["-H", f"Authorization: Bearer {TOKEN}"]
    assert curl(server, target, *put, *writer).returncode == 0
    assert curl(server, target).stdout == b"<urn:a> <urn:b> <urn:c> .\n"
    assert curl(server, target, "-X", "DELETE", *writer).returncode == 0
    assert curl(server, target).returncode == 22


def test_comunica_asks_the_endpoint(server, rows):
    program = ROOT / "tests/clients/node_modules/.bin/comunica-sparql"
    if not program.exists() or shutil.which("node") is None:
        pytest.skip("no Node.js, or its packages are not installed: npm ci in tests/clients")
    query = " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("st", "skos")) + LABELS
    command = [program, f"sparql@{server.url}/sparql", query, "-t", "application/sparql-results+json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["results"]["bindings"]
    assert [(row["s"]["value"], row["label"]["value"]) for row in found] == rows


def test_neither_the_token_nor_a_query_stands_in_the_log(server):
    get(
        server.port,
        "/sparql?query=ASK%20%7B%20%3Csecret%3A%3E%20%3Fp%20%3Fo%20%7D",
        Authorization=f"Bearer {TOKEN}",
    )
    text = server.log.read_text()
    assert '"path": "/sparql"' in text
    assert TOKEN not in text
    assert "secret" not in text
