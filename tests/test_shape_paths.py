"""Paths lead on and back over an index."""

from __future__ import annotations

import pytest

from kg.shape_paths import Path, reverse, walk
from kg.triple_indexes import TripleIndex

P, Q = Path("predicate", "<p>"), Path("predicate", "<q>")
DATA = TripleIndex(
    [
        ("<a>", "<p>", "<b>"),
        ("<b>", "<p>", "<a>"),
        ("<b>", "<q>", "<c>"),
        ("<d>", "<q>", "<c>"),
        ("<a>", "<q>", "<c>"),
    ]
)
PATHS = {
    "predicate": (P, {"<b>"}),
    "inverse": (Path("inverse", "<p>"), {"<b>"}),
    "sequence": (Path("sequence", "", (P, Q)), {"<c>"}),
    "there and back": (Path("sequence", "", (Q, Path("inverse", "<q>"))), {"<a>", "<b>", "<d>"}),
    "alternative": (Path("alternative", "", (P, Q)), {"<b>", "<c>"}),
    "zero or more": (Path("zeroOrMore", "", (P,)), {"<a>", "<b>"}),
    "one or more": (Path("oneOrMore", "", (Path("alternative", "", (P, Q)),)), {"<a>", "<b>", "<c>"}),
}


@pytest.mark.parametrize("case", PATHS)
def test_a_path_leads_to_its_ends_each_once_and_its_reverse_leads_back(case: str) -> None:
    path, ends = PATHS[case]
    found = list(walk(path)(DATA, "<a>"))
    assert sorted(found) == sorted(ends)
    for end in ends:
        assert "<a>" in walk(reverse(path))(DATA, end)
    assert reverse(reverse(path)) == path


def test_a_path_tells_its_predicates() -> None:
    assert Path("sequence", "", (P, Path("zeroOrMore", "", (Q,)))).predicates == {"<p>", "<q>"}
