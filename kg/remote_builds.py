"""Bring a remote SPARQL server up to date with a corpus: changed graphs only, each one whole.

What follows from the statements is worked out here, in a store of our own that is thrown
away; then each graph that differs replaces the one that is there, what is inferred last.
Other than in a directory, a reader may see some graphs of the new build beside some of
the old one. A build that was broken off is gone on with by the next.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from kg import builds, engine
from kg.builds import BuildReport, Plan, Progress
from kg.corpora import Seeds
from kg.engine import Engine
from kg.remote import RemoteStore


def build(seeds: Seeds, remote: RemoteStore, *, progress: Progress | None = None) -> BuildReport:
    """Make the graphs of *remote* what *seeds* say; those that do not differ are left alone.

    Graphs that `kg build` did not make are never touched.

    Raises:
        StoreError: the server cannot be reached, refuses something, or holds other counts afterwards.
        QueryError: it does not answer queries.
    """
    plan = Plan.make(seeds, remote.notes)
    if not plan.is_idle:
        with TemporaryDirectory(prefix="standpoint-") as folder:
            opened = engine.create(Path(folder))
            _fill(plan, remote, opened)
            _send(plan, remote, opened, progress or builds.say_nothing)
        remote.forget()
    return plan.report(sum(remote.count(graph) - 1 for graph in plan.notes))


def _fill(plan: Plan, remote: RemoteStore, opened: Engine) -> None:
    """Put into *opened* all that the server shall hold: what *seeds* say, and what it keeps of others."""
    whole = Plan.make(plan.seeds, {})
    for graph in sorted(plan.notes.keys() - whole.notes.keys()):
        engine.load(opened, remote.quads(graph))
    builds.fill(whole, opened)


def _send(plan: Plan, remote: RemoteStore, opened: Engine, progress: Progress) -> None:
    for graph in plan.gone:
        remote.drop(graph)
    for done, graph in enumerate(plan.changed):
        progress(done, len(plan.changed), plan.notes[graph].path or graph)
        triples = (quad.triple() for quad in engine.quads(opened, graph))
        remote.replace(graph, triples, plan.notes[graph])
    progress(len(plan.changed), len(plan.changed), "done")
