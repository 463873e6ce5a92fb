"""`kg.web.protocol`, measured by the W3C's tests of SPARQL 1.1 Protocol, and by what they leave out.

The cases are those of the manifest http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/ by
their names, with requests and expectations told here in a form of our own.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import brotli
import pyoxigraph
import pytest
from serving import TOKEN, WRITER, in_process

from kg.builds import build

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
ZERO, ONE, TWO, THREE = (DATA.format(number) for number in range(4))
DOCUMENT = "<http://xmlns.com/foaf/0.1/Document>"
RESOURCE = "<http://purl.org/dc/terms/BibliographicResource>"
GRAPHS = "DROP ALL ; INSERT DATA { " + " ".join(
    f"GRAPH <{each}> {{ <{each}> a {DOCUMENT} }}" for each in (ONE, TWO, THREE)
) + " }"  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A request, and what comes back: the first digit of the status, the kind of answer, what is in it."""

    method: str = "GET"
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes | str | None = None
    media: str = ""
    status: str = "2"
    kind: str = ""
    finds: str = ""


def asks(query, *fields, **more):
    return Step("POST", fields, query, QUERY, kind="boolean", finds="true", **more)


def updates(text, *fields, **more):
    return Step("POST", fields, text, UPDATE, **more)


def default(*graphs):
    return tuple(("default-graph-uri", graph) for graph in graphs)


def named(*graphs):
    return tuple(("named-graph-uri", graph) for graph in graphs)


BOTH_TYPED = f"ASK {{ <{ONE}> a ?type . <{TWO}> a ?type }}"
BOTH_NAMED = f"ASK {{ GRAPH ?g1 {{ <{ONE}> a ?type }} GRAPH ?g2 {{ <{TWO}> a ?type }} }}"
FULL = f"ASK {{ <{THREE}> a ?type GRAPH ?g1 {{ <{ONE}> a ?type }} GRAPH ?g2 {{ <{TWO}> a ?type }} }}"
COPIES = "GRAPH <http://example.org/copies/>"
COPY = f"INSERT {{ {COPIES} {{ ?s a {RESOURCE} }} }} WHERE {{ %s }}"
COPIED = f"ASK {{ {COPIES} {{ %s }} FILTER NOT EXISTS {{ {COPIES} {{ %s }} }} }}"
PLACES = f"""INSERT {{ GRAPH <urn:full> {{ ?s <urn:in> ?in }} }} WHERE {{
  {{ GRAPH ?g {{ ?s a {DOCUMENT} }} BIND(?g AS ?in) }} UNION {{ ?s a {DOCUMENT} . BIND('default' AS ?in) }}
}}"""
WITH = "WITH <urn:g> DELETE { ?s ?p 'Bill' } INSERT { ?s ?p 'William' } WHERE { ?s ?p 'Bill' }"
BASED = "INSERT DATA { GRAPH <urn:base> { <urn:s> <urn:p> <test> } }"


def copied(*graphs, but):
    return asks(COPIED % (" ".join(f"<{each}> a {RESOURCE} ." for each in graphs), f"<{but}> a {RESOURCE}"))


