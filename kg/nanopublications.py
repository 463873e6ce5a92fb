"""Each position as a nanopublication: what is asserted, where that comes from, who published it.

The form is that of the nanopublication guidelines (nanopub.net/guidelines/working_draft):
four named graphs in TriG. The IRI of each is a trusty one, made of its content, so
that the same position gives the same nanopublication and a change gives another.
The day is the one on which the position was coded; the clock is not asked.
Signing needs a key, and is left to the tool that publishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.exports import export, read_token
from kg.terms import PREFIXES, Iri, Literal, Quad, expand, token
from kg.trusty import PLACEHOLDER, trusted

NP: Final = "http://www.nanopub.org/nschema#"
NPX: Final = "http://purl.org/nanopub/x/"

_MORE: Final = {"np": NP, "npx": NPX}
_A: Final = token(Iri(expand("rdf:type")))


def _iri(name: str) -> str:
    return token(Iri(expand(name, PREFIXES | _MORE)))


_EVIDENCE: Final = frozenset(
    map(_iri, ("st:statedIn", "st:hasAttribution", "st:innermostAttribution", "st:published",
               "st:publishedEarliest", "st:publishedLatest", "st:uttered", "st:utteredEarliest",
               "st:utteredLatest", "skos:note", "prov:wasGeneratedBy"))
)  # fmt: skip
"""What of a position says where it comes from, and belongs to the provenance."""

_NAMED: Final = frozenset(
    map(_iri, ("st:heldBy", "st:onProposal", "st:addressedTo", "st:doneBy", "st:givesVoiceTo",
               "dcterms:creator", "dcterms:publisher", "prov:wasAssociatedWith", "st:reviewedBy"))
)  # fmt: skip
"""What leads to a node whose name a reader needs."""


@dataclass
class _Facts:
    """What is stated about each node; what is inferred is no part of any nanopublication."""

    about: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, quads: Iterable[Quad]) -> _Facts:
        facts = cls()
        for subject, predicate, obj in sorted({quad[:3] for quad in quads}):
            facts.about.setdefault(subject, []).append((predicate, obj))
            if predicate == _A:
                facts.typed.setdefault(obj, []).append(subject)
        return facts

    def values(self, node: str, name: str) -> list[str]:
        wanted = _iri(name)
        return [obj for predicate, obj in self.about.get(node, ()) if predicate == wanted]


@dataclass
class _Draft:
    """The four graphs of one nanopublication while they are written."""

    namespace: str
    quads: list[Quad] = field(default_factory=list)

    @property
    def this(self) -> str:
        return f"<{self.namespace}{PLACEHOLDER}>"

    def graph(self, name: str) -> str:
        return f"<{self.namespace}{PLACEHOLDER}#{name}>"

    def add(self, graph: str, subject: str, predicate: str, *objects: str) -> None:
        self.quads += [Quad(subject, predicate, obj, self.graph(graph)) for obj in objects]


def nanopublications(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    """The quads of a nanopublication for each position in *quads*, in the order of the positions' IRIs."""
    facts = _Facts.read(quads)
    corpus = facts.typed.get(_iri("st:Corpus"), [])
    for position in facts.typed.get(_iri("st:Position"), ()):
        yield _publish(facts, position, corpus)


def nanopub_trig(quads: Iterable[Quad], *, prefixes: Mapping[str, str] = PREFIXES) -> Iterator[str]:
    """All nanopublications as TriG, each a document of its own that can be cut out."""
    for found in nanopublications(quads):
        this = next(quad.subject for quad in found if quad.object == _iri("np:Nanopublication"))[1:-1]
        known = dict(prefixes) | _MORE | {"sub": f"{this}#"}
        yield f"# {this}\n"
        yield from export(found, form="trig", prefixes=known)
        yield "\n"


