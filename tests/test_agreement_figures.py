"""The figures of agreement in the docs are those that the codings give."""

from __future__ import annotations

from pathlib import Path

from kg.agreements import report, tables
from kg.corpora import Seeds

PAGE = Path(__file__).parent.parent / "docs" / "agreement.md"


def test_the_figures_in_the_docs_are_as_measured(real_seeds: Seeds) -> None:
    rows = [
        line
        for name in ("finding", "coding")
        for line in report(tables(real_seeds, only=name), "markdown").splitlines()
        if line.startswith("| all ")
    ]
    assert len(rows) > 20
    text = PAGE.read_text(encoding="utf-8")
    assert [row for row in rows if row not in text] == []
