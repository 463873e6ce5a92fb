"""Rows with their evidence as cards: what a terminal shows where a table would be too wide."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from kg.evidence import COLUMNS
from kg.tables import Table, View, shown, visible
from kg.terms import Term

_INDENT = "   "


def cards(table: Table, statement: str, view: View) -> str:
    """Write each row of *table*, which has evidence for its column *statement*, as a block of lines.

    The first line has the row itself, the next ones document and date, attribution,
    gist, passage, link, and the name of the statement.
    """
    width = view.width or shutil.get_terminal_size((100, 24)).columns
    if not len(table):
        return "no rows\n"
    return "\n".join(
        "\n".join(_card(number, row, table, statement, view, width)) + "\n"
        for number, row in enumerate(table, start=1)
    )


def _card(
    number: int, row: tuple[Term | None, ...], table: Table, statement: str, view: View, width: int
) -> Iterator[str]:
    cells = dict(zip(table.columns, row, strict=True))
    evidence = {name: cells.get(f"evidence_{name}", cells.get(name)) for name in COLUMNS}
    yield from _wrap(f"{number}. {_headline(cells, statement, view)}", width, hanging=_INDENT)
    document, date = (shown(evidence[name], view) for name in ("document", "date"))
    for line in (
        f"{document} ({date})" if date else document,
        shown(evidence["attribution"], view),
        shown(evidence["gist"], view),
        shown(evidence["passage"], view),
    ):
        for part in line.splitlines():
            yield from _wrap(_INDENT + part, width, hanging=_INDENT)
    # Never broken, so that they can be copied.
    if evidence["link"]:
        yield from (_INDENT + visible(part) for part in str(evidence["link"]).splitlines())
    if cells.get(statement):
        yield _INDENT + shown(cells[statement], view)


def _headline(cells: dict[str, Term | None], statement: str, view: View) -> str:
    """What the row itself says: each column but those of the evidence; a label instead of its IRI."""
    told = []
    for name, term in cells.items():
        plain = name.removeprefix("evidence_")
        is_evidence = plain in COLUMNS and (name != plain or f"evidence_{plain}" not in cells)
        if term is None or name == statement or is_evidence or f"{name}_label" in cells:
            continue
        told.append(shown(term, view).replace("\n", " "))
    return " · ".join(dict.fromkeys(filter(None, told)))


def _wrap(text: str, width: int, *, hanging: str) -> list[str]:
    return textwrap.wrap(
        text, max(width, 20), subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
