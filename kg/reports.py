"""What a validation found, for people, programs, code review, test runners and SHACL tools.

Each function takes findings and, where the form has a place for them, the problems
of files that could not be read, and returns the whole text; the same findings give
the same text. *prefixes* (`Names.prefixes` of the corpus) shorten IRIs for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from kg.errors import Place, Problem
from kg.shapes import Finding
from kg.terms import PREFIXES, Blank, Iri, Literal, Term, brief, shrink, token
from kg.version import VERSION

_LONGEST: Final = 80
_HOME: Final = "https://w3id.org/standpoint/"


def readable(term: Term, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Write *term* for people: short, on one line, with a prefix where one fits (slashes and all).

    >>> readable(Iri("https://e.org/position/may/a/p1"), {"position": "https://e.org/position/"})
    'position:may/a/p1'
    >>> readable(Literal("yes", language="en"))
    '"yes"@en'
    """
    if isinstance(term, Iri):
        return brief(term.value, prefixes)
    if isinstance(term, Blank):
        return f"blank node {term.value}"
    text = term.value if len(term.value) <= _LONGEST else term.value[: _LONGEST - 1] + "…"
    written = token(Literal(text, language=term.language))
    return f"{written}^^{readable(Iri(term.datatype), prefixes)}" if term.datatype else written


# ---------------------------------------------------------------- text


