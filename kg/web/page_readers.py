"""What pages are made from: a graph, the texts at hand, and where each thing has its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from kg.graph import Graph
from kg.labels import Labels
from kg.libraries import TextLibrary
from kg.tables import Table, visible
from kg.terms import PREFIXES, VOCABULARY, Iri, Literal, Term, brief, token
from kg.web.page_words import words

PAGED: Final = frozenset(
    {"actor", "proposal", "issue", "plan", "document", "position", "claim", "part", "passage", "coder"}
)
"""The kinds of things that have a page: the first part of the path, and of the IRI after the base."""

PROLOGUE: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in (
    "st", "actorkind", "skos", "prov", "dcterms", "oa", "rdf", "rdfs", "schema", "stance", "polarity", "mode",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a corpus says of itself; *layer* names the codings that pages read."""

    base: str = ""
    title: str = "Standpoint"
    description: str = ""
    license: str = ""
    layer: str = "main"


@dataclass(frozen=True)
class Reader:
    """What a page is made from; *snapshot* names the state of the data.

    *is_static*: the page is a file that nobody serves, so it has no forms.
    """

    graph: Graph
    snapshot: str = ""
    texts: TextLibrary | None = None
    is_static: bool = False

    @property
    def corpus(self) -> Corpus:
        """What the corpus says of itself."""
        return _corpus(self.graph)

    @property
    def in_layer(self) -> str:
        """What a pattern says of a statement or passage to have only those of the main layer."""
        return f"prov:wasGeneratedBy/st:inLayer {ref_text(self.corpus.layer)}"

    @property
    def labels(self) -> Labels:
        """The names of everything in the graph."""
        return self.graph.labels

    def rows(self, text: str) -> list[dict[str, str]]:
        """The rows of a SELECT query of ours as texts, by column; an unbound cell is empty.

        Raises:
            QueryError: it took too long.
        """
        table = self.table(text)
        return [
            {name: "" if term is None else str(term) for name, term in zip(table.columns, row, strict=True)}
            for row in table
        ]

    def table(self, text: str) -> Table:
        """Evaluate a SELECT query of ours, with the usual prefixes, within the time limit."""
        return self.graph.store.select(PROLOGUE + text, timeout=self.graph.timeout)

    # ------------------------------------------------------------ names

    def iri(self, kind: str, slug: str) -> str:
        """The IRI of what has its page at ``/KIND/SLUG``."""
        return f"{self.corpus.base}{kind}/{slug}"

    def name(self, iri: str) -> str:
        """What people call the thing *iri*."""
        found = self.labels.names.get(iri)
        if found:
            return visible(found)
        if iri.startswith(VOCABULARY) and iri.count("/") == VOCABULARY.count("/") + 1 and "#" not in iri:
            return words(iri.rpartition("/")[2])
        return visible(brief(iri, self.graph.prefixes))

    def path(self, iri: str) -> str:
        """Where the thing *iri* has its page; empty if it has none.

        The path is the rest of the IRI after the base of the corpus.
        """
        base = self.corpus.base
        rest = iri[len(base) :] if base and iri.startswith(base) else ""
        kind, _, slug = rest.partition("/")
        return "/" + quote(rest, safe="/-._~!$&'()*+,;=:@%") if slug and kind in PAGED else ""

    def question(self, name: str, values: Mapping[str, str | Sequence[str]] | None = None) -> str:
        """Where the saved question *name* is answered for *values* (IRIs or words)."""
        given = {key: self.slugs(value) for key, value in (values or {}).items() if value}
        return f"/question/{name}" + (f"?{urlencode(given, doseq=True)}" if given else "")

    def slugs(self, value: str | Sequence[str]) -> list[str]:
        """*value* as short as a parameter takes it: an entity by its slug."""
        by_iri = self.labels.by_iri
        some = [value] if isinstance(value, str) else value
        return [by_iri[each].slug if each in by_iri else each for each in some]


_CORPUS: Final = """\
SELECT ?corpus ?title ?description ?license ?layer WHERE {
  ?corpus a st:Corpus .
  OPTIONAL { ?corpus dcterms:title ?title }
  OPTIONAL { ?corpus dcterms:description ?description }
  OPTIONAL { ?corpus dcterms:license ?license }
  OPTIONAL { ?corpus st:defaultLayer ?layer }
} ORDER BY ?corpus ?title ?description LIMIT 1"""


@lru_cache(maxsize=4)
def _corpus(graph: Graph) -> Corpus:
    rows = Reader(graph).rows(_CORPUS)
    if not rows:
        return Corpus()
    [row] = rows
    found = {key: row[key] for key in ("title", "description", "license", "layer") if row[key]}
    return Corpus(base=row["corpus"].removesuffix("corpus"), **found)


def ref(iri: str) -> str:
    """The SPARQL token of an IRI.

    Raises:
        ValueError: it has a character that no IRI may have.
    """
    return token(Iri(iri))


def ref_text(text: str) -> str:
    """The SPARQL token of a plain text."""
    return token(Literal(text))


def local(term: Term | str | None) -> str:
    """The last segment of an IRI.

    >>> local("https://w3id.org/standpoint/stance/rules-out")
    'rules-out'
    """
    return "" if term is None else str(term).rpartition("/")[2]
