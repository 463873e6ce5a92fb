"""A store and a server for the tests of `kg.web`: in this process, or as the command starts it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.testclient import TestClient

from kg.web.app import create_app
from kg.web.running import make_server
from kg.web.settings import Settings

TOKEN = "a-token-that-only-the-tests-know"
WRITER = {"Authorization": f"Bearer {TOKEN}"}
HOST = "127.0.0.1"


@contextlib.contextmanager
def in_process(store: Path, **changes: object) -> Iterator[TestClient]:
    """A client of the application, without a network between."""
    settings = replace(Settings(store=store, workers=2), **changes)
    with TestClient(create_app(settings), base_url=f"http://{HOST}", raise_server_exceptions=True) as client:
        yield client


@contextlib.contextmanager
def in_thread(store: Path, **changes: object) -> Iterator[int]:
    """A server in a thread, as it listens to the network; the port."""
    server = make_server(replace(Settings(store=store, workers=2), **changes))
    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.02)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def get(port: int, target: str, **headers: str) -> bytes:
    """The body of what is found at *target*."""
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("GET", target, headers=headers)
        return connection.getresponse().read()


@dataclass(frozen=True)
class Running:
    """A server in a process of its own, and where it listens."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextlib.contextmanager
def started(
    store: Path, *options: str, log: Path, environment: dict[str, str] | None = None
) -> Iterator[Running]:
    """`kg serve` on a free port; it is ended by its id."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", "0", *options],
            stdout=output,
            stderr=output,
            text=True,
            env=os.environ | (environment or {}),
        )
        try:
            yield Running(process, _port(process, log), log)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    for _ in range(1200):
        found = re.search(rf"at http://{HOST}:(\d+)/", log.read_text())
        if found:
            return int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
