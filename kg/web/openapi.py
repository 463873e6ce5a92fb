"""The API of the saved questions as an OpenAPI 3.1 document, made from their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from kg.headers import ANY, LITERALS, Parameter, SavedQuery
from kg.labels import CLASSES, Labels
from kg.version import VERSION

Json: TypeAlias = dict[str, Any]

ROOT: Final = "/api/v1"
MOST_ROWS: Final = 10_000
"""How many rows a page of an answer may have."""
FEW_ROWS: Final = 100
"""How many rows a page has if nobody says."""

ANSWERS: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "sparql-json": "application/sparql-results+json",
}
"""The forms of an answer and their media types."""

_LITERALS: Final[dict[str, Json]] = {
    "xsd:integer": {"type": "integer"},
    "xsd:decimal": {"type": "number"},
    "xsd:boolean": {"type": "boolean"},
    "xsd:string": {"type": "string"},
    "xsd:date": {"type": "string", "format": "date"},
}
_DEFAULTS: Final[Mapping[str, Callable[[str], object]]] = {
    "xsd:integer": int,
    "xsd:decimal": float,
    "xsd:boolean": lambda text: text == "true",
}
_DAY_OR_LESS: Final = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}

COMMON: Final[tuple[Json, ...]] = (
    {
        "name": "limit",
        "in": "query",
        "description": "how many rows to give",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": FEW_ROWS},
    },
    {
        "name": "offset",
        "in": "query",
        "description": "how many rows to pass over",
        "schema": {"type": "integer", "minimum": 0, "default": 0},
    },
    {
        "name": "snapshot",
        "in": "query",
        "description": "the snapshot that earlier pages are of; 409 if the data is another by now",
        "schema": {"type": "string"},
    },
    {
        "name": "evidence",
        "in": "query",
        "description": "add document, date, attribution, gist, modality, passage and link to every row",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "format",
        "in": "query",
        "description": "the form of the answer, instead of the header Accept",
        "schema": {"type": "string", "enum": list(ANSWERS)},
    },
)
"""What every question takes besides its own parameters."""


def document(queries: Iterable[SavedQuery], labels: Labels, *, title: str) -> Json:
    """The description of the API over these questions, for a graph with these names."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title}: saved questions",
            "version": VERSION,
            "summary": "Who wants or rejects what, on which conditions, since when, and who says so.",
        },
        "servers": [{"url": ROOT}],
        "paths": {
            "/questions": _listing("list_questions", "The saved questions", "Questions"),
            **{f"/questions/{query.name}": {"get": _operation(query, labels)} for query in queries},
            "/ask": {"get": _ask()},
            "/entities": {"get": _entities()},
        },
        "components": {"schemas": _SCHEMAS, "responses": _RESPONSES},
    }


def _listing(name: str, summary: str, schema: str) -> Json:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "responses": {"200": _content("all of them", schema), **_errors("503")},
        }
    }


def _operation(query: SavedQuery, labels: Labels) -> Json:
    return {
        "operationId": query.name.replace("-", "_"),
        "summary": query.example() if not query.params else query.question,
        "description": query.description,
        "tags": [query.theme],
        "parameters": [*(parameter(param, labels) for param in query.params), *COMMON],
        "responses": {
            "200": {
                "description": "rows of the answer, in its order",
                "headers": {
                    "ETag": {"description": "of this page of this snapshot", "schema": {"type": "string"}},
                    "Link": {"description": "the next page, if there is one", "schema": {"type": "string"}},
                },
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Answer"}},
                    **{
                        media: {"schema": {"type": "string"}}
                        for form, media in ANSWERS.items()
                        if form != "json"
                    },
                },
            },
            "304": {"description": "the client has this already"},
            **_errors("400", "406", "409", "503", "504"),
        },
    }


def parameter(param: Parameter, labels: Labels) -> Json:
    """One parameter of a question as OpenAPI has it."""
    one = _schema(param, labels)
    many = param.many
    return {
        "name": param.name,
        "in": "query",
        "description": param.about,
        "required": param.default is None,
        "schema": {"type": "array", "items": one, "minItems": 1} if many else one,
        "example": list(param.example) if many else param.example[0],
        **({"style": "form", "explode": True} if many else {}),
    }


