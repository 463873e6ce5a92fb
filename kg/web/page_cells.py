"""Answers as tables whose cells lead on: to the pages of things, and to the evidence of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.tables import Table, linked
from kg.terms import EDTF, VOCABULARY, XSD, Iri, Literal, Term
from kg.vocabularies import SCHEMES, STANCES
from kg.web.page_readers import Reader
from kg.web.page_statements import Statement, read_statements
from kg.web.page_words import SIDES, when, words

PER_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a cell shows: *text*, where it leads, the *stances* in it, and what it is sorted by."""

    text: str = ""
    href: str = ""
    stances: tuple[str, ...] = ()
    is_number: bool = False
    language: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the statements that it rests on."""

    cells: tuple[Cell, ...]
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One page of an answer: what the columns are called, its rows, how many rows there are in all."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    number: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def first(self) -> int:
        """Which row of the answer is the first here, from 1."""
        return (self.number - 1) * PER_PAGE + 1


def grid(reader: Reader, table: Table, statement: str = "", *, number: int = 1) -> Grid:
    """Page *number* of *table*; the column *statement* names the statements that a row rests on."""
    number = min(max(number, 1), max(1, -(-len(table) // PER_PAGE)))
    shown = table.rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    named = {f"{name}_label": name for name in table.columns if f"{name}_label" in table.columns}
    filled = {
        name for name, column in zip(table.columns, zip(*shown, strict=True), strict=False) if any(column)
    }
    kept = [name for name in table.columns if name not in named and name != statement and name in filled]
    if any(name.startswith("stance") for name in kept):  # the sign of a stance says which way it points
        kept = [name for name in kept if name not in ("polarity", "polarities")]
    at = {name: table.columns.index(name) for name in table.columns}
    behind = [list(_iris(row[at[statement]])) if statement in at else [] for row in shown]
    statements = read_statements(reader, {iri for some in behind for iri in some})
    return Grid(
        columns=tuple(name.removesuffix("_label").replace("_", " ") for name in kept),
        rows=tuple(
            Row(
                tuple(_cell(reader, name, row[at[name]], _label(row, at, name)) for name in kept),
                tuple(statements[iri] for iri in iris if iri in statements),
            )
            for row, iris in zip(shown, behind, strict=True)
        ),
        total=len(table),
        number=number,
    )  # fmt: skip


def _label(row: Sequence[Term | None], at: Mapping[str, int], name: str) -> Term | None:
    return row[at[f"{name}_label"]] if f"{name}_label" in at else None


def _iris(term: Term | None) -> Iterator[str]:
    if isinstance(term, Iri):
        yield term.value
    elif isinstance(term, Literal):
        yield from (word for word in term.value.split() if "://" in word)


def _cell(reader: Reader, column: str, term: Term | None, label: Term | None) -> Cell:
    if term is None:
        return Cell(text=str(label or ""))
    if isinstance(term, Iri):
        return _thing(reader, term.value, str(label or ""))
    if not isinstance(term, Literal):
        return Cell(text=str(term))
    if term.datatype == EDTF:
        return Cell(text=when(term.value), sort=term.value)
    if term.datatype == XSD + "date":
        return Cell(text=when(term.value), sort=term.value)
    if term.datatype in (XSD + "integer", XSD + "decimal", XSD + "double"):
        return Cell(text=term.value, is_number=True, sort=term.value)
    if address := linked(term):
        return Cell(text=address, href=address)
    return _text(reader, column, term)


def _thing(reader: Reader, iri: str, label: str) -> Cell:
    scheme, _, slug = iri.removeprefix(VOCABULARY).partition("/")
    if iri.startswith(VOCABULARY) and scheme == "stance" and slug in STANCES:
        return Cell(text=words(slug), stances=(slug,), sort=f"{list(STANCES).index(slug):02}")
    if iri.startswith(VOCABULARY) and scheme in SCHEMES:
        return Cell(text=SIDES.get(slug, words(slug)) if scheme == "polarity" else words(slug))
    if iri.startswith(VOCABULARY + "ontology#"):
        return Cell(text=iri.rpartition("#")[2])
    return Cell(text=label or reader.name(iri), href=reader.path(iri) or linked(Iri(iri)))


def _text(reader: Reader, column: str, term: Literal) -> Cell:
    parts = term.value.split(" | ")
    if column.startswith("stance") and all(part in STANCES for part in parts):
        return Cell(text=", ".join(map(words, parts)), stances=tuple(parts))
    if column.startswith(("polarit", "function", "mode", "modalit")):
        return Cell(text=", ".join(SIDES.get(part, words(part)) for part in parts))
    if "://" in term.value and all("://" in word for word in term.value.split()):
        return Cell(text=", ".join(reader.name(iri) for iri in term.value.split()))
    return Cell(text="; ".join(parts), language=term.language)


def described(columns: Sequence[str], notes: dict[str, str]) -> list[tuple[str, str]]:
    """The columns that need words, with these.

    >>> described(["since", "holder"], {"since": "the first day"})
    [('since', 'the first day')]
    """
    return [(name, notes[name]) for name in columns if name in notes]
