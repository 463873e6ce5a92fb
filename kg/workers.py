"""Evaluate queries in a process that can be killed.

A query that never ends cannot be cancelled inside its process, and one that overflows
the stack takes its process along. So a `Worker` is a fresh interpreter that opens a
finished store for itself and answers one query after another. It is not forked: a
fork shares the engine's locks but not the threads that would release them. Only the first
of a command is, before anything is open (`Workers.prepare`).

Frames go over the two pipes: a length in eight bytes, then so many bytes. `Worker.ask` gets
an answer in one frame. A question with a `kg.streams.Question` in it is answered in several;
see `kg.frames`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

from kg import engine, engine_edits
from kg.engine import Engine, Kind, Result
from kg.errors import KgError, QueryError, QueryTimeoutError, StoreError
from kg.forks import Fork, can_fork

SECONDS: Final = 30.0
"""How long a query may run unless told otherwise."""

MEGABYTES: Final = 4096
"""How much address space a worker may use: more ends the query, not the machine."""

_BUFFER: Final = 1 << 17
"""How much of an answer is written at once: two pieces of `kg.frames`."""

_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from kg.workers import serve; serve()"
)


class _EndedError(Exception):
    """The other end of a pipe is closed."""


def _send(pipe: IO[bytes], frame: bytes) -> None:
    pipe.write(struct.pack(">Q", len(frame)))
    pipe.write(frame)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(8)
    if len(head) < 8:
        raise _EndedError
    length = int(struct.unpack(">Q", head)[0])
    frame = pipe.read(length)
    if len(frame) < length:
        raise _EndedError
    return frame


# ---------------------------------------------------------------- in the worker


def serve() -> None:
    """Answer queries from standard input on standard output until it closes: the worker's main function."""
    questions = open(0, "rb", closefd=False)  # noqa: SIM115 - a descriptor, open for good
    answers = os.fdopen(os.dup(1), "wb", buffering=_BUFFER)
    os.dup2(2, 1)  # so that nothing else writes between the frames
    with contextlib.suppress(_EndedError, BrokenPipeError):
        opening = json.loads(_receive(questions))
        limit_memory(opening["megabytes"])
        try:
            store = _open(opening["path"], questions)
        except KgError as error:
            _send(answers, b"store" + str(error).encode())
            return
        _send(answers, b"ready")
        while True:
            question = json.loads(_receive(questions))
            if "stream" in question:
                _stream(store, question, answers)
            else:
                _send(answers, _answer(store, question))


def _open(path: str, questions: IO[bytes]) -> Engine:
    if path:
        return engine.read(Path(path))
    store = engine.memory()
    engine_edits.load_bytes(store, _receive(questions))
    return store


def _answer(store: Engine, question: dict[str, Any]) -> bytes:
    _set_alarm(question["seconds"])
    try:
        result = engine.evaluate(store, question["query"], hidden=question["hidden"])
    except QueryError as error:
        return b"query\n" + str(error).encode()
    except StoreError as error:
        return b"store\n" + str(error).encode()
    except MemoryError:
        return b"query\nthe query needs more memory than it may use"
    finally:
        _set_alarm(0)
    return result.kind.encode() + b"\n" + result.payload


def _stream(store: Engine, asked: dict[str, Any], answers: IO[bytes]) -> None:
    from kg import frames

    _set_alarm(asked["seconds"])
    try:
        frames.answer(store, asked, answers)
    finally:
        _set_alarm(0)


def _set_alarm(seconds: float | None) -> None:
    """Let the kernel end this process should its parent be gone by then, whatever the engine is doing."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + 1 if seconds else 0)


def limit_memory(megabytes: int | None) -> None:
    """Let this process use so much address space and no more; None: as much as there is."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is expected and told; no need of a dump
        if megabytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


# ---------------------------------------------------------------- in the parent


@dataclass(frozen=True, slots=True)
class Opening:
    """What a worker opens: the directory of a finished store, or else the quads of one in memory."""

    path: Path | None = None
    nquads: bytes = field(default=b"", repr=False)
    megabytes: int | None = MEGABYTES


