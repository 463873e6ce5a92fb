"""Rows with their evidence as cards."""

from __future__ import annotations

from kg.cards import cards
from kg.tables import Table, View
from kg.terms import Iri, Literal

COLUMNS = ("holder", "holder_label", "stance", "held", "mode", "position")
EVIDENCE = ("document", "date", "attribution", "gist", "modality", "passage", "link")
ROW = (
    Iri("https://e.org/actor/ada"),
    Literal("Ada Lane"),
    Literal("proposes"),
    Literal("2022"),
    Literal("full-quotation"),
    Iri("https://e.org/position/p1"),
    Literal("Minutes"),
    Literal("2024-05-12"),
    Literal("Rosa Quill › Ada Lane (full quotation)"),
    Literal("Lane wants a board."),
    None,
    Literal("“We want … a board.” (body, 1–40)"),
    Literal("https://e.org/minutes#:~:text=" + "We%20want" * 20),
)


def card(*rows: tuple[object, ...], width: int = 60) -> list[str]:
    return cards(Table(COLUMNS + EVIDENCE, rows), "position", View(width=width)).splitlines()  # type: ignore[arg-type]


def test_the_head_says_only_what_the_evidence_does_not() -> None:
    assert card(ROW)[0] == "1. Ada Lane · proposes · held 2022"


def test_evidence_follows_line_by_line() -> None:
    lines = [line.strip() for line in card(ROW)]
    assert lines[1:4] == [
        "Minutes (2024-05-12)",
        "Rosa Quill › Ada Lane (full quotation)",
        "Lane wants a board.",
    ]
    assert lines[-1] == "https://e.org/position/p1"


def test_a_gist_says_how_it_is_meant() -> None:
    hedged = (*ROW[:10], Literal("hypothetical, possibly"), *ROW[11:])
    assert "   Lane wants a board. [hypothetical, possibly]" in card(hedged)


def test_a_link_is_never_broken() -> None:
    assert any(line.strip() == str(ROW[-1]) for line in card(ROW))


def test_text_is_broken_at_the_width() -> None:
    long = (*ROW[:9], Literal("word " * 40), *ROW[10:])
    assert max(len(line) for line in card(long) if "http" not in line) <= 60


def test_rows_are_numbered() -> None:
    assert [line[:2] for line in card(ROW, ROW) if line[:1].isdigit()] == ["1.", "2."]


def test_no_rows_are_said_to_be_none() -> None:
    assert card() == ["no rows"]


def test_a_gist_cannot_steer_the_terminal() -> None:
    sly = (*ROW[:9], Literal("\x1b[2Jgone \u202eabc"), *ROW[10:])
    assert not any("\x1b" in line or "\u202e" in line for line in card(sly))
