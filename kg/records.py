"""What annotation files hold, as frozen values that know where they stand.

A file is one `Registry` (actors, issues, proposals, plans, coders: the words of a
corpus), one `Corpus` (its settings) or one `Annotation` (one document read by one
coder). The records know no RDF: `kg.quads` turns them into quads. A slug is a
lower-case ASCII name such as ``ada-lane``; a date is an EDTF string such as
``2025-05-11``, ``2022?`` or ``2022-03/2022-05`` (ISO 8601-2:2019, Annex A);
offsets are Unicode code points in the decoded file, half open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.errors import Place, Problem

NOWHERE = Place("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Anything that stands at a place in a file; `keys` has the place of each of its keys' values."""

    at: Place = field(default=NOWHERE, compare=False, repr=False)
    keys: dict[str, Place] = field(default_factory=dict, compare=False, repr=False)


# ---------------------------------------------------------------- settings and registries


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus(Record):
    """The settings of a corpus (`corpus.yaml`): every IRI of its data starts with *base*.

    *authors*, *version*, *doi* and *url* are how the corpus is to be cited.
    """

    title: str
    base: str
    description: str = ""
    language: str = "en"
    license: str = ""
    layer: str = "main"
    authors: tuple[str, ...] = ()
    version: str = ""
    doi: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie(Record):
    """A dated relation of an actor to another: membership, speaking for, or being part of it."""

    of: str
    role: str = ""
    since: str = ""
    until: str = ""
    outside: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """What all registry entries share; *unused* says why nothing refers to the entry.

    *audited*, here and elsewhere, says why what `kg audit` remarks on is right.
    """

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    definition: str = ""
    wikidata: str = ""
    note: str = ""
    unused: str = ""
    audited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Entry):
    """Someone, or some body, that can hold a position; *outside* marks a label or kind no text gives."""

    kind: str
    memberships: tuple[Tie, ...] = ()
    speaks_for: tuple[Tie, ...] = ()
    part_of: tuple[Tie, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(Entry):
    """What is negotiated; *broader* are the issues it belongs to."""

    broader: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Entry):
    """One option on one or more issues, with its links to other proposals."""

    issues: tuple[str, ...]
    broader: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    incompatible: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Entry):
    """A named bundle of proposals; its parts are stated in annotation files (`PlanPart`)."""

    authors: tuple[str, ...] = ()
    dated: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder(Entry):
    """Who annotates."""

    software: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry(Record):
    """One registry file: any of the five lists."""

    name: str
    actors: tuple[Actor, ...] = ()
    issues: tuple[Issue, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    plans: tuple[Plan, ...] = ()
    coders: tuple[Coder, ...] = ()


# ---------------------------------------------------------------- annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Record):
    """The text file a document stands in: SHA-256 of its bytes, and the region of the document."""

    sha256: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """One article.

    *voice* is the actor who speaks where nobody is quoted; *outside* names the keys
    whose values the text itself does not give.
    """

    id: str
    title: str
    text: Text
    voice: str
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    url: str = ""
    language: str = "en"
    outside: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding(Record):
    """Who annotated the document, when, in which layer, and who reviewed it (nobody: not reviewed)."""

    coder: str
    date: str = ""
    layer: str = ""
    reviewed_by: str = ""
    reviewed: str = ""
    note: str = ""
    audited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage(Record):
    """A span of the document: position, SHA-256 of the span as UTF-8, and at most five words at each end."""

    id: str
    start: int
    end: int
    sha256: str
    first: str
    last: str
    section: str = "body"
    note: str = ""
    audited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """One link of an attribution chain: whose voice, and how the voice before it conveys it."""

    voice: str
    mode: str
    venue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Record):
    """What a position depends on: a proposal (done *by* someone), another position, or words alone."""

    kind: str
    proposal: str = ""
    position: str = ""
    by: str = ""
    gist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Record):
    """What positions, claims and plan parts share.

    *attribution* leaves out the document's own voice, which is always its first link;
    empty, the document's voice itself states it. *published* empty means the
    document's own date.
    """

    id: str
    passages: tuple[str, ...]
    gist: str
    attribution: tuple[Link, ...] = ()
    modality: str = "factual"
    hedges: tuple[str, ...] = ()
    uttered: str = ""
    published: str = ""
    note: str = ""
    audited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Statement):
    """Holder × stance × proposal, with what qualifies it."""

    holder: str
    stance: str
    proposal: str
    functions: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    addressees: tuple[str, ...] = ()
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Record):
    """What a claim supports or undercuts: exactly one of the three."""

    proposal: str = ""
    position: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Statement):
    """One actor's assertion or argument; actors in *mentions* are named in it and are no parties."""

    claimant: str
    kind: str
    supports: tuple[Target, ...] = ()
    undercuts: tuple[Target, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart(Statement):
    """That a plan has a part: a proposal, or another plan."""

    plan: str
    role: str
    proposal: str = ""
    subplan: str = ""
    order: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation(Record):
    """One annotation file: one document as one coder read it."""

    document: Document
    coding: Coding
    passages: tuple[Passage, ...] = ()
    positions: tuple[Position, ...] = ()
    claims: tuple[Claim, ...] = ()
    parts: tuple[PlanPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file that was read.

    That is its path relative to the corpus folder, the SHA-256 of its bytes, and what it holds.
    """

    path: str
    sha256: str
    content: Corpus | Registry | Annotation


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as far as it could be read, and all its problems.

    Where there are any, values that could not be read are blank (an empty word, 0, nothing), and
    keys that could not be read are missing from `Record.keys`; *source* is None where nothing was.
    """

    source: Source | None
    problems: tuple[Problem, ...] = ()
