"""Corpora of any size, made of records, for tests of the store and for measurements.

Run as a program, it builds one again and again, so that a test can kill it:
``synthetic.py DIRECTORY DOCUMENTS``.
"""

import hashlib
import sys
from itertools import count
from pathlib import Path

from kg.corpora import Seeds
from kg.records import (
    Actor,
    Annotation,
    Coder,
    Coding,
    Corpus,
    Document,
    Issue,
    Passage,
    Position,
    Proposal,
    Registry,
    Source,
    Text,
    Tie,
)

BASE = "https://example.org/synthetic/"
CORPUS = Corpus(title="Synthetic", base=BASE)
STANCES = ("proposes", "supports", "open-to", "opposes")


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def registry(persons=8, issues=6, proposals=10):
    states = [Actor(id=f"state-{n}", label=f"State {n}", kind="state") for n in range(max(1, persons // 4))]
    governments = [
        Actor(id=f"gov-{n}", label=f"Government {n}", kind="government", part_of=(Tie(of=f"state-{n}"),))
        for n in range(len(states))
    ]
    people = [
        Actor(
            id=f"person-{n}",
            label=f"Person {n}",
            kind="person",
            memberships=(Tie(of=f"gov-{n % len(states)}", role="minister", since="2020", until="2024-06"),),
            speaks_for=(Tie(of=f"gov-{n % len(states)}", since="2023"),) if n % 3 == 0 else (),
        )
        for n in range(persons)
    ]
    return Registry(
        name="all",
        actors=(*states, *governments, *people),
        issues=tuple(
            Issue(id=f"issue-{n}", label=f"Issue {n}", broader=(f"issue-{(n - 1) // 3}",) if n else ())
            for n in range(issues)
        ),
        proposals=tuple(
            Proposal(id=f"proposal-{n}", label=f"Proposal {n}", issues=(f"issue-{n % issues}",))
            for n in range(proposals)
        ),
        coders=(Coder(id="coder", label="Coder"),),
    )


def annotation(number, *, version="", positions=3, persons=8, proposals=10):
    document = Document(
        id=f"doc-{number}",
        title=f"Document {number}",
        text=Text(sha256=sha(f"text {number}"), start=0, end=1000),
        voice="person-0",
        published=f"20{20 + number % 6}-0{1 + number % 9}-11",
    )
    return Annotation(
        document=document,
        coding=Coding(coder="coder"),
        passages=(Passage(id="p", start=1, end=9, sha256=sha("p"), first="a", last="b"),),
        positions=tuple(
            Position(
                id=f"position-{n}",
                passages=("p",),
                gist=f"gist {version}",
                holder=f"person-{(number + n) % persons}",
                stance=STANCES[n % len(STANCES)],
                proposal=f"proposal-{(number * 7 + n) % proposals}",
            )
            for n in range(positions)
        ),
    )


def source(path, content, mark=""):
    return Source(path=path, sha256=sha(f"{path} {mark}"), content=content)


def seeds(documents, *, version="", broken=(), corpus=CORPUS, **sizes):
    """A corpus of the numbered *documents*, each as of *version* (a text, or one by number)."""
    known = {name: sizes[name] for name in ("persons", "proposals") if name in sizes}
    sources = [source("corpus.yaml", corpus), source("registries/all.yaml", registry(**known))]
    for number in documents:
        mark = version.get(number, "") if isinstance(version, dict) else version
        content = annotation(number, version=mark, **sizes)
        sources.append(source(f"documents/{number}.yaml", content, mark))
    return Seeds(Path("seeds"), corpus, tuple(sources), (), tuple(f"documents/{n}.yaml" for n in broken))


if __name__ == "__main__":
    from kg.builds import build

    directory, documents = Path(sys.argv[1]), int(sys.argv[2])
    for turn in count(int(sys.argv[3])):
        build(
            seeds(range(turn % 2, documents), version={n: str(turn) for n in range(turn % 7, documents, 7)}),
            directory,
        )
        print(turn, flush=True)
