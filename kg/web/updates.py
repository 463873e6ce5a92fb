"""Writing: who may, and how a change becomes the next snapshot.

Changes are made one after another, each in a process of its own that is ended when it takes too
long. Readers stay on their snapshot until the next one is whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import sys
from hashlib import sha256

from starlette.types import Scope, Send

from kg.changes import START, Change, Outcome, read_outcome
from kg.errors import QueryError, QueryTimeoutError
from kg.web.pool import Pool
from kg.web.problems import RefusedError, header, send_whole
from kg.web.requests import Operation, base
from kg.web.settings import Settings

_MADE = 4  # a change may take so many times as long as a query: it copies, and waits for the disk


def may_write(scope: Scope, settings: Settings) -> None:
    """Let a writer through who shows the token (RFC 6750); compared in a time that tells nothing of it.

    Raises:
        RefusedError: nothing can be written here, or the token is missing or wrong.
    """
    if not settings.is_writable:
        raise RefusedError(403, "nothing can be written here; the server was not started with --writable")
    scheme, _, shown = header(scope, b"authorization").partition(" ")
    digests = (sha256(text.encode()).digest() for text in (shown.strip(), settings.token))
    if not hmac.compare_digest(*digests) or scheme.lower() != "bearer":
        raise RefusedError(
            401,
            "to write, send the token as 'Authorization: Bearer …'",
            headers=[("www-authenticate", "Bearer")],
        )


class Writer:
    """Makes changes to the store of a pool, one at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = asyncio.Lock()
        self.changes = 0

    async def update(self, scope: Scope, send: Send, asked: Operation) -> None:
        """Answer an update (SPARQL 1.1 Protocol, 2.2)."""
        settings = self._pool.settings
        may_write(scope, settings)
        scope["standpoint"]["query"] = asked.text
        change = Change(
            kind="update",
            text=asked.text,
            using=asked.default or (),
            named=asked.named or (),
            base=base(scope, settings),
            services=tuple(sorted(settings.services)),
        )
        await self.make(change)
        await send_whole(send, 204, [(b"cache-control", b"no-store")], b"")

    async def make(self, change: Change) -> Outcome:
        """Make a change, and see that new queries are answered from it.

        Raises:
            KgError: as in `kg.changes.apply`; or it took too long, or ended its process.
        """
        async with self._lock:
            outcome = await self._run(change)
            self.changes += 1
            await self._pool.refresh()
            return outcome

    async def _run(self, change: Change) -> Outcome:
        settings = self._pool.settings
        seconds = settings.seconds * _MADE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", START, json.dumps(sys.path), str(settings.store), str(settings.megabytes),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                said, _ = await process.communicate(change.to_json().encode())
        except TimeoutError:
            raise QueryTimeoutError(f"the change took longer than {seconds:g} s and was ended") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            raise QueryError(
                "the change ended its process; it probably nests too deeply or needs more memory"
            )
        return read_outcome(said.decode())
