"""Cycles in relations that must not have any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def find_cycles(graph: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Find cycles until none is left; each begins and ends with its alphabetically first node.

    >>> find_cycles({"b": ["c"], "c": ["a"], "a": ["b"], "d": ["a"]})
    (('a', 'b', 'c', 'a'),)
    >>> find_cycles({"a": ["a"], "b": ["a"]})
    (('a', 'a'),)
    """
    edges = {node: sorted(set(others)) for node, others in sorted(graph.items())}
    found: list[tuple[str, ...]] = []
    while cycle := _find_cycle(edges):
        found.append(cycle)
        edges[cycle[0]].remove(cycle[1])
    return tuple(sorted(found))


def _find_cycle(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # The sorter takes edges as "comes after" and tells the cycle the other way round.
        nodes: list[str] = error.args[1][:0:-1]
        start = nodes.index(min(nodes))
        turned = nodes[start:] + nodes[:start]
        return (*turned, turned[0])
    return ()
