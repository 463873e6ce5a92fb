"""`kg.web.graphstore`, measured by the W3C's tests of SPARQL 1.1 Graph Store HTTP Protocol.

The cases are those of http://www.w3.org/2009/sparql/docs/tests/data-sparql11/http-rdf-update/manifest by
their names and in its order, for each builds on those before. Where the texts of the suite contradict each
other (`put__graph_already_in_store` at another address than its answer; `put__mismatched_payload` with a
payload that matches), they are read as their names say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph
import pytest
from serving import TOKEN, WRITER, in_process

from kg.builds import build

ROOT = "http://127.0.0.1/data"
PREFIXES = (
    "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix v: <http://www.w3.org/2006/vcard/ns#> .\n"
    f"@prefix : <{ROOT}/person/> .\n"
)
TURTLE = "text/turtle; charset=utf-8"


def card(name):
    return f'{PREFIXES}:1 a foaf:Person ; foaf:businessCard [ a v:VCard ; v:fn "{name}" ] .'


ALICE = f'{PREFIXES}[] a foaf:Person ; foaf:businessCard [ a v:VCard ; v:given-name "Alice" ] .'
NAMED = card("Jane Doe") + ' :1 foaf:name "Jane Doe" .'
WHOLE = NAMED + ' :1 foaf:givenName "Jane" ; foaf:familyName "Doe" .'
EDGE = "a6fe4cd636164618814be9f8d3d1a0de"
PARTS = "".join(
    f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}.ttl"; filename="{name}.ttl"\r\n'
    f"Content-Type: {TURTLE}\r\n\r\n{PREFIXES}:1 {statement} .\r\n\r\n"
    for name, statement in (("lastName", 'foaf:familyName "Doe"'), ("firstName", 'foaf:givenName "Jane"'))
) + f"--{EDGE}--\r\n"  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A request, and what comes back: the status, and the graph that is told."""

    method: str
    path: str
    status: int
    body: str = ""
    media: str = TURTLE
    graph: str = ""
    before: tuple[Case, ...] = field(default=())


CASES = {
    "put__initial_state": Case("PUT", "/data/person/1.ttl", 201, card("John Doe")),
    "get_of_put__initial_state": Case(
        "GET", f"/data?graph={ROOT}/person/1.ttl", 200, graph=card("John Doe")
    ),
    "put__graph_already_in_store": Case("PUT", "/data/person/1.ttl", 204, card("Jane Doe")),
    "get_of_put__graph_already_in_store": Case("GET", "/data/person/1.ttl", 200, graph=card("Jane Doe")),
    "put__default_graph": Case("PUT", "/data?default", 201, ALICE),
    "get_of_put__default_graph": Case("GET", "/data?default", 200, graph=ALICE),
    "put__mismatched_payload": Case("PUT", "/data/person/1.ttl", 400, ALICE, "application/rdf+xml"),
    "delete__existing_graph": Case(
        "DELETE", "/data/person/2.ttl", 200, before=(Case("PUT", "/data/person/2.ttl", 201, ALICE),)
    ),
    "get_of_delete__existing_graph": Case("GET", "/data/person/2.ttl", 404),
    "delete__nonexistent_graph": Case("DELETE", "/data/person/2.ttl", 404),
    "post__existing_graph": Case(
        "POST", "/data/person/1.ttl", 200, f'{PREFIXES}:1 foaf:name "Jane Doe" .'
    ),
    "get_of_post__existing_graph": Case("GET", "/data/person/1.ttl", 200, graph=NAMED),
    "post__multipart_formdata": Case(
        "POST", "/data/person/1.ttl", 200, PARTS, f"multipart/form-data; boundary={EDGE}"
    ),
    "get_of_post__multipart_formdata": Case("GET", "/data/person/1.ttl", 200, graph=WHOLE),
    "post__create__new_graph": Case("POST", "/data", 201, ALICE),
    "get_of_post__create__new_graph": Case("GET", "$NEWPATH$", 200, graph=ALICE),
    "get_of_post__after_noop": Case(
        "GET", "$NEWPATH$", 200, graph=ALICE, before=(Case("POST", "$NEWPATH$", 200, ""),)
    ),
    "head_on_an_existing_graph": Case("HEAD", "/data/person/1.ttl", 200),
    "head_on_a_nonexisting_graph": Case("HEAD", "/data/person/4.ttl", 404),
}  # fmt: skip


