"""All drawings: well-formed, marks are named links, nothing covers another, labels escaped, size bounded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import (
    areas,
    links,
    many,
    named,
    of_kind,
    outside,
    overlapping,
    parse,
    reading,
    text_boxes,
    turned_boxes,
)

from kg.charts.addresses import to_pages
from kg.charts.bars import bars_by
from kg.charts.glyphs import LOOKS
from kg.charts.kinds import KINDS, Chart, Scope, make, nowhere, svg
from kg.charts.matrices import matrix_of
from kg.charts.models import MatrixChart, NetworkChart, Side, Target, TimelineChart
from kg.charts.networks import network_of
from kg.charts.readings import Readings
from kg.charts.timelines import timeline_of
from kg.graph import Graph
from kg.store import Store

LARGE = many(150, 120)
BARE = Readings(rows=())
FEW = Readings(
    rows=(
        reading(named("actor", "bo"), named("proposal", "fees"), "proposes"),
        reading(named("actor", "cy"), named("proposal", "fees"), "rules-out", dated="2024"),
        reading(named("actor", "di"), named("proposal", "fees"), "doubts", dated="XXXX-06"),
    )
)
HOSTILE = '<script>alert(1)</script> & "quoted" \x00\x1b[31m\u202e\ufffe'
EVIL = Readings(
    rows=tuple(
        reading(
            replace(named("actor", slug), label=HOSTILE + slug, iri='javascript:alert("x")' + slug),
            replace(named("proposal", "p"), label=HOSTILE),
            stance,
            position=f'"><img src=x onerror=alert(1)>{slug}',
        )
        for slug, stance in (("a", "proposes"), ("b", "rejects"), ("c", "accepts"))
    )
)


def charts(readings: Readings) -> Iterable[Chart]:
    yield matrix_of(readings)
    yield timeline_of(readings)
    yield network_of(readings)
    yield from (bars_by(readings, by=by) for by in ("proposal", "actor", "stance"))


def real(store: Store) -> Iterable[Chart]:
    graph = Graph(store)
    for scope in (Scope(), Scope(issue="ceasefire"), Scope(actors=("donald-trump",))):
        yield from (make(kind, graph, scope) for kind in KINDS)
    yield make("bars", graph, by="actor")
    yield make("timeline", graph, Scope(proposals=("negotiated-end",)))


@pytest.fixture(scope="module")
def drawn(real_store: Store) -> list[tuple[Chart, str]]:
    found = [*real(real_store)]
    for some in (FEW, BARE, LARGE):
        found += charts(some)
    return [
        (chart, svg(chart, href=to_pages("https://example.org/"), room=room))
        for chart in found
        for room in (328, 960)
    ]


def test_drawings_are_well_formed_and_have_title_and_description(drawn: list[tuple[Chart, str]]) -> None:
    for chart, text in drawn:
        root = parse(text)
        ids = {each.get("id"): each.text for each in root.iter() if each.get("id")}
        assert ids[root.get("aria-labelledby")] == chart.title
        assert len(ids[root.get("aria-describedby")] or "") > 20
        assert root.get("role") == "graphics-document document"


def test_every_mark_is_a_link_with_a_name(drawn: list[tuple[Chart, str]]) -> None:
    for chart, text in drawn:
        root = parse(text)
        for link in of_kind(root, "cell", "mark", "edge", "stance", "actor", "proposal"):
            name = link.get("aria-label") or ""
            assert name.strip()
            assert link[0].tag.endswith("title")
            assert link[0].text == name
        if isinstance(chart, MatrixChart):
            assert len(of_kind(root, "cell")) == len(chart.cells)
        if isinstance(chart, TimelineChart):
            assert len(of_kind(root, "mark")) == sum(len(lane.marks) for lane in chart.lanes)
        if isinstance(chart, NetworkChart):
            lines = sum(bool(edge.agreed) + bool(edge.disagreed) for edge in chart.edges)
            assert len(of_kind(root, "edge")) == lines


def test_marks_lead_to_their_evidence(world_store: Store) -> None:
    graph = Graph(world_store)
    base = graph.prefixes["actor"].removesuffix("actor/")
    for kind in KINDS:
        root = parse(svg(make(kind, graph), href=to_pages(base)))
        marks = of_kind(root, "cell", "mark", "edge")
        assert marks
        assert all(mark.tag.endswith("}a") and (mark.get("href") or "").startswith("/") for mark in marks)


def test_no_text_lies_over_another_or_beyond_the_edge(drawn: list[tuple[Chart, str]]) -> None:
    for chart, text in drawn:
        root = parse(text)
        boxes = text_boxes(root)
        assert not overlapping(boxes), chart.title
        assert not outside(root, boxes), chart.title
        assert not overlapping(turned_boxes(root)), chart.title


def test_no_mark_covers_another(drawn: list[tuple[Chart, str]]) -> None:
    for chart, text in drawn:
        assert not overlapping(areas(parse(text))), chart.title


HASHES = """
import hashlib
from test_charts_drawings import charts, many, svg
for chart in charts(many(20, 40)):
    print(hashlib.sha256(svg(chart).encode()).hexdigest())
