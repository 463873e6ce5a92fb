"""Send a server of the graph what nobody should, honest questions in between, and see what becomes of it.

    python tools/hostile_requests.py --store build/graph --requests 10000

starts `kg serve` on a free port of loopback, sends fuzzed queries, deep ones, endless ones, slow bodies,
huge heads, broken encodings, path tricks and garbage from some threads at once, and prints whether the
front is still the same process, how its memory has grown, how many workers it took, and whether every
honest question got its right answer. The same seed sends the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_from_bytes

HOST: Final = "127.0.0.1"
HONEST: Final = (
    "SELECT (COUNT(*) AS ?n) { ?s a st:Position }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
    "ASK { ?position st:heldBy ?actor }",
    "SELECT ?actor ?label { ?actor a st:Actor ; skos:prefLabel ?label } ORDER BY ?actor ?label LIMIT 20",
)
_ROWS: Final = " ".join(map(str, range(40)))
CROSS: Final = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{n} {{ {_ROWS} }}" for n in range(9)) + " }"
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"
_WORDS: Final = (
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "{", "}", "(", ")", "[", "]", "*", "?x", "?y",
    "<urn:x>", "<", ">", '"', "'", '"""', "\\", "\\u0053ERVICE", "SERVICE", "LOAD", "FILTER", "BIND",
    "VALUES", "UNION", "OPTIONAL", "MINUS", "GRAPH", "FROM", "NAMED", "ORDER BY", "LIMIT -1",
    "LIMIT 99999999999999999999", ".", ";", ",", "^", "/", "|", "+", "!", "1e999", "_:b", "@en", "^^", "\x00",
    "\ud7ff", "#", "\n",
    "REGEX(?x, '(a+)+$')", "NOW()", "EXISTS", "PREFIX : <", "BASE <x>", "st:Position", "'a'@en-", "<<", ">>",
    "INSERT DATA", "DROP ALL",
)  # fmt: skip


# ---------------------------------------------------------------- what is sent

Attack = Callable[[random.Random], bytes]


