"""A crate is read by the rocrate library, and each file in it is what the metadata say."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
import rdflib
from rocrate.rocrate import ROCrate

from kg.citations import Citation
from kg.crates import METADATA, crate
from kg.files import ontology_dir, queries_dir
from kg.folders import write_folder
from kg.record_tables import record_tables
from kg.store import Store

# rdflib's own parser uses what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CITATION = Citation(
    key="k",
    title="Harbour dispute",
    authors=("Lane, Ada", "The archive"),
    issued=date(2024, 9, 10),
    version="2",
    doi="10.5281/zenodo.1",
    url="https://example.org/harbour",
    license="https://creativecommons.org/licenses/by/4.0/",
)


@pytest.fixture(scope="module")
def folder(world_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crate")
    write_folder(folder, made(world_store), marker=METADATA)
    return folder


def made(store: Store, citation: Citation = CITATION) -> dict[str, str | bytes]:
    return crate(
        list(store.quads()),
        record_tables(store.quads()),
        citation=citation,
        queries=sorted(queries_dir().glob("*.rq")),
        ontology=sorted(ontology_dir().glob("*.ttl")),
    )


def test_the_library_reads_whose_it_is_and_what(folder: Path) -> None:
    found = ROCrate(folder)
    assert (found.name, found.root_dataset["version"]) == ("Harbour dispute", "2")
    assert found.datePublished.date() == date(2024, 9, 10)
    assert found.license.id == CITATION.license
    assert [(author.type, author["name"]) for author in found.root_dataset["author"]] == [
        ("Person", "Ada Lane"), ("Organization", "The archive"),
    ]  # fmt: skip
    assert found.root_dataset["identifier"] == "https://doi.org/10.5281/zenodo.1"
    assert found.description


def test_every_file_is_named_with_its_size_and_hash(folder: Path) -> None:
    found = {entity.id: entity for entity in ROCrate(folder).data_entities if entity.type == "File"}
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert found.keys() == files.keys() - {METADATA}
    for name, entity in found.items():
        data = files[name].read_bytes()
        assert entity["contentSize"] == str(len(data))
        assert entity["sha256"] == hashlib.sha256(data).hexdigest()
        assert "/" in entity["encodingFormat"]


def test_every_part_is_reached_from_the_root(folder: Path) -> None:
    nodes = {node["@id"]: node for node in json.loads((folder / METADATA).read_text("utf-8"))["@graph"]}
    reached: set[str] = set()
    waiting = ["./"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += [part["@id"] for part in nodes[name].get("hasPart", [])]
    assert {name for name, node in nodes.items() if node["@type"] in ("File", "Dataset")} == reached


def test_the_graph_in_it_is_the_graph(folder: Path, world_store: Store) -> None:
    found = rdflib.Dataset()
    found.parse(folder / "graph.trig", format="trig")
    assert len(list(found.quads())) == len(set(world_store.quads()))


def test_it_has_tables_questions_ontology_and_citation(folder: Path) -> None:
    for name in ("tables/csv-metadata.json", "tables/positions.csv", "queries/who-proposes.rq",
                 "ontology/core.ttl", "CITATION.bib", "citation.csl.json", "README.md"):  # fmt: skip
        assert (folder / name).is_file(), name


def test_what_the_corpus_does_not_say_is_left_out(world_store: Store) -> None:
    text = made(world_store, Citation(key="k", title="T"))[METADATA]
    root = next(node for node in json.loads(text)["@graph"] if node["@id"] == "./")
    assert not root.keys() & {"author", "license", "version", "identifier", "url", "datePublished"}


def test_the_same_graph_gives_the_same_bytes(world_store: Store) -> None:
    assert made(world_store) == made(world_store)
