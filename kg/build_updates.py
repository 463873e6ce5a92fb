"""Change a few graphs of a store that has the others already, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kg import engine, engine_edits, inference
from kg.build_plans import Plan
from kg.engine import Engine
from kg.quads import read_lines
from kg.shards import Shard
from kg.terms import PREFIXES, ST, Quad

_FOLLOWING = (ST + "Position", ST + "Claim", ST + "PlanPart")


def update(
    opened: Engine, plan: Plan, shards: Mapping[str, Shard], progress: Callable[[int, int, str], None]
) -> None:
    """Make the graphs that *plan* changes those of *shards* (by graph), and drop those that it drops.

    Raises:
        StoreError: the disk is full.
    """
    inferred = plan.names.graph("inferred")
    changed = [graph for graph in plan.changed if graph != inferred]
    total = len(plan.gone) + len(changed) + 1
    followed: set[Quad] = set()
    follows: set[Quad] = set()
    for done, graph in enumerate((*plan.gone, *changed)):
        shard = shards.get(graph)
        progress(done, total, shard.path if shard else plan.old[graph].path)
        followed |= following(opened, graph, inferred)
        if shard is None:
            engine_edits.drop(opened, graph)
            followed |= set(inference.derivations(plan.names, [graph]))
            continue
        engine_edits.replace(opened, graph, read_lines(shard.stated.decode()))
        follows |= set(read_lines(shard.inferred.decode()))
        follows |= set(inference.derivations(plan.names, [graph]))
    progress(total - 1, total, "what follows from it")
    engine_edits.remove(opened, followed - follows)
    engine_edits.load(opened, sorted(follows - followed))
    progress(total, total, "done")


def following(opened: Engine, graph: str, inferred: str) -> set[Quad]:
    """What the graph *inferred* says that follows from the annotation file of *graph*."""
    found: set[Quad] = set()
    for kind in _FOLLOWING:
        for statement in engine.subjects(opened, PREFIXES["rdf"] + "type", kind, graph):
            found |= engine.about(opened, statement, inferred)
            for node in engine.subjects(opened, ST + "ofPosition", statement, inferred):
                found |= engine.about(opened, node, inferred)
    return found
