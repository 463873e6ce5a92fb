"""Networks have every record: as a node, as an edge, or as a value of one."""

from __future__ import annotations

from datetime import date

import pytest
from export_samples import as_said, said

from kg.corpora import Seeds
from kg.networks import Edge, Network, discourse_network, interval, network, score
from kg.record_tables import RecordTables, record_tables
from kg.store import Store
from kg.vocabularies import STANCES, Polarity


@pytest.fixture(scope="module")
def tables(world_store: Store) -> RecordTables:
    return record_tables(world_store.quads())


@pytest.fixture(scope="module")
def full(tables: RecordTables) -> Network:
    return network(tables, "full")


@pytest.fixture(scope="module")
def discourse(tables: RecordTables) -> Network:
    return network(tables, "discourse")


def ends(found: Network, type_: str) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in found.edges if edge.type == type_}


def test_the_full_network_has_every_position_with_holder_and_proposal(
    full: Network, world_seeds: Seeds
) -> None:
    positions = said(world_seeds)
    assert {node.id for node in full.nodes if node.type == "Position"} == {
        f"position:{id_}" for id_ in positions
    }
    held = {(f"position:{id_}", f"actor:{each.holder}") for id_, each in positions.items()}
    assert ends(full, "HELD_BY") == held
    on = {(f"position:{id_}", f"proposal:{each.proposal}") for id_, each in positions.items()}
    assert on <= ends(full, "ON_PROPOSAL")


def test_every_row_is_a_node_or_an_edge(full: Network, tables: RecordTables) -> None:
    assert len(full.nodes) == sum(
        len(table) for table in tables
        if table.name not in ("names", "words", "ties", "attributions", "arguments", "rollups")
    )  # fmt: skip
    counts = {
        "GIVES_VOICE_TO": len(tables["attributions"]),
        "COUNTS_FOR": len(tables["rollups"]),
        "MEMBER_OF": sum(row["kind"] == "membership" for row in tables["ties"]),
        "SPEAKS_FOR": sum(row["kind"] == "speaks-for" for row in tables["ties"]),
        "UNDERCUTS": sum(row["relation"] == "undercuts" for row in tables["arguments"]),
        "STATED_IN": sum(
            len(row["passages"]) for name in ("positions", "claims", "parts") for row in tables[name]  # type: ignore[misc, arg-type]
        ),
    }  # fmt: skip
    assert {type_: sum(edge.type == type_ for edge in full.edges) for type_ in counts} == counts


def test_edges_lead_from_node_to_node_and_have_ids_of_their_own(full: Network, discourse: Network) -> None:
    for found in (full, discourse):
        nodes = {node.id for node in found.nodes}
        assert len(nodes) == len(found.nodes)
        assert len({edge.id for edge in found.edges}) == len(found.edges)
        assert all({edge.source, edge.target} <= nodes for edge in found.edges)


def test_a_condition_hangs_on_its_position(full: Network) -> None:
    for source, target in ends(full, "HAS_CONDITION"):
        assert source.startswith("position:")
        assert target.startswith(source)


def test_entries_know_their_aliases(full: Network) -> None:
    lane = next(node for node in full.nodes if node.id == "actor:ada-lane")
    assert lane.label == "Ada Lane"
    assert "Mayor Lane" in lane.values["aliases"]  # type: ignore[operator]


def test_the_discourse_network_has_an_edge_for_each_position_that_questions_read(
    discourse: Network, world_seeds: Seeds
) -> None:
    wanted = {each.key() for each in said(world_seeds).values() if each.layer == world_seeds.corpus.layer}
    assert {as_said(row(edge)) for edge in discourse.edges} == wanted
    assert len(discourse.edges) == len(wanted)
    assert {node.type for node in discourse.nodes} == {"Actor", "Proposal"}


def row(edge: Edge) -> dict[str, object]:
    """The position that an edge of the discourse network stands for."""
    return {
        **edge.values,
        "id": edge.id.removeprefix("position:"),
        "holder": edge.source.removeprefix("actor:"),
        "proposal": edge.target.removeprefix("proposal:"),
    }


def test_another_layer_gives_another_discourse_network(tables: RecordTables, world_seeds: Seeds) -> None:
    second = discourse_network(tables, layers=["second"])
    wanted = {f"position:{id_}" for id_, each in said(world_seeds).items() if each.layer == "second"}
    assert {edge.id for edge in second.edges} == wanted
    assert wanted


def test_a_conditional_stance_says_its_conditions(discourse: Network, tables: RecordTables) -> None:
    with_conditions = {f"position:{row['position']}" for row in tables["conditions"]}
    found = {edge.id: edge.values["conditions"] for edge in discourse.edges if edge.values["conditions"]}
    assert found.keys() == with_conditions & {edge.id for edge in discourse.edges}
    assert any("unless a toll tunnel" in text for texts in found.values() for text in texts)  # type: ignore[union-attr]


def test_a_proposal_says_its_issues(discourse: Network) -> None:
    assert all(node.values["issues"] for node in discourse.nodes if node.type == "Proposal")


def test_time_is_that_of_holding_before_that_of_saying_before_that_of_printing() -> None:
    known = {"held": "2022", "held_earliest": date(2022, 1, 1), "held_latest": None}
    row: dict[str, object] = {**known, "uttered": None, "published": "2024"}
    row |= {"published_earliest": date(2024, 1, 1), "published_latest": date(2024, 12, 31)}
    times = ("held", "uttered", "published")
    assert interval(row, times) == (date(2022, 1, 1), None)  # type: ignore[arg-type]
    assert interval(row | {"held": None}, times) == (date(2024, 1, 1), date(2024, 12, 31))  # type: ignore[arg-type]
    assert interval(row, ()) == (None, None)  # type: ignore[arg-type]


def test_scores_fall_along_the_scale_and_agree_with_polarity() -> None:
    scores = [score(stance) for stance in STANCES]
    assert scores == sorted(scores, reverse=True)
    signs = {Polarity.PRO: 1, Polarity.CONDITIONAL: 1, Polarity.NEUTRAL: 0, Polarity.CON: -1}
    for stance, polarity in STANCES.items():
        assert (score(stance) > 0) - (score(stance) < 0) == signs[polarity]


def test_weights_are_above_zero(discourse: Network) -> None:
    assert all(0 < edge.weight <= 1 for edge in discourse.edges)


def test_ties_have_the_interval_in_which_they_can_have_held(full: Network, tables: RecordTables) -> None:
    tie = next(row for row in tables["ties"] if row["since"] and row["until"])
    edge = next(edge for edge in full.edges if edge.values.get("iri") == tie["iri"])
    assert (edge.start, edge.end) == (tie["since_earliest"], tie["until_latest"])


def test_an_empty_graph_is_an_empty_network() -> None:
    for view in ("full", "discourse"):
        found = network(record_tables([]), view)
        assert (found.nodes, found.edges) == ((), ())
