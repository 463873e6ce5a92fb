"""Turtle 1.2: each position as the plain statement that it is, and its record as the reifier of that.

``actor:ada-lane stance:proposes proposal:ferry ~ position:… {| st:gist "…" |} .`` says with the
annotation syntax of RDF 1.2 Turtle (section 2.11) that the position *reifies* the
statement. The stance stands as the predicate, so that a tool that knows nothing of
positions still sees who stands where. A position that is only inferred or predicted
reifies its statement without stating it (``<< … ~ position:… >>``). Everything else is
as in the Turtle of `kg.exports`, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from kg.exports import Shortener, Statements, subject_blocks
from kg.terms import PREFIXES, Iri, Quad, expand, token

_HOLDER, _STANCE, _PROPOSAL = (
    token(Iri(expand(name))) for name in ("st:heldBy", "st:takesStance", "st:onProposal")
)

_INNERMOST, _MODE = (token(Iri(expand(name))) for name in ("st:innermostAttribution", "st:inMode"))
_TALK = {token(Iri(expand(name))) for name in ("mode:inferred", "mode:predicted")}


def reified(quads: Iterable[Quad], *, prefixes: Mapping[str, str] = PREFIXES) -> Iterator[str]:
    """Write *quads*, all graphs as one, as Turtle 1.2 with a reifier for each position.

    >>> graph = [Quad("<urn:p1>", f"<{expand(name)}>", f"<urn:{value}>", "<urn:g>") for name, value in
    ...          [("st:heldBy", "ada"), ("st:takesStance", "proposes"), ("st:onProposal", "ferry")]]
    >>> print("".join(reified(graph)).splitlines()[3])
    <urn:ada> <urn:proposes> <urn:ferry> ~ <urn:p1> {|
    """
    triples = sorted({quad[:3] for quad in quads})
    positions = _positions(triples)
    short = Shortener(dict(prefixes))
    others = [triple for triple in triples if triple[0] not in positions]
    blocks = list(subject_blocks(others, short, ""))
    described = {
        subject: "".join(subject_blocks(list(about), short, "    "))
        for subject, about in groupby(
            (triple for triple in triples if triple[0] in positions), key=lambda triple: triple[0]
        )
    }
    talk = _only_talk(triples)
    for stated, alike in groupby(sorted(positions, key=lambda node: (positions[node], node)), positions.get):
        if stated is not None:
            blocks += _written(stated, {node: described[node] for node in alike}, talk, short)
    yield 'VERSION "1.2"\n'
    yield short.declarations()
    for block in blocks:
        yield "\n" + block


def _positions(triples: Statements) -> dict[str, tuple[str, str, str]]:
    """The nodes that have a holder, a stance and a proposal, with the statement they come to."""
    parts: dict[str, dict[str, str]] = {}
    for subject, predicate, obj in triples:
        if predicate in (_HOLDER, _STANCE, _PROPOSAL):
            parts.setdefault(subject, {})[predicate] = obj
    return {
        node: (found[_HOLDER], found[_STANCE], found[_PROPOSAL])
        for node, found in parts.items()
        if len(found) == 3
    }


def _only_talk(triples: Statements) -> set[str]:
    """The nodes whose innermost attribution says that somebody infers or predicts them."""
    modes = {subject: obj for subject, predicate, obj in triples if predicate == _MODE}
    return {
        subject for subject, predicate, obj in triples if predicate == _INNERMOST and modes.get(obj) in _TALK
    }


def _written(
    stated: tuple[str, str, str], described: Mapping[str, str], talk: set[str], short: Shortener
) -> Iterator[str]:
    """The statement with its reifiers, and after it the reifiers that do not state it."""
    statement = " ".join(map(short, stated))
    # A block begins with its node and ends with a full stop: neither stands in an annotation.
    bodies = {
        node: block.strip().removeprefix(short(node)).removesuffix(".").strip()
        for node, block in described.items()
    }
    notes = [f"~ {short(node)} {{|\n    {body}\n|}}" for node, body in bodies.items() if node not in talk]
    if notes:
        yield f"{statement} {' '.join(notes)} .\n"
    for node, body in bodies.items():
        if node in talk:
            yield f"<< {statement} ~ {short(node)} >> {body} .\n"