def _publish(facts: _Facts, position: str, corpus: list[str]) -> list[Quad]:
    base = position[1:].partition("/position/")[0]
    draft = _Draft(f"{base}/np/")
    head = (("hasAssertion", "assertion"), ("hasProvenance", "provenance"), ("hasPublicationInfo", "pubinfo"))
    draft.add("Head", draft.this, _A, _iri("np:Nanopublication"))
    for predicate, graph in head:
        draft.add("Head", draft.this, _iri(f"np:{predicate}"), draft.graph(graph))
    _assert(draft, facts, position)
    codings = _prove(draft, facts, position)
    _inform(draft, facts, position, codings, corpus)
    return trusted(draft.quads)


def _assert(draft: _Draft, facts: _Facts, position: str) -> None:
    conditions = facts.values(position, "st:hasCondition")
    for node in (position, *conditions):
        for predicate, obj in facts.about[node]:
            if predicate not in _EVIDENCE or node != position:
                draft.add("assertion", node, predicate, obj)


def _prove(draft: _Draft, facts: _Facts, position: str) -> list[str]:
    """Passages, attribution, document and coding; the coding is returned, too."""
    passages = facts.values(position, "st:statedIn")
    codings = facts.values(position, "prov:wasGeneratedBy")
    coders = [coder for coding in codings for coder in facts.values(coding, "prov:wasAssociatedWith")]
    assertion = draft.graph("assertion")
    draft.add("provenance", assertion, _iri("prov:wasDerivedFrom"), *passages)
    draft.add("provenance", assertion, _iri("prov:wasGeneratedBy"), *codings)
    draft.add("provenance", assertion, _iri("prov:wasAttributedTo"), *coders)
    for predicate, obj in facts.about[position]:
        if predicate in _EVIDENCE:
            draft.add("provenance", position, predicate, obj)
    selectors = [node for passage in passages for node in facts.values(passage, "oa:hasSelector")]
    documents = [node for passage in passages for node in facts.values(passage, "st:inDocument")]
    links = facts.values(position, "st:hasAttribution")
    for node in dict.fromkeys((*passages, *selectors, *documents, *links, *codings)):
        for predicate, obj in facts.about.get(node, ()):
            draft.add("provenance", node, predicate, obj)
    return codings


def _inform(draft: _Draft, facts: _Facts, position: str, codings: list[str], corpus: list[str]) -> None:
    this, pubinfo = draft.this, "pubinfo"
    labels = [
        _label(facts, node)
        for name in ("st:heldBy", "st:onProposal")
        for node in facts.values(position, name)
    ]
    stance = next(iter(facts.values(position, "st:takesStance")), "").rpartition("/")[2][:-1]
    title = token(Literal(f"{labels[0]} {stance.replace('-', ' ')} {labels[-1]}")) if labels else ""
    if title:
        draft.add(pubinfo, this, _iri("rdfs:label"), title)
    draft.add(pubinfo, this, _iri("npx:hasNanopubType"), _iri("st:Position"))
    draft.add(pubinfo, this, _iri("npx:introduces"), position)
    for coding in codings:
        draft.add(pubinfo, this, _iri("dcterms:creator"), *facts.values(coding, "prov:wasAssociatedWith"))
        draft.add(pubinfo, this, _iri("dcterms:created"), *facts.values(coding, "st:codedOn"))
    for node in corpus:
        draft.add(pubinfo, this, _iri("dcterms:isPartOf"), node)
        draft.add(pubinfo, node, _iri("dcterms:title"), *facts.values(node, "dcterms:title"))
        for licence in facts.values(node, "dcterms:license"):
            draft.add(pubinfo, this, _iri("dcterms:license"), token(Iri(str(read_token(licence)))))
    named = {quad.object for quad in draft.quads if quad.predicate in _NAMED}
    for node in sorted(named):
        draft.add(pubinfo, node, _iri("skos:prefLabel"), *facts.values(node, "skos:prefLabel"))


def _label(facts: _Facts, node: str) -> str:
    found = facts.values(node, "skos:prefLabel")
    return str(read_token(found[0])) if found else node[1:-1]
