"""The positions of charts are those of the saved questions, within any scope."""

from __future__ import annotations

import pytest

from kg.charts.readings import Scope, read
from kg.errors import ParameterError
from kg.graph import Graph
from kg.store import Store
from kg.terms import Iri

STATED = {"own-voice", "full-quotation", "partial-quotation", "reported-speech", "narrated"}


@pytest.fixture(scope="module")
def real(real_store: Store) -> Graph:
    return Graph(real_store)


def asked(graph: Graph, name: str, **values: str | list[str]) -> set[str]:
    """The positions of an answer, what is inferred or predicted left out."""
    return {
        str(row["position"])
        for row in graph.query(name, **values)  # type: ignore[arg-type]
        if str(row["mode"]).rpartition("/")[2] in STATED
    }


def found(graph: Graph, scope: Scope) -> set[str]:
    return {row.position for row in read(graph, scope).rows}


def test_without_a_scope_they_are_all_that_is_stated(real: Graph) -> None:
    assert found(real, Scope()) == asked(real, "positions")
    assert len(found(real, Scope())) > 300


@pytest.mark.parametrize("since", ["", "2025", "2025-05-11"])
@pytest.mark.parametrize("until", ["", "2024", "2025-03"])
def test_times_are_those_of_the_saved_questions(real: Graph, since: str, until: str) -> None:
    values = {key: value for key, value in (("since", since), ("until", until)) if value}
    expected = asked(real, "stances-on", proposal="negotiated-end", **values)
    assert found(real, Scope(proposals=("negotiated-end",), since=since, until=until)) == expected


def test_documents_are_those_of_the_saved_questions(real: Graph) -> None:
    documents = ["guardian-2024-talks", "charap-2024-pathway"]
    expected = asked(real, "stances-on", proposal="negotiated-end", document=documents)
    assert found(real, Scope(proposals=("negotiated-end",), documents=tuple(documents))) == expected
    assert expected


def test_a_layer_is_read_by_its_name(world_store: Store) -> None:
    graph = Graph(world_store)
    assert found(graph, Scope(layer="second")) == asked(graph, "positions", layer="second")
    assert found(graph, Scope(layer="second")) != found(graph, Scope())
    assert not found(graph, Scope(layer='main" } # '))


def test_an_issue_includes_narrower_ones(real: Graph) -> None:
    narrow, wide = (found(real, Scope(issue=issue)) for issue in ("ceasefire-design", "ceasefire"))
    assert narrow < wide


def test_a_name_may_be_a_label_an_alias_or_an_iri(real: Graph) -> None:
    trump = next(e for e in real.labels.of("st:Actor") if e.slug == "donald-trump")
    by_slug = found(real, Scope(actors=("donald-trump",)))
    assert by_slug == found(real, Scope(actors=(trump.label,))) == found(real, Scope(actors=(trump.iri,)))
    assert Iri(trump.iri) in real.query("matrix").table.column("holder")


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(issue="ceasefires of all kinds"), "there is no issue"),
        (Scope(actors=("nobody-at-all",)), "there is no actor"),
        (Scope(since="soon"), "since: 'soon' is no date"),
        (Scope(until="2025-13"), "until: '2025-13' is no date"),
        (Scope(proposals=("donald-trump",)), "wanted is a proposal"),
    ],
)
def test_what_names_nothing_is_refused_in_a_sentence(real: Graph, scope: Scope, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        read(real, scope)


def test_the_scope_is_told_in_words(real: Graph) -> None:
    scope = Scope(issue="ceasefire", since="2025", actors=("donald-trump",), layer="first")
    readings = read(real, scope)
    assert readings.scope == "on Ceasefire, since 2025, layer first"
    assert readings.limits == "only Donald Trump, on Ceasefire, since 2025, layer first"
    assert read(real).limits == ""
