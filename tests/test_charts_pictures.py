"""Charts as files: the stylesheet is in them, and pictures show what they should."""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from hashlib import sha256

import pytest
from drawn import dots, many, named, parse, reading, text_boxes

from kg.charts import pictures
from kg.charts.kinds import svg
from kg.charts.matrices import matrix_of
from kg.charts.models import Side
from kg.charts.pictures import png, standalone, style_hash
from kg.charts.readings import Readings
from kg.errors import KgError

FEW = Readings(
    rows=(
        reading(named("actor", "bo-finch"), named("proposal", "lower-fees"), "proposes"),
        reading(named("actor", "cy"), named("proposal", "lower-fees"), "rules-out"),
    )
)


def test_a_file_is_well_formed_and_has_the_stylesheet() -> None:
    text = standalone(svg(matrix_of(FEW)))
    root = parse(text)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    assert root[0].tag.endswith("}style")
    assert "prefers-color-scheme: dark" in (root[0].text or "")


def test_the_hash_is_that_of_the_stylesheet_in_the_file() -> None:
    style = parse(standalone(svg(matrix_of(FEW))))[0].text or ""
    assert style_hash() == f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def test_the_stylesheet_means_only_charts_and_loads_nothing() -> None:
    style = pictures._style()
    assert "url(" not in style
    assert "@import" not in style
    rules = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", style, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", rules)
    assert selectors
    assert all(one.strip().startswith(".kg-chart") for each in selectors for one in each.split(","))


def test_every_class_of_the_stylesheet_is_drawn_somewhere() -> None:
    from test_charts_drawings import charts

    drawn = {c for chart in charts(many(20, 30)) for c in re.findall(r"k-[a-z]+", svg(chart))}
    named_ = set(re.findall(r"\.(k-[a-z]+)", pictures._style()))
    assert named_ - drawn == set()
    assert {f"k-{side.value}" for side in Side} <= drawn


def colour(rows: list[bytes], x: float, y: float) -> str:
    return "#" + rows[int(y)][int(x) * 4 : int(x) * 4 + 3].hex()


def test_a_picture_shows_signs_and_text() -> None:
    text = svg(matrix_of(FEW))
    rows = dots(png(text, scale=1))
    root = parse(text)
    assert (len(rows[0]) // 4, len(rows)) == (
        int(float(root.get("width", ""))),
        int(float(root.get("height", ""))),
    )
    colours = {bytes(row[at : at + 3]).hex() for row in rows for at in range(0, len(row), 4)}
    assert {"1f63a8", "b5480f", "ffffff"} <= colours
    title = text_boxes(root)[0]
    dark = [
        x
        for x in range(int(title.left), int(title.right))
        for y in range(int(title.top), int(title.bottom))
        if colour(rows, x, y) < "#60"
    ]
    assert len(dark) > 50  # letters, not an empty line
    assert title.left <= min(dark)
    assert max(dark) > title.right - 12  # about as wide as is taken for granted


def test_a_file_and_a_drawing_give_the_same_picture() -> None:
    text = svg(matrix_of(FEW))
    assert png(standalone(text), scale=1) == png(text, scale=1)


def test_a_picture_has_at_most_so_many_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MOST", 10_000)
    rows = dots(png(svg(matrix_of(FEW)), scale=4))
    assert len(rows) * len(rows[0]) // 4 <= 11_000


def test_what_is_no_chart_is_refused() -> None:
    with pytest.raises(KgError, match="no chart"):
        png("<svg/>")


def test_without_a_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_has_font", lambda: False)
    with pytest.raises(KgError, match=r"no font .* fonts-liberation"):
        png(svg(matrix_of(FEW)))


def test_a_missing_font_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from resvg_py import svg_to_bytes

    def bare(**options: object) -> bytes:
        return bytes(svg_to_bytes(**options, skip_system_fonts=True))

    pictures._has_font.cache_clear()
    assert pictures._has_font()
    monkeypatch.setattr(pictures, "_renderer", lambda: bare)
    pictures._has_font.cache_clear()
    assert not pictures._has_font()
    pictures._has_font.cache_clear()


def test_without_resvg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(KgError, match=r"standpoint\[serve\]"):
        png(svg(matrix_of(FEW)))
