import gc
import os
import shutil

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import engine, engine_edits, snapshots
from kg.errors import QueryError, QueryTimeoutError, StoreError
from kg.snapshots import GraphNote
from kg.store import Queryable, Store, Triple, open_store
from kg.terms import XSD, Iri, Literal, Quad, token

G, H = "urn:example:graph/a", "urn:example:graph/inferred"
P = "<urn:example:p>"
QUADS = [
    Quad("<urn:example:s>", P, '"plain"', f"<{G}>"),
    Quad("<urn:example:s>", P, '"Wort"@de', f"<{G}>"),
    Quad("<urn:example:s>", P, f'"2024-05-12"^^<{XSD}date>', f"<{G}>"),
    Quad("<urn:example:s>", P, "<urn:example:o>", f"<{G}>"),
    Quad("<urn:example:s>", P, "<urn:example:o>", f"<{H}>"),
    Quad("<urn:example:t>", P, "<urn:example:o>", f"<{H}>"),
]
NOTES = {G: GraphNote("a.yaml", "ab" * 32, "f"), H: GraphNote("", "", "g")}


@pytest.fixture(params=["memory", "directory"])
def store(request, tmp_path):
    if request.param == "memory":
        found = Store.memory(QUADS, notes=NOTES)
    else:
        make(tmp_path / "graph", QUADS)
        found = open_store(tmp_path / "graph")
    with found:
        yield found


def make(directory, quads):
    with snapshots.writing(directory) as database:
        opened = engine.create(database)
        engine_edits.load(opened, quads)
        engine_edits.flush(opened)
        del opened
        return snapshots.finish(directory, NOTES)


# ---------------------------------------------------------------- queries


def test_select_gives_typed_rows_over_the_union_of_all_graphs(store):
    found = store.select("SELECT DISTINCT ?o { <urn:example:s> ?p ?o } ORDER BY STR(?o)")
    assert found.columns == ("o",)
    assert [row[0] for row in found] == [
        Literal("2024-05-12", XSD + "date"),
        Literal("Wort", language="de"),
        Literal("plain"),
        Iri("urn:example:o"),
    ]
    assert store.select_here("SELECT DISTINCT ?o { <urn:example:s> ?p ?o } ORDER BY STR(?o)") == found


def test_a_query_may_choose_its_graphs(store):
    def count(dataset, pattern="?s ?p ?o"):
        return len(store.select(f"SELECT * {dataset} {{ {pattern} }}"))

    assert count("") == 6
    assert (count(f"FROM <{G}>"), count(f"FROM <{H}>"), count("from <urn:no>")) == (4, 2, 0)
    assert count(f"FROM NAMED <{H}>") == 0
    assert count(f"FROM NAMED <{H}>", "GRAPH ?g { ?s ?p ?o }") == 2
    with pytest.raises(QueryError, match="ask with the inferred graph, and do not name it"):
        store.without_inferred().select(f"SELECT * FROM <{H}> {{ ?s ?p ?o }}")


def test_a_triple_in_two_graphs_is_two_solutions(store):
    # Not what SPARQL means by a merge, but how the engine does it: saved queries say DISTINCT.
    query = "SELECT {} ?s {{ ?s ?p <urn:example:o> FILTER(?s = <urn:example:s>) }}"
    assert len(store.select(query.format(""))) == 2
    assert len(store.select(query.format("DISTINCT"))) == 1


def test_an_unbound_variable_is_none(store):
    assert store.select("SELECT ?a ?b { BIND(1 AS ?a) }").rows[0][1] is None


def test_ask_and_construct(store):
    assert store.ask("ASK { <urn:example:t> ?p ?o }") is True
    assert store.ask("ASK { <urn:example:none> ?p ?o }") is False
    assert store.construct("CONSTRUCT { ?o <urn:x> ?s } { ?s ?p ?o FILTER(isIRI(?o)) }") == (
        Triple("<urn:example:o>", "<urn:x>", "<urn:example:s>"),
        Triple("<urn:example:o>", "<urn:x>", "<urn:example:t>"),
    )
    spaced = store.construct('CONSTRUCT { ?s <urn:x> "a b . c" } { ?s ?p "plain" }')
    assert [str(triple) for triple in spaced] == ['<urn:example:s> <urn:x> "a b . c" .']


