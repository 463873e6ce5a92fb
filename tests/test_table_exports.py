"""CSV on the Web and Parquet are read back by the tools they are for."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path

import csvw as csvw_library
import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from export_samples import HOSTILE, as_said, hostile, said

from kg.corpora import Seeds
from kg.errors import KgError
from kg.record_tables import RecordTables, record_tables
from kg.store import Store
from kg.table_exports import CSVW_METADATA, PARQUET_METADATA, csvw, parquet, to_csv


@pytest.fixture(scope="module")
def tables(world_store: Store) -> RecordTables:
    return record_tables(world_store.quads())


@pytest.fixture(scope="module")
def folder(tables: RecordTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    files = csvw(tables, title="Harbour", license_="https://e.org/l") | parquet(tables)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


def test_the_csvw_library_finds_metadata_and_data_valid(folder: Path) -> None:
    found = csvw_library.CSVW(str(folder / CSVW_METADATA), validate=True, strict=False)
    assert found.is_valid, found.warnings
    assert found.common_props["dc:title"] == "Harbour"


def test_the_csvw_library_finds_a_key_that_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    for file in folder.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    data = (folder / "positions.csv").read_bytes()
    (tmp_path / "positions.csv").write_bytes(data.replace(b",zoe-brandt,", b",nobody,", 1))
    with pytest.raises(ValueError, match="nobody"):
        assert csvw_library.CSVW(str(tmp_path / CSVW_METADATA), validate=True, strict=False).is_valid


def test_every_position_comes_back_through_the_csvw_library(folder: Path, world_seeds: Seeds) -> None:
    group = csvw_library.TableGroup.from_file(folder / CSVW_METADATA)
    table = next(table for table in group.tables if str(table.url) == "positions.csv")
    rows = [row | {"functions": tuple(row["functions"])} for row in table]
    assert {as_said(row) for row in rows} == {each.key() for each in said(world_seeds).values()}
    assert len(rows) == len(said(world_seeds))
    assert isinstance(rows[0]["published_earliest"], date)


def test_the_metadata_name_the_iri_and_the_property_of_each_cell(folder: Path) -> None:
    metadata = json.loads((folder / CSVW_METADATA).read_text(encoding="utf-8"))
    schema = next(t for t in metadata["tables"] if t["url"] == "positions.csv")["tableSchema"]
    assert schema["aboutUrl"] == "{+iri}"
    holder = next(column for column in schema["columns"] if column["name"] == "holder")
    assert holder["propertyUrl"] == "https://w3id.org/standpoint/ontology#heldBy"
    key = {"columnReference": "holder", "reference": {"resource": "actors.csv", "columnReference": "id"}}
    assert key in schema["foreignKeys"]


READERS = {
    "pandas": lambda folder: pd.read_parquet(folder / "positions.parquet").to_dict("records"),
    "polars": lambda folder: pl.read_parquet(folder / "positions.parquet").to_dicts(),
    "pyarrow": lambda folder: pq.read_table(folder / "positions.parquet").to_pylist(),
    "duckdb": lambda folder: (
        duckdb.connect().sql(f"SELECT * FROM '{folder}/positions.parquet'").to_arrow_table().to_pylist()
    ),
}


def cell(name: str, value: object) -> object:
    """A value as it is in the tables: pandas has arrays for lists, and NaN where there is none."""
    if name == "functions":
        return tuple(value)  # type: ignore[call-overload]
    return None if isinstance(value, float) else value


@pytest.mark.parametrize("reader", READERS)
def test_every_position_comes_back_from_parquet(reader: str, folder: Path, world_seeds: Seeds) -> None:
    rows = READERS[reader](folder)
    plain = [{name: cell(name, value) for name, value in row.items()} for row in rows]
    assert {as_said(row) for row in plain} == {each.key() for each in said(world_seeds).values()}
    assert len(rows) == len(said(world_seeds))


def test_parquet_has_every_row_of_every_table_with_its_types(folder: Path, tables: RecordTables) -> None:
    for table in tables:
        found = pq.read_table(folder / f"{table.name}.parquet")
        assert found.to_pylist() == [
            {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
            for row in table
        ]
    positions = pq.read_schema(folder / "positions.parquet")
    assert str(positions.field("held_earliest").type) == "date32[day]"
    assert positions.field("holder").metadata[b"references"] == b"actors"


def test_tables_join_in_duckdb_as_the_documentation_says(folder: Path) -> None:
    found = duckdb.connect().execute(
        f"""SELECT a.label, p.stance FROM '{folder}/positions.parquet' p
            JOIN '{folder}/actors.parquet' a ON a.id = p.holder
            WHERE list_contains(p.functions, 'security-guarantee') ORDER BY ALL"""
    )
    assert ("Ada Lane", "proposes") in found.fetchall()


def test_the_same_graph_gives_the_same_bytes(tables: RecordTables, world_store: Store) -> None:
    again = record_tables(sorted(world_store.quads(), reverse=True))
    assert csvw(tables, title="x") == csvw(again, title="x")
    assert parquet(tables) == parquet(again)
    assert json.loads(str(parquet(tables)[PARQUET_METADATA])).keys() == {table.name for table in tables}


def test_hostile_texts_come_back_as_they_are(world_seeds: Seeds) -> None:
    tables = record_tables(hostile(world_seeds))
    wanted = {row["gist"] for row in tables["positions"]}
    assert wanted >= set(HOSTILE)
    read = pd.read_csv(io.StringIO(to_csv(tables["positions"]), newline=""), keep_default_na=False)
    assert set(read["gist"]) == wanted
    files = parquet(tables)
    data = files["positions.parquet"]
    assert isinstance(data, bytes)
    assert set(pl.read_parquet(io.BytesIO(data))["gist"]) == wanted


def test_without_pyarrow_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KgError, match=r"Parquet needs pyarrow; run pip install 'standpoint\[tools\]'"):
        parquet(record_tables([]))


def test_lines_of_csv_end_as_rfc_4180_has_it(tables: RecordTables) -> None:
    text = to_csv(tables["actors"])
    assert text.count("\r\n") == len(tables["actors"]) + 1
    assert text.endswith("\r\n")


def test_an_empty_graph_has_empty_tables() -> None:
    files = parquet(record_tables([]))
    data = files["positions.parquet"]
    assert isinstance(data, bytes)
    assert pq.read_table(io.BytesIO(data)).num_rows == 0
    assert csvw(record_tables([]), title="")["corpus.csv"].startswith("id,iri,title")
