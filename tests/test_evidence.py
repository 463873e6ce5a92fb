"""What stands behind a row."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.evidence import COLUMNS, read_evidence, with_evidence
from kg.store import Store
from kg.tables import Table
from kg.terms import EDTF, XSD, Iri, Literal, Term

BASE = "https://example.org/harbour/"
LANE = f"{BASE}position/may-hearing/coder-a/lane-league-guarantee"
FEES = f"{BASE}position/may-hearing/coder-a/lane-fees-now"
FORETOLD = f"{BASE}position/may-hearing/coder-a/eastport-league-soon"
QUILL = f"{BASE}position/may-hearing/coder-a/quill-talks"
OKAFOR = f"{BASE}position/tide-note/coder-a/okafor-league"
CLAIM = f"{BASE}claim/may-hearing/coder-a/treaty-forbids"
PART = f"{BASE}part/may-hearing/coder-a/may-plan-budget"


def joined(store: Store, *cells: Term | None) -> dict[str, tuple[Term | None, ...]]:
    table = with_evidence(Table(("statement",), tuple((cell,) for cell in cells)), "statement", store)
    return {name: table.column(name) for name in table.columns}


def test_a_row_gets_document_date_attribution_gist_passage_and_link(world_store: Store) -> None:
    row = joined(world_store, Iri(LANE))
    assert tuple(row) == ("statement", *COLUMNS)
    assert row["document"] == (Literal("Minutes of the May hearing", language="en"),)
    assert row["date"] == (Literal("2024-05-12", EDTF),)
    assert row["attribution"] == (Literal("Rosa Quill › Ada Lane (partial quotation, the May hearing)"),)
    assert str(row["gist"][0]).startswith("Lane asks for full membership")
    assert str(row["passage"][0]).split("; ") == [
        "““Joining the Harbour League is … to the League that morning.” (body, 476–622)",
        "“Mayor Ada Lane put League … that the harbour can trust.” (summary, 10–105)",
    ]
    (link,) = row["link"]
    assert isinstance(link, Literal)
    assert link.datatype == XSD + "anyURI"
    assert link.value.startswith("https://example.org/may-hearing#:~:text=")
    assert "Joining" in link.value


def test_what_is_not_said_as_plain_fact_is_told(world_store: Store) -> None:
    assert joined(world_store, Iri(LANE))["modality"] == (None,)
    assert joined(world_store, Iri(FORETOLD))["modality"] == (Literal("predictive"),)
    hedged = world_store.select_here(
        "PREFIX st: <https://w3id.org/standpoint/ontology#> SELECT ?p { ?p a st:Position ; st:hasHedge ?h }"
    )
    assert all(joined(world_store, row[0])["modality"] != (None,) for row in hedged)
    assert len(hedged)


def test_a_long_chain_is_told_from_the_outside(world_store: Store) -> None:
    assert joined(world_store, Iri(FORETOLD))["attribution"] == (
        Literal(
            "Rosa Quill › Zoë Brandt (reported speech) › an Eastport official (reported speech) "
            "› Government of Eastport (predicted)"
        ),
    )


def test_the_voice_of_the_document_is_named_where_nobody_else_speaks(world_store: Store) -> None:
    assert joined(world_store, Iri(QUILL))["attribution"] == (Literal("Rosa Quill (own voice)"),)


def test_a_short_passage_is_not_said_twice(world_store: Store) -> None:
    passages = str(joined(world_store, Iri(FEES))["passage"][0]).split("; ")
    assert passages[0] == "“Now she accepts them.” (body, 889–910)"
    assert passages[1:] == [
        "“Lane now takes lower fees.” (highlight, 165–191)",
        "“Lane now takes lower fees.” (highlight, 194–220)",
    ]


def test_a_document_without_address_has_no_link(world_store: Store) -> None:
    row = joined(world_store, Iri(OKAFOR))
    assert row["link"] == (None,)
    assert row["document"] == (Literal("What the tide brings", language="en"),)


def test_claims_and_plan_parts_have_evidence_too(world_store: Store) -> None:
    row = joined(world_store, Iri(CLAIM), Iri(PART))
    assert all(row["gist"])
    assert str(row["attribution"][0]) == "Rosa Quill › Nadia Sol (reported speech, the May hearing)"


def test_several_statements_of_a_cell_have_a_line_each(world_store: Store) -> None:
    row = joined(world_store, Literal(f"{LANE} {OKAFOR} {QUILL}"))
    assert str(row["document"][0]).splitlines() == [
        "Minutes of the May hearing", "What the tide brings", "Minutes of the May hearing",
    ]  # fmt: skip
    assert str(row["link"][0]).splitlines()[1] == "–"
    assert len(str(row["gist"][0]).splitlines()) == 3


@pytest.mark.parametrize("cell", [None, Iri(f"{BASE}position/x/y/z"), Literal("no statement"), Literal("")])
def test_a_cell_without_statement_has_no_evidence(world_store: Store, cell: Term | None) -> None:
    row = joined(world_store, cell)
    assert {row[name] for name in COLUMNS} == {(None,)}


def test_a_column_of_the_same_name_is_kept(world_store: Store) -> None:
    table = Table(("gist", "position"), ((Literal("mine"), Iri(LANE)),))
    wider = with_evidence(table, "position", world_store)
    assert wider.column("gist") == (Literal("mine"),)
    assert str(wider.column("evidence_gist")[0]).startswith("Lane asks")


def test_a_column_that_is_not_there_is_refused(world_store: Store) -> None:
    with pytest.raises(QueryError, match="no column 'claim'"):
        with_evidence(Table(("position",)), "claim", world_store)


def test_many_statements_are_read_in_several_goes(
    world_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_evidence([LANE, FEES, OKAFOR], world_store)
    monkeypatch.setattr("kg.evidence._AT_ONCE", 1)
    assert read_evidence([OKAFOR, LANE, FEES], world_store) == whole
    assert set(whole) == {LANE, FEES, OKAFOR}


def test_nothing_wanted_asks_nothing(world_store: Store) -> None:
    assert read_evidence([], world_store) == {}
