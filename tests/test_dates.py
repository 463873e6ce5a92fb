"""Dates: EDTF in, outermost days out."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from kg.dates import Bounds, bounds


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022-03-14", "2022-03-14", "2022-03-14"),
        ("2022?", "2022-01-01", "2022-12-31"),
        ("2022-03~", "2022-03-01", "2022-03-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX-03", "2000-03-01", "2099-03-31"),
        ("202X-02-29", "2020-02-29", "2028-02-29"),
        ("2022-XX", "2022-01-01", "2022-12-31"),
        ("2022-XX-05", "2022-01-05", "2022-12-05"),
        ("2022-XX-31", "2022-01-31", "2022-12-31"),
        ("2022-06-XX", "2022-06-01", "2022-06-30"),
        ("XXXX-06", None, None),
        ("XXXX-02-29", None, None),
        ("2022-03/2022-05", "2022-03-01", "2022-05-31"),
        ("2022-03?/2022-05~", "2022-03-01", "2022-05-31"),
        ("2022-05/2022", "2022-05-01", "2022-12-31"),
        ("2025-05/..", "2025-05-01", None),
        ("2025-05/", "2025-05-01", None),
        ("../2022", None, "2022-12-31"),
        ("2022-21", "2022-03-01", "2022-05-31"),
        ("2022-21/2022-22", "2022-03-01", "2022-08-31"),
        ("2022-24~", "2022-12-01", "2022-12-31"),
        ("2022-33", "2022-01-01", "2022-03-31"),
        ("[2022-01,2022-05]", "2022-01-01", "2022-05-31"),
        ("[..2022]", None, "2022-12-31"),
        ("2022-?03", "2022-03-01", "2022-03-31"),
        ("Y170000", None, None),
    ],
)
def test_the_outermost_days_of_a_date_are_known(text: str, earliest: str | None, latest: str | None) -> None:
    assert bounds(text) == Bounds(earliest, latest)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2022-13", "no month 13"),
        ("2022-00", "no month 00"),
        ("2025-02-30", "no day 30"),
        ("2023-02-29", "no day 29"),
        ("2023-04-00", "no day 00"),
        ("", "is no date"),
        ("5/2022", "is no date"),
        ("2022-05/2022-03", "ends before it starts"),
        ("/", "is no interval"),
        ("2022/2023/2024", "is no interval"),
        ("last May", "is no date"),
        ("2022-1X", "is no date"),
        ("２０２２", "is no date"),
        ("2022\n", "is no date"),
        ("2" * 10_000, "is no date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bounds(text)


@given(st.dates(), st.dates())
def test_an_interval_of_two_days_is_bound_by_them(one: datetime.date, other: datetime.date) -> None:
    first, last = sorted((one, other))
    assert bounds(f"{first}/{last}") == Bounds(str(first), str(last))


@given(st.text(max_size=30))
def test_any_text_gives_bounds_or_a_value_error(text: str) -> None:
    try:
        found = bounds(text)
    except ValueError:
        return
    assert None in found or found.earliest <= found.latest  # type: ignore[operator]


@pytest.mark.parametrize("season", ["21", "22", "23", "24"])
def test_seasons_are_those_of_the_library(season: str) -> None:
    parsed = parse_edtf(f"2024-{season}")
    days = [
        datetime.date(*moment[:3]).isoformat() for moment in (parsed.lower_strict(), parsed.upper_strict())
    ]
    assert bounds(f"2024-{season}") == Bounds(*days)


def test_common_dates_need_no_library() -> None:
    code = (
        "import sys, kg.dates as d\n"
        "for t in ('2022', '2022-03-14?', '202X', '2022-03/..', 'XXXX-06', '2024-23'): d.bounds(t)\n"
        "sys.exit('edtf' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
