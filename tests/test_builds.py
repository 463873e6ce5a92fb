import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import BASE, CORPUS, annotation, seeds, source

from kg import build_plans, engine_edits, inference, snapshots
from kg.builds import VOCABULARIES, BuildReport, build, build_memory
from kg.errors import StoreBusyError, StoreError
from kg.files import ontology_dir
from kg.iris import graph_of
from kg.quads import quads
from kg.records import Condition
from kg.store import Store, open_store

HERE = Path(__file__).parent
GRAPH = f"{BASE}graph/"


def dump(directory):
    with open_store(directory) as store:
        return list(store.dump())


def gists(directory):
    """The version of each document's graph, by the gists of all its positions."""
    query = """PREFIX st: <https://w3id.org/standpoint/ontology#>
        SELECT ?g ?gist (COUNT(*) AS ?n) { GRAPH ?g { ?p st:heldBy ?h ; st:gist ?gist } }
        GROUP BY ?g ?gist"""
    with open_store(directory) as store:
        return [tuple(map(str, row)) for row in store.select_here(query)]


def fresh(corpus):
    return list(build_memory(corpus).dump())


# ---------------------------------------------------------------- laws


def test_a_build_holds_what_the_files_say_the_vocabularies_and_what_follows(tmp_path):
    corpus = seeds(range(3))
    report = build(corpus, tmp_path)
    assert len(report.added) == 5
    with open_store(tmp_path) as store:
        for each in corpus.sources:
            graph = graph_of(each, corpus.names)
            said = Store.memory(quads(each, corpus.names, corpus.corpus))  # numbers as the engine has them
            assert set(store.quads(graph)) == set(said.quads())
            assert store.graphs()[graph] == each.sha256
        assert len(list(store.quads(VOCABULARIES))) > 100
        assert len(list(store.quads(GRAPH + "inferred"))) > 10
        assert report.quads == len(store)
        assert len(store.graphs()) == 7


def test_building_in_memory_and_in_a_directory_gives_the_same_bytes(tmp_path):
    build(seeds(range(4)), tmp_path)
    assert dump(tmp_path) == fresh(seeds(range(4)))


