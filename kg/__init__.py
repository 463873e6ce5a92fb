r"""Standpoint: a knowledge graph of actors, positions and claims, with evidence that can be checked.

>>> import kg, tempfile
>>> folder = kg.init(tempfile.mkdtemp() + "/town")
>>> graph = kg.load(folder)
>>> answer = graph.ask("who proposes a car-free Mill Street?")
>>> [row["holder_label"] for row in answer]
['the town council']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg.version import VERSION

if TYPE_CHECKING:
    from kg.errors import InputError as InputError
    from kg.errors import KgError as KgError
    from kg.errors import QueryError as QueryError
    from kg.errors import StoreError as StoreError
    from kg.front import anchor as anchor
    from kg.front import build as build
    from kg.front import init as init
    from kg.front import load as load
    from kg.front import validate as validate
    from kg.front import verify as verify
    from kg.graph import Answered as Answered
    from kg.graph import Graph as Graph
    from kg.graph import open_graph as open  # noqa: A004, F401
    from kg.shapes import Finding as Finding
    from kg.tables import Table as Table

__version__ = VERSION

_PUBLIC = {
    "Answered": "graph",
    "Finding": "shapes",
    "Graph": "graph",
    "InputError": "errors",
    "KgError": "errors",
    "QueryError": "errors",
    "StoreError": "errors",
    "Table": "tables",
    "anchor": "front",
    "build": "front",
    "init": "front",
    "load": "front",
    "open": "graph:open_graph",
    "validate": "front",
    "verify": "front",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the libraries behind it are slow to start (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    module, _, inner = _PUBLIC[name].partition(":")
    return getattr(import_module(f"kg.{module}"), inner or name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
