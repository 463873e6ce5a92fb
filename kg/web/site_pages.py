"""Which files a static site has: the pages that are read, answers to every question, downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kg.charts.kinds import EVERYTHING, make, svg
from kg.charts.pictures import png, standalone
from kg.errors import KgError
from kg.web.page_descriptions import describe
from kg.web.page_drawings import WIDTH, leads
from kg.web.page_examples import example_values, sentences
from kg.web.page_forms import Given
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page
from kg.web.pages_actors import actor_page, actors_page
from kg.web.pages_charts import ABOUT, chart_page
from kg.web.pages_documents import document_page, documents_page
from kg.web.pages_home import about_page, home_page
from kg.web.pages_plans import plan_page, plans_page
from kg.web.pages_proposals import issue_page, issues_page, proposal_page, proposals_page
from kg.web.pages_questions import (
    IN_FILES,
    answer_address,
    download,
    question_page,
    questions_page,
)
from kg.web.pages_statements import coder_page, statement_page
from kg.web.site_links import is_file_name

ENTITIES: dict[str, tuple[str, Callable[..., Page]]] = {
    "actor": ("st:Actor", actor_page),
    "proposal": ("st:Proposal", proposal_page),
    "issue": ("st:Issue", issue_page),
    "plan": ("st:Plan", plan_page),
    "document": ("st:Document", document_page),
    "coder": ("st:Coder", coder_page),
}
_STATEMENTS = {"position": "Position", "claim": "Claim", "part": "PlanPart"}
_ENDINGS = ("ttl", "jsonld")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a site: its name, the addresses it stands for, and what makes its content."""

    name: str
    addresses: tuple[str, ...]
    make: Callable[[], Page | str | bytes]


def files(reader: Reader) -> Iterator[File]:
    """All files of the site of a graph except stylesheets."""
    for found in _every(reader):
        if is_file_name(found.name):
            yield found


def _every(reader: Reader) -> Iterator[File]:
    yield File("index.html", ("/",), lambda: home_page(reader))
    lists = (questions_page, actors_page, proposals_page, issues_page, plans_page, documents_page, about_page)
    for make_list in lists:
        name = make_list.__name__.removesuffix("_page")
        yield File(f"{name}.html", (f"/{name}",), _bound(make_list, reader))
    yield from _charts(reader)
    yield from _entities(reader)
    yield from _statements(reader)
    yield from _questions(reader)
    for form, ending in (("turtle", "ttl"), ("nquads", "nq")):
        yield File(f"graph.{ending}", (f"/graph.{ending}",), _bound(reader.graph.export, form))


def _bound(make_one: Callable[..., Page | str], *given: object) -> Callable[[], Page | str]:
    return lambda: make_one(*given)


def _charts(reader: Reader) -> Iterator[File]:
    for kind in ABOUT:
        yield File(f"{kind}.html", (f"/{kind}",), _bound(chart_page, reader, kind))

        def drawing(kind: str = kind) -> str:
            chart = make(kind, reader.graph, replace(EVERYTHING, layer=reader.corpus.layer))
            return svg(chart, href=leads(reader), room=WIDTH)

        yield File(f"{kind}.svg", (f"/{kind}.svg",), lambda drawing=drawing: standalone(drawing()))  # type: ignore[misc]
        if _can_draw_pictures():
            yield File(f"{kind}.png", (f"/{kind}.png",), lambda drawing=drawing: png(drawing()))  # type: ignore[misc]


def _can_draw_pictures() -> bool:
    """Whether there is what turns drawings into pictures; a site does without."""
    try:
        png('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>')
    except KgError:
        return False
    return True


def _entities(reader: Reader) -> Iterator[File]:
    for kind, (type_, make_page) in ENTITIES.items():
        for entity in reader.labels.of(type_):
            path = reader.path(entity.iri)
            if not path:
                continue
            yield File(f"{path[1:]}.html", (path,), _bound(make_page, reader, entity.slug))
            for ending in _ENDINGS:
                yield File(
                    f"{path[1:]}.{ending}",
                    (f"/{kind}/{entity.slug}.{ending}",),
                    _bound(describe, reader, entity.iri, ending),
                )


def _statements(reader: Reader) -> Iterator[File]:
    """The pages of the statements that other pages show: those of the main layer."""
    for kind, name in _STATEMENTS.items():
        rows = reader.rows(f"SELECT DISTINCT ?s {{ ?s a st:{name} ; {reader.in_layer} }} ORDER BY ?s")
        base = reader.iri(kind, "")
        for row in rows:
            path = reader.path(row["s"])
            if path:
                yield File(f"{path[1:]}.html", (path,), _statement(reader, kind, row["s"].removeprefix(base)))


def _statement(reader: Reader, kind: str, slug: str) -> Callable[[], Page]:
    # Their description is in that of the whole graph; a file for each would double the site.
    return lambda: replace(statement_page(reader, kind, slug), forms={})


# ---------------------------------------------------------------- questions


def asked(reader: Reader) -> list[tuple[str, Given]]:
    """The questions that the site answers: each with its example values, then those of the home page."""
    found = [
        (name, Given({key: tuple(values) for key, values in example_values(reader, query).items()}))
        for name, query in reader.graph.queries.items()
    ]
    for each in sentences(reader):
        given = Given({key: (value,) for key, value in each.values})
        if (each.name, given) not in found:
            found.append((each.name, given))
    return found


def _questions(reader: Reader) -> Iterator[File]:
    written: set[str] = set()
    for name, given in asked(reader):
        number = sum(each == name or each.startswith(f"{name}~") for each in written)
        stem = f"{name}~{number + 1}" if number else name
        written.add(stem)
        query = reader.graph.queries[name]
        address = answer_address(reader, query, given, "")
        own = (address,) if number else (f"/question/{name}", address)
        yield File(
            f"question/{stem}.html", tuple(dict.fromkeys(own)), _bound(question_page, reader, name, given)
        )
        if any(param.default is None and not given.of(param.name) for param in query.params):
            continue
        for ending in (*IN_FILES, *(["ttl"] if query.statement else [])):
            yield File(
                f"question/{stem}.{ending}",
                (answer_address(reader, query, given, ending),),
                _bound(lambda *some: download(*some)[0], reader, name, ending, given),
            )