class _Process(Protocol):
    """What a worker needs of its process: a `subprocess.Popen` has it, and a `Fork`."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def kill(self) -> None: ...


def _start() -> tuple[_Process, IO[bytes]]:
    """Start a fresh interpreter; it, and where it writes its errors."""
    import subprocess
    import tempfile

    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `Worker.kill`
    process = subprocess.Popen(
        [sys.executable, "-c", _START, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=os.environ | {"RUST_BACKTRACE": "0"},
        start_new_session=True,  # Ctrl-C reaches only us, and we end it
    )
    return cast("_Process", process), errors


def _check_opened(reply: bytes) -> None:
    if reply != b"ready":
        raise StoreError(reply.removeprefix(b"store").decode())


class Worker:
    """One process that answers one query at a time; see `Workers`."""

    def __init__(self, opening: Opening) -> None:
        self._begin(opening, *_start())
        self._await_open()

    def _begin(self, opening: Opening, process: _Process, errors: IO[bytes]) -> None:
        self._opening, self._process, self._errors = opening, process, errors
        try:
            path = str(opening.path or "")
            self._send(json.dumps({"path": path, "megabytes": opening.megabytes}).encode())
            if not path:
                self._send(opening.nquads)
        except BrokenPipeError:
            pass  # it has ended, which is seen when its reply is awaited
        except BaseException:
            self.kill()
            raise

    def _await_open(self) -> None:
        """Wait until it has opened the store.

        Raises:
            StoreError: it cannot.
        """
        try:
            _check_opened(_receive(self._pipe(self._process.stdout)))
        except _EndedError:
            words = self._last_words()
            self.kill()
            raise StoreError(f"no query can run: {words}") from None
        except BaseException:
            self.kill()
            raise

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise AssertionError("both pipes were asked for")
        return pipe

    def _send(self, frame: bytes) -> None:
        _send(self._pipe(self._process.stdin), frame)

    def ask(self, query: str, *, hidden: str, seconds: float | None) -> Result:
        """Evaluate *query*; should it take longer than *seconds*, or an exception come up, kill the process.

        Raises:
            QueryTimeoutError: it took longer.
            QueryError: it is malformed, fails, or ended the process.
        """
        late = threading.Event()
        timer = threading.Timer(seconds, self._end_late, (late,)) if seconds is not None else None
        if timer:
            timer.daemon = True
            timer.start()
        try:
            question = {"query": query, "hidden": hidden, "seconds": seconds}
            self._send(json.dumps(question).encode())
            kind, _, payload = _receive(self._pipe(self._process.stdout)).partition(b"\n")
        except (_EndedError, BrokenPipeError):
            raise self.timed_out(seconds) if late.is_set() else self.death(seconds) from None
        except BaseException:
            self.kill()
            raise
        finally:
            if timer:
                timer.cancel()
                timer.join()  # it may be about to kill: then nobody else may get this worker
            if late.is_set():
                self.kill()
        if kind in (b"query", b"store"):
            raise (QueryError if kind == b"query" else StoreError)(payload.decode())
        return Result(cast("Kind", kind.decode()), payload)

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def death(self, seconds: float | None) -> QueryError:
        """Bury the process, which has ended over a query, and say why."""
        status = self._process.wait()
        words = self._last_words()
        self.kill()
        if status == -getattr(signal, "SIGALRM", 0):
            return self.timed_out(seconds)
        limit = (
            f" or needs more than {self._opening.megabytes} MB of memory" if self._opening.megabytes else ""
        )
        return QueryError(f"the query ended its process; it probably nests too deeply{limit} ({words})")

    def timed_out(self, seconds: float | None) -> QueryTimeoutError:
        """End the process, whose query ran longer than *seconds*, and say so."""
        self.kill()
        return QueryTimeoutError(
            f"the query ran longer than {seconds:g} s and was ended; ask for less, or allow it more time"
        )

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode(errors="replace").splitlines() if _tells(line)]
        name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return f"{name}: {lines[-1].strip()}" if lines else name

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def pipes(self) -> tuple[int, int]:
        """The file descriptors for questions and for answers, for who does the waiting by an event loop."""
        return self._pipe(self._process.stdin).fileno(), self._pipe(self._process.stdout).fileno()

    @property
    def is_alive(self) -> bool:
        """Whether it can take another query."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process, without waiting until it has."""
        self._process.kill()

    def kill(self) -> None:
        """End the process and leave nothing of it: no zombie, no open file."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be written is of no use any more
                    pipe.close()


def _tells(line: str) -> bool:
    """Whether a line of a process that has died says something of why."""
    return bool(line.strip()) and not line.startswith("note: run with `RUST_BACKTRACE")


class _EarlyWorker(Worker):
    """A worker that opens the store while its parent does something else, and is a fork of it."""

    def __init__(self, opening: Opening) -> None:
        process = Fork(serve)
        self._is_open = False
        self._begin(opening, cast("_Process", process), process.errors)

    def ask(self, query: str, *, hidden: str, seconds: float | None) -> Result:
        """Evaluate *query*; see `Worker.ask`."""
        if not self._is_open:
            self._await_open()
            self._is_open = True
        return super().ask(query, hidden=hidden, seconds=seconds)


class Workers:
    """The idle workers of one store: as many as threads have asked at once, each kept for the next query."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._idle: list[Worker] = []

    def prepare(self) -> None:
        """Have a worker ready sooner, where that is safe: while no store is open and no thread runs."""
        if not self._idle and can_fork():
            with contextlib.suppress(OSError):  # no room for a process: then there may be when it is needed
                self._idle.append(_EarlyWorker(self._opening))

    @property
    def is_prepared(self) -> bool:
        """Whether a worker waits for its first query or for the next."""
        return bool(self._idle)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        worker = self._take() or Worker(self._opening)
        try:
            yield worker
        finally:
            if worker.is_alive:
                self._idle.append(worker)
            else:
                worker.kill()

    def _take(self) -> Worker | None:
        with contextlib.suppress(IndexError):  # when none is idle
            while True:
                worker = self._idle.pop()  # one step, so that no two threads get the same
                if worker.is_alive:
                    return worker
                worker.kill()
        return None

    def ask(self, query: str, *, hidden: str = "", seconds: float | None = SECONDS) -> Result:
        """Evaluate *query* in a worker of its own; see `Worker.ask`."""
        with self._worker() as worker:
            return worker.ask(query, hidden=hidden, seconds=seconds)

    def close(self) -> None:
        """End all idle workers."""
        while self._idle:
            self._idle.pop().kill()
