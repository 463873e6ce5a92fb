"""What parts of a corpus told when they were checked, kept between runs in a file of one's own cache.

A file has a line for each part, under a key that stands for everything the outcome depends on;
so nothing in it can be out of date, and whatever is wrong with it, it is only as if less
had been kept. Each line begins with a hash of its rest, which is packed.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kg.errors import KgError, Place
from kg.exports import read_token
from kg.files import write_whole
from kg.findings import Finding
from kg.shape_parts import Told
from kg.terms import token

HOME: Final = "KG_FINDINGS"
"""The environment variable that names another folder for what is kept."""

_MOST_BYTES: Final = 1 << 28  # of one corpus: some 200,000 files
_QUICKLY: Final = 1
_MOST_CORPORA: Final = 16


class FindingMemory:
    """What is kept of one corpus; `save` writes it, what was asked for or new before all else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[str, str] | None = None
        self._used: dict[str, str] = {}

    def get(self, key: str) -> Told | None:
        """What was told under *key*, if it is kept."""
        try:
            return _told(self.recall(key))
        except (KeyError, TypeError, ValueError):
            return None

    def put(self, key: str, told: Told) -> None:
        """Keep what was told."""
        self.keep(key, _plain(told))

    def recall(self, key: str) -> Any:
        """What was kept under *key*; None where nothing was."""
        line = self._known().get(key)
        if line is None:
            return None
        try:
            plain = json.loads(zlib.decompress(b64decode(line)))
        except (ValueError, zlib.error):
            return None
        self._used[key] = line
        return plain

    def _known(self) -> dict[str, str]:
        if self._lines is None:
            self._lines = _read(self._path)
        return self._lines

    def keep(self, key: str, plain: Any) -> None:
        """Keep something that can be written as JSON."""
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        self._used[key] = b64encode(zlib.compress(text.encode(), _QUICKLY)).decode()

    def forget(self) -> None:
        """Take nothing from the file."""
        self._lines = {}

    def save(self) -> None:
        """Write the file, whole or not at all; where that cannot be done, nothing is kept."""
        lines = self._known()
        if self._used.keys() <= lines.keys():
            return
        kept, room = [], _MOST_BYTES
        for key, line in (self._used | lines | self._used).items():
            text = f"{key} {line}"
            whole = f"{_hash(text)} {text}\n"
            if (room := room - len(whole)) < 0:
                break
            kept.append(whole)
        with suppress(OSError, KgError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, ["".join(kept)])
            _forget_others(self._path)


def memory_for(root: Path) -> FindingMemory:
    """What is kept of the corpus in the folder *root*."""
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24]
    return FindingMemory(_home() / f"{name}.lines")


def empty_memory_for(root: Path) -> FindingMemory:
    """The same without what was kept before, which is replaced."""
    memory = memory_for(root)
    memory.forget()
    return memory


def _home() -> Path:
    if named := os.environ.get(HOME):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("standpoint", appauthor=False) / "findings"


def _forget_others(path: Path) -> None:
    """Remove the files of corpora that were not checked for longest."""
    files = sorted(path.parent.glob("*.lines"), key=lambda each: each.stat().st_mtime, reverse=True)
    for each in files[_MOST_CORPORA:]:
        each.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, str]:
    """The lines of a file that are as they were written, by key."""
    found = {}
    try:
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            told, _, text = line.partition(" ")
            if told and told == _hash(text):
                key, _, rest = text.partition(" ")
                found[key] = rest
    except OSError:
        return {}
    return found


# ---------------------------------------------------------------- as JSON


def _plain(told: Told) -> dict[str, Any]:
    return {
        "findings": [_plain_finding(each) for each in told.findings],
        "nodes": sorted(told.nodes),
        "classes": sorted(told.classes),
        "leaks": told.leaks,
        "opened": sorted(told.opened),
        "refuted": told.refuted,
        "seen": told.seen,
    }


def _told(plain: dict[str, Any]) -> Told:
    return Told(
        findings=tuple(_finding(each) for each in plain["findings"]),
        nodes=frozenset(plain["nodes"]),
        classes=frozenset(plain["classes"]),
        leaks=tuple((s, p, o) for s, p, o in plain["leaks"]),
        opened=frozenset(plain["opened"]),
        refuted={node: tuple(numbers) for node, numbers in plain["refuted"].items()},
        seen={node: tuple((s, p, o) for s, p, o in found) for node, found in plain["seen"].items()},
    )


_TEXTS: Final = ("shape", "message", "severity", "path", "turtle_path", "constraint")


def _plain_finding(finding: Finding) -> list[str | None]:
    if finding.place != Place("") and finding.place is not None:
        raise ValueError("what is kept knows no places")
    value = None if finding.value is None else token(finding.value)
    return [token(finding.focus), value, *(getattr(finding, name) for name in _TEXTS)]


def _finding(plain: list[Any]) -> Finding:
    focus, value, *texts = plain
    return Finding(
        focus=read_token(focus),
        value=None if value is None else read_token(value),
        **dict(zip(_TEXTS, texts, strict=True)),
    )
