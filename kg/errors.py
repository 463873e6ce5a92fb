"""The errors that Standpoint raises on purpose.

All of them derive from `KgError`, which the command line catches in one place
(exit status 1) and a server in one place. Anything else is a bug and keeps its
traceback. Data that breaks a shape is no error but a `kg.shapes.Finding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something stands in a file; *line* and *column* count from 1, 0 means the whole file.

    >>> str(Place("seeds/actors.yaml", 14, 9))
    'seeds/actors.yaml:14:9'
    >>> str(Place("seeds/actors.yaml"))
    'seeds/actors.yaml'
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong in an input: where, what, and what would help.

    >>> str(Problem(Place("a.yaml", 3, 5), "unknown key 'holdr'", "did you mean 'holder'?"))
    "a.yaml:3:5: unknown key 'holdr'; did you mean 'holder'?"
    """

    place: Place
    message: str
    help: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"; {self.help}" if self.help else "")


class KgError(Exception):
    """The root of all errors raised on purpose."""


class InputError(KgError):
    """One or more problems in what the user gave; `problems` has them all, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # to be raised in another process than where it came up


class AnchorError(KgError):
    """A quote or a pair of end words is absent from a text, or stands in more than one place."""


class StoreError(KgError):
    """A store cannot be opened, read or written."""


class StoreBusyError(StoreError):
    """Another process is building the store."""


class QueryError(KgError):
    """A query is malformed, refused, or failed."""


class QueryTimeoutError(QueryError):
    """A query ran longer than its time limit and was ended."""


class ParameterError(QueryError):
    """A value given to a saved query is of the wrong type, unknown, or ambiguous."""


class ReasoningError(KgError):
    """The ontology is inconsistent, or the reasoner cannot run."""


class PoolError(KgError):
    """Workers cannot be reached, or an item of work ended its process time and again."""
