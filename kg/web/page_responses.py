"""Pages as HTTP responses: what a request is answered from, errors as pages, content negotiation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, TypeAlias, cast
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.errors import KgError, ParameterError, StoreError
from kg.web.negotiation import best, has_tag
from kg.web.page_descriptions import FORMS, describe
from kg.web.page_entries import NotFoundError
from kg.web.page_memory import Memory
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page, render
from kg.web.pool import BusyError
from kg.web.problems import status_of

Handler: TypeAlias = Callable[[Request], Response]

_HTML: Final = "text/html"
_MEDIA: Final = f"{_HTML}; charset=utf-8"
_OFFERS: Final = {"html": (_HTML,)} | {ending: (media,) for ending, (_, media) in FORMS.items()}


def reader_of(request: Request) -> Reader:
    """What the pages of this request are made from.

    Raises:
        StoreError: the graph cannot be had.
    """
    state = request.app.state
    # The name first: should the data change in between, what is kept under an old name is never asked for.
    snapshot = state.snapshot()
    return Reader(state.graph(), snapshot, getattr(state, "texts", None))


def kept(request: Request, reader: Reader, make: Callable[[], Page | Response]) -> Response:
    """The page as it was made before, or else as *make* makes it; what is no page is not kept."""
    memory = _memory(request)
    key = (reader.snapshot, request.url.path, request.url.query)
    text = memory.find(key)
    if text is None:
        made = make()
        if isinstance(made, Response):
            return made
        text = render(made, reader)
        if made.status != 200:
            return cached(request, text, _MEDIA, reader, status=made.status)
        memory.keep(key, text)
    return cached(request, text, _MEDIA, reader)


def _memory(request: Request) -> Memory:
    state = request.app.state
    if not hasattr(state, "pages"):
        state.pages = Memory()
    return cast("Memory", state.pages)


def cached(
    request: Request, text: str, media: str, reader: Reader, *, status: int = 200, filename: str = ""
) -> Response:
    """A response with an ETag; 304 where the client has the same already."""
    seed = "\n".join((reader.snapshot, media, text))
    tag = f'"{sha256(seed.encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if status == 200 and has_tag(request.headers.get("if-none-match", ""), tag):
        # The type goes with it: what guards the answer tells pages by it, and a browser replaces the headers
        # of its copy, the security policy among them, by those of this answer (RFC 9111, 3.2).
        return Response(status_code=304, headers=headers | {"Content-Type": media})
    if filename:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return Response(text, status_code=status, headers=headers, media_type=media)


def handled(make: Callable[[Request, Reader], Response]) -> Handler:
    """A handler that answers the errors that are raised on purpose with a page."""

    def handle(request: Request) -> Response:
        try:
            return make(request, reader_of(request))
        except KgError as error:
            return error_response(request, error)

    return handle


def paged(make: Callable[[Request, Reader], Page | Response]) -> Handler:
    """A handler that makes a page, or shows it as it was made before."""
    return handled(lambda request, reader: kept(request, reader, lambda: make(request, reader)))


# ---------------------------------------------------------------- errors


def error_response(request: Request, error: KgError) -> Response:
    """A page that says what is wrong, and what would help."""
    near = error.near if isinstance(error, NotFoundError) else {}
    return error_page(request, _status(error), str(error), near=near, headers=_retry(error))


def _status(error: KgError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 422 if isinstance(error, ParameterError) else status_of(error)


def _retry(error: KgError) -> dict[str, str]:
    """When to come again, where somebody else is being served."""
    if isinstance(error, BusyError):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "5"} if isinstance(error, StoreError) else {}


_TITLES: Final = {
    400: "This cannot be answered",
    404: "There is no such page",
    405: "This is not done here",
    422: "A value does not fit",
    406: "There is no such form of it",
    503: "Too busy just now",
    504: "This takes too long",
}


def error_page(
    request: Request,
    status: int,
    message: str = "",
    *,
    near: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error in the look of the pages; in plain text where the graph itself cannot be read."""
    title = _TITLES.get(status, "Something went wrong")
    data = {"message": message, "near": near or {}, "title": title}
    page = Page(template="error.html", title=title, path=request.url.path, status=status, data=data)
    try:
        text, media = render(page, reader_of(request)), f"{_HTML}; charset=utf-8"
    except KgError:  # not even the name of the corpus can be read
        text, media = f"{title}: {message}\n", "text/plain; charset=utf-8"
    return Response(text, status_code=status, media_type=media, headers=headers)


# ---------------------------------------------------------------- forms of one thing


def thing(kind: str, make: Callable[..., Page], *, options: Mapping[str, str] | None = None) -> Handler:
    """A handler for the things of one kind: HTML or RDF, by the ending of the path or by negotiation.

    *options* are parameters of the address that the page takes: name to the keyword of *make*.
    """

    def handle(request: Request, reader: Reader) -> Response:
        slug = request.path_params["slug"]
        stem, dot, ending = slug.rpartition(".")
        if dot and ending in FORMS:
            return description(request, reader, reader.iri(kind, stem), ending)
        form = best(request.headers.get("accept", ""), _OFFERS)
        if not form:
            media = ", ".join(each[0] for each in _OFFERS.values())
            return error_page(request, 406, f"this is to be had as {media}")
        if form in FORMS:
            return description(request, reader, reader.iri(kind, slug), form)
        asked = {keyword: request.query_params.get(name, "") for name, keyword in (options or {}).items()}
        response = kept(request, reader, lambda: make(reader, slug, **asked))
        response.headers["Link"] = ", ".join(
            f'</{kind}/{quote(slug)}.{ending}>; rel="alternate"; type="{media}"'
            for ending, (_, media) in FORMS.items()
        )
        return response

    return handled(handle)


def description(request: Request, reader: Reader, iri: str, ending: str) -> Response:
    """The description of *iri* as RDF."""
    media = FORMS[ending][1]
    charset = "; charset=utf-8" if media == "text/turtle" else ""
    return cached(request, describe(reader, iri, ending), media + charset, reader)


def see_other(address: str) -> Response:
    """Lead to where something has its page (303, which keeps what is asked for apart from its page)."""
    return RedirectResponse(address, status_code=303, headers={"Vary": "Accept"})
