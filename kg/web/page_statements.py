"""Statements whole: positions, claims and plan parts with all that stands behind them, in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.evidence import Excerpt
from kg.terms import PREFIXES, ST
from kg.web.page_readers import Reader, local, ref, ref_text
from kg.web.page_words import OFFICIAL, RANKS, polarity_of

_KINDS: Final = {"Position": "position", "Claim": "claim", "PlanPart": "part"}
_AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One link of an attribution chain: who is given voice, and how; IRI, and words of the vocabulary."""

    actor: str
    mode: str
    venue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """On what a position depends: IRIs, the kind as a word of the vocabulary."""

    kind: str
    proposal: str = ""
    position: str = ""
    by: str = ""
    gist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Passage:
    """A passage: where it stands, what its ends are, and its IRI."""

    excerpt: Excerpt
    iri: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A position, a claim or a plan part (*kind*) with its evidence.

    Things are IRIs; stance, mode, modality and the like are words of the vocabularies; dates are EDTF,
    *first* and *last* the outermost days of when it was held, else uttered, else published.
    """

    iri: str
    kind: str
    gist: str
    chain: tuple[Voice, ...]
    passages: tuple[Passage, ...]
    coder: str = ""
    layer: str = ""
    coded: str = ""
    reviewed: str = ""
    held: str = ""
    uttered: str = ""
    published: str = ""
    first: str = ""
    last: str = ""
    modality: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    by: str = ""
    stance: str = ""
    proposal: str = ""
    functions: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    addressed: tuple[str, ...] = ()
    claim_kind: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()
    plan: str = ""
    role: str = ""
    order: str = ""
    includes: str = ""

    @property
    def polarity(self) -> str:
        """Which way the stance points; empty for what is no position."""
        return polarity_of(self.stance) if self.stance else ""

    @property
    def mode(self) -> str:
        """How the innermost voice is conveyed."""
        return self.chain[-1].mode if self.chain else ""

    @property
    def is_official(self) -> bool:
        """Whether it is told in its holder's own voice rather than by others."""
        return self.mode in OFFICIAL

    @property
    def document(self) -> str:
        """The IRI of the document that states it."""
        return self.passages[0].excerpt.document if self.passages else ""

    @property
    def link(self) -> str:
        """The address that opens the document at the first passage that has one."""
        return next((each.excerpt.link for each in self.passages if each.excerpt.link), "")

    @property
    def reservations(self) -> tuple[str, ...]:
        """How it is said where that is not as plain fact."""
        return tuple(word for word in (*self.modality, *self.hedges) if word != "factual")

    def order_in_time(self) -> tuple[str, int, str]:
        """By first day, then from for to against."""
        return self.first or self.last or "9999", RANKS.get(self.stance, 99), self.iri

    def order_in_stance(self) -> tuple[int, str, str]:
        """From for to against, then by first day."""
        return RANKS.get(self.stance, 99), self.first or "9999", self.iri


_QUERY: Final = """\
SELECT DISTINCT ?s ?n ?p ?o WHERE {
  { %(wanted)s ?s ?p ?o .
    FILTER(?p NOT IN
      (st:hasAttribution, st:innermostAttribution, st:hasCondition, st:hasArgument, st:statedIn)) }
  UNION { %(wanted)s ?s st:hasAttribution|st:hasCondition|st:hasArgument ?n . ?n ?p ?o . }
  UNION { %(wanted)s ?s st:statedIn ?n . ?n ?p ?o .
    FILTER(?p NOT IN (oa:hasSelector, oa:hasSource, st:sha256, prov:wasGeneratedBy, rdf:type)) }
  UNION { %(wanted)s ?s st:statedIn ?n . ?n oa:hasSelector ?x . ?x ?p ?o . FILTER(?p IN (oa:start, oa:end)) }
  UNION { %(wanted)s ?s st:statedIn ?n . ?n oa:hasSource ?x . ?x st:sha256 ?o . BIND(st:sha256 AS ?p) }
  UNION { %(wanted)s ?s prov:wasGeneratedBy ?x .
    ?x ?p ?o .
    FILTER(?p IN (st:inLayer, prov:wasAssociatedWith, st:codedOn, st:reviewedBy)) }
}"""


def read_statements(reader: Reader, iris: Iterable[str]) -> dict[str, Statement]:
    """The statements *iris*; those that the graph does not have are left out."""
    some = sorted(set(iris))
    found: dict[str, Statement] = {}
    for at in range(0, len(some), _AT_ONCE):
        values = " ".join(ref(iri) for iri in some[at : at + _AT_ONCE])
        found |= _read(reader, f"VALUES ?s {{ {values} }}")
    return found


def find_statements(reader: Reader, pattern: str, *, layer: str = "") -> tuple[Statement, ...]:
    """The statements ``?s`` that *pattern* (SPARQL of ours) holds of, in *layer*, by their IRIs."""
    named = ref_text(layer or reader.corpus.layer)
    # First which, then what: the engine does not carry a pattern into the branches of a union.
    # A pattern in a query of its own is evaluated first, be it a union or not.
    within = f"{{ SELECT DISTINCT ?s {{ {pattern} }} }} ?s prov:wasGeneratedBy/st:inLayer {named}"
    rows = reader.rows(f"SELECT DISTINCT ?s {{ {within} }}")
    found = read_statements(reader, (row["s"] for row in rows))
    return tuple(found[iri] for iri in sorted(found))


