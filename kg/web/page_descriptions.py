"""An entity's description as RDF: its triples, those of its own nodes, those that point at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.exports import export_triples
from kg.web.page_entries import NotFoundError
from kg.web.page_readers import PROLOGUE, Reader, ref

FORMS: Final = {
    "ttl": ("turtle", "text/turtle"),
    "jsonld": ("jsonld", "application/ld+json"),
    "nt": ("ntriples", "application/n-triples"),
    "rdf": ("rdfxml", "application/rdf+xml"),
}
"""The ending of a path, the form of export, the media type."""

_DESCRIBE: Final = """\
CONSTRUCT {{ {iri} ?p ?o . ?n ?np ?no . ?s ?q {iri} . {iri} ?part ?n }} WHERE {{
  {{ {iri} ?p ?o }}
  UNION {{ ?s ?q {iri} }}
  UNION {{ {iri} ?part ?n . ?n ?np ?no .
    FILTER(?part IN (st:hasAttribution, st:hasCondition, st:hasArgument, oa:hasSelector, st:statedIn)) }}
}}"""


def describe(reader: Reader, iri: str, ending: str) -> str:
    """Write what the graph says of *iri* in the form that the *ending* of a path names.

    Raises:
        NotFoundError: the graph does not have it.
    """
    form, _ = FORMS[ending]
    try:
        query = PROLOGUE + _DESCRIBE.format(iri=ref(iri))
    except ValueError:
        raise NotFoundError("there is nothing of this name here") from None
    triples = reader.graph.store.construct(query, timeout=reader.graph.timeout)
    if not triples:
        raise NotFoundError("there is nothing of this name here")
    return "".join(export_triples(triples, form=form, prefixes=reader.graph.prefixes))


_STATEMENTS: Final = """\
CONSTRUCT {{ ?s ?p ?o . ?n ?np ?no }} WHERE {{
  {{ VALUES ?s {{ {iris} }} ?s ?p ?o }}
  UNION {{ VALUES ?s {{ {iris} }} ?n ?np ?no .
    ?s st:hasAttribution|st:hasCondition|st:hasArgument|st:statedIn ?n }}
}}"""
_AT_ONCE: Final = 400


def describe_all(reader: Reader, iris: Sequence[str]) -> list[tuple[str, str, str]]:
    """The triples of statements and of the nodes that belong to them."""
    found: set[tuple[str, str, str]] = set()
    for at in range(0, len(iris), _AT_ONCE):
        query = _STATEMENTS.format(iris=" ".join(map(ref, iris[at : at + _AT_ONCE])))
        found.update(reader.graph.store.construct(PROLOGUE + query, timeout=reader.graph.timeout))
    return sorted(found)
