"""A finished snapshot while it is being read: the lock on it, and its idle worker processes.

When the next snapshot is there, the generation is *retired*: its idle processes end, and the
others when their query has. Handlers that began on it may go on with it for a while; then it is
*released*: the next build may delete it.
"""

from __future__ import annotations

import hashlib
import weakref
from dataclasses import dataclass
from pathlib import Path

from kg.snapshots import Lock, Notes, Snapshot, hold_current
from kg.web.processes import Process


class Generation:
    """A snapshot that is kept from being deleted until it is released."""

    def __init__(self, snapshot: Snapshot, lock: Lock, notes: Notes) -> None:
        self.snapshot = snapshot
        self.notes = notes
        self.name = _name(snapshot, notes)
        self.idle: list[Seat] = []
        self.is_retired = False
        self.is_released = False
        self._lock = lock
        weakref.finalize(self, lock.release)

    @classmethod
    def open(cls, directory: Path) -> Generation:
        """Hold the current snapshot of a store.

        Raises:
            StoreError: there is none.
        """
        snapshot, lock = hold_current(directory)
        try:
            return cls(snapshot, lock, snapshot.notes())
        except BaseException:
            lock.release()
            raise

    def retire(self) -> list[Seat]:
        """Take the idle processes out; there will be none any more."""
        self.is_retired = True
        idle, self.idle = self.idle, []
        return idle

    def release(self) -> None:
        """Let the snapshot be deleted."""
        self.is_released = True
        self._lock.release()

    def __repr__(self) -> str:
        return f"<Generation {self.name}>"


def _name(snapshot: Snapshot, notes: Notes) -> str:
    """A name that changes with the data, also where a store was deleted and built anew."""
    text = "".join(f"{graph} {note.fingerprint}\n" for graph, note in sorted(notes.items()))
    return f"{snapshot.path.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """A process that has a snapshot open."""

    process: Process
    generation: Generation