"""


def test_the_same_readings_give_the_same_text_in_every_process() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHES],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert len(next(iter(said)).splitlines()) == 6


def test_hostile_labels_and_addresses_are_escaped() -> None:
    for chart in charts(EVIL):
        text = svg(chart, href=lambda target: (target.actor or target.proposal or named("x", "y")).iri)
        root = parse(text)
        assert "<script" not in text
        assert "onerror=" not in text
        assert not [link for link in links(root) if "javascript:" in (link.get("href") or "")]
        assert any(HOSTILE[:8] in (each.get("aria-label") or "") for each in root.iter())


def test_without_addresses_marks_keep_their_names() -> None:
    root = parse(svg(matrix_of(FEW), href=nowhere))
    assert not links(root)
    assert [each.get("role") for each in of_kind(root, "cell")] == ["img"] * 3


def test_large_inputs_are_bounded_and_say_what_they_leave_out() -> None:
    for chart in charts(LARGE):
        text = svg(chart)
        assert " of " in chart.note or re.search("and [0-9,]+ more", text)
        assert len(text) < 600_000


def test_as_much_as_asked_for_is_drawn() -> None:
    whole = matrix_of(LARGE, actors=150, proposals=120)
    assert (whole.note, len(whole.actors), len(whole.proposals)) == ("", 150, 120)
    assert len(of_kind(parse(svg(whole)), "cell")) == len(whole.cells)
    assert len(whole.cells) == len({(row.actor, row.proposal) for row in LARGE.rows})


def test_an_empty_chart_says_so() -> None:
    for chart in charts(BARE):
        root = parse(svg(chart))
        assert [each.text for each in root.iter() if each.get("class") == "k-ink k-empty"]


def test_inline_drawings_need_no_inline_style(drawn: list[tuple[Chart, str]]) -> None:
    for _, text in drawn:
        assert " style=" not in text
        assert "<style" not in text
        assert "<script" not in text


def test_labels_of_a_wide_matrix_are_told_whole_in_their_titles() -> None:
    label = "the group of all those who would rather have this settled by somebody else " * 4
    row = reading(replace(named("actor", "long"), label=label.strip()), named("proposal", "p"), "proposes")
    root = parse(svg(matrix_of(Readings(rows=(row,)))))
    assert any(label.strip() in (each.get("aria-label") or "") for each in of_kind(root, "actor"))


def test_ids_are_those_asked_for() -> None:
    text = svg(matrix_of(FEW), name="third")
    assert 'id="third-title"' in text
    assert 'id="matrix-title"' not in text


def test_targets_say_what_they_are() -> None:
    seen: list[Target] = []

    def href(target: Target) -> str:
        seen.append(target)
        return ""

    for chart in charts(many(12, 20)):
        svg(chart, href=href)
    kinds = {target.kind for target in seen}
    assert kinds == {"actor", "proposal", "cell", "mark", "edge", "stance"}
    assert all(target.positions for target in seen if target.kind in ("cell", "mark"))
    assert all(target.actor and target.other for target in seen if target.kind == "edge")


# ---------------------------------------------------------------- colours

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb: Iterable[float]) -> list[float]:
    r, g, b = (min(max(part, 0), 1) for part in rgb)
    xyz = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047, 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (*xyz, z)]
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]


def seen(colour: str, blindness: str) -> list[float]:
    rgb = linear(colour)
    return lab(sum(m * c for m, c in zip(row, rgb, strict=True)) for row in BLINDNESS[blindness])


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(
    ("one", "other"), [("#1f63a8", "#b5480f"), ("#79b8f0", "#f3a184")], ids=["light", "dark"]
)
def test_for_and_against_stay_apart_for_the_colour_blind(one: str, other: str, blindness: str) -> None:
    apart = (
        sum((a - b) ** 2 for a, b in zip(seen(one, blindness), seen(other, blindness), strict=True)) ** 0.5
    )
    assert apart > 50  # 2.3 is just noticeable (CIE 1976)


def contrast(one: str, other: str) -> float:
    light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("side", Side)
def test_every_sign_stands_out_from_its_ground_and_the_ground_from_the_paper(side: Side) -> None:
    look = LOOKS[side]
    assert contrast(look.sign, look.fill) >= 4.5
    assert contrast(look.line, "#f4f5f7") >= 3
