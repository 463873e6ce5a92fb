"""Each form of report is read back with a tool that knows the form."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import rdflib

from kg.errors import Place, Problem
from kg.reports import REPORTS, as_json, as_junit, as_sarif, as_text, as_turtle, readable
from kg.shapes import Finding, validate_rdf
from kg.terms import PREFIXES, XSD, Blank, Iri, Literal, Names

NAMES = Names("https://example.org/harbour/")
NASTY = 'says "no" & <b>, it\'s\n\ttwo lines \x07 and ünï שלום'
HOLDER = Finding(
    shape="shape:Position-holder",
    message="A position is held by one actor.",
    severity="Violation",
    focus=Iri(NAMES.statement("position", "may-hearing", "coder-a", "p1")),
    path="st:heldBy",
    turtle_path="st:heldBy",
    value=Iri(NAMES.entry("proposal", "talks")),
    constraint="sh:ClassConstraintComponent",
    place=Place("seeds/a b.yaml", 14, 9),
    source_file="seeds/a b.yaml",
)
UNUSED = Finding(
    shape="shape:Passage-unused",
    message=NASTY,
    severity="Warning",
    focus=Blank("b1"),
    path="^st:statedIn",
    turtle_path="[ sh:inversePath st:statedIn ]",
    constraint="sh:MinCountConstraintComponent",
    source_file="data.ttl",
)
NOTE = Finding(
    shape="shape:Entry-note",
    message="A note is short.",
    severity="Info",
    focus=Iri(NAMES.entry("actor", "ada-lane")),
    value=Literal(NASTY, language="en"),
    place=Place("seeds/a b.yaml", 3, 1),
    source_file="seeds/a b.yaml",
)
FINDINGS = (HOLDER, UNUSED, NOTE)
PROBLEM = Problem(Place("seeds/c.yaml", 2, 3), f"unknown key {NASTY!r}", "did you mean 'holder'?")
PREFIXES_HERE = NAMES.prefixes()


@pytest.mark.parametrize("form", REPORTS)
def test_the_same_findings_give_the_same_report(form: str) -> None:
    first = REPORTS[form](FINDINGS, [PROBLEM], prefixes=PREFIXES_HERE)
    assert first == REPORTS[form](FINDINGS, [PROBLEM], prefixes=PREFIXES_HERE)
    assert first.endswith("\n")
    assert first != REPORTS[form]((), [], prefixes=PREFIXES_HERE)


# ---------------------------------------------------------------- text


def test_a_line_says_where_what_which_shape_and_which_value() -> None:
    assert as_text([HOLDER], prefixes=PREFIXES_HERE) == (
        "seeds/a b.yaml:14:9: Violation shape:Position-holder: A position is held by one actor. "
        "(position:may-hearing/coder-a/p1, st:heldBy, value proposal:talks)\n"
    )


def test_lines_stand_in_the_order_of_places_problems_among_them() -> None:
    lines = as_text(FINDINGS, [PROBLEM]).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "data.ttl",
        "seeds/a b.yaml:3:1",
        "seeds/a b.yaml:14:9",
        "seeds/c.yaml:2:3",
    ]


def test_a_report_line_is_one_line_whatever_the_value_and_the_message() -> None:
    assert len(as_text([NOTE, UNUSED]).splitlines()) == 2


def test_long_values_are_cut_for_people() -> None:
    text = readable(Literal("word " * 40))
    assert len(text) < 90
    assert text.endswith('…"')


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Iri("https://example.org/harbour/claim/a/b/c"), "claim:a/b/c"),
        (Iri("https://elsewhere.org/x"), "https://elsewhere.org/x"),
        (Iri(PREFIXES["st"]), PREFIXES["st"]),
        (Blank("b1"), "blank node b1"),
        (Literal("3", XSD + "integer"), '"3"^^xsd:integer'),
        (Literal("a\nb", language="en"), '"a\\nb"@en'),
    ],
)
def test_terms_are_written_for_people(term: Iri | Blank | Literal, text: str) -> None:
    assert readable(term, PREFIXES_HERE) == text


# ---------------------------------------------------------------- JSON


def test_json_reads_back_with_every_part_of_a_finding() -> None:
    found = json.loads(as_json(FINDINGS, [PROBLEM], prefixes=PREFIXES_HERE))
    assert found["conforms"] is False
    assert found["problems"] == [
        {"file": "seeds/c.yaml", "line": 2, "column": 3, "message": PROBLEM.message, "help": PROBLEM.help}
    ]
    assert found["findings"][0] == {
        "file": "seeds/a b.yaml",
        "line": 14,
        "column": 9,
        "shape": "shape:Position-holder",
        "severity": "Violation",
        "message": "A position is held by one actor.",
        "constraint": "sh:ClassConstraintComponent",
        "path": "st:heldBy",
        "focus": {
            "type": "uri",
            "value": "https://example.org/harbour/position/may-hearing/coder-a/p1",
            "readable": "position:may-hearing/coder-a/p1",
        },
        "value": {
            "type": "uri",
            "value": "https://example.org/harbour/proposal/talks",
            "readable": "proposal:talks",
        },
    }
    assert found["findings"][1]["message"] == NASTY
    assert found["findings"][2]["value"]["value"] == NASTY
    assert found["findings"][2]["value"]["xml:lang"] == "en"


def test_json_without_findings_conforms() -> None:
    assert json.loads(as_json([])) == {"conforms": True, "problems": [], "findings": []}


# ---------------------------------------------------------------- SARIF

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SARIF = {
    # What SARIF 2.1.0 (OASIS, 27 March 2020) says of the parts that we write, in our words.
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "required": ["tool"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "driver": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "informationUri": {"type": "string", "format": "uri"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "required": ["id"],
                        "additionalProperties": False,
                        "properties": {
                            "id": {"type": "string"},
                            "shortDescription": TEXT,
                            "defaultConfiguration": {
                                "type": "object",
                                "properties": {"level": {"enum": ["none", "note", "warning", "error"]}},
                            },
                        },
                    },
                },
            },
        },
        "result": {
            "type": "object",
            "required": ["message"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": TEXT,
                "locations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["physicalLocation"],
                        "properties": {"physicalLocation": {"$ref": "#/$defs/physicalLocation"}},
                    },
                },
            },
        },
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": r"^[^\s<>\"\\^`{|}]+$"}},
                },
                "region": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    },
}


def test_sarif_has_its_published_structure() -> None:
    for findings, problems in ((FINDINGS, [PROBLEM]), ((), [])):
        jsonschema.validate(json.loads(as_sarif(findings, problems)), SARIF)


def test_sarif_names_rule_level_and_region_of_each_result() -> None:
    run = json.loads(as_sarif(FINDINGS, [PROBLEM], prefixes=PREFIXES_HERE))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["shape:Entry-note", "shape:Passage-unused", "shape:Position-holder", "input"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("input", "error"),
        ("shape:Position-holder", "error"),
        ("shape:Passage-unused", "warning"),
        ("shape:Entry-note", "note"),
    ]
    assert run["results"][1]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "seeds/a%20b.yaml"},
                "region": {"startLine": 14, "startColumn": 9},
            }
        }
    ]
    assert "region" not in run["results"][2]["locations"][0]["physicalLocation"]


# ---------------------------------------------------------------- JUnit


def test_junit_has_a_suite_for_each_file_and_counts_that_are_right() -> None:
    files = ["seeds/fine.yaml", "seeds/c.yaml"]
    root = ElementTree.fromstring(as_junit(FINDINGS, [PROBLEM], files=files))
    assert {suite.get("name") for suite in root} == {
        "data.ttl", "seeds/a b.yaml", "seeds/c.yaml", "seeds/fine.yaml"
    }  # fmt: skip
    for suite in (root, *root):
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("errors") == str(len(list(suite.iter("error"))))
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["5", "1", "1"]


def test_junit_fails_for_violations_only() -> None:
    root = ElementTree.fromstring(as_junit(FINDINGS, prefixes=PREFIXES_HERE))
    failed = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert [case.attrib for case in failed] == [
        {
            "classname": "seeds/a b.yaml",
            "name": "shape:Position-holder",
            "file": "seeds/a b.yaml",
            "line": "14",
            "time": "0",
        }
    ]
    failure = failed[0].find("failure")
    assert failure is not None
    assert failure.text == (
        "seeds/a b.yaml:14:9: A position is held by one actor. "
        "(position:may-hearing/coder-a/p1, st:heldBy, value proposal:talks)"
    )
    remarks = [node.text or "" for node in root.iter("system-out")]
    assert len(remarks) == 2
    # XML has no bell; everything else of the message is there.
    assert NASTY.replace("\x07", "\ufffd") in remarks[0]


def test_junit_without_findings_passes_for_each_file() -> None:
    root = ElementTree.fromstring(as_junit([], files=["a.yaml"]))
    assert [(case.get("classname"), case.get("name"), len(case)) for case in root.iter("testcase")] == [
        ("a.yaml", "conforms", 0)
    ]


# ---------------------------------------------------------------- SHACL

SH = rdflib.SH


def test_the_shacl_report_reads_back_as_the_findings() -> None:
    graph = rdflib.Graph().parse(data=as_turtle(FINDINGS, [PROBLEM]), format="turtle")
    (report,) = graph.subjects(rdflib.RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(FINDINGS)
    for result in results:
        assert (result, rdflib.RDF.type, SH.ValidationResult) in graph
        for required in (SH.focusNode, SH.resultSeverity):
            assert len(list(graph.objects(result, required))) == 1
    first = graph.value(None, SH.sourceShape, rdflib.URIRef(PREFIXES["shape"] + "Position-holder"))
    assert graph.value(first, SH.focusNode) == rdflib.URIRef(str(HOLDER.focus))
    assert graph.value(first, SH.value) == rdflib.URIRef(str(HOLDER.value))
    assert graph.value(first, SH.resultPath) == rdflib.URIRef(PREFIXES["st"] + "heldBy")
    assert graph.value(first, SH.sourceConstraintComponent) == SH.ClassConstraintComponent
    assert graph.value(first, SH.resultSeverity) == SH.Violation
    second = graph.value(None, SH.sourceShape, rdflib.URIRef(PREFIXES["shape"] + "Passage-unused"))
    path = graph.value(second, SH.resultPath)
    assert graph.value(path, SH.inversePath) == rdflib.URIRef(PREFIXES["st"] + "statedIn")
    assert graph.value(second, SH.resultMessage) == rdflib.Literal(NASTY)


def test_the_shacl_report_of_nothing_conforms() -> None:
    graph = rdflib.Graph().parse(data=as_turtle([]), format="turtle")
    assert [graph.value(report, SH.conforms) for report in set(graph.subjects())] == [rdflib.Literal(True)]
    assert len(graph) == 2


def test_every_report_can_be_written_of_what_was_really_found(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(
        f"@prefix st: <{PREFIXES['st']}> . <https://e.org/a> a st:Position ; st:gist 'no \"tag\"' .",
        encoding="utf-8",
    )
    findings = validate_rdf(file)
    assert len(findings) > 5
    jsonschema.validate(json.loads(as_sarif(findings)), SARIF)
    graph = rdflib.Graph().parse(data=as_turtle(findings), format="turtle")
    assert len(list(graph.subjects(rdflib.RDF.type, SH.ValidationResult))) == len(findings)
    shapes = {str(shape).removeprefix(PREFIXES["shape"]) for shape in graph.objects(None, SH.sourceShape)}
    assert shapes == {finding.shape.removeprefix("shape:") for finding in findings}
    assert len(list(ElementTree.fromstring(as_junit(findings)).iter("testcase"))) == len(findings)
