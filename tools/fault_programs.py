"""Programs that a fault trial starts: a build that may be killed, and a look at what a store holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

_KG = "import sys; from kg.cli import main; sys.exit(main())"
_MARK = "KG_FAULT_TRIAL"
_LOOK = """
import hashlib, json, sys
from kg.errors import KgError
from kg.store import open_store
try:
    with open_store(sys.argv[1]) as store:
        digest = hashlib.sha256()
        for line in store.dump():
            digest.update(line)
        noted = store.notes().keys() == store.graphs().keys()
    print(json.dumps({"digest": digest.hexdigest() if noted else "notes and graphs differ"}))
except KgError as error:
    print(json.dumps({"error": str(error)}))
"""


@dataclass(frozen=True)
class State:
    """What a store holds, as a hash of all its quads; or the error that reading it gave; or a crash."""

    digest: str = ""
    text: str = ""
    crash: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there is no store yet."""
        return "no store here" in self.text or "no finished build" in self.text or "FORMAT" in self.text

    @property
    def is_damaged(self) -> bool:
        """Whether it cannot be read, and says so."""
        return bool(self.text)


def state_of(store: Path) -> State:
    """Look at *store* in a process of its own, which a spoilt file may end."""
    found = subprocess.run(
        [sys.executable, "-c", _LOOK, str(store)], capture_output=True, text=True, check=False
    )
    if found.returncode:
        return State(crash=f"reading the store ended with {found.returncode}: {found.stderr[-600:]}")
    answer = json.loads(found.stdout)
    return State(answer.get("digest", ""), answer.get("error", ""))


def leftovers(store: Path) -> list[str]:
    """What stands in the folder of a store and should not, when a build has ended."""
    ours = {"FORMAT", "CURRENT", "build.lock", "snapshots"}
    extra = [entry.name for entry in store.iterdir() if entry.name not in ours]
    return extra + [entry.name for entry in sorted((store / "snapshots").iterdir())[1:]]


class Program:
    """A ``kg`` command that runs, and all processes that it starts."""

    def __init__(self, *words: str) -> None:
        self._mark = uuid.uuid4().hex
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `ended`
        self._process = subprocess.Popen(
            [sys.executable, "-c", _KG, *words],
            stdout=self._output,
            stderr=self._output,
            env=os.environ | {_MARK: self._mark},
        )

    @classmethod
    def build(cls, corpus: Path, store: Path) -> Program:
        """``kg build`` of *corpus* into *store*."""
        return cls("build", str(corpus), "--store", str(store))

    @property
    def status(self) -> int:
        """Its exit status, when it has ended."""
        return self._process.wait()

    def kill(self) -> None:
        """End the one process that was started, as the kernel would when memory runs out."""
        self._process.kill()
        self.ended()

    def ended(self) -> str:
        """Wait for the end; what it wrote."""
        self._process.wait()
        self._output.seek(0)
        text = self._output.read().decode(errors="replace")
        self._output.close()
        return text

    def must_end(self) -> None:
        """Wait for an end without errors.

        Raises:
            AssertionError: there were some.
        """
        text = self.ended()
        if self.status:
            raise AssertionError(text)

    def survivors(self) -> list[int]:
        """Processes that it started and that go on some seconds after its end."""
        mark = f"{_MARK}={self._mark}".encode()
        for _ in range(50):
            found = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _has(folder, mark)]
            if not found:
                break
            time.sleep(0.1)
        return found


def _has(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
