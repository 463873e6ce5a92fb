"""What stands behind a row: document, date, attribution, gist, modality, passages and a link to them.

Any answer with a column of positions, claims or plan parts can have its evidence
joined; a cell may hold several of them, with spaces between their IRIs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from kg.labels import Selects
from kg.tables import Table
from kg.terms import EDTF, PREFIXES, XSD, Iri, Literal, Term, token
from kg.vocabularies import SCHEMES

COLUMNS: Final = ("document", "date", "attribution", "gist", "modality", "passage", "link")
"""The columns that evidence adds, in this order."""

_AT_ONCE: Final = 500
_MODALITIES: Final = SCHEMES["modality"]
_PLAIN: Final = "factual"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Excerpt:
    """One passage: where it stands (code points, half open) in the text file of hash *text*, its ends."""

    document: str
    start: int
    end: int
    section: str
    first: str
    last: str
    text: str = ""
    link: str = ""

    def words(self) -> str:
        """The first and the last words, without saying twice what a short passage has at both ends.

        >>> Excerpt(document="d", start=0, end=9, section="body", first="a b c d", last="c d e").words()
        'a b c d e'
        """
        overlap = len(self.first) + len(self.last) - (self.end - self.start)
        if overlap >= 0:
            return self.first + self.last[overlap:]
        return f"{self.first}{' ' if overlap == -1 else ' … '}{self.last}"

    def __str__(self) -> str:
        return f"“{' '.join(self.words().split())}” ({self.section}, {self.start}–{self.end})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of an attribution chain, in words."""

    voice: str
    mode: str
    venue: str = ""


@dataclass(slots=True, kw_only=True)
class Evidence:
    """What stands behind one statement; *passages* has those of the body first."""

    gist: Term | None = None
    published: str = ""
    titles: dict[str, Term] = field(default_factory=dict)
    steps: dict[int, Step] = field(default_factory=dict)
    reservations: set[str] = field(default_factory=set)
    passages: list[Excerpt] = field(default_factory=list)

    def attribution(self) -> str:
        """Who reports that who says, outermost first, such as ``Rosa Quill › Ada Lane (full quotation)``."""
        steps = [self.steps[number] for number in sorted(self.steps)]
        # That a document speaks in its own voice needs no words where someone else speaks in it.
        return " › ".join(
            step.voice if number == 0 and steps[1:] else f"{step.voice} ({_remarks(step)})"
            for number, step in enumerate(steps)
        )

    def modality(self) -> str:
        """How it is said where that is not as plain fact, such as ``hypothetical, possibly``."""
        return ", ".join(sorted(self.reservations, key=lambda word: (word not in _MODALITIES, word)))

    def title(self) -> Term | None:
        """The title of the document."""
        return next((self.titles[iri] for iri in sorted(self.titles)), None)

    def link(self) -> str:
        """The address that opens the document at the first passage that has one."""
        return next((passage.link for passage in self.passages if passage.link), "")


def _remarks(step: Step) -> str:
    return ", ".join(filter(None, (step.mode, step.venue)))


# ---------------------------------------------------------------- reading it

_QUERY: Final = f"""\
PREFIX st: <{PREFIXES["st"]}>
PREFIX oa: <{PREFIXES["oa"]}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX dcterms: <{PREFIXES["dcterms"]}>
SELECT DISTINCT ?statement ?gist ?published ?reservation ?passage ?document ?title ?text ?start ?end ?section
  ?first ?last ?link ?step ?voice ?mode ?venue
WHERE {{
  {{ VALUES ?statement {{ %(some)s }} ?statement st:gist ?gist .
    OPTIONAL {{ ?statement st:published ?published }} }}
  UNION
  {{ VALUES ?statement {{ %(some)s }} ?statement st:hasModality|st:hasHedge ?qualifier .
    BIND(REPLACE(STR(?qualifier), "^.*/", "") AS ?reservation) }}
  UNION
  {{ VALUES ?statement {{ %(some)s }} ?statement st:statedIn ?passage .
    ?passage st:inDocument ?document ; oa:hasSelector ?selector ; st:inSection ?in ;
      st:firstWords ?first ; st:lastWords ?last .
    ?selector oa:start ?start ; oa:end ?end .
    ?document dcterms:title ?title .
    BIND(REPLACE(STR(?in), "^.*/", "") AS ?section)
    OPTIONAL {{ ?passage oa:hasSource/st:sha256 ?text }}
    OPTIONAL {{ ?passage st:link ?link }} }}
  UNION
  {{ VALUES ?statement {{ %(some)s }} ?statement st:hasAttribution ?node .
    ?node st:step ?step ; st:givesVoiceTo ?actor ; st:inMode ?how .
    OPTIONAL {{ ?actor skos:prefLabel ?label }}
    BIND(COALESCE(STR(?label), STR(?actor)) AS ?voice)
    BIND(REPLACE(STR(?how), "^.*/", "") AS ?mode)
    OPTIONAL {{ ?node st:atVenue ?venue }} }}
}}
ORDER BY ?statement ?reservation ?passage ?step ?voice ?venue ?link"""


