"""One source file to quads: a pure function.

The mapping is described in ``docs/architecture.md`` (The graph). The quads of a
source depend on nothing but the source, the corpus settings and the version of
this software; they hold no blank nodes; their order is that of the file.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from kg.dates import bounds
from kg.records import (
    Actor,
    Annotation,
    Claim,
    Coder,
    Condition,
    Corpus,
    Document,
    Entry,
    Link,
    Passage,
    Plan,
    PlanPart,
    Position,
    Proposal,
    Record,
    Registry,
    Source,
    Statement,
    Tie,
)
from kg.terms import DOI, EDTF, PREFIXES, SOFTWARE, XSD, Iri, Literal, Names, Quad, concept, expand, token
from kg.version import VERSION


def graph_of(source: Source, names: Names) -> str:
    """The IRI of the named graph that *source* becomes.

    It follows from what the file holds, not from where it lies, save for a
    registry, which is named after its file.
    """
    content = source.content
    if isinstance(content, Annotation):
        return names.graph(content.document.id, content.coding.coder)
    return names.graph("registry", content.name) if isinstance(content, Registry) else names.graph("corpus")


def quads(source: Source, names: Names, corpus: Corpus) -> list[Quad]:
    """Turn *source* into the quads of its named graph, in the order of the file."""
    return _write(source, names, corpus).quads


def places(source: Source, names: Names, corpus: Corpus) -> dict[str, Record]:
    """Where each IRI that *source* describes stands in its file."""
    return _write(source, names, corpus).places


def text_fragment(url: str, passage: Passage) -> str:
    """The link that opens *url* at *passage* (WICG URL Fragment Text Directives, ``#:~:text=first,last``).

    >>> at = Passage(id="p1", start=0, end=30, sha256="", first="The mayor", last="summer ends")
    >>> text_fragment("https://example.org/a", at)
    'https://example.org/a#:~:text=The%20mayor,summer%20ends'
    """
    first, last = passage.first, passage.last
    overlap = len(first) + len(last) - (passage.end - passage.start)
    if overlap > 0:  # a short passage: its end words begin inside its first words
        last = last[overlap:]
    directive = ",".join(_encode(words) for words in (first, last) if words.strip())
    return f"{url}{'' if '#' in url else '#'}:~:text={directive}"


def _encode(words: str) -> str:
    return quote(" ".join(words.split()), safe="").replace("-", "%2D")


def slugify(text: str) -> str:
    """Make *text* fit to stand in an IRI; letters that ASCII has not are told apart by a hash.

    >>> slugify("Deputy mayor (acting), 2019?")
    'deputy-mayor-acting-2019'
    >>> slugify("Président"), slugify("мэр")
    ('president', '318e8399')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")
    if not any(char.isalnum() and not char.isascii() for char in plain):
        return slug
    return "-".join(filter(None, (slug, hashlib.sha256(text.encode()).hexdigest()[:8])))


def tie_iri(names: Names, actor: str, kind: str, tie: Tie) -> str:
    """The IRI of a dated tie of *actor*; *kind* is membership, speaks-for or part-of."""
    tail = "-".join(filter(None, (tie.of, slugify(tie.role), slugify(tie.since))))
    return f"{names.entry('actor', actor)}/{kind}/{tail}"


def condition_iri(position: str, condition: Condition) -> str:
    """The IRI of a condition of *position* (an IRI), which does not depend on the order of conditions."""
    if condition.proposal or condition.position:
        target = f"proposal-{condition.proposal}" if condition.proposal else f"position-{condition.position}"
        by = f"-by-{condition.by}" if condition.by else ""
        return f"{position}/condition/{condition.kind}-{target}{by}"
    digest = hashlib.sha256(condition.gist.encode()).hexdigest()[:8]
    return f"{position}/condition/{condition.kind}-{digest}"


@lru_cache(maxsize=4096)
def _iri(name: str) -> str:
    return token(Iri(expand(name)))


_A = _iri("rdf:type")


def _write(source: Source, names: Names, corpus: Corpus) -> _Writer:
    writer = _Writer(names, corpus, token(Iri(graph_of(source, names))))
    writer.source(source)
    return writer


@dataclass(slots=True)
class _Writer:
    names: Names
    corpus: Corpus
    graph: str
    quads: list[Quad] = field(default_factory=list)
    places: dict[str, Record] = field(default_factory=dict)

    # ------------------------------------------------------------ one triple

    def link(self, subject: str, predicate: str, *objects: str) -> None:
        """State `subject predicate object` for each IRI in *objects*, leaving out empty ones."""
        for iri in objects:
            if iri:
                self.quads.append(Quad(f"<{subject}>", _iri(predicate), token(Iri(iri)), self.graph))

    def literal(self, subject: str, predicate: str, value: object, datatype: str = "") -> None:
        """State a plain or typed literal, unless it is empty."""
        if value is not None and value != "":
            text = token(Literal(str(value), datatype))
            self.quads.append(Quad(f"<{subject}>", _iri(predicate), text, self.graph))

    def words(self, subject: str, predicate: str, *texts: str, language: str = "") -> None:
        """State each text for people to read, in the language of the corpus or of the document."""
        for text in texts:
            if text:
                tag = token(Literal(text, language=language or self.corpus.language))
                self.quads.append(Quad(f"<{subject}>", _iri(predicate), tag, self.graph))

    def number(self, subject: str, predicate: str, value: int | None) -> None:
        self.literal(subject, predicate, value, XSD + "integer")

    def true(self, subject: str, predicate: str) -> None:
        self.literal(subject, predicate, "true", XSD + "boolean")

    def date(self, subject: str, predicate: str, value: str) -> None:
        """State an EDTF date with the first and the last day that it allows."""
        if not value:
            return
        self.literal(subject, predicate, value, EDTF)
        first_last = bounds(value)
        for end, day in (("Earliest", first_last.earliest), ("Latest", first_last.latest)):
            self.literal(subject, predicate + end, day, XSD + "date")

    def node(self, iri: str, kind: str, record: Record) -> str:
        self.quads.append(Quad(token(Iri(iri)), _A, _iri(kind), self.graph))
        self.places.setdefault(iri, record)
        return iri

    def entry(self, kind: str, slug: str) -> str:
        return self.names.entry(kind, slug) if slug else ""

    def entries(self, kind: str, slugs: Iterable[str]) -> list[str]:
        return [self.names.entry(kind, slug) for slug in slugs]

    # ------------------------------------------------------------ files

    def source(self, source: Source) -> None:
        content = source.content
        self.provenance(source)
        if isinstance(content, Annotation):
            self.annotation(content)
        elif isinstance(content, Registry):
            self.registry(content)
        else:
            self.settings(content)

    def provenance(self, source: Source) -> None:
        graph, file = self.graph[1:-1], self.names.entry("file", source.sha256)
        self.node(graph, "st:Graph", source.content)
        self.link(graph, "prov:wasDerivedFrom", file)
        self.link(graph, "prov:wasAttributedTo", SOFTWARE + VERSION)
        self.literal(graph, "st:loadedBy", VERSION)
        self.node(file, "st:SourceFile", source.content)
        self.literal(file, "st:path", source.path)
        self.literal(file, "st:sha256", source.sha256)
        self.node(SOFTWARE + VERSION, "prov:SoftwareAgent", source.content)

    def settings(self, corpus: Corpus) -> None:
        iri = self.node(self.names.base + "corpus", "st:Corpus", corpus)
        self.words(iri, "dcterms:title", corpus.title)
        self.words(iri, "dcterms:description", corpus.description)
        self.literal(iri, "dcterms:license", corpus.license, XSD + "anyURI")
        self.literal(iri, "st:defaultLayer", corpus.layer)
        self.literal(iri, "schema:creditText", "; ".join(corpus.authors))  # one text, which keeps their order
        self.literal(iri, "schema:version", corpus.version)
        self.literal(iri, "dcterms:identifier", corpus.doi and DOI + corpus.doi, XSD + "anyURI")
        self.literal(iri, "schema:url", corpus.url, XSD + "anyURI")

    # ------------------------------------------------------------ registries

    def registry(self, registry: Registry) -> None:
        for actor in registry.actors:
            self.actor(actor)
        for issue in registry.issues:
            iri = self.described("issue", "st:Issue", issue)
            self.link(iri, "skos:broader", *self.entries("issue", issue.broader))
        for proposal in registry.proposals:
            self.proposal(proposal)
        for plan in registry.plans:
            self.plan(plan)
        for coder in registry.coders:
            self.coder(coder)

    def described(self, kind: str, type_: str, entry: Entry) -> str:
        iri = self.node(self.names.entry(kind, entry.id), type_, entry)
        self.words(iri, "skos:prefLabel", entry.label)
        self.words(iri, "skos:altLabel", *entry.aliases)
        self.words(iri, "skos:definition", entry.definition)
        self.words(iri, "skos:note", entry.note)
        self.words(iri, "st:unusedBecause", entry.unused)
        self.link(iri, "skos:exactMatch", entry.wikidata and PREFIXES["wd"] + entry.wikidata)
        return iri

    def actor(self, actor: Actor) -> None:
        iri = self.described("actor", "st:Actor", actor)
        self.link(iri, "st:hasKind", concept("actorkind", actor.kind))
        if actor.outside:
            self.true(iri, "st:fromOutside")
        ties = (
            ("membership", "st:Membership", "st:memberOf", actor.memberships),
            ("speaks-for", "st:Representation", "st:speaksFor", actor.speaks_for),
            ("part-of", "st:Affiliation", "st:partOf", actor.part_of),
        )
        for kind, type_, direct, found in ties:
            for tie in found:
                self.link(iri, direct, self.entry("actor", tie.of))
                self.tie(iri, self.node(tie_iri(self.names, actor.id, kind, tie), type_, tie), tie)

    def tie(self, actor: str, iri: str, tie: Tie) -> None:
        self.link(iri, "st:tieOf", actor)
        self.link(iri, "st:tieTo", self.entry("actor", tie.of))
        self.words(iri, "st:inRole", tie.role)
        self.date(iri, "st:since", tie.since)
        self.date(iri, "st:until", tie.until)
        self.words(iri, "skos:note", tie.note)
        if tie.outside:
            self.true(iri, "st:fromOutside")

    def proposal(self, proposal: Proposal) -> None:
        iri = self.described("proposal", "st:Proposal", proposal)
        self.link(iri, "st:addresses", *self.entries("issue", proposal.issues))
        self.link(iri, "skos:broader", *self.entries("proposal", proposal.broader))
        self.link(iri, "st:closeTo", *self.entries("proposal", proposal.close))
        self.link(iri, "st:incompatibleWith", *self.entries("proposal", proposal.incompatible))
        self.link(iri, "st:requires", *self.entries("proposal", proposal.requires))

    def plan(self, plan: Plan) -> None:
        iri = self.described("plan", "st:Plan", plan)
        self.link(iri, "dcterms:creator", *self.entries("actor", plan.authors))
        self.date(iri, "st:dated", plan.dated)
        if plan.outside:
            self.true(iri, "st:fromOutside")

    def coder(self, coder: Coder) -> None:
        iri = self.described("coder", "st:Coder", coder)
        if coder.software:
            self.link(iri, "rdf:type", expand("prov:SoftwareAgent"))

    # ------------------------------------------------------------ annotations

    def annotation(self, annotation: Annotation) -> None:
        reading = _Reading(self, annotation)
        reading.document(annotation.document)
        reading.coding()
        for passage in annotation.passages:
            reading.passage(passage)
        for position in annotation.positions:
            reading.position(position)
        for claim in annotation.claims:
            reading.claim(claim)
        for part in annotation.parts:
            reading.part(part)


@dataclass(slots=True)
class _Reading:
    """The statements of one coder about one document."""

    out: _Writer
    annotation: Annotation

    def iri(self, kind: str, slug: str) -> str:
        content = self.annotation
        return self.out.names.statement(kind, content.document.id, content.coding.coder, slug)

    @property
    def coding_iri(self) -> str:
        return f"{self.out.names.base}coding/{self.annotation.document.id}/{self.annotation.coding.coder}"

    def document(self, document: Document) -> None:
        out = self.out
        iri = out.node(out.entry("document", document.id), "st:Document", document)
        out.words(iri, "dcterms:title", document.title, language=document.language)
        out.link(iri, "dcterms:creator", *out.entries("actor", document.authors))
        out.link(iri, "dcterms:publisher", out.entry("actor", document.outlet))
        out.link(iri, "st:speaksAs", out.entry("actor", document.voice))
        out.date(iri, "st:published", document.published)
        out.literal(iri, "schema:url", document.url, XSD + "anyURI")
        out.literal(iri, "dcterms:language", document.language)
        text = out.node(out.entry("text", document.text.sha256), "st:Text", document.text)
        out.link(iri, "st:inText", text)
        out.literal(text, "st:sha256", document.text.sha256)
        out.number(iri, "st:regionStart", document.text.start)
        out.number(iri, "st:regionEnd", document.text.end)
        for key in document.outside:
            out.literal(iri, "st:outsideField", key)
        out.words(iri, "skos:note", document.note)

    def coding(self) -> None:
        out, coding = self.out, self.annotation.coding
        iri = out.node(self.coding_iri, "st:Coding", coding)
        out.link(out.graph[1:-1], "prov:wasGeneratedBy", iri)
        out.link(iri, "prov:wasAssociatedWith", out.entry("coder", coding.coder))
        out.link(iri, "prov:used", out.entry("text", self.annotation.document.text.sha256))
        out.literal(iri, "st:inLayer", coding.layer or out.corpus.layer)
        out.literal(iri, "st:codedOn", coding.date, XSD + "date")
        out.link(iri, "st:reviewedBy", out.entry("coder", coding.reviewed_by))
        out.literal(iri, "st:reviewedOn", coding.reviewed, XSD + "date")
        out.words(iri, "skos:note", coding.note)

    def passage(self, passage: Passage) -> None:
        out, document = self.out, self.annotation.document
        iri = out.node(self.iri("passage", passage.id), "st:Passage", passage)
        out.link(iri, "st:inDocument", out.entry("document", document.id))
        out.link(iri, "oa:hasSource", out.entry("text", document.text.sha256))
        selector = out.node(iri + "/selector", "oa:TextPositionSelector", passage)
        out.link(iri, "oa:hasSelector", selector)
        # Web Annotation 4.2.4 wants non-negative integers. They are typed xsd:integer, because stores that
        # keep numbers by value give types derived from it back as that.
        out.number(selector, "oa:start", passage.start)
        out.number(selector, "oa:end", passage.end)
        out.literal(iri, "st:sha256", passage.sha256)
        out.words(iri, "st:firstWords", passage.first, language=document.language)
        out.words(iri, "st:lastWords", passage.last, language=document.language)
        out.link(iri, "st:inSection", concept("section", passage.section))
        if document.url:
            out.literal(iri, "st:link", text_fragment(document.url, passage), XSD + "anyURI")
        out.words(iri, "skos:note", passage.note)
        out.link(iri, "prov:wasGeneratedBy", self.coding_iri)

    def statement(self, kind: str, type_: str, statement: Statement) -> str:
        out = self.out
        iri = out.node(self.iri(kind, statement.id), type_, statement)
        out.link(iri, "st:statedIn", *(self.iri("passage", slug) for slug in statement.passages))
        out.words(iri, "st:gist", statement.gist)
        out.link(iri, "st:hasModality", concept("modality", statement.modality))
        out.link(iri, "st:hasHedge", *(concept("hedge", hedge) for hedge in statement.hedges))
        self.attribution(iri, statement)
        out.date(iri, "st:uttered", statement.uttered)
        out.date(iri, "st:published", statement.published or self.annotation.document.published)
        out.words(iri, "skos:note", statement.note)
        out.link(iri, "prov:wasGeneratedBy", self.coding_iri)
        return iri

    def attribution(self, statement: str, record: Statement) -> None:
        own = Link(voice=self.annotation.document.voice, mode="own-voice", at=record.at, keys=record.keys)
        out, node = self.out, ""
        for step, link in enumerate((own, *record.attribution), start=1):
            node = out.node(f"{statement}/attribution/{step}", "st:Attribution", link)
            out.link(statement, "st:hasAttribution", node)
            out.number(node, "st:step", step)
            out.link(node, "st:givesVoiceTo", out.entry("actor", link.voice))
            out.link(node, "st:inMode", concept("mode", link.mode))
            out.words(node, "st:atVenue", link.venue)
        out.link(statement, "st:innermostAttribution", node)

    def position(self, position: Position) -> None:
        out = self.out
        iri = self.statement("position", "st:Position", position)
        out.link(iri, "st:heldBy", out.entry("actor", position.holder))
        out.link(iri, "st:takesStance", concept("stance", position.stance))
        out.link(iri, "st:onProposal", out.entry("proposal", position.proposal))
        out.link(iri, "st:hasFunction", *(concept("function", slug) for slug in position.functions))
        out.link(iri, "st:addressedTo", *out.entries("actor", position.addressees))
        out.date(iri, "st:held", position.held)
        for condition in position.conditions:
            self.condition(iri, condition)

    def condition(self, position: str, condition: Condition) -> None:
        out = self.out
        iri = out.node(condition_iri(position, condition), "st:Condition", condition)
        out.link(position, "st:hasCondition", iri)
        out.link(iri, "st:hasConditionKind", concept("condition", condition.kind))
        out.link(iri, "st:onProposal", out.entry("proposal", condition.proposal))
        out.link(iri, "st:onPosition", condition.position and self.iri("position", condition.position))
        out.link(iri, "st:doneBy", out.entry("actor", condition.by))
        out.words(iri, "st:gist", condition.gist)

    def claim(self, claim: Claim) -> None:
        out = self.out
        iri = self.statement("claim", "st:Claim", claim)
        out.link(iri, "st:madeBy", out.entry("actor", claim.claimant))
        out.link(iri, "st:hasClaimKind", concept("claimkind", claim.kind))
        out.link(iri, "st:mentions", *out.entries("actor", claim.mentions))
        for relation, targets in (("supports", claim.supports), ("undercuts", claim.undercuts)):
            for target in targets:
                kind = "proposal" if target.proposal else "position" if target.position else "claim"
                slug = target.proposal or target.position or target.claim
                node = out.node(f"{iri}/argument/{relation}-{kind}-{slug}", "st:Argument", target)
                out.link(iri, "st:hasArgument", node)
                out.link(node, "st:hasRelation", concept("relation", relation))
                aim = out.entry(kind, slug) if kind == "proposal" else self.iri(kind, slug)
                out.link(node, "st:targets", aim)

    def part(self, part: PlanPart) -> None:
        out = self.out
        iri = self.statement("part", "st:PlanPart", part)
        out.link(iri, "st:partOfPlan", out.entry("plan", part.plan))
        out.link(iri, "st:hasPartRole", concept("partrole", part.role))
        out.link(iri, "st:onProposal", out.entry("proposal", part.proposal))
        out.link(iri, "st:includesPlan", out.entry("plan", part.subplan))
        out.number(iri, "st:hasOrder", part.order)


__all__ = ["condition_iri", "graph_of", "places", "quads", "slugify", "text_fragment", "tie_iri"]
