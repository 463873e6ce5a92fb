"""What each record of a file holds: its keys, what their values are, and what they mean.

This is the one description of the file format. `kg.annotations` reads files by it,
`kg.editor_schemas` writes the JSON Schemas and the reference of the documentation
from it. It says what a record looks like on its own; what records say about each
other is checked in `kg.annotations` (within a file) and `kg.corpora` (across files).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from kg import records
from kg.kinds import (
    ACTOR,
    AUDITED,
    AUTHOR,
    BASE,
    CLAIM,
    CODER,
    DATE,
    DAY,
    DOI,
    ENDS,
    HASH,
    ISSUE,
    LANGUAGE,
    LINE,
    OFFSET,
    ORDER,
    PASSAGE,
    PLAN,
    POSITION,
    PROPOSAL,
    SLUG,
    TEXT,
    URL,
    WIKIDATA,
    YES,
    Kind,
    word_of,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a mapping is: the record it becomes, and its keys.

    *bare* is the key whose value may stand alone instead of the mapping.
    """

    name: str
    about: str
    record: type[records.Record]
    fields: tuple[Field, ...]
    bare: str = ""

    def field(self, key: str) -> Field:
        """Find the field of *key*."""
        return next(each for each in self.fields if each.key == key)


@dataclass(frozen=True, slots=True)
class Many:
    """A list, of *least* items or more."""

    of: Kind | Shape
    least: int = 0


