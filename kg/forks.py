"""A process made by fork(2): it starts at once, with all that is loaded here loaded there.

A fork has the locks of all threads, and none of the threads that would release them. So this is
only for a process that has but one thread, which none has that has opened a store; at the start of
a command it saves the time that a second interpreter takes to start.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO


def can_fork() -> bool:
    """Whether this process has one thread, of Python's or of a library's, and the system says so."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1 and hasattr(os, "memfd_create")
    except OSError:
        return False


class Fork:
    """A process that runs a function, with what `subprocess.Popen` has of it: pipes, status, an end.

    Raises:
        OSError: the system has no room for another process.
    """

    def __init__(self, run: Callable[[], None]) -> None:
        self.returncode: int | None = None
        self._lock = threading.Lock()
        errors = os.memfd_create("errors")
        read, write = os.pipe(), os.pipe()  # from the child's side
        self.pid = os.fork()
        if not self.pid:
            _become(run, read[0], write[1], errors)
        os.close(read[0])
        os.close(write[1])
        self.stdin: IO[bytes] = os.fdopen(read[1], "wb")
        self.stdout: IO[bytes] = os.fdopen(write[0], "rb")
        self.errors: IO[bytes] = os.fdopen(errors, "rb")

    def poll(self) -> int | None:
        """The exit status if it has ended, as `subprocess` counts it."""
        return self._wait(os.WNOHANG)

    def wait(self) -> int:
        """Wait for its end; the exit status."""
        status = self._wait(0)
        if status is None:
            raise AssertionError("who waits gets a status")
        return status

    def _wait(self, how: int) -> int | None:
        with self._lock:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, how)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
            return self.returncode

    def kill(self) -> None:
        """Make it end."""
        with contextlib.suppress(ProcessLookupError):
            if self.returncode is None:
                os.kill(self.pid, signal.SIGKILL)


def _become(run: Callable[[], None], read: int, write: int, errors: int) -> None:
    """Be the child: with its own standard streams, nothing else open, nothing of the parent's to clean up."""
    try:
        gc.freeze()
        os.setsid()  # Ctrl-C reaches only the parent, which ends this
        for source, target in ((read, 0), (write, 1), (errors, 2)):
            os.dup2(source, target)
        os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)  # noqa: PTH208 - names, not paths
        run()
        os._exit(0)
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(1)
