"""How to cite a corpus, and one answer from it: BibTeX, and CSL-JSON for citation managers.

A citation names what was used so exactly that somebody else finds the same thing:
the version, and the SHA-256 of the canonical N-Quads, which is that of what
``kg export --format nquads`` writes. The date is the day on which the corpus was
last coded or reviewed; the clock is not asked. Authors, version, DOI and address
are those of ``corpus.yaml``; nothing is made up where it gives none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kg.exports import export
from kg.record_tables import RecordTables, record_tables
from kg.terms import DOI, Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reference to a dataset, or to an answer from it (*container*), consists of.

    *authors* are names with the family name first, and bodies, which have no comma.
    """

    key: str
    title: str
    authors: tuple[str, ...] = ()
    issued: date | None = None
    version: str = ""
    doi: str = ""
    url: str = ""
    license: str = ""
    container: str = ""
    notes: tuple[str, ...] = ()


def digest(text: Iterable[str]) -> str:
    """The SHA-256 of *text* as UTF-8.

    >>> digest(["a", "b"])[:8]
    'fb8e20fc'
    """
    found = hashlib.sha256()
    for piece in text:
        found.update(piece.encode())
    return found.hexdigest()


def last_day(tables: RecordTables) -> date | None:
    """The day on which something of the corpus was last coded or reviewed, else the last one published."""
    found = [row[name] for row in tables["codings"] for name in ("coded_on", "reviewed_on")]
    days = [day for day in found if isinstance(day, date)]
    published = [row["published_latest"] for row in tables["documents"]]
    return max(days or [day for day in published if isinstance(day, date)], default=None)


def cite_dataset(quads: Iterable[Quad]) -> Citation:
    """The citation of the corpus that *quads*, the whole of a graph, holds."""
    quads = list(quads)
    tables = record_tables(quads)
    corpus = {name: str(value or "") for name, value in tables.corpus.items()}
    issued = last_day(tables)
    sha256 = digest(export(quads, form="nquads"))
    name = tables.base.rstrip("/#").rpartition("/")[2] or "corpus"
    return Citation(
        key="-".join(filter(None, (name, str(issued.year) if issued else "", sha256[:8]))),
        title=corpus["title"] or "A corpus without a title",
        authors=tuple(filter(None, corpus["authors"].split("; "))),
        issued=issued,
        version=corpus["version"],
        doi=corpus["doi"].removeprefix(DOI),
        url=corpus["url"],
        license=corpus["license"],
        notes=(f"SHA-256 of the graph as N-Quads: {sha256}",),
    )


def cite_answer(
    dataset: Citation,
    *,
    question: str,
    name: str,
    values: Mapping[str, object],
    rows: int,
    csv: str,
    without: Iterable[str] = (),
) -> Citation:
    """The citation of one answer: the saved question *name* with *values*, and its rows as CSV.

    *without* says what was left out of account, such as inferred statements.
    """
    words = " ".join(
        [f"--{key.replace('_', '-')} {_word(value)}" for key, value in values.items()]
        + [f"--without-{each}" for each in without]
    )
    sha256 = digest([csv])
    return Citation(
        key=f"{dataset.key}-{name}-{sha256[:8]}",
        title=question,
        authors=dataset.authors,
        issued=dataset.issued,
        version=dataset.version,
        doi=dataset.doi,
        url=dataset.url,
        license=dataset.license,
        container=dataset.title,
        notes=(
            f"kg query {' '.join(filter(None, (name, words)))}",
            f"{rows} {'row' if rows == 1 else 'rows'}; SHA-256 of the answer as CSV: {sha256}",
            *dataset.notes,
        ),
    )


def _word(value: object) -> str:
    import shlex

    values = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    return shlex.quote(",".join(map(str, values)))


# ---------------------------------------------------------------- BibTeX

# BibTeX counts braces before it knows of backslashes, so that none may stand alone.
_TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    | {char: f"\\{char}" for char in "%&#_$"}
)


def bibtex(citation: Citation) -> str:
    r"""A BibTeX entry of type misc, which every style knows; braces keep the case of a title.

    >>> print(bibtex(Citation(key="k", title="R&D", authors=("Lane, Ada", "The archive"))), end="")
    @misc{k,
      title = {{R\&D}},
      author = {Lane, Ada and {The archive}},
      howpublished = {Dataset},
    }
    """
    issued = citation.issued
    fields = {
        "title": f"{{{_tex(citation.title)}}}",
        "author": " and ".join(_tex(a) if "," in a else f"{{{_tex(a)}}}" for a in citation.authors),
        "year": str(issued.year) if issued else "",
        "month": f"{issued:%m}".lstrip("0") if issued else "",
        "version": _tex(citation.version),
        "doi": citation.doi,
        "url": citation.url,
        "howpublished": f"Answer from the dataset {_tex(citation.container)}"
        if citation.container
        else "Dataset",
        "note": "; ".join(map(_tex, (*([f"as of {issued}"] if issued else []), *citation.notes))),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{citation.key},\n{''.join(lines)}}}\n"


def _tex(text: str) -> str:
    return " ".join(text.split()).translate(_TEX)


# ---------------------------------------------------------------- CSL-JSON


def csl(citation: Citation) -> str:
    """CSL-JSON (citation-style-language/schema, csl-data 1.0.2): a list with one item."""
    issued = citation.issued
    item: dict[str, Any] = {
        "id": citation.key,
        "type": "dataset",
        "title": citation.title,
        "container-title": citation.container,
        "author": [_person(author) for author in citation.authors],
        "issued": {"date-parts": [[issued.year, issued.month, issued.day]]} if issued else None,
        "version": citation.version,
        "DOI": citation.doi,
        "URL": citation.url,
        "note": "; ".join(citation.notes),
    }
    return json.dumps([{k: v for k, v in item.items() if v}], ensure_ascii=False, indent=1) + "\n"


def _person(author: str) -> dict[str, str]:
    family, comma, given = author.partition(", ")
    return {"family": family, "given": given} if comma else {"literal": author}


CITATIONS: Final[dict[str, Callable[[Citation], str]]] = {"bibtex": bibtex, "csl": csl}
"""The formats of citations, by name."""
