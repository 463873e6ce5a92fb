"""What breaks a shape is found, named, and traced to the line that says it."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import pytest

from kg.corpora import Seeds, read_corpus
from kg.errors import Place
from kg.exports import FORMS, export
from kg.jsonld import CONTEXT_URL, expand_source
from kg.quads import quads
from kg.shapes import (
    Finding,
    has_violations,
    validate_rdf,
    validate_seeds,
)
from kg.terms import PREFIXES, Blank, Iri, Literal

HEAD = "".join(
    f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in ("st", "shape", "sh", "skos", "xsd", "rdfs")
)
HEAD += "@prefix : <https://example.org/> .\n"
ACTOR = """
:ada a st:Actor ; skos:prefLabel "Ada"@en ; st:unusedBecause "A test."@en ;
    st:hasKind <https://w3id.org/standpoint/actorkind/person> .
"""


@pytest.fixture
def own(tmp_path: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the world, with one document, to spoil, in the folder where the command would run."""
    shutil.copytree(world, tmp_path / "seeds")
    for file in (tmp_path / "seeds" / "documents").iterdir():
        if file.name != "tide-note.coder-a.yaml":
            file.unlink()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "seeds"


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(file: Path, words: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def write(folder: Path, text: str, *, name: str = "data.ttl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def shapes_of(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.shape for finding in findings]


# ---------------------------------------------------------------- annotation files


def test_the_world_breaks_no_shape(world_seeds: Seeds) -> None:
    findings = validate_seeds(world_seeds)
    assert [finding for finding in findings if finding.severity == "Violation"] == []
    assert not has_violations(findings)


def test_the_corpus_breaks_no_shape(real_seeds: Seeds) -> None:
    assert [finding for finding in validate_seeds(real_seeds) if finding.severity == "Violation"] == []


def test_a_finding_stands_at_the_key_whose_value_it_complains_of(own: Path) -> None:
    file = own / "registries" / "actors.yaml"
    spoil(file, "aliases: [Lane, Mayor Lane]", "aliases: [Lane, Ada Lane]")
    found = next(
        each for each in validate_seeds(read_corpus([own])) if each.shape == "shape:Entry-alias-again"
    )
    line = line_of(file, "aliases: [Lane, Ada Lane]")
    assert found.place == Place("seeds/registries/actors.yaml", line, 21)
    assert found.source_file == "seeds/registries/actors.yaml"
    assert found.focus == Iri("https://example.org/harbour/actor/ada-lane")
    assert found.value == Literal("Ada Lane", language="en")
    assert found.path == "skos:altLabel"
    assert found.constraint == "sh:DisjointConstraintComponent"
    assert found.severity == "Warning"
    assert found.message.startswith("An alias repeats the label")


def test_a_finding_about_what_is_not_said_stands_at_the_record(own: Path) -> None:
    file = own / "documents" / "tide-note.coder-a.yaml"
    found = [each for each in validate_seeds(read_corpus([own])) if each.shape == "shape:Passage-unused"]
    assert [each.place for each in found] == [
        Place("seeds/documents/tide-note.coder-a.yaml", line_of(file, "- id: t01"), 5)
    ]


def test_only_the_files_asked_for_are_reported_though_all_are_read(own: Path) -> None:
    file = own / "registries" / "actors.yaml"
    spoil(file, "aliases: [Lane, Mayor Lane]", "aliases: [Lane, Ada Lane]")
    seeds = read_corpus([own])
    everything = validate_seeds(seeds)
    assert {each.source_file for each in validate_seeds(seeds, only=[file])} == {
        "seeds/registries/actors.yaml"
    }
    inside = validate_seeds(seeds, only=[own / "documents"])
    assert {each.source_file.split("/")[1] for each in inside} == {"documents"}
    assert set(inside) < set(everything)


def test_the_same_data_give_the_same_findings_in_the_same_order(own: Path) -> None:
    spoil(own / "registries" / "actors.yaml", "aliases: [Lane, Mayor Lane]", "aliases: [Lane, Ada Lane]")
    first, second = (validate_seeds(read_corpus([own])) for _ in range(2))
    assert first == second
    assert len(first) > 2
    assert list(first) == sorted(first, key=lambda each: each.place or Place(""))


# ---------------------------------------------------------------- anybody's RDF


def test_an_rdf_file_that_keeps_the_shapes_has_no_finding(tmp_path: Path) -> None:
    assert validate_rdf(write(tmp_path, HEAD + ACTOR)) == ()


def test_an_rdf_file_that_breaks_one_has_the_file_and_the_focus(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + ACTOR.replace('"Ada"@en', '"Ada"'))
    found = validate_rdf(path)
    assert shapes_of(found) == ["shape:Entry-label"]
    assert found[0].source_file == path.as_posix()
    assert found[0].place == Place(path.as_posix())
    assert found[0].focus == Iri("https://example.org/ada")
    assert found[0].value == Literal("Ada")


@pytest.mark.parametrize("form", FORMS)
def test_what_we_export_keeps_the_shapes_when_it_comes_back(
    form: str, world_seeds: Seeds, tmp_path: Path
) -> None:
    suffix = {
        "turtle": "ttl",
        "trig": "trig",
        "nquads": "nq",
        "ntriples": "nt",
        "jsonld": "jsonld",
        "rdfxml": "rdf",
    }
    registries = [each for each in world_seeds.sources if each.path.startswith(("registries", "corpus"))]
    data = [item for each in registries for item in quads(each, world_seeds.names, world_seeds.corpus)]
    text = "".join(export(data, form=form, prefixes=world_seeds.names.prefixes()))
    path = write(tmp_path, text, name=f"world.{suffix[form]}")
    assert not has_violations(validate_rdf(path))
    # It was read, and not passed over: taking the labels away shows.
    spoiled = [item for item in data if "prefLabel" not in item.predicate]
    write(tmp_path, "".join(export(spoiled, form=form)), name=path.name)
    assert "shape:Entry-label" in shapes_of(validate_rdf(path))


def test_our_published_context_is_at_hand_without_the_network(world_seeds: Seeds, tmp_path: Path) -> None:
    source = next(each for each in world_seeds.sources if each.path == "registries/actors.yaml")
    document = expand_source(source, world_seeds.names, world_seeds.corpus)
    assert CONTEXT_URL in json.dumps(document)
    for actor in document["@graph"]:
        actor.pop("label", None)
    found = validate_rdf(write(tmp_path, json.dumps(document), name="actors.jsonld"))
    assert shapes_of(found).count("shape:Entry-label") == len(document["@graph"]) - 1


def test_a_literal_of_a_wrong_form_is_found_and_said_only_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = HEAD + ACTOR.replace(" .\n", ' ; st:fromOutside "perhaps"^^xsd:boolean .\n')
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = validate_rdf(write(tmp_path, data))
    assert warned == []
    assert [each.value for each in found] == [Literal("perhaps", PREFIXES["xsd"] + "boolean")]
    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- shapes of one's own

OWN = (
    HEAD
    + """
shape:A a sh:NodeShape ; sh:targetClass :A ; sh:message "A message\\n   on two lines." ;
    sh:property [ sh:path %s ; sh:in ( "x" "y"^^xsd:string ) ; sh:severity sh:%s ] .
"""
)


@pytest.mark.parametrize(
    ("path", "sparql", "turtle"),
    [
        (":p", "https://example.org/p", "<https://example.org/p>"),
        ("skos:note", "skos:note", "skos:note"),
        ("( st:held st:held )", "(st:held/st:held)", "( st:held st:held )"),
        ("[ sh:inversePath st:held ]", "^st:held", "[ sh:inversePath st:held ]"),
        (
            "[ sh:alternativePath ( st:held st:gist ) ]",
            "(st:held|st:gist)",
            "[ sh:alternativePath ( st:held st:gist ) ]",
        ),
        ("[ sh:zeroOrMorePath st:held ]", "(st:held)*", "[ sh:zeroOrMorePath st:held ]"),
    ],
)  # fmt: skip
def test_a_nameless_property_shape_goes_by_the_name_of_the_shape_around_it(
    path: str, sparql: str, turtle: str, tmp_path: Path
) -> None:
    shapes = write(tmp_path, OWN % (path, "Info"), name="shapes.ttl")
    data = """:a a :A ; :p "z" ; skos:note "z" ; st:held "z", :b . :b st:held "z" .
        :c st:held :a ."""
    found = validate_rdf(write(tmp_path, HEAD + data), shapes=shapes)
    assert {each.shape for each in found} == {"shape:A"}
    assert {each.severity for each in found} == {"Info"}
    assert {(each.path, each.turtle_path) for each in found} == {(sparql, turtle)}


def test_a_plain_string_and_one_typed_as_string_are_the_same(tmp_path: Path) -> None:
    shapes = write(tmp_path, OWN % (":p", "Violation"), name="shapes.ttl")
    data = ':a a :A ; :p "x"^^xsd:string, "y" . :b a :A ; :p "y"^^xsd:string, "x" .'
    assert validate_rdf(write(tmp_path, HEAD + data), shapes=shapes) == ()
    # See it fail, too.
    assert len(validate_rdf(write(tmp_path, HEAD + ':a a :A ; :p "x"@en .'), shapes=shapes)) == 1


def test_blank_nodes_of_other_peoples_data_are_numbered_the_same_each_time(tmp_path: Path) -> None:
    shapes = write(tmp_path, OWN % (":p", "Violation"), name="shapes.ttl")
    data = write(tmp_path, HEAD + '[] a :A ; :p "1" . [] a :A ; :p "2", [] .')
    first, second = (validate_rdf(data, shapes=shapes) for _ in range(2))
    assert first == second
    assert {each.focus for each in first} <= {Blank("b1"), Blank("b2"), Blank("b3")}


def test_the_vocabularies_are_known_and_are_not_themselves_reported(tmp_path: Path) -> None:
    rules = """
        shape:S a sh:NodeShape ; sh:targetClass st:Stance ; sh:property shape:S-p .
        shape:S-p sh:path :p ; sh:minCount 1 .
        shape:A a sh:NodeShape ; sh:targetClass :A ; sh:property shape:A-s .
        shape:A-s sh:path :s ; sh:class st:Stance .
    """
    shapes = write(tmp_path, HEAD + rules, name="shapes.ttl")
    stances = "https://w3id.org/standpoint/stance/"
    data = f"{HEAD} :a a :A ; :s <{stances}supports>, <{stances}no> ."
    found = validate_rdf(write(tmp_path, data), shapes=shapes)
    assert [(each.shape, str(each.value)) for each in found] == [
        ("shape:A-s", "https://w3id.org/standpoint/stance/no")
    ]


def test_subclasses_of_the_ontology_count_as_their_classes(tmp_path: Path) -> None:
    rule = (
        "shape:S a sh:NodeShape ; sh:targetClass st:Statement ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    )
    shapes = write(tmp_path, HEAD + rule, name="shapes.ttl")
    assert len(validate_rdf(write(tmp_path, HEAD + ":a a st:Claim ."), shapes=shapes)) == 1
