"""Where an actor stands: its own voice apart from others', and no change of time that is not certain."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from kg.graph import Graph
from kg.web.page_readers import Reader
from kg.web.page_statements import Statement, Voice
from kg.web.pages_actors import Standing, actor_page, standings


def said(stance: str, first: str, last: str, mode: str = "own-voice") -> Statement:
    return Statement(
        iri=f"https://e.org/position/d/c/{stance}-{first}", kind="position", gist="", passages=(),
        chain=(Voice(actor="a", mode=mode),), by="a", proposal="p", stance=stance, first=first, last=last,
    )  # fmt: skip


def told(*statements: Statement) -> list[tuple[str, bool]]:
    [one] = standings(statements)
    return [(each.statement.stance, each.is_later) for each in one.stances]


def test_a_stance_comes_after_another_only_where_it_certainly_does() -> None:
    rejects = said("rejects", "2022-01-01", "2022-12-31")
    assert told(said("accepts", "2023-01-01", "2023-12-31"), rejects) == [
        ("rejects", False),
        ("accepts", True),
    ]
    assert told(said("accepts", "2022-06-01", "2023-12-31"), rejects) == [
        ("rejects", False),
        ("accepts", False),
    ]
    assert told(said("accepts", "2023-01-01", ""), said("rejects", "2022-01-01", "")) == [
        ("rejects", False),
        ("accepts", False),
    ]


def test_a_stance_taken_again_counts_once_unless_another_was_taken_between() -> None:
    first, again = said("rejects", "2022-01-01", "2022-01-02"), said("rejects", "2024-01-01", "2024-01-02")
    assert told(first, again) == [("rejects", False)]
    between = said("accepts", "2023-01-01", "2023-01-02")
    assert [stance for stance, _ in told(first, between, again)] == ["rejects", "accepts", "rejects"]


def test_what_others_tell_is_apart_from_the_actors_own_voice(world_store) -> None:  # type: ignore[no-untyped-def]
    reader = Reader(Graph(world_store))
    own_modes = {"own-voice", "full-quotation", "partial-quotation", "reported-speech"}
    total = 0
    for entity in reader.labels.of("st:Actor"):
        data = actor_page(reader, entity.slug).data

        def positions(key: str, data: dict = data) -> list[Statement]:  # type: ignore[type-arg]
            every: list[Standing] = [one for group in data[key] for one in group.standings]
            return [each for one in every for each in one.statements]

        assert all(each.mode in own_modes for each in positions("own"))
        assert not any(each.mode in own_modes for each in positions("told"))
        assert len(positions("own")) + len(positions("told")) == len(data["held"])
        total += len(data["held"])
    assert total == len(set(reader.graph.query("positions").table.column("position")))


def test_the_numbers_are_those_of_the_saved_questions(world_store) -> None:  # type: ignore[no-untyped-def]
    reader = Reader(Graph(world_store))
    data = actor_page(reader, "ada-lane").data
    assert len(data["held"]) == len(reader.graph.query("positions-of", actor="ada-lane"))
    claims = reader.graph.query("claims-of", actor="ada-lane").table.column("claim")
    assert {each.iri for each in data["claims"]} == set(map(str, claims))
    asked = {each.iri for each in actor_page(reader, "westport-government").data["asked"]}
    assert asked
    assert asked <= set(
        map(str, reader.graph.query("addressed-to", actor="westport-government").table.column("position"))
    )