CASES = {
    "query_post_form": [
        Step("POST", default(ZERO), urlencode({"query": "ASK {}"}), FORM, kind="boolean", finds="true")
    ],
    "query_dataset_default_graphs_get": [
        updates(GRAPHS),
        Step("GET", (("query", BOTH_TYPED), *default(ONE, TWO)), kind="boolean", finds="true"),
    ],
    "query_dataset_default_graphs_post": [updates(GRAPHS), asks(BOTH_TYPED, *default(ONE, TWO))],
    "query_dataset_named_graphs_post": [updates(GRAPHS), asks(BOTH_NAMED, *named(ONE, TWO))],
    "query_dataset_named_graphs_get": [
        updates(GRAPHS),
        Step("GET", (("query", BOTH_NAMED), *named(ONE, TWO)), kind="boolean", finds="true"),
    ],
    "query_dataset_full": [updates(GRAPHS), asks(FULL, *default(THREE), *named(ONE, TWO))],
    "query_multiple_dataset": [
        updates(GRAPHS),
        asks(f"ASK FROM <{TWO}> {{ <{ONE}> a ?type }}", *default(ONE)),
    ],
    "query_get": [Step("GET", (("query", "ASK {}"), *default(ZERO)), kind="boolean", finds="true")],
    "query_content_type_select": [
        Step("POST", default(ZERO), "SELECT (1 AS ?value) {}", QUERY, kind="tabular")
    ],
    "query_content_type_ask": [Step("POST", default(ZERO), "ASK {}", QUERY, kind="boolean")],
    "query_content_type_describe": [
        Step("POST", default(ZERO), "DESCRIBE <http://example.org/>", QUERY, kind="RDF")
    ],
    "query_content_type_construct": [
        Step("POST", default(ZERO), "CONSTRUCT { <s> <p> 1 } WHERE {}", QUERY, kind="RDF")
    ],
    "update_dataset_default_graph": [
        updates(f"{GRAPHS} ; {COPY % f'?s a {DOCUMENT}'}", ("using-graph-uri", ONE)),
        copied(ONE, but=TWO),
    ],
    "update_dataset_default_graphs": [
        updates(
            f"{GRAPHS} ; {COPY % f'?s a {DOCUMENT}'}", ("using-graph-uri", ONE), ("using-graph-uri", TWO)
        ),
        copied(ONE, TWO, but=THREE),
    ],
    "update_dataset_named_graphs": [
        updates(
            f"{GRAPHS} ; {COPY % f'GRAPH ?g {{ ?s a {DOCUMENT} }}'}",
            ("using-named-graph-uri", ONE),
            ("using-named-graph-uri", TWO),
        ),
        copied(ONE, TWO, but=THREE),
    ],
    "update_dataset_full": [
        updates(
            f"{GRAPHS} ; {PLACES}",
            ("using-graph-uri", ONE),
            ("using-named-graph-uri", TWO),
        ),
        asks(
            f"ASK {{ GRAPH <urn:full> {{ <{ONE}> <urn:in> 'default' . <{TWO}> <urn:in> <{TWO}> }} "
            f"FILTER NOT EXISTS {{ GRAPH <urn:full> {{ <{THREE}> ?p ?o }} }} }}"
        ),
    ],
    "update_post_form": [Step("POST", (), "update=CLEAR+ALL", FORM)],
    "update_post_direct": [updates("CLEAR ALL")],
    "update_base_uri": [
        updates(f"CLEAR GRAPH <urn:base> ; {BASED}"),
        Step("POST", (), "SELECT ?o { GRAPH <urn:base> { <urn:s> <urn:p> ?o } }", QUERY, kind="tabular",
             finds="http://127.0.0.1/test"),
    ],
    "query_post_direct": [asks("ASK {}")],
    "bad_query_method": [Step("PUT", (("query", "ASK {}"), *default(ZERO)), "", FORM, status="4")],
    "bad_multiple_queries": [Step("GET", (("query", "ASK {}"), ("query", "SELECT * {}")), status="4")],
    "bad_query_wrong_media_type": [Step("POST", (), "ASK {}", "text/plain", status="4")],
    "bad_query_missing_form_type": [Step("POST", (), "query=ASK%20%7B%7D", status="4")],
    "bad_query_missing_direct_type": [Step("POST", (), "ASK {}", status="4")],
    "bad_query_non_utf8": [
        Step("POST", (), "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16", status="4")
    ],
    "bad_query_syntax": [Step("GET", (("query", "ASK {"),), status="4")],
    "bad_update_get": [Step("GET", (("update", "CLEAR ALL"),), status="4")],
    "bad_multiple_updates": [
        Step("POST", (), "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM, status="4")
    ],
    "bad_update_wrong_media_type": [Step("POST", (), "CLEAR NAMED", "text/plain", status="4")],
    "bad_update_missing_form_type": [Step("POST", (), "update=CLEAR%20NAMED", status="4")],
    "bad_update_non_utf8": [
        Step("POST", (), "CLEAR NAMED".encode("utf-16"), f"{UPDATE}; charset=UTF-16", status="4")
    ],
    "bad_update_syntax": [Step("POST", (), "update=CLEAR%20XYZ", FORM, status="4")],
    "bad_update_dataset_conflict": [
        Step(
            "POST",
            (("using-named-graph-uri", "http://example/people"),),
            urlencode({"update": WITH}),
            FORM,
            status="4",
        )
    ],
}  # fmt: skip

KINDS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json", "application/sparql-results+xml", "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"},
}  # fmt: skip


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("protocol") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def writable(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("writable") / "graph"
    build(world_seeds, directory)
    with in_process(directory, token=TOKEN) as client:
        yield client


@pytest.fixture(scope="module")
def client(store):
    with in_process(store, seconds=2.0) as client:
        yield client


def send(client, step):
    headers = {"Content-Type": step.media} if step.media else {}
    content = step.body.encode() if isinstance(step.body, str) else step.body
    return client.request(
        step.method, "/sparql", params=list(step.fields), headers=headers | WRITER, content=content
    )


@pytest.mark.parametrize("name", CASES)
def test_the_w3c_test_passes(writable, name):
    for step in CASES[name]:
        found = send(writable, step)
        assert str(found.status_code)[0] == step.status, found.text
        if step.kind:
            assert found.headers["content-type"].partition(";")[0] in KINDS[step.kind]
        assert step.finds in found.text


def test_every_test_of_the_manifest_is_there():
    assert len(CASES) == 34


# ---------------------------------------------------------------- what the manifest leaves out

ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
SOME = f"{ALL} ORDER BY ?s ?p ?o LIMIT 30"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(
    f"VALUES ?v{n} {{ {' '.join(map(str, range(40)))} }}" for n in range(9)
) + " }"  # fmt: skip


def get(client, query, accept="", **headers):
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept, **headers})


