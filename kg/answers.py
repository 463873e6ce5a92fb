"""An answer as text: its rows, with their evidence and its near misses where these are wanted."""

from __future__ import annotations

from typing import Final

from kg.cards import cards
from kg.graph import Answered, Graph
from kg.near_misses import with_near_misses
from kg.tables import Table, write

APART: Final = ("table", "markdown")
"""The formats in which near misses stand under the answer; in the others both are one table."""


def written(
    graph: Graph, answered: Answered, form: str, *, statement: str = "", near: Table | None = None
) -> str:
    """Write an answer of *graph* in the format *form*, one of `kg.tables.WRITERS`.

    Args:
        graph: what was asked.
        answered: the answer.
        form: the format.
        statement: the column whose evidence is joined to the rows; none is joined where it is empty.
        near: the near misses; in formats for machines they follow the rows of the answer in one table,
            where the column `why` is empty for those of the answer.

    Raises:
        QueryError: the format is unknown, or there is no such column.
    """
    if near is None:
        return _table(graph, answered.table, form, statement)
    if form not in APART:
        return _table(graph, with_near_misses(answered.table, near), form, statement)
    title = f"Near misses: {len(near)}" if len(near) else "Near misses: none"
    heading = f"## {title}\n\n" if form == "markdown" else f"{title}\n\n"
    # What a near miss is can only be judged by its evidence, so people see that in any case.
    under = _table(graph, near, form, answered.query.statement) if len(near) else ""
    return f"{_table(graph, answered.table, form, statement)}\n{heading}{under}"


def _table(graph: Graph, table: Table, form: str, statement: str) -> str:
    if statement:
        table = graph.with_evidence(table, statement)
        if form == "table":
            return cards(table, statement, graph.view())
    text = write(table, form, view=graph.view())
    return text if text.endswith("\n") else text + "\n"
