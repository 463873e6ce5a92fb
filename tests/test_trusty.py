"""Hashes in IRIs are those that the nanopub library computes."""

from __future__ import annotations

import pytest
import rdflib
from export_samples import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from nanopub.trustyuri.rdf import RdfHasher, RdfUtils

from kg.exports import export
from kg.terms import Iri, Literal, Quad, Term, token
from kg.trusty import PLACEHOLDER, trusted, trusty_hash

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

THIS = f"https://e.org/np/{PLACEHOLDER}"
IRIS = st.sampled_from([THIS, f"{THIS}#a", f"{THIS}#b", "https://e.org/x", "https://e.org/é", "urn:x"]).map(
    Iri
)
TEXTS = st.sampled_from([*HOSTILE, "", "b", "é"]) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=6
)
LITERALS = st.builds(Literal, TEXTS) | st.builds(
    Literal, TEXTS, language=st.sampled_from(["en", "de"])
) | st.builds(Literal, TEXTS, st.just("https://e.org/type"))  # fmt: skip
TERMS: st.SearchStrategy[Term] = st.one_of(IRIS, LITERALS)
QUADS = st.builds(
    lambda s, p, o, g: Quad(*map(token, (s, p, o, g))),
    IRIS, IRIS, TERMS, st.sampled_from([Iri(f"{THIS}#a"), Iri(f"{THIS}#b")]),
)  # fmt: skip


def by_the_library(quads: list[Quad]) -> str:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        graph = rdflib.ConjunctiveGraph()
        graph.parse(data="".join(export(quads, form="nquads")), format="nquads")
        code = RdfHasher.make_hash(RdfUtils.get_quads(graph), baseuri=f"{THIS}#", hashstr=" ")
    finally:
        rdflib.NORMALIZE_LITERALS = before
    return str(code)


@settings(max_examples=60, deadline=None)
@given(st.lists(QUADS, min_size=1, max_size=8))
def test_the_hash_is_that_of_the_nanopub_library(quads: list[Quad]) -> None:
    assert trusty_hash(quads) == by_the_library(quads)


@given(st.lists(QUADS, min_size=1, max_size=8))
def test_the_order_of_quads_is_nothing(quads: list[Quad]) -> None:
    assert trusty_hash(quads) == trusty_hash([*reversed(quads), *quads])


def test_the_hash_stands_in_every_iri_and_in_no_text() -> None:
    quad = Quad(f"<{THIS}>", "<urn:p>", token(Literal(PLACEHOLDER)), f"<{THIS}#g>")
    (found,) = trusted([quad])
    code = trusty_hash([quad])
    assert found == Quad(
        f"<https://e.org/np/{code}>", "<urn:p>", f'"{PLACEHOLDER}"', f"<https://e.org/np/{code}#g>"
    )
