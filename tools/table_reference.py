"""Write ``docs/tables.md``: the tables and columns of exports, from their one description.

Run it again after a change: ``python -m tools.table_reference``.
"""

from __future__ import annotations

from pathlib import Path

from kg.record_columns import TABLES, Column, Plan

PAGE = Path(__file__).parent.parent / "docs/tables.md"
_HEAD = """\
# Tables

The tables that [`kg export`](exports.md) makes as CSV (`csvw`) and Parquet, one for each kind of record;
networks are made of them. This page is generated from their description.

A *key* is the `id` of a row in another table; *keys* and *words* are several, in CSV with `|` between, in
Parquet a list. *edtf* is a date as uncertain as the text leaves it, with its first and last day beside it;
there is none where it is open. Tables and columns marked ¹ are left out with `--no-provenance`, those marked
² with `--no-inferred`; columns marked ³ repeat what another table says.
"""
_MARKS = {"provenance": "¹", "inferred": "²", "joined": "³"}


def page() -> str:
    """The page as it should be."""
    return "\n".join([_HEAD, *map(_table, TABLES)])


def _table(plan: Plan) -> str:
    head = [f"## `{plan.name}`{_MARKS.get(plan.origin, '')}", "", plan.about, ""]
    rows = [
        f"| `{column.name}`{_MARKS.get(column.origin, '')} | {_kind(column)} | {column.about} |"
        for column in plan.columns
    ]
    return "\n".join([*head, "| column | kind | |", "|---|---|---|", *rows]) + "\n"


def _kind(column: Column) -> str:
    if column.kind == "key":
        return f"{'keys' if column.many else 'key'} of [`{column.table}`](#{column.table})"
    if column.kind == "type":
        return "word"
    return f"{column.kind}s" if column.many else column.kind


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
