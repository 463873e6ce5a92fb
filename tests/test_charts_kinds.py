"""The way in: kinds by name, and scopes from the fields of a form."""

from __future__ import annotations

import pytest

from kg.charts.kinds import KINDS, NUMBERS, Chart, Scope, Target, from_words, make, svg
from kg.errors import ParameterError
from kg.graph import Graph
from kg.store import Store


def test_every_kind_is_made_and_drawn(world_store: Store) -> None:
    graph = Graph(world_store)
    for kind in KINDS:
        assert svg(make(kind, graph)).startswith("<svg ")
    assert NUMBERS.keys() == KINDS.keys()


def test_numbers_reach_their_chart(world_store: Store) -> None:
    graph = Graph(world_store)
    for kind, names in NUMBERS.items():
        scope, options = from_words(kind, [(name, "1") for name in names])
        assert options == dict.fromkeys(names, 1)
        whole, least = make(kind, graph), make(kind, graph, scope, **options)
        assert len(svg(least)) < len(svg(whole))


def test_a_chart_knows_its_limits_and_so_do_its_links(world_store: Store) -> None:
    fields = (("issue", "harbour-fees"), ("document", "may-hearing"), ("since", "2024"), ("layer", "second"))
    for kind in KINDS:
        scope, _ = from_words(kind, fields)
        seen: list[Target] = []
        chart = make(kind, Graph(world_store), scope)
        svg(chart, href=lambda target, seen=seen: seen.append(target) or "")  # type: ignore[misc]
        assert chart.within == fields
        assert all(target.within == fields for target in seen)
    assert make("matrix", Graph(world_store)).within == ()


def test_fields_become_a_scope() -> None:
    fields = [
        ("issue", " ceasefire "), ("actor", "a"), ("actor", "b"), ("actor", ""), ("document", "d"),
        ("proposal", "p"), ("since", "2024"), ("until", ""), ("layer", "first"), ("by", "actor"),
    ]  # fmt: skip
    assert from_words("bars", fields) == (
        Scope(
            issue="ceasefire",
            actors=("a", "b"),
            documents=("d",),
            proposals=("p",),
            since="2024",
            layer="first",
        ),
        {"by": "actor"},
    )


@pytest.mark.parametrize(
    ("kind", "field", "message"),
    [
        ("matrix", ("acter", "x"), "no parameter 'acter'; did you mean 'actor'"),
        ("matrix", ("lanes", "3"), "no parameter 'lanes'"),
        ("network", ("by", "actor"), "no parameter 'by'"),
        ("network", ("edges", "0"), "whole number from 1 to 300"),
        ("network", ("edges", "301"), "whole number from 1 to 300"),
        ("network", ("edges", "９"), "whole number from 1 to 300"),
        ("network", ("edges", "1e9"), "whole number from 1 to 300"),
    ],
)
def test_what_is_no_field_is_refused(kind: str, field: tuple[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        from_words(kind, [field])


def test_another_kind_is_refused(world_store: Store) -> None:
    with pytest.raises(ParameterError, match="there is no chart 'pie'; there are matrix, timeline"):
        make("pie", Graph(world_store))


def test_only_charts_are_drawn() -> None:
    with pytest.raises(TypeError):
        svg(Chart(title="x"))


def test_a_page_may_have_its_own_heading(world_store: Store) -> None:
    chart = make("matrix", Graph(world_store))
    whole, other, bare = (svg(chart, heading=heading) for heading in (None, "Another", ""))
    assert f">{chart.title}</text>" in whole
    assert ">Another</text>" in other
    assert "k-title" not in bare
    assert f">{chart.title}</title>" in bare
    assert len(bare) < len(whole)
