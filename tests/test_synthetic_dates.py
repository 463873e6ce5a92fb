from datetime import date

import pytest

from kg.corpus_profiles import form_of
from kg.dates import bounds
from kg.synthetic_dates import write_date

DAYS = [date(2024, month, 15).toordinal() for month in range(1, 13)]


@pytest.mark.parametrize("form", ["D", "M?", "S", "Y~", "../M", "D/D", "Y/M?", "M~/M~", "XXXX-06"])
def test_a_date_has_its_form_is_edtf_and_holds_the_day(form):
    for day in DAYS:
        written = write_date(form, day - 40, day)
        assert form_of(written) == form
        found = bounds(written)
        when = date.fromordinal(day).isoformat()
        assert found.earliest is None or found.earliest <= when
        assert form in ("S", "XXXX-06") or when <= (found.latest or "")


def test_no_date_is_no_text():
    assert write_date("", 1, 1) == ""
