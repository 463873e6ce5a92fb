"""The reference of the tables is up to date."""

from __future__ import annotations

from tools.table_reference import PAGE, page


def test_the_page_is_what_the_description_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.table_reference"
