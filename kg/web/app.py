"""The server as an ASGI application: what is mounted where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from kg.graph import Graph
from kg.libraries import TextLibrary
from kg.web import api
from kg.web.generations import Generation
from kg.web.pool import Pool, PooledStore
from kg.web.settings import Settings


class Current:
    """The graph of the current snapshot, one object as long as the snapshot is the same."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._graph: tuple[Generation, Graph] | None = None

    def graph(self) -> Graph:
        """The graph of the current snapshot; for any thread."""
        found, generation = self._graph, self._pool.generation
        if found is None or found[0] is not generation:
            settings = self._pool.settings
            graph = Graph(PooledStore(self._pool, generation), settings.folders, timeout=settings.seconds)
            self._graph = found = (generation, graph)
        return found[1]

    def snapshot(self) -> str:
        """A name of the current snapshot, which changes with the data."""
        return self._pool.generation.name


def create_app(settings: Settings) -> Starlette:
    """Make the application; its workers start with it and end with it."""
    pool = Pool(settings)
    current = Current(pool)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        try:
            yield
        finally:
            await pool.close()

    app = Starlette(routes=_routes(), lifespan=lifespan)
    app.state.pool = pool
    app.state.graph = current.graph
    app.state.snapshot = current.snapshot
    app.state.texts = TextLibrary()
    return app


def _routes() -> list[BaseRoute]:
    own: list[BaseRoute] = [Route("/healthz", health)]
    return own + api.routes() + _pages()


def _pages() -> list[BaseRoute]:
    if find_spec("kg.web.pages") is None:
        return []
    return list(import_module("kg.web.pages").routes())


async def health(request: Request) -> Response:
    """Say that the server answers, and which snapshot."""
    return PlainTextResponse(f"ok {request.app.state.snapshot()}\n", headers={"Cache-Control": "no-store"})
