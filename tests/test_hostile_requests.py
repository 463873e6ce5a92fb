"""A few hundred requests of the ten thousand that `tools/hostile_requests.py` sends."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from serving import in_thread

from kg.builds import build

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

import hostile_requests as hostile


@pytest.fixture(scope="module")
def port(world_seeds, tmp_path_factory):
    directory = tmp_path_factory.mktemp("hostile") / "graph"
    build(world_seeds, directory)
    with in_thread(directory, seconds=2.0, grace=1.0, patience=2.0, megabytes=2048) as port:
        yield port


def test_honest_clients_are_answered_right_whatever_the_others_send(port):
    report, growth = hostile.run(port, os.getpid(), count=300, threads=3, seed=7, slow=4)
    assert report.wrong == []
    assert report.honest["right"] >= 30
    assert growth < 60
    assert sum(report.hostile.values()) == 304
    assert not [name for name in report.hostile if name.endswith(" 500")]


@pytest.mark.parametrize("kind", [kind for kind, _ in hostile.ATTACKS], ids=lambda kind: kind.__name__)
def test_the_same_seed_sends_the_same_and_another_something_else(kind):
    sent = [[kind(random.Random(seed)) for seed in range(first, first + 20)] for first in (0, 0, 100)]
    assert sent[0] == sent[1]
    assert len({each[:3000] for each in sent[0] + sent[2]}) > 5


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n", False),
    ],
)
def test_it_knows_when_an_answer_is_whole(answer, expected):
    assert hostile.is_whole(answer, b"GET / HTTP/1.1\r\n\r\n") is expected


def test_a_wrong_answer_is_found_out(port):
    report = hostile.Report()
    expected = dict.fromkeys(hostile.HONEST, '{"boolean": false, "head": {}}')
    hostile.ask_honestly(port, random.Random(1), expected, report)
    assert report.honest["wrong"] == 1