Value: TypeAlias = Kind | Shape | Many


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a mapping.

    A *filled* key is needed but `kg anchor` can write it; a *draft* key is only for
    `kg anchor`, which takes it away.
    """

    key: str
    value: Value
    about: str
    required: bool = False
    filled: bool = False
    draft: bool = False


def blanks(shape: Shape) -> dict[str, Any]:
    """Make the values of needed keys that could not be read."""
    return {field.key: _blank(field.value) for field in shape.fields if field.required and not field.draft}


def _blank(value: Value) -> Any:
    if isinstance(value, Shape):
        return value.record(**blanks(value))
    return () if isinstance(value, Many) else value.typed()


# ---------------------------------------------------------------- settings and registries

CORPUS: Final = Shape(
    name="corpus",
    about="The settings of a corpus.",
    record=records.Corpus,
    fields=(
        Field("title", LINE, "what the corpus is called", required=True),
        Field("base", BASE, "what every IRI of the data starts with", required=True),
        Field("description", TEXT, "what the corpus is about"),
        Field("language", LANGUAGE, "language of labels and gists"),
        Field("license", URL, "the licence of the annotations"),
        Field("layer", SLUG, "the layer of codings that name none"),
        Field("authors", Many(AUTHOR), "who is to be cited for the corpus, in that order"),
        Field("version", LINE, "which edition of the corpus this is"),
        Field("doi", DOI, "the DOI of this edition"),
        Field("url", URL, "where the corpus can be found"),
    ),
)

TIE: Final = Shape(
    name="tie",
    about="A dated relation of an actor to another.",
    record=records.Tie,
    bare="of",
    fields=(
        Field("of", ACTOR, "the other actor", required=True),
        Field("role", LINE, "in which role or office"),
        Field("since", DATE, "from when"),
        Field("until", DATE, "to when"),
        Field("outside", YES, "true where no text of the corpus says so"),
        Field("note", TEXT, "a remark for other coders"),
    ),
)

_AUDITED: Final = Field("audited", Many(AUDITED), "what kg audit may leave out, each with the reason")

_ENTRY: Final = (
    Field("id", SLUG, "the name that other files use; unique in its kind", required=True),
    Field("label", LINE, "the name that people read", required=True),
    Field("aliases", Many(LINE), "other names and spellings"),
    Field("definition", TEXT, "what is meant, in one sentence"),
    Field("wikidata", WIKIDATA, "the same thing in Wikidata, only where certain"),
    Field("note", TEXT, "a remark for other coders"),
    Field("unused", TEXT, "why nothing refers to the entry"),
    _AUDITED,
)

ACTOR_SHAPE: Final = Shape(
    name="actor",
    about="Someone, or some body, that can hold a position.",
    record=records.Actor,
    fields=(
        *_ENTRY[:1],
        Field("kind", word_of("actorkind"), "what kind of actor", required=True),
        *_ENTRY[1:],
        Field("memberships", Many(TIE), "what the actor belongs to, or holds an office in"),
        Field("speaks_for", Many(TIE), "whom the actor speaks for"),
        Field("part_of", Many(TIE), "what larger body the actor is a part of"),
        Field("outside", YES, "true where label or kind is known from elsewhere than the texts"),
    ),
)

ISSUE_SHAPE: Final = Shape(
    name="issue",
    about="What is negotiated.",
    record=records.Issue,
    fields=(*_ENTRY, Field("broader", Many(ISSUE), "the issues it belongs to")),
)

PROPOSAL_SHAPE: Final = Shape(
    name="proposal",
    about="One option on an issue; its label reads on after 'proposes'.",
    record=records.Proposal,
    fields=(
        *_ENTRY,
        Field("issues", Many(ISSUE, least=1), "the issues it settles", required=True),
        Field("broader", Many(PROPOSAL), "options of which it is a kind"),
        Field("close", Many(PROPOSAL), "options nearly the same, kept apart"),
        Field("incompatible", Many(PROPOSAL), "options that nobody can want with it"),
        Field("requires", Many(PROPOSAL), "options without which it cannot be"),
    ),
)

PLAN_SHAPE: Final = Shape(
    name="plan",
    about="A named bundle of proposals.",
    record=records.Plan,
    fields=(
        *_ENTRY,
        Field("authors", Many(ACTOR), "whose plan it is"),
        Field("dated", DATE, "when it was put forward"),
        Field("outside", YES, "true where no text of the corpus gives author or date"),
    ),
)

CODER_SHAPE: Final = Shape(
    name="coder",
    about="Who annotates.",
    record=records.Coder,
    fields=(*_ENTRY, Field("software", YES, "true for a program")),
)

REGISTRY: Final = Shape(
    name="registry",
    about="Actors, issues, proposals, plans and coders that annotation files refer to.",
    record=records.Registry,
    fields=(
        Field("actors", Many(ACTOR_SHAPE), "who can hold positions"),
        Field("issues", Many(ISSUE_SHAPE), "what is negotiated"),
        Field("proposals", Many(PROPOSAL_SHAPE), "options on the issues"),
        Field("plans", Many(PLAN_SHAPE), "named bundles of proposals"),
        Field("coders", Many(CODER_SHAPE), "who annotates"),
    ),
)

# ---------------------------------------------------------------- annotations

TEXT_SHAPE: Final = Shape(
    name="text",
    about="The text file that a document stands in, and its region there.",
    record=records.Text,
    fields=(
        Field("sha256", HASH, "of the file's bytes", required=True, filled=True),
        Field("start", OFFSET, "first code point of the region", required=True, filled=True),
        Field("end", OFFSET, "first code point after the region", required=True, filled=True),
        Field("file", LINE, "name of a known text; kg anchor writes hash and region instead", draft=True),
    ),
)

DOCUMENT: Final = Shape(
    name="document",
    about="One article.",
    record=records.Document,
    fields=(
        Field("id", SLUG, "the name of the document", required=True),
        Field("title", LINE, "its title", required=True),
        Field("authors", Many(ACTOR), "who wrote it"),
        Field("voice", ACTOR, "who speaks where nobody is quoted; default: the only author", required=True),
        Field("outlet", ACTOR, "where it was published"),
        Field("published", DATE, "when it was published"),
        Field("url", URL, "where it can be read"),
        Field("language", LANGUAGE, "the language of the text"),
        Field("outside", Many(LINE), "keys whose values the text itself does not give"),
        Field("note", TEXT, "a remark for other coders"),
        Field("text", TEXT_SHAPE, "the text file and the region in it", required=True),
    ),
)

CODING: Final = Shape(
    name="coding",
    about="Who annotated the document, and when.",
    record=records.Coding,
    fields=(
        Field("coder", CODER, "who annotated", required=True),
        Field("date", DAY, "when"),
        Field("layer", SLUG, "the layer of the coding; default: that of the corpus"),
        Field("reviewed_by", CODER, "who reviewed it; left out: not reviewed"),
        Field("reviewed", DAY, "when it was reviewed"),
        Field("note", TEXT, "a remark for other coders"),
        _AUDITED,
    ),
)

PASSAGE_SHAPE: Final = Shape(
    name="passage",
    about="A span of the document that says something.",
    record=records.Passage,
    fields=(
        Field("id", SLUG, "its name in this file", required=True, filled=True),
        Field("start", OFFSET, "first code point of the span in the text file", required=True, filled=True),
        Field("end", OFFSET, "first code point after the span", required=True, filled=True),
        Field("sha256", HASH, "of the span, as UTF-8", required=True, filled=True),
        Field("first", ENDS, "its first words", required=True, filled=True),
        Field("last", ENDS, "its last words", required=True, filled=True),
        Field("section", word_of("section"), "which part of the article it stands in; default: body"),
        Field("note", TEXT, "a remark for other coders"),
        _AUDITED,
        Field("quote", TEXT, "the passage itself, for kg anchor, which takes it away", draft=True),
    ),
)

LINK: Final = Shape(
    name="link",
    about="One link of an attribution chain.",
    record=records.Link,
    fields=(
        Field("voice", ACTOR, "whose voice", required=True),
        Field("mode", word_of("mode"), "how the voice before conveys it", required=True),
        Field("venue", LINE, "where it was said or written"),
    ),
)

CONDITION: Final = Shape(
    name="condition",
    about="What a position depends on.",
    record=records.Condition,
    fields=(
        Field("kind", word_of("condition"), "how it depends", required=True),
        Field("proposal", PROPOSAL, "the option that is asked for or feared"),
        Field("position", POSITION, "the position of this file that is given in return"),
        Field("by", ACTOR, "who has to do it"),
        Field("gist", TEXT, "the condition in the coder's own words"),
    ),
)

TARGET: Final = Shape(
    name="target",
    about="What a claim supports or undercuts: exactly one of the three.",
    record=records.Target,
    fields=(
        Field("proposal", PROPOSAL, "an option"),
        Field("position", POSITION, "a position of this file"),
        Field("claim", CLAIM, "a claim of this file"),
    ),
)

_ID: Final = Field("id", SLUG, "its name in this file", required=True, filled=True)
_STATEMENT: Final = (
    Field("passages", Many(PASSAGE, least=1), "the passages that state it", required=True),
    Field("gist", TEXT, "what they say, in the coder's own words", required=True),
    Field(
        "attribution", Many(LINK), "who conveys whose words, outermost first, without the document's voice"
    ),
    Field("modality", word_of("modality"), "how it is meant; default: factual"),
    Field("hedges", Many(word_of("hedge")), "what weakens it"),
    Field("uttered", DATE, "when it was said"),
    Field("published", DATE, "when it was published; default: the document's date"),
    Field("note", TEXT, "a remark for other coders"),
    _AUDITED,
)

POSITION_SHAPE: Final = Shape(
    name="position",
    about="Holder, stance and proposal, with what qualifies them.",
    record=records.Position,
    fields=(
        _ID,
        Field("holder", ACTOR, "whose position it is", required=True),
        Field("stance", word_of("stance"), "how the holder stands", required=True),
        Field("proposal", PROPOSAL, "to which option", required=True),
        Field("functions", Many(word_of("function")), "what for, only where the passage states it"),
        Field("conditions", Many(CONDITION), "what it depends on"),
        Field("addressees", Many(ACTOR), "of whom it is asked"),
        Field("held", DATE, "when the stance was held"),
        *_STATEMENT,
    ),
)

CLAIM_SHAPE: Final = Shape(
    name="claim",
    about="One actor's assertion or argument.",
    record=records.Claim,
    fields=(
        _ID,
        Field("claimant", ACTOR, "who asserts it", required=True),
        Field("kind", word_of("claimkind"), "what kind of claim", required=True),
        Field("supports", Many(TARGET), "what it is an argument for"),
        Field("undercuts", Many(TARGET), "what it is an argument against"),
        Field("mentions", Many(ACTOR), "who is named in it and is party to nothing"),
        *_STATEMENT,
    ),
)

PART: Final = Shape(
    name="part",
    about="That a plan has a part: a proposal, or another plan.",
    record=records.PlanPart,
    fields=(
        _ID,
        Field("plan", PLAN, "the plan", required=True),
        Field("proposal", PROPOSAL, "the option that is a part of it"),
        Field("subplan", PLAN, "the plan that is a part of it"),
        Field("role", word_of("partrole"), "what kind of part", required=True),
        Field("order", ORDER, "which part it is, where the text counts them"),
        *_STATEMENT,
    ),
)

ANNOTATION: Final = Shape(
    name="annotation",
    about="One document as one coder read it.",
    record=records.Annotation,
    fields=(
        Field("document", DOCUMENT, "the document", required=True),
        Field("coding", CODING, "who read it", required=True),
        Field("passages", Many(PASSAGE_SHAPE), "the spans that say something"),
        Field("positions", Many(POSITION_SHAPE), "who wants what"),
        Field("claims", Many(CLAIM_SHAPE), "what is asserted and argued"),
        Field("parts", Many(PART), "what plans consist of"),
    ),
)

SHAPES: Final = (
    CORPUS, REGISTRY, ACTOR_SHAPE, TIE, ISSUE_SHAPE, PROPOSAL_SHAPE, PLAN_SHAPE, CODER_SHAPE, ANNOTATION,
    DOCUMENT, TEXT_SHAPE, CODING, PASSAGE_SHAPE, POSITION_SHAPE, CONDITION, CLAIM_SHAPE, TARGET, PART, LINK,
)  # fmt: skip
"""Every shape, in the order of the reference."""

LINE_TYPES: Final[dict[str, tuple[str, str]]] = {
    "corpus": ("corpus", ""),
    "actor": ("registry", "actors"),
    "issue": ("registry", "issues"),
    "proposal": ("registry", "proposals"),
    "plan": ("registry", "plans"),
    "coder": ("registry", "coders"),
    "document": ("annotation", "document"),
    "coding": ("annotation", "coding"),
    "passage": ("annotation", "passages"),
    "position": ("annotation", "positions"),
    "claim": ("annotation", "claims"),
    "part": ("annotation", "parts"),
}
"""The `type` of a line of JSON Lines: the kind of file it belongs to, and the key it stands under there."""
