"""Building onto two real servers that have little in common, started here."""

import shutil

import pytest
from servers import ABSENT, SERVERS
from test_saved_queries import cases

from kg.builds import build_memory
from kg.corpora import read_corpus
from kg.errors import QueryError, StoreError
from kg.graph import Graph, open_graph
from kg.graph_stores import GraphStore
from kg.labels import read_labels
from kg.mirrors import Mirror, is_sound
from kg.remote import NOTE, RemoteStore
from kg.remote_builds import build


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(request, tmp_path_factory):
    """The address of a server that runs as long as the tests of this file."""
    if ABSENT[request.param]:
        pytest.skip(ABSENT[request.param])
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as url:
        yield url


@pytest.fixture
def remote(server, tmp_path, monkeypatch):
    """The server, with nothing of ours in it."""
    monkeypatch.setenv("KG_MIRRORS", str(tmp_path / "mirrors"))
    found = RemoteStore(server)
    for graph in found.notes:
        found.drop(graph)
    found.forget()
    return found


@pytest.fixture
def corpus(tmp_path, world):
    """A copy of the small world that may be changed."""
    return shutil.copytree(world, tmp_path / "world")


@pytest.fixture
def sent(monkeypatch):
    """The graphs that are sent, in order."""
    graphs = []
    put = GraphStore.put

    def spy(self, graph, lines):
        graphs.append(graph.partition("/graph/")[2] or graph)
        put(self, graph, lines)

    monkeypatch.setattr(GraphStore, "put", spy)
    return graphs


def lines(store):
    return sorted(map(str, store.quads()))


def test_a_server_holds_what_a_directory_would(remote, world_seeds, world_store):
    report = build(world_seeds, remote)
    assert lines(remote) == lines(world_store)
    assert len(report.added) == len(world_seeds.sources)
    assert report.quads == len(world_store)


def test_what_has_not_changed_is_not_sent(remote, corpus, sent):
    build(read_corpus([corpus]), remote)
    sent.clear()
    report = build(read_corpus([corpus]), RemoteStore(remote.url))
    assert not sent
    assert not report.added
    assert not report.replaced
    file = corpus / "documents/quay-letter.coder-b.yaml"
    file.write_text(file.read_text("utf-8").replace("gist: ", "gist: Once more, ", 1), "utf-8")
    report = build(read_corpus([corpus]), remote)
    assert sent == ["quay-letter/coder-b", "inferred"]
    assert len(report.replaced) == 1
    assert lines(remote) == lines(build_memory(read_corpus([corpus])))


def test_what_is_gone_from_the_corpus_is_gone_from_the_server(remote, corpus):
    build(read_corpus([corpus]), remote)
    (corpus / "documents/may-hearing.tide-bot.yaml").unlink()
    report = build(read_corpus([corpus]), remote)
    assert len(report.dropped) == 1
    assert lines(RemoteStore(remote.url)) == lines(build_memory(read_corpus([corpus])))


def test_a_build_of_some_files_leaves_the_others(remote, corpus):
    build(read_corpus([corpus]), remote)
    before = lines(remote)
    file = corpus / "documents/tide-note.coder-a.yaml"
    report = build(read_corpus([file]), remote)
    assert len(report.unchanged) == len(read_corpus([file]).sources)
    assert lines(remote) == before


def test_other_graphs_are_neither_touched_nor_seen(remote, world_seeds):
    theirs = GraphStore(remote.endpoints.graphs, remote._credentials)
    theirs.put("urn:theirs", ['<urn:a> <http://www.w3.org/2004/02/skos/core#prefLabel> "theirs"@en .\n'])
    try:
        build(world_seeds, remote)
        with open_graph(remote.url) as graph:
            assert len(graph.sparql("SELECT * { ?s ?p ?o FILTER(?s = <urn:a>) }")) == 0
            assert len(graph.sparql("SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?s = <urn:a>) }")) == 0
            assert len(graph.sparql("SELECT * FROM <urn:theirs> { ?s ?p ?o }")) == 1
        assert theirs.get("urn:theirs")[0].subject == "<urn:a>"
    finally:
        theirs.delete("urn:theirs")
    assert theirs.get("urn:theirs") == ()


