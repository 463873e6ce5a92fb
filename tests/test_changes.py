from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from kg import changes, engine, snapshots
from kg.builds import build
from kg.changes import Change, MissingGraphError, Outcome, PayloadError, apply, read_outcome
from kg.corpora import read_corpus
from kg.errors import KgError, QueryError, StoreBusyError, StoreError
from kg.store import open_store

NEW = "https://example.org/new"
TEXT = (("turtle", b"<urn:a> <urn:b> 1, 2 ."),)


@pytest.fixture
def corpus(world, tmp_path):
    folder = tmp_path / "corpus"
    shutil.copytree(world, folder)
    return folder


@pytest.fixture
def store(corpus, tmp_path):
    build(read_corpus([corpus]), tmp_path / "graph")
    return tmp_path / "graph"


def dump(store):
    with open_store(store) as opened:
        return b"".join(opened.dump())


def size(store, graph):
    with open_store(store) as opened:
        return sum(1 for _ in opened.quads(graph))


def put(store, graph=NEW, parts=TEXT):
    return apply(store, Change(kind="put", graph=graph, parts=parts))


def update(store, text, **more):
    return apply(store, Change(kind="update", text=text, **more))


def test_a_graph_is_written_replaced_added_to_and_deleted(store):
    assert put(store) == Outcome(created=True)
    assert put(store, parts=(("ntriples", b"<urn:a> <urn:b> <urn:c> .\n"),)) == Outcome(created=False)
    assert size(store, NEW) == 1
    assert apply(store, Change(kind="post", graph=NEW, parts=TEXT)) == Outcome(created=False)
    assert size(store, NEW) == 3
    apply(store, Change(kind="delete", graph=NEW))
    with pytest.raises(MissingGraphError, match=r"there is no graph <https://example\.org/new>"):
        apply(store, Change(kind="delete", graph=NEW))


def test_an_empty_graph_is_one(store):
    put(store, parts=(("turtle", b""),))
    with open_store(store) as opened:
        assert NEW in opened.graphs()


def test_readers_stay_on_the_snapshot_they_have_open(store):
    with open_store(store) as before:
        quads = len(before)
        put(store)
        assert len(before) == quads
        assert not any(before.quads(NEW))
    assert size(store, NEW) == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change(kind="put", graph=NEW, parts=(("turtle", b"<urn:a>"),)), PayloadError),
        (Change(kind="put", graph="no iri", parts=TEXT), PayloadError),
        (Change(kind="update", text="CLEAR XYZ"), QueryError),
        (Change(kind="update", text="LOAD <http://127.0.0.1:1/x>"), QueryError),
        (Change(kind="update", text="INSERT { ?s ?p 1 } WHERE { SERVICE <urn:x> { ?s ?p ?o } }"), QueryError),
        (Change(kind="update", text="INSERT DATA { " + "[ <urn:p> " * 600 + "1" + "]" * 600), QueryError),
        (Change(kind="update", text="INSERT DATA { <urn:a> <urn:b> 1 } ; DROP GRAPH <urn:none>"), QueryError),
        (Change(kind="delete", graph="urn:none"), MissingGraphError),
        (Change(kind="patch", graph="urn:none", text="CLEAR ALL"), MissingGraphError),
    ],
)  # fmt: skip
def test_a_change_that_fails_changes_nothing(store, change, error):
    before, current = dump(store), snapshots.current(store)
    with pytest.raises(error):
        apply(store, change)
    assert dump(store) == before
    assert snapshots.current(store) == current
    assert not (store / "building").exists()


def test_while_a_build_is_at_work_nothing_is_changed(store):
    with snapshots.writing(store), pytest.raises(StoreBusyError):
        put(store)


def test_there_is_nothing_to_change_without_a_store(tmp_path):
    with pytest.raises(StoreError, match="there is no store here"):
        put(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


# ---------------------------------------------------------------- together with builds


def test_a_build_leaves_alone_what_is_no_files(store, corpus):
    put(store)
    put(store, graph="")
    for changed in (False, True):
        if changed:  # also where a build starts from nothing
            for file in (corpus / "documents").glob("*.yaml"):
                file.unlink()
        report = build(read_corpus([corpus]), store)
        assert bool(report.dropped) is changed
        assert size(store, NEW) == 2
        assert size(store, "") == 2


def test_a_build_makes_anew_what_a_change_has_touched_and_only_that(store, corpus, world_seeds):
    clean = dump(store)
    graph = world_seeds.names.graph("corpus")
    apply(store, Change(kind="post", graph=graph, parts=TEXT))
    assert dump(store) != clean
    report = build(read_corpus([corpus]), store)
    assert report.replaced == ("corpus.yaml",)
    assert dump(store) == clean


def test_after_an_update_a_build_makes_all_graphs_as_their_files_have_them(store, corpus):
    clean, own = dump(store), b"<urn:a> <urn:b> <urn:c> .\n"
    everything = "GRAPH ?g { ?s ?p ?o }"
    update(
        store,
        f"DELETE {{ {everything} }} WHERE {{ {everything} }} ; INSERT DATA {{ <urn:a> <urn:b> <urn:c> }}",
    )
    assert dump(store) == own
    build(read_corpus([corpus]), store)
    assert sorted(dump(store).splitlines(keepends=True)) == sorted([own, *clean.splitlines(keepends=True)])
    assert build(read_corpus([corpus]), store).replaced == ()


def test_a_graph_that_was_dropped_comes_back_with_the_next_build(store, corpus):
    clean = dump(store)
    update(store, "DROP ALL")
    assert dump(store) == b""
    build(read_corpus([corpus]), store)
    assert dump(store) == clean


# ---------------------------------------------------------------- in a process of its own


def run(store, change):
    command = [sys.executable, "-c", changes.START, json.dumps(sys.path), str(store), "2048"]
    done = subprocess.run(command, input=change.to_json(), capture_output=True, text=True, check=True)
    return read_outcome(done.stdout)


def test_a_change_is_made_in_a_process_of_its_own(store):
    change = Change(kind="put", graph=NEW, parts=(("turtle", "<urn:a> <urn:b> 'ü\\n' .".encode()),))
    assert run(store, change) == Outcome(created=True)
    assert size(store, NEW) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change(kind="delete", graph="urn:none"), MissingGraphError),
        (Change(kind="put", graph=NEW, parts=(("turtle", b"<"),)), PayloadError),
        (Change(kind="update", text="nonsense"), QueryError),
    ],
)
def test_what_fails_there_is_told_here(store, change, error):
    with pytest.raises(error):
        run(store, change)


def test_a_store_that_is_missing_is_told_from_there(tmp_path):
    with pytest.raises(StoreError, match="there is no store here"):
        run(tmp_path / "nowhere", Change(kind="delete"))


def test_every_error_that_a_change_raises_has_a_name_between_processes(store):
    assert {kind for kind in KgError.__subclasses__() if kind.__module__ == "kg.changes"} <= set(
        changes._KINDS.values()
    )
    assert engine.DamagedStoreError.__mro__[1] in changes._KINDS.values()
