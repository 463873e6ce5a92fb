"""The saved questions: all by theme, and each with its form, its answer, its evidence, its downloads."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from kg.errors import ParameterError, QueryError
from kg.exports import export_triples
from kg.graph import Graph
from kg.headers import LITERALS, MARK, Parameter, SavedQuery
from kg.near_misses import near_misses
from kg.queries import Bound, bind, resolve
from kg.tables import Table, write
from kg.terms import Iri, Literal
from kg.version import VERSION
from kg.web.page_cells import Grid, described, grid
from kg.web.page_descriptions import describe_all
from kg.web.page_drawings import of_answer
from kg.web.page_entries import NotFoundError
from kg.web.page_examples import can_be_answered, example_values
from kg.web.page_forms import Given, is_folded, read_fields
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page
from kg.web.page_words import slots
from kg.words import nearest

DOWNLOADS: Final = {
    "csv": ("csv", "text/csv; charset=utf-8", "CSV"),
    "json": ("json", "application/json", "JSON"),
    "srj": ("sparql-json", "application/sparql-results+json", "SPARQL JSON"),
    "tsv": ("tsv", "text/tab-separated-values; charset=utf-8", "TSV"),
    "md": ("markdown", "text/markdown; charset=utf-8", "Markdown"),
}
"""The ending of the path, the format, its media type, what people call it."""

IN_FILES: Final = ("csv", "json", "srj")
"""Those that a static site has of each answer."""

_FEW: Final = 5
"""Rows; with so few, what an answer just leaves out is shown unasked."""

_NEAREST: Final = 25

THEMES: Final = (
    "positions", "proposals", "arguments", "comparison", "conditions", "functions", "plans", "actors",
    "attribution", "documents",
)  # fmt: skip


def by_theme(reader: Reader) -> list[tuple[str, list[tuple[SavedQuery, str]]]]:
    """The questions by theme, each with its address."""
    queries = reader.graph.queries.values()
    found = {query.theme for query in queries}
    order = [*(each for each in THEMES if each in found), *sorted(found - set(THEMES))]
    return [
        (theme, [(query, f"/question/{query.name}") for query in queries if query.theme == theme])
        for theme in order
    ]


def questions_page(reader: Reader) -> Page:
    """All saved questions by theme."""
    return Page(
        template="questions.html",
        title="Questions",
        path="/questions",
        section="Questions",
        about="What can be asked of this graph.",
        data={
            "themes": by_theme(reader),
            "number": len(reader.graph.queries),
            "answerable": {
                name for name, query in reader.graph.queries.items() if can_be_answered(reader, query)
            },
        },
    )


def find_question(reader: Reader, name: str) -> SavedQuery:
    """The saved question *name*.

    Raises:
        NotFoundError: there is none; the nearest are named.
    """
    known = reader.graph.queries
    if name in known:
        return known[name]
    near = {known[each].example(): f"/question/{each}" for each in nearest(name, known, limit=5)}
    raise NotFoundError(f"there is no question '{name}'", near)


# ---------------------------------------------------------------- one question


def question_page(
    reader: Reader, name: str, given: Given, *, number: int = 1, is_near_wanted: bool = False
) -> Page:
    """A question with its form and, where all that it needs is given, its answer.

    A value that does not fit is told beside its field (status 422).

    Raises:
        NotFoundError: there is no such question.
        QueryError: it cannot be answered.
    """
    query = find_question(reader, name)
    page = Page(
        template="question.html",
        title=query.question,
        path=f"/question/{name}",
        section="Questions",
        about=query.description,
    )
    needs = [param.name for param in query.params if param.default is None and not given.of(param.name)]
    problem, data = "", _unanswered(query)
    if not needs:
        try:
            data = answer_data(reader, query, given, number=number, is_near_wanted=is_near_wanted)
        except ParameterError as error:
            problem = str(error)
    unknown = [each for each in given.values if query.param(each) is None]
    if unknown:
        problem = problem or f"this question has no parameter '{unknown[0]}'"
    return replace(
        page,
        title=slots(str(data["question"])),
        status=422 if problem else 200,
        data=data
        | {
            "query": query,
            "fields": (fields := read_fields(reader, query, given, problem)),
            "folded": [each for each in fields if is_folded(query, each)],
            "problem": problem,
            "needs": needs,
            "example": _example(reader, query),
            "address": answer_address(reader, query, given),
        },
    )


def _unanswered(query: SavedQuery) -> dict[str, Any]:
    named = {param.name: f"{{{param.name}}}" for param in query.params if param.default is None}
    return {"question": query.asked(named), "grid": None}


def answer_data(
    reader: Reader, query: SavedQuery, given: Given, *, number: int = 1, is_near_wanted: bool = False
) -> dict[str, Any]:
    """What a page shows of the answer to *query*.

    Raises:
        ParameterError: a value does not fit.
        QueryError: it took too long.
    """
    answered = _answered(reader, query, given)
    endings = IN_FILES if reader.is_static else tuple(DOWNLOADS)
    downloads = [(DOWNLOADS[each][2], answer_address(reader, query, given, each)) for each in endings]
    if query.statement:
        downloads.append(("Turtle of the statements", answer_address(reader, query, given, "ttl")))
    return {
        "query": query,
        "question": answered.question,
        "grid": grid(reader, answered.table, query.statement, number=number),
        "sparql": answered.shown,
        "near": _near(reader, query, answered, is_wanted=is_near_wanted),
        "can_be_near": bool(query.near) and not is_near_wanted,
        "downloads": downloads,
        "notes": described(answered.table.columns, dict(query.columns)),
        "citation": cite(reader, answered.question),
        "command": _command(reader, query, given),
        "chart": of_answer(reader, query.name, answered.table, given.values, answered.question),
    }


def _near(reader: Reader, query: SavedQuery, answered: Answer, *, is_wanted: bool) -> Grid | None:
    """What the answer just leaves out: where it is asked for, or has few rows itself."""
    if not query.near or not (is_wanted or len(answered.table) <= _FEW):
        return None
    found = near_misses(
        query,
        answered.bound,
        answered.table,
        reader.graph.store,
        reader.labels.names,
        timeout=reader.graph.timeout,
    )
    return grid(reader, Table(found.columns, found.rows[:_NEAREST]), query.statement) if len(found) else None


def without_header(text: str) -> str:
    r"""The text of a saved question without the lines that describe it.

    >>> without_header("#+ question: Who?\nSELECT * { ?s ?p ?o }")
    'SELECT * { ?s ?p ?o }'
    """
    return "\n".join(line for line in text.splitlines() if not line.startswith(MARK))


def cite(reader: Reader, question: str) -> str:
    """How to cite one answer, in one line."""
    state = f", state of the data {reader.snapshot}" if reader.snapshot else ""
    return f"“{question}” In: {reader.corpus.title}, knowledge graph made with Standpoint {VERSION}{state}."


def _command(reader: Reader, query: SavedQuery, given: Given) -> str:
    """The command that gives the citation in full, for who has the graph."""
    words = [
        word
        for param in query.params
        for value in _short(reader, param, given.of(param.name))
        for word in (f"--{param.name}", value)
    ]
    return shlex.join(["kg", "cite", query.name, *words])


def answer_address(reader: Reader, query: SavedQuery, given: Given, ending: str = "") -> str:
    """The permanent address of an answer, as a page or in the form of *ending*.

    Entities are named by their slugs, parameters stand in the order of the question.
    """
    pairs = [
        (param.name, value) for param in query.params for value in _short(reader, param, given.of(param.name))
    ]
    path = f"/question/{query.name}" + (f".{ending}" if ending else "")
    return path + (f"?{urlencode(pairs)}" if pairs else "")


def _short(reader: Reader, param: Parameter, values: Sequence[str]) -> list[str]:
    """*values* by their slugs where they name something."""
    found = []
    for value in values:
        try:
            found.append(
                reader.labels.resolve(value, param.type).entity.slug if param.type not in LITERALS else value
            )
        except ParameterError:
            found.append(value)
    return found


def _example(reader: Reader, query: SavedQuery) -> str:
    values = example_values(reader, query)
    return f"/question/{query.name}?{urlencode(values, doseq=True)}" if values else ""


# ---------------------------------------------------------------- its answer for other tools


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: how it was asked, its SPARQL text, its rows."""

    question: str
    sparql: str
    table: Table
    bound: Mapping[str, Bound]

    @property
    def shown(self) -> str:
        """Its SPARQL text without the header that describes the question."""
        return without_header(self.sparql)


