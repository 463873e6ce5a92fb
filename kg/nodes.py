"""The tree that a file is parsed to: scalars, sequences and mappings that know their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from kg.errors import Place


class Extent(NamedTuple):
    """The characters of the file that a node of a YAML file takes, for those who rewrite it."""

    start: int
    end: int


NO_EXTENT: Final = Extent(0, 0)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or a text; *plain* if it stands without quotes (in JSON: a number, true, false or null)."""

    value: str
    place: Place
    plain: bool = True
    extent: Extent = field(default=NO_EXTENT, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place
    extent: Extent = field(default=NO_EXTENT, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values; `key_places` and `key_extents` tell where each key stands."""

    entries: dict[str, Node]
    key_places: dict[str, Place]
    place: Place
    extent: Extent = field(default=NO_EXTENT, compare=False, repr=False)
    key_extents: dict[str, Extent] = field(default_factory=dict, compare=False, repr=False)


Node: TypeAlias = Scalar | Sequence | Mapping
