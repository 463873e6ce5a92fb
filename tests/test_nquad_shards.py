from __future__ import annotations

import configparser
import contextlib
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
import pytest
import servers

from kg import builds, cli, nquad_shards
from kg.errors import InputError
from kg.front import survey, workers
from kg.nquad_shards import MANIFEST, write_shards
from kg.pools import local
from kg.store import open_store
from kg.surveys import RecordSurvey
from kg.synthetic_corpora import generate

NQUADS = pyoxigraph.RdfFormat.N_QUADS


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "corpus"
    generate(folder, passages=400, seed=5)
    return folder


@pytest.fixture(scope="module")
def shards(corpus, tmp_path_factory):
    """The corpus in several shards."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nquad_shards, "SIZE", 1_000_000)
        return written(corpus, tmp_path_factory.mktemp("shards") / "one")


def written(corpus, folder, jobs=1, **options):
    with survey([corpus], local(jobs)) as found:
        write_shards(found, folder, **options)
    return folder


def loaded(folder):
    store = pyoxigraph.Store()
    for file in folder.glob("*.nq"):
        store.bulk_load(path=str(file), format=NQUADS)
    return store


def lines(store):
    return sorted(store.dump(format=NQUADS).splitlines(keepends=True))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def manifest(folder):
    return json.loads((folder / MANIFEST).read_text("utf-8"))


def built(corpus, store):
    with survey([corpus], local(1)) as found:
        builds.build(found, store)
    with open_store(store) as opened:
        return list(opened.dump())


def test_shards_hold_what_a_build_holds(corpus, shards, tmp_path):
    assert lines(loaded(shards)) == built(corpus, tmp_path / "store")


def test_so_do_those_of_a_corpus_in_yaml(world_seeds, world_store, tmp_path):
    report = write_shards(RecordSurvey(world_seeds), tmp_path / "shards")
    store = loaded(tmp_path / "shards")
    assert lines(store) == list(world_store.dump())
    assert report.quads == len(store)
    assert str(report) == f"1 shard; {len(store):,} quads in {len(list(store.named_graphs()))} graphs"


def test_the_manifest_says_what_each_shard_holds(shards):
    told = manifest(shards)
    assert len(told["shards"]) > 3
    for note in told["shards"]:
        content = (shards / note["file"]).read_bytes()
        assert note["sha256"] == hashlib.sha256(content).hexdigest()
        assert note["bytes"] == len(content)
        assert note["quads"] == content.count(b"\n")
    assert sum(note["quads"] for note in told["shards"]) == told["quads"] == len(loaded(shards))
    graphs = sum(note["graphs"] for note in told["shards"])
    assert graphs == told["graphs"] == len(list(loaded(shards).named_graphs()))
    assert sorted(path.name for path in shards.iterdir()) == [
        *(note["file"] for note in told["shards"]),
        MANIFEST,
    ]


def test_the_graph_of_a_file_is_in_one_shard(shards):
    places = {}
    for file in shards.glob("*.nq"):
        for quad in pyoxigraph.parse(path=str(file), format=NQUADS):
            places.setdefault(quad.graph_name.value, set()).add(file.name)
    split = [graph for graph, files in places.items() if len(files) > 1]
    assert [graph.rpartition("/")[2] for graph in split] == ["inferred"]


def test_the_bytes_are_the_same_however_many_work(corpus, shards, tmp_path, monkeypatch):
    monkeypatch.setattr(nquad_shards, "SIZE", 1_000_000)
    assert contents(written(corpus, tmp_path / "two", jobs=2)) == contents(shards)


def worker_pids():
    """The processes of this one's pools."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")  # each thread has its own
    pids = [int(pid) for file in found for pid in file.read_text().split()]
    return [pid for pid in pids if b"pool_workers" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_so_they_are_when_a_process_is_killed_midway(corpus, shards, tmp_path, monkeypatch):
    monkeypatch.setattr(nquad_shards, "SIZE", 1_000_000)
    killed = []

    def kill_once(done, total, what):
        if done == total // 2 and not killed:
            killed.extend(worker_pids())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    written(corpus, tmp_path / "shards", jobs=2, progress=kill_once)
    assert len(killed) == 2
    assert contents(tmp_path / "shards") == contents(shards)


def test_progress_is_told_to_the_end(corpus, tmp_path):
    told = []
    written(corpus, tmp_path / "shards", progress=lambda *each: told.append(each))
    counts = [done for done, _, _ in told]
    assert counts == sorted(counts)
    assert told[-1][0] == told[-1][1]
    assert told[-1][2] == "done"


# ---------------------------------------------------------------- what is wrong


def test_of_a_corpus_with_problems_nothing_is_written(corpus, tmp_path):
    spoilt = tmp_path / "corpus"
    shutil.copytree(corpus, spoilt)
    folder = written(spoilt, tmp_path / "shards")
    before = contents(folder)
    file = sorted((spoilt / "documents").rglob("*.jsonl"))[0]
    file.write_text(file.read_text("utf-8").replace('"holder":"', '"holder":"nobody-', 1), "utf-8")
    with pytest.raises(InputError, match=r"unknown actor 'nobody-.*"):
        written(spoilt, folder)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_of_something_else_is_left_alone(corpus, tmp_path):
    (tmp_path / "thesis.txt").write_text("all my work")
    with pytest.raises(InputError, match="is there already"):
        written(corpus, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_earlier_export_is_replaced(corpus, shards, tmp_path):
    folder = tmp_path / "shards"
    shutil.copytree(shards, folder)
    (folder / "99999.nq").write_text("")
    assert not (written(corpus, folder) / "99999.nq").exists()


# ---------------------------------------------------------------- on a cluster


@contextlib.contextmanager
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    ) as started:
        yield started


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed_midway(
    corpus, shards, tmp_path, monkeypatch
):
    monkeypatch.setattr(nquad_shards, "SIZE", 1_000_000)
    monkeypatch.setattr("kg.pools.GROUP", 50_000)
    killed = []

    def kill_once(done, total, what):
        if done == total // 2 and not killed:
            killed.append(started.workers[0].process.pid)
            os.kill(killed[0], signal.SIGKILL)

    with cluster() as started:
        with survey([corpus], workers(None, started.scheduler_address)) as found:
            write_shards(found, tmp_path / "shards", progress=kill_once)
        assert len(killed) == 1
        assert contents(tmp_path / "shards") == contents(shards)
        words = ["build", str(corpus), "--store", str(tmp_path / "store")]
        assert cli.main([*words, "--scheduler", started.scheduler_address]) == 0
    with open_store(tmp_path / "store") as opened:
        assert list(opened.dump()) == lines(loaded(shards))


# ---------------------------------------------------------------- the command


def test_the_command_says_what_it_wrote(corpus, tmp_path, capsys):
    folder = tmp_path / "shards"
    assert cli.main(["build", str(corpus), "--shards", str(folder), "--jobs", "2"]) == 0
    told = manifest(folder)
    said = f"{folder}: 1 shard; {told['quads']:,} quads in {told['graphs']} graphs\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    "words", [["--jobs", "0"], ["--jobs", "two"], ["--jobs", "2", "--scheduler", "tcp://x:1"]]
)
def test_odd_words_are_refused(words, corpus, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", str(corpus), *words])
    assert ended.value.code == 2
    assert "usage: kg build" in capsys.readouterr().err


def test_a_cluster_out_of_reach_is_told(corpus, tmp_path, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("kg.clusters.CONNECT", 0.5)
    words = ["build", str(corpus), "--store", str(tmp_path), "--scheduler", "tcp://127.0.0.1:1"]
    assert cli.main(words) == 1
    assert "tcp://127.0.0.1:1: no Dask scheduler answers there" in capsys.readouterr().err


# ---------------------------------------------------------------- into other engines


@pytest.mark.skipif(bool(servers.ABSENT["oxigraph"]), reason=servers.ABSENT["oxigraph"])
def test_shards_load_into_a_server_by_the_graph_store_protocol(shards, tmp_path):
    with servers.oxigraph(tmp_path) as address:
        store = address.removesuffix("query") + "store"
        for note in manifest(shards)["shards"]:
            content = (shards / note["file"]).read_bytes()
            request = urllib.request.Request(store, content, {"Content-Type": "application/n-quads"})
            urllib.request.urlopen(request, timeout=60).close()
        request = urllib.request.Request(store, headers={"Accept": "application/n-quads"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert sorted(answer.read().splitlines(keepends=True)) == lines(loaded(shards))


@pytest.mark.skipif(bool(servers.ABSENT["oxigraph"]), reason=servers.ABSENT["oxigraph"])
def test_shards_load_by_the_bulk_loader_of_oxigraph(shards, tmp_path):
    files = [str(shards / note["file"]) for note in manifest(shards)["shards"]]
    command = [str(servers.OXIGRAPH), "load", "--location", str(tmp_path / "data"), "--file", *files]
    subprocess.run(command, check=True, capture_output=True)
    assert lines(pyoxigraph.Store.read_only(str(tmp_path / "data"))) == lines(loaded(shards))


@pytest.mark.skipif(bool(servers.ABSENT["virtuoso"]), reason=servers.ABSENT["virtuoso"])
def test_shards_load_by_the_bulk_loader_of_virtuoso(shards, tmp_path):
    shutil.copytree(shards, tmp_path / "shards")
    with servers.virtuoso(tmp_path) as address:
        settings = configparser.ConfigParser()
        settings.read(tmp_path / "virtuoso.ini")
        port = settings["Parameters"]["ServerPort"]
        load = "ld_dir('shards', '*.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
        command = ["isql-vt", port, "dba", "dba", f"EXEC={load}"]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
        graphs = {graph.value for graph in loaded(shards).named_graphs()}
        counts = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        query = f"{address}?{urlencode({'query': counts, 'format': 'application/sparql-results+json'})}"
        with urllib.request.urlopen(query, timeout=120) as answer:
            rows = json.load(answer)["results"]["bindings"]
    found = {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    assert sum(found[graph] for graph in graphs) == manifest(shards)["quads"]
    assert "urn:none" not in found