def test_http_query_asks_as_post_does(client):
    found = client.request("QUERY", "/sparql", content=b"ASK {}", headers={"Content-Type": QUERY})
    assert found.json() == {"head": {}, "boolean": True}
    found = client.request("QUERY", "/sparql", content=b"CLEAR ALL", headers={"Content-Type": UPDATE})
    assert found.status_code == 400


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/xml", "application/sparql-results+xml"),
        ("application/json;q=0.5, text/csv;q=0.4", "application/sparql-results+json"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("text/html, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_rows_come_in_the_form_that_is_liked_best(client, accept, media):
    assert get(client, SOME, accept).headers["content-type"] == media


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "application/json;q=0", "nonsense"])
def test_rows_in_no_form_that_there_is_are_406_and_told_what_there_is(client, accept):
    found = get(client, SOME, accept)
    assert found.status_code == 406
    assert "there are application/sparql-results+json, application/sparql-results+xml, text/csv" in found.text


TURTLE, NTRIPLES = pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.N_TRIPLES


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", TURTLE),
        ("text/turtle", TURTLE),
        ("application/n-triples", NTRIPLES),
        ("application/rdf+xml", pyoxigraph.RdfFormat.RDF_XML),
        ("application/ld+json", pyoxigraph.RdfFormat.JSON_LD),
        ("application/trig", pyoxigraph.RdfFormat.TRIG),
        ("application/n-quads", pyoxigraph.RdfFormat.N_QUADS),
        ("text/n3", pyoxigraph.RdfFormat.N3),
    ],
)
def test_triples_are_the_same_in_every_form(client, accept, form):
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    expected = {str(each) for each in pyoxigraph.parse(get(client, query).content, TURTLE)}
    found = get(client, query, accept)
    assert found.headers["content-type"].partition(";")[0] == (accept or "text/turtle")
    assert {str(each) for each in pyoxigraph.parse(found.content, form)} == expected
    assert len(expected) > 1000


def test_rows_are_the_same_in_every_form(client):
    rows = get(client, SOME).json()["results"]["bindings"]
    assert len(rows) == 30
    for name, form in (("csv", "CSV"), ("tsv", "TSV"), ("xml", "XML")):
        found = client.get("/sparql", params={"query": SOME, "format": name})
        if name == "csv":
            lines = found.text.split("\r\n")
            assert lines[0] == "s,p,o"
            assert len(lines) > 30
            continue
        parsed = pyoxigraph.parse_query_results(found.content, getattr(pyoxigraph.QueryResultsFormat, form))
        assert [row["p"].value for row in parsed] == [row["p"]["value"] for row in rows]


def test_the_format_may_be_named_and_an_unknown_one_is_told(client):
    for name in ("xml", "application/sparql-results+xml"):
        assert client.get("/sparql", params={"query": SOME, "format": name}).text.startswith("<?xml")
    found = client.get("/sparql", params={"query": SOME, "format": "gif"})
    assert (found.status_code, "no format is called 'gif'" in found.text) == (400, True)


def test_the_prefixes_of_ontology_and_corpus_are_known_and_all_graphs_are_seen(client):
    assert get(client, "ASK { actor:ada-lane a st:Actor }").json()["boolean"] is True
    found = get(client, "SELECT (COUNT(*) AS ?n) { ?p a st:Position ; prov:wasGeneratedBy ?coding }").json()
    assert int(found["results"]["bindings"][0]["n"]["value"]) > 5


