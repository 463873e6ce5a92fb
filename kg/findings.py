"""What a validation found: one value for each thing in the data that breaks a shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from kg.errors import Place
from kg.terms import Blank, Term, token


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing in the data that breaks a shape.

    *shape* and *constraint* are prefixed names (or IRIs); *severity* is `Violation`,
    `Warning` or `Info`; *path* is a prefixed name, or a SPARQL property path where
    the shape has one, and *turtle_path* the same as SHACL writes it; *place* is the
    line of the annotation file that says it, and *source_file* the path of that file,
    or of the RDF file that was checked.
    """

    shape: str
    message: str
    severity: str
    focus: Term
    path: str = ""
    turtle_path: str = ""
    value: Term | None = None
    constraint: str = ""
    place: Place | None = None
    source_file: str = ""


def has_violations(findings: Iterable[Finding]) -> bool:
    """Whether any finding is a violation, and no mere warning.

    >>> has_violations([Finding(shape="shape:A", message="m", severity="Info", focus=Blank("b"))])
    False
    """
    return any(finding.severity == "Violation" for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order *findings* by place, shape, focus; number the blank nodes, whose own names are random."""
    ordered = sorted(set(findings), key=_order)
    numbers: dict[Term, Term] = {}

    def number(term: Term | None) -> Any:
        if isinstance(term, Blank):
            return numbers.setdefault(term, Blank(f"b{len(numbers) + 1}"))
        return term

    return tuple(replace(each, focus=number(each.focus), value=number(each.value)) for each in ordered)


def _order(finding: Finding) -> tuple[object, ...]:
    def text(term: Term | None) -> str:
        return "" if term is None or isinstance(term, Blank) else token(term)

    place = finding.place or Place(finding.source_file)
    named = (finding.shape, text(finding.focus), finding.path, text(finding.value))
    return (place, *named, finding.constraint, finding.message)
