"""The tables say what the graph says: nothing is lost on the way, and nothing added."""

from __future__ import annotations

from datetime import date

import pytest
from export_samples import as_said, said

from kg.corpora import Seeds
from kg.exports import ExportError, read_token, without_inferred
from kg.record_columns import TABLES, Column, Plan
from kg.record_tables import RecordTables, Row, Value, record_tables
from kg.store import Store
from kg.terms import PREFIXES, Iri, Literal, Quad, expand, token


@pytest.fixture(scope="module")
def tables(world_store: Store) -> RecordTables:
    return record_tables(world_store.quads())


def test_every_position_of_the_files_is_a_row(tables: RecordTables, world_seeds: Seeds) -> None:
    rows = {as_said(row) for row in tables["positions"]}
    assert rows == {each.key() for each in said(world_seeds).values()}
    assert len(tables["positions"]) == len(rows)


def test_every_position_of_the_shipped_corpus_is_in_tables_networks_and_nanopublications(
    real_store: Store, real_seeds: Seeds
) -> None:
    from kg.nanopublications import nanopublications
    from kg.networks import network

    wanted = said(real_seeds)
    tables = record_tables(real_store.quads())
    assert {as_said(row) for row in tables["positions"]} == {each.key() for each in wanted.values()}
    assert len(tables["positions"]) == len(wanted)
    full = network(tables, "full")
    assert sum(node.type == "Position" for node in full.nodes) == len(wanted)
    assert len({edge.id for edge in full.edges}) == len(full.edges)
    counted = sum(each.layer == real_seeds.corpus.layer for each in wanted.values())
    assert len(network(tables, "discourse").edges) == counted
    assert sum(1 for _ in nanopublications(real_store.quads())) == len(wanted)


def test_every_record_of_the_files_is_a_row(tables: RecordTables, world_seeds: Seeds) -> None:
    annotations = world_seeds.annotations
    counts = {
        "positions": sum(len(each.positions) for each in annotations),
        "claims": sum(len(each.claims) for each in annotations),
        "parts": sum(len(each.parts) for each in annotations),
        "passages": sum(len(each.passages) for each in annotations),
        "documents": len({each.document.id for each in annotations}),
        "codings": len(annotations),
        "conditions": sum(len(p.conditions) for each in annotations for p in each.positions),
        "arguments": sum(len(c.supports) + len(c.undercuts) for each in annotations for c in each.claims),
    }
    assert {name: len(tables[name]) for name in counts} == counts


DERIVED = {
    # Undated ties and voices are in the tables ties and attributions; types follow from the table.
    "st:memberOf", "st:speaksFor", "st:partOf", "st:innermostAttribution", "rdf:type", "oa:hasSource",
    "st:inText", "oa:hasSelector", "oa:start", "oa:end", "skos:prefLabel", "skos:altLabel", "prov:used",
    "prov:wasDerivedFrom", "prov:wasAttributedTo", "st:path", "st:sha256", "st:hasAttribution",
    "st:hasCondition", "st:hasArgument",
    # What is the same for all words of a scheme, and about vocabularies rather than from them.
    "skos:topConceptOf", "skos:hasTopConcept", "skos:inScheme",
}  # fmt: skip


def stated(table: str, column: Column, row: Row) -> set[tuple[str, str, str]]:
    """The statements that a cell of a column with a path of one step stands for."""
    subject, predicate = f"<{row['iri']}>", f"<{expand(column.path[0])}>"
    value = row[column.name]
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return {(subject, predicate, str(each)) for each in values}


def plain(quad: Quad, plans: dict[str, Plan], base: str) -> tuple[str, str, str]:
    """A statement with its object as the cell of a table has it."""
    term = read_token(quad.object)
    text = str(term)
    if isinstance(term, Iri):
        for segment in sorted((plan.segment for plan in plans.values() if plan.segment), key=len):
            text = text.removeprefix(base + segment)
        if text.startswith("https://w3id.org/standpoint/") and "#" not in text:
            text = text.rpartition("/")[2]
    if isinstance(term, Literal) and term.datatype.endswith("boolean"):
        text = str(text == "true")
    return quad.subject, quad.predicate, text


def test_the_statements_of_the_graph_can_be_read_back_from_the_tables(
    tables: RecordTables, world_store: Store
) -> None:
    known = {row["iri"] for table in tables if not table.plan.spreads for row in table}
    plans = {plan.name: plan for plan in TABLES}
    derived = {f"<{expand(name)}>" for name in DERIVED}
    wanted = {
        plain(quad, plans, tables.base)
        for quad in without_inferred(world_store.quads())
        if quad.predicate not in derived and quad.subject[1:-1] in known
    }
    found = {
        statement
        for table in record_tables(without_inferred(world_store.quads()))
        for column in table.plan.columns
        if len(column.path) == 1 and column.path[0][0] != "^" and column.kind != "type"
        for row in table
        for statement in stated(table.name, column, row)
    }
    assert wanted - found == set()
    assert {s for s in found - wanted if s[1] not in derived} == set()


