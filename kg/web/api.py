"""The saved questions over HTTP for programs: typed parameters, pages of rows, problem+json errors.

A page is a slice of the whole ordered answer on one snapshot. The link to the next page
names the snapshot, so that no row is missed or given twice: when the data has changed in
between, the client is told to begin again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.errors import KgError, ParameterError
from kg.graph import Answered, Graph
from kg.headers import Parameter, SavedQuery
from kg.labels import TYPES, Entity, Labels
from kg.tables import Table, write
from kg.terms import PREFIXES, Iri
from kg.web import negotiation, openapi, problems
from kg.web.openapi import ANSWERS, FEW_ROWS, MOST_ROWS, ROOT
from kg.web.problems import RefusedError
from kg.words import suggest

_OWN: Final = frozenset(each["name"] for each in openapi.COMMON)
_TITLE: Final = (
    f"SELECT DISTINCT ?title {{ ?corpus a <{PREFIXES['st']}Corpus> ; "
    f"<{PREFIXES['dcterms']}title> ?title }} ORDER BY ?title LIMIT 1"
)
_LONGEST: Final = 2000  # characters of a sentence


def routes() -> list[BaseRoute]:
    """Where the API answers."""
    return [
        Route(ROOT, _handled(_index)),
        Route(f"{ROOT}/", _handled(_index)),
        Route(f"{ROOT}/openapi.json", _handled(_openapi)),
        Route(f"{ROOT}/questions", _handled(_questions)),
        Route(f"{ROOT}/questions/{{name}}", _handled(_question)),
        Route(f"{ROOT}/ask", _handled(_ask)),
        Route(f"{ROOT}/entities", _handled(_entities)),
        Route(f"{ROOT}/{{rest:path}}", _handled(_nothing)),
    ]


class _Call:
    """A request to the API, and the graph that it is answered from."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.snapshot: str = request.app.state.snapshot()
        self.graph: Graph = request.app.state.graph()
        self.values: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            self.values.setdefault(name, []).append(value)

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number of the query string.

        Raises:
            ParameterError: it is none, or out of bounds.
        """
        text = self.one(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 12 or not least <= int(text) <= most:
            raise ParameterError(f"{name}: '{text[:20]}' is no whole number from {least} to {most:,}")
        return int(text)

    def one(self, name: str) -> str | None:
        """The one value of the query string with this name, None if there is none.

        Raises:
            ParameterError: there are several.
        """
        found = self.values.get(name, [])
        if len(found) > 1:
            raise ParameterError(f"{name}: it takes one value, not {len(found)}")
        return found[0] if found else None

    def only(self, *names: str) -> None:
        """See that nothing else is asked for.

        Raises:
            ParameterError: there is something else, probably misspelt.
        """
        for name in self.values:
            if name not in names:
                help_ = suggest(name, names) or f"it takes {', '.join(names) or 'nothing'}"
                raise ParameterError(f"there is no parameter '{name[:40]}' here; {help_}")


def _handled(make: Callable[[_Call], Response]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            return await run_in_threadpool(lambda: make(_Call(request)))
        except KgError as error:
            status, headers, body = problems.response(error, "application/problem+json")
            return Response(body, status, {name.decode(): value.decode("latin-1") for name, value in headers})

    return handle


# ---------------------------------------------------------------- answers


def _question(call: _Call) -> Response:
    query = call.graph.queries.get(call.request.path_params["name"])
    if query is None:
        name = call.request.path_params["name"][:80]
        help_ = suggest(name, call.graph.queries) or f"{ROOT}/questions lists them"
        raise RefusedError(404, f"there is no saved question '{name}'; {help_}")
    names = [param.name for param in query.params]
    call.only(*names, *_OWN)
    given = {name: call.values[name] for name in names if name in call.values}
    return _page(call, lambda: call.graph.query(query.name, **given), given)


def _ask(call: _Call) -> Response:
    call.only("q", *_OWN)
    sentence = call.one("q")
    if not sentence or len(sentence) > _LONGEST:
        raise ParameterError(f"q: give a question of at most {_LONGEST:,} characters")
    return _page(call, lambda: call.graph.ask(sentence), {})


def _page(call: _Call, answer: Callable[[], Answered], given: Mapping[str, list[str]]) -> Response:
    limit = call.number("limit", FEW_ROWS, least=1, most=MOST_ROWS)
    offset = call.number("offset", 0, least=0, most=10**9)
    wants_evidence = _truth(call.one("evidence"))
    form = _form(call)
    if (pinned := call.one("snapshot")) and pinned != call.snapshot:
        raise RefusedError(
            409, "the data has changed since the first page was given; begin again without 'snapshot'"
        )
    tag = _tag(call, form)
    if _has(call.request, tag):
        return Response(status_code=304, headers=_headers(tag))
    answered = answer()
    rows = answered.table.rows[offset : offset + limit]
    part = Answered(
        query=answered.query,
        question=answered.question,
        sparql=answered.sparql,
        table=Table(answered.table.columns, rows),
        understood=answered.understood,
    )
    table = call.graph.evidence(part) if wants_evidence else part.table
    around = _around(call, offset, limit, len(answered))
    headers = _headers(tag, **around) | {"X-Total-Count": str(len(answered))}
    if form != "json":
        return Response(write(table, form), headers=headers, media_type=ANSWERS[form])
    body = {
        "question": answered.question,
        "name": answered.query.name,
        "parameters": {**given} or {each.param: list(each.values) for each in answered.understood},
        "snapshot": call.snapshot,
        "total": len(answered),
        "offset": offset,
        "columns": list(table.columns),
        "rows": table.records(),
        "labels": _labels(table, call.graph.labels),
        **around,
    }
    return _json(body, headers)


def _truth(text: str | None) -> bool:
    if text not in (None, "true", "false"):
        raise ParameterError("evidence: it is true or false")
    return text == "true"


def _form(call: _Call) -> str:
    named = call.one("format")
    if named is not None:
        if named not in ANSWERS:
            raise ParameterError(f"format: '{named[:20]}' is none of {', '.join(ANSWERS)}")
        return named
    accept = call.request.headers.get("accept", "")
    form = negotiation.best(accept, {name: (media,) for name, media in ANSWERS.items()})
    if not form:
        raise RefusedError(406, f"an answer can be had as {', '.join(ANSWERS.values())}")
    return form


def _around(call: _Call, offset: int, limit: int, total: int) -> dict[str, str]:
    """The addresses of the pages before and after this one, by relation."""
    found = {}
    if offset + limit < total:
        found["next"] = _address(call, offset + limit)
    if offset:
        found["previous"] = _address(call, max(0, offset - limit))
    return found


def _address(call: _Call, offset: int) -> str:
    kept = [(name, each) for name, some in call.values.items() for each in some]
    rest = [(name, value) for name, value in kept if name not in ("offset", "snapshot")]
    return f"{call.request.url.path}?{urlencode([*rest, ('offset', offset), ('snapshot', call.snapshot)])}"


def _labels(table: Table, labels: Labels) -> dict[str, str]:
    names = labels.names
    iris = {term.value for row in table.rows for term in row if isinstance(term, Iri)}
    return {iri: names[iri] for iri in sorted(iris) if iri in names}


# ---------------------------------------------------------------- what there is


def _index(call: _Call) -> Response:
    call.only()
    links = {name: f"{ROOT}/{name}" for name in ("openapi.json", "questions", "ask", "entities")}
    return _json({"title": _title(call.graph), "snapshot": call.snapshot, "links": links}, {})


def _openapi(call: _Call) -> Response:
    call.only()
    tag = _tag(call, "openapi")
    if _has(call.request, tag):
        return Response(status_code=304, headers=_headers(tag))
    found = openapi.document(call.graph.queries.values(), call.graph.labels, title=_title(call.graph))
    return _json(found, _headers(tag))


def _questions(call: _Call) -> Response:
    call.only()
    return _json({"questions": [_described(query) for query in call.graph.queries.values()]}, {})


def _described(query: SavedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "question": query.question,
        "description": query.description,
        "theme": query.theme,
        "parameters": [_parameter(param) for param in query.params],
        "columns": dict(query.columns),
        "has_evidence": bool(query.statement),
        "href": f"{ROOT}/questions/{query.name}",
    }


def _parameter(param: Parameter) -> dict[str, Any]:
    return {
        "name": param.name,
        "type": param.type,
        "about": param.about,
        "required": param.default is None,
        "default": list(param.default) if param.default is not None else None,
        "many": param.many,
        "example": list(param.example),
    }


def _entities(call: _Call) -> Response:
    call.only("type", "q")
    type_, wanted = call.one("type") or "", call.one("q") or ""
    if type_ not in TYPES:
        raise ParameterError(f"type: '{type_[:40]}' is none of {', '.join(TYPES)}")
    if len(wanted) > 200:
        raise ParameterError("q: give at most 200 characters")
    labels = call.graph.labels
    found = [each.entity for each in labels.search(wanted, type_)] if wanted.strip() else labels.of(type_)
    return _json({"entities": [_entity(each) for each in found]}, {})


def _entity(entity: Entity) -> dict[str, Any]:
    return {"iri": entity.iri, "slug": entity.slug, "label": entity.label, "also": list(entity.also)}


def _nothing(call: _Call) -> Response:
    raise RefusedError(404, f"nothing is at this address; {ROOT}/openapi.json says what there is")


def _title(graph: Graph) -> str:
    table = graph.store.select_here(_TITLE)
    return str(table.rows[0][0]) if table.rows else "Standpoint"


# ---------------------------------------------------------------- responses


def _tag(call: _Call, form: str) -> str:
    asked = f"{call.snapshot}\n{call.request.url.path}?{call.request.url.query}\n{form}"
    return f'"{sha256(asked.encode()).hexdigest()[:24]}"'


def _has(request: Request, tag: str) -> bool:
    """Whether the client has what *tag* names."""
    return negotiation.has_tag(request.headers.get("if-none-match", ""), tag)


def _headers(tag: str, **links: str) -> dict[str, str]:
    found = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept", "Access-Control-Allow-Origin": "*"}
    relations = {"previous": "prev"}
    if links:
        found["Link"] = ", ".join(
            f'<{url}>; rel="{relations.get(name, name)}"' for name, url in links.items()
        )
    return found


def _json(body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, default=str)
    common = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return Response(text + "\n", headers={**common, **headers}, media_type="application/json")
