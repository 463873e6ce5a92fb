"""Statements are read whole, and those that a pattern names in one layer."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from kg.graph import Graph
from kg.web.page_readers import Reader, local, ref
from kg.web.page_statements import find_statements, read_statements

BASE = "https://example.org/harbour/"


@pytest.fixture(scope="module")
def reader(world_store) -> Reader:  # type: ignore[no-untyped-def]
    return Reader(Graph(world_store))


def test_a_statement_has_all_that_the_evidence_of_an_answer_has(reader: Reader) -> None:
    answered = reader.graph.query("positions-of", actor="ada-lane")
    evidence = reader.graph.evidence(answered)
    found = read_statements(reader, map(str, answered.table.column("position")))
    assert len(found) == len(answered)
    for row in evidence:
        cells = {name: str(cell or "") for name, cell in zip(evidence.columns, row, strict=True)}
        one = found[cells["position"]]
        assert one.gist == cells["gist"]
        assert one.published == cells["date"]
        names = [reader.name(voice.actor) for voice in one.chain]
        assert [part.partition(" (")[0] for part in cells["attribution"].split(" › ")] == names
        assert "; ".join(str(each.excerpt) for each in one.passages) == cells["passage"]
        assert sorted(one.reservations) == sorted(filter(None, cells["evidence_modality"].split(", ")))
        assert one.link == cells["link"]


def test_a_position_has_its_conditions_in_words_of_the_graph(reader: Reader) -> None:
    found = find_statements(reader, f"?s st:heldBy {ref(BASE + 'actor/ada-lane')} ; st:hasCondition ?c .")
    each = next(one for one in found if one.iri.endswith("/may-hearing/coder-a/lane-joint-authority"))
    told = {
        one.kind: (local(one.proposal), local(one.position), local(one.by), one.gist)
        for one in each.conditions
    }
    assert told == {
        "if": ("shared-budget", "", "westport-government", "the other city pays half"),
        "unless": ("", "", "", "her council votes it down"),
        "in-return-for": ("", "westport-ferry", "", ""),
    }
    assert (each.stance, each.polarity) == ("accepts-conditionally", "conditional")


def test_only_one_layer_is_read(reader: Reader) -> None:
    pattern = f"?s st:statedIn/st:inDocument {ref(BASE + 'document/may-hearing')} ."
    main, second = (find_statements(reader, pattern, layer=layer) for layer in ("main", "second"))
    assert {each.coder for each in main} == {BASE + "coder/coder-a"}
    assert {each.coder for each in second} == {BASE + "coder/tide-bot"}


def test_a_union_of_patterns_gives_each_statement_once(reader: Reader) -> None:
    who = ref(BASE + "actor/ada-lane")
    found = find_statements(reader, f"{{ ?s st:heldBy {who} }} UNION {{ ?s st:heldBy|st:madeBy {who} }}")
    assert [each.iri for each in found] == sorted({each.iri for each in found})
    assert {each.kind for each in found} == {"position", "claim"}


def test_what_is_not_there_is_left_out(reader: Reader) -> None:
    assert read_statements(reader, [BASE + "position/no/such/one", BASE + "actor/ada-lane"]) == {}