@pytest.fixture(scope="module")
def directory(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("graphs") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def client(directory):
    with in_process(directory, token=TOKEN) as client:
        yield client


@pytest.fixture(scope="module")
def places():
    """The address that the suite calls $NEWPATH$."""
    return {}


def send(client, case, places):
    path = case.path.replace("$NEWPATH$", places.get("new", ""))
    headers = {"Content-Type": case.media, "Accept": "text/turtle"} | WRITER
    return client.request(case.method, path, content=case.body.encode(), headers=headers)


def canonical(turtle):
    found = pyoxigraph.Dataset(pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE))
    found.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_w3c_test_passes(client, places, name):
    case = CASES[name]
    for each in case.before:
        assert send(client, each, places).status_code == each.status
    found = send(client, case, places)
    assert found.status_code == case.status, found.text
    if case.graph:
        assert found.headers["content-type"] == TURTLE
        assert canonical(found.content) == canonical(case.graph)
    if name == "post__create__new_graph":
        places["new"] = found.headers["location"]
        assert places["new"].startswith(f"{ROOT}/")


def test_every_test_of_the_manifest_is_there():
    assert len(CASES) == 19


# ---------------------------------------------------------------- what the manifest leaves out


def test_a_graph_of_the_corpus_is_read_by_its_name(client, world_seeds):
    name = world_seeds.names.graph("corpus")
    found = client.get("/data", params={"graph": name})
    assert found.status_code == 200
    assert "Corpus" in found.text
    known = {"If-None-Match": found.headers["etag"]}
    assert client.get("/data", params={"graph": name}, headers=known).status_code == 304


def test_a_graph_of_the_corpus_is_read_at_its_own_path(client, world_seeds):
    name = world_seeds.names.graph("corpus")
    by_name = client.get("/data", params={"graph": name})
    assert client.get("/graph/corpus").content == by_name.content
    assert client.get("/graph/nothing").status_code == 404


def test_the_whole_store_is_read_with_its_graphs(client):
    found = client.get("/data", headers={"Accept": "application/n-quads"})
    assert found.headers["content-type"] == "application/n-quads"
    graphs = {quad.graph_name for quad in pyoxigraph.parse(found.content, pyoxigraph.RdfFormat.N_QUADS)}
    assert len(graphs) > 5
    merged = client.get("/data", headers={"Accept": "application/n-triples"})
    assert b"> <http" in merged.content
    assert not merged.content.splitlines()[0].endswith(b"/corpus> .")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("shown", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"])
def test_nobody_writes_without_the_token(client, method, shown):
    found = client.request(method, "/data?graph=urn:x", headers={"Authorization": shown} if shown else {})
    assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")


def test_nothing_is_written_where_nothing_can_be(directory):
    with in_process(directory) as client:
        assert client.put("/data?graph=urn:x", content=b"", headers=WRITER).status_code == 403


def patch(client, text, path="/data?graph=urn:patched"):
    headers = {"Content-Type": "application/sparql-update"} | WRITER
    return client.patch(path, content=text, headers=headers)


def test_a_patch_changes_one_graph_and_no_other(client):
    assert patch(client, "CLEAR ALL").status_code == 404
    assert client.put("/data?graph=urn:patched", content="<urn:a> <urn:b> 1, 2 .",
                      headers={"Content-Type": TURTLE} | WRITER).status_code == 201  # fmt: skip
    change = "DELETE { ?s ?p ?o } INSERT { ?s ?p ?more } WHERE { ?s ?p ?o BIND(?o + 10 AS ?more) }"
    assert patch(client, change).status_code == 204
    found = client.get("/data?graph=urn:patched", headers={"Accept": "application/n-triples"}).text
    assert {line.split('"')[1] for line in found.splitlines()} == {"11", "12"}
    refused = patch(client, "INSERT DATA { GRAPH <urn:other> { <urn:a> <urn:b> 3 } }")
    assert (refused.status_code, "names another graph" in refused.text) == (400, True)
    assert client.get("/data?graph=urn:other").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("graph=urn:a&default", 400),
        ("graph=urn:a&graph=urn:b", 400),
        ("graph=%3Cx%3E", 400),
        ("graph=urn:none", 404),
    ],
)
def test_a_graph_that_is_named_badly_is_told(client, query, status):
    assert client.get(f"/data?{query}").status_code == status


@pytest.mark.parametrize(
    ("body", "media", "status", "says"),
    [
        ("<urn:a>", TURTLE, 400, "this is no turtle"),
        ("<urn:a> <urn:b> <urn:c> <urn:d> .", "application/n-quads", 400, "graphs of their own"),
        ("a,b", "text/csv", 415, "a graph is written in one of"),
        ("", "multipart/form-data", 400, "has no parts"),
        ('{"@context": "http://127.0.0.1:1/", "b": 1}', "application/ld+json", 400, "this is no jsonld"),
    ],
)
def test_a_payload_that_cannot_be_written_is_told_and_changes_nothing(client, body, media, status, says):
    found = client.put("/data?graph=urn:bad", content=body, headers={"Content-Type": media} | WRITER)
    assert (found.status_code, says in found.text) == (status, True)
    assert client.get("/data?graph=urn:bad").status_code == 404
