"""Anybody's RDF file to an rdflib graph, without the network, and with the line of what is wrong."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError, Place, Problem
from kg.jsonld import CONTEXT_URL, load_context

if TYPE_CHECKING:
    from rdflib import Graph

SUFFIXES: Final = {
    ".ttl": "turtle",
    ".trig": "trig",
    ".nq": "nquads",
    ".nt": "nt",
    ".jsonld": "json-ld",
    ".json": "json-ld",
    ".rdf": "xml",
    ".xml": "xml",
    ".owl": "xml",
}
"""The form of an RDF file by its suffix, in rdflib's words."""


def read_rdf(path: Path) -> Graph:
    """Read the RDF file *path* with its named graphs merged.

    Raises:
        InputError: the file cannot be read or is not well formed, or a JSON-LD
            document names a context that is not ours (nothing is fetched).
    """
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        known = " ".join(SUFFIXES)
        raise _problem(
            path, f"no RDF form has the suffix '{path.suffix}'", f"name the file with one of {known}"
        )
    text = _read_text(path)
    if form == "json-ld":
        text = _with_own_context(path, text)
    # Python's XML parser, expat, opens no external entities; rdflib leaves that so.
    try:
        return _parse(text, form, path)
    except Exception as error:
        # rdflib's parsers raise whatever befalls them: SyntaxError, ValueError, KeyError, RecursionError…
        raise _malformed(path, text, form, error) from error


def _problem(path: Path, message: str, help_: str = "", line: int = 0, column: int = 0) -> InputError:
    return InputError([Problem(Place(path.as_posix(), line, column), message, help_)])


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _problem(path, f"cannot be read ({error.strerror})", "check the path") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _problem(path, "is not UTF-8", "save it as UTF-8", line, 1) from error


def _parse(text: str, form: str, path: Path) -> Graph:
    from rdflib import Dataset, Graph

    graph, dataset = Graph(), Dataset()
    with quiet():
        # A base that names no folder of this machine.
        dataset.parse(data=text, format=form, publicID=f"file:///{path.name}")
        for subject, predicate, obj, _ in dataset.quads():
            graph.add((subject, predicate, obj))
    return graph


@contextmanager
def quiet() -> Iterator[None]:
    """Let rdflib neither mend literals nor talk about them, nor warn of what it deprecates itself.

    Mended, ``"perhaps"^^xsd:boolean`` would be false, and no shape could find it.
    """
    import rdflib

    logger = logging.getLogger("rdflib")
    before, mends = logger.level, rdflib.NORMALIZE_LITERALS
    logger.setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
        rdflib.NORMALIZE_LITERALS = mends


# ---------------------------------------------------------------- JSON-LD contexts


def _with_own_context(path: Path, text: str) -> str:
    """Put our published context in the place of its address; refuse every other address."""
    try:
        document = json.loads(text)
        return json.dumps(_inline(path, document))
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise _problem(path, message, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise _problem(path, "is nested too deeply") from error


def _inline(path: Path, value: Any) -> Any:
    if isinstance(value, list):
        return [_inline(path, each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(path, inner) if key in ("@context", "@import") else _inline(path, inner)
        for key, inner in value.items()
    }


def _context(path: Path, value: Any) -> Any:
    if isinstance(value, list):
        return [_context(path, each) for each in value]
    if isinstance(value, str):
        if value == CONTEXT_URL:
            return load_context()["@context"]
        message = f"names the context {value}, and nothing is fetched from the network"
        raise _problem(path, message, f"write the context into the document, or use {CONTEXT_URL}")
    return _inline(path, value)


# ---------------------------------------------------------------- what is wrong, and where


def _malformed(path: Path, text: str, form: str, error: Exception) -> InputError:
    if isinstance(error, RecursionError):
        return _problem(path, "is nested too deeply")
    line, column = _where(text, form, error)
    why = getattr(error, "_why", "") or getattr(error, "getMessage", lambda: "")() or str(error)
    why = " ".join(str(why).split())[:200] or type(error).__name__
    names = {"nt": "N-Triples", "nquads": "N-Quads", "json-ld": "JSON-LD", "xml": "RDF/XML", "trig": "TriG"}
    return _problem(path, f"is not {names.get(form, 'Turtle')}: {why}", "", line, column)


def _where(text: str, form: str, error: Exception) -> tuple[int, int]:
    """The line and column of *error*, each from 1, or 0 where the parser does not tell."""
    if form in ("nt", "nquads"):
        return _bad_line(text, form), 1
    from xml.sax import SAXParseException

    if isinstance(error, SAXParseException):
        return error.getLineNumber() or 0, (error.getColumnNumber() or 0) + 1
    at = getattr(error, "_i", None)
    if isinstance(at, int) and hasattr(error, "lines"):
        before = text.encode()[:at].decode(errors="ignore")
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return 0, 0


def _bad_line(text: str, form: str) -> int:
    """The first line that does not parse on its own; rdflib does not tell which it was."""
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            _parse(line, form, Path("line"))
        except Exception:
            return number
    return 0
