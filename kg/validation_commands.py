"""What `kg validate` does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kg.commands import UsageError, counted, read_files, say, tell_progress, tell_shipped, write_out

if TYPE_CHECKING:
    from kg.errors import Problem
    from kg.shapes import Finding


def validate(arguments: argparse.Namespace) -> int:
    """Check annotation files, or anybody's RDF, against the shapes."""
    if arguments.rdf:
        return _validate_rdf(arguments)
    if arguments.engine == "pyshacl":
        return _validate_by_reference(arguments)
    from kg.finding_memories import empty_memory_for, memory_for
    from kg.front import workers
    from kg.validations import survey_to_check, validate_files

    with survey_to_check(arguments.paths, workers(arguments.jobs, arguments.scheduler)) as found:
        tell_shipped(arguments.paths, found.base)
        memory = (empty_memory_for if arguments.fresh else memory_for)(found.found.root)
        progress = tell_progress if sys.stderr.isatty() else None
        told = validate_files(found, memory=memory, only=arguments.paths, progress=progress)
    prefixes = found.base.names.prefixes()
    return _report(arguments, told.findings, told.files, prefixes, told.problems)


def _validate_rdf(arguments: argparse.Namespace) -> int:
    from kg.shapes import validate_rdf
    from kg.terms import PREFIXES

    if arguments.paths:
        raise UsageError("give either PATHs of annotation files or --rdf FILE, not both")
    by_file = (validate_rdf(file, engine=arguments.engine) for file in arguments.rdf)
    findings = tuple(finding for found in by_file for finding in found)
    return _report(arguments, findings, len(arguments.rdf), PREFIXES)


def _validate_by_reference(arguments: argparse.Namespace) -> int:
    from kg.shapes import validate_seeds

    seeds = read_files(arguments.paths)
    findings = validate_seeds(seeds, only=arguments.paths, engine="pyshacl")
    return _report(arguments, findings, len(seeds.sources), seeds.names.prefixes(), seeds.problems)


def _report(
    arguments: argparse.Namespace,
    findings: Sequence[Finding],
    files: int,
    prefixes: Mapping[str, str],
    problems: Sequence[Problem] = (),
) -> int:
    from kg.reports import REPORTS
    from kg.shapes import has_violations

    told = findings
    if arguments.format == "text" and not arguments.all:
        told = [finding for finding in findings if finding.severity != "Info"]
    write_out(REPORTS[arguments.format](told, problems, prefixes=prefixes), arguments.output)
    hint = " (--all lists them)" if len(told) < len(findings) else ""
    say(f"{counted(files, 'file')}: {_summary(findings, len(problems))}{hint}")
    return int(has_violations(findings) or bool(problems))


def _summary(findings: Sequence[Finding], problems: int) -> str:
    levels = [finding.severity for finding in findings]
    words = {"Violation": "violation", "Warning": "warning", "Info": "remark"}
    counts = [counted(problems, "error")] if problems else []
    counts += [counted(levels.count(level), word) for level, word in words.items() if level in levels]
    return ", ".join(counts) or "nothing to report"
