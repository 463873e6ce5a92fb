"""The pages: which address shows what.

`routes` is mounted after everything else that the server answers: its last route says that there
is no such page, or leads from the path of an entity's IRI to the entity's page.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from kg.web import charts
from kg.web.page_examples import completions
from kg.web.page_forms import Given
from kg.web.page_readers import PAGED, Reader
from kg.web.page_rendering import STATIC, Page
from kg.web.page_responses import cached, error_page, handled, paged, see_other, thing
from kg.web.pages_actors import actor_page, actors_page
from kg.web.pages_charts import ABOUT, chart_page
from kg.web.pages_documents import document_page, documents_page
from kg.web.pages_home import about_page, ask_page, home_page
from kg.web.pages_plans import plan_page, plans_page
from kg.web.pages_proposals import issue_page, issues_page, proposal_page, proposals_page
from kg.web.pages_questions import DOWNLOADS, download, question_page, questions_page
from kg.web.pages_sparql import sparql_page
from kg.web.pages_statements import coder_page, passage_page, statement_page

_PAGE = "_page"
_NEAR = "_near"
"""Which page of an answer is shown, and whether near misses are; no parameter of a question starts so."""


def routes() -> list[BaseRoute]:
    """All pages, to be mounted last."""
    return [
        *charts.routes(),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
        Route("/", paged(lambda _, reader: home_page(reader))),
        Route("/ask", paged(_ask)),
        Route("/about", paged(lambda _, reader: about_page(reader))),
        Route("/questions", paged(lambda _, reader: questions_page(reader))),
        Route("/question/{name}", paged(_question)),
        Route("/complete", handled(_complete)),
        Route("/actors", paged(lambda _, reader: actors_page(reader))),
        Route("/proposals", paged(lambda _, reader: proposals_page(reader))),
        Route("/issues", paged(lambda _, reader: issues_page(reader))),
        Route("/plans", paged(lambda _, reader: plans_page(reader))),
        Route("/documents", paged(lambda _, reader: documents_page(reader))),
        Route("/actor/{slug:path}", thing("actor", actor_page)),
        Route("/proposal/{slug:path}", thing("proposal", proposal_page)),
        Route("/issue/{slug:path}", thing("issue", issue_page)),
        Route("/plan/{slug:path}", thing("plan", plan_page, options={"beside": "other"})),
        Route("/document/{slug:path}", thing("document", document_page, options={"coder": "coder"})),
        Route("/coder/{slug:path}", thing("coder", coder_page)),
        Route("/passage/{slug:path}", thing("passage", passage_page)),
        *(
            Route(f"/{kind}/{{slug:path}}", thing(kind, _statement(kind)))
            for kind in ("position", "claim", "part")
        ),
        *(Route(f"/{kind}", paged(_chart(kind))) for kind in ABOUT),
        Route("/sparql", paged(_sparql)),
        Route("/{rest:path}", handled(_elsewhere)),
    ]


def _statement(kind: str) -> Callable[[Reader, str], Page]:
    return lambda reader, slug: statement_page(reader, kind, slug)


def _ask(request: Request, reader: Reader) -> Page:
    return ask_page(reader, request.query_params.get("q", ""), number=_number(request))


def _question(request: Request, reader: Reader) -> Page | Response:
    name, dot, ending = request.path_params["name"].partition(".")
    given = _given(request)
    if not dot:
        near = request.query_params.get(_NEAR) == "1"
        return question_page(reader, name, given, number=_number(request), is_near_wanted=near)
    text, media = download(reader, name, ending, given)
    return cached(request, text, media, reader, filename=f"{name}.{ending}" if ending in DOWNLOADS else "")


def _given(request: Request) -> Given:
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if value.strip() and not name.startswith("_"):
            values.setdefault(name, []).append(value.strip())
    return Given({name: tuple(some) for name, some in values.items()})


def _number(request: Request) -> int:
    text = request.query_params.get(_PAGE, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _chart(kind: str) -> Callable[[Request, Reader], Page]:
    return lambda request, reader: chart_page(reader, kind, request.query_params.multi_items())


def _complete(request: Request, reader: Reader) -> Response:
    asked = request.query_params
    return JSONResponse(completions(reader, asked.get("type", ""), asked.get("q", "")[:100]))


def _sparql(request: Request, reader: Reader) -> Page:
    return sparql_page(reader, shown=request.query_params.get("example", ""))


def _elsewhere(request: Request, reader: Reader) -> Response:
    """Lead from the path of an IRI to the page of what it names; else say that there is no such page."""
    base = unquote(urlsplit(reader.corpus.base).path)
    path = request.url.path
    rest = path.removeprefix(base) if base not in ("", "/") and path.startswith(base) else ""
    if rest.partition("/")[0] in PAGED:
        return see_other("/" + rest + (f"?{request.url.query}" if request.url.query else ""))
    return error_page(request, 404, f"nothing is to be found at {path}")
