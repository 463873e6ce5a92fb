"""Disks that are too small, and files that are spoilt."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

_PAGE = 4096


def size_of(folder: Path) -> int:
    """How many bytes the files in *folder* take on a disk."""
    sizes = [-(-path.stat().st_size // _PAGE) * _PAGE for path in folder.rglob("*") if path.is_file()]
    return sum(sizes) + _PAGE * (len(sizes) + 8)


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    """A disk in memory of *size* bytes at *place*; needs the right to mount.

    Raises:
        CalledProcessError: this user may not.
    """
    place.mkdir(exist_ok=True)
    _mount("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
    try:
        yield place
    finally:
        _mount("umount", str(place))


def make_room(place: Path) -> None:
    """Make the disk at *place* large enough for all."""
    _mount("mount", "-o", "remount,size=4G", str(place))


def can_mount() -> bool:
    """Whether this user may mount."""
    return os.geteuid() == 0


def _mount(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def spoil(folder: Path, chance: random.Random) -> str:
    """Do some harm to one file in *folder*; what, as ``path: harm``.

    One time in two the file keeps its time, as it would if the disk itself had rotted.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > 0]
    path = chance.choice(files)
    content, times = path.read_bytes(), path.stat()
    harm = chance.choice(["a byte turned", "a page of zeros", "cut short", "something at its end", "gone"])
    at = chance.randrange(len(content))
    if harm == "gone":
        path.unlink()
        return f"{path.relative_to(folder)}: gone"
    path.write_bytes(_spoilt(content, harm, at))
    rots = chance.random() < 0.5
    if rots:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return f"{path.relative_to(folder)}: {harm} at {at} of {len(content)}{', unnoticed' if rots else ''}"


def _spoilt(content: bytes, harm: str, at: int) -> bytes:
    match harm:
        case "a byte turned":
            return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        case "a page of zeros":
            end = min(len(content), at + _PAGE)
            return content[:at] + bytes(end - at) + content[end:]
        case "cut short":
            return content[:at]
        case _:
            return content + b"\x00\xffjunk\n"
