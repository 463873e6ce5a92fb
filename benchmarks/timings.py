"""Take samples: ours and the peer's in turns, in this process or in fresh ones.

Rounds go ours, peer, ours, peer, so that what else happens on the machine falls on both.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.figures import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one piece of work took: seconds by the clock on the wall and of processors, bytes at its peak.

    The peak is 0 where the work was done in this process, whose memory has other things in it.
    """

    wall: float
    cpu: float
    peak: int = 0

    def seconds(self, clock: str) -> float:
        """The seconds by the *clock* `wall` or `cpu`."""
        return {"wall": self.wall, "cpu": self.cpu}[clock]


class ChildError(Exception):
    """A program that was to be measured failed: its words, and what it said on standard error."""


Work: TypeAlias = Callable[[], Taken]
"""Does something once, and says what it took."""


def here(work: Callable[[], object]) -> Work:
    """Make *work* in this process something to be measured; what it returns is let go outside the time.

    The seconds of processors are its own and those of its children, such as the workers of a store.
    """

    def timed() -> Taken:
        gc.collect()
        wall, cpu = time.perf_counter(), _processors()
        result = work()
        taken = Taken(wall=time.perf_counter() - wall, cpu=_processors() - cpu)
        del result
        return taken

    return timed


def _processors() -> float:
    """Seconds that this process and its living descendants have had of processors.

    Where the system does not tell of others (only Linux does), those of this process.
    """
    nanoseconds = 0
    todo = list(Path("/proc/self/task").glob("*/children"))
    while todo:
        with suppress(OSError):  # it has ended
            for pid in todo.pop().read_text(encoding="ascii").split():
                for task in Path(f"/proc/{pid}/task").iterdir():
                    with suppress(OSError):
                        nanoseconds += int((task / "schedstat").read_text(encoding="ascii").split()[0])
                    todo.append(task / "children")
    return time.process_time() + nanoseconds / 1e9


def child(*argv: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Work:
    """Make a program something to be measured: start-up and what it starts are included.

    What it writes to standard output is dropped.

    Raises, when it is run:
        ChildError: it failed.
    """
    words = [str(word) for word in argv]
    return lambda: _run(words, cwd, env)


# A child's `ru_maxrss` begins with the memory of the process that it was forked from (Linux `exec_mmap`). So
# a small process of its own starts it. Where the child has children, that process adds up by the way
# what all of them have at one time: the memory that is nobody else's, and the largest one's shared.
_LAUNCH: Final = """\
import json, os, sys, threading, time
page = os.sysconf("SC_PAGE_SIZE")
def tree(root):
    todo, found = [root], []
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as opened:
                    todo += opened.read().split()
        except OSError:
            pass
    return found
def held(pid):
    try:
        with open(f"/proc/{pid}/statm") as opened:
            resident, shared = map(int, opened.read().split()[1:3])
    except (OSError, ValueError):
        return 0, 0
    return (resident - shared) * page, shared * page
def watch():
    while not done.wait(0.05):
        members = tree(str(pid))
        if len(members) > 1:
            own, shared = zip(*map(held, members))
            peaks.append(sum(own) + max(shared))
            peaks[:] = [max(peaks)]
report, argv, peaks, done = int(sys.argv[1]), sys.argv[2:], [0], threading.Event()
start = time.perf_counter()
pid = os.fork()
if pid == 0:
    os.close(report)
    os.execvp(argv[0], argv)
threading.Thread(target=watch, daemon=True).start()
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - start
done.set()
found = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": max(*peaks, used.ru_maxrss * 1024)}
os.write(report, json.dumps(found | {"status": os.waitstatus_to_exitcode(status)}).encode())
"""


def _run(words: list[str], cwd: Path | None, env: Mapping[str, str] | None) -> Taken:
    reading, writing = os.pipe()
    try:
        try:
            done = subprocess.run(
                [sys.executable, "-S", "-E", "-c", _LAUNCH, str(writing), *words],
                check=False,
                cwd=cwd,
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(writing,),
            )
        finally:
            os.close(writing)
        told = json.loads(os.read(reading, 4096) or b'{"status": 1}')
    finally:
        os.close(reading)
    if told.pop("status"):
        raise ChildError(f"{' '.join(words)}: {done.stderr.decode(errors='replace').strip()}")
    return Taken(**told)


# ---------------------------------------------------------------- rounds


@dataclass(frozen=True, slots=True)
class Rounds:
    """What ours and the peer's work took, round by round."""

    ours: tuple[Taken, ...]
    peer: tuple[Taken, ...]

    def seconds(self, clock: str) -> tuple[Samples, Samples]:
        """The seconds of each side."""
        return self._of(lambda taken: taken.seconds(clock))

    def rates(self, amount: float, clock: str) -> tuple[Samples, Samples]:
        """How much of *amount* each side did in a second."""
        return self._of(lambda taken: amount / taken.seconds(clock))

    def peaks(self) -> tuple[Samples, Samples]:
        """The most memory of each side, in MB."""
        return self._of(lambda taken: taken.peak / 1e6)

    def _of(self, value: Callable[[Taken], float]) -> tuple[Samples, Samples]:
        return tuple(map(value, self.ours)), tuple(map(value, self.peer))


def interleaved(
    ours: Work,
    peer: Work,
    *,
    rounds: int,
    peer_rounds: int | None = None,
    before: Sequence[Callable[[], object]] = (),
) -> Rounds:
    """Do both in turns, *rounds* times; a slow peer may have fewer (*peer_rounds*).

    What is in *before* is done before each piece of work and not counted, such as taking away what the last
    one wrote.
    """
    found: tuple[list[Taken], list[Taken]] = ([], [])
    for turn in range(rounds):
        for side, work in enumerate((ours, peer)):
            if side and turn >= (rounds if peer_rounds is None else peer_rounds):
                continue
            for prepare in before:
                prepare()
            found[side].append(work())
    return Rounds(*map(tuple, found))
