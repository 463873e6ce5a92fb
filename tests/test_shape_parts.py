"""A part is checked alone, and tells all that others have to know of it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.shape_contexts import Context
from kg.shape_parts import Part, Told, check_part, node_key, read_triples
from kg.terms import SHAPES, expand
from kg.triple_indexes import TYPE

BASE = "https://e.org/"
ACTOR, OTHER = f"<{BASE}actor/bo>", f"<{BASE}actor/cy>"
PLAN, PART = f"<{BASE}plan/p>", f"<{BASE}part/d/c/x>"
POSITION = f"<{BASE}position/d/c/x>"


def iri(name: str) -> str:
    return f"<{expand(name)}>"


CONTEXT = Context(
    triples=(
        (ACTOR, TYPE, iri("st:Actor")),
        (OTHER, TYPE, iri("st:Actor")),
        (ACTOR, iri("st:hasKind"), f"<{expand('actorkind:anonymous-source')}>"),
        (PLAN, TYPE, iri("st:Plan")),
    ),
    base_iri=BASE,
    wide=frozenset([f"<{SHAPES}PlanPart-cycle>"]),
)


@dataclass(frozen=True)
class Stated:
    text: str
    digest: str = ""

    def nquads(self) -> str:
        return self.text


def told(*triples: tuple[str, str, str], context: Context = CONTEXT) -> Told:
    text = "".join(f"{' '.join(each)} <urn:g> .\n" for each in triples)
    return check_part(context, Part("part", (Stated(text),)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        '<s> <p> "a b" <g> .\n<s> <p> <o> <g> .\n',
        '<s> <p> " <g> ." <g> .\n<s> <p> "\\n <o> <g> ." <g> .\n',
        '<s> <p> "x"@en <g> .\n<s> <p> "y\u2028z" <h> .\n_:b <p> _:c <h> .\n',
    ],
)
def test_lines_are_taken_apart_and_put_together_again(text: str) -> None:
    lines = text.split("\n")[:-1]
    graphs = [line.rsplit(" ", 2)[1] for line in lines]
    found = list(read_triples(text))
    assert [f"{' '.join(triple)} {graph} ." for triple, graph in zip(found, graphs, strict=True)] == lines


def test_a_part_tells_its_nodes_by_the_reading_that_they_are_of() -> None:
    found = told(
        (POSITION, TYPE, iri("st:Position")),
        (POSITION, iri("st:heldBy"), ACTOR),
        (f"<{BASE}document/d>", iri("st:inText"), f"<{BASE}text/t>"),
        ("<urn:x>", TYPE, "<urn:class>"),
    )
    assert found.nodes == {"d/c", f"<{BASE}document/d>", f"<{BASE}text/t>", "<urn:x>"}
    assert found.classes == {iri("st:Position"), "<urn:class>"} - CONTEXT.shared
    assert node_key(POSITION, f"<{BASE}") == "d/c"


def test_a_part_tells_which_entries_it_refers_to() -> None:
    (rule, candidates) = next(each for each in CONTEXT.refutable if each[0].name == "shape:Entry-unused")
    assert candidates == (ACTOR, OTHER, PLAN)
    found = told((POSITION, iri("st:heldBy"), OTHER), (POSITION, iri("st:tieOf"), ACTOR))
    assert found.refuted == {rule.node: (1,)}


def test_a_part_tells_what_it_has_for_the_shapes_that_look_beyond_it() -> None:
    link, statement = f"<{BASE}position/d/c/x/attribution/1>", POSITION
    found = told(
        (link, iri("st:givesVoiceTo"), ACTOR),
        (statement, iri("st:hasAttribution"), link),
        (statement, iri("st:statedIn"), f"<{BASE}passage/d/c/1>"),
        (f"<{BASE}passage/d/c/1>", iri("st:inDocument"), f"<{BASE}document/d>"),
        (f"<{BASE}position/d/c/y/attribution/1>", iri("st:givesVoiceTo"), OTHER),
        (PART, iri("st:partOfPlan"), PLAN),
    )
    seen = found.seen[f"<{SHAPES}Actor-anonymous>"]
    assert len(seen) == 4
    assert not any(OTHER in triple for triple in seen)
    assert found.seen[f"<{SHAPES}PlanPart-cycle>"] == ((PART, iri("st:partOfPlan"), PLAN),)


def test_a_part_that_speaks_of_shared_nodes_tells_that_and_nothing_else() -> None:
    leak = (ACTOR, iri("skos:prefLabel"), '"Bo"@en')
    found = told(leak, (POSITION, TYPE, iri("st:Position")), CONTEXT.triples[0])
    assert found == Told(leaks=(leak,))
    more = CONTEXT.with_more([leak], [])
    assert told(leak, context=more).leaks == ()


def test_a_part_tells_of_a_shape_that_it_cannot_be_checked_against_alone() -> None:
    bare = Context(triples=CONTEXT.triples, base_iri=BASE)
    assert told((PART, iri("st:includesPlan"), PLAN), context=bare).opened == {f"<{SHAPES}PlanPart-cycle>"}
    position = [
        (POSITION, TYPE, iri("st:Position")),
        (POSITION, iri("st:heldBy"), ACTOR),
        (POSITION, iri("st:onProposal"), PLAN),
    ]
    assert (
        told(*position, (POSITION, iri("prov:wasGeneratedBy"), f"<{BASE}coding/d/c>")).opened == frozenset()
    )
    opened = told(*position, (POSITION, iri("prov:wasGeneratedBy"), ACTOR)).opened
    assert opened == {f"<{SHAPES}Position-contradiction>"}


def test_a_context_goes_to_other_processes_without_what_can_be_made_there() -> None:
    CONTEXT.index, CONTEXT.beyond  # noqa: B018
    again = pickle.loads(pickle.dumps(CONTEXT))
    assert again == CONTEXT
    assert again.key == CONTEXT.key
    assert len(pickle.dumps(CONTEXT)) < 2000


def test_the_key_of_a_context_stands_for_all_that_findings_depend_on(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text("", encoding="utf-8")
    others = [
        CONTEXT,
        CONTEXT.with_more([(ACTOR, "<urn:p>", ACTOR)], []),
        CONTEXT.with_more([], ["<urn:s>"]),
        Context(triples=CONTEXT.triples, base_iri=BASE),
        Context(triples=CONTEXT.triples, base_iri=BASE, digest="en"),
        Context(triples=CONTEXT.triples, base_iri=BASE, shapes=shapes),
    ]
    assert len({each.key for each in others}) == len(others)
    backwards = Context(triples=CONTEXT.triples[::-1], base_iri=BASE, wide=CONTEXT.wide)
    assert backwards.key == CONTEXT.key