def test_a_build_that_was_broken_off_is_gone_on_with(remote, world_seeds, world_store, monkeypatch):
    put = GraphStore.put
    sent = []

    def fails(self, graph, lines):
        sent.append(graph)
        if len(sent) == 4:
            put(self, graph, list(lines)[:5])
            raise StoreError("the line is cut")
        put(self, graph, lines)

    with monkeypatch.context() as broken:
        broken.setattr(GraphStore, "put", fails)
        with pytest.raises(StoreError, match="cut"):
            build(world_seeds, remote)
    again = RemoteStore(remote.url)
    assert set(again.notes) == set(sent[:3])
    build(world_seeds, again)
    assert lines(again) == lines(world_store)


def test_long_graphs_go_in_pieces(remote, world_seeds, world_store):
    remote.store = GraphStore(remote.endpoints.graphs, remote._credentials, request_bytes=10_000)
    build(world_seeds, remote)
    assert lines(remote) == lines(world_store)


def test_a_server_is_asked_as_a_directory_is(remote, world_seeds, world_store):
    build(world_seeds, remote)
    with open_graph(remote.url) as graph:
        assert graph.labels.names == read_labels(world_store).names
        assert graph.prefixes["actor"].endswith("/actor/")
        answered = graph.ask("Who proposes membership in the Harbour League as a guarantee?")
        assert len(answered) > 0
        assert len(graph.evidence(answered)) == len(answered)
        assert graph.export("nquads").count("\n") == len(world_store)
        assert len(graph.dataset()) > 0
        stated = graph.without_inferred()
        rollups = "ASK { ?r a st:RollUp }"
        assert graph.sparql(rollups) is True
        assert stated.sparql(rollups) is False
        with pytest.raises(QueryError, match="chooses its graphs with FROM"):
            stated.sparql("SELECT * FROM <urn:g> { ?s ?p ?o }")


def test_a_server_that_holds_another_count_afterwards_is_told(remote, world_seeds, monkeypatch):
    monkeypatch.setattr(RemoteStore, "count", lambda self, graph: 3)
    with pytest.raises(StoreError, match=r"has 3 triples after [\d,]+ were sent; see that nobody else"):
        build(world_seeds, remote)


def test_the_notes_are_no_statements_of_the_corpus(remote, world_seeds):
    build(world_seeds, remote)
    assert len(remote.notes) == len(world_seeds.sources) + 2  # the vocabularies, and what is inferred
    assert not any(NOTE in line for line in lines(remote))


@pytest.mark.parametrize("server", ["virtuoso"], indirect=True)
def test_credentials_go_by_digest_where_the_server_wants_that(remote, world_seeds, world_store, monkeypatch):
    root = remote.url.removesuffix("/sparql")
    monkeypatch.setenv("KG_UPDATE_URL", f"{root}/sparql-auth")
    monkeypatch.setenv("KG_GRAPHS_URL", f"{root}/sparql-graph-crud-auth")
    with pytest.raises(StoreError, match="give credentials"):
        build(world_seeds, RemoteStore(remote.url))
    monkeypatch.setenv("KG_STORE_USER", "dba")
    monkeypatch.setenv("KG_STORE_PASSWORD", "dba")
    monkeypatch.setenv("KG_STORE_AUTH", "digest")
    known = RemoteStore(remote.url)
    build(world_seeds, known)
    assert lines(known) == lines(world_store)
    known.drop(known.graphs[0])
    assert known.count(known.graphs[0]) == 0


def test_every_saved_question_gives_the_rows_that_a_directory_gives(remote, world_seeds, world_store):
    build(world_seeds, remote)
    here = Graph(world_store)
    with open_graph(remote.url) as there:
        assert isinstance(there.store, Mirror) != is_sound(remote)
        for name, (query, values) in cases().items():
            asked = query.name, name
            assert there.query(query.name, **values).table == here.query(query.name, **values).table, asked


@pytest.mark.parametrize("server", ["virtuoso"], indirect=True)
def test_the_copy_of_an_engine_that_is_not_sound_follows_the_server(remote, corpus, monkeypatch):
    build(read_corpus([corpus]), remote)
    with open_graph(remote.url) as graph:
        before = len(graph.query("positions"))
    (corpus / "documents/quay-letter.coder-b.yaml").unlink()
    build(read_corpus([corpus]), remote)
    fetched = []
    quads = RemoteStore.quads
    monkeypatch.setattr(
        RemoteStore, "quads", lambda self, graph=None: fetched.append(graph) or quads(self, graph)
    )
    with open_graph(remote.url) as graph:
        assert len(graph.query("positions")) < before
        assert sorted(map(str, graph.quads())) == lines(build_memory(read_corpus([corpus])))
        assert [each.partition("/graph/")[2] for each in fetched] == ["inferred"]
    with open_graph(remote.url):
        assert len(fetched) == 1
