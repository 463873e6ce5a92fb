import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph
import pytest

from kg.errors import QueryError, QueryTimeoutError, StoreError
from kg.remote import RemoteStore
from kg.store import Queryable, Store, Triple
from kg.terms import XSD, Quad

QUADS = [
    Quad("<urn:s>", "<urn:p>", '"a \\"b\\""@en', "<urn:g>"),
    Quad("<urn:s>", "<urn:p>", "<urn:o>", "<urn:g>"),
    Quad("<urn:s>", "<urn:n>", f'"3"^^<{XSD}integer>', "<urn:h>"),
]


class Endpoint(BaseHTTPRequestHandler):
    """The SPARQL protocol before a store, as far as a client of ours needs it."""

    store = pyoxigraph.Store()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query = parse_qs(body)["query"][0]
        if "slow" in query:
            time.sleep(3)
        try:
            found = self.store.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            return self.reply(400, "text/plain", str(error).encode())
        if "odd" in query:
            return self.reply(200, "text/html", b"<html>Welcome</html>")
        if "fault" in query:
            return self.reply(500, "text/plain", b"out of order")
        if isinstance(found, pyoxigraph.QueryTriples):
            return self.reply(200, "text/turtle", found.serialize(format=pyoxigraph.RdfFormat.TURTLE))
        kind = "application/sparql-results+json"
        assert kind in self.headers["Accept"]
        return self.reply(200, kind, found.serialize(format=pyoxigraph.QueryResultsFormat.JSON))

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url():
    lines = "".join(f"{quad}\n" for quad in QUADS).encode()
    Endpoint.store.load(lines, format=pyoxigraph.RdfFormat.N_QUADS)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def remote(url):
    return RemoteStore(url)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?p ?o ?none { ?s ?p ?o } ORDER BY ?p STR(?o)",
        "ASK { ?s <urn:n> 3 }",
        "ASK { ?s <urn:n> 4 }",
        "CONSTRUCT { ?o <urn:of> ?s } { ?s ?p ?o FILTER(isIRI(?o)) }",
        "CONSTRUCT { ?s <urn:says> ?o } { ?s ?p ?o }",
        "SELECT * { ?s <urn:nothing> ?o }",
    ],
)
def test_an_endpoint_answers_as_an_embedded_store_does(remote, query):
    with Store.memory(QUADS) as store:
        assert remote.answer(query) == store.answer(query)


def test_the_forms_of_query_have_their_methods(remote):
    assert isinstance(remote, Queryable)
    assert len(remote.select_here("SELECT * { ?s ?p ?o }")) == 3
    assert remote.ask("ASK {}") is True
    assert remote.construct("CONSTRUCT { <urn:a> <urn:b> ?o } { ?s <urn:n> ?o }") == (
        Triple("<urn:a>", "<urn:b>", f'"3"^^<{XSD}integer>'),
    )
    with pytest.raises(QueryError, match="no SELECT query"):
        remote.select("ASK {}")


def test_the_form_of_a_query_is_not_guessed_from_words_in_it(remote):
    text = "#+ ask: this\nSELECT ?ask { ?ask <urn:n> 3 } # LOAD"
    assert len(remote.select(text)) == 1


def test_what_the_endpoint_says_of_a_malformed_query_is_handed_on(remote):
    with pytest.raises(QueryError, match=r"refused the query \(error at 1:11: expected"):
        remote.select("SELECT * {")


def test_an_endpoint_out_of_order_is_told(remote):
    with pytest.raises(QueryError, match=r"refused the query \(out of order\)"):
        remote.select("SELECT ?fault {}")


def test_an_answer_that_is_no_sparql_is_told(remote):
    with pytest.raises(QueryError, match=r"the answer is not SPARQL JSON; is this the URL of an endpoint"):
        remote.select("SELECT ?odd {}")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_endpoint_that_does_not_answer_in_time_is_told(remote):
    with pytest.raises(QueryTimeoutError, match="no answer within 1 s"):
        remote.select("SELECT ?slow {}", timeout=1)


def test_an_endpoint_that_is_not_there_is_told():
    with pytest.raises(QueryError, match="cannot be reached"):
        RemoteStore("http://127.0.0.1:9/sparql").ask("ASK {}")


def test_other_urls_are_refused():
    with pytest.raises(StoreError, match="not the URL of an endpoint"):
        RemoteStore("file:///etc/passwd")


def test_the_network_of_the_endpoint_is_refused_too(remote):
    with pytest.raises(QueryError, match="SERVICE is refused"):
        remote.select("SELECT * { SERVICE <http://127.0.0.1:1/> {} }")
