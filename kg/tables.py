r"""Rows of RDF terms, and writing them out.

For machines: CSV and TSV as in SPARQL 1.1 Query Results CSV and TSV Formats,
JSON as in SPARQL 1.1 Query Results JSON Format, and plain JSON with native
values. For people: a terminal, Markdown, HTML. All are pure functions of the
table and a `View`, so the same answer gives the same bytes.

CSV is exact and therefore not defused: a cell that starts with ``=``, ``+``,
``-`` or ``@`` is a formula to a spreadsheet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.cells import PLAIN, Value, View, linked, listed, native, shown, visible
from kg.errors import KgError, QueryError
from kg.terms import XSD, Blank, Iri, Literal, Term, token

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = [
    "WRITERS", "Table", "Value", "View", "html_table", "linked", "native", "shown", "to_csv", "to_html",
    "to_json", "to_markdown", "to_sparql_json", "to_terminal", "to_tsv", "visible", "write",
]  # fmt: skip


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

    def column(self, name: str) -> tuple[Term | None, ...]:
        """The cells of the column *name*, from top to bottom.

        Raises:
            QueryError: there is no such column.
        """
        if name not in self.columns:
            raise QueryError(f"the answer has no column '{name}'; it has {', '.join(self.columns) or 'none'}")
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def records(self) -> list[dict[str, Value]]:
        """Each row as a dict of plain Python values, by column name."""
        return [dict(zip(self.columns, map(native, row), strict=True)) for row in self.rows]

    def to_pandas(self) -> pd.DataFrame:
        """The table as a pandas frame; each column has one nullable type, text where its values differ.

        Raises:
            KgError: pandas is not installed.
        """
        with _installed("pandas"):
            import pandas as pd

        data = {name: pd.Series(values, dtype="object") for name, values in _uniform(self).items()}
        return pd.DataFrame(data, columns=list(self.columns)).convert_dtypes()

    def to_polars(self) -> pl.DataFrame:
        """The table as a polars frame; each column has one type, text where its values differ.

        Raises:
            KgError: polars is not installed.
        """
        with _installed("polars"):
            import polars as pl

        return pl.DataFrame(
            [pl.Series(name, v, pl.String if not any_of(v) else None) for name, v in _uniform(self).items()]
        )

    def _repr_html_(self) -> str:
        return html_table(self)


# ---------------------------------------------------------------- columns for frames


@contextmanager
def _installed(library: str) -> Iterator[None]:
    """Say what to install where the import of an optional *library* fails."""
    try:
        yield
    except ImportError as error:
        raise KgError(f"{library} is not installed; run pip install 'standpoint[frames]'") from error


def any_of(values: Iterable[Value]) -> bool:
    """Whether there is a value at all."""
    return any(value is not None for value in values)


def _uniform(table: Table) -> dict[str, list[Value]]:
    """Column values with one type in each column, as frames need them."""
    return {name: _same_type(table.column(name)) for name in table.columns}


def _same_type(terms: tuple[Term | None, ...]) -> list[Value]:
    values = [native(term) for term in terms]
    kinds = {type(value) for value in values if value is not None}
    too_big = any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values)
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
    if len(kinds) > 1 or too_big:
        return [None if term is None else str(term) for term in terms]
    return values


# ---------------------------------------------------------------- for machines


def to_csv(table: Table) -> str:
    r"""SPARQL 1.1 Query Results CSV: values without their types, lines ended by CR LF (RFC 4180).

    >>> to_csv(Table(("n",), ((Literal("a, b"),),)))
    'n\r\n"a, b"\r\n'
    """
    lines = [table.columns, *(tuple("" if t is None else str(t) for t in row) for row in table)]
    return "".join(",".join(map(_csv_field, line)) + "\r\n" for line in lines)


def _csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text


def to_tsv(table: Table) -> str:
    r"""SPARQL 1.1 Query Results TSV: terms as in Turtle, lines ended by LF.

    >>> to_tsv(Table(("n",), ((Literal("x", language="en"),), (Literal("3", XSD + "integer"),))))
    '?n\n"x"@en\n3\n'
    """
    lines = [tuple("?" + name for name in table.columns), *(tuple(map(_tsv_field, row)) for row in table)]
    return "".join("\t".join(line) + "\n" for line in lines)


_TURTLE_NUMBER: Final = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
}


def _tsv_field(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal):
        number = _TURTLE_NUMBER.get(term.datatype)
        if number and number.fullmatch(term.value):
            return term.value
    return token(term)


def to_sparql_json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON, indented, with a newline at the end."""
    bindings = [
        {name: _json_term(term) for name, term in zip(table.columns, row, strict=True) if term is not None}
        for row in table
    ]
    return _dump({"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}})


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, Iri):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Blank):
        return {"type": "bnode", "value": term.value}
    extra = {"xml:lang": term.language} if term.language else {"datatype": term.datatype}
    plain = not term.language and term.datatype in ("", XSD + "string")
    return {"type": "literal", "value": term.value} | ({} if plain else extra)


def to_json(table: Table) -> str:
    """A JSON list with one object a row: numbers and booleans as such, everything else as text."""
    return _dump(table.records())


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


# ---------------------------------------------------------------- for people


def to_markdown(table: Table, *, view: View = PLAIN) -> str:
    """A GitHub-flavoured Markdown table; text is escaped so that it reads as it stands."""
    if not table.columns:
        return ""
    lines = [
        "| " + " | ".join(map(_md_text, table.columns)) + " |",
        "|" + " --- |" * len(table.columns),
        *("| " + " | ".join(_md_cell(term, view) for term in row) + " |" for row in table),
    ]
    return "\n".join(lines) + "\n"


