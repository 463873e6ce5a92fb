"""Networks for property-graph databases: CSV for Neo4j's bulk importer, and Cypher.

The CSV files follow the header rules of ``neo4j-admin database import`` (Neo4j
Operations Manual, Import): one file for each type of node and relationship, types
of values after the names, keys in one id space. Cypher is that of openCypher 9 and
`date()`; it merges by id, so that running it twice equals once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from kg.network_exports import plain
from kg.networks import Edge, Network, Node
from kg.record_tables import Row, Value

ARGUMENTS: Final = "import.args"
"""The file of arguments that `neo4j-admin database import full @import.args` reads."""

_AT_ONCE: Final = 200


def _node_row(node: Node) -> Row:
    return {"id": node.id, "label": node.label, "start": node.start, "end": node.end} | node.values


def _edge_row(edge: Edge) -> Row:
    about: Row = {"id": edge.id, "start": edge.start, "end": edge.end}
    weight: Row = {"weight": edge.weight} if "score" in edge.values else {}
    return about | weight | edge.values


def _ended_row(edge: Edge) -> Row:
    ends: Row = {"from": edge.source, "to": edge.target}
    return ends | _edge_row(edge)


def _groups(network: Network) -> Iterator[tuple[str, list[Node]]]:
    for type_, nodes in groupby(network.nodes, key=lambda node: node.type):
        yield type_, list(nodes)


def _edge_groups(network: Network) -> Iterator[tuple[str, str, str, list[Edge]]]:
    """Edges of one type between nodes of one type each: relation, source's and target's type, edges."""
    types = {node.id: node.type for node in network.nodes}
    ends: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in network.edges:
        ends.setdefault((edge.type, types[edge.source], types[edge.target]), []).append(edge)
    for (type_, source, target), edges in sorted(ends.items()):
        yield type_, source, target, edges


def columns(rows: Iterable[Row]) -> dict[str, str]:
    """The columns in use, in their order, with their Neo4j types; those with nothing in them are left out.

    >>> columns([{"a": 1, "b": None}, {"a": 2, "b": ("x",)}])
    {'a': 'long', 'b': 'string[]'}
    """
    names: dict[str, str] = {}
    kinds = {bool: "boolean", int: "long", float: "double", date: "date", tuple: "string[]"}
    for row in rows:
        for name, value in row.items():
            if value is not None and value != ():
                names.setdefault(name, kinds.get(type(value), "string"))
    order = list(dict.fromkeys(name for row in rows for name in row))
    return {name: names[name] for name in order if name in names}


# ---------------------------------------------------------------- CSV for the importer


def neo4j(network: Network) -> dict[str, str]:
    """The CSV files and the file of arguments, by name."""
    files: dict[str, str] = {}
    arguments = ["--array-delimiter=|", "--multiline-fields=true", "--id-type=string"]
    for type_, nodes in _groups(network):
        rows = [_node_row(node) for node in nodes]
        files[f"nodes/{type_}.csv"] = _csv("id:ID", rows, [()] * len(rows))
        arguments.append(f"--nodes={type_}=nodes/{type_}.csv")
    for type_, edges in groupby(network.edges, key=lambda edge: edge.type):
        found = list(edges)
        ends = [(edge.source, edge.target) for edge in found]
        files[f"relationships/{type_}.csv"] = _csv("id", [_edge_row(edge) for edge in found], ends)
        arguments.append(f"--relationships={type_}=relationships/{type_}.csv")
    return {ARGUMENTS: "\n".join(arguments) + "\n"} | files


def _csv(id_: str, rows: Sequence[Row], ends: Sequence[tuple[str, ...]]) -> str:
    kinds = columns(rows)
    heads = [
        id_ if name == "id" else name if kind == "string" else f"{name}:{kind}"
        for name, kind in kinds.items()
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*((":START_ID", ":END_ID") if any(ends) else ()), *heads])
    for row, end in zip(rows, ends, strict=True):
        values = (row.get(name) for name in kinds)
        writer.writerow([*end, *("" if value is None else plain(value) for value in values)])
    return out.getvalue()


# ---------------------------------------------------------------- Cypher


def cypher(network: Network) -> Iterator[str]:
    """Cypher statements, each ended by a semicolon: constraints, nodes, relationships."""
    for type_, _ in _groups(network):
        yield f"CREATE CONSTRAINT {type_.lower()}_id IF NOT EXISTS FOR (n:{type_}) REQUIRE n.id IS UNIQUE;\n"
    for type_, nodes in _groups(network):
        for names, rows in _batches(map(_node_row, nodes)):
            yield f"UNWIND {_list(rows)} AS row\nMERGE (n:{type_} {{id: row.id}})"
            yield f"\nSET {_sets('n', names)};\n"
    for type_, source, target, edges in _edge_groups(network):
        for names, rows in _batches(map(_ended_row, edges)):
            yield f"UNWIND {_list(rows)} AS row\n"
            yield f"MATCH (a:{source} {{id: row.`from`}}), (b:{target} {{id: row.`to`}})\n"
            sets = _sets("r", names)
            yield f"MERGE (a)-[r:{type_} {{id: row.id}}]->(b)" + (f"\nSET {sets};\n" if sets else ";\n")


def _batches(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows with the same columns filled, some at a time: so no null is written, which has no type."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        known: Row = {name: value for name, value in row.items() if value is not None and value != ()}
        alike.setdefault(tuple(known), []).append(known)
    for names, found in alike.items():
        for start in range(0, len(found), _AT_ONCE):
            yield names, found[start : start + _AT_ONCE]


def _sets(variable: str, names: Iterable[str]) -> str:
    given = (name for name in names if name not in ("id", "from", "to"))
    return ", ".join(f"{variable}.`{name}` = row.`{name}`" for name in given)


def _list(rows: Iterable[Row]) -> str:
    maps = ("{" + ", ".join(f"`{name}`: {literal(row[name])}" for name in row) + "}" for row in rows)
    return "[\n  " + ",\n  ".join(maps) + "\n]"


def literal(value: Value) -> str:
    r"""A value as a literal of Cypher (openCypher 9, Literals).

    >>> print(literal("it's \\ here\n"), literal(("a",)), literal(date(2024, 5, 1)))
    'it\'s \\ here\n' ['a'] date('2024-05-01')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "'" + "".join(escapes.get(char, char) for char in value) + "'"
