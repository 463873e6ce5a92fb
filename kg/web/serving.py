"""`kg serve`: options to settings, settings to a running server.

Only what the options need is imported here; the server is imported when it starts.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import stat
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from kg.errors import KgError
from kg.web.settings import PORT, Settings

if TYPE_CHECKING:
    from kg.web.running import Server

TOKEN: Final = "KG_TOKEN"  # noqa: S105 - the name of the variable, not the token
"""The environment variable that may hold the token of writers."""

_SHORTEST: Final = 16


class ServeError(KgError):
    """The server cannot start as it is told to."""


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `kg serve`."""
    defaults = Settings(store=Path())
    add = parser.add_argument
    add("--store", type=Path, default=Path("build/graph"), metavar="DIR",
        help="the built graph (default: build/graph)")  # fmt: skip
    add("--host", default=defaults.host, help=f"the address to listen on (default: {defaults.host})")
    add("--port", type=int, default=PORT, metavar="N", help=f"0 for any free one (default: {PORT})")
    add("--url", default="", metavar="URL", help="where clients find it, behind a reverse proxy")
    add("--allow-host", action="append", default=[], metavar="NAME",
        help="answer to this name, too (may be given again)")  # fmt: skip
    add("--workers", type=_number, default=defaults.workers, metavar="N",
        help="queries that run at once (default: one for each processor)")  # fmt: skip
    add("--timeout", type=_number, default=round(defaults.seconds), metavar="SECONDS",
        help=f"how long a query may run (default: {defaults.seconds:g})")  # fmt: skip
    add("--memory", type=_number, default=defaults.megabytes, metavar="MB",
        help=f"how much memory a query may use (default: {defaults.megabytes})")  # fmt: skip
    add("--max-result", type=_number, default=defaults.max_result >> 20, metavar="MB",
        help=f"how large an answer may be (default: {defaults.max_result >> 20})")  # fmt: skip
    add("--allow-service", action="append", default=[], metavar="URL",
        help="let SERVICE (and LOAD) reach this endpoint (may be given again)")  # fmt: skip
    add("--writable", action="store_true", help="let who has the token write")
    add("--token-file", type=Path, metavar="FILE", help=f"where the token stands (default: in {TOKEN})")
    add("--access-log", default="-", metavar="FILE",
        help="where to write a line for each request; '' for nowhere (default: standard error)")  # fmt: skip
    add("--log-queries", action="store_true", help="write the text of queries to the log, too")


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text} is no whole number above 0")
    return int(text)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the graph until the process is asked to end."""
    settings = settings_of(arguments)
    _log_errors()
    with _open_log(arguments.access_log) as log:
        run(settings, log=log)
    return 0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings that the options mean.

    Raises:
        ServeError: they do not fit together.
    """
    if "://" in str(arguments.store) or ":/" in str(arguments.store):
        raise ServeError("only a graph of one's own is served; an endpoint serves itself")
    return Settings(
        store=arguments.store,
        host=arguments.host,
        port=arguments.port,
        url=arguments.url.rstrip("/"),
        hosts=frozenset([*arguments.allow_host, *_host_of(arguments.url)]),
        workers=arguments.workers,
        seconds=float(arguments.timeout),
        megabytes=arguments.memory,
        max_result=arguments.max_result << 20,
        services=frozenset(arguments.allow_service),
        token=_token(arguments.token_file) if arguments.writable else "",
        log_queries=arguments.log_queries,
    )


def _host_of(url: str) -> list[str]:
    if not url:
        return []
    scheme, mark, rest = url.partition("://")
    if scheme not in ("http", "https") or not mark or "/" in rest.rstrip("/"):
        raise ServeError(f"--url {url}: give scheme and host only, such as https://graph.example.org")
    return [rest.rstrip("/").rpartition(":")[0] or rest.rstrip("/")]


def _token(file: Path | None) -> str:
    """The token of writers, from *file* or from the environment; others can see a command line."""
    if file is None:
        token, where = os.environ.pop(TOKEN, ""), TOKEN
    else:
        token, where = file.read_text("utf-8").strip(), str(file)
        if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            print(f"{file}: others on this machine can read the token; chmod 600 helps", file=sys.stderr)
    if not token:
        raise ServeError(f"--writable needs a token; put one into {TOKEN} or into a --token-file")
    if len(token) < _SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise ServeError(f"{where}: a token is {_SHORTEST} printable ASCII characters or more")
    return token


def _log_errors() -> None:
    """Send what goes wrong, and a word at the start, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    for name, level in (("kg.web", logging.INFO), ("uvicorn", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.handlers = [handler]


def _open_log(where: str) -> AbstractContextManager[TextIO | None]:
    """The access log: a file that is added to, standard error (a dash), or none (empty)."""
    if where in ("", "-"):
        return nullcontext(sys.stderr if where else None)
    return Path(where).open("a", encoding="utf-8")


def run(settings: Settings, *, log: TextIO | None = None) -> None:
    """Serve until SIGTERM or SIGINT; requests at work are then given some seconds.

    Raises:
        StoreError: there is no store.
        ServeError: the port is taken, or a package is missing.
    """
    from kg.snapshots import hold_current

    hold_current(settings.store)[1].release()
    server = _server(settings, log)
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    logging.getLogger("kg.web").info(
        "serving %s at %s with %d workers%s; Ctrl-C ends it",
        settings.store,
        settings.url or f"http://{shown}:{port}/",
        settings.workers,
        ", writable" if settings.is_writable else "",
    )
    server.run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        why = error.strerror or error
        raise ServeError(f"{settings.host}:{settings.port}: {why}; choose another --host or --port") from None


def _server(settings: Settings, log: TextIO | None) -> Server:
    try:
        from kg.web.running import make_server
    except ImportError as error:
        raise ServeError(
            f"the server needs more packages ({error.name}); run pip install 'standpoint[serve]'"
        ) from None
    return make_server(settings, log=log)
