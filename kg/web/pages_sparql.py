"""The SPARQL page: a query to write, with the saved questions as examples."""

from __future__ import annotations

from typing import Final

from kg.errors import KgError
from kg.queries import bind, resolve
from kg.web.page_examples import example_values
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page
from kg.web.pages_questions import without_header

FORMATS: Final = (
    ("json", "JSON, shown as a table"),
    ("csv", "CSV"),
    ("tsv", "TSV"),
    ("xml", "XML"),
    ("turtle", "Turtle (for CONSTRUCT and DESCRIBE)"),
    ("jsonld", "JSON-LD (for CONSTRUCT and DESCRIBE)"),
)

_FIRST: Final = """\
# All graphs are seen as one; the prefixes of this corpus are known.
SELECT ?holder ?stance ?proposal WHERE {
  ?position st:heldBy/skos:prefLabel ?holder ;
            st:takesStance ?stance ;
            st:onProposal/skos:prefLabel ?proposal .
}
LIMIT 20
"""


def sparql_page(reader: Reader, *, shown: str = "") -> Page:
    """A box for a query; *shown* names the saved question whose text stands in it."""
    queries = reader.graph.queries
    text = _FIRST
    if shown in queries:
        text = _example_text(reader, shown)
    return Page(
        template="sparql.html",
        title="SPARQL",
        path="/sparql",
        section="SPARQL",
        about="Any SPARQL 1.1 query, with the saved questions as examples.",
        data={
            "text": text,
            "shown": shown if shown in queries else "",
            "examples": [(name, query.question) for name, query in queries.items()],
            "formats": FORMATS,
            "prefixes": sorted(reader.graph.prefixes.items()),
        },
    )


def _example_text(reader: Reader, name: str) -> str:
    """The text of a saved question, with example values where it needs some."""
    query = reader.graph.queries[name]
    try:
        text = bind(query, resolve(query, example_values(reader, query), reader.labels))
    except KgError:
        text = query.text
    return without_header(text)