def test_the_wrong_form_of_query_is_refused(store):
    with pytest.raises(QueryError, match="no SELECT query; use `ask`"):
        store.select("ASK {}")
    with pytest.raises(QueryError, match="no ASK query"):
        store.ask("SELECT * {}")
    with pytest.raises(QueryError, match="no CONSTRUCT query"):
        store.construct("ASK {}")
    with pytest.raises(QueryError, match="no SELECT query"):
        store.select_here("ASK {}")


def test_the_network_is_refused_unless_it_is_allowed(store):
    query = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
    with pytest.raises(QueryError, match="SERVICE is refused"):
        store.select(query)
    with pytest.raises(QueryError, match="the query failed: The port 1 is not allowed"):
        store.select(query, allow_network=True)


def test_updates_and_loading_are_refused(store):
    with pytest.raises(QueryError, match="1:1: LOAD is refused"):
        store.answer("LOAD <http://127.0.0.1:1/>")
    with pytest.raises(QueryError, match="malformed"):
        store.answer("INSERT DATA { <urn:a> <urn:b> <urn:c> }")


def test_deep_nesting_is_refused_before_it_can_do_harm(store):
    with pytest.raises(QueryError, match="more than 500 deep"):
        store.ask("ASK {" + "{" * 10_000 + "}" * 10_000 + "}")
    chain = "!" * 30_000  # nests without brackets
    with pytest.raises(QueryError, match=r"ended its process|malformed"):
        store.ask(f"ASK {{ FILTER({chain}true) }}")


def test_a_query_that_never_ends_is_ended(store):
    patterns = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(50)))} }}" for n in range(9))
    with pytest.raises(QueryTimeoutError, match=r"ran longer than 0.3 s"):
        store.select(f"SELECT (COUNT(*) AS ?n) {{ {patterns} }}", timeout=0.3)


# ---------------------------------------------------------------- contents


def test_the_contents_come_back(store):
    assert len(store) == 6
    assert sorted(store.quads()) == sorted(QUADS)
    assert sorted(store.quads(H)) == sorted(QUADS[4:])
    assert b"".join(store.dump()).decode() == "".join(sorted(f"{quad}\n" for quad in QUADS))
    assert store.graphs() == {G: "ab" * 32, H: ""}


def test_the_inferred_graph_can_be_left_out(store):
    stated = store.without_inferred()
    assert len(stated) == 4
    assert sorted(stated.quads()) == sorted(QUADS[:4])
    assert len(list(stated.dump())) == 4
    assert stated.graphs() == {G: "ab" * 32}
    assert list(stated.notes()) == [G]
    for ask in (stated.select, stated.select_here):
        assert len(ask("SELECT * { ?s ?p ?o }")) == 4
        assert len(ask("SELECT * { GRAPH ?g { ?s ?p ?o } }")) == 4
    assert len(stated.dataset()) == 4


def test_an_empty_store_answers_and_is_true():
    with Store.memory() as store:
        assert store
        assert len(store) == 0
        assert store.ask("ASK {}")
        assert isinstance(store, Queryable)


def test_a_closed_store_says_so(store):
    store.ask("ASK {}")
    store.close()
    store.close()
    with pytest.raises(ValueError, match="the store is closed"):
        store.ask("ASK {}")


def test_malformed_quads_are_refused():
    with pytest.raises(StoreError, match="cannot be written"):
        Store.memory([Quad("<urn:a b>", P, '"x"', f"<{G}>")])


LITERALS = st.builds(
    Literal, st.text(max_size=20), language=st.sampled_from(["", "en", "de-at", "zh-hant"])
) | st.builds(Literal, st.text(max_size=20), datatype=st.sampled_from(["urn:example:type", XSD + "string"]))
IRIS = st.integers(0, 5).map(lambda n: Iri(f"urn:example:{n}"))
ANY_QUADS = st.lists(
    st.builds(
        lambda s, p, o, g: Quad(token(s), token(p), token(o), token(g)), IRIS, IRIS, IRIS | LITERALS, IRIS
    ),
    max_size=12,
)


