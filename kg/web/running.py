"""The application in an HTTP server that ends when it is asked to, with nothing broken off."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Final, TextIO

import uvicorn

from kg.web.access_logs import AccessLog
from kg.web.app import create_app
from kg.web.connections import limited
from kg.web.settings import Settings

_GRACE: Final = 20
"""How many seconds requests at work are given when the server is asked to end."""


class Server(uvicorn.Server):
    """A server whose process ends well when it is asked to; uvicorn's dies of the signal once more."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT end the server."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def make_server(settings: Settings, *, log: TextIO | None = None) -> Server:
    """Make a server of the graph; give it the sockets to listen on. *log* is the access log."""
    connection = limited(seconds=settings.patience, head=settings.max_header, clients=settings.connections)
    config = uvicorn.Config(
        create_app(settings, log=AccessLog(log) if log else None),
        http=connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # the guard writes one
        proxy_headers=False,  # the address of clients is not believed from a header
        server_header=False,
        timeout_keep_alive=round(settings.patience),
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config)
