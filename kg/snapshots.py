"""The directory of a store: finished snapshots, and which of them is current.

::

    FORMAT            the version of this layout
    CURRENT           the name of the current snapshot; replaced atomically
    build.lock        held by the one process that builds
    building/         what it is building; a leftover is thrown away by the next build
    snapshots/7/db    a finished snapshot, which nobody writes any more
    snapshots/7/graphs.json   what it holds: one note for each graph
    snapshots/7/files.json    size and time of the files of its database, to see that one was written into
    snapshots/7/sources.json  what it remembers of the files that it was made from
    snapshots/7/lock  held by those who read it, so that it is deleted only when nobody does

A build makes a new snapshot beside the current one and switches `CURRENT` as its last
step, so whoever opens the store at any moment, a crash included, finds a whole one.
Knows nothing of RDF.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kg.errors import StoreBusyError, StoreError

FORMAT: Final = 1
_FORMAT_LINE: Final = "standpoint store "
_OURS: Final = {"FORMAT", "FORMAT.new", "CURRENT", "CURRENT.new", "build.lock", "building", "snapshots"}


@dataclass(frozen=True, slots=True)
class GraphNote:
    """What a snapshot knows of one of its graphs: the file it came from, and what it depends on.

    *path* and *sha256* are those of the source file (*path* empty: no source file);
    *fingerprint* is the same as long as loading the file again would give the same graph. That of a
    graph that was changed by other means than a build begins with `WRITTEN`.
    """

    path: str
    sha256: str
    fingerprint: str


WRITTEN: Final = "written:"
"""How the fingerprint of a graph begins that no build has made as it is now."""

Notes = dict[str, GraphNote]
"""Graph IRI to its note; the empty name is that of the graph without one."""


class Lock:
    """A lock on a file, shared or not, that the system takes back when the process ends."""

    def __init__(self, path: Path, how: int, flags: int = os.O_RDONLY) -> None:
        self._file = os.open(path, flags | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._file, how)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Give the lock back; once is enough, twice does no harm."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot."""

    path: Path

    @property
    def database(self) -> Path:
        """The directory of its database."""
        return self.path / "db"

    @property
    def sources(self) -> Path:
        """The file that says what files it was made from."""
        return self.path / "sources.json"

    def notes(self) -> Notes:
        """What graphs it holds.

        Raises:
            StoreError: it does not say.
        """
        if not (self.database / "CURRENT").is_file():
            raise StoreError(f"{self.path}: the store is damaged, files are missing; build it again")
        try:
            found = json.loads((self.path / "graphs.json").read_text("utf-8"))
            return {graph: GraphNote(**note) for graph, note in found.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StoreError(f"{self.path}: the store is damaged; build it again ({error})") from error

    def is_as_written(self) -> bool:
        """Whether all files of the database have the size and time (in whole seconds) that they once had.

        The engine finds by checksums what this does not, but only in what it reads.
        """
        try:
            found = json.loads((self.path / "files.json").read_text("utf-8"))
            return bool(found == _sizes_and_times(self.database))
        except (OSError, ValueError):
            return False


def _sizes_and_times(database: Path) -> dict[str, list[int]]:
    """What a file that nobody writes any more has to be like; what readers leave there is not listed."""
    files = sorted(path for path in database.iterdir() if path.suffix == ".sst" or path.name == "CURRENT")
    return {path.name: [path.stat().st_size, int(path.stat().st_mtime)] for path in files}


def hold_current(directory: Path) -> tuple[Snapshot, Lock]:
    """Find the current snapshot of the store in *directory*, and keep it from being deleted.

    Raises:
        StoreError: there is none, with the reason and what would help.
    """
    check(directory)
    while True:
        snapshot = current(directory)
        if snapshot is None:
            raise StoreError(f"{directory}: the store has no finished build yet; run `kg build`")
        try:
            lock = Lock(snapshot.path / "lock", fcntl.LOCK_SH)
        except OSError as error:
            if current(directory) != snapshot:
                continue  # a build has just replaced it
            raise _damaged(directory, snapshot, error) from error
        if current(directory) == snapshot:
            return snapshot, lock
        lock.release()


def check(directory: Path) -> None:
    """Refuse a *directory* that is no store, or one that this version cannot read.

    Raises:
        StoreError: with the reason and what would help.
    """
    if not directory.is_dir():
        if directory.exists():
            raise StoreError(f"{directory}: not a store but a file; name a directory")
        raise StoreError(f"{directory}: there is no store here; run `kg build`")
    try:
        line = (directory / "FORMAT").read_text("utf-8").strip()
    except FileNotFoundError:
        raise StoreError(f"{directory}: not a store, for it has no file FORMAT; run `kg build`") from None
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{directory}: the store cannot be read ({error})") from error
    version = line.removeprefix(_FORMAT_LINE)
    if version == line or not version.isdecimal():
        raise StoreError(f"{directory}/FORMAT: not what a store says; delete the directory and build again")
    if int(version) > FORMAT:
        raise StoreError(
            f"{directory}: the store was written by a newer version of this program (format {version}, "
            f"this one knows {FORMAT}); use that version, or build into another directory"
        )


def current(directory: Path) -> Snapshot | None:
    """The current snapshot of the store in *directory*, None before the first build ended.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        name = (directory / "CURRENT").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{directory}: the store cannot be read ({error})") from error
    if not name.isdecimal():
        raise StoreError(f"{directory}/CURRENT: names no snapshot; the store is damaged, build it again")
    return Snapshot(directory / "snapshots" / name)


def _damaged(directory: Path, snapshot: Snapshot, error: OSError) -> StoreError:
    if not snapshot.path.is_dir():
        return StoreError(f"{directory}: CURRENT names a snapshot that is gone; build the store again")
    return StoreError(f"{snapshot.path}: the store is damaged; build it again ({error.strerror})")


# ---------------------------------------------------------------- writing


@contextlib.contextmanager
def writing(directory: Path) -> Iterator[Path]:
    """Hold the store in *directory* for writing, making it where there is none, and clear leftovers away.

    Gives the path where the next database is to be made, which `finish` then makes current.

    Raises:
        StoreBusyError: another process builds.
        StoreError: the directory cannot be a store, or cannot be written.
    """
    try:
        _refuse_strangers(directory)
        directory.mkdir(parents=True, exist_ok=True)
        lock = Lock(directory / "build.lock", fcntl.LOCK_EX | fcntl.LOCK_NB, os.O_RDWR | os.O_CREAT)
    except BlockingIOError:
        raise StoreBusyError(f"{directory}: the store is in use by another build; wait for its end") from None
    except OSError as error:
        raise write_error(directory, error) from error
    try:
        with translated(directory):
            if not (directory / "FORMAT").exists():
                _replace(directory / "FORMAT", f"{_FORMAT_LINE}{FORMAT}\n")
            clear(directory)
            building = directory / "building"
            building.mkdir()
        yield building / "db"
    finally:
        _remove(directory / "building")
        lock.release()


def _refuse_strangers(directory: Path) -> None:
    """Refuse a *directory* that something else lives in: a build deletes what it takes for leftovers."""
    if directory.exists() and not directory.is_dir():
        raise StoreError(f"{directory}: not a store but a file; name a directory")
    if (directory / "FORMAT").exists():
        check(directory)
    elif directory.exists() and {entry.name for entry in directory.iterdir()} - _OURS:
        raise StoreError(f"{directory}: not a store, and has other files in it; name another directory")


def finish(directory: Path, notes: Notes, sources: str = "{}") -> Snapshot:
    """Make what stands in ``building/db`` the current snapshot; its last step is atomic.

    *sources* is what it shall remember of the files that it was made from.

    Raises:
        StoreError: the disk is full; the snapshot before stays current.
    """
    with translated(directory):
        building = directory / "building"
        text = json.dumps({graph: asdict(note) for graph, note in sorted(notes.items())}, indent=1)
        (building / "graphs.json").write_text(text, "utf-8")
        (building / "sources.json").write_text(sources, "utf-8")
        (building / "lock").touch()
        files = json.dumps(_sizes_and_times(building / "db"), indent=1)
        (building / "files.json").write_text(files, "utf-8")
        _sync_tree(building)
        snapshots = directory / "snapshots"
        snapshots.mkdir(exist_ok=True)
        name = str(
            max((int(path.name) for path in snapshots.iterdir() if path.name.isdecimal()), default=0) + 1
        )
        building.rename(snapshots / name)
        _sync(snapshots)
        _replace(directory / "CURRENT", name + "\n")
        return Snapshot(snapshots / name)


def clear(directory: Path) -> None:
    """Delete what a killed build has left, and the snapshots that are neither current nor being read."""
    _remove(directory / "building")
    with contextlib.suppress(StoreError):  # CURRENT is damaged: better delete nothing
        kept = current(directory)
        for path in sorted((directory / "snapshots").glob("*")):
            if kept is None or path != kept.path:
                _delete_unread(path)


def _delete_unread(path: Path) -> None:
    try:
        lock = Lock(path / "lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody reads it
    except FileNotFoundError:
        _remove(path)  # half deleted already
        return
    _remove(path)
    lock.release()


def _remove(path: Path) -> None:
    """Delete a folder, or leave the rest of it to the next build.

    After an error the engine may still be open, and may make one more file on the way.
    """
    import shutil

    for _ in range(5):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


@contextlib.contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turn an `OSError` on the way to the disk into a `StoreError` that says what would help."""
    try:
        yield
    except OSError as error:
        raise write_error(directory, error) from error


def write_error(directory: Path, error: OSError) -> StoreError:
    """Say why *directory* cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(f"{directory}: no space left on the disk; what was built before is untouched")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        why = f"the store cannot be written ({error.strerror})"
        return StoreError(f"{directory}: {why}; name another directory, or get the right to write")
    return StoreError(f"{directory}: the store cannot be written ({error})")


def _replace(path: Path, text: str) -> None:
    """Write a file such that it is seen either as before or whole, also after a power failure."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, "utf-8")
    _sync(new)
    new.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _sync_tree(directory: Path) -> None:
    for folder, _, names in os.walk(directory):
        for name in names:
            _sync(Path(folder) / name)
        _sync(Path(folder))