@given(ANY_QUADS)
@settings(deadline=None)
def test_what_is_loaded_reads_back_in_any_order_and_once(quads):
    once, twice = Store.memory(quads), Store.memory([*reversed(quads), *quads])
    assert set(once.quads()) == set(quads)
    assert list(once.dump()) == list(twice.dump())
    assert b"".join(once.dump()).decode() == "".join(sorted({f"{quad}\n" for quad in quads}))


# ---------------------------------------------------------------- rdflib


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # the other side's, within rdflib 7.6
@given(ANY_QUADS)
@settings(deadline=None, max_examples=50)
def test_the_live_dataset_equals_a_parsed_dump(quads):
    store = Store.memory(quads)
    parsed = rdflib.Dataset(default_union=True)
    parsed.parse(data=b"".join(store.dump()).decode(), format="nquads")
    live = store.dataset()
    assert set(live.quads()) == set(parsed.quads())
    assert len(live) == len(parsed)
    assert set(live) == set(parsed) or not quads
    for triple in {(s, p, o) for s, p, o, _ in parsed.quads()}:
        assert triple in live
        assert set(live.triples((None, None, triple[2]))) == set(parsed.triples((None, None, triple[2])))
    names = {graph.identifier for graph in parsed.graphs() if len(graph)}
    assert {graph.identifier for graph in live.graphs() if len(graph)} == names
    for name in names:
        assert set(live.graph(name)) == set(parsed.graph(name))


def test_rdflib_sparql_runs_on_the_live_dataset(store):
    live = store.dataset()
    found = {str(row.o) for row in live.query("SELECT ?o { ?s <urn:example:p> ?o FILTER(isLiteral(?o)) }")}
    assert found == {"plain", "Wort", "2024-05-12"}
    named = live.query("SELECT DISTINCT ?g { GRAPH ?g { <urn:example:t> ?p ?o } }")
    assert [str(row.g) for row in named] == [H]
    assert len(list(live.query("SELECT * { ?s <urn:example:p>/^<urn:example:p> ?o }"))) > 0
    assert live.query("ASK { ?s ?p 'plain' }").askAnswer


def test_a_plain_literal_comes_back_plain(store):
    plain = next(o for o in store.dataset().objects() if str(o) == "plain")
    assert plain.datatype is None
    assert plain == rdflib.Literal("plain")
    assert rdflib.Literal("plain") in set(store.dataset().objects())


def test_a_pattern_that_is_no_triple_matches_nothing(store):
    live = store.dataset()
    assert list(live.triples((rdflib.Literal("x"), None, None))) == []
    assert list(live.triples((None, rdflib.BNode(), None))) == []
    assert list(live.triples((rdflib.URIRef("not an iri"), None, None))) == []


def test_the_live_dataset_is_read_only_and_binds_prefixes(store):
    live = store.dataset()
    with pytest.raises(StoreError, match="read-only"):
        live.add((rdflib.URIRef("urn:a"), rdflib.URIRef("urn:b"), rdflib.URIRef("urn:c")))
    with pytest.raises(StoreError, match="read-only"):
        live.remove((None, None, None))
    assert dict(live.namespaces())["st"] == rdflib.URIRef("https://w3id.org/standpoint/ontology#")
    live.bind("ex", "urn:example:")
    assert live.qname("urn:example:s") == "ex:s"
    assert "ex:s" in live.serialize(format="trig")


# ---------------------------------------------------------------- the directory


def test_a_snapshot_in_use_stays_and_is_deleted_afterwards(tmp_path):
    first = make(tmp_path, QUADS[:1])
    old = open_store(tmp_path)
    second = make(tmp_path, QUADS)
    with snapshots.writing(tmp_path):
        pass
    assert first.path.exists()
    assert len(old.select("SELECT * { ?s ?p ?o }")) == len(old) == 1
    with open_store(tmp_path) as new:
        assert len(new) == 6
    old.close()
    with snapshots.writing(tmp_path):
        pass
    assert not first.path.exists()
    assert second.path.exists()