class _Raw:
    """The properties of a statement and of the nodes about it, as they are read."""

    def __init__(self) -> None:
        self.own: dict[str, set[str]] = defaultdict(set)
        self.nodes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def one(self, name: str) -> str:
        return min(self.own.get(name, ()), default="")

    def some(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(self.own.get(name, ())))


def _read(reader: Reader, wanted: str) -> dict[str, Statement]:
    raw: dict[str, _Raw] = defaultdict(_Raw)
    for s, n, p, o in reader.table(_QUERY % {"wanted": wanted}):
        found = raw[str(s)]
        kept = found.own if n is None else found.nodes[str(n)]
        kept[short_name(str(p))].add(str(o))
    made = {iri: _statement(iri, each) for iri, each in raw.items()}
    return {iri: each for iri, each in made.items() if each is not None}


def short_name(iri: str) -> str:
    """The local name of a property.

    >>> short_name("http://www.w3.org/2004/02/skos/core#note")
    'note'
    """
    for name in ("oa", "prov", "skos", "rdf"):
        iri = iri.removeprefix(PREFIXES[name])
    return iri.removeprefix(ST)


def _statement(iri: str, raw: _Raw) -> Statement | None:
    kinds = [_KINDS[name] for name in map(short_name, raw.own.get("type", ())) if name in _KINDS]
    if not kinds:
        return None
    time = next((name for name in ("held", "uttered", "published") if raw.own.get(name)), "published")
    return Statement(
        iri=iri,
        kind=kinds[0],
        gist=raw.one("gist"),
        chain=_chain(raw),
        passages=_passages(raw),
        coder=raw.one("wasAssociatedWith"),
        layer=raw.one("inLayer"),
        coded=raw.one("codedOn"),
        reviewed=raw.one("reviewedBy"),
        held=raw.one("held"),
        uttered=raw.one("uttered"),
        published=raw.one("published"),
        first=raw.one(f"{time}Earliest"),
        last=raw.one(f"{time}Latest"),
        modality=tuple(map(local, raw.some("hasModality"))),
        hedges=tuple(map(local, raw.some("hasHedge"))),
        notes=raw.some("note"),
        by=raw.one("heldBy") or raw.one("madeBy"),
        stance=local(raw.one("takesStance")),
        proposal=raw.one("onProposal"),
        functions=tuple(map(local, raw.some("hasFunction"))),
        conditions=_conditions(raw),
        addressed=raw.some("addressedTo"),
        claim_kind=local(raw.one("hasClaimKind")),
        arguments=_arguments(raw),
        mentions=raw.some("mentions"),
        plan=raw.one("partOfPlan"),
        role=local(raw.one("hasPartRole")),
        order=raw.one("hasOrder"),
        includes=raw.one("includesPlan"),
    )


def _first(node: dict[str, set[str]], name: str) -> str:
    return min(node.get(name, ()), default="")


def _chain(raw: _Raw) -> tuple[Voice, ...]:
    links = [node for node in raw.nodes.values() if "givesVoiceTo" in node]
    return tuple(
        Voice(
            actor=_first(node, "givesVoiceTo"),
            mode=local(_first(node, "inMode")),
            venue=_first(node, "atVenue"),
        )
        for node in sorted(links, key=lambda node: int(_first(node, "step") or 0))
    )


def _conditions(raw: _Raw) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            kind=local(_first(node, "hasConditionKind")),
            proposal=_first(node, "onProposal"),
            position=_first(node, "onPosition"),
            by=_first(node, "doneBy"),
            gist=_first(node, "gist"),
        )
        for _, node in sorted(raw.nodes.items())
        if "hasConditionKind" in node
    )


def _arguments(raw: _Raw) -> tuple[tuple[str, str], ...]:
    """Each relation (a word) with what it is about (an IRI)."""
    return tuple(
        sorted(
            (local(_first(node, "hasRelation")), _first(node, "targets"))
            for node in raw.nodes.values()
            if "hasRelation" in node
        )
    )


def _passages(raw: _Raw) -> tuple[Passage, ...]:
    """The passages, those of the body first."""
    found = [
        Passage(
            excerpt=Excerpt(
                document=_first(node, "inDocument"),
                start=int(_first(node, "start") or 0),
                end=int(_first(node, "end") or 0),
                section=local(_first(node, "inSection")),
                first=_first(node, "firstWords"),
                last=_first(node, "lastWords"),
                text=_first(node, "sha256"),
                link=_first(node, "link"),
            ),
            iri=iri,
            note=_first(node, "note"),
        )
        for iri, node in raw.nodes.items()
        if "inDocument" in node
    ]
    return tuple(sorted(found, key=lambda each: (each.excerpt.section != "body", each)))
