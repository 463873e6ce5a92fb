"""The reference of the ontology says what the ontology says."""

from __future__ import annotations

from pathlib import Path

from kg.vocabularies import SCHEMES
from tools.ontology_reference import reference

PAGE = Path(__file__).parent.parent / "docs" / "ontology.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run 'make docs'"


def test_every_concept_has_its_meaning() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for slugs in SCHEMES.values():
        for slug in slugs:
            assert f"\n| `{slug}` | " in text
            assert f"\n| `{slug}` |  |" not in text