def _answered(reader: Reader, query: SavedQuery, given: Given) -> Answer:
    """Answer *query*; who downloads what a page has shown is answered from memory.

    Raises:
        ParameterError: a value is missing or does not fit.
        QueryError: it took too long.
    """
    bound = resolve(query, given.values, reader.labels)
    text = bind(query, bound)
    called = {name: ", ".join(reader.name(str(term)) for term in bound[name]) for name in given.values}
    return Answer(query.asked(called), text, _rows(reader.graph, text), bound)


@lru_cache(maxsize=4)
def _rows(graph: Graph, text: str) -> Table:
    return graph.store.select(text, timeout=graph.timeout)


def download(reader: Reader, name: str, ending: str, given: Given) -> tuple[str, str]:
    """The answer as text in the form of *ending*, and its media type.

    Raises:
        NotFoundError: there is no such question or form.
        ParameterError: a value is missing or does not fit.
    """
    query = find_question(reader, name)
    if ending == "ttl" and query.statement:
        statements = {
            iri
            for cell in _answered(reader, query, given).table.column(query.statement)
            for iri in (str(cell).split() if isinstance(cell, Literal | Iri) else [])
        }
        triples = describe_all(reader, sorted(statements))
        return "".join(export_triples(triples, prefixes=reader.graph.prefixes)), "text/turtle; charset=utf-8"
    if ending == "rq":
        bound = resolve(query, given.values, reader.labels)
        return bind(query, bound), "application/sparql-query; charset=utf-8"
    if ending not in DOWNLOADS:
        raise NotFoundError(
            f"answers are not to be had as '.{ending}'", {"the answer as a page": f"/question/{name}"}
        )
    form, media, _ = DOWNLOADS[ending]
    answered = _answered(reader, query, given)
    try:
        return write(answered.table, form, view=reader.graph.view(title=answered.question)), media
    except QueryError as error:
        raise NotFoundError(str(error)) from error
