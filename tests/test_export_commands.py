"""`kg export` and `kg cite` as they are typed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kg.cli import main
from kg.corpora import Seeds


@pytest.fixture(scope="module")
def store(world: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("built") / "graph"
    assert main(["build", str(world), "--store", str(folder)]) == 0
    return str(folder)


def test_a_text_goes_to_standard_output_or_to_a_file(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--store", store, "--format", "gexf", "--view", "discourse"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("<?xml")
    file = tmp_path / "x.gexf"
    assert main(["export", "--store", store, "--format", "gexf", "--view", "discourse", "-o", str(file)]) == 0
    assert file.read_bytes() == printed.encode()


def test_a_folder_is_written_and_written_again(store: str, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    for _ in range(2):
        assert main(["export", "--store", store, "--format", "csvw", "-o", str(folder)]) == 0
    assert (folder / "positions.csv").is_file()


def test_a_folder_has_to_be_named(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["export", "--store", store, "--format", "parquet"])
    assert end.value.code == 2
    assert "parquet is a folder of files; say with -o DIR where it should be" in capsys.readouterr().err


def test_somebody_elses_folder_is_left_alone(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert main(["export", "--store", store, "--format", "neo4j", "-o", str(tmp_path)]) == 1
    assert "no earlier export of this form" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_is_left_out_is_left_out(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*words: str) -> str:
        assert main(["export", "--store", store, "--format", "nquads", *words]) == 0
        return capsys.readouterr().out

    everything, stated, bare = (
        printed(),
        printed("--no-inferred"),
        printed("--no-provenance", "--no-inferred"),
    )
    assert len(everything) > len(stated) > len(bare)
    one = printed("--layer", "second", "--no-inferred")
    assert 0 < len(one) < len(stated)


def test_a_corpus_is_cited_with_the_hash_of_its_export(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--store", store, "--format", "nquads"]) == 0
    sha256 = hashlib.sha256(capsys.readouterr().out.encode()).hexdigest()
    assert main(["cite", "--store", store]) == 0
    assert sha256 in capsys.readouterr().out


@pytest.mark.parametrize("without", [[], ["--without-inferred"]])
def test_an_answer_is_cited_with_the_hash_of_its_csv(
    without: list[str], store: str, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["who-proposes", "--proposal", "league-membership", *without]
    assert main(["query", "--store", store, *words, "--format", "csv"]) == 0
    sha256 = hashlib.sha256(capfd.readouterr().out.encode()).hexdigest()
    assert main(["cite", "--store", store, *words, "--format", "csl"]) == 0
    (item,) = json.loads(capfd.readouterr().out)
    assert sha256 in item["note"]
    assert f"kg query {' '.join(words)};" in item["note"]
    assert item["container-title"] == "Harbour dispute"


def test_parameters_without_a_question_are_misuse(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["cite", "--store", store, "--proposal=x"])
    assert end.value.code == 2
    assert "name the question first" in capsys.readouterr().err


def test_an_unknown_question_is_refused(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite", "who-propose", "--store", store]) == 1
    assert "did you mean 'who-proposes'" in capsys.readouterr().err


def test_the_library_exports_as_the_command_does(
    store: str, world_seeds: Seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import kg

    assert (
        main(["export", "--store", store, "--format", "graphml", "--no-provenance", "--layer", "main"]) == 0
    )
    printed = capsys.readouterr().out
    with kg.open(store) as graph:
        assert graph.export("graphml", without=["provenance"], layers=["main"]) == printed
        folder = graph.export_folder("parquet", tmp_path / "p", view="full", without=["inferred"])
    assert (folder / "positions.parquet").is_file()
    assert not (folder / "rollups.parquet").exists()
