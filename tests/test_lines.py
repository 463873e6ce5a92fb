"""A statement of the graph is traced to the file, the key and the item that say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.corpora import Seeds
from kg.errors import Place
from kg.lines import Lines, lies_in
from kg.quads import places, quads
from kg.terms import Iri, Literal, Term, concept

BASE = "https://example.org/harbour/"
POSITION = f"{BASE}position/may-hearing/coder-a/lane-joint-authority"

CONDITION = f"{POSITION}/condition/if-proposal-shared-budget-by-westport-government"


@pytest.fixture
def lines(world_seeds: Seeds) -> Lines:
    found = Lines()
    for source in world_seeds.sources:
        arguments = (source, world_seeds.names, world_seeds.corpus)
        found.add(quads(*arguments), places(*arguments))
    return found


def words_at(place: Place | None) -> str:
    assert place is not None
    return Path(place.path).read_text(encoding="utf-8").splitlines()[place.line - 1][place.column - 1 :]


@pytest.mark.parametrize(
    ("focus", "path", "value", "words"),
    [
        (POSITION, "st:heldBy", Iri(f"{BASE}actor/ada-lane"), "ada-lane"),
        (POSITION, "st:takesStance", Iri(concept("stance", "accepts-conditionally")), "accepts-cond"),
        (POSITION, "st:heldEarliest", Literal("2024-05-01"), "2024-05"),
        (POSITION, "st:statedIn", Iri(f"{BASE}passage/may-hearing/coder-a/p02"), "p02]"),
        (POSITION, "st:hasFunction", None, "id: lane-joint-authority"),
        (POSITION, "", None, "id: lane-joint-authority"),
        (POSITION, "^st:targets", None, "id: lane-joint-authority"),
        (CONDITION, "st:doneBy", None, "westport-government"),
        (f"{POSITION}/attribution/2", "st:atVenue", None, "the May hearing"),
        (f"{BASE}actor/ada-lane", "skos:altLabel", Literal("Mayor Lane", language="en"), "Mayor Lane]"),
        (f"{BASE}actor/ada-lane", "st:hasKind", None, "person"),
        (f"{BASE}document/may-hearing", "st:outsideField", Literal("url"), "url]"),
        (f"{BASE}claim/may-hearing/coder-a/treaty-forbids", "st:hasClaimKind", None, "legal"),
        (f"{BASE}part/may-hearing/coder-a/may-plan-fees", "st:hasPartRole", None, "optional"),
    ],
)  # fmt: skip
def test_a_statement_is_found_where_it_is_written(
    lines: Lines, focus: str, path: str, value: Term | None, words: str
) -> None:
    assert words_at(lines.find(Iri(focus), path, value)).startswith(words)


def test_what_no_file_describes_has_no_place(lines: Lines) -> None:
    assert lines.find(Iri("https://example.org/elsewhere"), "st:heldBy", None) is None


def test_of_several_files_the_one_asked_for_comes_first(lines: Lines, world: Path) -> None:
    document = Iri(f"{BASE}document/may-hearing")
    for name in ("may-hearing.coder-a.yaml", "may-hearing.tide-bot.yaml"):
        file = (world / "documents" / name).resolve()
        place = lines.find(document, "dcterms:title", None, among={file})
        assert place is not None
        assert Path(place.path).resolve() == file


def test_of_several_files_the_one_that_says_the_value_comes_first(world_seeds: Seeds) -> None:
    found = Lines()
    sources = [each for each in world_seeds.sources if "may-hearing" in each.path]
    assert len(sources) == 2
    document = Iri(f"{BASE}document/may-hearing")
    for number, source in enumerate(sources):
        arguments = (source, world_seeds.names, world_seeds.corpus)
        renamed = [
            each._replace(object=f'"{number}"') if "title>" in each.predicate else each
            for each in quads(*arguments)
        ]
        found.add(renamed, places(*arguments))
    for number, source in enumerate(sources):
        place = found.find(document, "dcterms:title", Literal(str(number)))
        assert place is not None
        assert place.path.endswith(source.path)


def test_a_file_lies_in_itself_and_in_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b.yaml"
    assert lies_in(str(file), {file.resolve()})
    assert lies_in(str(file), {tmp_path.resolve()})
    assert not lies_in(str(file), {tmp_path.resolve() / "a" / "b"})
    assert not lies_in(str(file), set())
