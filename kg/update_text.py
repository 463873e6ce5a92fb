"""SPARQL Update text, rewritten where the engine would do other than the standard wants.

The engine takes the dataset of an update from its text only, so USING is written into it where the
protocol names one (SPARQL 1.1 Protocol, 2.2.3); and it will not clear a graph that is not there.
Operations end at a ``;`` outside of braces; a WHERE outside of braces begins the pattern of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kg.errors import QueryError
from kg.sparql_text import Kind, Token, line_and_column, tokens
from kg.terms import Iri, token


def with_dataset(text: str, using: Iterable[str], named: Iterable[str]) -> str:
    """Give every pattern of an update the dataset of the graphs *using* and *named* (IRIs).

    Raises:
        QueryError: it chooses graphs itself, with USING or WITH.

    >>> with_dataset("INSERT { ?s a <urn:C> } WHERE { ?s ?p ?o }", ["urn:g"], [])
    'INSERT { ?s a <urn:C> } USING <urn:g> WHERE { ?s ?p ?o }'
    >>> with_dataset("DELETE WHERE { ?s ?p ?o } ; CLEAR ALL", [], ["urn:g"])
    'DELETE { ?s ?p ?o } USING NAMED <urn:g> WHERE { ?s ?p ?o } ; CLEAR ALL'
    """
    clauses = "".join(
        [f"USING {token(Iri(iri))} " for iri in using] + [f"USING NAMED {token(Iri(iri))} " for iri in named]
    )
    return "".join(_rewrite(text, operation, clauses) for operation in _operations(text))


def with_silent_clear(text: str) -> str:
    """Let CLEAR pass over a graph that is not there: it is empty already (SPARQL 1.1 Update, 3.1.3).

    >>> with_silent_clear("CLEAR GRAPH <urn:g> ; clear silent ALL # CLEAR ALL")
    'CLEAR SILENT GRAPH <urn:g> ; clear silent ALL # CLEAR ALL'
    """
    found = list(tokens(text))
    words = [at for at, each in enumerate(found) if each.kind not in (Kind.SPACE, Kind.COMMENT)]
    pieces = [each.text for each in found]
    for at, after in pairwise(words):
        is_clear = found[at].kind is Kind.WORD and found[at].text.upper() == "CLEAR"
        if is_clear and found[after].text.upper() != "SILENT":
            pieces[at] += " SILENT"
    return "".join(pieces)


def _operations(text: str) -> Iterator[list[tuple[Token, int]]]:
    """The tokens of each operation with how many braces they stand in."""
    depth, found = 0, []
    for each in tokens(text):
        if each.text in ("{", "}") and each.kind is Kind.PUNCTUATION:
            depth += 1 if each.text == "{" else -1
        found.append((each, depth))
        if each.text == ";" and depth == 0:
            yield found
            found = []
    yield found


def _rewrite(text: str, operation: Sequence[tuple[Token, int]], clauses: str) -> str:
    words = [
        (at, each) for at, (each, depth) in enumerate(operation) if depth == 0 and each.kind is Kind.WORD
    ]
    for _, each in words:
        if each.text.upper() in ("USING", "WITH"):
            where = line_and_column(text, each.start)
            why = f"the update chooses its graphs with {each.text.upper()}, and the request does so, too"
            raise QueryError(f"{where}: {why}; leave one of them out")
    pieces = [each.text for each, _ in operation]
    names = [each.text.upper() for _, each in words]
    if "WHERE" not in names:
        return "".join(pieces)
    at = words[names.index("WHERE")][0]
    if names[names.index("WHERE") - 1] == "DELETE" and not _has_braces(operation[:at]):
        pattern = "".join(piece for piece, (_, depth) in zip(pieces, operation, strict=True) if depth) + "} "
        pieces[at] = f"{pattern}{clauses}WHERE"
    else:
        pieces[at] = f"{clauses}WHERE"
    return "".join(pieces)


def _has_braces(tokens: Sequence[tuple[Token, int]]) -> bool:
    return any(depth for _, depth in tokens)
