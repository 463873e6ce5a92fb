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
from kg.build_plans import BuildReport, Fingerprints, Plan
from kg.builds import Check, Filling, Progress
from kg.corpora import Seeds
from kg.engine import Engine
from kg.remote import RemoteStore
from kg.snapshots import Notes
from kg.surveys import RecordSurvey, Survey


def build(
    corpus: Seeds | Survey,
    remote: RemoteStore,
    *,
    progress: Progress = builds.say_nothing,
    check: Check = builds.accept,
) -> BuildReport:
    """Make the graphs of *remote* what *corpus* says; those that do not differ are left alone.

    Graphs that `kg build` did not make are never touched.

    Raises:
        StoreError: the server cannot be reached, refuses something, or holds other counts afterwards.
        QueryError: it does not answer queries.
    """
    survey = RecordSurvey(corpus) if isinstance(corpus, Seeds) else corpus
    notes = remote.notes
    if not _is_idle(survey, notes):
        with TemporaryDirectory(prefix="standpoint-") as folder:
            opened = engine.create(Path(folder))
            plan = Filling(survey, opened).fill(lambda _: notes, fetch=remote.quads, check=check)
            if not plan.is_idle:
                _send(plan, remote, opened, progress)
                remote.forget()
    else:
        plan = _plan(survey, notes)
    return plan.report(sum(remote.count(graph) - 1 for graph in plan.notes))


def _is_idle(survey: Survey, notes: Notes) -> bool:
    """Whether each file has its graph there already."""
    return (
        not survey.base.broken
        and set(survey.paths()) <= {note.path for note in notes.values()}
        and _plan(survey, notes).is_idle
    )


def _plan(survey: Survey, notes: Notes) -> Plan:
    """What there is to do if each file has the graph that it has had."""
    prints = Fingerprints(survey.base)
    graphs = {note.path: graph for graph, note in notes.items() if note.path}
    stated = {graphs[path]: prints.of(path, survey.sha256(path)) for path in survey.paths()}
    return Plan.make(prints, notes, prints.of_base() | stated, is_whole=survey.is_whole)


def _send(plan: Plan, remote: RemoteStore, opened: Engine, progress: Progress) -> None:
    for graph in plan.gone:
        remote.drop(graph)
    for done, graph in enumerate(plan.changed):
        progress(done, len(plan.changed), plan.notes[graph].path or graph)
        triples = (quad.triple() for quad in engine.quads(opened, graph))
        remote.replace(graph, triples, plan.notes[graph])
    progress(len(plan.changed), len(plan.changed), "done")