def _md_text(text: str) -> str:
    # An underscore inside a word is no emphasis in GitHub-flavoured Markdown; left alone it stays readable.
    text = re.sub(r"[\\`*\[\]<>|~]|&(?=[#\w]+;)|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", visible(text))
    return text.replace("\t", " ").replace("\n", "<br>")


def _md_cell(term: Term | None, view: View) -> str:
    text = _md_text(shown(term, view))
    if address := linked(term):
        return f"[{text}](<{address.replace('|', '%7C')}>)"
    return text


_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }}
table {{ border-collapse: collapse }}
caption {{ text-align: start; font-weight: 600; padding: .5rem 0 }}
th, td {{ text-align: start; vertical-align: top; padding: .3rem .8rem; border-bottom: 1px solid #bbb }}
td {{ white-space: pre-wrap; overflow-wrap: break-word; max-width: 40rem }}
</style>
</head>
<body>
<main>
{table}</main>
</body>
</html>
"""


def to_html(table: Table, *, view: View = PLAIN) -> str:
    """A page of its own with the table in it: no scripts, nothing loaded from elsewhere."""
    return _PAGE.format(title=_escape(view.title or "Answer"), table=html_table(table, view=view))


def html_table(table: Table, *, view: View = PLAIN) -> str:
    """The table as an HTML element, with a caption and column headers that a screen reader announces."""
    rows = "1 row" if len(table) == 1 else f"{len(table)} rows"
    caption = f"{_escape(view.title)} ({rows})" if view.title else rows
    head = "".join(f'<th scope="col">{_escape(name)}</th>' for name in table.columns)
    body = "".join("<tr>" + "".join(_html_cell(t, view) for t in row) + "</tr>\n" for row in table)
    return (
        f"<table>\n<caption>{caption}</caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def _html_cell(term: Term | None, view: View) -> str:
    # Each cell decides its own direction, so that right-to-left text does not turn its neighbours around.
    text = _escape(shown(term, view))
    if address := linked(term):
        text = f'<a href="{_escape(address)}" rel="noopener noreferrer">{text}</a>'
    language = f' lang="{_escape(term.language)}"' if isinstance(term, Literal) and term.language else ""
    return f'<td dir="auto"{language}>{text}</td>'


def _escape(text: str) -> str:
    from html import escape

    return escape(visible(text))


# ---------------------------------------------------------------- the terminal


def to_terminal(table: Table, *, view: View = PLAIN) -> str:
    """The table as text for a terminal of `view.width` columns.

    An IRI column `x` beside a column `x_label` is shown as one. A table too wide
    to be read as a grid is written row by row, a line for each cell, and links
    there are never broken, so that they can be clicked.
    """
    import shutil

    width = view.width or shutil.get_terminal_size().columns
    columns, rows = _merged(table, view)
    if not rows:
        return "no rows\n"
    needed = sum(max(_readable(row[at]) for row in [columns, *rows]) + 3 for at in range(len(columns))) + 1
    return _grid(columns, rows, width) if needed <= width else _blocks(columns, rows, width)


def _merged(table: Table, view: View) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Column heads and cell texts, each entity column and its label column as one."""
    labels = {name: f"{name}_label" for name in table.columns if f"{name}_label" in table.columns}
    kept = [name for name in table.columns if name not in labels.values()]
    sources = [table.columns.index(labels.get(name, name)) for name in kept]
    return tuple(map(visible, kept)), [tuple(listed(row[at], view) for at in sources) for row in table]


def _readable(text: str) -> int:
    """The least width in which *text* reads well: a few words a line, and no word broken."""
    from rich.cells import cell_len

    longest = max(map(cell_len, text.split()), default=0)
    return max(longest, min(cell_len(text), 24))


def _grid(columns: tuple[str, ...], rows: list[tuple[str, ...]], width: int) -> str:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        grid.add_column(Text(name), overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    return _render(grid, width)


def _render(grid: object, width: int) -> str:
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, _environ={})
    console.print(grid)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n") + "\n"


def _blocks(columns: tuple[str, ...], rows: list[tuple[str, ...]], width: int) -> str:
    import textwrap

    margin = max(map(len, columns)) + 2
    blocks = []
    for number, row in enumerate(rows, 1):
        lines = [f"{number} of {len(rows)}"]
        for name, text in zip(columns, row, strict=True):
            wrapped = [
                part
                for line in text.splitlines()
                for part in textwrap.wrap(
                    line, max(width - margin, 20), break_long_words=False, break_on_hyphens=False
                )
            ]
            lines += [f"{name:<{margin}}{wrapped[0]}"] if wrapped else []
            lines += [" " * margin + more for more in wrapped[1:]]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


WRITERS: Final[dict[str, Callable[[Table, View], str]]] = {
    "table": lambda table, view: to_terminal(table, view=view),
    "csv": lambda table, view: to_csv(table),
    "tsv": lambda table, view: to_tsv(table),
    "sparql-json": lambda table, view: to_sparql_json(table),
    "json": lambda table, view: to_json(table),
    "markdown": lambda table, view: to_markdown(table, view=view),
    "html": lambda table, view: to_html(table, view=view),
}
"""Format name to writer."""


def write(table: Table, form: str, *, view: View = PLAIN) -> str:
    """Write *table* in the format *form*, one of `WRITERS`.

    Raises:
        QueryError: the format is unknown.
    """
    if form not in WRITERS:
        raise QueryError(f"unknown format '{form}'; known are {', '.join(WRITERS)}")
    return WRITERS[form](table, view)
