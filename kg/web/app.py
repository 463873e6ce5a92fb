"""The server as an ASGI application: what is mounted where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.frames import SHORT
from kg.libraries import TextLibrary
from kg.web import api
from kg.web.access_logs import AccessLog
from kg.web.caches import Answers
from kg.web.descriptions import Descriptions
from kg.web.graphs import Current
from kg.web.graphstore import GraphStore
from kg.web.guard import Guard
from kg.web.metrics import Metrics, memory
from kg.web.pool import Pool
from kg.web.protocol import Endpoint
from kg.web.settings import Settings
from kg.web.summaries import Summaries
from kg.web.updates import Writer


def create_app(settings: Settings, *, log: AccessLog | None = None) -> Starlette:
    """Make the application; its workers start with it and end with it. *log* takes a line a request."""
    pool = Pool(settings)
    current, metrics, answers = Current(pool), Metrics(), Answers(settings.cache)
    pool.on_switch.append(lambda _: answers.clear())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        try:
            yield
        finally:
            await pool.close()
            if log:
                log.flush()

    pages = _mounted("kg.web.pages")
    own = _own(pool, answers, metrics, _page(pages, "/sparql"))
    graphs = [Route(path, own["/data"]) for path in ("/data/{path:path}", "/graph/{path:path}")]
    app = Starlette(routes=[*graphs, Route("/healthz", health), *api.routes(), *pages], lifespan=lifespan)
    app.add_middleware(GZipMiddleware, minimum_size=SHORT, compresslevel=5)
    app.add_middleware(Direct, apps=own)
    app.add_middleware(Guard, settings=settings, metrics=metrics, log=log)
    app.state.pool = pool
    app.state.graph = current.graph
    app.state.snapshot = current.snapshot
    app.state.texts = TextLibrary()
    return app


@dataclass(frozen=True, slots=True)
class Direct:
    """A middleware that hands requests for single addresses straight to what answers them."""

    app: ASGIApp
    apps: Mapping[str, ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        own = self.apps.get(scope["path"]) if scope["type"] == "http" else None
        await (own or self.app)(scope, receive, send)


def _own(pool: Pool, answers: Answers, metrics: Metrics, page: ASGIApp | None) -> dict[str, ASGIApp]:
    """What answers at single addresses."""
    writer = Writer(pool)
    descriptions = Descriptions(Summaries(pool), pool.settings)
    endpoint = Endpoint(
        pool=pool,
        answers=answers,
        describe=descriptions.service,
        page=page,
        update=writer.update if pool.settings.is_writable else None,
    )
    return {
        "/sparql": endpoint,
        "/sparql/": endpoint,
        "/data": GraphStore(endpoint, writer),
        "/void": descriptions,
        "/.well-known/void": descriptions,
        "/metrics": Numbers(pool, answers, metrics),
    }


def _mounted(name: str) -> list[BaseRoute]:
    """The routes of a module that may not be there."""
    return list(import_module(name).routes()) if find_spec(name) else []


def _page(routes: list[BaseRoute], path: str) -> ASGIApp | None:
    """The page at *path* among *routes*, if there is one."""
    for route in routes:
        if isinstance(route, Route) and route.path == path:
            return route.app
    return None


async def health(request: Request) -> Response:
    """Say that the server answers, and from which snapshot."""
    return PlainTextResponse(f"ok {request.app.state.snapshot()}\n", headers={"Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True)
class Numbers:
    """The metrics as Prometheus reads them; an ASGI application."""

    pool: Pool
    answers: Answers
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a scrape."""
        text = "\n".join(self.metrics.lines(self._others())) + "\n"
        await PlainTextResponse(text, media_type="text/plain; version=0.0.4")(scope, receive, send)

    def _others(self) -> list[tuple[str, str, str, float]]:
        pool, counts = self.pool, self.pool.counts
        return [
            ("queries_total", "counter", "Queries that went to a worker or waited for one.", counts.queries),
            (
                "queries_busy_total",
                "counter",
                "Queries turned away since all workers were busy.",
                counts.busy,
            ),
            ("queries_ended_total", "counter", "Queries ended since they took too long.", counts.timeouts),
            ("queries_failed_total", "counter", "Queries malformed, refused or failed.", counts.errors),
            ("queries_running", "gauge", "Queries at work.", pool.running),
            ("queries_waiting", "gauge", "Queries waiting for a worker.", pool.waiting),
            ("answers_kept", "gauge", "Answers kept in memory.", len(self.answers)),
            ("answers_reused_total", "counter", "Queries answered from memory.", self.answers.hits),
            ("workers_started_total", "counter", "Worker processes started.", counts.started),
            ("snapshots_taken_up_total", "counter", "Snapshots taken up since the start.", counts.switches),
            ("memory_bytes", "gauge", "Memory in use by the front process.", memory()),
        ]
