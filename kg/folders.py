"""Write a folder of files whole or not at all, and never over somebody's other files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from kg.errors import InputError, Place, Problem

Content: TypeAlias = str | bytes | Sequence[bytes]


def write_folder(
    folder: Path, files: Mapping[str, Content] | Iterable[tuple[str, Content]], *, marker: str
) -> None:
    """Make *folder* hold just *files* (path in it and content), replacing what was written there before.

    What stands there stays until all is written. A folder with files in it is replaced
    only if it has the file *marker*, which tells an earlier export of the same form.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    target = folder.resolve()
    if target.exists() and not (target.is_dir() and _is_ours(target, marker)):
        problem = "is there already and is no earlier export of this form"
        raise InputError([Problem(Place(str(folder)), problem, "give a new or an empty folder")])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            _fill(fresh / "new", files)
            if target.exists():
                target.rename(fresh / "old")
            (fresh / "new").rename(target)
        except BaseException:
            if (fresh / "old").exists() and not target.exists():
                (fresh / "old").rename(target)
            raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        cause = f"cannot be written ({error.strerror})"
        raise InputError([Problem(Place(str(folder)), cause, "check the folder and the disk")]) from error


def _is_ours(folder: Path, marker: str) -> bool:
    return (folder / marker).is_file() or not any(folder.iterdir())


def _fill(folder: Path, files: Mapping[str, Content] | Iterable[tuple[str, Content]]) -> None:
    folder.mkdir()
    for name, content in files.items() if isinstance(files, Mapping) else files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        pieces = content.encode() if isinstance(content, str) else content
        with file.open("wb") as opened:
            opened.writelines([pieces] if isinstance(pieces, bytes) else pieces)
