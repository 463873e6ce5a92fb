"""Lines of N-Quads about what files hold: one graph, its terms written as canonical tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg.dates import bounds
from kg.records import Corpus, Record
from kg.terms import EDTF, XSD, Iri, Literal, Names, concept, escape, expand, token
from kg.vocabularies import SCHEMES


@lru_cache(maxsize=4096)
def name(prefixed: str) -> str:
    """The token of a prefixed name."""
    return token(Iri(expand(prefixed)))


TERMS: Final = {
    scheme: {slug: token(Iri(concept(scheme, slug))) for slug in slugs} for scheme, slugs in SCHEMES.items()
}
"""The tokens of the concepts of our vocabularies."""


@lru_cache(maxsize=65536)
def dated(predicate: str, value: str) -> tuple[str, ...]:
    """The predicates and objects for an EDTF date: itself, and the first and the last day that it allows."""
    iri, days = expand(predicate), bounds(value)
    found = [f'<{iri}> "{escape(value)}"^^<{EDTF}>']
    for end, day in (("Earliest", days.earliest), ("Latest", days.latest)):
        if day:
            found.append(f'<{iri}{end}> "{day}"^^<{XSD}date>')
    return tuple(found)


A: Final = name("rdf:type")
INTEGER: Final = f"^^<{XSD}integer>"
ADDRESS: Final = f"^^<{XSD}anyURI>"


@dataclass(slots=True)
class QuadLines:
    """Lines of N-Quads about the graph *graph* (an IRI), and places, if wanted, of what they describe.

    Where it *has twins*, two records make one node, and some lines may stand there twice.
    """

    names: Names
    corpus: Corpus
    graph: str
    written: list[str] = field(default_factory=list)
    places: dict[str, Record] | None = None
    has_twins: bool = False
    _minted: set[str] = field(default_factory=set)

    # ------------------------------------------------------------ one triple

    def state(self, subject: str, predicate: str, object_: str) -> None:
        """State a triple: an IRI, a prefixed name and a token."""
        self.written.append(f"<{subject}> {name(predicate)} {object_} <{self.graph}> .\n")

    def link(self, subject: str, predicate: str, *objects: str) -> None:
        """State `subject predicate object` for each IRI in *objects*, leaving out empty ones."""
        for iri in objects:
            if iri:
                self.state(subject, predicate, token(Iri(iri)))

    def literal(self, subject: str, predicate: str, value: object, datatype: str = "") -> None:
        """State a plain or typed literal, unless it is empty."""
        if value is not None and value != "":
            self.state(subject, predicate, token(Literal(str(value), datatype)))

    def words(self, subject: str, predicate: str, *texts: str, language: str = "") -> None:
        """State each text for people to read, in the language of the corpus or of the document."""
        for text in texts:
            if text:
                self.state(subject, predicate, f'"{escape(text)}"@{language or self.corpus.language}')

    def number(self, subject: str, predicate: str, value: int | None) -> None:
        """State an integer, unless there is none."""
        self.literal(subject, predicate, value, XSD + "integer")

    def true(self, subject: str, predicate: str) -> None:
        """State that something is so."""
        self.literal(subject, predicate, "true", XSD + "boolean")

    def date(self, subject: str, predicate: str, value: str) -> None:
        """State an EDTF date with the first and the last day that it allows."""
        if value:
            for said in dated(predicate, value):
                self.written.append(f"<{subject}> {said} <{self.graph}> .\n")

    def node(self, iri: str, kind: str, record: Record) -> str:
        """State what kind of thing *iri* is, and note where it stands."""
        self.written.append(f"{token(Iri(iri))} {A} {name(kind)} <{self.graph}> .\n")
        if self.places is not None:
            self.places.setdefault(iri, record)
        return iri

    def mint(self, iri: str, record: Record) -> None:
        """Note an IRI that two records may have, and where it stands first."""
        self.has_twins = self.has_twins or iri in self._minted
        self._minted.add(iri)
        if self.places is not None:
            self.places.setdefault(iri, record)

    def entry(self, kind: str, slug: str) -> str:
        """The IRI of an entry, empty for none."""
        return self.names.entry(kind, slug) if slug else ""

    def entries(self, kind: str, slugs: Iterable[str]) -> list[str]:
        """The IRIs of entries."""
        return [self.names.entry(kind, slug) for slug in slugs]
