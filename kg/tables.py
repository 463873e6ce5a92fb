"""Rows of RDF terms, and writing them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.terms import Term


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a SELECT query: column names, and rows with one term or None for each column.

    >>> from kg.terms import Literal
    >>> table = Table(("n",), ((Literal("1"),), (None,)))
    >>> len(table), table.columns
    (2, ('n',))
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        return iter(self.rows)