def read_evidence(statements: Iterable[str], store: Selects) -> dict[str, Evidence]:
    """Read what stands behind *statements* (IRIs of positions, claims or plan parts)."""
    wanted = iter(sorted(set(statements)))
    found: dict[str, Evidence] = {}
    while some := list(islice(wanted, _AT_ONCE)):
        # Engines do not carry VALUES into the branches of a UNION, so each branch has its own.
        table = store.select_here(_QUERY % {"some": " ".join(token(Iri(iri)) for iri in some)})
        for row in table:
            cells = dict(zip(table.columns, row, strict=True))
            _take(cells, found.setdefault(_text(cells, "statement"), Evidence()))
    for evidence in found.values():
        evidence.passages.sort(key=lambda each: (each.section != "body", each))
    return found


def _take(cells: Mapping[str, Term | None], evidence: Evidence) -> None:
    if cells["gist"]:
        evidence.gist = cells["gist"]
        evidence.published = _text(cells, "published")
    elif cells["reservation"]:
        evidence.reservations |= {_text(cells, "reservation")} - {_PLAIN}
    elif cells["step"]:
        step = Step(
            voice=_text(cells, "voice"),
            mode=_text(cells, "mode").replace("-", " "),
            venue=_text(cells, "venue"),
        )
        evidence.steps.setdefault(int(_text(cells, "step")), step)
    else:
        document, title = _text(cells, "document"), cells["title"]
        if title:
            evidence.titles.setdefault(document, title)
        excerpt = Excerpt(
            document=document,
            start=int(_text(cells, "start")),
            end=int(_text(cells, "end")),
            section=_text(cells, "section").replace("-", " "),
            first=_text(cells, "first"),
            last=_text(cells, "last"),
            text=_text(cells, "text"),
            link=_text(cells, "link"),
        )
        if excerpt not in evidence.passages:
            evidence.passages.append(excerpt)


def _text(cells: Mapping[str, Term | None], name: str) -> str:
    term = cells[name]
    return "" if term is None else str(term)


# ---------------------------------------------------------------- joining it


def with_evidence(table: Table, column: str, store: Selects) -> Table:
    """Add the columns `COLUMNS` to *table*: the evidence of the statements in its *column*.

    A column name that the table has already gets ``evidence_`` in front. Where a
    cell names several statements, there is a line for each.

    Raises:
        QueryError: the table has no such column.
    """
    cells = table.column(column)
    found = read_evidence((iri for cell in cells for iri in _iris(cell)), store)
    names = tuple(f"evidence_{name}" if name in table.columns else name for name in COLUMNS)
    rows = (
        (*row, *_cells([found[iri] for iri in _iris(cell) if iri in found]))
        for row, cell in zip(table, cells, strict=True)
    )
    return Table((*table.columns, *names), tuple(rows))


def _iris(cell: Term | None) -> Iterator[str]:
    if isinstance(cell, Iri):
        yield cell.value
    elif isinstance(cell, Literal):
        yield from (word for word in cell.value.split() if "://" in word)


def _cells(evidence: list[Evidence]) -> tuple[Term | None, ...]:
    return (
        _joined([each.title() for each in evidence]),
        _joined([_literal(each.published, EDTF) for each in evidence]),
        _joined([_literal(each.attribution()) for each in evidence]),
        _joined([each.gist for each in evidence]),
        _joined([_literal(each.modality()) for each in evidence]),
        _joined([_literal("; ".join(map(str, each.passages))) for each in evidence]),
        _joined([_literal(each.link(), XSD + "anyURI") for each in evidence]),
    )


def _literal(text: str, datatype: str = "") -> Literal | None:
    return Literal(text, datatype) if text else None


def _joined(terms: list[Term | None]) -> Term | None:
    """One term as it is; of several different ones a text with a line for each."""
    some = list(dict.fromkeys(term for term in terms if term is not None))
    if len(some) > 1 and len(terms) > 1:
        return Literal("\n".join("–" if term is None else str(term) for term in terms))
    return some[0] if some else None
