"""Links lead to the evidence: to one position, or to the question that lists several."""

from __future__ import annotations

import pytest
from drawn import named

from kg.charts.addresses import to_pages, to_things
from kg.charts.models import Target
from kg.headers import SavedQuery
from kg.queries import load_queries

BASE = "https://example.org/"
BO, CY, FEES = named("actor", "bo"), named("actor", "cy"), named("proposal", "fees")
ONE, TWO = f"{BASE}position/d/c/one", f"{BASE}position/d/c/two"
CASES = [
    (Target(kind="actor", actor=BO), "/actor/bo", BO.iri),
    (Target(kind="proposal", proposal=FEES), "/proposal/fees", FEES.iri),
    (Target(kind="cell", actor=BO, proposal=FEES, positions=(ONE,)), "/position/d/c/one", ONE),
    (
        Target(kind="mark", actor=BO, proposal=FEES, positions=(ONE, TWO)),
        "/question/stance-on?actor=bo&proposal=fees",
        FEES.iri,
    ),
    (
        Target(kind="edge", actor=BO, other=CY, relation="conflict"),
        "/matrix?actor=bo&actor=cy&shared=2",
        BO.iri,
    ),
    (Target(kind="stance", proposal=FEES, stance="for", positions=(ONE, TWO)), "/proposal/fees", FEES.iri),
    (Target(kind="stance", stance="for"), "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("target", "page", "thing"), CASES)
def test_links_lead_to_pages_or_to_things(target: Target, page: str, thing: str) -> None:
    assert to_pages(BASE)(target) == page
    assert to_pages(BASE, site="http://localhost:1")(target) == (page and f"http://localhost:1{page}")
    assert to_things(target) == thing


def test_links_keep_to_the_limits_of_their_chart() -> None:
    within = (("issue", "harbour"), ("document", "may-hearing"), ("since", "2024"))
    cell = Target(kind="cell", actor=BO, proposal=FEES, positions=(ONE, TWO), within=within)
    edge = Target(kind="edge", actor=BO, other=CY, within=within)
    limits = "document=may-hearing&since=2024"
    assert to_pages(BASE)(cell) == f"/question/stance-on?actor=bo&proposal=fees&{limits}"
    assert to_pages(BASE)(edge) == f"/matrix?actor=bo&actor=cy&shared=2&issue=harbour&{limits}"


def test_what_is_not_of_the_corpus_has_no_page() -> None:
    other = Target(kind="actor", actor=named("actor", "bo"))
    assert to_pages("https://elsewhere.example/")(other) == ""
    assert to_pages("")(other) == ""


def test_a_path_is_encoded() -> None:
    odd = Target(kind="actor", actor=named("actor", "bo ' \" <x>"))
    assert to_pages(BASE)(odd) == "/actor/bo%20'%20%22%20%3Cx%3E"


def test_the_question_that_links_name_exists(root) -> None:  # type: ignore[no-untyped-def]
    question: SavedQuery = load_queries([root / "queries"])["stance-on"]
    assert {"actor", "proposal", "since", "until", "document", "layer"} <= {
        param.name for param in question.params
    }