def request(method: str, target: str, *headers: str, body: bytes = b"", host: str = HOST) -> bytes:
    """A request as bytes, as well-formed as what it is given."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + body


def ask(query: str | bytes) -> bytes:
    """A query by POST."""
    body = query.encode("utf-8", "replace") if isinstance(query, str) else query
    return request("POST", "/sparql", "Content-Type: application/sparql-query", body=body)


def words(chance: random.Random) -> bytes:
    """Words of SPARQL in no order."""
    return ask(" ".join(chance.choices(_WORDS, k=chance.randint(1, 60))))


def mutated(chance: random.Random) -> bytes:
    """An honest query with something wrong in it."""
    text = list(chance.choice((*HONEST, CROSS)))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text))
        how = chance.randrange(3)
        text[at : at + how] = [chance.choice((*_WORDS, chr(chance.randrange(1, 0x3000))))]
    return ask("".join(text))


def noise(chance: random.Random) -> bytes:
    """Bytes that are no text as a query."""
    return ask(chance.randbytes(chance.randint(1, 3000)))


def deep(chance: random.Random) -> bytes:
    """Something inside of itself, many times over."""
    many = chance.choice((400, 499, 5_000, 10_000, 50_000))
    return ask(
        chance.choice(
            (
                "SELECT * { " + "{" * many + "}" * many + " }",
                "ASK { FILTER(" + "(" * many + "1" + ")" * many + ") }",
                "ASK { ?s ?p " + "[ <urn:p> " * many + "1" + " ]" * many + " }",
                "ASK { FILTER(" + "!" * many + "true) }",
                "ASK { ?s " + "/".join(["<urn:p>"] * many) + " ?o }",
                "ASK { FILTER(" + "+".join(["1"] * many) + " > 0) }",
                "ASK { " + "OPTIONAL { ?s ?p ?o } " * (many // 10) + "}",
                "SELECT * { " + "UNION".join(["{ ?s ?p ?o }"] * (many // 10)) + " } LIMIT 1",
            )
        )
    )


def endless(chance: random.Random) -> bytes:
    """A query without end."""
    return ask(chance.choice((CROSS, ENDLESS)) + f" # {chance.random()}")


def large(chance: random.Random) -> bytes:
    """A query whose answer is large, read to no end."""
    return ask(f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} # {chance.random()}")


def heads(chance: random.Random) -> bytes:
    """Heads that are too large, too many, or none."""
    return chance.choice(
        (
            request("GET", "/sparql?query=ASK%7B%7D", "X: " + "a" * chance.randint(20_000, 300_000)),
            request("GET", "/", *(f"X-{n}: y" for n in range(chance.randint(150, 3000)))),
            request("GET", "/" + "a" * chance.randint(5_000, 70_000)),
            request("GET", "/sparql", "Accept: " + ",".join(["text/turtle;q=0.1"] * 800)),
            b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            request(
                "GET", "/", host=chance.choice(("evil.example", "127.0.0.1.evil.example", "", "a" * 300))
            ),
        )
    )


def encodings(chance: random.Random) -> bytes:
    """Encodings that are broken, or are not what they say."""
    junk = chance.randbytes(chance.randint(1, 60))
    kind = "Content-Type: application/sparql-query"
    post = f"POST /sparql HTTP/1.1\r\nHost: {HOST}\r\n{kind}\r\n".encode()
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n"
    return chance.choice(
        (
            request("GET", "/sparql?query=" + quote_from_bytes(junk)),
            request("GET", "/sparql?query=%" + chance.choice(("", "z", "ff", "u0041", "00"))),
            request("POST", "/sparql", f"{kind}; charset=utf-16", body="ASK {}".encode("utf-16")),
            request(
                "POST", "/sparql", "Content-Type: application/x-www-form-urlencoded", body=b"query=" + junk
            ),
            request("POST", "/sparql", "Content-Type: multipart/form-data; boundary=x", body=junk),
            request("POST", "/sparql", kind, "Content-Encoding: gzip", body=junk),
            chunked + b"zzz\r\n" + junk,
            chunked + b"ffffffffffffffff\r\n" + junk,
            chunked + b"6\r\nASK {}\r\n0\r\n\r\n",
            request("POST", "/sparql", kind, "Transfer-Encoding: chunked", body=b"ASK {}"),
            post + b"Content-Length: -1\r\n\r\n",
            post + b"Content-Length: 99999999999\r\n\r\n",
            post + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}",
        )
    )


def paths(chance: random.Random) -> bytes:
    """Paths that lead out, or nowhere."""
    tricks = (
        "/../../etc/passwd", "/static/../../app.py", "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%2f..%2fapp.py", "/static//etc/passwd", "//etc/passwd", "/\\..\\..\\x", "/static/%00",
        "/static/style.css%00.html",        "/%c0%ae%c0%ae/x", "/static", "/static/", "/.git/config",
        "/data/../sparql", "/data/%2e%2e/x", "*",
        "http://evil.example/", "/actor/%ff", "/question/..%2f..%2fx.csv", "/actor/" + quote("<script>"),
        "/ask?q=" + quote("'\"><script>alert(1)</script>"), "/question/positions.csv?actor=" + "x" * 5000,
        "/api/v1/../../x", "/actor/" + "a/" * 500, "/document/?coder=%00",
    )  # fmt: skip
    return request(chance.choice(("GET", "GET", "GET", "HEAD", "POST", "OPTIONS")), chance.choice(tricks))


def methods(chance: random.Random) -> bytes:
    """Methods that are unknown, or not allowed."""
    name = chance.choice(("TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "FOO", "get", "PROPFIND", "QUERY"))
    token = chance.choice(
        ("", "Authorization: Bearer x", "Authorization: Basic eDp4", "Authorization: Bearer")
    )
    headers = ("Content-Type: text/turtle", *([token] if token else []))
    return request(
        name, chance.choice(("/sparql", "/data?default", "/data/x", "/", "*")), *headers, body=b"<a>"
    )


def garbage(chance: random.Random) -> bytes:
    """What is no HTTP at all."""
    return chance.choice(
        (
            chance.randbytes(chance.randint(1, 5000)),
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + chance.randbytes(300),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\r\n" * 5000,
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            request("GET", "/healthz") * 200,  # sent all at once, and not one answer waited for
        )
    )


ATTACKS: Final[tuple[tuple[Attack, float], ...]] = (
    (words, 20), (mutated, 25), (noise, 10), (deep, 4), (endless, 0.4), (large, 0.6), (heads, 10),
    (encodings, 12), (paths, 12), (methods, 6), (garbage, 6),
)  # fmt: skip
"""What is sent, and how often."""

_PATIENCE: Final[dict[Attack, float]] = {large: 0.2, garbage: 1.0, encodings: 1.0, heads: 1.0}
"""How many seconds an answer is waited for, where none may come."""


# ---------------------------------------------------------------- sending it


@dataclass
class Report:
    """What became of it."""

    hostile: Counter[str] = field(default_factory=Counter)
    honest: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def exchange(port: int, sent: bytes, *, seconds: float, largest: int = 1 << 20) -> bytes:
    """Send bytes and read one answer, until it is whole, the other end closes, or the time is up."""
    with socket.create_connection((HOST, port), timeout=seconds) as client:
        until = time.monotonic() + seconds
        found = b""
        try:
            client.sendall(sent)
            while len(found) < largest and not is_whole(found, sent) and time.monotonic() < until:
                piece = client.recv(65536)
                if not piece:
                    break
                found += piece
        except OSError:
            pass
        return found


def is_whole(answer: bytes, sent: bytes) -> bool:
    """Whether nothing of an answer is missing."""
    head, mark, body = answer.partition(b"\r\n\r\n")
    if not mark or sent.startswith(b"HEAD") or status(head) in ("204", "304"):
        return bool(mark)
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def status(answer: bytes) -> str:
    """The status of an answer, or what there is instead."""
    found = re.match(rb"HTTP/1\.1 (\d\d\d)", answer)
    return found[1].decode() if found else "closed"


def slowly(port: int, *, seconds: float, end: bytes) -> str:
    """Send a head that ends with *end*, then a body (or more of the head) byte by byte, for some seconds."""
    lines = ("POST /sparql HTTP/1.1", f"Host: {HOST}", "Content-Type: application/sparql-query")
    head = "\r\n".join((*lines, "Content-Length: 900", ""))
    with socket.create_connection((HOST, port), timeout=2) as client:
        client.sendall(head.encode() + end)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                client.sendall(b"X")
                client.settimeout(0.5)
                if answer := client.recv(4096):
                    return status(answer)
            except TimeoutError:
                continue
            except OSError:
                return "closed"
    return "given up"


def honest(port: int, query: str) -> tuple[str, str]:
    """Ask a well-meant question; the status, and the answer in one line."""
    target = "/sparql?query=" + quote(query)
    accept = "Accept: application/sparql-results+json"
    answer = exchange(port, request("GET", target, accept, "Connection: close"), seconds=30)
    head, _, body = answer.partition(b"\r\n\r\n")
    try:
        return status(head), json.dumps(json.loads(body), sort_keys=True)
    except ValueError:
        return status(head), ""


def attack(port: int, count: int, seed: int, expected: dict[str, str], report: Report) -> None:
    """Send *count* hostile requests, and an honest one after every tenth."""
    chance = random.Random(seed)  # noqa: S311 - the same seed sends the same
    kinds, weights = zip(*ATTACKS, strict=True)
    for number in range(count):
        kind = chance.choices(kinds, weights)[0]
        sent = kind(chance)
        patience = _PATIENCE.get(kind, 8.0)
        found = (
            status(exchange(port, sent, seconds=patience)) if chance.random() > 0.05 else _leave(port, sent)
        )
        with report.lock:
            report.hostile[f"{kind.__name__} {found}"] += 1
        if number % 10 == 0:
            ask_honestly(port, chance, expected, report)


def _leave(port: int, sent: bytes) -> str:
    """Send and go away at once."""
    with socket.create_connection((HOST, port), timeout=5) as client:
        client.sendall(sent[:70_000])
    return "left"


def ask_honestly(port: int, chance: random.Random, expected: dict[str, str], report: Report) -> None:
    """Ask a question whose answer is known; a server that is busy may be asked again."""
    query = chance.choice(HONEST)
    fresh = query if chance.random() < 0.3 else f"{query} # {chance.random()}"
    began = time.monotonic()
    for _ in range(10):
        code, answer = honest(port, fresh)
        if code != "503":
            break
        with report.lock:
            report.honest["asked again, for it was busy"] += 1
        time.sleep(0.5)
    with report.lock:
        report.seconds.append(time.monotonic() - began)
        if code == "200" and answer == expected[query]:
            report.honest["right"] += 1
        else:
            report.honest["wrong"] += 1
            report.wrong.append(f"{code} {query} {answer[:200]}")


# ---------------------------------------------------------------- the server


def memory(pid: int) -> float:
    """The memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def numbers(port: int) -> dict[str, float]:
    """The single numbers among the metrics of the server."""
    text = exchange(port, request("GET", "/metrics", "Connection: close"), seconds=20).decode(
        errors="replace"
    )
    return {name: float(value) for name, value in re.findall(r"^standpoint_(\w+) (\S+)$", text, re.MULTILINE)}