def test_building_twice_changes_nothing_at_all(tmp_path):
    build(seeds(range(3)), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    report = build(seeds(range(3)), tmp_path)
    assert (report.added, report.replaced, report.dropped, len(report.unchanged)) == ((), (), (), 5)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


STATES = st.dictionaries(st.integers(0, 5), st.sampled_from(["", "old", "new"]), max_size=6)


@given(st.lists(STATES, min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=8)
def test_whatever_was_built_before_and_in_whatever_order_the_same_files_give_the_same_bytes(
    tmp_path_factory, states, shuffled
):
    directory = tmp_path_factory.mktemp("graph")
    for state in states:
        corpus = seeds(sorted(state), version=state)
        files = list(corpus.sources)
        shuffled.shuffle(files)
        build(replace(corpus, sources=tuple(files)), directory)
    assert dump(directory) == fresh(corpus)
    shutil.rmtree(directory)


def test_one_file_more_and_one_less_is_told_and_leaves_the_others_alone(tmp_path):
    build(seeds(range(8)), tmp_path)
    report = build(seeds([*range(1, 8), 9], version={4: "new"}), tmp_path)
    assert report.added == ("documents/9.yaml",)
    assert report.replaced == ("documents/4.yaml",)
    assert report.dropped == ("documents/0.yaml",)
    assert len(report.unchanged) == 8
    assert report.kept == ()
    assert dump(tmp_path) == fresh(seeds([*range(1, 8), 9], version={4: "new"}))


def test_loading_and_dropping_again_equals_nothing(tmp_path):
    build(seeds(range(6)), tmp_path)
    before = dump(tmp_path)
    build(seeds(range(7)), tmp_path)
    assert dump(tmp_path) != before
    build(seeds(range(6)), tmp_path)
    assert dump(tmp_path) == before


def test_a_registry_that_loses_a_tie_changes_what_follows(tmp_path):
    def corpus(office):
        found = seeds(range(6))
        registry = found.sources[1].content
        people = tuple(replace(actor, memberships=office(actor)) for actor in registry.actors)
        file = source("registries/all.yaml", replace(registry, actors=people), str(office))
        return replace(found, sources=(found.sources[0], file, *found.sources[2:]))

    build(corpus(lambda actor: actor.memberships), tmp_path)
    ask = "PREFIX st: <https://w3id.org/standpoint/ontology#> SELECT ?p { ?p st:countsFor ?a }"
    with open_store(tmp_path) as store:
        before = len(store.select_here(ask))
    without = corpus(lambda actor: ())
    build(without, tmp_path)
    with open_store(tmp_path) as store:
        assert 0 < len(store.select_here(ask)) < before
    assert dump(tmp_path) == fresh(without)


# ---------------------------------------------------------------- what a graph depends on


@pytest.mark.parametrize(
    "setting", [{"language": "de"}, {"base": "https://example.org/other/"}, {"layer": "b"}]
)
def test_other_settings_replace_every_graph(tmp_path, setting):
    build(seeds(range(2)), tmp_path)
    corpus = seeds(range(2), corpus=replace(CORPUS, **setting))
    report = build(corpus, tmp_path)
    assert report.unchanged == ()
    assert dump(tmp_path) == fresh(corpus)


def test_another_corpus_does_not_replace_the_one_that_is_there(tmp_path):
    build(seeds(range(2)), tmp_path)
    before = dump(tmp_path)
    other = seeds([7], corpus=replace(CORPUS, base="https://example.org/other/"))
    strangers = replace(other, sources=tuple(replace(each, sha256="0" * 64) for each in other.sources))
    with pytest.raises(StoreError, match=r"is of another corpus .* build into another place with --store"):
        build(strangers, tmp_path)
    assert dump(tmp_path) == before


def test_another_version_of_the_program_replaces_every_graph(tmp_path, monkeypatch):
    build(seeds(range(2)), tmp_path)
    monkeypatch.setattr(build_plans, "VERSION", "99")
    assert len(build(seeds(range(2)), tmp_path).replaced) == 4


def test_a_file_that_moves_is_replaced_since_its_path_is_part_of_its_provenance(tmp_path):
    corpus = seeds(range(2))
    build(corpus, tmp_path)
    last = corpus.sources[-1]
    moved = replace(corpus, sources=(*corpus.sources[:-1], replace(last, path="elsewhere/1.yaml")))
    assert build(moved, tmp_path).replaced == ("elsewhere/1.yaml",)


def test_a_file_with_errors_keeps_the_graph_of_its_last_good_version(tmp_path):
    build(seeds(range(3), version="good"), tmp_path)
    report = build(seeds([0, 1], version="good", broken=[2, 7]), tmp_path)
    assert report.kept == ("documents/2.yaml",)
    assert report.dropped == ()
    assert dump(tmp_path) == fresh(seeds(range(3), version="good"))
    for directory in (tmp_path, tmp_path):  # also when most is made anew, and twice
        report = build(seeds([0, 1], version="better", broken=[2]), directory)
        assert report.kept == ("documents/2.yaml",)
    assert dump(tmp_path) == fresh(seeds(range(3), version={0: "better", 1: "better", 2: "good"}))


def test_a_broken_file_that_was_never_good_contributes_nothing(tmp_path):
    report = build(seeds([0], broken=[1]), tmp_path)
    assert report.kept == ()
    assert dump(tmp_path) == fresh(seeds([0]))


def test_building_some_files_leaves_the_others_as_they_are(tmp_path):
    build(seeds(range(4)), tmp_path)
    before = dump(tmp_path)
    some = replace(seeds([2]), is_whole=False)
    assert build(some, tmp_path).dropped == ()
    assert dump(tmp_path) == before
    assert build(replace(some, is_whole=True), tmp_path).dropped


def test_two_files_that_would_be_one_graph_are_refused(tmp_path):
    corpus = seeds([1])
    twice = (*corpus.sources, source("documents/copy.yaml", annotation(1)))
    with pytest.raises(StoreError, match=r"documents/1.yaml and documents/copy.yaml would be one graph"):
        build(replace(corpus, sources=twice), tmp_path / "graph")


def test_what_follows_from_each_file_and_the_registries_is_what_follows_from_all(tmp_path):
    corpus = seeds(range(7), persons=30)
    build(corpus, tmp_path)
    build(seeds(range(1, 9), persons=30, version={3: "new"}), tmp_path)
    with open_store(tmp_path) as store:
        stated = Store.memory(store.without_inferred().quads())
        whole = inference.infer(stated._data.engine, corpus.names, ontology_dir() / "core.ttl")
        assert set(whole) == set(store.quads(corpus.names.graph("inferred")))


def test_the_number_of_quads_that_is_told_is_that_of_the_store(tmp_path):
    twins = annotation(3)
    condition = Condition(kind="if", gist="it rains")
    doubled = replace(twins.positions[0], conditions=(condition, condition))
    corpus = seeds(range(3))
    twice = source("documents/3.yaml", replace(twins, positions=(doubled, *twins.positions[1:])))
    for wanted in (
        corpus,
        replace(corpus, sources=(*corpus.sources, twice)),
        seeds(range(4), version={2: "new"}),
        seeds(range(1, 4), version={2: "new"}),
    ):
        report = build(wanted, tmp_path)
        with open_store(tmp_path) as store:
            assert len(store) == report.quads


def test_a_report_is_one_line():
    assert str(BuildReport(quads=3)) == "no files; 3 quads"
    assert str(BuildReport(added=("a",), kept=("b",), quads=1200)) == "1 file added, 1 kept; 1,200 quads"


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    build(seeds(range(3)), tmp_path, progress=lambda done, total, what: told.append((done, total, what)))
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1] == (7, 7, "done")
    assert any(what == "documents/1.yaml" for _, _, what in told)


# ---------------------------------------------------------------- killed, crowded, full


def program(directory, documents, first=0):
    arguments = [sys.executable, HERE / "synthetic.py", directory, str(documents), str(first)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def test_a_killed_build_leaves_each_graph_whole_and_the_next_one_cleans_up(tmp_path):
    documents, chance = 60, random.Random(7)
    build(seeds(range(documents), version="start"), tmp_path)
    turn = 0
    for _ in range(12):
        running = program(tmp_path, documents, turn)
        built = [running.stdout.readline()]  # one build has ended, the next ones run
        time.sleep(chance.uniform(0, 1))
        running.kill()
        rest, errors = running.communicate()
        built += rest.splitlines()
        assert not errors, errors.decode()
        turn = max(map(int, filter(None, built))) + 1
        found = gists(tmp_path)
        graphs = [graph for graph, _, _ in found]
        assert len(graphs) == len(set(graphs))  # one version of each graph
        assert all(count == "3" for _, _, count in found)  # and the whole of it
        assert len(graphs) in (documents, documents - 1)
        with open_store(tmp_path) as store:
            assert store.notes().keys() == store.graphs().keys()
    assert turn >= 12
    corpus = seeds(range(documents), version="end")
    build(corpus, tmp_path)
    assert dump(tmp_path) == fresh(corpus)
    assert len(list((tmp_path / "snapshots").iterdir())) == 1
    assert not (tmp_path / "building").exists()


def test_a_second_build_says_that_the_store_is_in_use(tmp_path):
    with snapshots.writing(tmp_path), pytest.raises(StoreBusyError, match="in use by another build"):
        build(seeds(range(2)), tmp_path)
    build(seeds(range(2)), tmp_path)


def test_a_reader_keeps_what_it_has_opened_while_builds_come_and_go(tmp_path):
    build(seeds(range(5), version="a"), tmp_path)
    with open_store(tmp_path) as reader:
        before = list(reader.dump())
        for version in "bcd":
            build(seeds(range(5), version=version), tmp_path)
            assert list(reader.dump()) == before
            assert reader.ask('ASK { ?p ?q "gist a"@en }')
        with open_store(tmp_path) as late:
            assert late.ask('ASK { ?p ?q "gist d"@en }')
    build(seeds(range(5), version="e"), tmp_path)
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def test_readers_that_open_during_builds_always_find_a_whole_store(tmp_path):
    build(seeds(range(4), version="0"), tmp_path)
    ended, problems = threading.Event(), []

    def read():
        while not ended.is_set():
            versions = {gist for _, gist, _ in gists(tmp_path)}
            if len(versions) != 1:
                problems.append(versions)

    thread = threading.Thread(target=read)
    thread.start()
    for version in range(1, 12):
        build(seeds(range(4), version=str(version)), tmp_path)
    ended.set()
    thread.join()
    assert problems == []


def limited(directory, documents):
    """Build with files of at most 200 kB, in a process of its own."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from synthetic import seeds; from kg.builds import build; from kg.errors import StoreError\n"
        "try: build(seeds(range(int(sys.argv[4])), version='new'), sys.argv[3])\n"
        "except StoreError as error: print(error)\n"
    )
    arguments = [sys.executable, "-c", code, HERE, HERE.parent, directory, str(documents)]
    return subprocess.run(arguments, capture_output=True, text=True).stdout


def test_a_full_disk_is_told_and_what_was_built_stays(tmp_path):
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    build(seeds(range(5)), tmp_path)
    before = dump(tmp_path)
    said = limited(tmp_path, 400)
    assert "no space left on the disk; what was built before is untouched" in said
    assert said.count("\n") == 1
    assert dump(tmp_path) == before
    assert not (tmp_path / "building").exists()
    build(seeds(range(6)), tmp_path)
    assert dump(tmp_path) == fresh(seeds(range(6)))


# ---------------------------------------------------------------- odd directories


def test_a_directory_of_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("all my work")
    with pytest.raises(StoreError, match="has other files in it; name another directory"):
        build(seeds([0]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_the_directory_is_refused(tmp_path):
    (tmp_path / "graph").write_text("hello")
    for path in (tmp_path / "graph", tmp_path / "graph" / "below"):
        with pytest.raises(StoreError, match=r"not a store but a file|cannot be written"):
            build(seeds([0]), path)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    build(seeds([0]), tmp_path)
    (tmp_path / "FORMAT").write_text("standpoint store 99\n")
    with pytest.raises(StoreError, match="written by a newer version"):
        build(seeds([1]), tmp_path)
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def _no_snapshot(directory):
    shutil.rmtree(directory / "snapshots")


def _no_notes(directory):
    next(directory.glob("snapshots/*/graphs.json")).unlink()


def _no_manifest(directory):
    next(directory.glob("snapshots/*/db/MANIFEST-*")).unlink()


def _no_current(directory):
    (directory / "CURRENT").unlink()


def _odd_current(directory):
    (directory / "CURRENT").write_text("wombat\n")


def _overwritten_tables(directory):
    for path in directory.glob("snapshots/*/db/*.sst"):
        path.write_bytes(b"\x00" * path.stat().st_size)


def _leftovers(directory):
    (directory / "building" / "db").mkdir(parents=True)
    (directory / "building" / "db" / "junk").write_text("x")
    (directory / "CURRENT.new").write_text("77\n")
    (directory / "snapshots" / "99").mkdir()


HARMS = [_no_snapshot, _no_notes, _no_manifest, _no_current, _odd_current, _overwritten_tables, _leftovers]


@pytest.mark.parametrize("harm", HARMS)
def test_a_build_mends_a_damaged_store(tmp_path, harm):
    build(seeds(range(5)), tmp_path)
    harm(tmp_path)
    corpus = seeds(range(5), version={1: "new"})
    build(corpus, tmp_path)
    assert dump(tmp_path) == fresh(corpus)


def _turn_a_byte(path, *, keeps_time=True):
    content, times = bytearray(path.read_bytes()), path.stat()
    content[len(content) // 3] ^= 0x55
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + (0 if keeps_time else 2_000_000_000)))


TABLES = range(0, 9, 2)


@pytest.mark.parametrize("number", TABLES)
def test_a_byte_that_has_turned_is_told_or_mended_and_never_read(tmp_path, number):
    build(seeds(range(5)), tmp_path)
    before = dump(tmp_path)
    tables = sorted(tmp_path.glob("snapshots/*/db/*.sst"))
    assert len(tables) == 9
    _turn_a_byte(tables[number])
    with contextlib.suppress(StoreError):
        assert dump(tmp_path) == before
    build(seeds(range(5)), tmp_path)  # has nothing to do, and may not notice
    corpus = seeds(range(5), version={1: "new"})
    build(corpus, tmp_path)
    assert dump(tmp_path) == fresh(corpus)


def test_a_file_that_was_written_into_is_noticed_by_its_time(tmp_path):
    corpus = seeds(range(5))
    build(corpus, tmp_path)
    _turn_a_byte(sorted(tmp_path.glob("snapshots/*/db/*.sst"))[-1], keeps_time=False)
    assert len(build(corpus, tmp_path).added) == 7  # although no annotation file has changed
    assert build(corpus, tmp_path).added == ()
    assert dump(tmp_path) == fresh(corpus)


def test_what_a_reader_found_spoilt_is_mended_by_the_next_build(tmp_path):
    corpus = seeds(range(5))
    build(corpus, tmp_path)
    for path in tmp_path.glob("snapshots/*/db/*.sst"):
        _turn_a_byte(path)
    with pytest.raises(StoreError, match="the store is damaged; build it again"):
        dump(tmp_path)
    assert build(corpus, tmp_path).added
    assert dump(tmp_path) == fresh(corpus)


def test_what_no_file_says_outlives_the_mending_where_it_can_be_read(tmp_path):
    build(seeds(range(3), version="good"), tmp_path / "good")
    outcomes = []
    for number in TABLES:
        store = tmp_path / "harmed"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(tmp_path / "good", store)
        _turn_a_byte(sorted(store.glob("snapshots/*/db/*.sst"))[number])
        report = build(seeds([0, 1], version="new", broken=[2]), store)
        is_kept = report.kept == ("documents/2.yaml",)
        expected = (
            seeds(range(3), version={0: "new", 1: "new", 2: "good"})
            if is_kept
            else seeds([0, 1], version="new")
        )
        assert dump(store) == fresh(expected)
        outcomes.append((is_kept, bool(report.replaced)))
    assert {is_kept for is_kept, _ in outcomes} == {True, False}


def test_a_build_that_fails_midway_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    build(seeds(range(3)), tmp_path)
    before = dump(tmp_path)

    def fail(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine_edits, "flush", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        build(seeds(range(4)), tmp_path)
    assert dump(tmp_path) == before


def test_an_interrupt_leaves_the_store_as_it_was(tmp_path):
    build(seeds(range(3)), tmp_path)
    before = dump(tmp_path)

    def interrupt(done, total, what):
        if done == 4:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        build(seeds(range(30), version="x"), tmp_path, progress=interrupt)
    assert dump(tmp_path) == before
