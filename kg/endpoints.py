"""Where a SPARQL server takes queries, updates and graphs, with which credentials, and how often to try.

The three addresses are conventions of each engine, not of the protocols; what is not
guessed right is said with `KG_UPDATE_URL` and `KG_GRAPHS_URL`. Credentials come from the
environment or from netrc, never from the command line or the address, where other users
of the machine and log files see them.
"""

from __future__ import annotations

import contextlib
import netrc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from kg.errors import KgError, StoreError

UPDATE: Final = "KG_UPDATE_URL"
"""The environment variable that names where updates go."""
GRAPHS: Final = "KG_GRAPHS_URL"
"""The environment variable that names the Graph Store Protocol's address."""

_Found = TypeVar("_Found")
_WAITS: Final = (0.5, 1.0, 2.0, 4.0)  # seconds before each further try


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password (*scheme* ``basic`` or ``digest``), or a bearer token; never printed."""

    user: str = ""
    password: str = ""
    token: str = ""
    scheme: str = "basic"

    def __repr__(self) -> str:
        return "<Credentials>" if self else "<no Credentials>"

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one server: SPARQL queries, SPARQL updates, Graph Store Protocol (indirect)."""

    query: str
    update: str
    graphs: str


def find_endpoints(url: str, *, server: str = "", environ: Mapping[str, str] = os.environ) -> Endpoints:
    """The addresses of the server whose query endpoint is *url*; *server* is what it calls itself.

    >>> find_endpoints("http://localhost:7878/query", environ={}).graphs
    'http://localhost:7878/store'
    >>> find_endpoints("http://localhost:3030/peace/query", environ={}).graphs
    'http://localhost:3030/peace/data'
    >>> find_endpoints("http://localhost:7200/repositories/peace", environ={}).update
    'http://localhost:7200/repositories/peace/statements'
    >>> find_endpoints("http://localhost:8890/sparql", server="Virtuoso/07.20", environ={}).graphs
    'http://localhost:8890/sparql-graph-crud'

    Raises:
        StoreError: *url* is no address of an endpoint, or has credentials in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StoreError(f"{url}: not the URL of an endpoint; it begins with http:// or https://")
    if parts.username or parts.password:
        clean = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        raise StoreError(
            f"{clean}: a password in an address is seen by others; put it into KG_STORE_USER and "
            "KG_STORE_PASSWORD, or into your netrc file"
        )
    update, graphs = _siblings(parts.path, server)
    return Endpoints(
        url,
        environ.get(UPDATE) or urlunsplit(parts._replace(path=update, query="")),
        environ.get(GRAPHS) or urlunsplit(parts._replace(path=graphs, query="")),
    )


def _siblings(path: str, server: str) -> tuple[str, str]:
    """The paths for updates and for graphs, by how the path for queries looks."""
    folder, _, last = path.rstrip("/").rpartition("/")
    if "virtuoso" in server.lower():
        return path, f"{folder}/sparql-graph-crud"
    if "/repositories/" in path:  # RDF4J, GraphDB
        return f"{path.rstrip('/')}/statements", f"{path.rstrip('/')}/rdf-graphs/service"
    if last == "query":  # Oxigraph serves one dataset at the root; Fuseki has a folder for each
        return f"{folder}/update", f"{folder}/data" if folder else "/store"
    if last == "sparql" and folder:  # Fuseki's other name
        return f"{folder}/update", f"{folder}/data"
    return path, f"{folder}/data"  # Standpoint's own


def read_credentials(url: str, *, environ: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials for the server at *url*: `KG_STORE_TOKEN`, else user and password, else netrc.

    `KG_STORE_AUTH` says ``basic`` (the default) or ``digest``.

    >>> read_credentials("https://example.org/sparql", environ={"KG_STORE_TOKEN": "x"}).token
    'x'

    Raises:
        StoreError: the scheme is unknown, or the netrc file is malformed.
    """
    scheme = environ.get("KG_STORE_AUTH", "basic").lower()
    if scheme not in ("basic", "digest"):
        raise StoreError(f"KG_STORE_AUTH is {scheme!r}; it is 'basic' or 'digest'")
    if token := environ.get("KG_STORE_TOKEN"):
        return Credentials(token=token)
    if user := environ.get("KG_STORE_USER"):
        return Credentials(user, environ.get("KG_STORE_PASSWORD", ""), scheme=scheme)
    try:
        with contextlib.suppress(FileNotFoundError):
            found = netrc.netrc(environ.get("NETRC") or None).hosts.get(urlsplit(url).hostname or "")
            if found:
                return Credentials(found[0], found[2], scheme=scheme)
    except netrc.NetrcParseError as error:
        raise StoreError(
            f"{error.filename}:{error.lineno}: not a netrc file ({error.msg}); mend or move it"
        ) from None
    return Credentials()


PASSING: Final = frozenset({408, 425, 429, 502, 503, 504})
"""The HTTP statuses of faults that may pass (RFC 9110, section 15)."""


class PassingError(Exception):
    """A fault that may be gone when the same is tried again; *wait* seconds if the server says so."""

    def __init__(self, told: KgError, *, wait: float | None = None) -> None:
        super().__init__(str(told))
        self.told = told
        self.wait = wait


def waiting_time(retry_after: str | None) -> float | None:
    """The seconds that a ``Retry-After`` header asks for; none where it has a date (RFC 9110, 10.2.3)."""
    return float(retry_after) if retry_after and retry_after.isdigit() else None


def retried(call: Callable[[], _Found], *, pause: Callable[[float], None] = time.sleep) -> _Found:
    """What *call* gives, trying again after `PassingError`s, each time after a longer pause.

    For calls only that may be made twice.

    >>> tries = iter([PassingError(StoreError("busy"), wait=3), "done"])
    >>> def call():
    ...     found = next(tries)
    ...     if isinstance(found, Exception):
    ...         raise found
    ...     return found
    >>> retried(call, pause=print)
    3
    'done'

    Raises:
        KgError: the fault did not pass; of the kind that was told last.
    """
    for wait in _WAITS:
        try:
            return call()
        except PassingError as error:
            pause(min(error.wait, 30) if error.wait is not None else wait)
    try:
        return call()
    except PassingError as error:
        raise type(error.told)(f"{error.told}, {len(_WAITS) + 1} times in a row") from None
