"""The peers, each a program of its own: the engine alone, the parser alone, rdflib and pySHACL.

Run as a program it does one of them: ``peers.py NAME ARGUMENTS``. Nothing of Standpoint is imported; what a
peer needs from it (N-Quads, JSON-LD, shapes, the text of questions) is made before, and not counted.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

READY: Final = "ASK { ?s ?p ?o }"
"""Answered when a store can be queried."""


def memory(nquads: str) -> None:
    """The engine alone: N-Quads into a store in memory."""
    import pyoxigraph

    store = pyoxigraph.Store()
    store.load(path=nquads, format=pyoxigraph.RdfFormat.N_QUADS)  # some tenths faster than bulk_load here
    store.query(READY)


def directory(nquads: str, folder: str) -> None:
    """The engine alone: N-Quads into a store in a directory."""
    import pyoxigraph

    store = pyoxigraph.Store(folder)
    store.bulk_load(path=nquads, format=pyoxigraph.RdfFormat.N_QUADS)
    store.flush()
    store.query(READY)


def parse(nquads: str) -> None:
    """The parser alone: the floor for reading quads."""
    import pyoxigraph

    for _ in pyoxigraph.parse(path=nquads, format=pyoxigraph.RdfFormat.N_QUADS):
        pass


def jsonld(folder: str) -> None:
    """The usual parts: JSON-LD documents into a dataset of rdflib."""
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    for path in sorted(Path(folder).glob("*.jsonld")):
        dataset.parse(path, format="json-ld")
    dataset.query(READY)


def pyshacl(ntriples: str, shapes: str, *background: str) -> None:
    """The usual parts: N-Triples into a graph of rdflib, which pySHACL validates.

    The *background* is what the shapes lean on: vocabularies, and the classes of the ontology.
    """
    import pyshacl
    import rdflib

    graph = rdflib.Graph().parse(ntriples, format="nt")
    for path in background:
        graph.parse(path, format="turtle")
    rules = rdflib.Graph().parse(shapes, format="turtle")
    pyshacl.validate(graph, shacl_graph=rules, inplace=True)


def questions(nquads: str, asked: str, limit: str, answers: str) -> None:
    """The usual parts: rdflib asked the texts of questions (JSON, by name), each for *limit* seconds at most.

    To the file *answers* go, by name, the seconds that each took with the writing of its rows as CSV; null
    for one that took longer or failed. They are seconds of the processor: rdflib has one thread, and so
    nothing else that happens on the machine is held against it.
    """
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(nquads, format="nquads")

    def answer(text: str) -> object:
        return dataset.query(text).serialize(format="csv")

    texts: dict[str, str] = json.loads(Path(asked).read_text(encoding="utf-8"))
    found = {name: _seconds(partial(answer, text), float(limit)) for name, text in texts.items()}
    Path(answers).write_text(json.dumps(found), encoding="utf-8")


class _LateError(BaseException):
    """The time is up; no handler of errors between here and there takes it for one."""


def _seconds(work: Callable[[], object], limit: float) -> float | None:
    try:
        with _at_most(limit):
            start = time.process_time()
            work()
            return time.process_time() - start
    except (_LateError, Exception):
        return None


@contextmanager
def _at_most(limit: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise _LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


PEERS: Final[dict[str, Callable[..., None]]] = {
    work.__name__: work for work in (memory, directory, parse, jsonld, pyshacl, questions)
}

if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])