def _schema(param: Parameter, labels: Labels) -> Json:
    if param.type in LITERALS:
        found = dict(_DAY_OR_LESS if param.edge else _LITERALS[param.type])
    elif param.type in CLASSES:
        found = {"type": "string", "description": f"slug, label, alias or IRI of {param.type}"}
    else:  # the words of a vocabulary are few, and the same in every corpus
        words = [entity.slug for entity in labels.of(param.type)]
        found = {"type": "string", "enum": [*words, ANY] if param.can_be_any else words}
    if param.default is not None and not param.many:
        found["default"] = _DEFAULTS.get(param.type, str)(param.default[0])
    return found


def _ask() -> Json:
    return {
        "operationId": "ask",
        "summary": "Answer a question put in words",
        "parameters": [
            {
                "name": "q",
                "in": "query",
                "required": True,
                "description": "a question in English",
                "schema": {"type": "string", "maxLength": 2000},
                "example": "Who proposes EU membership as a guarantee?",
            },
            *COMMON,
        ],
        "responses": {"200": _content("the answer", "Answer"), **_errors("400", "406", "409", "503", "504")},
    }


def _entities() -> Json:
    types = [*CLASSES]
    return {
        "operationId": "find_entities",
        "summary": "What a name may stand for",
        "parameters": [
            {
                "name": "type",
                "in": "query",
                "required": True,
                "description": "a class of the ontology, or the name of a vocabulary",
                "schema": {"type": "string", "examples": types},
            },
            {
                "name": "q",
                "in": "query",
                "description": "a slug, a label, an alias, or a part of one; all of the type if left out",
                "schema": {"type": "string", "default": "", "maxLength": 200},
            },
        ],
        "responses": {"200": _content("what fits best", "Entities"), **_errors("400", "503")},
    }


def _content(description: str, schema: str) -> Json:
    reference = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"description": description, "content": {"application/json": reference}}


def _errors(*statuses: str) -> Json:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _object(required: Json, **optional: Any) -> Json:
    return {"type": "object", "required": list(required), "properties": required | optional}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


_TEXT: Final[Json] = {"type": "string"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}

_SCHEMAS: Final[Json] = {
    "Answer": _object(
        {
            "question": _TEXT | {"description": "the question as it was understood"},
            "name": _TEXT,
            "parameters": {"type": "object", "additionalProperties": _array(_TEXT)},
            "snapshot": _TEXT,
            "total": _COUNT | {"description": "how many rows the whole answer has"},
            "offset": _COUNT,
            "columns": _array(_TEXT),
            "rows": _array({"type": "object"}),
            "labels": {
                "type": "object",
                "description": "what the IRIs in the rows are called",
                "additionalProperties": _TEXT,
            },
        },
        next=_TEXT | {"format": "uri-reference"},
        previous=_TEXT | {"format": "uri-reference"},
    ),
    "Question": _object(
        {
            "name": _TEXT,
            "question": _TEXT,
            "description": _TEXT,
            "theme": _TEXT,
            "parameters": _array({"type": "object"}),
            "has_evidence": {"type": "boolean"},
            "href": _TEXT | {"format": "uri-reference"},
        }
    ),
    "Questions": _object({"questions": _array({"$ref": "#/components/schemas/Question"})}),
    "Entity": _object(
        {"iri": _TEXT | {"format": "uri"}, "slug": _TEXT, "label": _TEXT, "also": _array(_TEXT)}
    ),
    "Entities": _object({"entities": _array({"$ref": "#/components/schemas/Entity"})}),
    "Problem": _object({"title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT}, instance=_TEXT),
}

_MEANINGS: Final = {
    "400": "a parameter is missing, unknown or does not fit; the detail says what would help",
    "406": "there is no such form of the answer",
    "409": "the data has changed since the first page; begin again",
    "503": "too busy just now; Retry-After says when to come back",
    "504": "the query ran too long and was ended",
}
_RESPONSES: Final[Json] = {
    status: {
        "description": meaning,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, meaning in _MEANINGS.items()
}