def test_an_answer_that_the_client_has_is_not_sent_again(client):
    first = get(client, SOME)
    again = get(client, SOME, **{"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "public, no-cache"
    assert "Accept" in first.headers["vary"]


def test_the_tag_of_an_answer_differs_with_query_form_and_dataset(client):
    tags = {
        get(client, SOME).headers["etag"],
        get(client, SOME, "text/csv").headers["etag"],
        get(client, f"{SOME} OFFSET 1").headers["etag"],
        client.get("/sparql", params={"query": SOME, "default-graph-uri": "urn:g"}).headers["etag"],
    }
    assert len(tags) == 4


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?x) {}", "SELECT (STRUUID() AS ?x) {}"])
def test_an_answer_that_changes_by_itself_is_neither_kept_nor_tagged(client, query):
    one, two = get(client, query), get(client, query)
    assert one.text != two.text
    assert "etag" not in one.headers
    assert one.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("name", "read"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_long_answers_are_compressed_and_short_ones_are_not(client, name, read):
    plain = get(client, ALL, "text/csv", **{"Accept-Encoding": "identity"})
    with client.stream("GET", "/sparql", params={"query": ALL, "format": "csv"},
                       headers={"Accept-Encoding": name}) as found:  # fmt: skip
        raw = b"".join(found.iter_raw())
    assert found.headers["content-encoding"] == name
    assert read(raw) == plain.content
    assert len(raw) * 4 < len(plain.content)
    assert "content-encoding" not in get(client, "ASK {}", **{"Accept-Encoding": name}).headers


def test_who_refuses_compression_gets_none(client):
    assert "content-encoding" not in get(client, ALL, **{"Accept-Encoding": "gzip;q=0, br;q=0"}).headers


def test_a_malformed_query_is_told_with_line_and_column(client):
    found = get(client, "SELECT * {\n ?s }")
    assert found.status_code == 400
    assert found.text.startswith("2:6: the query is malformed: expected")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"


def test_programs_get_errors_as_problem_json(client):
    found = get(client, "SELECT", "application/json")
    assert found.headers["content-type"] == "application/problem+json"
    assert json.loads(found.text)["status"] == 400
    assert "the query is malformed" in json.loads(found.text)["detail"]


def test_a_query_that_takes_too_long_is_ended_and_told_and_the_next_one_runs(client):
    found = get(client, ENDLESS)
    assert found.status_code == 504
    assert found.text == "the query ran longer than 2 s and was ended; ask for less, or allow it more time\n"
    assert get(client, "ASK {}").json()["boolean"] is True


def test_a_query_nested_ten_thousand_deep_is_refused_and_the_next_one_runs(client):
    nested = "SELECT * { " + "{" * 10_000 + "}" * 10_000 + " }"
    found = client.post("/sparql", content=nested, headers={"Content-Type": QUERY})
    assert (found.status_code, "more than 500 deep" in found.text) == (400, True)
    unary = "SELECT (" + "!" * 60_000 + "true AS ?x) {}"  # no bracket in it: this one ends the worker
    found = client.post("/sparql", content=unary, headers={"Content-Type": QUERY})
    assert (found.status_code, "ended its process" in found.text) == (400, True)
    assert get(client, "ASK {}").json()["boolean"] is True


def test_an_answer_that_is_too_large_is_refused_with_a_sentence(store):
    with in_process(store, max_result=1 << 20) as small:
        cross = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
        found = get(small, cross)
        assert (found.status_code, found.text) == (422, "the answer is larger than 1 MB; ask for less\n")


@pytest.mark.parametrize("word", ["SERVICE", "service", "trueSERVICE"])
def test_service_is_refused(client, word):
    found = get(client, f"ASK {{ {word} <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}")
    assert (found.status_code, "SERVICE is refused here" in found.text) == (400, True)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    found = client.post("/sparql", content=b"x" * (1 << 20) + b"x", headers={"Content-Type": QUERY})
    assert (found.status_code, found.headers["connection"]) == (413, "close")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/sparql?query=ASK%20%7B%7D%FF", "not UTF-8"),
        ("/sparql?" + "&".join(f"a{n}=1" for n in range(600)), "more than 500 fields"),
        ("/sparql?query=ASK%20%7B%7D&default-graph-uri=no%20iri", "no absolute IRI"),
    ],
)
def test_broken_fields_are_told(client, path, says):
    found = client.get(path)
    assert (found.status_code, says in found.text) == (400, True)


def test_a_page_of_another_origin_may_read_but_not_write(client):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    found = client.options("/sparql", headers=asked)
    assert found.status_code == 204
    assert found.headers["access-control-allow-origin"] == "*"
    assert "PUT" not in found.headers["access-control-allow-methods"]
    assert "authorization" not in found.headers["access-control-allow-headers"].lower()
    assert get(client, "ASK {}").headers["access-control-allow-origin"] == "*"


def test_an_update_without_the_option_is_refused(client):
    found = client.post("/sparql", content="CLEAR ALL", headers={"Content-Type": UPDATE} | WRITER)
    assert (found.status_code, "--writable" in found.text) == (403, True)


def test_the_endpoint_without_a_query_describes_itself_and_shows_a_page_to_browsers(client):
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert "<!DOCTYPE html>" in client.get("/sparql", headers={"Accept": browser}).text
