"""Readers that ask a store again and again while it is built anew, and a judge of their answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tools.fault_programs import Program

Answer = tuple[tuple[str, int], ...]
Mark = Callable[[Path, str, float], object]

_READ = """
import json, sys, threading
from kg.graph import open_graph
asked = '''PREFIX st: <https://w3id.org/standpoint/ontology#>
SELECT ?gist WHERE { ?statement st:gist ?gist FILTER(CONTAINS(?gist, " marked ")) }'''
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.is_set():
    with open_graph(sys.argv[1]) as graph:
        for _ in range(3):
            rows = graph.sparql(asked).rows
            words = [row[0].value.rpartition(" marked ")[2] for row in rows]
            print(json.dumps({word: words.count(word) for word in words}, sort_keys=True), flush=True)
"""


def read_while_building(
    source: Path, folder: Path, *, readers: int, builds: int, mark: Mark
) -> tuple[str, list[str]]:
    """Have so many *readers* ask during so many *builds* of versions of *source*.

    Gives what they saw in words, and what was wrong. Every second build changes all files, the others a
    few. An answer must be that of one version, and nobody may see an older version than he saw before.
    """
    folder.mkdir()
    corpus, store = folder / "corpus", folder / "store"
    shutil.copytree(source, corpus)
    mark(corpus, "0", 1.0)
    expected = [_marks(corpus)]
    Program.build(corpus, store).must_end()
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _READ, str(store)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(readers)
    ]
    wrong: list[str] = []
    try:
        for number in range(1, builds + 1):
            mark(corpus, str(number), 1.0 if number % 2 == 0 else 0.02)
            expected.append(_marks(corpus))
            one, other = Program.build(corpus, store), Program.build(corpus, store)
            texts = [one.ended(), other.ended()]
            statuses = [one.status, other.status]
            if sum(statuses) and not (sum(statuses) == 1 and "in use by another build" in "".join(texts)):
                wrong.append(f"build {number}: {texts}")
    finally:
        answers = [_ended(program, wrong) for program in programs]
    seen = [_judged(each, expected, wrong) for each in answers]
    total, versions = sum(map(len, answers)), len(set().union(*seen))
    return f"{total:,} answers, each of one of {versions} versions", wrong


def _marks(corpus: Path) -> Answer:
    found: Counter[str] = Counter()
    for file in (corpus / "documents").rglob("*.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            _, is_marked, word = json.loads(line).get("gist", "").rpartition(" marked ")
            if is_marked:
                found[word] += 1
    return tuple(sorted(found.items()))


def _ended(program: subprocess.Popen[bytes], wrong: list[str]) -> list[Answer]:
    output, errors = program.communicate()  # which closes its standard input, so that it ends
    if program.returncode:
        wrong.append(f"a reader ended with {program.returncode}: {errors.decode(errors='replace')[-500:]}")
    return [tuple(sorted(json.loads(line).items())) for line in output.splitlines()]


def _judged(answers: list[Answer], expected: list[Answer], wrong: list[str]) -> set[int]:
    """Which versions a reader has seen, one after the other."""
    seen: list[int] = []
    for answer in answers:
        if answer not in expected:
            wrong.append(f"a mixed answer: {answer}")
            continue
        seen.append(expected.index(answer))
    if seen != sorted(seen):
        wrong.append(f"an older version after a newer one: {seen}")
    if not seen:
        wrong.append("a reader got no answer")
    return set(seen)
