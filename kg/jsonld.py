"""One source file as JSON-LD 1.1 against the published context, with every IRI written out.

The document keeps the keys of the annotation file where their meaning is plain;
the context (``kg/schemas/context.jsonld``, published at `CONTEXT_URL`) says
which property each key is. It is built from the records without `kg.quads`,
which gives only the IRIs, so that the two readings check each other: an
independent JSON-LD processor must find the same quads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from kg.dates import bounds
from kg.files import schema_dir
from kg.iris import condition_iri, graph_of, text_fragment, tie_iri
from kg.records import (
    Actor,
    Annotation,
    Claim,
    Coder,
    Corpus,
    Entry,
    Issue,
    Link,
    Passage,
    Plan,
    PlanPart,
    Position,
    Proposal,
    Registry,
    Source,
    Statement,
    Target,
    Tie,
)
from kg.terms import DOI, PREFIXES, SOFTWARE, Names, concept, expand
from kg.version import VERSION

CONTEXT_URL: Final = "https://w3id.org/standpoint/context.jsonld"

Node: TypeAlias = dict[str, Any]
"""A JSON-LD node object; its values are strings, numbers, nodes, or lists of these."""


def load_context() -> Node:
    """Read the document that is published at `CONTEXT_URL`.

    >>> load_context()["@context"]["holder"]
    {'@id': 'st:heldBy', '@type': '@id'}
    """
    found: Node = json.loads((schema_dir() / "context.jsonld").read_text(encoding="utf-8"))
    return found


def expand_source(source: Source, names: Names, corpus: Corpus) -> Node:
    """Write *source* as a JSON-LD document: one named graph, its nodes in the order of the file.

    Strings without a language of their own are in the language of the corpus,
    which the second part of the ``@context`` names.

    >>> corpus = Corpus(title="Harbour dispute", base="https://example.org/harbour/")
    >>> source = Source(path="corpus.yaml", sha256="00", content=corpus)
    >>> expand_source(source, Names(corpus.base), corpus)["@id"]
    'https://example.org/harbour/graph/corpus'
    """
    content, graph = source.content, graph_of(source, names)
    nodes = [_provenance(source, names, graph)]
    if isinstance(content, Annotation):
        nodes += _Reading(names, corpus, content).nodes()
    elif isinstance(content, Registry):
        nodes += _entries(content, names)
    else:
        nodes.append(_settings(content, names))
    return {"@context": [CONTEXT_URL, {"@language": corpus.language}], "@id": graph, "@graph": nodes}


# ---------------------------------------------------------------- parts of a node


def _node(iri: str, kind: str, /, **values: Any) -> Node:
    """A node with its IRI, its type, and what is not empty (0 is a value)."""
    kept = {key: value for key, value in values.items() if value is not None and value not in ("", [])}
    return {"@id": iri, "@type": expand(kind)} | kept


def _date(key: str, value: str) -> Node:
    """An EDTF date under *key*, with the first and the last day that it allows."""
    if not value:
        return {}
    first, last = bounds(value)
    days = {f"{key}Earliest": first, f"{key}Latest": last}
    return {key: value} | {name: day for name, day in days.items() if day}


def _true(value: bool) -> bool | None:  # noqa: FBT001 - a value of the file, not a choice of behaviour
    return value or None


def _in(language: str, text: str) -> Node | str:
    return {"@language": language, "@value": text} if text else ""


def _concepts(scheme: str, slugs: Iterable[str]) -> list[str]:
    return [concept(scheme, slug) for slug in slugs]


def _provenance(source: Source, names: Names, graph: str) -> Node:
    file = _node(names.entry("file", source.sha256), "st:SourceFile", path=source.path, sha256=source.sha256)
    software = _node(SOFTWARE + VERSION, "prov:SoftwareAgent")
    content = source.content
    coding = _coding_iri(names, content) if isinstance(content, Annotation) else ""
    return _node(
        graph, "st:Graph", derivedFrom=file, attributedTo=software, loadedBy=VERSION, generatedBy=coding
    )


def _settings(corpus: Corpus, names: Names) -> Node:
    return _node(
        f"{names.base}corpus",
        "st:Corpus",
        title=corpus.title,
        description=corpus.description,
        license=corpus.license,
        defaultLayer=corpus.layer,
        creditText="; ".join(corpus.authors),
        version=corpus.version,
        identifier=corpus.doi and DOI + corpus.doi,
        url=corpus.url,
    )


# ---------------------------------------------------------------- registries


def _entries(registry: Registry, names: Names) -> list[Node]:
    return [
        *(_actor(actor, names) for actor in registry.actors),
        *(_issue(issue, names) for issue in registry.issues),
        *(_proposal(proposal, names) for proposal in registry.proposals),
        *(_plan(plan, names) for plan in registry.plans),
        *(_coder(coder, names) for coder in registry.coders),
    ]


def _entry(kind: str, type_: str, entry: Entry, names: Names, /, **values: Any) -> Node:
    return _node(
        names.entry(kind, entry.id),
        type_,
        label=entry.label,
        aliases=list(entry.aliases),
        definition=entry.definition,
        note=entry.note,
        unused=entry.unused,
        wikidata=PREFIXES["wd"] + entry.wikidata if entry.wikidata else "",
        **values,
    )


def _actor(actor: Actor, names: Names) -> Node:
    def others(ties: Iterable[Tie]) -> list[str]:
        return [names.entry("actor", tie.of) for tie in ties]

    return _entry(
        "actor",
        "st:Actor",
        actor,
        names,
        kind=concept("actorkind", actor.kind),
        outside=_true(actor.outside),
        memberOf=others(actor.memberships),
        speaksFor=others(actor.speaks_for),
        partOf=others(actor.part_of),
        ties=[
            *(_tie(tie, actor, "membership", "st:Membership", names) for tie in actor.memberships),
            *(_tie(tie, actor, "speaks-for", "st:Representation", names) for tie in actor.speaks_for),
            *(_tie(tie, actor, "part-of", "st:Affiliation", names) for tie in actor.part_of),
        ],
    )


def _tie(tie: Tie, actor: Actor, kind: str, type_: str, names: Names) -> Node:
    return _node(
        tie_iri(names, actor.id, kind, tie),
        type_,
        of=names.entry("actor", tie.of),
        role=tie.role,
        outside=_true(tie.outside),
        note=tie.note,
        **_date("since", tie.since),
        **_date("until", tie.until),
    )


def _issue(issue: Issue, names: Names) -> Node:
    broader = [names.entry("issue", slug) for slug in issue.broader]
    return _entry("issue", "st:Issue", issue, names, broader=broader)


def _proposal(proposal: Proposal, names: Names) -> Node:
    def proposals(slugs: Iterable[str]) -> list[str]:
        return [names.entry("proposal", slug) for slug in slugs]

    return _entry(
        "proposal",
        "st:Proposal",
        proposal,
        names,
        issues=[names.entry("issue", slug) for slug in proposal.issues],
        broader=proposals(proposal.broader),
        close=proposals(proposal.close),
        incompatible=proposals(proposal.incompatible),
        requires=proposals(proposal.requires),
    )


def _plan(plan: Plan, names: Names) -> Node:
    authors = [names.entry("actor", slug) for slug in plan.authors]
    dated = _date("dated", plan.dated)
    return _entry("plan", "st:Plan", plan, names, authors=authors, outside=_true(plan.outside), **dated)


def _coder(coder: Coder, names: Names) -> Node:
    node = _entry("coder", "st:Coder", coder, names)
    return node | {"@type": [node["@type"], expand("prov:SoftwareAgent")]} if coder.software else node


# ---------------------------------------------------------------- annotations


def _coding_iri(names: Names, annotation: Annotation) -> str:
    return f"{names.base}coding/{annotation.document.id}/{annotation.coding.coder}"


@dataclass(frozen=True, slots=True)
class _Reading:
    """One coder's reading of one document."""

    names: Names
    corpus: Corpus
    annotation: Annotation

    def nodes(self) -> list[Node]:
        content = self.annotation
        return [
            self.document(),
            self.coding(),
            *map(self.passage, content.passages),
            *map(self.position, content.positions),
            *map(self.claim, content.claims),
            *map(self.part, content.parts),
        ]

    def own(self, kind: str, slug: str) -> str:
        """The IRI of a passage or statement of this file."""
        content = self.annotation
        return self.names.statement(kind, content.document.id, content.coding.coder, slug)

    def actors(self, slugs: Iterable[str]) -> list[str]:
        return [self.names.entry("actor", slug) for slug in slugs]

    def entry(self, kind: str, slug: str) -> str:
        return self.names.entry(kind, slug) if slug else ""

    @property
    def text(self) -> str:
        return self.names.entry("text", self.annotation.document.text.sha256)

    def document(self) -> Node:
        document = self.annotation.document
        return _node(
            self.entry("document", document.id),
            "st:Document",
            title=_in(document.language, document.title),
            authors=self.actors(document.authors),
            outlet=self.entry("actor", document.outlet),
            speaksAs=self.entry("actor", document.voice),
            url=document.url,
            language=document.language,
            text=_node(self.text, "st:Text", sha256=document.text.sha256),
            regionStart=document.text.start,
            regionEnd=document.text.end,
            outsideFields=list(document.outside),
            note=document.note,
            **_date("published", document.published),
        )

    def coding(self) -> Node:
        coding = self.annotation.coding
        return _node(
            _coding_iri(self.names, self.annotation),
            "st:Coding",
            coder=self.entry("coder", coding.coder),
            used=self.text,
            layer=coding.layer or self.corpus.layer,
            date=coding.date,
            reviewed_by=self.entry("coder", coding.reviewed_by),
            reviewed=coding.reviewed,
            note=coding.note,
        )

    def passage(self, passage: Passage) -> Node:
        iri, document = self.own("passage", passage.id), self.annotation.document
        selector = _node(f"{iri}/selector", "oa:TextPositionSelector", start=passage.start, end=passage.end)
        return _node(
            iri,
            "st:Passage",
            document=self.entry("document", document.id),
            source=self.text,
            selector=selector,
            sha256=passage.sha256,
            first=_in(document.language, passage.first),
            last=_in(document.language, passage.last),
            section=concept("section", passage.section),
            link=text_fragment(document.url, passage) if document.url else "",
            note=passage.note,
            generatedBy=_coding_iri(self.names, self.annotation),
        )

    def statement(self, iri: str, type_: str, statement: Statement, /, **values: Any) -> Node:
        chain = self.chain(iri, statement.attribution)
        return _node(
            iri,
            type_,
            passages=[self.own("passage", slug) for slug in statement.passages],
            gist=statement.gist,
            modality=concept("modality", statement.modality),
            hedges=_concepts("hedge", statement.hedges),
            attribution=chain,
            innermost=chain[-1]["@id"],
            note=statement.note,
            generatedBy=_coding_iri(self.names, self.annotation),
            **_date("uttered", statement.uttered),
            **_date("published", statement.published or self.annotation.document.published),
            **values,
        )

    def chain(self, statement: str, links: Iterable[Link]) -> list[Node]:
        """All links, the first of which is the document's own voice."""
        own = Link(voice=self.annotation.document.voice, mode="own-voice")
        return [
            _node(
                f"{statement}/attribution/{step}",
                "st:Attribution",
                step=step,
                voice=self.entry("actor", link.voice),
                mode=concept("mode", link.mode),
                venue=link.venue,
            )
            for step, link in enumerate([own, *links], start=1)
        ]

    def position(self, position: Position) -> Node:
        iri = self.own("position", position.id)
        return self.statement(
            iri,
            "st:Position",
            position,
            holder=self.entry("actor", position.holder),
            stance=concept("stance", position.stance),
            proposal=self.entry("proposal", position.proposal),
            functions=_concepts("function", position.functions),
            addressees=self.actors(position.addressees),
            conditions=[
                _node(
                    condition_iri(iri, condition),
                    "st:Condition",
                    conditionKind=concept("condition", condition.kind),
                    proposal=self.entry("proposal", condition.proposal),
                    position=condition.position and self.own("position", condition.position),
                    by=self.entry("actor", condition.by),
                    gist=condition.gist,
                )
                for condition in position.conditions
            ],
            **_date("held", position.held),
        )

    def claim(self, claim: Claim) -> Node:
        iri = self.own("claim", claim.id)
        return self.statement(
            iri,
            "st:Claim",
            claim,
            claimant=self.entry("actor", claim.claimant),
            claimKind=concept("claimkind", claim.kind),
            mentions=self.actors(claim.mentions),
            arguments=[
                *(self.argument(iri, "supports", target) for target in claim.supports),
                *(self.argument(iri, "undercuts", target) for target in claim.undercuts),
            ],
        )

    def argument(self, claim: str, relation: str, target: Target) -> Node:
        if target.proposal:
            tail, aim = f"proposal-{target.proposal}", self.names.entry("proposal", target.proposal)
        elif target.position:
            tail, aim = f"position-{target.position}", self.own("position", target.position)
        else:
            tail, aim = f"claim-{target.claim}", self.own("claim", target.claim)
        iri = f"{claim}/argument/{relation}-{tail}"
        return _node(iri, "st:Argument", relation=concept("relation", relation), target=aim)

    def part(self, part: PlanPart) -> Node:
        return self.statement(
            self.own("part", part.id),
            "st:PlanPart",
            part,
            plan=self.entry("plan", part.plan),
            partRole=concept("partrole", part.role),
            proposal=self.entry("proposal", part.proposal),
            subplan=self.entry("plan", part.subplan),
            order=part.order,
        )
