"""Cypher runs in an engine that speaks it; the importer's CSV keeps the importer's rules."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import kuzu
import pytest
from export_samples import HOSTILE, as_said, hostile, said

from kg.corpora import Seeds
from kg.networks import Network, Node, network
from kg.property_graphs import ARGUMENTS, cypher, neo4j
from kg.record_tables import record_tables
from kg.store import Store

KINDS = {
    "long": "INT64",
    "boolean": "BOOL",
    "": "STRING",
    "string[]": "STRING[]",
    "date": "DATE",
    "double": "DOUBLE",
}


@pytest.fixture(scope="module")
def full(world_store: Store) -> Network:
    return network(record_tables(world_store.quads()), "full")


def tables(files: dict[str, str]) -> Iterator[tuple[str, str, dict[str, str], list[dict[str, Any]]]]:
    """Of each CSV file: nodes or relationships, its type, the types of its columns, its rows as values."""
    for name, text in files.items():
        if name.endswith(".csv"):
            folder, _, type_ = name.removesuffix(".csv").partition("/")
            rows = list(csv.reader(io.StringIO(text, newline="")))
            heads = [head if head.startswith(":") else head.partition(":")[0] for head in rows[0]]
            kinds = [head.partition(":")[2] if not head.startswith(":") else "" for head in rows[0]]
            assert all(len(row) == len(heads) for row in rows)
            typed = [
                {head: cell(text, kind) for head, kind, text in zip(heads, kinds, row, strict=True)}
                for row in rows[1:]
            ]
            yield folder, type_, dict(zip(heads, kinds, strict=True)), typed


def cell(text: str, kind: str) -> object:
    readers = {"long": int, "boolean": {"true": True, "false": False}.__getitem__, "double": float,
               "date": date.fromisoformat, "string[]": lambda text: text.split("|")}  # fmt: skip
    return None if text == "" else readers.get(kind, str)(text)


def test_the_csv_files_keep_the_rules_of_the_importer(full: Network) -> None:
    files = neo4j(full)
    ids: set[str] = set()
    ends: set[str] = set()
    for folder, _, kinds, rows in tables(files):
        assert set(kinds.values()) <= {"", "ID", "long", "boolean", "date", "double", "string[]"}
        if folder == "nodes":
            assert next(iter(kinds.items())) == ("id", "ID")
            here = [row["id"] for row in rows]
            assert len(set(here) | ids) == len(ids) + len(here)
            ids |= set(here)
        else:
            assert list(kinds)[:2] == [":START_ID", ":END_ID"]
            ends |= {row[end] for row in rows for end in (":START_ID", ":END_ID")}
    assert ends <= ids
    assert ids == {node.id for node in full.nodes}


def test_the_arguments_name_every_file_with_its_type(full: Network) -> None:
    files = neo4j(full)
    named = dict(
        re.findall(
            r"^--(?:nodes|relationships)=\w+=((?:nodes|relationships)/(\w+)\.csv)$", files[ARGUMENTS], re.M
        )
    )
    assert named == {name: name.partition("/")[2][:-4] for name in files if name.endswith(".csv")}
    assert "--array-delimiter=|\n--multiline-fields=true" in files[ARGUMENTS]


def test_every_position_comes_back_from_the_csv_files(full: Network, world_seeds: Seeds) -> None:
    found = {(folder, type_): rows for folder, type_, _, rows in tables(neo4j(full))}
    to = {
        type_: {row[":START_ID"]: row[":END_ID"].partition(":")[2] for row in found["relationships", type_]}
        for type_ in ("HELD_BY", "ON_PROPOSAL")
    }
    rows = [
        row | {"id": row["id"].removeprefix("position:"), "holder": to["HELD_BY"][row["id"]],
               "proposal": to["ON_PROPOSAL"][row["id"]], "functions": tuple(row["functions"] or ())}
        for row in found["nodes", "Position"]
    ]  # fmt: skip
    assert {as_said(row) for row in rows} == {each.key() for each in said(world_seeds).values()}


# ---------------------------------------------------------------- Cypher


def run(found: Network) -> kuzu.Connection:
    """A database that has run the Cypher of *found*; the columns of the CSV files declare its tables."""
    connection = kuzu.Connection(kuzu.Database(":memory:"))
    types = {node.id: node.type for node in found.nodes}
    pairs: dict[str, set[tuple[str, str]]] = {}
    for edge in found.edges:
        pairs.setdefault(edge.type, set()).add((types[edge.source], types[edge.target]))
    for folder, type_, kinds, _ in tables(neo4j(found)):
        columns = ", ".join(f"`{n}` {KINDS.get(kind, 'STRING')}" for n, kind in kinds.items() if n[0] != ":")
        if folder == "nodes":
            connection.execute(f"CREATE NODE TABLE {type_}({columns}, PRIMARY KEY(id))")
        else:
            ends = ", ".join(f"FROM {a} TO {b}" for a, b in sorted(pairs[type_]))
            connection.execute(f"CREATE REL TABLE {type_}({ends}, {columns})")
    execute(connection, found)
    return connection


def execute(connection: kuzu.Connection, found: Network) -> None:
    # Its own constraints the engine has declared already, with its tables.
    # It knows no escape but that of quotes and backslashes, and takes line feeds as they are.
    raw = {"n": "\n", "r": "\r", "t": "\t"}
    for statement in "".join(cypher(found)).split(";\n"):
        if statement and not statement.startswith("CREATE CONSTRAINT"):
            connection.execute(re.sub(r"\\(.)", lambda m: raw.get(m[1], m[0]), statement))


def rows(connection: kuzu.Connection, query: str) -> list[list[Any]]:
    result = connection.execute(query)
    assert isinstance(result, kuzu.QueryResult)
    return [list(row) for row in result]


@pytest.fixture(scope="module")
def database(full: Network) -> kuzu.Connection:
    return run(full)


def bare(node: str) -> str:
    return node.partition(":")[2]


POSITIONS = """MATCH (a:Actor)<-[:HELD_BY]-(p:Position)-[:ON_PROPOSAL]->(q:Proposal)
RETURN p.id, a.id, p.stance, q.id, p.functions, p.held, p.uttered, p.published, p.document, p.gist, p.start"""


def test_every_position_comes_back_through_cypher(database: kuzu.Connection, world_seeds: Seeds) -> None:
    found = rows(database, POSITIONS)
    assert {
        (bare(id_), bare(holder), stance, bare(proposal), tuple(functions or ()), *rest)
        for id_, holder, stance, proposal, functions, *rest, _ in found
    } == {each.key() for each in said(world_seeds).values()}
    assert len(found) == len(said(world_seeds))
    assert all(isinstance(row[-1], date) or row[-1] is None for row in found)


def test_every_node_and_relationship_is_made(database: kuzu.Connection, full: Network) -> None:
    assert rows(database, "MATCH (n) RETURN count(*)") == [[len(full.nodes)]]
    assert rows(database, "MATCH ()-[r]->() RETURN count(*)") == [[len(full.edges)]]


def test_running_it_twice_equals_once(world_store: Store) -> None:
    found = network(record_tables(world_store.quads()), "discourse")
    connection = run(found)
    execute(connection, found)
    assert rows(connection, "MATCH (n) RETURN count(*)") == [[len(found.nodes)]]
    assert rows(connection, "MATCH ()-[r]->() RETURN count(*)") == [[len(found.edges)]]


def test_there_is_a_constraint_for_each_type_of_node(full: Network) -> None:
    text = "".join(cypher(full))
    found = re.findall(
        r"^CREATE CONSTRAINT \w+ IF NOT EXISTS FOR \(n:(\w+)\) REQUIRE n.id IS UNIQUE;$", text, re.M
    )
    assert set(found) == {node.type for node in full.nodes}


def test_hostile_texts_come_back_from_both(world_seeds: Seeds) -> None:
    found = network(record_tables(hostile(world_seeds)), "discourse")
    wanted = {edge.values["gist"] for edge in found.edges}
    assert wanted == set(HOSTILE)
    assert {row[0] for row in rows(run(found), "MATCH ()-[r]->() RETURN r.gist")} == wanted
    files = [(folder, lines) for folder, _, _, lines in tables(neo4j(found))]
    assert {row["gist"] for folder, lines in files if folder != "nodes" for row in lines} == wanted
    aliases = {
        alias
        for folder, lines in files
        if folder == "nodes"
        for row in lines
        for alias in row["aliases"] or ()
    }
    assert aliases & {text.replace("|", "¦") for text in HOSTILE}


def test_a_bar_in_an_alias_does_not_break_the_list() -> None:
    lane = Node(id="actor:lane", type="Actor", label="Lane", values={"aliases": ("a|b", "c")})
    found = Network(title="", nodes=(lane,), edges=())
    ((_, _, _, lines),) = tables(neo4j(found))
    assert lines[0]["aliases"] == ["a¦b", "c"]
    assert rows(run(found), "MATCH (a) RETURN a.aliases") == [[["a|b", "c"]]]


def test_an_empty_network_is_no_statement() -> None:
    empty = network(record_tables([]), "full")
    assert "".join(cypher(empty)) == ""
    assert list(neo4j(empty)) == [ARGUMENTS]
