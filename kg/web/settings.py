"""How the graph is served: where, to whom, within which limits."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SECONDS: Final = 30.0
MEGABYTES: Final = 4096
"""What a query may take unless told otherwise: as in `kg.workers`, which is not imported for it."""

PORT: Final = 8731
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
"""The names by which a server on this machine is asked."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where, to whom, within which limits; the defaults are safe.

    Args:
        store: the directory of the store.
        host: the address to listen on.
        port: the port, 0 for any free one.
        url: scheme, host and port by which it is known outside, behind a proxy (empty: as asked).
        hosts: the names (without port) by which it may be asked, besides those of loopback.
        workers: how many queries run at once.
        seconds: how long a query may run.
        grace: how long each of more queries than *workers* may run while as many longer ones are at work.
        megabytes: how much address space a query may use.
        max_result: how many bytes an answer may have.
        max_body: how many bytes a query may have; *max_upload* what is written.
        max_header: how many bytes the head of a request may have.
        patience: how many seconds a head or a body may take to arrive, and an answer to be read on.
        queue: how many queries may wait for a worker, each for at most *wait* seconds.
        connections: how many clients may be connected.
        cache: how many bytes of short answers are kept.
        services: the endpoints that SERVICE and LOAD may reach.
        token: what a writer must show; empty: nothing can be written.
        log_queries: whether the access log has the text of queries, rather than a hash of it.
        folders: folders of saved questions of one's own.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = PORT
    url: str = ""
    hosts: frozenset[str] = frozenset()
    workers: int = field(default_factory=_cores)
    seconds: float = SECONDS
    grace: float = 2.0
    megabytes: int = MEGABYTES
    max_result: int = 256 << 20
    max_body: int = 1 << 20
    max_upload: int = 64 << 20
    max_header: int = 16 << 10
    patience: float = 10.0
    queue: int = 64
    wait: float = 5.0
    connections: int = 512
    cache: int = 32 << 20
    services: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)
    log_queries: bool = False
    folders: tuple[Path, ...] = ()

    @property
    def is_writable(self) -> bool:
        """Whether anybody may write."""
        return bool(self.token)

    @property
    def known_hosts(self) -> frozenset[str]:
        """The names by which the server may be asked, in lower case.

        >>> sorted(Settings(store=Path("x"), hosts=frozenset({"Graph.example.org"})).known_hosts)
        ['127.0.0.1', '[::1]', 'graph.example.org', 'localhost']
        """
        shown = f"[{self.host}]" if ":" in self.host else self.host
        own = () if self.host in ("0.0.0.0", "::") else (shown,)  # noqa: S104 - compared, not bound
        return frozenset(host.lower() for host in (*LOOPBACK, *own, *self.hosts))
