"""The pages of single statements and passages: permalinks for evidence, with all that stands behind."""

from __future__ import annotations

from kg.web.page_entries import NotFoundError, read_entry
from kg.web.page_readers import Reader, ref
from kg.web.page_rendering import Page
from kg.web.page_statements import Statement, read_statements
from kg.web.page_words import words

_NAMES = {"position": "Position", "claim": "Claim", "part": "Part of a plan"}


def statement_page(reader: Reader, kind: str, slug: str) -> Page:
    """The page of the position, claim or plan part ``KIND/SLUG``; *slug* is DOCUMENT/CODER/ID.

    Raises:
        NotFoundError: there is none.
    """
    iri = reader.iri(kind, slug)
    try:
        found = read_statements(reader, [iri]).get(iri)
    except ValueError:
        found = None
    if found is None:
        document = slug.partition("/")[0]
        known = reader.labels.names.get(reader.iri("document", document))
        near = {f"What is read in {known}": f"/document/{document}"} if known else {}
        raise NotFoundError(f"there is no {kind} '{slug}' here", near)
    return Page(
        template="statement.html",
        title=_title(reader, found),
        path=reader.path(iri),
        about=found.gist,
        forms={
            "text/turtle": f"{reader.path(iri)}.ttl",
            "application/ld+json": f"{reader.path(iri)}.jsonld",
        },
        data={
            "statement": found,
            "kind_words": _NAMES[kind],
            "text": _text(reader, found),
            "disputed": _about(reader, iri),
            "counts_for": _counts_for(reader, iri),
        },
    )


def _title(reader: Reader, found: Statement) -> str:
    if found.kind == "position":
        return f"{reader.name(found.by)} {words(found.stance)} {reader.name(found.proposal)}"
    if found.kind == "claim":
        return f"A claim by {reader.name(found.by)}"
    return f"A part of {reader.name(found.plan)}"


def _text(reader: Reader, found: Statement) -> dict[str, str]:
    """The words of each passage where a copy of the text is at hand, by the passage's IRI."""
    from kg.spans import Span

    if reader.texts is None:
        return {}
    told = {
        each.iri: reader.texts.passage_text(each.excerpt.text, Span(each.excerpt.start, each.excerpt.end))
        for each in found.passages
    }
    return {iri: text for iri, text in told.items() if text is not None}


def _counts_for(reader: Reader, iri: str) -> list[str]:
    """The actors whom the position counts for, besides who holds it."""
    rows = reader.rows(f"SELECT DISTINCT ?actor {{ {ref(iri)} st:countsFor ?actor }} ORDER BY ?actor")
    return [row["actor"] for row in rows]


def _about(reader: Reader, iri: str) -> tuple[Statement, ...]:
    """The claims that support or undercut this statement, of any layer that its own coding is in."""
    rows = reader.rows(f"SELECT DISTINCT ?s {{ ?s st:hasArgument/st:targets {ref(iri)} }} ORDER BY ?s")
    return tuple(read_statements(reader, (row["s"] for row in rows)).values())


def passage_page(reader: Reader, slug: str) -> Page:
    """The page of a passage: where it stands, and what is read in it.

    Raises:
        NotFoundError: there is none.
    """
    entry = read_entry(reader, "passage", slug)
    rows = reader.rows(f"SELECT DISTINCT ?s {{ ?s st:statedIn {ref(entry.iri)} }} ORDER BY ?s")
    statements = read_statements(reader, (row["s"] for row in rows))
    return Page(
        template="passage.html",
        title=f"A passage of {reader.name(entry.one('inDocument'))}",
        path=reader.path(entry.iri),
        about="Where the passage stands, and what is read in it.",
        forms={
            "text/turtle": f"{reader.path(entry.iri)}.ttl",
            "application/ld+json": f"{reader.path(entry.iri)}.jsonld",
        },
        data={"entry": entry, "statements": list(statements.values())},
    )


def coder_page(reader: Reader, slug: str) -> Page:
    """The page of a coder: what they have read.

    Raises:
        NotFoundError: there is none.
    """
    entry = read_entry(reader, "coder", slug)
    rows = reader.rows(f"""\
SELECT ?document ?layer (COUNT(DISTINCT ?passage) AS ?passages) WHERE {{
  ?coding prov:wasAssociatedWith {ref(entry.iri)} ; st:inLayer ?layer .
  ?passage prov:wasGeneratedBy ?coding ; st:inDocument ?document .
}} GROUP BY ?document ?layer ORDER BY ?document ?layer""")
    return Page(
        template="coder.html",
        title=entry.label,
        path=f"/coder/{slug}",
        about="Who read which documents.",
        forms={"text/turtle": f"/coder/{slug}.ttl", "application/ld+json": f"/coder/{slug}.jsonld"},
        data={"entry": entry, "codings": rows},
    )
