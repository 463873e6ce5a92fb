"""Types for the lines of JSON Lines, made of the one description of the format (`kg.fields`).

The door to msgspec. What is decoded has the attributes of the records of `kg.records`, and the
defaults of these.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING
from dataclasses import fields as fields_of
from typing import Annotated, Any, Final, Literal, NoReturn, Union

import msgspec

from kg import fields
from kg.documents import LONGEST_LINE
from kg.fields import LINE_TYPES, Many, Shape, Value
from kg.kinds import REGISTERED, Kind
from kg.records import NOWHERE

_LOCAL: Final = ("passage", "position", "claim")
_FILES: Final = {"annotation": fields.ANNOTATION, "registry": fields.REGISTRY}


class RefusedError(Exception):
    """The file is left to the careful reader."""


def decode_lines(data: bytes, kind: str) -> list[Any]:
    """Decode the lines of a file of a *kind*, annotation or registry, each as what its `type` says.

    Texts may still have white space around them, and slugs of entries elsewhere may be any text.

    Raises:
        RefusedError: something about it is unusual, or wrong.
    """
    try:
        lines = _decoder(kind).decode_lines(data)
        _check_text(data, lines)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise RefusedError from error
    return lines


def word_of(line: Any) -> str:
    """The `type` of a line."""
    return str(line.__struct_config__.tag)


# ---------------------------------------------------------------- types made of the description of the format


@functools.cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    """Decodes one line: a type for each `type` that a file of this kind has."""
    whole = _FILES[kind]
    line_types = [
        struct_of(_shape_under(whole, key), tag=word)
        for word, (file, key) in LINE_TYPES.items()
        if file == kind
    ]
    return msgspec.json.Decoder(Union[tuple(line_types)])  # noqa: UP007 - made here


@functools.cache
def _plain_decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder()


@functools.cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder()


def _shape_under(whole: Shape, key: str) -> Shape:
    value = whole.field(key).value
    of = value.of if isinstance(value, Many) else value
    if not isinstance(of, Shape):
        raise TypeError(f"{key} is no mapping")
    return of


@functools.cache
def struct_of(shape: Shape, *, tag: str | None = None) -> type[Any]:
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
        return struct_of(value)
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


# ---------------------------------------------------------------- the text of the lines


_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _check_text(data: bytes, lines: list[Any]) -> None:
    """Refuse keys that stand twice, numbers written oddly, lines too long, characters that no text has."""
    # What is encoded again is never longer (there are no fractions): a key that stood twice is missing.
    if len(_encoder().encode_lines(_plain_decoder().decode_lines(data))) != len(data):
        for line in data.split(b"\n"):
            if line.strip():
                _STRICT.decode(line.decode())
    if len(data) > LONGEST_LINE and max(map(len, data.split(b"\n"))) > LONGEST_LINE:
        raise RefusedError
    # One byte is found far faster than two.
    if (
        b"\\" in data
        and any(escape in data for escape in (b"\\u", b"\\b", b"\\f"))
        and any(_FORBIDDEN.search(text) for text in _texts(lines))
    ):
        raise RefusedError


def _refuse(_: str) -> NoReturn:
    raise RefusedError


def _integer(text: str) -> int:
    return int(text) if text != "-0" else _refuse(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedError
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
