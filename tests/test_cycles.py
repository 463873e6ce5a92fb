"""Cycles: found, and told from their first node."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kg.cycles import find_cycles

GRAPHS = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3), max_size=6
)


@given(GRAPHS)
def test_a_cycle_follows_the_edges_back_to_its_start(graph: dict[str, list[str]]) -> None:
    for cycle in find_cycles(graph):
        assert cycle[0] == cycle[-1] == min(cycle)
        assert len(set(cycle)) == len(cycle) - 1
        assert all(other in graph[node] for node, other in pairwise(cycle))


@given(GRAPHS)
def test_without_its_cycles_first_edges_a_graph_has_none(graph: dict[str, list[str]]) -> None:
    cut = {(cycle[0], cycle[1]) for cycle in find_cycles(graph)}
    rest = {node: [other for other in others if (node, other) not in cut] for node, others in graph.items()}
    assert find_cycles(rest) == ()


@given(GRAPHS, st.randoms())
def test_the_order_of_nodes_and_edges_is_nothing(graph: dict[str, list[str]], random: object) -> None:
    nodes = list(graph)
    random.shuffle(nodes)  # type: ignore[attr-defined]
    assert find_cycles({node: graph[node][::-1] for node in nodes}) == find_cycles(graph)


def test_a_chain_of_ten_thousand_has_no_cycle_and_a_ring_has_one() -> None:
    chain = {f"n{number:05}": [f"n{number + 1:05}"] for number in range(10_000)}
    assert find_cycles(chain) == ()
    (ring,) = find_cycles(chain | {"n10000": ["n00000"]})
    assert len(ring) == 10_002
