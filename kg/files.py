"""Where the project's own files are: in an installed wheel or in a checkout.

A wheel carries `ontology/`, `queries/` and `seeds/` as package data under `kg/data/`; a
checkout has them beside the package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

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
