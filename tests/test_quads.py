"""One source to quads: the mapping of docs/architecture.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.iris import graph_of
from kg.quads import places, quads
from kg.records import (
    Actor,
    Annotation,
    Claim,
    Coding,
    Condition,
    Corpus,
    Document,
    Link,
    Passage,
    Position,
    Registry,
    Source,
    Target,
    Text,
    Tie,
)
from kg.terms import ST, Names

CORPUS = Corpus(title="Harbour", base="https://example.org/harbour/", language="en")
NAMES = Names(CORPUS.base)
PASSAGE = Passage(
    id="p01", start=10, end=60, sha256="a" * 64, first="The mayor – told", last="before summer-end"
)
POSITION = Position(
    id="lane-board",
    holder="ada-lane",
    stance="accepts-conditionally",
    proposal="joint-board",
    functions=("deterrent", "incentive"),
    conditions=(
        Condition(kind="if", proposal="budget", by="westport"),
        Condition(kind="unless", gist="it rains"),
    ),
    attribution=(
        Link(voice="herald", mode="reported-speech"),
        Link(voice="ada-lane", mode="partial-quotation"),
    ),
    held="2024-05",
    passages=("p01",),
    gist="Lane would take a board.",
)
CLAIM = Claim(
    id="trade",
    claimant="ada-lane",
    kind="empirical",
    gist="Ships left.",
    passages=("p01",),
    supports=(Target(position="lane-board"),),
    undercuts=(Target(proposal="fees"),),
)
ANNOTATION = Annotation(
    document=Document(
        id="hearing",
        title="Minutes",
        voice="rosa-quill",
        url="https://example.org/minutes",
        published="2024-05-12",
        text=Text(sha256="b" * 64, start=0, end=99),
    ),
    coding=Coding(coder="coder-a"),
    passages=(PASSAGE,),
    positions=(POSITION,),
    claims=(CLAIM,),
)
SOURCE = Source(path="documents/hearing.yaml", sha256="c" * 64, content=ANNOTATION)


def triples(source: Source = SOURCE) -> set[tuple[str, str, str]]:
    shorten = str.maketrans("", "", "<>")
    return {
        tuple(  # type: ignore[misc]
            term.translate(shorten).replace(CORPUS.base, "").replace(ST, "st:") for term in quad[:3]
        )
        for quad in quads(source, NAMES, CORPUS)
    }


def objects(subject: str, predicate: str, source: Source = SOURCE) -> set[str]:
    return {o for s, p, o in triples(source) if s == subject and p.removeprefix("st:") == predicate}


def test_a_position_is_holder_stance_and_proposal() -> None:
    iri = "position/hearing/coder-a/lane-board"
    assert objects(iri, "heldBy") == {"actor/ada-lane"}
    assert objects(iri, "takesStance") == {"https://w3id.org/standpoint/stance/accepts-conditionally"}
    assert objects(iri, "onProposal") == {"proposal/joint-board"}


def test_an_uncertain_date_has_its_first_and_last_day() -> None:
    iri = "position/hearing/coder-a/lane-board"
    assert {day[1:11] for day in objects(iri, "heldEarliest")} == {"2024-05-01"}
    assert {day[1:11] for day in objects(iri, "heldLatest")} == {"2024-05-31"}


def test_a_statement_without_a_date_is_published_with_its_document() -> None:
    assert objects("claim/hearing/coder-a/trade", "publishedEarliest") == objects(
        "document/hearing", "publishedEarliest"
    )


def test_the_chain_starts_with_the_voice_of_the_document() -> None:
    iri = "position/hearing/coder-a/lane-board"
    voices = [objects(f"{iri}/attribution/{step}", "givesVoiceTo") for step in (1, 2, 3)]
    assert voices == [{"actor/rosa-quill"}, {"actor/herald"}, {"actor/ada-lane"}]
    assert objects(iri, "innermostAttribution") == {f"{iri}/attribution/3"}


def test_without_a_chain_the_document_speaks_for_itself() -> None:
    iri = "claim/hearing/coder-a/trade"
    assert objects(iri, "innermostAttribution") == {f"{iri}/attribution/1"}


def test_an_argument_points_at_what_it_is_about() -> None:
    iri = "claim/hearing/coder-a/trade"
    assert {next(iter(objects(node, "targets"))) for node in objects(iri, "hasArgument")} == {
        "position/hearing/coder-a/lane-board",
        "proposal/fees",
    }


def test_two_coders_of_a_document_live_side_by_side() -> None:
    other = replace(SOURCE, content=replace(ANNOTATION, coding=Coding(coder="coder-b")))
    statements = {s for s, _, _ in triples() if s.startswith(("position/", "claim/", "passage/"))}
    others = {s for s, _, _ in triples(other) if s.startswith(("position/", "claim/", "passage/"))}
    assert statements
    assert not statements & others
    assert graph_of(SOURCE, NAMES) != graph_of(other, NAMES)


def test_iris_do_not_depend_on_the_order_of_conditions() -> None:
    turned = replace(POSITION, conditions=POSITION.conditions[::-1])
    other = replace(SOURCE, content=replace(ANNOTATION, positions=(turned,)))
    assert triples() == triples(other)


def test_a_tie_is_stated_plainly_and_with_its_dates() -> None:
    lane = Actor(
        id="ada-lane",
        kind="person",
        label="Ada Lane",
        memberships=(Tie(of="eastport", role="mayor", since="2019", until="2024-05", outside=True),),
    )
    source = Source(path="r.yaml", sha256="d" * 64, content=Registry(name="r", actors=(lane,)))
    iri = "actor/ada-lane/membership/eastport-mayor-2019"
    assert objects("actor/ada-lane", "memberOf", source) == {"actor/eastport"}
    assert objects(iri, "tieTo", source) == {"actor/eastport"}
    assert {day[1:11] for day in objects(iri, "untilLatest", source)} == {"2024-05-31"}
    assert objects(iri, "fromOutside", source)


def test_there_are_no_blank_nodes_and_one_graph() -> None:
    found = quads(SOURCE, NAMES, CORPUS)
    assert {quad.graph for quad in found} == {f"<{graph_of(SOURCE, NAMES)}>"}
    assert not [quad for quad in found if quad.subject.startswith("_:") or quad.object.startswith("_:")]


def test_every_described_node_knows_its_place() -> None:
    known = {f"<{iri}>" for iri in places(SOURCE, NAMES, CORPUS)}
    assert {quad.subject for quad in quads(SOURCE, NAMES, CORPUS)} <= known


def test_offices_in_any_script_are_told_apart() -> None:
    ivanov = Actor(
        id="ivanov",
        kind="person",
        label="Иван Иванов",
        memberships=(Tie(of="gorod", role="мэр"), Tie(of="gorod", role="депутат"), Tie(of="gorod")),
    )
    source = Source(path="r.yaml", sha256="d" * 64, content=Registry(name="r", actors=(ivanov,)))
    ties = {quad.subject for quad in quads(source, NAMES, CORPUS) if quad.predicate.endswith("tieOf>")}
    assert len(ties) == 3


@pytest.mark.parametrize(
    "gist", ['say "no"', "a\\b", "tab\there", "line\nbreak", "\u202eright to left", "e\u0301"]
)
def test_any_gist_reads_back(gist: str) -> None:
    import pyoxigraph

    source = replace(SOURCE, content=replace(ANNOTATION, claims=(replace(CLAIM, gist=gist),)))
    text = "\n".join(map(str, quads(source, NAMES, CORPUS)))
    read = {quad.object.value for quad in pyoxigraph.parse(text, pyoxigraph.RdfFormat.N_QUADS)}
    assert gist in read
