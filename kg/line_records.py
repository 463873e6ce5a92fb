"""JSON Lines decoded at once to what `kg.quads` can write, for files without any problem.

The careful reader (`kg.annotations`) knows the place of every value and says what is wrong with
it; most files of a large corpus were written by programs and have nothing wrong. Here such a
file is decoded by types made of the same description of the format (`kg.fields`). Whatever is in
the least unusual is refused without a reason, and left to the careful reader: a file that is
read here is read there as well, with the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from kg import fields, records
from kg.cycles import find_cycles
from kg.dates import bounds
from kg.errors import Place
from kg.fields import LINE_TYPES
from kg.kinds import MOST_END_WORDS
from kg.line_types import RefusedError, decode_lines, word_of
from kg.records import NOWHERE


@dataclass(frozen=True, slots=True)
class LineRecords:
    """An annotation file that was decoded: with the attributes of `records.Annotation`.

    *references* are the slugs of registry entries that it names, by kind; whether there are such
    entries, and so whether these are slugs at all, is for the caller to see.
    """

    content: records.Annotation
    references: dict[str, frozenset[str]]


def read_annotation(data: bytes) -> LineRecords | None:
    r"""Decode the lines of an annotation file; None where the careful reader has to see it.

    >>> read_annotation(b'{"type":"coding","coder":"a"}\n') is None
    True
    """
    try:
        annotation = _assemble(decode_lines(data, "annotation"))
        return LineRecords(cast("records.Annotation", annotation), _check(annotation))
    except (RefusedError, ValueError):
        return None


# ---------------------------------------------------------------- lines to one reading of one document


@dataclass(slots=True)
class _Annotation:
    document: Any
    coding: Any
    passages: list[Any]
    positions: list[Any]
    claims: list[Any]
    parts: list[Any]
    at: Place = NOWHERE


def _assemble(lines: Iterable[Any]) -> _Annotation:
    found: dict[str, list[Any]] = {key: [] for file, key in LINE_TYPES.values() if file == "annotation"}
    keys = {word: found[key] for word, (file, key) in LINE_TYPES.items() if file == "annotation"}
    for line in lines:
        keys[word_of(line)].append(line)
    if len(found["document"]) != 1 or len(found["coding"]) != 1:
        raise RefusedError
    return _Annotation(
        document=found["document"][0],
        coding=found["coding"][0],
        passages=found["passages"],
        positions=found["positions"],
        claims=found["claims"],
        parts=found["parts"],
    )


# ---------------------------------------------------------------- what records say together


def _check(annotation: _Annotation) -> dict[str, frozenset[str]]:
    """Check what types cannot say, as `kg.annotations` does; the references to registry entries."""
    document, coding = annotation.document, annotation.coding
    _check_document(document)
    if coding.reviewed and not coding.reviewed_by:
        raise RefusedError
    trimmed(coding.note)
    _check_dates(coding.date, coding.reviewed)
    all_differ(coding.audited)
    checks = _Checks(document, annotation)
    for passage in annotation.passages:
        checks.passage(passage)
    for position in annotation.positions:
        checks.position(position)
    for claim in annotation.claims:
        checks.claim(claim)
    for part in annotation.parts:
        checks.statement(part)
        checks.plans.add(part.plan)
        _exactly_one(part.proposal, part.subplan)
        (checks.plans if part.subplan else checks.proposals).add(part.subplan or part.proposal)
    checks.conditions()
    checks.actors.update(document.authors, (document.outlet, document.voice))
    coders = frozenset(filter(None, (coding.coder, coding.reviewed_by)))
    return {
        "actor": frozenset(checks.actors - {""}),
        "proposal": frozenset(checks.proposals - {""}),
        "plan": frozenset(checks.plans),
        "coder": coders,
    }


def _check_dates(*dates: str) -> None:
    for date in dates:
        if date:
            bounds(date)


def _check_document(document: Any) -> None:
    _check_dates(document.published)
    if not document.voice:
        if len(document.authors) != 1:
            raise RefusedError
        document.voice = document.authors[0]
    trimmed(document.title, document.note)
    all_differ(document.authors)
    all_differ(document.outside)
    if not set(document.outside) <= {field.key for field in fields.DOCUMENT.fields}:
        raise RefusedError
    if document.text.start >= document.text.end:
        raise RefusedError


def trimmed(*texts: str) -> None:
    """Refuse texts that the careful reader would trim."""
    for text in texts:
        if text.strip() != text:
            raise RefusedError


def all_differ(values: Sequence[str]) -> None:
    """Refuse what stands twice in a list."""
    if len(values) > 1 and len(set(values)) != len(values):
        raise RefusedError


def _exactly_one(*values: str) -> None:
    if sum(map(bool, values)) != 1:
        raise RefusedError


def _identify(records_: Iterable[Any]) -> frozenset[str]:
    listed = [each.id for each in records_]
    all_differ(listed)
    return frozenset(listed)


class _Checks:
    """The checks of records, and what they refer to."""

    def __init__(self, document: Any, annotation: _Annotation) -> None:
        self.actors: set[str] = set()
        self.proposals: set[str] = set()
        self.plans: set[str] = set()
        self._voice = document.voice
        self._start, self._end = document.text.start, document.text.end
        self._passages = _identify(annotation.passages)
        self._positions = _identify(annotation.positions)
        self._claims = _identify(annotation.claims)
        _identify(annotation.parts)
        self._conditions: dict[str, list[str]] = {}

    def passage(self, passage: Any) -> None:
        if not self._start <= passage.start < passage.end <= self._end:
            raise RefusedError
        trimmed(passage.first, passage.last, passage.note)
        if len(passage.first.split()) > MOST_END_WORDS or len(passage.last.split()) > MOST_END_WORDS:
            raise RefusedError
        if passage.audited:
            all_differ(passage.audited)

    def statement(self, statement: Any) -> None:
        trimmed(statement.gist, statement.note)
        if not self._passages.issuperset(statement.passages):
            raise RefusedError
        for values in (statement.passages, statement.hedges, statement.audited):
            if len(values) > 1:
                all_differ(values)
        _check_dates(statement.uttered, statement.published)
        if statement.attribution:
            first = statement.attribution[0]
            if first.mode == "own-voice" and first.voice == self._voice:
                raise RefusedError
            self.actors.update([link.voice for link in statement.attribution])
            trimmed(*[link.venue for link in statement.attribution])

    def position(self, position: Any) -> None:
        self.statement(position)
        _check_dates(position.held)
        self.actors.add(position.holder)
        self.proposals.add(position.proposal)
        if position.addressees:
            all_differ(position.addressees)
            self.actors.update(position.addressees)
        if len(position.functions) > 1:
            all_differ(position.functions)
        for condition in position.conditions:
            trimmed(condition.gist)
            if condition.position:
                self._conditions.setdefault(position.id, []).append(condition.position)
            if (condition.proposal and condition.position) or not (
                condition.proposal or condition.position or condition.gist
            ):
                raise RefusedError
            self.actors.add(condition.by)
            self.proposals.add(condition.proposal)

    def claim(self, claim: Any) -> None:
        self.statement(claim)
        self.actors.add(claim.claimant)
        if claim.mentions:
            all_differ(claim.mentions)
            self.actors.update(claim.mentions)
        for target in (*claim.supports, *claim.undercuts):
            _exactly_one(target.proposal, target.position, target.claim)
            self.proposals.add(target.proposal)
            if target.position and target.position not in self._positions:
                raise RefusedError
            if target.claim and target.claim not in self._claims:
                raise RefusedError

    def conditions(self) -> None:
        """Refuse positions that are conditions of each other, or of none that the file has."""
        for others in self._conditions.values():
            if not self._positions.issuperset(others):
                raise RefusedError
        if self._conditions and find_cycles(self._conditions):
            raise RefusedError
