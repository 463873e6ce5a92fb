"""The statements of one coder about one document as lines of N-Quads.

Each method writes the lines of a record at once, from the few things that differ: most of a
corpus are such lines, and a build is as fast as they are written. The records have been checked:
their slugs are fit for IRIs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kg.iris import condition_iri, text_fragment
from kg.quad_lines import ADDRESS, INTEGER, TERMS, A, QuadLines, dated, name
from kg.records import (
    Annotation,
    Claim,
    Condition,
    Document,
    Link,
    Passage,
    PlanPart,
    Position,
    Statement,
    Target,
)
from kg.terms import XSD, concept, escape

_SECTIONS, _MODES, _MODALITIES, _HEDGES = (TERMS[key] for key in ("section", "mode", "modality", "hedge"))
_STANCES, _FUNCTIONS, _CLAIMKINDS, _RELATIONS = (
    TERMS[key] for key in ("stance", "function", "claimkind", "relation")
)
_TYPES: Final = {
    "position": f"{A} {name('st:Position')}",
    "claim": f"{A} {name('st:Claim')}",
    "part": f"{A} {name('st:PlanPart')}",
}
_PASSAGE: Final = f"{A} {name('st:Passage')}"
_SELECTOR: Final = f"{A} {name('oa:TextPositionSelector')}"
_ATTRIBUTION: Final = f"{A} {name('st:Attribution')}"
_ARGUMENT: Final = f"{A} {name('st:Argument')}"
_HAS_SELECTOR, _START, _END = map(name, ("oa:hasSelector", "oa:start", "oa:end"))
_SHA256, _FIRST, _LAST = map(name, ("st:sha256", "st:firstWords", "st:lastWords"))
_SECTION, _LINK, _NOTE = map(name, ("st:inSection", "st:link", "skos:note"))
_GENERATED, _STATED_IN, _GIST = map(name, ("prov:wasGeneratedBy", "st:statedIn", "st:gist"))
_MODALITY, _HEDGE = map(name, ("st:hasModality", "st:hasHedge"))
_HAS_ATTRIBUTION, _INNERMOST = map(name, ("st:hasAttribution", "st:innermostAttribution"))
_STEP, _VOICE, _MODE, _VENUE = map(name, ("st:step", "st:givesVoiceTo", "st:inMode", "st:atVenue"))
_HELD_BY, _STANCE, _PROPOSAL = map(name, ("st:heldBy", "st:takesStance", "st:onProposal"))
_FUNCTION, _ADDRESSED = map(name, ("st:hasFunction", "st:addressedTo"))
_MADE_BY, _CLAIM_KIND, _MENTIONS = map(name, ("st:madeBy", "st:hasClaimKind", "st:mentions"))
_HAS_ARGUMENT, _RELATION, _TARGETS = map(name, ("st:hasArgument", "st:hasRelation", "st:targets"))


class Reading:
    """What one annotation file states, and what the lines of its records have in common."""

    def __init__(self, out: QuadLines, annotation: Annotation) -> None:
        document, coder, names = annotation.document, annotation.coding.coder, out.names
        self._out, self._annotation, self._places = out, annotation, out.places
        self._end = end = f" <{out.graph}> .\n"
        self._words = f'"@{out.corpus.language}{end}'
        self._quoted = f'"@{document.language or out.corpus.language}{end}'
        self._actors, self._proposals = names.entry("actor", ""), names.entry("proposal", "")
        self._iris = {
            kind: names.statement(kind, document.id, coder, "")
            for kind in ("passage", "position", "claim", "part")
        }
        self._coding = f"{names.base}coding/{document.id}/{coder}"
        self._generated = f"{_GENERATED} <{self._coding}>{end}"
        self._in_document = f"{name('st:inDocument')} <{names.entry('document', document.id)}>{end}"
        self._has_source = f"{name('oa:hasSource')} <{names.entry('text', document.text.sha256)}>{end}"
        self._step = f'{_STEP} "1"{INTEGER}{end}'
        self._voice = f"{_VOICE} <{self._actors}{document.voice}>{end}"
        self._own = f"{_MODE} {_MODES['own-voice']}{end}"
        self._known_dates: dict[tuple[str, str], tuple[str, ...]] = {}
        self._published = self._dates("st:published", document.published)

    def write(self) -> None:
        """Write all of it."""
        annotation = self._annotation
        self.document(annotation.document)
        self.describe_coding()
        for passage in annotation.passages:
            self.passage(passage)
        for position in annotation.positions:
            self.position(position)
        for claim in annotation.claims:
            self.claim(claim)
        for part in annotation.parts:
            self.part(part)

    # ------------------------------------------------------------ the document and its reading

    def document(self, document: Document) -> None:
        """Write the document and its text."""
        out = self._out
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

    def describe_coding(self) -> None:
        """Write who read it."""
        out, coding, document = self._out, self._annotation.coding, self._annotation.document
        iri = out.node(self._coding, "st:Coding", coding)
        out.link(out.graph, "prov:wasGeneratedBy", iri)
        out.link(iri, "prov:wasAssociatedWith", out.entry("coder", coding.coder))
        out.link(iri, "prov:used", out.entry("text", document.text.sha256))
        out.literal(iri, "st:inLayer", coding.layer or out.corpus.layer)
        out.literal(iri, "st:codedOn", coding.date, XSD + "date")
        out.link(iri, "st:reviewedBy", out.entry("coder", coding.reviewed_by))
        out.literal(iri, "st:reviewedOn", coding.reviewed, XSD + "date")
        out.words(iri, "skos:note", coding.note)

    # ------------------------------------------------------------ passages

    def passage(self, passage: Passage) -> None:
        """Write a passage and where it stands.

        Web Annotation 4.2.4 wants non-negative integers. They are typed xsd:integer, because stores that
        keep numbers by value give types derived from it back as that.
        """
        iri, end = self._iris["passage"] + passage.id, self._end
        node, at = f"<{iri}>", f"<{iri}/selector>"
        if self._places is not None:
            self._places[iri] = self._places[iri + "/selector"] = passage
        url = self._annotation.document.url
        link = url and f'{node} {_LINK} "{escape(text_fragment(url, passage))}"{ADDRESS}{end}'
        note = passage.note and f'{node} {_NOTE} "{escape(passage.note)}{self._words}'
        self._out.written.append(
            f"{node} {_PASSAGE}{end}{node} {self._in_document}{node} {self._has_source}"
            f"{at} {_SELECTOR}{end}{node} {_HAS_SELECTOR} {at}{end}"
            f'{at} {_START} "{passage.start}"{INTEGER}{end}{at} {_END} "{passage.end}"{INTEGER}{end}'
            f'{node} {_SHA256} "{passage.sha256}"{end}'
            f'{node} {_FIRST} "{escape(passage.first)}{self._quoted}'
            f'{node} {_LAST} "{escape(passage.last)}{self._quoted}'
            f"{node} {_SECTION} {_SECTIONS[passage.section]}{end}"
            f"{link}{note}{node} {self._generated}"
        )

    # ------------------------------------------------------------ statements

    def _node(self, kind: str, statement: Statement, about: Callable[[str], str]) -> str:
        """Write what all statements have in common, then what there is *about* its node (a token)."""
        iri, end = self._iris[kind] + statement.id, self._end
        node, passages = f"<{iri}>", self._iris["passage"]
        if self._places is not None:
            self._places[iri] = statement
        stated = "".join([f"{node} {_STATED_IN} <{passages}{slug}>{end}" for slug in statement.passages])
        hedges = "".join([f"{node} {_HEDGE} {_HEDGES[hedge]}{end}" for hedge in statement.hedges])
        note = statement.note and f'{node} {_NOTE} "{escape(statement.note)}{self._words}'
        published = (
            self._dates("st:published", statement.published) if statement.published else self._published
        )
        uttered = self._dates("st:uttered", statement.uttered)
        dates = "".join([f"{node} {said}" for said in (*uttered, *published)])
        self._out.written.append(
            f'{node} {_TYPES[kind]}{end}{stated}{node} {_GIST} "{escape(statement.gist)}{self._words}'
            f"{node} {_MODALITY} {_MODALITIES[statement.modality]}{end}{hedges}"
            f"{self._attribution(iri, statement)}{dates}{note}{node} {self._generated}{about(node)}"
        )
        return iri

    def _dates(self, predicate: str, value: str) -> tuple[str, ...]:
        """The predicates and objects of a date, each with the end of the line."""
        if not value:
            return ()
        known = self._known_dates.get((predicate, value))
        if known is None:
            known = tuple([f"{said}{self._end}" for said in dated(predicate, value)])
            self._known_dates[predicate, value] = known
        return known

    def _attribution(self, statement: str, record: Statement) -> str:
        """The chain of voices, the document's own first."""
        end, first = self._end, f"<{statement}/attribution/1>"
        if self._places is not None:
            voice = self._annotation.document.voice
            own = Link(voice=voice, mode="own-voice", at=record.at, keys=record.keys)
            for step, each in enumerate((own, *record.attribution), start=1):
                self._places[f"{statement}/attribution/{step}"] = each
        said = f"<{statement}> {_HAS_ATTRIBUTION} "
        lines = (
            f"{first} {_ATTRIBUTION}{end}{said}{first}{end}"
            f"{first} {self._step}{first} {self._voice}{first} {self._own}"
        )
        node = first
        for step, link in enumerate(record.attribution, start=2):
            node = f"<{statement}/attribution/{step}>"
            venue = link.venue and f'{node} {_VENUE} "{escape(link.venue)}{self._words}'
            lines += (
                f"{node} {_ATTRIBUTION}{end}{said}{node}{end}"
                f'{node} {_STEP} "{step}"{INTEGER}{end}{node} {_VOICE} <{self._actors}{link.voice}>{end}'
                f"{node} {_MODE} {_MODES[link.mode]}{end}{venue}"
            )
        return f"{lines}<{statement}> {_INNERMOST} {node}{end}"

    def position(self, position: Position) -> None:
        """Write a position with its conditions."""
        actors, end = self._actors, self._end

        def about(node: str) -> str:
            lines = (
                f"{node} {_HELD_BY} <{actors}{position.holder}>{end}"
                f"{node} {_STANCE} {_STANCES[position.stance]}{end}"
                f"{node} {_PROPOSAL} <{self._proposals}{position.proposal}>{end}"
            )
            for slug in position.functions:
                lines += f"{node} {_FUNCTION} {_FUNCTIONS[slug]}{end}"
            for slug in position.addressees:
                lines += f"{node} {_ADDRESSED} <{actors}{slug}>{end}"
            for said in self._dates("st:held", position.held):
                lines += f"{node} {said}"
            return lines

        iri = self._node("position", position, about)
        for condition in position.conditions:
            self._condition(iri, condition)

    def _condition(self, position: str, condition: Condition) -> None:
        out = self._out
        iri = condition_iri(position, condition)
        out.mint(iri, condition)
        out.node(iri, "st:Condition", condition)
        out.link(position, "st:hasCondition", iri)
        out.link(iri, "st:hasConditionKind", concept("condition", condition.kind))
        out.link(iri, "st:onProposal", out.entry("proposal", condition.proposal))
        out.link(iri, "st:onPosition", condition.position and self._iris["position"] + condition.position)
        out.link(iri, "st:doneBy", out.entry("actor", condition.by))
        out.words(iri, "st:gist", condition.gist)

    def claim(self, claim: Claim) -> None:
        """Write a claim with what it argues for and against."""
        actors, end = self._actors, self._end

        def about(node: str) -> str:
            mentions = "".join([f"{node} {_MENTIONS} <{actors}{slug}>{end}" for slug in claim.mentions])
            made = f"{node} {_MADE_BY} <{actors}{claim.claimant}>{end}"
            return f"{made}{node} {_CLAIM_KIND} {_CLAIMKINDS[claim.kind]}{end}{mentions}"

        iri = self._node("claim", claim, about)
        for relation, targets in (("supports", claim.supports), ("undercuts", claim.undercuts)):
            for target in targets:
                self._argument(iri, relation, target)

    def _argument(self, claim: str, relation: str, target: Target) -> None:
        kind = "proposal" if target.proposal else "position" if target.position else "claim"
        slug = target.proposal or target.position or target.claim
        aim = self._proposals if kind == "proposal" else self._iris[kind]
        iri, end = f"{claim}/argument/{relation}-{kind}-{slug}", self._end
        self._out.mint(iri, target)
        self._out.written.append(
            f"<{iri}> {_ARGUMENT}{end}<{claim}> {_HAS_ARGUMENT} <{iri}>{end}"
            f"<{iri}> {_RELATION} {_RELATIONS[relation]}{end}<{iri}> {_TARGETS} <{aim}{slug}>{end}"
        )

    def part(self, part: PlanPart) -> None:
        """Write a part of a plan."""
        out = self._out
        iri = self._node("part", part, lambda _: "")
        out.link(iri, "st:partOfPlan", out.entry("plan", part.plan))
        out.link(iri, "st:hasPartRole", concept("partrole", part.role))
        out.link(iri, "st:onProposal", out.entry("proposal", part.proposal))
        out.link(iri, "st:includesPlan", out.entry("plan", part.subplan))
        out.number(iri, "st:hasOrder", part.order)
