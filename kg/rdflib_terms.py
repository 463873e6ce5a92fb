"""Terms as rdflib has them, and what rdflib says of literals: the right datatype, the order.

pySHACL, the reference for shapes, judges literals by rdflib. The literals that almost all
data have are judged here without it, by the same answer; all others are put before rdflib.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, Final

from kg.exports import read_token
from kg.terms import PREFIXES, XSD, Blank, Iri, Literal, Term

_INTEGER: Final = re.compile(rf'"(0|-?[1-9][0-9]{{0,16}})"\^\^<{re.escape(XSD)}integer>')
_DATE: Final = re.compile(rf'"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"\^\^<{re.escape(XSD)}date>')
_BOOLEAN: Final = re.compile(rf'"(?:true|false)"\^\^<{re.escape(XSD)}boolean>')
_OPAQUE: Final = (f'"^^<{XSD}anyURI>', f'"^^<{PREFIXES["edtf"]}EDTF>')


def to_node(term: Term) -> Any:
    """*term* as a node of rdflib, a literal as it is written."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    if isinstance(term, Iri):
        return URIRef(term.value)
    if isinstance(term, Blank):
        return BNode(term.value)
    # As it is written: what is wrong with a literal must not be mended before it is checked.
    return RdflibLiteral(
        term.value, datatype=term.datatype or None, lang=term.language or None, normalize=False
    )


def to_term(node: Any) -> Term:
    """A node of rdflib as a term."""
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return Iri(str(node))
    if isinstance(node, BNode):
        return Blank(str(node))
    datatype = str(node.datatype or "")
    return Literal(str(node), "" if datatype == XSD + "string" else datatype, node.language or "")


@lru_cache(maxsize=1 << 18)
def kind(literal: str) -> str:
    """What a literal is where any two readers agree on it, else nothing.

    `integer`, `date` and `boolean` in their canonical form, `string`, `text` (with a language tag
    in lower case), or `opaque`: of a datatype that no engine reads.

    >>> [kind(each) for each in ('"a"', '"a"@en', '"a"@EN', '"1"^^<urn:t>')]
    ['string', 'text', '', '']
    """
    if literal.endswith('"'):
        return "string"
    if literal.endswith(_OPAQUE):
        return "opaque"
    if _INTEGER.fullmatch(literal):
        return "integer"
    if _BOOLEAN.fullmatch(literal):
        return "boolean"
    if match := _DATE.fullmatch(literal):
        return "date" if _is_day(match[1]) else ""
    tail = literal.rpartition('"')[2]
    return "text" if tail.startswith("@") and tail.islower() else ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1 << 16)
def has_datatype(value: str, datatype: str) -> bool:
    """Whether *value* is a literal of *datatype* (an IRI) and well formed (SHACL, 4.1.2).

    >>> has_datatype('"7"^^<http://www.w3.org/2001/XMLSchema#integer>', XSD + "integer")
    True
    >>> has_datatype('"seven"^^<http://www.w3.org/2001/XMLSchema#integer>', XSD + "integer")
    False
    """
    if value[0] != '"':
        return False
    sort = kind(value)
    if sort in ("string", "text"):
        told = {"string": XSD + "string", "text": PREFIXES["rdf"] + "langString"}[sort]
        return datatype in (told, PREFIXES["rdfs"] + "Literal")
    if sort and datatype != PREFIXES["rdfs"] + "Literal" and datatype != PREFIXES["rdfs"] + "Datatype":
        return value.endswith(f'"^^<{datatype}>')
    return _rdflib_has_datatype(value, datatype)


def _rdflib_has_datatype(value: str, datatype: str) -> bool:
    from rdflib import RDF, RDFS, URIRef
    from rdflib import XSD as RDFLIB_XSD

    literal, wanted = _literal(value), URIRef(datatype)
    if literal.datatype == wanted:
        return literal.ill_typed is not True and _is_python(literal.value, wanted)
    if wanted == RDFS.Literal or (wanted == RDFS.Datatype and literal.datatype):
        return True
    plain = literal.datatype is None and literal.language is None and wanted == RDFLIB_XSD.string
    return plain or bool(wanted == RDF.langString and literal.language)


def _is_python(value: object, datatype: Any) -> bool:
    """Whether rdflib has read a literal of *datatype* to what pySHACL looks for."""
    from datetime import datetime, time
    from decimal import Decimal

    from rdflib import RDF
    from rdflib import XSD as RDFLIB_XSD

    types: dict[Any, Any] = {
        RDFLIB_XSD.string: (str, bytes),
        RDF.langString: (str, bytes),
        RDFLIB_XSD.integer: int,
        RDFLIB_XSD.float: float,
        RDFLIB_XSD.decimal: Decimal,
        RDFLIB_XSD.boolean: bool,
        RDFLIB_XSD.date: date,
        RDFLIB_XSD.time: time,
        RDFLIB_XSD.dateTime: datetime,
    }
    return isinstance(value, types.get(datatype, object))


def _literal(text: str) -> Any:
    from kg.foreign_rdf import quiet

    with quiet():
        return to_node(read_token(text))


@lru_cache(maxsize=1 << 16)
def order(left: str, right: str) -> int | None:
    """Below, at or above 0 as *left* comes before, with or after *right*, where they have a plain order.

    >>> order('"2"^^<http://www.w3.org/2001/XMLSchema#integer>', '"10"^^<http://www.w3.org/2001/XMLSchema#integer>')
    -1
    >>> order('"2"', '"10"^^<http://www.w3.org/2001/XMLSchema#integer>') is None
    True
    """
    if left[0] != '"' or right[0] != '"' or (sort := kind(left)) != kind(right):
        return None
    first, second = str(read_token(left)), str(read_token(right))
    if sort == "integer":
        return (int(first) > int(second)) - (int(first) < int(second))
    return (first > second) - (first < second) if sort == "date" else None
