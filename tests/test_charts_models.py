"""What several stances come to."""

from __future__ import annotations

import pytest

from kg.charts.models import SIDES, Named, Side, side
from kg.vocabularies import STANCES, Polarity


@pytest.mark.parametrize("stance", STANCES)
def test_one_stance_points_where_its_polarity_does(stance: str) -> None:
    ways = {
        Polarity.PRO: {Side.FOR},
        Polarity.CONDITIONAL: {Side.CONDITIONAL},
        Polarity.NEUTRAL: {Side.UNDECIDED},
        Polarity.CON: {Side.AGAINST, Side.DOUBTFUL},
    }
    assert side([stance]) in ways[STANCES[stance]]


@pytest.mark.parametrize(
    ("stances", "expected"),
    [
        (("supports", "open-to"), Side.FOR),
        (("supports", "undecided"), Side.FOR),
        (("open-to", "undecided"), Side.CONDITIONAL),
        (("doubts", "undecided"), Side.DOUBTFUL),
        (("doubts", "opposes"), Side.AGAINST),
        (("open-to", "doubts"), Side.MIXED),
        (("proposes", "rules-out"), Side.MIXED),
    ],
)
def test_several_stances_come_to_one_side(stances: tuple[str, ...], expected: Side) -> None:
    assert side(stances) is expected
    assert side(reversed(stances)) is expected


@pytest.mark.parametrize("stances", [(), ("likes",)])
def test_what_is_no_stance_has_no_side(stances: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="stance"):
        side(stances)


def test_every_side_has_its_words() -> None:
    assert set(SIDES) == set(Side)
    assert len(set(SIDES.values())) == len(Side)


def test_the_slug_is_the_end_of_the_iri() -> None:
    assert Named("Bo Finch", "https://example.org/actor/bo-finch").slug == "bo-finch"
