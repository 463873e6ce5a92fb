"""Trusty URIs: IRIs that carry the hash of what they name (Kuhn & Dumontier 2014, module RA).

The hash is of the quads, in whatever form they are written: the placeholder of the
hash stands as a space, statements are sorted by graph, subject, predicate and
object (IRIs before literals), and each term is a line.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Final

from kg.exports import read_token
from kg.terms import XSD, Literal, Quad

PLACEHOLDER: Final = "RA-TO-BE-COMPUTED"
"""What stands in IRIs where the hash will be: no hash has this form."""


def trusty_hash(quads: Iterable[Quad]) -> str:
    """The artifact code of *quads*, whose IRIs have `PLACEHOLDER` where the code belongs.

    >>> trusty_hash([Quad("<urn:s>", "<urn:p>", '"o"', "<urn:RA-TO-BE-COMPUTED>")])
    'RAUVhUM_tcS1xJg8mr5n7sMXULkXGZNelrwjy5pLSDrgk'
    """
    rows = sorted({_row(quad) for quad in quads})
    text = "".join("".join(line for _, line in row) for row in rows)
    digest = hashlib.sha256(text.encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def trusted(quads: Iterable[Quad]) -> list[Quad]:
    """Put the hash of *quads* in the place of every `PLACEHOLDER` in their IRIs."""
    quads = list(quads)
    code = trusty_hash(quads)
    return [Quad(*(_with(code, text) for text in quad)) for quad in quads]


def _with(code: str, text: str) -> str:
    return text.replace(PLACEHOLDER, code) if text.startswith("<") else text


def _row(quad: Quad) -> tuple[tuple[tuple[object, ...], str], ...]:
    """Graph, subject, predicate and object, each with what it is sorted by and the line it makes."""
    return tuple(_term(text) for text in (quad.graph, quad.subject, quad.predicate, quad.object))


def _term(text: str) -> tuple[tuple[object, ...], str]:
    term = read_token(text)
    if not isinstance(term, Literal):
        iri = str(term).replace(PLACEHOLDER, " ")
        return (0, iri.encode()), iri + "\n"
    value = term.value.replace("\\", "\\\\").replace("\n", "\\n")
    if term.language:
        return (1, term.value.encode(), 0, term.language), f"@{term.language.lower()} {value}\n"
    datatype = term.datatype or XSD + "string"
    return (1, term.value.encode(), 1, datatype), f"^{datatype} {value}\n"
