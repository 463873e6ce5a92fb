"""The records of a graph as tables: one for each kind of record, a row for each record, keys between them.

What the tables are is written down once, in `kg.record_columns`; here they are
filled from quads. The tables are what everything that is not RDF is made of: CSV
and Parquet as they stand, and networks, whose nodes and edges are their rows and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from kg.cells import native
from kg.exports import ExportError, read_token
from kg.record_columns import TABLES, Column, Plan
from kg.terms import VOCABULARY, Iri, Literal, Quad, Term, expand, token

Value: TypeAlias = str | int | float | bool | date | tuple[str, ...] | None
"""What stands in a cell: None where nothing is known, a tuple in a column of many values."""

Row: TypeAlias = dict[str, Value]
"""A record: each column of its table by name."""

_A: Final = token(Iri(expand("rdf:type")))


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One kind of record: what its columns are, and the rows, sorted by their first column."""

    plan: Plan
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.plan.name

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class RecordTables:
    """All tables of a graph; *base* is what the IRIs of its corpus start with, where there is just one."""

    tables: tuple[RecordTable, ...]
    base: str = ""

    def __iter__(self) -> Iterator[RecordTable]:
        return iter(self.tables)

    def __getitem__(self, name: str) -> RecordTable:
        return next(table for table in self.tables if table.name == name)

    def __contains__(self, name: object) -> bool:
        return any(table.name == name for table in self.tables)

    @property
    def corpus(self) -> Row:
        """The row of the corpus; an empty one where there is none or more than one."""
        found = self["corpus"].rows
        return found[0] if len(found) == 1 else {column.name: None for column in self["corpus"].plan.columns}

    def without_provenance(self) -> RecordTables:
        """Leave out who coded what from which file; the layer stays, for statements are counted by it."""
        return self._only(lambda part: part.origin != "provenance")

    def without_empty_inferences(self) -> RecordTables:
        """Leave out tables and columns for what is inferred where nothing is."""
        if any(map(_has_inferences, self.tables)):
            return self
        return self._only(lambda part: part.origin != "inferred")

    def _only(self, is_kept: Callable[[Column | Plan], bool]) -> RecordTables:
        kept = [
            replace(table, plan=replace(table.plan, columns=tuple(filter(is_kept, table.plan.columns))))
            for table in self.tables
            if is_kept(table.plan)
        ]
        return replace(self, tables=tuple(_narrowed(table) for table in kept))


def _has_inferences(table: RecordTable) -> bool:
    names = [column.name for column in table.plan.columns if column.origin == "inferred"]
    everything = table.plan.origin == "inferred" and len(table) > 0
    return everything or any(row[name] for row in table for name in names)


def _narrowed(table: RecordTable) -> RecordTable:
    names = [column.name for column in table.plan.columns]
    return replace(table, rows=tuple({name: row[name] for name in names} for row in table.rows))


def record_tables(quads: Iterable[Quad]) -> RecordTables:
    """Fill the tables from *quads*, whatever graphs they stand in.

    Raises:
        ExportError: a record has two values where there can be one.
    """
    facts = _Facts(quads)
    tables = tuple(RecordTable(plan, tuple(_rows(facts, plan))) for plan in TABLES)
    return RecordTables(tables, facts.base).without_empty_inferences()


# ---------------------------------------------------------------- reading quads


@dataclass
class _Facts:
    """What is said about each node, to be looked up both ways."""

    quads: Iterable[Quad]
    _out: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _in: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for subject, predicate, obj in sorted({quad[:3] for quad in self.quads}):
            self._out.setdefault((subject, predicate), []).append(obj)
            if obj[0] == "<":
                self._in.setdefault((obj, predicate), []).append(subject)

    @cached_property
    def base(self) -> str:
        """What the IRIs of the corpus start with; empty where there is not just one corpus."""
        found = self.members("st:Corpus")
        return found[0][1:-1].removesuffix("corpus") if len(found) == 1 else ""

    def members(self, *types: str) -> list[str]:
        found = {node for name in types for node in self._in.get((_iri(name), _A), ())}
        return sorted(found)

    @cached_property
    def homes(self) -> Mapping[str, frozenset[str]]:
        """The nodes that have a row, by the name of their table."""
        return {plan.name: frozenset(self.members(*plan.types)) for plan in TABLES}

    def follow(self, node: str, path: Sequence[str]) -> list[str]:
        """The nodes and values at the end of *path*, each once, in order."""
        found = [node]
        for name in path:
            ways, name = (self._in, name[1:]) if name[0] == "^" else (self._out, name)
            predicate = _iri(name)
            found = [end for start in found for end in ways.get((start, predicate), ())]
        return list(dict.fromkeys(found))

    def key(self, node: str, plan: Plan) -> str:
        """What *node* is called in the table of *plan*: its IRI without what all have in common."""
        iri = node[1:-1]
        start = VOCABULARY if plan.is_vocabulary else self.base + plan.segment
        return iri.removeprefix(start) if start else iri


_IRIS: Final[dict[str, str]] = {}


def _iri(name: str) -> str:
    if name not in _IRIS:
        _IRIS[name] = token(Iri(expand(name)))
    return _IRIS[name]


def _rows(facts: _Facts, plan: Plan) -> Iterator[Row]:
    if plan.spreads:
        yield from _names(facts)
        return
    rows = ({column.name: _cell(facts, plan, column, node) for column in plan.columns}
            for node in facts.members(*plan.types))  # fmt: skip
    yield from sorted(rows, key=lambda row: str(row["id"]))


def _names(facts: _Facts) -> Iterator[Row]:
    """All names and spellings, each with its language: the one thing that is text and many."""
    for plan in TABLES:
        for node in sorted(facts.homes[plan.name] if plan.is_named else ()):
            for predicate in ("skos:prefLabel", "skos:altLabel"):
                for found in facts.follow(node, (predicate,)):
                    name = read_token(found)
                    yield {
                        "table": plan.name,
                        "id": facts.key(node, plan),
                        "name": str(name),
                        "preferred": predicate == "skos:prefLabel",
                        "language": (name.language if isinstance(name, Literal) else "") or None,
                    }


_PLANS: Final = {plan.name: plan for plan in TABLES}


def _cell(facts: _Facts, plan: Plan, column: Column, node: str) -> Value:
    if column.kind == "id":
        return facts.key(node, plan)
    found = facts.follow(node, column.path)
    if column.kind == "type":
        words = (pair.partition("=") for pair in column.table.split())
        return next((word for type_, _, word in words if _iri(type_) in found), None)
    if column.kind == "key":
        target = _PLANS[column.table]
        values: list[Value] = [facts.key(end, target) for end in found if end in facts.homes[target.name]]
    else:
        values = [_plain(_term(end), column.kind) for end in found]
    if column.many:
        return tuple(sorted(map(str, values)))
    return _one(values, plan, column, node) if values else None


_term = lru_cache(maxsize=65536)(read_token)


def _plain(term: Term, kind: str) -> Value:
    if kind == "word":
        return str(term).rpartition("/")[2]
    value = native(term)
    if kind in ("integer", "boolean", "date"):
        return value if not isinstance(value, float) else str(term)
    return str(term)


def _one(values: list[Value], plan: Plan, column: Column, node: str) -> Value:
    if len(values) == 1:
        return values[0]
    if column.kind == "text":  # two coders may remark different things on one document
        return "\n".join(map(str, values))
    raise ExportError(
        f"{node} has {len(values)} values of {column.name}, where the table {plan.name} has room for one "
        f"({', '.join(map(str, values[:3]))}); use a form of RDF, which has room for all"
    )
