"""Stance bars count what the saved questions count."""

from __future__ import annotations

import pytest

from kg.charts.bars import BY, bars_of, stance_bars
from kg.charts.kinds import Scope
from kg.errors import ParameterError
from kg.graph import Graph
from kg.store import Store
from kg.vocabularies import Polarity


def test_bars_by_proposal_count_as_most_contested_does(real_store: Store) -> None:
    graph = Graph(real_store)
    chart = stance_bars(graph, by="proposal", bars=500)
    told = [
        (bar.of.iri, bar.takes(Polarity.PRO), bar.takes(Polarity.CON), len(bar.units))
        for bar in chart.bars
        if bar.of and bar.takes(Polarity.PRO) and bar.takes(Polarity.CON)
    ]
    expected = [
        (row["proposal"], row["for"], row["against"], row["actors"]) for row in graph.query("most-contested")
    ]
    assert told == expected  # in the same order, too
    assert [bar.of.iri for bar in chart.bars[: len(expected)] if bar.of] == [row[0] for row in expected]
    assert stance_bars(graph, bars=5).note.startswith("Shown are the 5 most contested of ")


def test_bars_by_stance_have_a_unit_for_each_holder_of_it(real_store: Store) -> None:
    graph = Graph(real_store)
    chart = stance_bars(graph, Scope(proposals=("negotiated-end",)))
    told = {(bar.stance, unit.actor.iri) for bar in chart.bars for unit in bar.units}
    expected = {
        (str(row["stance"]).rpartition("/")[2], row["holder"])
        for row in graph.query("stances-on", proposal="negotiated-end")
        if not str(row["mode"]).endswith(("inferred", "predicted"))
    }
    assert chart.bars_of == "stance"
    assert told == expected


def test_an_answer_with_stances_and_holders_has_bars(real_store: Store) -> None:
    graph = Graph(real_store)
    table = graph.query("stances-on", proposal="negotiated-end").table
    chart = bars_of(table, graph.labels.names, title="My question")
    assert chart is not None
    assert (chart.title, chart.bars_of) == ("My question", "stance")
    assert sum(len(bar.units) for bar in chart.bars) == len(
        {(row["stance"], row["holder"]) for row in table.records()}
    )
    positions = bars_of(graph.query("positions").table, graph.labels.names)
    assert positions is not None
    assert positions.bars_of == "proposal"


@pytest.mark.parametrize("name", ["documents", "agreement-pairs"])
def test_another_answer_has_none(real_store: Store, name: str) -> None:
    graph = Graph(real_store)
    assert bars_of(graph.query(name).table, graph.labels.names) is None


def test_what_a_bar_cannot_be_about_is_refused(world_store: Store) -> None:
    with pytest.raises(ParameterError, match=f"known are {', '.join(BY)}"):
        stance_bars(Graph(world_store), by="weather")
