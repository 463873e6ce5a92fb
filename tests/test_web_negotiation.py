from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.web import negotiation
from kg.web.negotiation import best, encoding, forms, likes_html

OFFERS = {
    "turtle": ("text/turtle", "application/x-turtle"),
    "json": ("application/ld+json", "application/json"),
}
RANGE = st.sampled_from(
    ["text/turtle", "application/ld+json", "application/json", "text/*", "*/*", "image/png"]
)
QUALITY = st.sampled_from(["", ";q=0", ";q=0.3", ";q=0.8", ";q=1.0", "; q=0.5 ; charset=utf-8"])


@given(st.text(max_size=80))
def test_no_header_breaks_it(header):
    assert best(header, OFFERS) in ("", *OFFERS)
    assert encoding(header) in ("", "gzip", "br")
    forms(header)
    likes_html(header)


@given(st.lists(st.tuples(RANGE, QUALITY).map("".join), max_size=6))
def test_what_is_refused_by_name_is_never_chosen(ranges):
    header = ", ".join([*ranges, "text/turtle;q=0"])
    assert best(header, {"turtle": ("text/turtle",)}) == ""


@given(st.lists(st.tuples(RANGE, QUALITY).map("".join), min_size=1, max_size=6), st.randoms())
def test_the_order_of_different_ranges_does_not_matter(ranges, chance):
    unique = list({each.partition(";")[0]: each for each in ranges}.values())
    shuffled = list(unique)
    chance.shuffle(shuffled)
    assert best(",".join(unique), OFFERS) == best(",".join(shuffled), OFFERS)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/*;q=0.5, text/turtle;q=0.1, application/ld+json;q=0.3", "json"),
        ("application/json", "json"),
        ("TEXT/TURTLE", "turtle"),
        ("application/json;q=nonsense", "turtle"),  # which is as good as none
        ("text/turtle;q=2, application/json;q=0.1", "json"),
        (",,,", "turtle"),
        ("*/*;q=0", ""),
    ],
)
def test_the_offer_with_the_highest_quality_is_chosen(accept, expected):
    assert best(accept, OFFERS) == expected


def test_every_form_has_a_media_type_and_is_found_by_it():
    for name, media in negotiation.MEDIA.items():
        if name != "html":
            assert name in forms(media)
            assert name in (negotiation.form_named(name) or ())
