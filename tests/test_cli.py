"""The command line: words to calls, and what a person sees when something is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.cli import main

WORLD = Path(__file__).parent / "world"
FLAGSHIP = "who proposes joining the league as a guarantee?"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the small world, built by the command."""
    store = tmp_path_factory.mktemp("cli") / "graph"
    assert main(["build", str(WORLD), "--store", str(store)]) == 0
    return store


@pytest.fixture
def kg(built: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command on the built world; its standard output."""

    def run(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*words, "--store", str(built)]) == status
        return capsys.readouterr().out

    return run


# ---------------------------------------------------------------- building


def test_building_again_changes_nothing(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    current = (built / "CURRENT").read_text()
    assert main(["build", str(WORLD), "--store", str(built)]) == 0
    assert "unchanged" in capsys.readouterr().out
    assert (built / "CURRENT").read_text() == current


def test_a_broken_file_is_told_and_the_others_are_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "seeds"
    shutil.copytree(WORLD, corpus)
    victim = sorted((corpus / "documents").glob("*.yaml"))[0]
    victim.write_text(victim.read_text(encoding="utf-8").replace("holder:", "holdr:"), encoding="utf-8")
    assert main(["build", str(corpus), "--store", str(tmp_path / "graph")]) == 1
    said = capsys.readouterr()
    assert re.search(rf"{victim.name}:\d+:\d+: .*holdr", said.err)
    assert "added" in said.out


def test_without_a_graph_one_is_told_to_build_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "who?", "--store", str(tmp_path / "none")]) == 1
    assert "kg build" in capsys.readouterr().err


# ---------------------------------------------------------------- asking


def test_the_flagship_shows_actor_document_date_attribution_gist_and_link(kg: Callable[..., str]) -> None:
    said = kg("ask", FLAGSHIP)
    assert re.search(r"^1\. Ada Lane · ", said, re.MULTILINE)
    for piece in ("Minutes of the May hearing", "(2024-05-12)", "Rosa Quill › ", "#:~:text="):
        assert piece in said


def test_a_question_says_how_it_was_understood(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", FLAGSHIP, "--store", str(built)]) == 0
    err = capsys.readouterr().err
    assert "[who-proposes]" in err
    assert "security guarantee" in err


def test_words_may_be_given_without_quotes(kg: Callable[..., str]) -> None:
    assert kg("ask", *FLAGSHIP.split()) == kg("ask", FLAGSHIP)


def test_a_vague_question_gets_the_nearest_ones(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "colourless green ideas", "--store", str(built)]) == 1
    assert "questions that can be asked" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["csv", "tsv", "sparql-json", "json", "markdown", "html", "table"])
def test_an_answer_comes_in_every_format(kg: Callable[..., str], form: str) -> None:
    said = kg("query", "positions", "--format", form)
    assert "lane-joint" in said or "Ada Lane" in said
    assert said.endswith("\n")


def test_the_positions_are_a_flat_table(kg: Callable[..., str]) -> None:
    rows = list(csv.reader(io.StringIO(kg("query", "positions", "--format", "csv"))))
    assert " ".join(rows[0][:19]) == (
        "position document text_sha256 start end holder holder_label stance polarity "
        "proposal proposal_label function conditions held uttered published attribution mode gist"
    )
    assert {len(row) for row in rows} == {22}


def test_evidence_is_added_to_each_row(kg: Callable[..., str]) -> None:
    rows = json.loads(
        kg("query", "who-supports", "--proposal", "lower-fees", "--evidence", "--format", "json")
    )
    assert rows
    assert all(row["gist"] and row["attribution"] and row["passage"] for row in rows)


def test_a_parameter_may_be_written_with_an_equals_sign(kg: Callable[..., str]) -> None:
    assert kg("query", "who-supports", "--proposal=lower-fees") == kg(
        "query", "who-supports", "--proposal", "lower-fees"
    )


def test_an_unknown_parameter_is_misuse(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["query", "who-supports", "--propsal", "x", "--store", str(built)])
    assert stopped.value.code == 2
    assert "--proposal" in capsys.readouterr().err


def test_an_unknown_question_names_the_nearest(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "who-propose", "--store", str(built)]) == 1
    assert "'who-proposes'" in capsys.readouterr().err


def test_a_value_of_the_wrong_kind_is_refused(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "who-supports", "--proposal", "ada-lane", "--store", str(built)]) == 1
    assert "ada-lane" in capsys.readouterr().err


def test_the_query_that_would_run_can_be_seen(kg: Callable[..., str]) -> None:
    said = kg("query", "who-supports", "--proposal", "lower-fees", "--show")
    assert "<https://example.org/harbour/proposal/lower-fees>" in said
    assert "$" not in re.sub(r"#.*", "", said)


def test_queries_are_listed_by_theme_and_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queries"]) == 0
    assert "who-proposes" in capsys.readouterr().out
    assert main(["queries", "who-proposes"]) == 0
    assert "--proposal" in capsys.readouterr().out


# ---------------------------------------------------------------- SPARQL


def test_a_broken_question_of_ones_own_is_told_and_the_others_answer(
    kg: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "queries").mkdir()
    broken = tmp_path / "queries" / "mine.rq"
    broken.write_text("#+ question: Who?\nSELECT * {}\n", "utf-8")
    assert "Ada Lane" in kg("query", "actors", "--format", "csv")
    assert "Ada Lane" in kg("ask", FLAGSHIP)
    assert main(["query", "mine", "--store", "none"]) == 1
    capsys.readouterr()
    kg("query", "mine", status=1)
    assert main(["queries"]) == 1
    said = capsys.readouterr()
    assert "who-proposes" in said.out
    assert "queries/mine.rq:1:4: a header has no 'theme'; add 'theme: …'" in said.err
    assert main(["ask", "what is for lunch?", "--store", str(broken)]) == 1


def test_near_misses_follow_the_answer(kg: Callable[..., str]) -> None:
    text = kg("ask", FLAGSHIP, "--near")
    answer, _, near = text.partition("\nNear misses: ")
    assert "left out" not in answer
    assert "   left out: accepts it rather than proposes it\n" in near
    rows = list(csv.DictReader(io.StringIO(kg("ask", FLAGSHIP, "--near", "--format", "csv"))))
    assert [row["why"] for row in rows[:2]] == ["", ""]
    assert "proposes it, but no function is stated" in [row["why"] for row in rows[2:]]


def test_an_empty_answer_says_that_something_comes_near(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = ["ask", f"{FLAGSHIP.removesuffix('?')} before 1950?", "--store", str(built)]
    assert main(empty) == 0
    said = capsys.readouterr()
    assert said.out == "no rows\n"
    assert "nothing fits exactly; --near shows what comes near (" in said.err
    assert main([*empty, "--near"]) == 0
    assert "nothing fits exactly" not in capsys.readouterr().err


def test_a_question_without_near_misses_is_answered_and_says_so(
    kg: Callable[..., str], built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", "documents", "--near", "--store", str(built)]) == 0
    said = capsys.readouterr()
    assert "Minutes of the May hearing" in said.out
    assert said.err.startswith("'documents' has no near misses; ")


def test_sparql_comes_from_a_file(kg: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text("SELECT (COUNT(*) AS ?n) { ?p a st:Position }", encoding="utf-8")
    assert int(json.loads(kg("sparql", str(file), "--format", "json"))[0]["n"]) > 20


def test_sparql_comes_from_standard_input(kg: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("ASK { ?p a st:Position }"))
    assert kg("sparql", "-") == "true\n"


def test_construct_gives_turtle(kg: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    from rdflib import Graph

    monkeypatch.setattr(sys, "stdin", io.StringIO("CONSTRUCT { ?p a st:Plan } WHERE { ?p a st:Plan }"))
    assert len(Graph().parse(data=kg("sparql", "-"), format="turtle")) == 4


def test_any_query_with_a_column_of_positions_can_have_evidence(
    kg: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.StringIO("SELECT ?position { ?position a st:Position } ORDER BY ?position")
    )
    rows = json.loads(kg("sparql", "-", "--evidence", "--format", "json"))
    assert all(row["gist"] for row in rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * {", "1:"),
        ("SELECT * " + "{" * 10_000 + "}" * 10_000, "deep"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "malformed"),
    ],
)
def test_a_query_that_cannot_run_is_one_sentence(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert main(["sparql", "-", "--store", str(built)]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_query_without_end_is_ended(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cross = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(9))
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"SELECT (COUNT(*) AS ?n) {{ {cross} }}"))
    assert main(["sparql", "-", "--timeout", "0.5", "--store", str(built)]) == 1
    assert "0.5" in capsys.readouterr().err


# ---------------------------------------------------------------- out to other tools


def test_an_export_is_the_same_bytes_every_time(kg: Callable[..., str], tmp_path: Path) -> None:
    files = [tmp_path / "a.trig", tmp_path / "b.trig"]
    for file in files:
        kg("export", "--format", "trig", "-o", str(file))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_is_inferred_and_provenance_can_be_left_out(kg: Callable[..., str]) -> None:
    whole = kg("export", "--format", "nquads")
    bare = kg("export", "--format", "nquads", "--no-provenance", "--no-inferred")
    assert "graph/inferred" in whole
    assert "graph/inferred" not in bare
    assert "wasGeneratedBy" not in bare


def test_an_export_into_what_is_no_folder_is_one_sentence(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["export", "--store", str(built), "-o", str(tmp_path / "file" / "x.ttl")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


# ---------------------------------------------------------------- annotations


def test_the_world_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(WORLD)]) == 0
    assert "violation" not in capsys.readouterr().err


def broken_world(folder: Path) -> Path:
    """A copy of the world with a proposal that is a kind of what it cannot go together with."""
    corpus = folder / "seeds"
    shutil.copytree(WORLD, corpus)
    (corpus / "registries/odd.yaml").write_text(
        "proposals:\n  - id: odd\n    label: an odd thing\n    issues: [harbour-fees]\n"
        "    broader: [lower-fees]\n    incompatible: [lower-fees]\n    unused: made to be wrong\n",
        encoding="utf-8",
    )
    return corpus


@pytest.mark.parametrize("form", ["text", "junit"])
def test_a_violation_is_reported_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    corpus = broken_world(tmp_path)
    assert main(["validate", str(corpus), "--format", form]) == 1
    said = capsys.readouterr().out
    assert "Proposal-incompatible-broader" in said
    if form == "text":
        assert re.search(r"odd\.yaml:[2-7]:\d+: Violation ", said)
    if form == "junit":
        ElementTree.fromstring(said)


def test_paths_and_rdf_together_are_misuse(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["validate", str(WORLD), "--rdf", str(tmp_path / "x.ttl")])
    assert stopped.value.code == 2


def test_anybodys_rdf_is_validated(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / "ontology/examples/invalid/Position-holder.ttl"
    assert main(["validate", "--rdf", str(file)]) == 1
    assert "shape:Position-holder" in capsys.readouterr().out


def test_every_anchor_of_the_world_is_exact(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_TEXTS", str(WORLD / "texts"))
    monkeypatch.setenv("KG_TEXTS_HOME", str(tmp_path))
    assert main(["verify", str(WORLD)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"\d+ exact\n", said.err)


def test_without_the_texts_verify_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_TEXTS", "")
    monkeypatch.setenv("KG_TEXTS_HOME", str(tmp_path))
    assert main(["verify", str(WORLD)]) == 1
    assert "text not at hand" in capsys.readouterr().err


def test_a_file_expands_to_json_ld(capsys: pytest.CaptureFixture[str]) -> None:
    file = sorted((WORLD / "documents").glob("*.yaml"))[0]
    assert main(["expand", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["@id"].startswith("https://example.org/harbour/graph/")


def test_a_corpus_of_ones_own_works_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert main(["init", str(folder)]) == 0
    monkeypatch.chdir(folder)
    assert main(["validate"]) == 0
    assert main(["build"]) == 0
    capsys.readouterr()
    assert main(["query", "positions", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert rows
    assert all("ukraine" not in row for row in rows)
    monkeypatch.chdir(tmp_path)
    assert main(["init", str(folder)]) == 1


def test_where_there_is_no_corpus_the_shipped_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["texts", "list"]) == 0
    assert "comes with Standpoint" in capsys.readouterr().err


# ---------------------------------------------------------------- the program


def test_no_command_is_misuse() -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2


def test_leaving_early_is_no_error(built: Path) -> None:
    command = f"{sys.executable} -m kg.cli query positions --store {built} --format csv | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.stderr == ""
    assert done.stdout.startswith("position,")


HEAVY = {
    "rdflib", "pyshacl", "owlready2", "pyoxigraph", "rich", "ruamel", "rapidfuzz", "edtf", "platformdirs",
    "httpx", "starlette", "uvicorn", "jinja2", "lxml", "numpy", "scipy", "pyarrow", "msgspec", "distributed",
    "subprocess", "tempfile", "shutil", "logging", "asyncio", "dataclasses", "pathlib",
}  # fmt: skip
"""Libraries that a start can do without, and parts of the standard library that take as long."""


def loaded(*words: str) -> set[str]:
    """Which of the heavy libraries are loaded by a command."""
    code = (
        "import sys, atexit\n"
        "from kg.cli import main\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "main(sys.argv[1:])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split()) & HEAVY


def test_help_loads_no_heavy_library() -> None:
    assert loaded("--help") == set()
    assert loaded("ask", "--help") == set()


def test_a_question_loads_only_the_engine_and_what_opens_and_shows(built: Path) -> None:
    """No parser of YAML among it, so the quick reader has read the headers of all questions."""
    assert loaded("ask", FLAGSHIP, "--near", "--store", str(built)) == {
        "pyoxigraph",
        "dataclasses",
        "pathlib",
        "shutil",
    }
    assert loaded("query", "who-proposes", "--proposal", "joining-the-league", "--store", str(built)) <= {
        "pyoxigraph",
        "dataclasses",
        "pathlib",
        "shutil",
    }