def test_a_store_that_is_let_go_gives_its_lock_back(tmp_path):
    first = make(tmp_path, QUADS[:1])
    view = open_store(tmp_path).without_inferred()
    gc.collect()
    make(tmp_path, QUADS)
    with snapshots.writing(tmp_path):
        pass
    assert first.path.exists()
    del view
    gc.collect()
    with snapshots.writing(tmp_path):
        pass
    assert not first.path.exists()


def test_reading_changes_nothing_in_a_snapshot(tmp_path):
    snapshot = make(tmp_path, QUADS)

    def files():
        return {path: path.stat().st_mtime_ns for path in sorted(snapshot.path.rglob("*"))}

    before = files()
    with open_store(tmp_path) as store:
        assert store.ask("ASK {}")
        assert len(store) == 6
        assert files() == before


def _a_file(directory):
    shutil.rmtree(directory)
    directory.write_text("hello")


def _nothing(directory):
    shutil.rmtree(directory)


def _something_else(directory):
    (directory / "FORMAT").unlink()


def _newer(directory):
    (directory / "FORMAT").write_text("standpoint store 99\n")


def _garbage(directory):
    (directory / "FORMAT").write_bytes(b"\xff\xfe")


def _other_words(directory):
    (directory / "FORMAT").write_text("wombat 1\n")


def _unfinished(directory):
    (directory / "CURRENT").unlink()


def _odd_current(directory):
    (directory / "CURRENT").write_text("../../etc\n")


def _no_snapshot(directory):
    shutil.rmtree(directory / "snapshots")


def _no_lock(directory):
    next(directory.glob("snapshots/*/lock")).unlink()


def _no_notes(directory):
    next(directory.glob("snapshots/*/graphs.json")).unlink()


def _bad_notes(directory):
    next(directory.glob("snapshots/*/graphs.json")).write_text("[1]")


def _no_database(directory):
    shutil.rmtree(next(directory.glob("snapshots/*/db")))


def _no_manifest(directory):
    next(directory.glob("snapshots/*/db/MANIFEST-*")).unlink()


def _no_tables(directory):
    for path in directory.glob("snapshots/*/db/*.sst"):
        path.unlink()


def _cut_tables(directory):
    for path in directory.glob("snapshots/*/db/*.sst"):
        path.write_bytes(path.read_bytes()[:100])


def _overwritten_tables(directory):
    for path in directory.glob("snapshots/*/db/*.sst"):
        path.write_bytes(b"\x00" * path.stat().st_size)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_a_file, "not a store but a file; name a directory"),
        (_nothing, "there is no store here; run `kg build`"),
        (_something_else, "not a store, for it has no file FORMAT"),
        (_newer, r"written by a newer version of this program \(format 99, this one knows 1\)"),
        (_garbage, "the store cannot be read"),
        (_other_words, "not what a store says"),
        (_unfinished, "the store has no finished build yet; run `kg build`"),
        (_odd_current, "CURRENT: names no snapshot; the store is damaged, build it again"),
        (_no_snapshot, "CURRENT names a snapshot that is gone; build the store again"),
        (_no_lock, "the store is damaged; build it again"),
        (_no_notes, "the store is damaged; build it again"),
        (_bad_notes, "the store is damaged; build it again"),
        (_no_database, "the store is damaged, files are missing; build it again"),
        (_no_manifest, "the store is damaged; build it again"),
        (_no_tables, "the store is damaged; build it again"),
        (_cut_tables, "the store is damaged; build it again"),
        (_overwritten_tables, "the store is damaged; build it again"),
    ],
)
def test_an_odd_directory_is_told_in_one_sentence(tmp_path, harm, sentence):
    directory = tmp_path / "graph"
    make(directory, QUADS)
    harm(directory)
    with pytest.raises(StoreError, match=sentence) as caught:
        read_all(directory)
    assert "\n" not in str(caught.value)


def read_all(directory):
    with open_store(directory) as store:
        store.ask("ASK { ?s ?p ?o }")
        list(store.quads())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write anything")
def test_a_directory_without_rights_is_told(tmp_path):
    make(tmp_path / "graph", QUADS)
    (tmp_path / "graph").chmod(0)
    try:
        with pytest.raises(StoreError, match="cannot be read"):
            open_store(tmp_path / "graph")
    finally:
        (tmp_path / "graph").chmod(0o755)
