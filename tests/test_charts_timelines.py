"""The timeline holds what the saved questions tell of times."""

from __future__ import annotations

import pytest
from drawn import many, named, reading

from kg.charts.kinds import Scope
from kg.charts.models import Mark, TimelineChart
from kg.charts.readings import Readings
from kg.charts.timelines import timeline, timeline_of
from kg.graph import Graph
from kg.store import Store


def marks(chart: TimelineChart) -> list[Mark]:
    return [mark for lane in chart.lanes for mark in lane.marks]


@pytest.mark.parametrize("issue", ["", "ceasefire"])
def test_marks_are_the_rows_of_the_saved_question(real_store: Store, issue: str) -> None:
    graph = Graph(real_store)
    chart = timeline(graph, Scope(issue=issue), lanes=500)
    told = {
        (position, str(mark.first or "None"), str(mark.last or "None"), mark.dated, mark.basis)
        for mark in marks(chart)
        for position in mark.positions
    }
    values = {"issue": issue} if issue else {}
    expected = {
        (
            row["position"],
            str(row["first"]),
            str(row["last"]),
            row["date"] or "",
            row["dated_by"] or "published",
        )
        for row in graph.query("timeline", **values)
    }
    assert told == expected


def test_a_lane_tells_since_when(real_store: Store) -> None:
    graph = Graph(real_store)
    names = {"actor": "donald-trump", "proposal": "negotiated-end"}
    (lane,) = timeline(graph, Scope(actors=(names["actor"],), proposals=(names["proposal"],))).lanes
    for row in graph.query("since-when", **names):
        some = [mark for mark in lane.marks if mark.stance == str(row["stance"]).rpartition("/")[2]]
        assert sum(len(mark.positions) for mark in some) == row["count"]
        assert min(mark.first or "" for mark in some) == str(row["first"] or "")


def test_what_says_the_same_at_the_same_time_is_one_mark() -> None:
    bo, fees = named("actor", "bo"), named("proposal", "fees")
    rows = tuple(
        reading(bo, fees, stance, position, dated)
        for stance, position, dated in (
            ("proposes", "one", "2024"), ("proposes", "two", "2024"), ("proposes", "three", "2025"),
            ("demands", "four", "2024"),
        )
    )  # fmt: skip
    (lane,) = timeline_of(Readings(rows=rows)).lanes
    assert [len(mark.positions) for mark in lane.marks] == [2, 1, 1]


def test_lanes_with_a_change_are_kept_first() -> None:
    bo, cy, fees = named("actor", "bo"), named("actor", "cy"), named("proposal", "fees")
    often = [reading(cy, fees, "proposes", str(n), f"202{n}") for n in range(5)]
    change = [reading(bo, fees, "proposes", dated="2024"), reading(bo, fees, "rejects", dated="2025")]
    chart = timeline_of(Readings(rows=(*often, *change)), lanes=1)
    assert [lane.actor for lane in chart.lanes] == [bo]
    assert "1 of 2 pairs of actor and proposal" in chart.note
    assert "2 of 7 positions" in chart.note


def test_lanes_are_told_apart_by_what_is_not_asked_for(real_store: Store) -> None:
    graph = Graph(real_store)
    assert timeline(graph, Scope(actors=("russia",))).lanes_of == "proposal"
    assert timeline(graph, Scope(proposals=("negotiated-end",))).lanes_of == "actor"
    assert timeline(graph, Scope(issue="ceasefire")).lanes_of == "both"


def test_undated_marks_come_last() -> None:
    for lane in timeline_of(many(10, 20)).lanes:
        dated = [mark.is_dated for mark in lane.marks]
        assert dated == sorted(dated, reverse=True)