def as_text(
    findings: Sequence[Finding],
    problems: Sequence[Problem] = (),
    *,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str:
    """One line for each problem and finding, by place.

    >>> problem = Problem(Place("a.yaml", 3, 5), "unknown key 'holdr'", "did you mean 'holder'?")
    >>> print(as_text([], [problem]), end="")
    a.yaml:3:5: Problem: unknown key 'holdr'; did you mean 'holder'?
    """
    lines = [(problem.place, f"{problem.place}: Problem: {_said(problem)}") for problem in problems]
    for finding in findings:
        where, details = _place(finding), _details(finding, prefixes)
        lines.append((where, f"{where}: {finding.severity} {finding.shape}: {finding.message} ({details})"))
    return "".join(" ".join(line.split()) + "\n" for _, line in sorted(lines))


def _place(finding: Finding) -> Place:
    return finding.place or Place(finding.source_file or "data")


def _said(problem: Problem) -> str:
    return f"{problem.message}; {problem.help}" if problem.help else problem.message


def _details(finding: Finding, prefixes: Mapping[str, str]) -> str:
    parts = [readable(finding.focus, prefixes)]
    if finding.path:
        parts.append(finding.path)
    if finding.value is not None and finding.value != finding.focus:
        parts.append(f"value {readable(finding.value, prefixes)}")
    return ", ".join(parts)


# ---------------------------------------------------------------- JSON


def as_json(
    findings: Sequence[Finding],
    problems: Sequence[Problem] = (),
    *,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str:
    """An object with `conforms`, `problems` and `findings`; terms as in SPARQL 1.1 JSON results."""
    return _json(
        {
            "conforms": not findings and not problems,
            "problems": [
                {**_json_place(problem.place), "message": problem.message, "help": problem.help}
                for problem in problems
            ],
            "findings": [_json_finding(finding, prefixes) for finding in findings],
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _json_place(place: Place) -> dict[str, Any]:
    return {"file": place.path, "line": place.line or None, "column": place.column or None}


def _json_finding(finding: Finding, prefixes: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_json_place(_place(finding)),
        "shape": finding.shape,
        "severity": finding.severity,
        "message": finding.message,
        "constraint": finding.constraint,
        "path": finding.path or None,
        "focus": _json_term(finding.focus, prefixes),
        "value": None if finding.value is None else _json_term(finding.value, prefixes),
    }


def _json_term(term: Term, prefixes: Mapping[str, str]) -> dict[str, str]:
    kind = {Iri: "uri", Blank: "bnode", Literal: "literal"}[type(term)]
    found = {"type": kind, "value": term.value, "readable": readable(term, prefixes)}
    if isinstance(term, Literal) and term.language:
        found["xml:lang"] = term.language
    elif isinstance(term, Literal) and term.datatype:
        found["datatype"] = term.datatype
    return found


# ---------------------------------------------------------------- SARIF

_LEVELS: Final = {"Violation": "error", "Warning": "warning", "Info": "note"}
_INPUT_RULE: Final = "input"


def as_sarif(
    findings: Sequence[Finding],
    problems: Sequence[Problem] = (),
    *,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str:
    """SARIF 2.1.0 (OASIS), which code-review tools show beside the lines."""
    names = sorted({finding.shape for finding in findings}) + ([_INPUT_RULE] if problems else [])
    rules = [_rule(name, findings) for name in names]
    results = [_result(names, _INPUT_RULE, "error", problem.place, _said(problem)) for problem in problems]
    results += [
        _result(
            names,
            finding.shape,
            _LEVELS.get(finding.severity, "error"),
            _place(finding),
            f"{finding.message} ({_details(finding, prefixes)})",
        )
        for finding in findings
    ]
    driver = {"name": "Standpoint", "version": VERSION, "informationUri": _HOME, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(name: str, findings: Sequence[Finding]) -> dict[str, Any]:
    if name == _INPUT_RULE:
        return {"id": name, "shortDescription": {"text": "A file cannot be read as annotations."}}
    first = next(finding for finding in findings if finding.shape == name)
    level = _LEVELS.get(first.severity, "error")
    return {
        "id": name,
        "shortDescription": {"text": first.message},
        "defaultConfiguration": {"level": level},
    }


def _result(names: list[str], rule: str, level: str, place: Place, message: str) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path)}}
    if place.line:
        location["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    return {
        "ruleId": rule,
        "ruleIndex": names.index(rule),
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }


def _uri(path: str) -> str:
    # An absolute path needs its scheme; a relative one is relative to where the command ran.
    return ("file://" if PurePosixPath(path).is_absolute() else "") + quote(path)


# ---------------------------------------------------------------- JUnit XML

# Control characters have no place in XML 1.0, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Case(NamedTuple):
    place: Place
    name: str
    outcome: str
    message: str


def as_junit(
    findings: Sequence[Finding],
    problems: Sequence[Problem] = (),
    *,
    prefixes: Mapping[str, str] = PREFIXES,
    files: Sequence[str] = (),
) -> str:
    """JUnit XML, one suite for each file; *files* without a finding get a case that passes.

    A problem is an error, a violation a failure; warnings and infos pass with a remark.
    """
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    suites = _cases(findings, problems, prefixes, files)
    everything = [case for cases in suites.values() for case in cases]
    root = Element("testsuites", {"name": "Standpoint", **_numbers(everything)})
    for file in sorted(suites):
        suite = SubElement(root, "testsuite", {"name": file, **_numbers(suites[file])})
        for case in suites[file]:
            line = {"line": str(case.place.line)} if case.place.line else {}
            attributes = {"classname": file, "name": case.name, "file": file, "time": "0", **line}
            node = SubElement(suite, "testcase", attributes)
            if case.outcome in ("error", "failure"):
                first_line = case.message.partition("\n")[0]
                SubElement(node, case.outcome, {"message": first_line}).text = case.message
            elif case.message:
                SubElement(node, "system-out").text = case.message
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _cases(
    findings: Sequence[Finding],
    problems: Sequence[Problem],
    prefixes: Mapping[str, str],
    files: Sequence[str],
) -> dict[str, list[_Case]]:
    cases = [_Case(each.place, "input", "error", f"{each.place}: {_said(each)}") for each in problems]
    for finding in findings:
        place = _place(finding)
        outcome = "failure" if finding.severity == "Violation" else finding.severity
        text = f"{place}: {finding.message} ({_details(finding, prefixes)})"
        cases.append(_Case(place, finding.shape, outcome, text))
    cases += [
        _Case(Place(file), "conforms", "pass", "") for file in set(files) - {each[0].path for each in cases}
    ]
    suites: dict[str, list[_Case]] = {}
    for case in sorted(cases):
        clean = case._replace(message=_NOT_XML.sub("\ufffd", case.message))
        suites.setdefault(_NOT_XML.sub("\ufffd", case.place.path), []).append(clean)
    return suites


def _numbers(cases: Iterable[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
        "skipped": "0",
        "time": "0",
    }


# ---------------------------------------------------------------- SHACL


def as_turtle(
    findings: Sequence[Finding],
    problems: Sequence[Problem] = (),
    *,
    prefixes: Mapping[str, str] = PREFIXES,
) -> str:
    """A SHACL validation report (SHACL, 3.6); data conforms when there is no result of any severity.

    It has no place for *problems*; they stand in comments before it. IRIs have the
    fixed prefixes only.
    """
    body = " ,\n".join(_turtle_result(finding) for finding in findings)
    used = {name for name in PREFIXES if f" {name}:" in body} | {"sh"}
    head = "".join(f"# {' '.join(str(problem).split())}\n" for problem in problems)
    head += "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(used))
    conforms = "false" if findings else "true"
    results = f" ;\n    sh:result\n{body}" if findings else ""
    return f"{head}\n[] a sh:ValidationReport ;\n    sh:conforms {conforms}{results} .\n"


def _turtle_result(finding: Finding) -> str:
    lines = [
        "a sh:ValidationResult",
        f"sh:focusNode {_turtle(finding.focus)}",
        *([f"sh:resultPath {finding.turtle_path}"] if finding.turtle_path else []),
        *([f"sh:value {_turtle(finding.value)}"] if finding.value is not None else []),
        f"sh:resultMessage {_turtle(Literal(finding.message))}",
        f"sh:resultSeverity sh:{finding.severity}",
        *([f"sh:sourceShape {_name(finding.shape)}"] if finding.shape else []),
        *([f"sh:sourceConstraintComponent {_name(finding.constraint)}"] if finding.constraint else []),
    ]
    return "        [ " + " ;\n          ".join(lines) + " ]"


def _name(name: str) -> str:
    return f"<{name}>" if "://" in name else name


def _turtle(term: Term) -> str:
    if isinstance(term, Iri):
        short = shrink(term.value)
        return token(term) if short == term.value else short
    return token(term)


REPORTS: Final = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "turtle": as_turtle,
}
"""The forms of a report by name; all take findings, problems, and *prefixes*."""
