"""Networks of the records: the whole graph as nodes and edges with attributes, and the discourse network.

In the *full* network every record is a node or, where it stands between two others
(a tie, a link of an attribution chain, an argument), an edge; keys of the tables
are edges. The *discourse* network is the two-mode network of discourse network
analysis (Leifeld 2017, Discourse Network Analysis: Policy Debates as Dynamic
Networks): actors and proposals, and an edge for each position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kg.record_columns import Column, Plan
from kg.record_tables import RecordTable, RecordTables, Row, Value
from kg.vocabularies import STANCES, Polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node: *type* is a class of the ontology; *start* and *end* are days, the end included, None: open."""

    id: str
    type: str
    label: str
    values: Row
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A directed edge; *type* is a relation of the ontology, in capitals as property graphs have it."""

    id: str
    type: str
    source: str
    target: str
    values: Row
    label: str = ""
    weight: float = 1.0
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Nodes and edges, sorted by type and id."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


VIEWS: Final = ("full", "discourse")


def network(tables: RecordTables, view: str, *, layers: Sequence[str] = ()) -> Network:
    """Make the network of *tables* that *view*, one of `VIEWS`, names.

    The discourse network counts each position once: those of *layers*, without any of
    the layer that questions read.
    """
    return full_network(tables) if view == "full" else discourse_network(tables, layers=layers)


# ---------------------------------------------------------------- everything

NODE_TYPES: Final = {
    "positions": "Position", "conditions": "Condition", "claims": "Claim", "parts": "PlanPart",
    "passages": "Passage", "documents": "Document", "actors": "Actor", "issues": "Issue",
    "proposals": "Proposal", "plans": "Plan", "coders": "Coder", "codings": "Coding", "graphs": "Graph",
    "corpus": "Corpus",
}  # fmt: skip
"""The tables whose rows are nodes; the rows of the rest are edges, or (`names`) attributes."""

_ENDS: Final = {
    "ties": (("actor",), ("other",)),
    "attributions": (("position", "claim", "part"), ("voice",)),
    "arguments": (("claim",), ("proposal", "position", "other_claim")),
    "rollups": (("position",), ("actor",)),
}
"""The tables whose rows are edges: the columns that have the source and the target, one of them filled."""

_TYPES: Final[dict[str, Callable[[Row], str]]] = {
    "ties": lambda row: {"membership": "MEMBER_OF", "part-of": "PART_OF"}.get(str(row["kind"]), "SPEAKS_FOR"),
    "attributions": lambda row: "GIVES_VOICE_TO",
    "arguments": lambda row: str(row["relation"]).upper(),
    "rollups": lambda row: "COUNTS_FOR",
}

_TIMES: Final = {
    "positions": ("held", "uttered", "published"),
    "claims": ("uttered", "published"),
    "parts": ("uttered", "published"),
    "documents": ("published",),
    "plans": ("dated",),
}
"""When a record is there: the first of these times that is known, as the saved questions have it."""


def full_network(tables: RecordTables) -> Network:
    """All records: nothing that the tables say is left out but the vocabularies."""
    aliases = _aliases(tables)
    nodes = [
        node
        for table in tables
        if table.name in NODE_TYPES
        for node in _nodes(table, aliases.get(table.name, {}))
    ]
    edges = [edge for table in tables for edge in _edges(table, tables)]
    return _sorted(str(tables.corpus["title"] or ""), nodes, edges)


def _sorted(title: str, nodes: Iterable[Node], edges: Iterable[Edge]) -> Network:
    return Network(
        title=title,
        nodes=tuple(sorted(nodes, key=lambda node: (node.type, node.id))),
        edges=tuple(sorted(edges, key=lambda edge: (edge.type, edge.id))),
    )


def _aliases(tables: RecordTables) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for row in tables["names"]:
        if not row["preferred"]:
            found.setdefault(str(row["table"]), {}).setdefault(str(row["id"]), []).append(str(row["name"]))
    return found


def node_id(plan: Plan, key: Value) -> str:
    """What the record *key* of the table *plan* is called in a network: its prefixed name in the graph."""
    return f"{plan.segment[:-1]}:{key}" if plan.segment and "://" not in str(key) else str(key)


def _nodes(table: RecordTable, aliases: dict[str, list[str]]) -> Iterator[Node]:
    kept = [column.name for column in table.plan.columns if _is_value(column)]
    for row in table:
        more: Row = {"aliases": tuple(aliases.get(str(row["id"]), ()))} if table.plan.is_named else {}
        start, end = interval(row, _TIMES.get(table.name, ()))
        yield Node(
            id=node_id(table.plan, row["id"]),
            type=NODE_TYPES[table.name],
            label=_label(table.name, row),
            values={name: row[name] for name in kept if name != "label"} | more,
            start=start,
            end=end,
        )


def _is_value(column: Column) -> bool:
    """Whether a column is an attribute: no name of the node itself, and no edge to another."""
    return column.kind != "id" and (column.kind != "key" or column.origin == "joined")


def _label(table: str, row: Row) -> str:
    if table == "positions":
        return f"{row['holder_label']} {str(row['stance']).replace('-', ' ')} {row['proposal_label']}"
    for name in ("label", "title", "gist", "first_words", "kind", "file"):
        if row.get(name):
            return str(row[name])
    return str(row["id"])


def interval(row: Row, names: Sequence[str]) -> tuple[date | None, date | None]:
    """The outermost days of the first of the times *names* that *row* has; None where open or unknown."""
    for name in names:
        if row[name] is not None:
            return _day(row[f"{name}_earliest"]), _day(row[f"{name}_latest"])
    return None, None


def _day(value: Value) -> date | None:
    return value if isinstance(value, date) else None


# ---------------------------------------------------------------- edges


def _edges(table: RecordTable, tables: RecordTables) -> Iterator[Edge]:
    if table.name in _ENDS:
        yield from _row_edges(table, tables)
    for column in table.plan.columns:
        if table.name in NODE_TYPES and not _is_value(column) and column.table in NODE_TYPES:
            yield from _key_edges(table, column, tables)


def _row_edges(table: RecordTable, tables: RecordTables) -> Iterator[Edge]:
    """An edge for each row of a table whose records stand between two others."""
    ends = [name for names in _ENDS[table.name] for name in names]
    kept = [c.name for c in table.plan.columns if c.name not in (*ends, "id")]
    for row in table:
        source, target = (
            next((_end(table.plan.column(name), row[name], tables) for name in names if row[name]), None)
            for names in _ENDS[table.name]
        )
        if source and target:
            type_ = _TYPES[table.name](row)
            yield Edge(
                id=node_id(table.plan, row["id"]) if table.plan.segment else str(row["iri"]),
                type=type_,
                source=source,
                target=target,
                label=_words(type_),
                values={name: row[name] for name in kept},
                start=_day(row.get("since_earliest")),
                end=_day(row.get("until_latest")),
            )


def _key_edges(table: RecordTable, column: Column, tables: RecordTables) -> Iterator[Edge]:
    """An edge for each key in *column*; it points the way its property does."""
    predicate = column.path[-1]
    type_ = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", predicate.partition(":")[2]).upper()
    for row in table:
        here = node_id(table.plan, row["id"])
        value = row[column.name]
        for key in value if isinstance(value, tuple) else () if value is None else (value,):
            there = _end(column, key, tables)
            source, target = (there, here) if predicate.startswith("^") else (here, there)
            yield Edge(
                id=f"{source} {type_} {target}",
                type=type_,
                source=source,
                target=target,
                label=_words(type_),
                values={},
            )


def _end(column: Column, key: Value, tables: RecordTables) -> str:
    return node_id(tables[column.table].plan, key)


def _words(type_: str) -> str:
    return type_.lower().replace("_", " ")


# ---------------------------------------------------------------- who stands where on what

_RANKS: Final = {stance: rank for rank, stance in enumerate(STANCES)}
_NEUTRAL: Final = next(rank for rank, polarity in enumerate(STANCES.values()) if polarity is Polarity.NEUTRAL)


def score(stance: str) -> float:
    """Where *stance* is on the scale: 1 most for, 0 undecided, -1 most against, in equal steps on each side.

    >>> [score(stance) for stance in ("proposes", "open-to", "undecided", "opposes", "rules-out")]
    [1.0, 0.167, 0.0, -0.5, -1.0]
    """
    away = _NEUTRAL - _RANKS[stance]
    steps = _NEUTRAL if away > 0 else len(STANCES) - 1 - _NEUTRAL
    return round(away / steps, 3)


_LEAST: Final = 0.1
"""The weight of the undecided: layouts and centralities take no edge of weight 0, and none below."""


def discourse_network(tables: RecordTables, *, layers: Sequence[str] = ()) -> Network:
    """Actors, proposals, and an edge for each position of *layers* (default: the layer questions read)."""
    wanted = layers or (str(tables.corpus["default_layer"] or "main"),)
    rows = [row for row in tables["positions"] if row["layer"] in wanted]
    used = {
        "actors": {row["holder"] for row in rows},
        "proposals": {row["proposal"] for row in rows},
    }
    nodes = [
        node
        for name, keys in used.items()
        for node in _nodes(
            RecordTable(tables[name].plan, tuple(row for row in tables[name] if row["id"] in keys)),
            _aliases(tables).get(name, {}),
        )
    ]
    issues = {node_id(tables["proposals"].plan, row["id"]): row["issues"] for row in tables["proposals"]}
    for node in nodes:
        if node.id in issues:
            node.values["issues"] = issues[node.id]
    conditions = _conditions(tables)
    edges = (_stance(row, tables, conditions) for row in rows)
    return _sorted(str(tables.corpus["title"] or ""), nodes, edges)


def _conditions(tables: RecordTables) -> dict[Value, tuple[str, ...]]:
    """What each position depends on, in words."""
    proposals = {row["id"]: row["label"] for row in tables["proposals"]}
    actors = {row["id"]: row["label"] for row in tables["actors"]}
    found: dict[Value, tuple[str, ...]] = {}
    for row in tables["conditions"]:
        words = [str(row["kind"]).replace("-", " "), proposals.get(row["proposal"]) or row["in_return"]]
        words += [f"by {actors[row['done_by']]}"] if row["done_by"] else []
        words += [f"({row['gist']})" if words[1] else row["gist"]] if row["gist"] else []
        found[row["position"]] = (*found.get(row["position"], ()), " ".join(str(w) for w in words if w))
    return found


def _stance(row: Row, tables: RecordTables, conditions: Mapping[Value, tuple[str, ...]]) -> Edge:
    plan = tables["positions"].plan
    stance = str(row["stance"])
    start, end = interval(row, _TIMES["positions"])
    left_out = ("id", "holder", "proposal", "holder_label", "proposal_label")
    return Edge(
        id=node_id(plan, row["id"]),
        type=stance.upper().replace("-", "_"),
        source=node_id(tables["actors"].plan, row["holder"]),
        target=node_id(tables["proposals"].plan, row["proposal"]),
        label=stance.replace("-", " "),
        weight=max(abs(score(stance)), _LEAST),
        values={c.name: row[c.name] for c in plan.columns if c.name not in left_out}
        | {"score": score(stance), "conditions": conditions.get(row["id"], ())},
        start=start,
        end=end,
    )