@contextmanager
def serving(store: Path, *options: str) -> Iterator[tuple[int, int]]:
    """`kg serve` on a free port: its process id and port."""
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "serve",
        "--store",
        str(store),
        "--port",
        "0",
        "--access-log",
        "",
    ]
    with tempfile.NamedTemporaryFile("w+") as log:
        process = subprocess.Popen([*command, *options], stderr=log)
        try:
            yield process.pid, _port(process, Path(log.name))
        finally:
            process.terminate()
            process.wait(60)
            errors = [line for line in Path(log.name).read_text().splitlines() if "serving" not in line]
            print(f"errors in the server's log: {len(errors)}", *errors[-5:], sep="\n  ")


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    while process.poll() is None:
        if found := re.search(rf"at http://{HOST}:(\d+)/", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise SystemExit(f"the server did not start: {log.read_text()}")


def run(port: int, pid: int, *, count: int, threads: int, seed: int, slow: int) -> tuple[Report, float]:
    """Attack a server; what became of it, and by how many MB its memory has grown after the first tenth."""
    expected = {query: honest(port, query)[1] for query in HONEST}
    report = Report()
    _attack_at_once(port, count // 10, threads, seed, expected, report)
    before = memory(pid)
    slows = [
        threading.Thread(target=_slow, args=(port, report, b"\r\n" if number % 2 else b""))
        for number in range(slow)
    ]
    for each in slows:
        each.start()
    _attack_at_once(port, count - count // 10, threads, seed + 1000, expected, report)
    for each in slows:
        each.join()
    return report, memory(pid) - before


def _slow(port: int, report: Report, end: bytes) -> None:
    found = slowly(port, seconds=15, end=end)
    with report.lock:
        report.hostile[f"slowly {found}"] += 1


def _attack_at_once(
    port: int, count: int, threads: int, seed: int, expected: dict[str, str], report: Report
) -> None:
    shares = [count // threads + (number < count % threads) for number in range(threads)]
    at_work = [
        threading.Thread(target=attack, args=(port, share, seed + number, expected, report))
        for number, share in enumerate(shares)
    ]
    for each in at_work:
        each.start()
    for each in at_work:
        each.join()


def main() -> int:
    """Attack, and print what became of it; exit status 1 if an honest question got a wrong answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=Path("build/graph"))
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--slow", type=int, default=50, help="clients that send slowly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", default="4", help="seconds that the server gives a query")
    given = parser.parse_args()
    with serving(given.store, "--timeout", given.timeout, "--memory", "2048") as (pid, port):
        began = time.monotonic()
        report, growth = run(
            port, pid, count=given.requests, threads=given.threads, seed=given.seed, slow=given.slow
        )
        is_alive = Path(f"/proc/{pid}").exists() and os.waitpid(pid, os.WNOHANG) == (0, 0)
        found = numbers(port)
        print(f"{sum(report.hostile.values())} hostile requests in {time.monotonic() - began:.0f} s")
        for name, count in sorted(report.hostile.items()):
            print(f"  {name}: {count}")
        print(f"front restarted: {'no' if is_alive else 'IT HAS ENDED'}")
        print(f"front's memory: {memory(pid):.0f} MB, grown by {growth:+.1f} MB after the first tenth")
        print(f"workers started: {found['workers_started_total']:.0f}")
        print(f"honest questions: {dict(report.honest)}")
        quantiles = statistics.quantiles(report.seconds, n=100)
        print(f"  answered within {quantiles[49]:.3f} s (median), {quantiles[98]:.3f} s (99 of 100)")
        print(*report.wrong[:10], sep="\n  ")
    return 1 if report.wrong or not is_alive else 0


if __name__ == "__main__":
    sys.exit(main())
