"""The endpoint against the engine's own server: requests per second, and how long the slowest wait."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from benchmarks.figures import Figure, Goal, Samples
from benchmarks.runs import DEFAULT, KG, Run, database
from benchmarks.startup import QUESTION, seeds

CLIENTS: Final = (1, 16, 64)
_FEW: Final = (1, 2)  # where a run only tries the figures themselves
OXIGRAPH: Final = Path(sys.executable).with_name("oxigraph")
_LOAD: Final = Path(__file__).with_name("load.py")
_NOTE: Final = "by the clock on the wall, whatever else runs; the clients share the processors"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of both: a name, and the request that each gets as bytes."""

    what: str
    ours: bytes
    peer: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients of one round found: answers per second, the 99th percentile in ms, refusals."""

    rate: float
    p99: float
    refused: int


class LoadError(Exception):
    """A server did not answer as it should."""


def measure(run: Run) -> Iterator[Figure]:
    """Ask both servers in turns, with few clients and with many."""
    store = seeds(run)
    with ours(store, run.folder) as mine, peers(store, run.folder) as other:
        seconds = run.sizes.asking
        for asked in requests(store):
            for port, request in ((mine, asked.ours), (other, asked.peer)):
                load(port, 1, 0.5, request, run.folder)  # so that both have read what they keep
            for clients in CLIENTS if run.sizes.asking >= DEFAULT.asking else _FEW:
                rounds = [
                    (
                        load(mine, clients, seconds, asked.ours, run.folder),
                        load(other, clients, seconds, asked.peer, run.folder),
                    )
                    for _ in range(run.rounds)
                ]
                yield from _figures(asked.what, clients, rounds)


def _figures(what: str, clients: int, rounds: list[tuple[Load, Load]]) -> Iterator[Figure]:
    is_aim = what.startswith("flagship")
    refused = [sum(side[n].refused for side in rounds) for n in (0, 1)]
    told = f"; {refused[0]} refusals of ours, {refused[1]} of theirs" if any(refused) else ""

    def figure(unit: str, goal: Goal, mine: Samples, other: Samples) -> Figure:
        return Figure(
            group="endpoint",
            what=what,
            size=f"{clients} client{'s' if clients > 1 else ''}",
            unit=unit,
            ours=mine,
            peer=other,
            peer_name="oxigraph serve-read-only",
            goal=goal if is_aim else None,
            note=_NOTE + told,
        )

    rates = tuple(zip(*((a.rate, b.rate) for a, b in rounds), strict=True))
    slowest = tuple(zip(*((a.p99, b.p99) for a, b in rounds), strict=True))
    yield figure("requests/s", Goal(">=", 0.5), *rates)
    yield figure("ms (99th percentile)", Goal("<=", 3), *slowest)


def requests(store: Path) -> Iterator[Asked]:
    """The flagship question: always the same, another each time (so that nothing kept helps), by the API.

    And the shortest query there is, which shows what stands before the engine.
    """
    from kg.graph import open_graph

    with open_graph(store) as graph:
        answered = graph.ask(QUESTION)
    text = answered.sparql
    bare = b"ASK {}"
    flagship, fresh = text.encode(), b"# ########\n" + text.encode()
    values = [(name, str(term)) for name, terms in answered.values.items() for term in terms]
    wanted = {"proposal", "function"}
    fields = "&".join(f"{quote(n)}={quote(v, safe='')}" for n, v in values if n in wanted)
    saved = _request("GET", f"/api/v1/questions/{answered.query.name}?{fields}")
    yield Asked("flagship, the same text", _post("/sparql", flagship), _post("/query", flagship))
    yield Asked("flagship, another text each time", _post("/sparql", fresh), _post("/query", fresh))
    yield Asked("flagship, as a saved question of the API", saved, _post("/query", flagship))
    yield Asked("ASK {}, another text each time", _post("/sparql", b"# ########\n" + bare),
                _post("/query", b"# ########\n" + bare))  # fmt: skip


def _post(path: str, query: bytes) -> bytes:
    fields = f"Content-Type: application/sparql-query\r\nContent-Length: {len(query)}\r\n"
    return _request("POST", path, fields, "application/sparql-results+json") + query


def _request(method: str, path: str, fields: str = "", accept: str = "application/json") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n{fields}\r\n".encode()


def load(port: int, clients: int, seconds: float, request: bytes, folder: Path) -> Load:
    """Let *clients* ask the server at *port* for so many *seconds*.

    Raises:
        LoadError: there were no answers.
    """
    file = folder / "request.bin"
    file.write_bytes(request)
    words: list[str | Path] = [sys.executable, _LOAD, str(port), str(clients), str(seconds), file]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    took = sorted(found["took"])
    if len(took) < 2:
        raise LoadError(f"{len(took)} answers were 200, {found['failures']} were not")
    slowest = statistics.quantiles(took, n=100, method="inclusive")[98]
    return Load(len(took) / found["seconds"], 1000 * slowest, found["failures"])


# ---------------------------------------------------------------- servers


@contextlib.contextmanager
def ours(store: Path, folder: Path) -> Iterator[int]:
    """`kg serve` as it comes, with an access log; its port."""
    log = folder / "serve.log"
    words: list[str | Path] = [
        KG,
        "serve",
        "--store",
        store,
        "--port",
        "0",
        "--access-log",
        folder / "access.log",
    ]
    with _running(words, log) as process:
        for _ in range(600):
            if found := re.search(r"at http://127\.0\.0\.1:(\d+)/", log.read_text(encoding="utf-8")):
                yield int(found[1])
                return
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise LoadError(f"the server did not start: {log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def peers(store: Path, folder: Path) -> Iterator[int]:
    """The engine's own server on a copy of the same database; its port."""
    data = folder / "oxigraph"
    if not data.exists():
        shutil.copytree(database(store), data)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words: list[str | Path] = [
        OXIGRAPH, "serve-read-only", "--location", data, "--bind", f"127.0.0.1:{port}",
        "--union-default-graph",
    ]  # fmt: skip
    with _running(words, folder / "oxigraph.log") as process:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise LoadError((folder / "oxigraph.log").read_text(encoding="utf-8"))
            time.sleep(0.05)
        yield port


@contextlib.contextmanager
def _running(words: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
