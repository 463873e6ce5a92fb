"""RDF terms, namespaces, and the minting of IRIs.

Terms are small tuples of our own, so that modules can exchange them without
importing an RDF library; `Quad` holds terms already written as N-Quads tokens
(RDF 1.1 N-Quads, canonical form), because that is what stores load fastest and
what sorts into a canonical dump.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

ONTOLOGY: Final = "https://w3id.org/standpoint/ontology"
ST: Final = ONTOLOGY + "#"
SHAPES: Final = "https://w3id.org/standpoint/shapes#"
VOCABULARY: Final = "https://w3id.org/standpoint/"
SOFTWARE: Final = "https://w3id.org/standpoint/software/"

DOI: Final = "https://doi.org/"

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"

PREFIXES: Final[dict[str, str]] = {
    "st": ST,
    "shape": SHAPES,
    "stance": VOCABULARY + "stance/",
    "polarity": VOCABULARY + "polarity/",
    "function": VOCABULARY + "function/",
    "modality": VOCABULARY + "modality/",
    "hedge": VOCABULARY + "hedge/",
    "mode": VOCABULARY + "mode/",
    "claimkind": VOCABULARY + "claimkind/",
    "actorkind": VOCABULARY + "actorkind/",
    "relation": VOCABULARY + "relation/",
    "partrole": VOCABULARY + "partrole/",
    "condition": VOCABULARY + "condition/",
    "section": VOCABULARY + "section/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": XSD,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "wd": "http://www.wikidata.org/entity/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
}
"""The fixed prefixes: those of the ontology, its vocabularies, and the standards we reuse."""

DATA_KINDS: Final = (
    "actor", "issue", "proposal", "plan", "coder", "document", "text", "coding", "passage", "position",
    "claim", "part", "graph", "file",
)  # fmt: skip
"""The first path segment of a corpus's own IRIs, after its base; each is also a prefix in exports."""


@dataclass(frozen=True, slots=True, order=True)
class Iri:
    """An IRI.

    >>> str(Iri("https://example.org/a"))
    'https://example.org/a'
    """

    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, order=True)
class Blank:
    """A blank node; our own data has none, other people's may."""

    value: str

    def __str__(self) -> str:
        return "_:" + self.value


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """A literal: lexical form, datatype IRI (empty: `xsd:string`), language tag.

    >>> str(Literal("Guten Tag", language="de"))
    'Guten Tag'
    """

    value: str
    datatype: str = ""
    language: str = ""

    def __str__(self) -> str:
        return self.value


Term: TypeAlias = Iri | Blank | Literal


class Quad(NamedTuple):
    """Subject, predicate, object and graph, each an N-Quads token."""

    subject: str
    predicate: str
    object: str
    graph: str

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object} {self.graph} ."

    def triple(self) -> str:
        r"""As a line of N-Triples, its graph left out.

        >>> Quad("<urn:s>", "<urn:p>", '"o"', "<urn:g>").triple()
        '<urn:s> <urn:p> "o" .\n'
        """
        return f"{self.subject} {self.predicate} {self.object} .\n"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"


def escape(text: str) -> str:
    r"""Write *text* as it stands between the quotes of an N-Quads literal.

    >>> print(escape('say "hi"'))
    say \"hi\"
    """
    return _NEEDS_ESCAPE.sub(_escape, text)


def token(term: Term) -> str:
    r"""Write *term* as an N-Quads token (canonical form: RDF 1.1 N-Triples, section 4).

    Raises:
        ValueError: an IRI has a character that no IRI may have (RFC 3987).

    >>> print(token(Literal('say "hi"\n', language="en")))
    "say \"hi\"\n"@en
    >>> token(Literal("3", XSD + "integer"))
    '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if isinstance(term, Iri):
        if _NOT_IN_IRI.search(term.value):
            raise ValueError(f"not an IRI: {term.value!r}")
        return f"<{term.value}>"
    if isinstance(term, Blank):
        return "_:" + term.value
    text = f'"{escape(term.value)}"'
    if term.language:
        return f"{text}@{term.language}"
    if term.datatype and term.datatype != XSD + "string":
        return f"{text}^^<{term.datatype}>"
    return text


def expand(name: str, prefixes: dict[str, str] = PREFIXES) -> str:
    """Expand a prefixed name, such as `st:Claim`.

    Raises:
        KeyError: the prefix is unknown.

    >>> expand("st:Claim")
    'https://w3id.org/standpoint/ontology#Claim'
    """
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local


_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


def shrink(iri: str, prefixes: dict[str, str] = PREFIXES) -> str:
    """Shorten *iri* to a prefixed name where a prefix fits and the rest needs no escape.

    >>> shrink("https://w3id.org/standpoint/stance/proposes")
    'stance:proposes'
    >>> shrink("https://example.org/x")
    'https://example.org/x'
    """
    best = ""
    for prefix, namespace in prefixes.items():
        if (
            iri.startswith(namespace)
            and _LOCAL.match(iri, len(namespace))
            and (not best or len(namespace) > len(prefixes[best]))
        ):
            best = prefix
    return f"{best}:{iri[len(prefixes[best]) :]}" if best else iri


def brief(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Shorten *iri* for people: the longest prefix that fits, and the rest as it is, slashes and all.

    >>> brief("https://e.org/position/may/a/p1", {"position": "https://e.org/position/"})
    'position:may/a/p1'
    """
    fitting = [
        prefix for prefix, namespace in prefixes.items() if iri.startswith(namespace) and iri != namespace
    ]
    best = max(fitting, key=lambda prefix: len(prefixes[prefix]), default="")
    return f"{best}:{iri[len(prefixes[best]) :]}" if best else iri


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs of one corpus: deterministic, readable, and the same whatever else is in the file.

    >>> names = Names("https://example.org/harbour/")
    >>> names.entry("actor", "ada-lane")
    'https://example.org/harbour/actor/ada-lane'
    >>> names.statement("position", "hearing", "coder-a", "audit-yearly")
    'https://example.org/harbour/position/hearing/coder-a/audit-yearly'
    """

    base: str

    def entry(self, kind: str, slug: str) -> str:
        """The IRI of a registry entry, a document, a text or a file."""
        return f"{self.base}{kind}/{slug}"

    def statement(self, kind: str, document: str, coder: str, slug: str) -> str:
        """The IRI of a passage, position, claim or plan part: one coder's reading of one document."""
        return f"{self.base}{kind}/{document}/{coder}/{slug}"

    def graph(self, *parts: str) -> str:
        """The IRI of a named graph: ``corpus``, ``registry/NAME`` or ``DOCUMENT/CODER``."""
        return self.base + "graph/" + "/".join(parts)

    def prefixes(self) -> dict[str, str]:
        """The fixed prefixes and one for each kind of data IRI of this corpus."""
        return PREFIXES | {kind: f"{self.base}{kind}/" for kind in DATA_KINDS}


def concept(scheme: str, slug: str) -> str:
    """The IRI of a concept of one of our vocabularies.

    >>> concept("stance", "rules-out")
    'https://w3id.org/standpoint/stance/rules-out'
    """
    return f"{VOCABULARY}{scheme}/{slug}"
