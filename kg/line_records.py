"""JSON Lines decoded at once to what `kg.quads` can write, for files without any problem.

The careful reader (`kg.annotations`) knows the place of every value and says what is wrong with
it; most files of a large corpus were written by programs and have nothing wrong. Here such a
file is decoded by types made of the same description of the format (`kg.fields`). Whatever is in
the least unusual is refused without a reason, and left to the careful reader: a file that is
read here is read there as well, with the same values.

The door to msgspec.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from typing import Annotated, Any, Final, Literal, NoReturn, Union, cast

import msgspec

from kg import fields, records
from kg.cycles import find_cycles
from kg.dates import bounds
from kg.documents import LONGEST_LINE
from kg.errors import Place
from kg.fields import LINE_TYPES, Many, Shape, Value
from kg.kinds import MOST_END_WORDS, REGISTERED, Kind
from kg.records import NOWHERE

_LOCAL: Final = ("passage", "position", "claim")


class _RefusedError(Exception):
    """The file is left to the careful reader."""


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
        lines = _decoder().decode_lines(data)
        annotation = _assemble(lines)
        _check_text(data, lines)
        return LineRecords(cast("records.Annotation", annotation), _check(annotation))
    except (_RefusedError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


# ---------------------------------------------------------------- types made of the description of the format


@functools.cache
def _decoder() -> msgspec.json.Decoder[Any]:
    """Decodes one line: a type for each `type` that an annotation file has."""
    line_types = [
        _struct(_shape_under(key), tag=word)
        for word, (file, key) in LINE_TYPES.items()
        if file == "annotation"
    ]
    return msgspec.json.Decoder(Union[tuple(line_types)])  # noqa: UP007 - made here


@functools.cache
def _plain_decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder()


@functools.cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder()


def _shape_under(key: str) -> Shape:
    value = fields.ANNOTATION.field(key).value
    of = value.of if isinstance(value, Many) else value
    if not isinstance(of, Shape):
        raise TypeError(f"{key} is no mapping")
    return of


@functools.cache
def _struct(shape: Shape, *, tag: str | None = None) -> type[Any]:
    """A type with the keys of *shape*, and the defaults of its record."""
    defaults = {each.name: each.default for each in fields_of(shape.record)}
    if shape is fields.DOCUMENT:
        defaults["voice"] = ""  # which is that of its only author
    keys: list[Any] = []
    for field in shape.fields:
        if not field.draft:
            default = () if defaults[field.key] is MISSING else (defaults[field.key],)
            keys.append((field.key, _type(field.value), *default))
    return msgspec.defstruct(
        shape.name,
        keys,
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
        tag_field="type" if tag else None,
        tag=tag,
        namespace={"at": NOWHERE, "keys": {}},
    )


def _type(value: Value) -> Any:
    if isinstance(value, Shape):
        return _struct(value)
    if isinstance(value, Many):
        of: Any = _type(value.of)
        return Annotated[tuple[of, ...], msgspec.Meta(min_length=value.least)]
    return _type_of_kind(value)


def _type_of_kind(kind: Kind) -> Any:
    if kind.words:
        return Literal[kind.words]
    if kind.typed is bool:
        return bool
    if kind.typed is int:
        low = 0 if re.fullmatch(kind.pattern, "0") else 1
        digits = max(length for length in range(1, 19) if re.fullmatch(kind.pattern, "1" * length))
        return Annotated[int, msgspec.Meta(ge=low, lt=10**digits)]
    known_elsewhere = kind.refers_to in (*REGISTERED, *_LOCAL)
    if kind.pattern and not known_elsewhere:
        return Annotated[str, msgspec.Meta(min_length=1, pattern=kind.pattern.removesuffix("$") + r"\Z")]
    return Annotated[str, msgspec.Meta(min_length=1)]


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
        keys[line.__struct_config__.tag].append(line)
    if len(found["document"]) != 1 or len(found["coding"]) != 1:
        raise _RefusedError
    return _Annotation(
        document=found["document"][0],
        coding=found["coding"][0],
        passages=found["passages"],
        positions=found["positions"],
        claims=found["claims"],
        parts=found["parts"],
    )


_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _check_text(data: bytes, lines: list[Any]) -> None:
    """Refuse keys that stand twice, numbers written oddly, lines too long, characters that no text has."""
    # What is encoded again is never longer (there are no fractions): a key that stood twice is missing.
    if len(_encoder().encode_lines(_plain_decoder().decode_lines(data))) != len(data):
        for line in data.split(b"\n"):
            if line.strip():
                _STRICT.decode(line.decode())
    if len(data) > LONGEST_LINE and max(map(len, data.split(b"\n"))) > LONGEST_LINE:
        raise _RefusedError
    # One byte is found far faster than two.
    if (
        b"\\" in data
        and any(escape in data for escape in (b"\\u", b"\\b", b"\\f"))
        and any(_FORBIDDEN.search(text) for text in _texts(lines))
    ):
        raise _RefusedError


def _refuse(_: str) -> NoReturn:
    raise _RefusedError


def _integer(text: str) -> int:
    return int(text) if text != "-0" else _refuse(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError
    return found


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, msgspec.Struct):
        for key in value.__struct_fields__:
            yield from _texts(getattr(value, key))


# ---------------------------------------------------------------- what records say together


def _check(annotation: _Annotation) -> dict[str, frozenset[str]]:
    """Check what types cannot say, as `kg.annotations` does; the references to registry entries."""
    document, coding = annotation.document, annotation.coding
    _check_document(document)
    if coding.reviewed and not coding.reviewed_by:
        raise _RefusedError
    _trimmed(coding.note)
    _check_dates(coding.date, coding.reviewed)
    _all_differ(coding.audited)
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
            raise _RefusedError
        document.voice = document.authors[0]
    _trimmed(document.title, document.note)
    _all_differ(document.authors)
    _all_differ(document.outside)
    if not set(document.outside) <= {field.key for field in fields.DOCUMENT.fields}:
        raise _RefusedError
    if document.text.start >= document.text.end:
        raise _RefusedError


def _trimmed(*texts: str) -> None:
    """Refuse texts that the careful reader would trim."""
    for text in texts:
        if text.strip() != text:
            raise _RefusedError


def _all_differ(values: tuple[str, ...]) -> None:
    if len(values) > 1 and len(set(values)) != len(values):
        raise _RefusedError


def _exactly_one(*values: str) -> None:
    if sum(map(bool, values)) != 1:
        raise _RefusedError


def _identify(records_: Iterable[Any]) -> frozenset[str]:
    listed = [each.id for each in records_]
    _all_differ(tuple(listed))
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
            raise _RefusedError
        _trimmed(passage.first, passage.last, passage.note)
        if len(passage.first.split()) > MOST_END_WORDS or len(passage.last.split()) > MOST_END_WORDS:
            raise _RefusedError
        if passage.audited:
            _all_differ(passage.audited)

    def statement(self, statement: Any) -> None:
        _trimmed(statement.gist, statement.note)
        if not self._passages.issuperset(statement.passages):
            raise _RefusedError
        for values in (statement.passages, statement.hedges, statement.audited):
            if len(values) > 1:
                _all_differ(values)
        _check_dates(statement.uttered, statement.published)
        if statement.attribution:
            first = statement.attribution[0]
            if first.mode == "own-voice" and first.voice == self._voice:
                raise _RefusedError
            self.actors.update([link.voice for link in statement.attribution])
            _trimmed(*[link.venue for link in statement.attribution])

    def position(self, position: Any) -> None:
        self.statement(position)
        _check_dates(position.held)
        self.actors.add(position.holder)
        self.proposals.add(position.proposal)
        if position.addressees:
            _all_differ(position.addressees)
            self.actors.update(position.addressees)
        if len(position.functions) > 1:
            _all_differ(position.functions)
        for condition in position.conditions:
            _trimmed(condition.gist)
            if condition.position:
                self._conditions.setdefault(position.id, []).append(condition.position)
            if (condition.proposal and condition.position) or not (
                condition.proposal or condition.position or condition.gist
            ):
                raise _RefusedError
            self.actors.add(condition.by)
            self.proposals.add(condition.proposal)

    def claim(self, claim: Any) -> None:
        self.statement(claim)
        self.actors.add(claim.claimant)
        if claim.mentions:
            _all_differ(claim.mentions)
            self.actors.update(claim.mentions)
        for target in (*claim.supports, *claim.undercuts):
            _exactly_one(target.proposal, target.position, target.claim)
            self.proposals.add(target.proposal)
            if target.position and target.position not in self._positions:
                raise _RefusedError
            if target.claim and target.claim not in self._claims:
                raise _RefusedError

    def conditions(self) -> None:
        """Refuse positions that are conditions of each other, or of none that the file has."""
        for others in self._conditions.values():
            if not self._positions.issuperset(others):
                raise _RefusedError
        if self._conditions and find_cycles(self._conditions):
            raise _RefusedError
