"""The matrix holds what the saved question `matrix` answers."""

from __future__ import annotations

import pytest
from drawn import many, named, reading

from kg.charts.kinds import Scope
from kg.charts.matrices import matrix, matrix_of
from kg.charts.models import MatrixChart, Side
from kg.charts.readings import Readings
from kg.graph import Graph
from kg.store import Store


def rows(chart: MatrixChart) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    return {(c.actor.iri, c.proposal.iri): (set(c.stances), set(c.positions)) for c in chart.cells}


def answers(graph: Graph, **values: str) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    return {
        (row["holder"], row["proposal"]): (set(row["stances"].split(" | ")), set(row["positions"].split()))
        for row in graph.query("matrix", **values)
    }


@pytest.mark.parametrize("issue", ["", "ceasefire", "nato-membership"])
def test_cells_are_the_rows_of_the_saved_question(real_store: Store, issue: str) -> None:
    graph = Graph(real_store)
    whole = matrix(graph, Scope(issue=issue), actors=500, proposals=500)
    assert rows(whole) == answers(graph, **({"issue": issue} if issue else {}))
    assert whole.note == ""


def test_the_world_fits_whole(world_store: Store) -> None:
    graph = Graph(world_store)
    assert rows(matrix(graph)) == answers(graph)


def test_stances_go_from_most_for_to_most_against() -> None:
    bo, fees = named("actor", "bo"), named("proposal", "fees")
    some = tuple(reading(bo, fees, stance) for stance in ("rejects", "proposes", "doubts"))
    (cell,) = matrix_of(Readings(rows=some)).cells
    assert cell.stances == ("proposes", "doubts", "rejects")
    assert cell.side is Side.MIXED


def test_what_is_most_shared_is_kept_and_the_rest_counted() -> None:
    readings = many(60, 90)
    chart = matrix_of(readings, actors=10, proposals=12)
    assert (len(chart.actors), len(chart.proposals)) == (10, 12)
    count = len({(c.actor, c.proposal) for c in chart.cells})
    assert chart.note.endswith(f"{count} of {len({(r.actor, r.proposal) for r in readings.rows}):,} cells.")
    assert "10 of 60 actors and 12 of 90 proposals" in chart.note


def test_only_what_several_share_is_kept_on_demand(real_store: Store) -> None:
    scope = Scope(actors=("donald-trump", "volodymyr-zelensky"))
    chart = matrix(Graph(real_store), scope, shared=2)
    assert len(chart.actors) == 2
    assert len(chart.cells) == 2 * len(chart.proposals) > 2
    assert "2 or more" in chart.scope


def test_actors_asked_for_are_never_left_out() -> None:
    readings = many(30, 40)
    rare = named("actor", "rare")
    row = reading(rare, readings.rows[0].proposal, "proposes")
    chosen = Readings(rows=(*readings.rows, row), actors=(rare,))
    assert rare not in matrix_of(Readings(rows=chosen.rows), actors=3, proposals=40).actors
    assert rare in matrix_of(chosen, actors=3, proposals=40).actors
