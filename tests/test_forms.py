"""Every form is reached by its name, and refuses what it does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_samples import said

from kg.command_options import EXPORTS
from kg.corpora import Seeds
from kg.exports import ExportError
from kg.forms import FOLDERS, TEXTS, WITHOUT, Selection, selection, write_files, write_text
from kg.networks import VIEWS
from kg.store import Store
from kg.terms import Quad


@pytest.fixture(scope="module")
def quads(world_store: Store) -> list[Quad]:
    return list(world_store.quads())


def test_the_command_knows_every_form() -> None:
    assert (*TEXTS, *FOLDERS) == EXPORTS


@pytest.mark.parametrize("form", TEXTS)
def test_every_text_has_every_gist_of_a_position(form: str, quads: list[Quad], world_seeds: Seeds) -> None:
    text = "".join(write_text(form, selection(quads, prefixes=world_seeds.names.prefixes())))
    for each in said(world_seeds).values():
        assert each.gist.replace("'", "\\'" if form == "cypher" else "'") in text or '"' in each.gist


@pytest.mark.parametrize("form", FOLDERS)
def test_every_folder_has_the_file_that_tells_it(form: str, quads: list[Quad], tmp_path: Path) -> None:
    for _ in range(2):
        write_files(form, tmp_path / "x", selection(quads))
    assert (tmp_path / "x" / FOLDERS[form][0]).is_file()


@pytest.mark.parametrize("form", [form for form in (*TEXTS, *FOLDERS) if form != "nanopubs"])
def test_without_provenance_no_form_names_a_coder_with_what_they_coded(
    form: str, quads: list[Quad], tmp_path: Path
) -> None:
    def everything(wanted: Selection) -> str:
        if form in TEXTS:
            return "".join(write_text(form, wanted))
        write_files(form, tmp_path / "x", wanted)
        files = sorted(file for file in (tmp_path / "x").rglob("*") if file.is_file())
        return "".join(
            file.read_text("latin-1") for file in files if file.parent.name not in ("ontology", "queries")
        )

    hints = ("wasGeneratedBy", "WAS_GENERATED_BY", "codedOn", "coded_on", "may-hearing.coder-a.yaml")
    assert any(hint in everything(selection(quads)) for hint in hints)
    assert not any(hint in everything(selection(quads, without=["provenance"])) for hint in hints)


@pytest.mark.parametrize("form", [form for form in TEXTS if form != "nanopubs"])
def test_without_inferences_no_form_has_any(form: str, quads: list[Quad]) -> None:
    hints = ("countsFor", "COUNTS_FOR", "RollUp")
    assert any(hint in "".join(write_text(form, selection(quads))) for hint in hints)
    assert not any(
        hint in "".join(write_text(form, selection(quads, without=["inferred"]))) for hint in hints
    )


def test_only_a_layer_is_written_in_every_form(quads: list[Quad], world_seeds: Seeds) -> None:
    other = {id_ for id_, each in said(world_seeds).items() if each.layer == "second"}
    assert other
    for form in TEXTS:
        text = "".join(write_text(form, selection(quads, layers=["main"])))
        assert not any(id_ in text for id_ in other), form


def test_the_views_of_a_network_differ(quads: list[Quad]) -> None:
    full, discourse = ("".join(write_text("dot", selection(quads, view=view))) for view in VIEWS)
    assert "passage:" in full
    assert "passage:" not in discourse


@pytest.mark.parametrize(
    ("form", "options", "message"),
    [
        ("gexf", {"graphs": ["urn:g"]}, "gexf is made of records.*choose layers instead, or turtle"),
        ("turtle", {"view": "discourse"}, "turtle has no views; graphml, gexf, dot, cypher, neo4j have"),
        ("gexf", {"view": "half"}, "no view is called 'half'; there are full, discourse"),
        ("nanopubs", {"without": ["provenance"]}, "an assertion and its provenance; export them with it"),
        ("csvw", {}, "csvw is a folder of files; say where it should be"),
        ("word", {}, "no form of export is called 'word'; there are turtle, .* rocrate"),
        ("turtle", {"without": ["coders"]}, "'coders' cannot be left out; provenance and inferred can"),
    ],
)
def test_what_does_not_fit_is_refused(
    form: str, options: dict[str, object], message: str, quads: list[Quad]
) -> None:
    with pytest.raises(ExportError, match=message):
        write_text(form, selection(quads, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("gexf", "gexf is one text, not a folder of files; csvw, parquet, neo4j, rocrate are folders"),
        ("word", "no form of export is called 'word'"),
    ],
)
def test_a_text_is_no_folder(form: str, message: str, quads: list[Quad], tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=message):
        write_files(form, tmp_path / "x", selection(quads))
    assert not (tmp_path / "x").exists()


def test_what_can_be_left_out_is_what_the_command_has() -> None:
    assert WITHOUT == ("provenance", "inferred")
