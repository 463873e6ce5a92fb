"""References: what records say about each other."""

from __future__ import annotations

from pathlib import Path

from kg.corpora import read_corpus
from kg.records import Actor, Registry, Source, Tie
from kg.references import entries, hierarchies, references_of

WORLD = Path(__file__).parent / "world"
SEEDS = read_corpus([WORLD])


def test_every_reference_of_the_world_names_an_entry_at_its_place() -> None:
    known = {(kind, entry.id) for registry in SEEDS.registries for kind, entry in entries(registry)}
    for source in SEEDS.sources:
        lines = (WORLD / source.path).read_text(encoding="utf-8").split("\n")
        for reference in references_of(source):
            assert (reference.kind, reference.slug) in known
            assert lines[reference.place.line - 1][reference.place.column - 1 :].startswith(reference.slug)


def test_ties_refer_to_actors() -> None:
    ties = (Tie(of="b"), Tie(of="c"))
    actor = Actor(id="a", kind="person", label="A", memberships=ties, speaks_for=ties[:1], part_of=ties[1:])
    source = Source(path="r.yaml", sha256="", content=Registry(name="r", actors=(actor,)))
    assert [reference.slug for reference in references_of(source)] == ["b", "c", "b", "c"]
    assert dict(hierarchies([source]))["part_of"] == {"a": [("c", "r.yaml", ties[1].at)]}
