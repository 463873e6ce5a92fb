"""One local process that carries out calls of functions, and is replaced when it dies.

A worker is a fresh interpreter, not a fork: a fork shares an engine's locks but not the
threads that would release them. It reads pickles from one pipe and writes pickles to another,
large `bytes` without copies of them. It ends as soon as its parent does, however that ends,
since a thread of its own waits for the next call and finds the pipe closed.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import IO, Any, Final

from kg.errors import KgError, PoolError

KILLS: Final = 3
"""So many times an item may take its worker along before it counts as the cause."""

_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from kg.pool_workers import serve; serve()"
)
_PIPE: Final = 1 << 20
"""How many bytes a pipe holds, where that can be set: fewer changes from one process to the other."""


class _DeathError(Exception):
    """The worker has died over a call."""


class _Chunks(list[bytes]):
    """Takes what a pickler writes; large bytes come as they are, not as copies."""

    def write(self, chunk: bytes) -> None:
        self.append(chunk)


def _pickled(value: object) -> list[bytes]:
    chunks = _Chunks()
    pickle.Pickler(chunks, protocol=5).dump(value)
    return chunks


def _send(pipe: IO[bytes], chunks: list[bytes]) -> None:
    for chunk in chunks:
        pipe.write(chunk)
    pipe.flush()


def _widen(pipe: IO[bytes]) -> None:
    with contextlib.suppress(ImportError, AttributeError, OSError):  # not on every system
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


# ---------------------------------------------------------------- in the worker


def serve() -> None:
    """Carry out calls from standard input until it closes: the worker's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that nothing else writes between the answers
    calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, calls), daemon=True).start()
    function: Callable[..., Any] = len
    shared: tuple[Any, ...] = ()
    while True:
        match calls.get():
            case ("job", function, shared):
                pass
            case ("item", item):
                _send(answers, _answer(function, (*shared, item)))
            case ("misread", error):
                _send(answers, _pickled((False, _portable(error))))
                os._exit(0)  # where the next call begins is not known


def _read(pipe: IO[bytes], calls: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            calls.put(pickle.load(pipe))  # noqa: S301 - from our parent
    except (EOFError, pickle.UnpicklingError):
        os._exit(0)  # the parent is gone, or wants no more; even in the midst of a call
    except BaseException as error:
        calls.put(("misread", error))


def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """What *function* gives, after True; or after False the exception that it raised.

    >>> outcome(int, ("7",))
    (True, 7)
    """
    try:
        return True, function(*arguments)
    except BaseException as error:
        return False, _portable(error)


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[bytes]:
    try:
        return _pickled(outcome(function, arguments))
    except Exception as error:
        return _pickled((False, _portable(error)))


def _portable(error: BaseException) -> BaseException:
    """The same error as it can be sent, with the worker's traceback, should it be a bug."""
    if not isinstance(error, KgError):
        error.add_note("In the worker:\n" + "".join(traceback.format_exception(error)).rstrip())
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)).rstrip())
    return error


# ---------------------------------------------------------------- in the parent


@dataclass(eq=False, slots=True)
class Job:
    """One function for many items; *shared* is sent once to each worker."""

    function: Callable[..., Any]
    shared: tuple[Any, ...]
    name: Callable[[Any], str]
    is_over: bool = False
    _message: list[bytes] = field(default_factory=list)

    def message(self) -> list[bytes]:
        """What tells a worker of this job."""
        if not self._message:
            self._message = _pickled(("job", self.function, self.shared))
        return self._message


@dataclass(eq=False, slots=True)
class Task:
    """One item of a job."""

    job: Job
    item: Any
    future: Future[Any] = field(default_factory=Future)


class _Process:
    """A worker, seen from its parent."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches only us, and we end it
        )
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _widen(pipe)
        self._job: Job | None = None

    def call(self, task: Task) -> tuple[bool, Any]:
        """The answer of the function; whether it is a result, else it is an exception.

        Raises:
            _DeathError: the process is dead.
        """
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise AssertionError("both pipes were asked for")
        item = _pickled(("item", task.item))
        try:
            if self._job is not task.job:
                _send(questions, task.job.message())
                self._job = task.job
            _send(questions, item)
            del item
            reply: tuple[bool, Any] = pickle.load(answers)  # noqa: S301 - from our worker
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise _DeathError from None
        return reply

    def kill(self) -> None:
        """End it, whatever it does, without waiting until it has."""
        self._process.kill()

    def bury(self) -> str:
        """Leave nothing of it, no zombie and no open file; how it ended, in words."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be written is of no use any more
                    pipe.close()
        return signal.Signals(-status).name if status < 0 else f"exit status {status}"


class Lane(threading.Thread):
    """A thread that hands tasks to a worker, one at a time, and gets it a successor when it dies."""

    def __init__(self, tasks: queue.SimpleQueue[Task | None]) -> None:
        super().__init__(daemon=True)
        self._tasks = tasks
        self._lock = threading.Lock()
        self._task: Task | None = None
        self._process: _Process | None = None

    def run(self) -> None:
        """Carry out tasks until there is None."""
        for task in iter(self._tasks.get, None):
            try:
                self._carry_out(task)
            except BaseException as error:
                self._bury()
                task.future.set_exception(error)
            with self._lock:
                self._task = None
            del task
        self._bury()

    def abandon(self, job: Job) -> None:
        """Let go of a task of *job*, which is over, even in its midst."""
        with self._lock:
            if self._task and self._task.job is job and self._process:
                self._process.kill()

    def _carry_out(self, task: Task) -> None:
        ends: list[str] = []
        while len(ends) < KILLS:
            with self._lock:
                self._task = task
                if task.job.is_over:
                    return
                self._process = self._process or _Process()
                process = self._process
            try:
                is_result, value = process.call(task)
            except _DeathError:
                ends.append(self._bury())
                continue
            if is_result:
                task.future.set_result(value)
            else:
                task.future.set_exception(value)
            return
        raise PoolError(
            f"{task.job.name(task.item)}: the work on it ended its process {KILLS} times"
            f" ({', '.join(ends)}); perhaps it needs more memory than there is"
        )

    def _bury(self) -> str:
        with self._lock:
            process, self._process = self._process, None
        return process.bury() if process else ""


class Processes:
    """So many local processes, started as there is work for them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._lanes: list[Lane] = []

    def size(self) -> int:
        """How many items can be at work at once."""
        return self._jobs

    def begin(self, job: Job) -> Job:
        """Make *job* known."""
        return job

    def submit(self, job: Job, item: Any) -> Future[Any]:
        """Have *item* done; its result comes some time."""
        if len(self._lanes) < self._jobs:
            self._lanes.append(Lane(self._tasks))
            self._lanes[-1].start()
        task = Task(job, item)
        self._tasks.put(task)
        return task.future

    def end(self, job: Job) -> None:
        """Drop what is not yet done of *job*; a process that is at it ends."""
        job.is_over = True
        for lane in self._lanes:
            lane.abandon(job)

    def close(self) -> None:
        """End all processes and wait until they have ended."""
        for _ in self._lanes:
            self._tasks.put(None)
        for lane in self._lanes:
            lane.join()
        self._lanes.clear()