def test_every_name_and_spelling_is_in_the_table_of_names(tables: RecordTables, world_store: Store) -> None:
    wanted = {
        read_token(quad.object)
        for quad in world_store.quads()
        if quad.predicate.endswith(("prefLabel>", "altLabel>")) and quad.subject[1:].startswith(tables.base)
    }
    assert {Literal(str(r["name"]), language=str(r["language"])) for r in tables["names"]} == wanted


def test_keys_lead_to_rows(tables: RecordTables) -> None:
    ids = {table.name: {row.get("id") for row in table} for table in tables}
    for table in tables:
        for column in table.plan.columns:
            for row in table:
                value: Value = row[column.name]
                keys = value if isinstance(value, tuple) else () if value is None else (value,)
                assert column.kind != "key" or set(keys) <= ids[column.table]


def test_ids_are_unique(tables: RecordTables) -> None:
    for table in tables:
        if not table.plan.spreads:
            assert len({row["id"] for row in table}) == len(table)


def test_without_provenance_nobody_is_named_who_coded(tables: RecordTables) -> None:
    left = tables.without_provenance()
    assert {"codings", "graphs"} & {table.name for table in left} == set()
    assert all("coding" not in row for table in left for row in table)
    assert [row["layer"] for row in left["positions"]] == [row["layer"] for row in tables["positions"]]


def test_without_inferences_there_are_no_columns_for_them(tables: RecordTables, world_store: Store) -> None:
    left = record_tables(without_inferred(world_store.quads()))
    assert "rollups" in tables
    assert "rollups" not in left
    assert "within" in tables["issues"].rows[0]
    assert "within" not in left["issues"].rows[0]


def test_one_inference_is_enough_for_their_columns(world_store: Store) -> None:
    stated = without_inferred(world_store.quads())
    lane = f"<{record_tables(stated).base}actor/ada-lane>"
    within = Quad(lane, f"<{expand('st:actsWithin')}>", lane, "<urn:g>")
    found = {row["id"]: row for row in record_tables([*stated, within])["actors"]}
    assert found["ada-lane"]["acts_within"] == ("ada-lane",)


def test_two_values_where_one_fits_are_refused_with_their_names() -> None:
    base = "https://e.org/"
    graph = [
        Quad(f"<{base}document/d>", f"<{expand('rdf:type')}>", f"<{expand('st:Document')}>", "<urn:g>"),
        *(
            Quad(f"<{base}document/d>", f"<{expand('st:published')}>", f'"{y}"', "<urn:g>")
            for y in (2023, 2024)
        ),
    ]
    with pytest.raises(ExportError, match=r"document/d> has 2 values of published.*2023, 2024"):
        record_tables(graph)


def test_remarks_of_two_coders_on_one_document_are_both_kept() -> None:
    graph = [
        Quad("<urn:d>", f"<{expand('rdf:type')}>", f"<{expand('st:Document')}>", "<urn:g>"),
        Quad("<urn:d>", f"<{expand('skos:note')}>", token(Literal("Late.", language="en")), "<urn:g>"),
        Quad("<urn:d>", f"<{expand('skos:note')}>", token(Literal("Short.", language="en")), "<urn:h>"),
    ]
    assert record_tables(graph)["documents"].rows[0]["note"] == "Late.\nShort."


def test_ids_are_whole_iris_where_there_is_no_one_corpus() -> None:
    actor = f"<{expand('rdf:type')}>", f"<{expand('st:Actor')}>", "<urn:g>"
    tables = record_tables([Quad("<https://e.org/actor/ada>", *actor)])
    assert tables["actors"].rows[0]["id"] == "https://e.org/actor/ada"
    assert tables.base == ""


def test_days_numbers_and_truth_values_have_their_types(tables: RecordTables) -> None:
    first = tables["positions"].rows[0]
    assert isinstance(first["published_earliest"], date)
    assert isinstance(tables["passages"].rows[0]["start_offset"], int)
    assert {row["from_outside"] for row in tables["ties"]} == {True, None}
    assert {row["kind"] for row in tables["ties"]} == {"membership", "speaks-for", "part-of"}


def test_every_column_says_what_it_is_for() -> None:
    for plan in TABLES:
        assert plan.about.endswith(".")
        names = [column.name for column in plan.columns]
        assert len(set(names)) == len(names)
        for column in plan.columns:
            assert column.about
            assert all(step.lstrip("^").partition(":")[0] in PREFIXES for step in column.path)
            assert (column.kind == "key") <= (column.table in {each.name for each in TABLES})
