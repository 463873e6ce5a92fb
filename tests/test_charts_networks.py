"""The network holds what the saved question `agreement-pairs` counts."""

from __future__ import annotations

import pytest
from drawn import named, reading

from kg.charts.kinds import Scope
from kg.charts.networks import network, network_of
from kg.charts.readings import Readings
from kg.graph import Graph
from kg.store import Store


@pytest.mark.parametrize("issue", ["", "ceasefire"])
def test_edges_are_the_rows_of_the_saved_question(real_store: Store, issue: str) -> None:
    graph = Graph(real_store)
    chart = network(graph, Scope(issue=issue), actors=500, edges=5000)
    told = {(e.actor.iri, e.other.iri, len(e.agreed), len(e.disagreed)) for e in chart.edges}
    values = {"issue": issue} if issue else {}
    expected = {
        (row["actor"], row["other"], row["agreed"], row["disagreed"])
        for row in graph.query("agreement-pairs", **values)
    }
    assert told == expected
    assert chart.note == ""


def test_nodes_count_positions(world_store: Store) -> None:
    graph = Graph(world_store)
    chart = network(graph)
    count = {row["holder"]: 0 for row in graph.query("matrix")}
    for row in graph.query("matrix"):
        count[row["holder"]] += len(row["positions"].split())
    assert {node.actor.iri: node.positions for node in chart.nodes}.items() <= count.items()
    assert {node.actor for node in chart.nodes} == {a for e in chart.edges for a in (e.actor, e.other)}


def test_edges_of_one_weight_are_kept_or_left_out_together(real_store: Store) -> None:
    graph = Graph(real_store)
    whole = network(graph, actors=500, edges=5000)
    chart = network(graph, edges=50)
    least = min(len({*e.agreed, *e.disagreed}) for e in chart.edges)
    shown = {node.actor for node in chart.nodes}
    missing = [e for e in whole.edges if e not in chart.edges and {e.actor, e.other} <= shown]
    assert len(chart.edges) <= 50
    assert missing
    assert all(len({*e.agreed, *e.disagreed}) < least for e in missing)
    assert f"{len(chart.edges)} of {len(whole.edges)} connections, those on {least} or more" in chart.note


def test_where_all_weigh_the_same_actors_are_left_out_instead() -> None:
    fees = named("proposal", "fees")
    rows = tuple(reading(named("actor", f"a{n}"), fees, "proposes") for n in range(12))
    chart = network_of(Readings(rows=rows), edges=30)
    assert (len(chart.nodes), len(chart.edges)) == (8, 28)
    assert chart.note == "Shown are 8 of 12 actors, and 28 of 66 connections."


def test_who_is_both_for_and_against_agrees_and_disagrees() -> None:
    bo, cy, fees = named("actor", "bo"), named("actor", "cy"), named("proposal", "fees")
    rows = (reading(bo, fees, "proposes"), reading(cy, fees, "accepts"), reading(cy, fees, "doubts"))
    (edge,) = network_of(Readings(rows=rows)).edges
    assert edge.agreed == edge.disagreed == (fees,)
