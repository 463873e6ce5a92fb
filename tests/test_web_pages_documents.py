"""A text with its passages marked is the text, and shows only where a copy is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("starlette")

from hypothesis import given
from hypothesis import strategies as st

from kg.evidence import Excerpt
from kg.graph import Graph
from kg.web.page_readers import Reader
from kg.web.page_rendering import render
from kg.web.page_statements import Passage
from kg.web.pages_documents import Read, document_page, paragraphs
from tests.web_client import library


def read(spans: list[tuple[int, int]]) -> list[Read]:
    return [
        Read(Passage(iri=f"https://e.org/passage/d/c/p{at}", excerpt=Excerpt(
            document="d", start=start, end=end, section="body", first="", last="")), ())
        for at, (start, end) in enumerate(spans)
    ]  # fmt: skip


@given(st.text(alphabet="ab \n–", max_size=60), st.data())
def test_the_pieces_of_a_text_are_the_text(text: str, data: st.DataObject) -> None:
    edges = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(edges, edges).map(sorted).filter(lambda s: s[0] < s[1]), max_size=5))
    found = paragraphs(text, 0, len(text), read(spans))
    lines = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in each.pieces) for each in found] == lines
    marked = sum(len(piece.text) for each in found for piece in each.pieces if piece.depth)
    covered = {at for start, end in spans for at in range(start, end)}
    at, expected = 0, 0
    for line in text.split("\n"):
        if line.strip():
            expected += len(covered & set(range(at, at + len(line))))
        at += len(line) + 1
    assert marked == expected


def test_each_passage_has_one_place_and_overlapping_ones_are_deeper() -> None:
    [one] = paragraphs("abcdef", 0, 6, read([(0, 4), (2, 6)]))
    assert [(piece.text, piece.depth, piece.starts) for piece in one.pieces] == [
        ("ab", 1, ("p-p0",)),
        ("cd", 2, ("p-p1",)),
        ("ef", 1, ()),
    ]


def test_a_text_shows_only_where_a_copy_is_at_hand(world_store, world: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    graph = Graph(world_store)
    words = "and one quarrel, since the flood"
    texts = library(world / "texts", tmp_path)
    for reader, is_shown in ((Reader(graph), False), (Reader(graph, texts=texts), True)):
        page = render(document_page(reader, "may-hearing"), reader)
        assert (words in page) is is_shown


def test_a_document_is_shown_as_one_coder_read_it(world_store) -> None:  # type: ignore[no-untyped-def]
    reader = Reader(Graph(world_store))
    for coder, found in (("coder-a", "coder-a"), ("tide-bot", "tide-bot"), ("", "coder-a")):
        page = document_page(reader, "may-hearing", coder=coder)
        assert {each.passage.iri.split("/")[-2] for each in page.data["read"]} == {found}
