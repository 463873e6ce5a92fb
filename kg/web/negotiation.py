"""Which form an answer takes: `Accept` and `Accept-Encoding` against what there is (RFC 9110, 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

MEDIA: Final[Mapping[str, str]] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nquads": "application/n-quads",
    "n3": "text/n3",
    "html": "text/html",
}
"""The forms of `kg.streams` and their media types."""

_ROWS: Final = {"json": ("application/json",), "xml": ("application/xml", "text/xml"), "csv": (), "tsv": ()}
_TRIPLES: Final = {
    "turtle": ("application/x-turtle",),
    "ntriples": ("text/plain",),
    "rdfxml": ("application/xml", "text/xml"),
    "jsonld": ("application/json",),
    "trig": (),
    "nquads": (),
    "n3": (),
}

UTF8: Final = frozenset({"text/csv", "text/tab-separated-values", "text/turtle", "text/n3", "text/html"})
"""The media types that are sent with a charset: theirs has another default, or none."""


class Forms(NamedTuple):
    """The best form of each kind of answer, empty where none is acceptable."""

    rows: str
    triples: str


@lru_cache(maxsize=512)
def forms(accept: str) -> Forms:
    """The forms that fit an `Accept` header best; no header is like ``*/*``.

    >>> forms("")
    Forms(rows='json', triples='turtle')
    >>> forms("text/csv;q=0.5, application/ld+json, text/turtle;q=0.9")
    Forms(rows='csv', triples='jsonld')
    >>> forms("image/png")
    Forms(rows='', triples='')
    """
    return Forms(best(accept, _offers(_ROWS)), best(accept, _offers(_TRIPLES)))


def form_named(name: str) -> Forms | None:
    """The form of this name or media type for either kind of answer, None if there is none.

    >>> form_named("csv"), form_named("xml"), form_named("gif")
    (Forms(rows='csv', triples=''), Forms(rows='xml', triples='rdfxml'), None)
    >>> form_named("text/turtle"), form_named("image/gif")
    (Forms(rows='', triples='turtle'), None)
    """
    if "/" in name:
        found = forms(name)
        return found if found.rows or found.triples else None
    rows = name if name in _ROWS else ""
    triples = {"xml": "rdfxml", "json": "jsonld"}.get(name, name if name in _TRIPLES else "")
    return Forms(rows, triples) if rows or triples else None


def triples_form(accept: str) -> str:
    """The best form of triples, empty if none is acceptable."""
    return best(accept, _offers(_TRIPLES))


def likes_html(accept: str) -> bool:
    """Whether a page is liked better than triples; who takes anything gets triples.

    >>> likes_html("text/html,application/xml;q=0.9,*/*;q=0.8"), likes_html("*/*"), likes_html("")
    (True, False, False)
    """
    return best(accept, {**_offers(_TRIPLES), "html": (MEDIA["html"],)}) == "html"


def media(form: str) -> str:
    """The `Content-Type` of a form.

    >>> media("turtle"), media("json")
    ('text/turtle; charset=utf-8', 'application/sparql-results+json')
    """
    found = MEDIA[form]
    return found + "; charset=utf-8" if found in UTF8 else found


def there_is(kind: str) -> str:
    """The media types in which an answer of this kind ("triples", or any other) can be had."""
    return ", ".join(MEDIA[name] for name in (_TRIPLES if kind == "triples" else _ROWS))


def _offers(table: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: (MEDIA[name], *others) for name, others in table.items()}


def best(accept: str, offers: Mapping[str, tuple[str, ...]]) -> str:
    """The offer with the highest quality, of equals the first; each offer has a name and media types.

    >>> best("text/*;q=0.1, */*;q=0.2", {"turtle": ("text/turtle",), "jsonld": ("application/ld+json",)})
    'jsonld'
    >>> best("*/*, text/turtle;q=0", {"turtle": ("text/turtle",)})
    ''
    """
    ranges = _ranges(accept)
    if not ranges:
        return next(iter(offers))
    qualities = {
        name: max(_quality(media, ranges) if at == 0 else ranges.get(media, 0.0)
                  for at, media in enumerate(medias))
        for name, medias in offers.items()
    }  # fmt: skip
    found = max(qualities, key=lambda name: qualities[name])
    return found if qualities[found] > 0 else ""


def _quality(media: str, ranges: Mapping[str, float]) -> float:
    """The quality of a media type by the most specific range that has it (RFC 9110, 12.5.1)."""
    for each in (media, media.partition("/")[0] + "/*", "*/*"):
        if each in ranges:
            return ranges[each]
    return 0.0


def _ranges(header: str) -> dict[str, float]:
    """The ranges of a header with their qualities; what is malformed is left out."""
    return dict(_weighted(header.lower().split(",")))


def _weighted(parts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for part in parts:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            continue
        if name and 0 <= weight <= 1:
            yield name, weight


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether a client has already what *tag* names, by weak comparison (RFC 9110, 13.1.2 and 8.8.3.2).

    >>> has_tag('"a", W/"b"', '"b"'), has_tag("*", '"b"'), has_tag("", '"b"')
    (True, True, False)
    """
    given = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return given == ["*"] or tag in given


@lru_cache(maxsize=512)
def encoding(accept: str) -> str:
    """How an answer may be compressed: br, gzip, or not at all (empty).

    >>> encoding("gzip, deflate, br"), encoding("gzip;q=1.0, br;q=0.5"), encoding("*;q=0"), encoding("")
    ('br', 'gzip', '', '')
    """
    ranges = _ranges(accept)
    found = [(ranges.get(name, ranges.get("*", 0.0)), name) for name in ("br", "gzip")]
    quality, name = max(found, key=lambda each: each[0])
    return name if quality > 0 and quality >= ranges.get("identity", 0.0) else ""
