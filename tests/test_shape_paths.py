"""Paths lead on and back over an index."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from kg.shape_paths import Path, looks, reverse
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
    found = list(looks(path, DATA)("<a>"))
    assert sorted(found) == sorted(ends)
    for end in ends:
        assert "<a>" in looks(reverse(path), DATA)(end)
    assert reverse(reverse(path)) == path


def test_a_path_tells_its_predicates() -> None:
    assert Path("sequence", "", (P, Path("zeroOrMore", "", (Q,)))).predicates == {"<p>", "<q>"}


def test_a_step_is_taken_once_from_wherever_one_comes() -> None:
    steps: list[str] = []

    class Noted(TripleIndex):
        def objects(self, subject: str, predicate: str) -> Collection[str]:
            steps.append(subject)
            return super().objects(subject, predicate)

    chain = [(f"<{number}>", "<p>", f"<{number + 1}>") for number in range(9)]
    look = looks(Path("zeroOrMore", "", (P,)), Noted([], base=TripleIndex(chain)))
    assert [len(look(f"<{number}>")) for number in (0, 3, 0, 8)] == [10, 7, 10, 2]
    assert sorted(steps) == sorted(set(steps))
