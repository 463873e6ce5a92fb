"""Charts over HTTP: ``/matrix.svg``, ``/matrix.png`` and the like for timeline, network and bars.

They take the parameters of the pages ``/matrix`` and so on (`kg.charts.kinds.from_words`), besides them
*width* (px, 320 to 2000) and for pictures *scale* (1 to 4). A page shows a chart with `draw`, whose links
lead to pages.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.charts.addresses import to_pages
from kg.charts.kinds import KINDS, Chart, from_words, make, svg
from kg.charts.pictures import png, standalone, style_hash
from kg.errors import KgError, ParameterError
from kg.terms import PREFIXES
from kg.web.negotiation import has_tag
from kg.web.problems import RefusedError, response

if TYPE_CHECKING:
    from kg.graph import Graph

WIDTH: Final = 960
_WIDTHS: Final = (320, 2000)
_SCALES: Final = (1, 4)
_AT_WORK: Final = BoundedSemaphore(2)
_PATIENCE: Final = 5.0
_MEDIA: Final = {"svg": "image/svg+xml", "png": "image/png"}


def routes() -> list[Route]:
    """A route for each kind of chart and form."""
    return [
        Route(f"/{kind}.{form}", partial(_answer, kind=kind, form=form), name=f"{kind}.{form}")
        for kind in KINDS
        for form in _MEDIA
    ]


def draw(chart: Chart, graph: Graph, *, site: str = "", room: float = WIDTH, name: str = "") -> str:
    """*chart* of *graph* as an SVG element whose links lead to the pages at *site*, to stand in a page."""
    return svg(chart, href=to_pages(_base(graph), site=site), room=room, name=name)


def _base(graph: Graph) -> str:
    """The base of the one corpus in the graph; empty if there are several."""
    actor = graph.prefixes.get("actor", "")
    return actor.removesuffix("actor/") if actor and "actor" not in PREFIXES else ""


def _answer(request: Request, *, kind: str, form: str) -> Response:
    try:
        fields = request.query_params.multi_items()
        own = {"width": WIDTH, "scale": 2} if form == "png" else {"width": WIDTH}
        sizes = own | {name: _size(name, value) for name, value in fields if name in own and value}
        scope, options = from_words(kind, [field for field in fields if field[0] not in own])
        graph = request.app.state.graph()
        chart = make(kind, graph, scope, **options)
        # Links of a file that somebody keeps must say where it came from.
        site = str(request.base_url).rstrip("/")
        text = draw(chart, graph, site=site, room=sizes["width"])
        tag = _tag(request, form, sizes, text)
        headers = {
            "ETag": tag,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": f"default-src 'none'; style-src {style_hash()}",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'inline; filename="{kind}.{form}"',
        }
        if has_tag(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        body = _picture(text, sizes["scale"]) if form == "png" else standalone(text).encode()
        return Response(body, media_type=_MEDIA[form], headers=headers)
    except KgError as error:
        status, pairs, body = response(error, request.headers.get("accept", ""))
        told = Response(body, status_code=status)
        told.raw_headers = pairs
        return told


def _picture(text: str, scale: int) -> bytes:
    """A picture, unless too many others are being drawn: one may keep a processor busy for seconds."""
    if not _AT_WORK.acquire(timeout=_PATIENCE):
        raise RefusedError(
            503,
            "too many pictures are being drawn; try again in a few seconds, or take the SVG",
            headers=[("Retry-After", "5")],
        )
    try:
        return png(text, scale=scale)
    finally:
        _AT_WORK.release()


def _size(name: str, value: str) -> int:
    least, most = _WIDTHS if name == "width" else _SCALES
    if not value.isascii() or not value.isdigit() or not least <= int(value[:6]) <= most:
        raise ParameterError(f"{name}: '{value[:20]}' is no whole number from {least} to {most}")
    return int(value)


def _tag(request: Request, form: str, sizes: dict[str, int], text: str) -> str:
    seed = f"{request.app.state.snapshot()}\n{form}\n{sorted(sizes.items())}\n{text}"
    return f'"{sha256(seed.encode()).hexdigest()[:24]}"'
