"""Tables of records as files: CSV with CSVW metadata, and Parquet.

CSV is as RFC 4180 has it, and described by a metadata document (W3C CSV on the Web:
Metadata Vocabulary for Tabular Data, 2015) that gives datatypes, keys and the IRI
of each row. Nothing is added to a cell, so that a text that begins with ``=``
stays that text; see ``docs/exports.md``. Words and keys of a cell with several
are parted by ``|``, which none of them can have in it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kg.errors import KgError
from kg.record_columns import Column, Plan
from kg.record_tables import RecordTable, RecordTables, Row, Value
from kg.terms import expand
from kg.version import VERSION

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

CSVW_METADATA: Final = "csv-metadata.json"
"""The name under which a reader looks for the metadata of the CSV files beside it (CSVW, 5.3)."""

PARQUET_METADATA: Final = "tables.json"
SEPARATOR: Final = "|"


# ---------------------------------------------------------------- CSV on the Web


def csvw(tables: RecordTables, *, title: str, license_: str = "") -> dict[str, str]:
    """The CSV files and their metadata, by name of file.

    >>> from kg.record_tables import record_tables
    >>> sorted(csvw(record_tables([]), title="Nothing"))[:3]
    ['actors.csv', 'arguments.csv', 'attributions.csv']
    """
    files = {f"{table.name}.csv": to_csv(table) for table in tables}
    metadata: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": title,
        **({"dc:license": {"@id": license_}} if license_ else {}),
        "tables": [_described(table, tables) for table in tables],
    }
    return {CSVW_METADATA: json.dumps(metadata, ensure_ascii=False, indent=1) + "\n"} | files


def to_csv(table: RecordTable) -> str:
    """One table as CSV: a line of column names, lines ended by CR LF, nothing for an empty cell."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.plan.columns])
    for row in table:
        writer.writerow(list(map(to_cell, row.values())))
    return out.getvalue()


def to_cell(value: Value) -> str:
    """A value as the text of a CSV cell.

    >>> to_cell(True), to_cell(("b", "c")), to_cell(None), to_cell(3)
    ('true', 'b|c', '', '3')
    """
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


_DATATYPES: Final = {"integer": "integer", "boolean": "boolean", "date": "date", "iri": "anyURI"}


def _described(table: RecordTable, tables: RecordTables) -> dict[str, Any]:
    plan = table.plan
    schema: dict[str, Any] = {"columns": [_column(column) for column in plan.columns]}
    if not plan.spreads:
        schema |= {"primaryKey": "id", "aboutUrl": "{+iri}"}
    keys = [
        {
            "columnReference": column.name,
            "reference": {"resource": f"{column.table}.csv", "columnReference": "id"},
        }
        for column in plan.columns
        if column.kind == "key" and column.table in tables
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "url": f"{plan.name}.csv",
        "dc:description": plan.about,
        "dialect": {"lineTerminators": ["\r\n", "\n"], "encoding": "utf-8", "header": True},
        "tableSchema": schema,
    }


def _column(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.about,
        "datatype": _DATATYPES.get(column.kind, "string"),
    }
    if len(column.path) == 1 and column.path[0][0] != "^":
        found["propertyUrl"] = expand(column.path[0])
    if column.many:
        found["separator"] = SEPARATOR
    if column.kind == "id":
        found["required"] = True
    return found


# ---------------------------------------------------------------- Parquet


def parquet(tables: RecordTables) -> dict[str, bytes | str]:
    """One Parquet file for each table, and a description of all tables and keys, by name of file.

    Raises:
        KgError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
        import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise KgError("Parquet needs pyarrow; run pip install 'standpoint[tools]'") from error

    files: dict[str, bytes | str] = {PARQUET_METADATA: _tables_json(tables)}
    for table in tables:
        notes = {"about": table.plan.about, "written_by": f"standpoint {VERSION}"}
        schema = pa.schema([_field(column) for column in table.plan.columns], metadata=notes)
        rows = pa.Table.from_pylist([_arrow_row(row) for row in table], schema=schema)
        out = pa.BufferOutputStream()
        pq.write_table(rows, out, compression="zstd")
        files[f"{table.name}.parquet"] = out.getvalue().to_pybytes()
    return files


def _arrow_row(row: Row) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _field(column: Column) -> pa.Field:
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

    types: Mapping[str, pa.DataType] = {
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
    plain = types.get(column.kind, pa.string())
    metadata = {"about": column.about} | ({"references": column.table} if column.kind == "key" else {})
    return pa.field(column.name, pa.list_(plain) if column.many else plain, metadata=metadata)


def _tables_json(tables: RecordTables) -> str:
    described = {table.name: _described_plainly(table.plan) for table in tables}
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _described_plainly(plan: Plan) -> dict[str, Any]:
    columns = {
        column.name: {"about": column.about} | ({"references": column.table} if column.kind == "key" else {})
        for column in plan.columns
    }
    return {"about": plan.about, "columns": columns}
