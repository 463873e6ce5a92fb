"""Where the project's own files are, in an installed wheel or in a checkout; and writing files whole.

A wheel carries `ontology/`, `queries/` and `seeds/` as package data under `kg/data/`; a
checkout has them beside the package.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kg.errors import InputError, Place, Problem

_PACKAGE: Final = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    """Find the folder *name*.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    for folder in (_PACKAGE / "data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the installation lacks its folder '{name}'; install standpoint again")


def ontology_dir() -> Path:
    """Find the ontology: terms, shapes, vocabularies, alignments and context.

    >>> ontology_dir().name
    'ontology'
    """
    return _shipped("ontology")


def queries_dir() -> Path:
    """Find the saved questions."""
    return _shipped("queries")


def packaged_seeds() -> Path:
    """Find the corpus that is shipped."""
    return _shipped("seeds")


def schema_dir() -> Path:
    """Find the JSON Schemas for editors.

    >>> schema_dir().name
    'schemas'
    """
    return _PACKAGE / "schemas"


def starter_dir() -> Path:
    """Find the files that a new corpus starts with."""
    return _PACKAGE / "starter"


def stylesheet(name: str) -> Path:
    """Find a stylesheet of the pages.

    >>> stylesheet("charts.css").name
    'charts.css'
    """
    return _PACKAGE / "web" / "static" / name


def write_whole(file: Path, chunks: Iterable[str | bytes]) -> None:
    """Write *file* whole or not at all: what stands there stays until the new content is complete.

    A device or a pipe is written into.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        target = file.resolve()  # a link stays a link
        if target.exists() and not (target.is_file() or target.is_dir()):
            # To put a file in the place of /dev/null would take it from everybody.
            with target.open("wb") as opened:
                opened.writelines(chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
            return
        import tempfile

        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(handle, "wb") as opened:  # noqa: PTH123  # a descriptor, not a path
                opened.writelines(chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
            Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        problem = Problem(
            Place(str(file)), f"cannot be written ({error.strerror})", "check the folder and the disk"
        )
        raise InputError([problem]) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
