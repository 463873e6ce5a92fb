"""Which tables the records of a graph make, which columns they have, and where their values come from.

This is the one description of everything that is not RDF: the CSV and Parquet
files with their metadata, the attributes of networks, the reference in
``docs/exports.md``. A path is a chain of properties; ``^`` goes against one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ID: Final = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    *kind* is id, key (an `id` in *table*), word (of a vocabulary), text, iri, edtf,
    integer, boolean, date, or type (the word that *table* has for its type).
    *origin* is stated, provenance, inferred, or joined (repeated from another table
    so that the file can be read alone).
    """

    name: str
    kind: str
    path: tuple[str, ...]
    about: str
    table: str = ""
    many: bool = False
    origin: str = "stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One table: nodes of any of *types*; after the base of the corpus their IRIs go on with *segment*."""

    name: str
    about: str
    types: tuple[str, ...]
    segment: str
    columns: tuple[Column, ...]
    origin: str = "stated"
    is_named: bool = False
    is_vocabulary: bool = False
    spreads: bool = False

    def column(self, name: str) -> Column:
        """Find the column *name*."""
        return next(column for column in self.columns if column.name == name)


def _path(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()


def _one(name: str, kind: str, path: str, about: str, *, table: str = "", origin: str = "stated") -> Column:
    return Column(name=name, kind=kind, path=_path(path), about=about, table=table, origin=origin)


def _many(name: str, kind: str, path: str, about: str, *, table: str = "", origin: str = "stated") -> Column:
    return Column(name=name, kind=kind, path=_path(path), about=about, table=table, many=True, origin=origin)


def _date(name: str, path: str, about: str) -> tuple[Column, ...]:
    return (
        _one(name, "edtf", path, f"{about}, as uncertain as the text leaves it (EDTF)"),
        _one(f"{name}_earliest", "date", f"{path}Earliest", "the first day that can be meant"),
        _one(f"{name}_latest", "date", f"{path}Latest", "the last day that can be meant"),
    )


_ID: Final = (
    _one("id", "id", "", "what other tables call it"),
    _one("iri", "iri", "", "its IRI in the graph"),
)
_ENTRY: Final = (
    *_ID,
    _one("label", "text", "skos:prefLabel", "the name that people read; `names` has the others"),
    _one("definition", "text", "skos:definition", "what is meant"),
    _one("note", "text", "skos:note", "a remark of a coder"),
    _one("same_as", "iri", "skos:exactMatch", "the same thing in Wikidata"),
    _one("unused_because", "text", "st:unusedBecause", "why nothing refers to it"),
)
_OUTSIDE: Final = _one(
    "from_outside", "boolean", "st:fromOutside", "true where no text of the corpus says so"
)
_CODED: Final = (
    _one("note", "text", "skos:note", "a remark of the coder"),
    _one("layer", "text", "prov:wasGeneratedBy/st:inLayer", "the layer of its coding", origin="joined"),
    _one("coding", "key", "prov:wasGeneratedBy", "who read what", table="codings", origin="provenance"),
)


def _statement() -> tuple[Column, ...]:
    return (
        _one("gist", "text", "st:gist", "what the passages say, in the coder's words"),
        _one("document", "key", "st:statedIn/st:inDocument", "where", table="documents", origin="joined"),
        _many("passages", "key", "st:statedIn", "the passages that state it", table="passages"),
        _one("modality", "word", "st:hasModality", "how it is meant"),
        _many("hedges", "word", "st:hasHedge", "what weakens it"),
        _one("mode", "word", "st:innermostAttribution/st:inMode", "how the last link of its attribution "
             "conveys it; `attributions` has the whole chain", origin="joined"),
        *_date("uttered", "st:uttered", "when it was said"),
        *_date("published", "st:published", "when it was published"),
        *_CODED,
    )  # fmt: skip


TABLES: Final = (
    Plan(
        name="positions",
        about="Who takes which stance on which proposal.",
        types=("st:Position",),
        segment="position/",
        columns=(
            *_ID,
            _one("holder", "key", "st:heldBy", "whose position it is", table="actors"),
            _one("holder_label", "text", "st:heldBy/skos:prefLabel", "the holder's name", origin="joined"),
            _one("stance", "word", "st:takesStance", "how the holder stands"),
            _one("polarity", "word", "st:takesStance/st:hasPolarity", "which way that points: pro, "
                 "conditional, neutral or con", origin="joined"),
            _one("proposal", "key", "st:onProposal", "to which option", table="proposals"),
            _one("proposal_label", "text", "st:onProposal/skos:prefLabel", "what it says", origin="joined"),
            _many("functions", "word", "st:hasFunction", "as what, where the passage says so"),
            _many("addressees", "key", "st:addressedTo", "of whom it is asked", table="actors"),
            *_date("held", "st:held", "when the stance was held"),
            *_statement(),
        ),
    ),
    Plan(
        name="conditions",
        about="What positions depend on.",
        types=("st:Condition",),
        segment="position/",
        columns=(
            *_ID,
            _one("position", "key", "^st:hasCondition", "what depends on it", table="positions"),
            _one("kind", "word", "st:hasConditionKind", "if, unless or in return for"),
            _one("proposal", "key", "st:onProposal", "the option asked for or feared", table="proposals"),
            _one("in_return", "key", "st:onPosition", "the position given in return", table="positions"),
            _one("done_by", "key", "st:doneBy", "who has to do it", table="actors"),
            _one("gist", "text", "st:gist", "the condition in the coder's words"),
        ),
    ),
    Plan(
        name="claims",
        about="What is asserted and argued.",
        types=("st:Claim",),
        segment="claim/",
        columns=(
            *_ID,
            _one("claimant", "key", "st:madeBy", "who asserts it", table="actors"),
            _one("claimant_label", "text", "st:madeBy/skos:prefLabel", "their name", origin="joined"),
            _one("kind", "word", "st:hasClaimKind", "what kind of claim"),
            _many("mentions", "key", "st:mentions", "who is named in it and no party", table="actors"),
            *_statement(),
        ),
    ),
    Plan(
        name="arguments",
        about="What claims support or undercut: a proposal, a position or another claim.",
        types=("st:Argument",),
        segment="claim/",
        columns=(
            *_ID,
            _one("claim", "key", "^st:hasArgument", "the claim that argues", table="claims"),
            _one("relation", "word", "st:hasRelation", "supports or undercuts"),
            _one("proposal", "key", "st:targets", "what it is about, if a proposal", table="proposals"),
            _one("position", "key", "st:targets", "what it is about, if a position", table="positions"),
            _one("other_claim", "key", "st:targets", "what it is about, if a claim", table="claims"),
        ),
    ),
    Plan(
        name="parts",
        about="What plans consist of.",
        types=("st:PlanPart",),
        segment="part/",
        columns=(
            *_ID,
            _one("plan", "key", "st:partOfPlan", "the plan", table="plans"),
            _one("role", "word", "st:hasPartRole", "what kind of part"),
            _one("proposal", "key", "st:onProposal", "the option that is part of it", table="proposals"),
            _one("subplan", "key", "st:includesPlan", "the plan that is part of it", table="plans"),
            _one("order", "integer", "st:hasOrder", "which part, where the text counts"),
            *_statement(),
        ),
    ),
    Plan(
        name="attributions",
        about="The links of attribution chains: who conveys whose words, outermost first.",
        types=("st:Attribution",),
        segment="",
        columns=(
            *_ID,
            _one("position", "key", "^st:hasAttribution", "what is attributed", table="positions"),
            _one("claim", "key", "^st:hasAttribution", "what is attributed", table="claims"),
            _one("part", "key", "^st:hasAttribution", "what is attributed", table="parts"),
            _one("step", "integer", "st:step", "which link, from 1, the document's own voice"),
            _one("voice", "key", "st:givesVoiceTo", "whose voice", table="actors"),
            _one("mode", "word", "st:inMode", "how the voice before conveys it"),
            _one("venue", "text", "st:atVenue", "where it was said or written"),
        ),
    ),
    Plan(
        name="passages",
        about="Where statements stand: code points of a text, half open, and the words at each end.",
        types=("st:Passage",),
        segment="passage/",
        columns=(
            *_ID,
            _one("document", "key", "st:inDocument", "the document", table="documents"),
            _one("section", "word", "st:inSection", "which part of it"),
            _one("start_offset", "integer", "oa:hasSelector/oa:start", "first code point in the text file"),
            _one("end_offset", "integer", "oa:hasSelector/oa:end", "first code point after it"),
            _one("sha256", "text", "st:sha256", "of the span, as UTF-8"),
            _one("first_words", "text", "st:firstWords", "its first words"),
            _one("last_words", "text", "st:lastWords", "its last words"),
            _one("text_sha256", "text", "oa:hasSource/st:sha256", "of the text file's bytes"),
            _one("link", "iri", "st:link", "opens the document there"),
            *_CODED,
        ),
    ),
    Plan(
        name="documents",
        about="The articles.",
        types=("st:Document",),
        segment="document/",
        columns=(
            *_ID,
            _one("title", "text", "dcterms:title", "its title"),
            _many("authors", "key", "dcterms:creator", "who wrote it", table="actors"),
            _one("outlet", "key", "dcterms:publisher", "where it was published", table="actors"),
            _one("voice", "key", "st:speaksAs", "who speaks where nobody is quoted", table="actors"),
            *_date("published", "st:published", "when it was published"),
            _one("url", "iri", "schema:url", "where it can be read"),
            _one("language", "text", "dcterms:language", "the language of the text"),
            _one("text_sha256", "text", "st:inText/st:sha256", "of the text file's bytes"),
            _one("region_start", "integer", "st:regionStart", "its first code point in the text file"),
            _one("region_end", "integer", "st:regionEnd", "first code point after it"),
            _many("outside_fields", "text", "st:outsideField", "what the text itself does not give"),
            _one("note", "text", "skos:note", "a remark of a coder"),
        ),
    ),
    Plan(
        name="actors",
        about="Who can hold positions.",
        types=("st:Actor",),
        segment="actor/",
        is_named=True,
        columns=(
            *_ENTRY,
            _one("kind", "word", "st:hasKind", "what kind of actor"),
            _OUTSIDE,
            _many("acts_within", "key", "st:actsWithin", "the bodies it acts within, at any remove",
                  table="actors", origin="inferred"),
        ),
    ),
    Plan(
        name="ties",
        about="Dated memberships, offices, who speaks for whom, what is part of what.",
        types=("st:Membership", "st:Representation", "st:Affiliation"),
        segment="actor/",
        columns=(
            *_ID,
            _one("actor", "key", "st:tieOf", "who", table="actors"),
            _one("other", "key", "st:tieTo", "to whom", table="actors"),
            _one("kind", "type", "rdf:type", "membership, speaks-for or part-of",
                 table="st:Membership=membership st:Representation=speaks-for st:Affiliation=part-of"),
            _one("role", "text", "st:inRole", "in which role or office"),
            *_date("since", "st:since", "from when"),
            *_date("until", "st:until", "to when"),
            _OUTSIDE,
            _one("note", "text", "skos:note", "a remark of a coder"),
        ),
    ),
    Plan(
        name="issues",
        about="What is negotiated.",
        types=("st:Issue",),
        segment="issue/",
        is_named=True,
        columns=(
            *_ENTRY,
            _many("broader", "key", "skos:broader", "the issues it belongs to", table="issues"),
            _many("within", "key", "skos:broaderTransitive", "the same at any remove", table="issues",
                  origin="inferred"),
        ),
    ),
    Plan(
        name="proposals",
        about="Options on the issues.",
        types=("st:Proposal",),
        segment="proposal/",
        is_named=True,
        columns=(
            *_ENTRY,
            _many("issues", "key", "st:addresses", "the issues it settles", table="issues"),
            _many("broader", "key", "skos:broader", "options of which it is a kind", table="proposals"),
            _many("close_to", "key", "st:closeTo", "nearly the same, kept apart", table="proposals"),
            _many("incompatible_with", "key", "st:incompatibleWith", "cannot be wanted with it",
                  table="proposals"),
            _many("requires", "key", "st:requires", "cannot be without", table="proposals"),
            _many("within", "key", "skos:broaderTransitive", "broader options at any remove",
                  table="proposals", origin="inferred"),
        ),
    ),
    Plan(
        name="plans",
        about="Named bundles of proposals.",
        types=("st:Plan",),
        segment="plan/",
        is_named=True,
        columns=(
            *_ENTRY,
            _many("authors", "key", "dcterms:creator", "whose plan it is", table="actors"),
            *_date("dated", "st:dated", "when it was put forward"),
            _OUTSIDE,
        ),
    ),
    Plan(
        name="coders",
        about="Who annotates.",
        types=("st:Coder",),
        segment="coder/",
        is_named=True,
        columns=(
            *_ENTRY,
            _one("software", "type", "rdf:type", "yes for a program", table="prov:SoftwareAgent=yes"),
        ),
    ),
    Plan(
        name="names",
        about="All names and spellings of actors, issues, proposals, plans and coders.",
        types=(),
        segment="",
        spreads=True,
        columns=(
            _one("table", "text", "", "the table of what is named"),
            _one("id", "text", "", "its id there"),
            _one("name", "text", "", "a name or a spelling"),
            _one("preferred", "boolean", "", "true for the label"),
            _one("language", "text", "", "the language of the name"),
        ),
    ),
    Plan(
        name="rollups",
        about="Positions that count for a body because of their holder's ties.",
        types=("st:RollUp",),
        segment="rollup/",
        origin="inferred",
        columns=(
            *_ID,
            _one("position", "key", "st:ofPosition", "the position", table="positions"),
            _one("actor", "key", "st:toActor", "for whom it counts", table="actors"),
            _many("ties", "key", "prov:wasDerivedFrom", "the ties that it follows from", table="ties"),
        ),
    ),
    Plan(
        name="codings",
        about="Who read which document, when, and who reviewed it.",
        types=("st:Coding",),
        segment="coding/",
        origin="provenance",
        columns=(
            *_ID,
            _one("document", "key", "^prov:wasGeneratedBy/st:inDocument", "the document",
                 table="documents", origin="joined"),
            _one("coder", "key", "prov:wasAssociatedWith", "who", table="coders"),
            _one("layer", "text", "st:inLayer", "in which layer"),
            _one("coded_on", "date", "st:codedOn", "when"),
            _one("reviewed_by", "key", "st:reviewedBy", "by whom it was reviewed", table="coders"),
            _one("reviewed_on", "date", "st:reviewedOn", "and when"),
            _one("text_sha256", "text", "prov:used/st:sha256", "of the text file that was read"),
            _one("note", "text", "skos:note", "a remark of the coder"),
        ),
    ),
    Plan(
        name="graphs",
        about="The named graphs, and the files that they come from.",
        types=("st:Graph",),
        segment="graph/",
        origin="provenance",
        columns=(
            *_ID,
            _one("file", "text", "prov:wasDerivedFrom/st:path", "the file it was read from"),
            _one("sha256", "text", "prov:wasDerivedFrom/st:sha256", "of the file's bytes"),
            _one("loaded_by", "text", "st:loadedBy", "the version of the program that read it"),
            _one("coding", "key", "prov:wasGeneratedBy", "who read what", table="codings"),
            _one("inferred", "boolean", "st:inferred", "true where nothing in it is stated"),
        ),
    ),
    Plan(
        name="words",
        about="The words of the vocabularies, such as the stances with their ranks.",
        types=("st:Stance", "st:Polarity", "st:Function", "st:Modality", "st:Hedge", "st:AttributionMode",
               "st:ClaimKind", "st:ActorKind", "st:ArgumentRelation", "st:PartRole", "st:ConditionKind",
               "st:Section"),
        segment="",
        is_vocabulary=True,
        columns=(
            *_ID,
            _one("scheme", "word", "skos:inScheme", "the vocabulary"),
            _one("word", "text", "skos:notation", "the word, as the other tables have it"),
            _one("label", "text", "skos:prefLabel", "what people read"),
            _one("definition", "text", "skos:definition", "what it means"),
            _one("scope_note", "text", "skos:scopeNote", "where readers could differ"),
            _one("example", "text", "skos:example", "a case"),
            _one("polarity", "word", "st:hasPolarity", "which way a stance points"),
            _one("rank", "integer", "st:rank", "place of a stance on the scale, 1 = most for"),
        ),
    ),
    Plan(
        name="corpus",
        about="The settings of the corpus.",
        types=("st:Corpus",),
        segment="",
        columns=(
            *_ID,
            _one("title", "text", "dcterms:title", "what it is called"),
            _one("description", "text", "dcterms:description", "what it is about"),
            _one("license", "iri", "dcterms:license", "the licence of the annotations"),
            _one("authors", "text", "schema:creditText", "who is cited for it, in order, `; ` between"),
            _one("version", "text", "schema:version", "which edition it is"),
            _one("doi", "iri", "dcterms:identifier", "its DOI as an address"),
            _one("url", "iri", "schema:url", "where it can be found"),
            _one("default_layer", "text", "st:defaultLayer", "the layer that questions read"),
        ),
    ),
)  # fmt: skip
"""Every table, the ones most looked at first."""
