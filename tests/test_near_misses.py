"""Near misses are what a question just leaves out, each with what keeps it out."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.graph import Answered, Graph
from kg.near_misses import candidates, with_near_misses
from kg.queries import Given
from kg.store import Store

Rows = list[tuple[str, str]]


@pytest.fixture(scope="module")
def graph(world_store: Store) -> Graph:
    return Graph(world_store)


@pytest.fixture(scope="module")
def real(real_store: Store) -> Graph:
    return Graph(real_store)


READ_BY_HAND = ("may-hearing", "quay-letter", "tide-note")
"""The documents of the world that the expected near misses here were read in."""


def missed(graph: Graph, name: str, **values: Given) -> Rows:
    table = graph.near_misses(graph.query(name, **values))
    rows = [(str(row["position"]).split("/")[-3:], str(row["why"])) for row in table.records()]
    return [(slug, why) for (document, _, slug), why in rows if document in READ_BY_HAND]


GUARANTEE: dict[str, Given] = {"proposal": "league-membership", "function": "security-guarantee"}


def test_the_flagship_on_the_test_world_misses_what_was_read_by_hand(graph: Graph) -> None:
    assert missed(graph, "who-proposes", **GUARANTEE) == [
        ("eastport-league-soon", "proposes it, but this is only predicted by an Eastport official"),
        ("okafor-league", "proposes it, but no function is stated"),
        ("brandt-league-reward", "proposes it, but another function is stated: incentive"),
        ("westport-league-guarantee", "accepts it rather than proposes it"),
    ]


def test_times_documents_and_actors_keep_out_too(graph: Graph) -> None:
    since = missed(graph, "who-proposes", proposal="league-membership", since="2024-06-29")
    assert ("lane-league-guarantee", "proposes it, but before the time asked for") in since
    elsewhere = missed(graph, "who-proposes", **GUARANTEE, document="may-hearing")
    assert ("finch-league", "proposes it, but another document says so") in elsewhere
    government = missed(graph, "who-proposes", **GUARANTEE, actor="westport-government")
    why = "the holder is Bo Finch, whose position counts for Government of Westport"
    assert ("finch-league", f"proposes it, but {why}") in government
    finch = dict(missed(graph, "who-proposes", **GUARANTEE, actor="bo-finch"))
    assert finch["westport-league-guarantee"].endswith(
        "and the holder is Government of Westport, for whom Bo Finch speaks"
    )
    assert "lane-league-guarantee" not in finch


def test_narrower_broader_and_close_proposals_are_named(graph: Graph) -> None:
    on = {
        name: dict(missed(graph, "stances-on", proposal=name)) for name in ("league-membership", "fee-freeze")
    }
    assert on["league-membership"] == {
        "league-associates": "is open to a narrower kind (associate membership in the Harbour League)",
        "lane-path": "is open to something close (a path to membership in the Harbour League)",
    }
    assert on["fee-freeze"]["lane-fees-then"] == "rejects something close (lower harbour fees)"
    armed = dict(missed(graph, "stances-on", proposal="armed-patrols"))
    assert armed["cities-joint-patrols"] == "is undecided about something broader (joint patrols)"


def test_who_spoke_when_it_did_not_count_is_a_near_miss_of_a_state(graph: Graph) -> None:
    wide = missed(graph, "stance-of", actor="westport", issue="harbour-fees", since="2024-07")
    assert ("westport-lower-fees", "demands it, but before the time asked for") in wide
    near = missed(graph, "stance-of", actor="eastport", issue="patrols")
    assert all("Eastport" in why or "broader issue" in why for _, why in near)


def test_other_stances_of_an_actor_are_near_if_they_point_the_same_way(graph: Graph) -> None:
    near = dict(missed(graph, "positions-of", actor="ada-lane", stance="accepts"))
    assert near["lane-league-guarantee"] == "proposes it rather than accepts it"
    assert "lane-armed-patrols" not in near


def test_the_nearest_come_first(graph: Graph) -> None:
    answered = graph.query("who-opposes", proposal="joint-authority")
    found = candidates(
        answered.query, answered.values, graph.store, graph.labels.names, timeout=graph.timeout
    )
    price = {each.position.rpartition("/")[2]: each.costs for each in found}
    prices = [price[slug] for slug, _ in missed(graph, "who-opposes", proposal="joint-authority")]
    assert prices == sorted(prices)
    assert prices


ASKED: list[tuple[str, dict[str, Given]]] = [
    ("who-proposes", {}),
    ("who-proposes", {"function": "security-guarantee", "since": "2024"}),
    ("who-supports", {}),
    ("who-supports", {"until": "2024-05"}),
    ("who-opposes", {}),
    ("stances-on", {}),
]
WORLD_ASKED = [(name, values | {"proposal": "league-membership"}) for name, values in ASKED] + [
    ("who-opposes", {"proposal": "joint-authority", "document": "quay-letter"}),
    ("positions-of", {"actor": "ada-lane", "since": "2024-06"}),
    ("positions-of", {"actor": "westport-government", "stance": "accepts"}),
    ("stance-of", {"actor": "westport", "issue": "harbour"}),
    ("stance-on", {"actor": "westport", "proposal": "joint-authority", "until": "2024-07"}),
    ("stance-of", {"actor": "ada-lane", "issue": "harbour-fees", "until": "2023"}),
]
REAL_ASKED = [(name, values | {"proposal": "eu-accession"}) for name, values in ASKED] + [
    ("who-opposes", {"proposal": "nato-accession"}),
    ("positions-of", {"actor": "vladimir-putin", "stance": "demands"}),
    ("stance-on", {"actor": "ukraine", "proposal": "permanent-neutrality", "until": "2022"}),
    ("stance-of", {"actor": "united-states", "issue": "security-of-ukraine"}),
]


def hold(graph: Graph, answered: Answered) -> None:
    """What a header says of the selection is what the query selects, and no near miss is in the answer."""
    cells = {str(cell) for cell in answered.table.column("position")}
    found = candidates(
        answered.query, answered.values, graph.store, graph.labels.names, timeout=graph.timeout
    )
    assert {each.position for each in found if not each.why} == cells
    near = [str(cell) for cell in graph.near_misses(answered).column("position")]
    assert not cells & set(near)
    assert len(near) == len(set(near))


@pytest.mark.parametrize(("name", "values"), WORLD_ASKED)
def test_what_misses_no_criterion_is_the_answer(graph: Graph, name: str, values: dict[str, Given]) -> None:
    hold(graph, graph.query(name, **values))


@pytest.mark.parametrize(("name", "values"), REAL_ASKED)
def test_so_it_is_on_the_corpus(real: Graph, name: str, values: dict[str, Given]) -> None:
    hold(real, real.query(name, **values))


def test_every_question_with_near_misses_is_among_those_tried(graph: Graph) -> None:
    assert {name for name, query in graph.queries.items() if query.near} <= {name for name, _ in WORLD_ASKED}


def test_the_flagship_on_the_corpus_says_who_only_wants_or_accepts_membership(real: Graph) -> None:
    answered = real.ask("Who proposes EU membership as a guarantee?")
    assert [row["holder_label"] for row in answered] == ["Samuel Charap"]
    found = {(str(row["holder_label"]), str(row["why"])) for row in real.near_misses(answered).records()}
    assert ("government of Ukraine", "proposes it, but no function is stated") in found
    assert ("Vladimir Putin", "accepts it rather than proposes it, and no function is stated") in found


def test_both_in_one_table_leave_the_answer_as_it_is(graph: Graph) -> None:
    answered = graph.query("who-proposes", **GUARANTEE)
    near = graph.near_misses(answered)
    both = with_near_misses(answered.table, near)
    count, width = len(answered.table), len(answered.table.columns)
    assert both.columns[:width] == answered.table.columns
    assert tuple(row[:width] for row in both.rows[:count]) == answered.table.rows
    assert [cell is None for cell in both.column("why")] == [True] * count + [False] * len(near)


def test_a_question_about_other_things_has_none(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"'documents' has no near misses; .* positions on a proposal"):
        graph.near_misses(graph.query("documents"))


def test_evidence_joins_near_misses(graph: Graph) -> None:
    near = graph.near_misses(graph.query("who-proposes", **GUARANTEE))
    assert None not in graph.with_evidence(near, "position").column("gist")


def test_a_page_with_both_says_where_the_answer_ends(graph: Graph) -> None:
    from kg.answers import written

    answered = graph.query("who-proposes", **GUARANTEE)
    near = graph.near_misses(answered)
    text = written(graph, answered, "table", statement="position", near=near)
    assert f"\nNear misses: {len(near)}\n\n1. Government of Eastport" in text
    assert "   left out: accepts it rather than proposes it\n" in text
    assert f"\n## Near misses: {len(near)}\n" in written(graph, answered, "markdown", near=near)
