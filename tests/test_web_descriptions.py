"""`kg.web.descriptions`, measured by the W3C's tests of SPARQL 1.1 Service Description.

The three cases are those of
http://www.w3.org/2009/sparql/docs/tests/data-sparql11/service-description/manifest by their names; the schema
that the third one speaks of is the vocabulary of the recommendation (section 3), told here as which
property leads from what to what.
"""

from __future__ import annotations

import pyoxigraph
import pytest
from serving import HOST, TOKEN, in_process

from kg.builds import build

ENDPOINT = f"http://{HOST}/sparql"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FORMS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/trig": pyoxigraph.RdfFormat.TRIG,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
    "text/n3": pyoxigraph.RdfFormat.N3,
}
CLASSES = {"Service", "Dataset", "Graph", "GraphCollection", "NamedGraph"}
FROM_TO = {
    "endpoint": ("Service", None),
    "feature": ("Service", None),
    "supportedLanguage": ("Service", None),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
LANGUAGES = {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"}
FEATURES = {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"}


@pytest.fixture(scope="module")
def store(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("described") / "graph"
    build(world_seeds, directory)
    return directory


@pytest.fixture(scope="module")
def client(store):
    with in_process(store) as client:
        yield client


def triples(response):
    media = response.headers["content-type"].partition(";")[0]
    found = pyoxigraph.parse(response.content, FORMS[media])
    return {(each.subject, each.predicate.value, each.object) for each in found}


@pytest.fixture(scope="module")
def described(client):
    return triples(client.get("/sparql"))


def values(found, predicate):
    return {each.value for _, name, each in found if name == predicate}


def test_returns_rdf(client):
    for media in ("", "*/*", *FORMS):
        response = client.get("/sparql", headers={"Accept": media})
        assert response.status_code == 200
        assert len(triples(response)) > 20


def test_has_endpoint_triple(described):
    assert values(described, SD + "endpoint") == {ENDPOINT}


def test_conforms_to_schema(described):
    kinds = {(node, kind.value.removeprefix(SD)) for node, name, kind in described if name == TYPE}
    for node, name, value in described:
        if name == TYPE and value.value.startswith(SD):
            assert value.value.removeprefix(SD) in CLASSES
        if name.startswith(SD):
            domain, range_ = FROM_TO[name.removeprefix(SD)]
            assert (node, domain) in kinds
            assert range_ is None or (value, range_) in kinds
    languages = {each.removeprefix(SD) for each in values(described, SD + "supportedLanguage")}
    features = {each.removeprefix(SD) for each in values(described, SD + "feature")}
    assert languages <= LANGUAGES
    assert "SPARQL11Query" in languages
    assert features <= FEATURES
    assert {subject for subject, name, _ in described if name == SD + "endpoint"} == {
        subject for subject, kind in kinds if kind == "Service"
    }


# ---------------------------------------------------------------- what the tests leave out


def test_all_named_graphs_are_described_with_their_sizes(client, described, world_store):
    assert values(described, SD + "name") == set(world_store.graphs())
    sizes = {int(each.value) for _, name, each in described if name == VOID + "triples"}
    assert sum(1 for _ in world_store.quads(next(iter(world_store.graphs())))) in sizes


def test_no_node_is_blank(client, described):
    every = described | triples(client.get("/void"))
    assert not any(isinstance(node, pyoxigraph.BlankNode) for node, _, _ in every)


def test_it_says_update_only_where_one_can_write(described, store):
    assert SD + "SPARQL11Update" not in values(described, SD + "supportedLanguage")
    assert not values(described, SD + "inputFormat")
    with in_process(store, token=TOKEN) as writable:
        found = triples(writable.get("/sparql"))
    assert SD + "SPARQL11Update" in values(found, SD + "supportedLanguage")
    assert values(found, SD + "inputFormat")


def test_the_data_is_described_by_void_and_dcat_with_counts(client, world_store):
    response = client.get("/.well-known/void")
    found = triples(response)
    assert found == triples(client.get("/void"))
    dataset = pyoxigraph.NamedNode(f"http://{HOST}/void#dataset")
    about = {(name, value.value) for node, name, value in found if node == dataset}
    total = world_store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0][0].value
    positions = world_store.select("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a st:Position }".replace(
        "st:Position", "<https://w3id.org/standpoint/ontology#Position>")).rows[0][0].value  # fmt: skip
    assert (VOID + "triples", total) in about
    assert (VOID + "sparqlEndpoint", ENDPOINT) in about
    assert (TYPE, DCAT + "Dataset") in about
    parts = {
        node for node, name, value in found if name == VOID + "class" and value.value.endswith("#Position")
    }
    assert {value.value for node, name, value in found if node in parts and name == VOID + "entities"} == {
        positions
    }
    assert {value.value for _, name, value in found if name == DCAT + "endpointURL"} == {ENDPOINT}


def test_the_dump_that_the_description_names_is_there(client):
    [dump] = values(triples(client.get("/void")), VOID + "dataDump")
    assert client.get(dump, headers={"Accept": "application/n-quads"}).status_code == 200


def test_a_description_is_only_read_and_only_rdf(client):
    assert client.post("/void").status_code == 405
    assert client.get("/void", headers={"Accept": "image/png"}).status_code == 406


def test_behind_a_proxy_it_names_the_address_that_clients_know(store):
    with in_process(store, url="https://graph.example.org") as client:
        assert values(triples(client.get("/sparql")), SD + "endpoint") == {"https://graph.example.org/sparql"}


@pytest.mark.parametrize("path", ["/sparql", "/void"])
def test_a_description_that_the_client_has_already_is_not_sent_again(client, path):
    first = client.get(path, headers={"Accept": "text/turtle"})
    again = client.get(path, headers={"Accept": "text/turtle", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = client.get(
        path, headers={"Accept": "application/ld+json", "If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200
    assert other.headers["etag"] != first.headers["etag"]
