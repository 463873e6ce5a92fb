"""The library's front gives what the command gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.errors import QueryError, QueryTimeoutError

FLAGSHIP = "who proposes joining the league as a guarantee?"


@pytest.fixture(scope="module")
def graph(world: Path) -> kg.Graph:
    return kg.load(world)


def test_the_flagship_is_answered_exactly(graph: kg.Graph) -> None:
    answer = graph.ask(FLAGSHIP)
    assert answer.query.name == "who-proposes"
    assert "Ada Lane" in {row["holder_label"] for row in answer}
    assert all("security-guarantee" in str(row["function"]) for row in answer)


def test_a_question_and_its_saved_query_give_the_same(graph: kg.Graph) -> None:
    asked = graph.ask(FLAGSHIP)
    told = graph.query("who-proposes", proposal="joining the League", function="guarantee")
    assert asked.table == told.table
    assert asked.sparql == told.sparql


def test_how_many_is_told_with_the_list(graph: kg.Graph) -> None:
    answer = graph.ask("how many actors oppose lower harbour fees?")
    assert answer.note == f"{len(answer)} row{'' if len(answer) == 1 else 's'}"
    plans = graph.ask("how many documents are there")
    assert plans.note == f"{len(plans)} rows"
    stances = graph.ask("how many actors support lower harbour fees")
    holders = {row["holder_label"] for row in stances}
    assert len(holders) < len(stances)
    assert stances.note == f"{len(stances)} rows, in which the holder is one of {len(holders)}"
    assert graph.ask("who supports League membership").note == ""


def test_evidence_joins_every_row(graph: kg.Graph) -> None:
    answer = graph.ask(FLAGSHIP)
    table = graph.evidence(answer)
    assert len(table) == len(answer)
    assert None not in table.column("gist")


def test_a_question_without_statements_has_no_evidence(graph: kg.Graph) -> None:
    with pytest.raises(QueryError, match="single statements"):
        graph.evidence(graph.query("documents"))


def test_frames_have_one_row_for_each_row(graph: kg.Graph) -> None:
    table = graph.query("positions").table
    assert len(table.to_pandas()) == len(table.to_polars()) == len(table)


def test_a_notebook_sees_a_table(graph: kg.Graph) -> None:
    assert graph.ask(FLAGSHIP)._repr_html_().lstrip().startswith("<table")


def test_rdflib_sees_the_same_data(graph: kg.Graph) -> None:
    text = "SELECT ?p WHERE { ?p a <https://w3id.org/standpoint/ontology#Position> }"
    ours = {str(row[0]) for row in graph.sparql(text)}  # type: ignore[union-attr]
    assert ours == {str(row.p) for row in graph.dataset().query(text)}


def test_prefixes_of_the_corpus_need_no_declaration(graph: kg.Graph) -> None:
    assert graph.sparql("ASK { actor:ada-lane a st:Actor }") is True


def test_what_is_inferred_can_be_left_out(graph: kg.Graph) -> None:
    ask = "ASK { ?p st:countsFor ?a }"
    assert graph.sparql(ask) is True
    assert graph.without_inferred().sparql(ask) is False


def test_an_endless_query_is_ended(world: Path) -> None:
    cross = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(9))
    from kg.corpora import read_corpus
    from kg.graph import build_memory

    with build_memory(read_corpus([world]), timeout=0.5) as graph, pytest.raises(QueryTimeoutError):
        graph.sparql(f"SELECT (COUNT(*) AS ?n) {{ {cross} }}")


def test_a_built_graph_opens_again(world: Path, tmp_path: Path) -> None:
    with kg.build(world, store=tmp_path / "graph") as built:
        rows = list(built.ask(FLAGSHIP))
    with kg.open(tmp_path / "graph") as opened:
        assert list(opened.ask(FLAGSHIP)) == rows


def test_a_corpus_with_a_mistake_is_refused_whole(tmp_path: Path) -> None:
    folder = kg.init(tmp_path / "mine")
    actors = next(folder.rglob("actors.yaml"))
    actors.write_text(actors.read_text(encoding="utf-8").replace("kind:", "knd:"), encoding="utf-8")
    with pytest.raises(kg.InputError, match=r"actors\.yaml:"):
        kg.load(actors.parent.parent)


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, kg; print(sorted(m for m in sys.modules if m.startswith('kg.') and m != 'kg.version'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    assert [name for name in kg.__all__ if not hasattr(kg, name)] == []
    with pytest.raises(AttributeError, match="no_such"):
        kg.no_such  # noqa: B018


def test_rows_come_in_a_total_order(graph: kg.Graph, world: Path) -> None:
    again = kg.load(world)
    assert again.query("positions").table == graph.query("positions").table


def test_a_graph_can_be_exported(graph: kg.Graph) -> None:
    assert "st:Position" in graph.export("turtle")


def test_passages_are_verified_from_the_library(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_TEXTS", str(world / "texts"))
    assert {str(check.state) for check in kg.verify(world)} == {"exact"}


def test_a_draft_is_anchored_from_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = kg.init(tmp_path / "mine")
    monkeypatch.setenv("KG_TEXTS", str(folder / "texts"))
    file = next((folder / "documents").glob("*.yaml"))
    assert kg.anchor(file) == "nothing to fill in"
