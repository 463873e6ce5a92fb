"""The pages of documents: passages in order with what is read in them, in the text itself if at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.evidence import Excerpt
from kg.web.page_entries import Entry, NotFoundError, read_entry
from kg.web.page_readers import Reader, local, ref
from kg.web.page_rendering import Page
from kg.web.page_statements import Passage, Statement, read_statements
from kg.web.page_words import RANKS


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with the statements that are read in it."""

    passage: Passage
    statements: tuple[Statement, ...]

    @property
    def anchor(self) -> str:
        """Where it is on its document's page."""
        return anchor(self.passage.iri)

    @property
    def slug(self) -> str:
        """Its name in its coding."""
        return local(self.passage.iri)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that the same passages cover; *starts* are the anchors of those that begin here."""

    text: str
    depth: int = 0
    starts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a text in pieces, with what is read in the passages that begin in it."""

    pieces: tuple[Piece, ...]
    read: tuple[Read, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """One reading of a document: who, in which layer, when."""

    coder: str
    layer: str
    on: str = ""
    reviewed_by: str = ""

    @property
    def slug(self) -> str:
        """The coder's name in the address."""
        return local(self.coder)


def anchor(passage: str) -> str:
    """The fragment of a passage on its document's page.

    >>> anchor("https://example.org/passage/hearing/coder-a/audit")
    'p-audit'
    """
    return f"p-{local(passage)}"


def document_page(reader: Reader, slug: str, *, coder: str = "") -> Page:
    """The page of a document, as *coder* read it, or else as the codings of the main layer do.

    Raises:
        NotFoundError: there is no such document, or that coder has not read it.
    """
    entry = read_entry(reader, "document", slug)
    codings = _codings(reader, entry.iri)
    shown = [each for each in codings if (each.slug == coder if coder else each.layer == reader.corpus.layer)]
    if coder and not shown:
        near = {
            f"as {reader.name(each.coder)} read it": f"/document/{slug}?coder={each.slug}" for each in codings
        }
        raise NotFoundError(f"no coder '{coder}' has read this document", near)
    read = _read(reader, entry.iri, [each.coder for each in shown])
    statements = {each.iri: each for one in read for each in one.statements}
    return Page(
        template="document.html",
        title=entry.label,
        path=f"/document/{slug}",
        section="Documents",
        about=f"What {entry.label} says who wants, passage by passage.",
        forms={"text/turtle": f"/document/{slug}.ttl", "application/ld+json": f"/document/{slug}.jsonld"},
        data={
            "entry": entry,
            "codings": codings,
            "shown": shown,
            "read": read,
            "paragraphs": _paragraphs(reader, entry, read),
            "counts": {
                kind: sum(1 for each in statements.values() if each.kind == kind)
                for kind in ("position", "claim", "part")
            },
        },
    )


def _codings(reader: Reader, document: str) -> tuple[Coding, ...]:
    rows = reader.rows(f"""\
SELECT DISTINCT ?coder ?layer ?on ?by WHERE {{
  ?passage st:inDocument {ref(document)} ; prov:wasGeneratedBy ?coding .
  ?coding prov:wasAssociatedWith ?coder ; st:inLayer ?layer .
  OPTIONAL {{ ?coding st:codedOn ?on }} OPTIONAL {{ ?coding st:reviewedBy ?by }}
}} ORDER BY ?layer ?coder""")
    return tuple(
        Coding(coder=row["coder"], layer=row["layer"], on=row["on"], reviewed_by=row["by"]) for row in rows
    )


_PASSAGES = """\
SELECT DISTINCT ?passage ?start ?end ?section ?first ?last ?text ?link ?s WHERE {{
  VALUES ?coder {{ {coders} }}
  ?coding prov:wasAssociatedWith ?coder .
  ?passage st:inDocument {document} ; prov:wasGeneratedBy ?coding ; oa:hasSelector ?at ;
    oa:hasSource/st:sha256 ?text ; st:inSection ?section ; st:firstWords ?first ; st:lastWords ?last .
  ?at oa:start ?start ; oa:end ?end .
  OPTIONAL {{ ?passage st:link ?link }}
  OPTIONAL {{ ?s st:statedIn ?passage }}
}}"""


def _read(reader: Reader, document: str, coders: Sequence[str]) -> tuple[Read, ...]:
    """The passages in the order of the text."""
    rows = reader.rows(_PASSAGES.format(coders=" ".join(map(ref, coders)), document=ref(document)))
    stated: dict[str, set[str]] = defaultdict(set)
    passages = {}
    for row in rows:
        stated[row["passage"]] |= {row["s"]} - {""}
        passages[row["passage"]] = Passage(iri=row["passage"], excerpt=_excerpt(document, row))
    statements = read_statements(reader, set().union(*stated.values()) if stated else ())
    found = [
        Read(passage, _in_order(statements[each] for each in stated[iri] if each in statements))
        for iri, passage in passages.items()
    ]
    return tuple(
        sorted(found, key=lambda one: (one.passage.excerpt.start, one.passage.excerpt.end, one.passage.iri))
    )


def _excerpt(document: str, row: dict[str, str]) -> Excerpt:
    return Excerpt(
        document=document,
        start=int(row["start"]),
        end=int(row["end"]),
        section=local(row["section"]),
        first=row["first"],
        last=row["last"],
        text=row["text"],
        link=row["link"],
    )


def _in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Positions first, then claims, then plan parts."""
    kinds = ("position", "claim", "part")
    return tuple(
        sorted(statements, key=lambda each: (kinds.index(each.kind), RANKS.get(each.stance, 99), each.iri))
    )


# ---------------------------------------------------------------- the text itself


def _paragraphs(reader: Reader, entry: Entry, read: Sequence[Read]) -> tuple[Paragraph, ...]:
    """The text in paragraphs with its passages marked; none where no copy is at hand."""
    text = local(entry.one("inText"))
    whole = reader.texts.read(text) if reader.texts and text else None
    if whole is None:
        return ()
    start = int(entry.one("regionStart") or 0)
    end = min(int(entry.one("regionEnd") or len(whole)), len(whole))
    return paragraphs(whole, start, end, [one for one in read if one.passage.excerpt.text == text])


def paragraphs(whole: str, start: int, end: int, read: Sequence[Read]) -> tuple[Paragraph, ...]:
    """Cut a text from *start* to *end* into paragraphs, and these where passages begin and end."""
    made: list[Paragraph] = []
    named: set[str] = set()
    at = start
    for line in whole[start:end].split("\n"):
        stop = at + len(line)
        if line.strip():
            begun = tuple(one for one in read if at <= one.passage.excerpt.start <= stop)
            made.append(Paragraph(_pieces(whole, at, stop, read, named), begun))
        at = stop + 1
    return tuple(made)


def _pieces(whole: str, start: int, end: int, read: Sequence[Read], named: set[str]) -> tuple[Piece, ...]:
    spans = [
        (one.passage.excerpt.start, one.passage.excerpt.end, one.anchor)
        for one in read
        if one.passage.excerpt.start < end and one.passage.excerpt.end > start
    ]
    cuts = sorted({start, end, *(edge for span in spans for edge in span[:2] if start < edge < end)})
    pieces = []
    for left, right in pairwise(cuts):
        over = [span for span in spans if span[0] <= left and span[1] >= right]
        fresh = tuple(dict.fromkeys(span[2] for span in over if span[2] not in named))
        named.update(fresh)
        pieces.append(Piece(whole[left:right], min(len(over), 3), fresh))
    return tuple(pieces)


# ---------------------------------------------------------------- all of them


def documents_page(reader: Reader) -> Page:
    """All documents by date, with how much is read in each."""
    return Page(
        template="documents.html",
        title="Documents",
        path="/documents",
        section="Documents",
        about="What the corpus consists of.",
        data={"documents": read_documents(reader)},
    )


def read_documents(reader: Reader) -> list[dict[str, Any]]:
    """The documents with their dates, authors, outlets, and numbers of statements, by date."""
    rows = reader.rows(f"""\
SELECT ?document ?published ?url ?outlet ?passages ?positions ?claims WHERE {{
  ?document a st:Document .
  OPTIONAL {{ ?document st:published ?published }} OPTIONAL {{ ?document schema:url ?url }}
  OPTIONAL {{ ?document dcterms:publisher ?outlet }}
  OPTIONAL {{ SELECT ?document (COUNT(DISTINCT ?p) AS ?passages) WHERE {{
    ?p st:inDocument ?document ; {reader.in_layer} }} GROUP BY ?document }}
  OPTIONAL {{ SELECT ?document (COUNT(DISTINCT ?s) AS ?positions) WHERE {{
    ?s a st:Position ; st:statedIn/st:inDocument ?document ; {reader.in_layer} }} GROUP BY ?document }}
  OPTIONAL {{ SELECT ?document (COUNT(DISTINCT ?s) AS ?claims) WHERE {{
    ?s a st:Claim ; st:statedIn/st:inDocument ?document ; {reader.in_layer} }} GROUP BY ?document }}
}} ORDER BY STR(?published) ?document""")
    authors: dict[str, list[str]] = defaultdict(list)
    for row in reader.rows(
        "SELECT DISTINCT ?document ?by { ?document a st:Document ; dcterms:creator ?by } ORDER BY ?by"
    ):
        authors[row["document"]].append(row["by"])
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        seen.setdefault(row["document"], row | {"authors": authors[row["document"]]})
    return list(seen.values())
