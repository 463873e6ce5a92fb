"""Rows with their evidence as cards: what a terminal shows where a table would be too wide."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from kg.evidence import COLUMNS
from kg.near_misses import WHY
from kg.tables import Table, View, shown, visible
from kg.terms import Term

_INDENT = "   "
_WORDS = {
    "conditions": "on condition: {}",
    "function": "as {}",
    "functions": "as {}",
    "held": "held {}",
    "uttered": "said {}",
}
"""How a column is introduced where its value alone would not be understood."""


def cards(table: Table, statement: str, view: View) -> str:
    """Write each row of *table*, which has evidence for its column *statement*, as a block of lines.

    The first line has the row itself, then comes what keeps a near miss out, then document and
    date, attribution, gist, passage, link, and the name of the statement.
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
    yield from _wrap(f"{number}. {_headline(cells, evidence, statement, view)}", width, hanging=_INDENT)
    if why := shown(cells.get(WHY), view):
        yield from _wrap(f"{_INDENT}left out: {why}", width, hanging=_INDENT)
    document, date = (shown(evidence[name], view) for name in ("document", "date"))
    for line in (
        f"{document} ({date})" if date else document,
        shown(evidence["attribution"], view),
        _gist(evidence, view),
        shown(evidence["passage"], view),
    ):
        for part in line.splitlines():
            yield from _wrap(_INDENT + part, width, hanging=_INDENT)
    # Never broken, so that they can be copied.
    if evidence["link"]:
        yield from (_INDENT + visible(part) for part in str(evidence["link"]).splitlines())
    if cells.get(statement):
        yield _INDENT + shown(cells[statement], view)


def _gist(evidence: dict[str, Term | None], view: View) -> str:
    gist, modality = shown(evidence["gist"], view), shown(evidence["modality"], view)
    return f"{gist} [{modality}]" if modality and "\n" not in modality else gist


def _headline(
    cells: dict[str, Term | None], evidence: dict[str, Term | None], statement: str, view: View
) -> str:
    """What the row itself says: each column that the evidence below does not say again."""
    said_below = {shown(term, view) for term in evidence.values()}
    attribution = str(evidence["attribution"] or "")
    told = []
    for name, term in cells.items():
        text = shown(term, view).replace("\n", " ")
        is_below = text in said_below or (name == "mode" and text.replace("-", " ") in attribution)
        if (
            not text
            or name in (statement, WHY)
            or is_below
            or name.startswith("evidence_")
            or f"{name}_label" in cells
        ):
            continue
        told.append(_WORDS.get(name, "{}").format(text))
    return " · ".join(dict.fromkeys(told))


def _wrap(text: str, width: int, *, hanging: str) -> list[str]:
    return textwrap.wrap(
        text, max(width, 20), subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
