"""One source file to quads: a pure function.

The mapping is described in ``docs/architecture.md`` (The graph). The quads of a
source depend on nothing but the source, the corpus settings and the version of
this software; they hold no blank nodes; their order is that of the file. They are
written as lines of N-Quads, which is what stores load, several at a time: this
is where a build spends its own time.

What is written may be a record of `kg.records`, or anything with the same attributes
(`kg.line_records`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.iris import graph_of, tie_iri
from kg.quad_lines import QuadLines
from kg.records import (
    Actor,
    Annotation,
    Coder,
    Corpus,
    Entry,
    Plan,
    Proposal,
    Record,
    Registry,
    Source,
    Tie,
)
from kg.statement_quads import Reading
from kg.terms import DOI, PREFIXES, SOFTWARE, XSD, Names, Quad, concept, expand
from kg.version import VERSION


def quads(source: Source, names: Names, corpus: Corpus) -> list[Quad]:
    """Turn *source* into the quads of its named graph, in the order of the file."""
    return list(read_lines(nquads(source, names, corpus)))


def nquads(source: Source, names: Names, corpus: Corpus) -> str:
    """The same as canonical N-Quads, in the order of the file."""
    out = QuadLines(names, corpus, graph_of(source, names))
    write(out, source.path, source.sha256, source.content)
    return "".join(out.written)


def places(source: Source, names: Names, corpus: Corpus) -> dict[str, Record]:
    """Where each IRI that *source* describes stands in its file."""
    found: dict[str, Record] = {}
    out = QuadLines(names, corpus, graph_of(source, names), places=found)
    write(out, source.path, source.sha256, source.content)
    return found


def read_lines(text: str) -> Iterator[Quad]:
    r"""Take apart N-Quads that this module has written.

    >>> next(read_lines('<urn:s> <urn:p> "o o"@en <urn:g> .\n')).object
    '"o o"@en'
    """
    for line in text.removesuffix("\n").split("\n"):  # `splitlines` knows other ends of lines, too
        subject, predicate, rest = line.split(" ", 2)
        object_, graph, _ = rest.rsplit(" ", 2)
        yield Quad(subject, predicate, object_, graph)


def write(out: QuadLines, path: str, sha256: str, content: Corpus | Registry | Annotation) -> None:
    """Write what a file holds: its *path* in the corpus, the hash of its bytes, its *content*."""
    _Files(out).source(path, sha256, content)


@dataclass(frozen=True, slots=True)
class _Files:
    out: QuadLines

    def source(self, path: str, sha256: str, content: Corpus | Registry | Annotation) -> None:
        self.provenance(path, sha256, content)
        if isinstance(content, Registry):
            self.registry(content)
        elif isinstance(content, Corpus):
            self.settings(content)
        else:
            Reading(self.out, content).write()

    def provenance(self, path: str, sha256: str, content: Record) -> None:
        file = self.out.names.entry("file", sha256)
        self.out.node(self.out.graph, "st:Graph", content)
        self.out.link(self.out.graph, "prov:wasDerivedFrom", file)
        self.out.link(self.out.graph, "prov:wasAttributedTo", SOFTWARE + VERSION)
        self.out.literal(self.out.graph, "st:loadedBy", VERSION)
        self.out.node(file, "st:SourceFile", content)
        self.out.literal(file, "st:path", path)
        self.out.literal(file, "st:sha256", sha256)
        self.out.node(SOFTWARE + VERSION, "prov:SoftwareAgent", content)

    def settings(self, corpus: Corpus) -> None:
        iri = self.out.node(self.out.names.base + "corpus", "st:Corpus", corpus)
        self.out.words(iri, "dcterms:title", corpus.title)
        self.out.words(iri, "dcterms:description", corpus.description)
        self.out.literal(iri, "dcterms:license", corpus.license, XSD + "anyURI")
        self.out.literal(iri, "st:defaultLayer", corpus.layer)
        self.out.literal(
            iri, "schema:creditText", "; ".join(corpus.authors)
        )  # one text, which keeps their order
        self.out.literal(iri, "schema:version", corpus.version)
        self.out.literal(iri, "dcterms:identifier", corpus.doi and DOI + corpus.doi, XSD + "anyURI")
        self.out.literal(iri, "schema:url", corpus.url, XSD + "anyURI")

    # ------------------------------------------------------------ registries

    def registry(self, registry: Registry) -> None:
        for actor in registry.actors:
            self.actor(actor)
        for issue in registry.issues:
            iri = self.described("issue", "st:Issue", issue)
            self.out.link(iri, "skos:broader", *self.out.entries("issue", issue.broader))
        for proposal in registry.proposals:
            self.proposal(proposal)
        for plan in registry.plans:
            self.plan(plan)
        for coder in registry.coders:
            self.coder(coder)

    def described(self, kind: str, type_: str, entry: Entry) -> str:
        iri = self.out.node(self.out.names.entry(kind, entry.id), type_, entry)
        self.out.words(iri, "skos:prefLabel", entry.label)
        self.out.words(iri, "skos:altLabel", *entry.aliases)
        self.out.words(iri, "skos:definition", entry.definition)
        self.out.words(iri, "skos:note", entry.note)
        self.out.words(iri, "st:unusedBecause", entry.unused)
        self.out.link(iri, "skos:exactMatch", entry.wikidata and PREFIXES["wd"] + entry.wikidata)
        return iri

    def actor(self, actor: Actor) -> None:
        iri = self.described("actor", "st:Actor", actor)
        self.out.link(iri, "st:hasKind", concept("actorkind", actor.kind))
        if actor.outside:
            self.out.true(iri, "st:fromOutside")
        ties = (
            ("membership", "st:Membership", "st:memberOf", actor.memberships),
            ("speaks-for", "st:Representation", "st:speaksFor", actor.speaks_for),
            ("part-of", "st:Affiliation", "st:partOf", actor.part_of),
        )
        for kind, type_, direct, found in ties:
            for tie in found:
                self.out.link(iri, direct, self.out.entry("actor", tie.of))
                self.tie(iri, self.out.node(tie_iri(self.out.names, actor.id, kind, tie), type_, tie), tie)

    def tie(self, actor: str, iri: str, tie: Tie) -> None:
        self.out.link(iri, "st:tieOf", actor)
        self.out.link(iri, "st:tieTo", self.out.entry("actor", tie.of))
        self.out.words(iri, "st:inRole", tie.role)
        self.out.date(iri, "st:since", tie.since)
        self.out.date(iri, "st:until", tie.until)
        self.out.words(iri, "skos:note", tie.note)
        if tie.outside:
            self.out.true(iri, "st:fromOutside")

    def proposal(self, proposal: Proposal) -> None:
        iri = self.described("proposal", "st:Proposal", proposal)
        self.out.link(iri, "st:addresses", *self.out.entries("issue", proposal.issues))
        self.out.link(iri, "skos:broader", *self.out.entries("proposal", proposal.broader))
        self.out.link(iri, "st:closeTo", *self.out.entries("proposal", proposal.close))
        self.out.link(iri, "st:incompatibleWith", *self.out.entries("proposal", proposal.incompatible))
        self.out.link(iri, "st:requires", *self.out.entries("proposal", proposal.requires))

    def plan(self, plan: Plan) -> None:
        iri = self.described("plan", "st:Plan", plan)
        self.out.link(iri, "dcterms:creator", *self.out.entries("actor", plan.authors))
        self.out.date(iri, "st:dated", plan.dated)
        if plan.outside:
            self.out.true(iri, "st:fromOutside")

    def coder(self, coder: Coder) -> None:
        iri = self.described("coder", "st:Coder", coder)
        if coder.software:
            self.out.link(iri, "rdf:type", expand("prov:SoftwareAgent"))
