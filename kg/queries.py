"""Saved questions: find them, bind their parameters, run them.

A value becomes a typed RDF term first and SPARQL text after, so input is never
pasted into a query. Substitution of variables by the engine is not used: it
raises unless the variable is selected, and is ignored inside subqueries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from kg import sparql_text
from kg.dates import bounds
from kg.documents import read_bytes
from kg.errors import InputError, ParameterError, Problem, QueryError
from kg.files import queries_dir
from kg.headers import ANY, LITERALS, Parameter, SavedQuery, parse_header, parse_query
from kg.labels import Labels, Selects, read_labels
from kg.sparql_text import Kind
from kg.tables import Table
from kg.terms import Iri, Literal, Term, expand, token
from kg.words import suggest

Given: TypeAlias = str | int | date | Iterable[str]
"""A value as it is given: a name, a number, a day, or several names."""

Bound: TypeAlias = tuple[Term, ...]
"""The terms that stand for a parameter; none: it restricts nothing."""


class Store(Selects, Protocol):
    """What saved questions run on."""

    def select(self, text: str, /, *, timeout: float) -> Table:
        """Evaluate *text* within *timeout* seconds."""


class Shelf(dict[str, SavedQuery]):
    """Saved questions by name; *broken* has the problems of those that cannot be read."""

    def __init__(self, found: Mapping[str, SavedQuery], broken: Mapping[str, tuple[Problem, ...]]) -> None:
        super().__init__(sorted(found.items()))
        self.broken = dict(sorted(broken.items()))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the broken ones, in order of place."""
        return tuple(sorted({problem for some in self.broken.values() for problem in some}))


def read_queries(folders: Iterable[Path]) -> Shelf:
    """Read the saved questions in *folders*, by name; of two with one name the later folder's counts.

    Folders that do not exist are passed over. A file that cannot be read is among the broken ones; the others
    stay usable, but none of its name from an earlier folder is taken in its place.
    """
    return _read((folder, parse_query) for folder in folders)


def known_queries(own: Iterable[Path]) -> Shelf:
    """Read the shipped saved questions, and those in the folders *own* as `read_queries` does.

    Of the shipped ones only the headers, for tests have checked the rest: `find_query` does so, too.
    """
    return _read([(queries_dir(), parse_header), *((folder, parse_query) for folder in own)])


def _read(folders: Iterable[tuple[Path, Callable[..., SavedQuery]]]) -> Shelf:
    found: dict[str, SavedQuery] = {}
    broken: dict[str, tuple[Problem, ...]] = {}
    for file, parse in [(file, parse) for folder, parse in folders for file in sorted(folder.glob("*.rq"))]:
        found.pop(file.stem, None)
        broken.pop(file.stem, None)
        try:
            data = read_bytes(file, path=str(file))
            found[file.stem] = parse(data, name=file.stem, path=str(file))
        except InputError as error:
            broken[file.stem] = error.problems
    return Shelf(found, broken)


def load_queries(folders: Iterable[Path]) -> Shelf:
    """Read the saved questions in *folders* as `read_queries` does, if all can be read.

    Raises:
        InputError: with all problems of all files.
    """
    shelf = read_queries(folders)
    if shelf.broken:
        raise InputError(shelf.problems)
    return shelf


def find_query(queries: Mapping[str, SavedQuery], name: str) -> SavedQuery:
    """The saved question *name*.

    Raises:
        InputError: its file cannot be read.
        QueryError: there is none; the nearest names are suggested.
    """
    if name in queries:
        query = queries[name]
        if isinstance(queries, Shelf):
            return parse_query(query.text.encode(), name=name, path=query.path)
        return query
    if isinstance(queries, Shelf) and name in queries.broken:
        raise InputError(queries.broken[name])
    help_ = suggest(name, queries) or "list them with 'kg queries'"
    raise QueryError(f"there is no saved question '{name}'; {help_}")


# ---------------------------------------------------------------- values to terms


def resolve(query: SavedQuery, values: Mapping[str, Given], labels: Labels) -> dict[str, Bound]:
    """Turn *values* and the defaults of *query* into terms, one entry for each parameter.

    Raises:
        ParameterError: a parameter is unknown or missing, or a value does not fit it.
    """
    known = [param.name for param in query.params]
    for name in values:
        if name not in known:
            help_ = suggest(name, known) or (f"it has {', '.join(known)}" if known else "it has none")
            raise ParameterError(f"'{query.name}' has no parameter '{name}'; {help_}")
    return {param.name: _resolve(query, param, values.get(param.name), labels) for param in query.params}


def _resolve(query: SavedQuery, param: Parameter, given: Given | None, labels: Labels) -> Bound:
    if given is None and param.default is None:
        raise ParameterError(
            f"'{query.name}' needs '{param.name}': {param.about}, for example {', '.join(param.example)}"
        )
    words = (param.default or ()) if given is None else _listed(given)
    if param.can_be_any and tuple(words) == (ANY,):
        return ()
    try:
        terms = tuple(dict.fromkeys(each for word in words for each in _terms(param, word, labels)))
    except ParameterError as error:
        raise ParameterError(f"{param.name}: {error}") from None
    if not terms or (len(terms) > 1 and not param.many):
        raise ParameterError(f"{param.name}: it takes {'a' if param.many else 'one'} value, not {len(terms)}")
    return terms


def _listed(given: Given) -> tuple[str, ...]:
    if isinstance(given, bool):
        return (str(given).lower(),)
    return (str(given),) if isinstance(given, str | int | date) else tuple(map(str, given))


def _terms(param: Parameter, word: str, labels: Labels) -> Bound:
    """The terms of one value; where several are taken, commas part them unless a name has the comma."""
    if not param.many or "," not in word:
        return (to_term(param, word, labels),)
    try:
        return (to_term(param, word, labels),)
    except ParameterError:
        return tuple(to_term(param, part.strip(), labels) for part in word.split(",") if part.strip())


def to_term(param: Parameter, value: str, labels: Labels) -> Term:
    """Turn one *value* of *param* into a term.

    Raises:
        ParameterError: it is not of the parameter's type, or names nothing or several things.
    """
    if param.type not in LITERALS:
        return Iri(labels.resolve(value, param.type).entity.iri)
    if param.type == "xsd:string":
        return Literal(_sound(value))
    text = _day(value.strip(), param.edge) if param.type == "xsd:date" else value.strip().lower()
    if not re.fullmatch(_FORMS[param.type], text, re.ASCII):
        raise ParameterError(f"'{value}' is no {param.type.removeprefix('xsd:')}; {_EXPECTED[param.type]}")
    return Literal(text, expand(param.type))


_FORMS: Final = {
    "xsd:date": r"\d{4}-\d{2}-\d{2}",
    "xsd:integer": r"[+-]?\d{1,100}",
    "xsd:decimal": r"[+-]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})",
    "xsd:boolean": r"true|false",
}
_EXPECTED: Final = {
    "xsd:date": "write a day such as 2024-05-12",
    "xsd:integer": "write a whole number such as 3",
    "xsd:decimal": "write a number such as 0.5",
    "xsd:boolean": "write true or false",
}


def _day(value: str, edge: str) -> str:
    """*value* as a day: a year or a month stands for its first or last day where the parameter is an edge."""
    pattern = r"\d{4}(-\d{2}(-\d{2})?)?" if edge else _FORMS["xsd:date"]
    if not re.fullmatch(pattern, value, re.ASCII):
        shorter = ", a month such as 2024-05 or a year" if edge else ""
        raise ParameterError(f"'{value}' is no date; {_EXPECTED['xsd:date']}{shorter}")
    try:
        found = bounds(value)
    except ValueError as error:
        raise ParameterError(str(error)) from None
    return (found.latest if edge == "last" else found.earliest) or value


def _sound(text: str) -> str:
    if re.search(r"[\x00\ud800-\udfff]", text):
        raise ParameterError("the text has a zero or half of a surrogate pair in it; remove it")
    return text


# ---------------------------------------------------------------- terms to text


def bind(query: SavedQuery, bound: Mapping[str, Bound]) -> str:
    """Write *bound* into the text of *query*: each ``$name`` token becomes its terms.

    What is only there for a parameter that restricts nothing is left out, see `without`.

    Raises:
        ParameterError: a ``$name`` of the query has no entry, or an entry is no parameter.
    """
    for name in bound:
        if query.param(name) is None:
            raise ParameterError(f"'{query.name}' has no parameter '{name}'")
    return rewrite(_fitting(query.text, bound), bound)


def _fitting(text: str, bound: Mapping[str, Bound]) -> str:
    r"""Leave out of the *text* of a query what need not be said, given which parameters have a value.

    Where one has none, that is its ``VALUES ?x { $name }`` (engines take one with ``UNDEF`` for a table with
    a column that may be empty, and join everything with it in the slowest way), and the lines that end in the
    comment ``# only with name``; where it has one, those that end in ``# only without name``.

    >>> text = "VALUES ?i { $issue } ?p a ?type .\n?p st:addresses ?i .  # only with issue\n"
    >>> _fitting(text, {"issue": ()})
    ' ?p a ?type .\n'
    """
    for name, terms in bound.items():
        if not terms:
            text = re.sub(rf"VALUES[ ]\?\w+[ ]\{{[ ]\${name}[ ]\}}", "", text)
        mark = "without" if terms else "with"
        text = re.sub(rf"^.*# only {mark} {name}\n", "", text, flags=re.MULTILINE)
    return text


def rewrite(text: str, bound: Mapping[str, Bound]) -> str:
    r"""Replace the ``$name`` tokens of *text*, leaving strings, IRIs, comments and ``?name`` as they are.

    Raises:
        ParameterError: a ``$name`` has no entry.

    >>> rewrite("SELECT * { ?s ?p $o } # $o", {"o": (Literal('"} #'),)})
    'SELECT * { ?s ?p "\\"} #" } # $o'
    """
    pieces: list[str] = []
    for piece in sparql_text.tokens(text):
        if piece.kind is not Kind.VARIABLE or not piece.text.startswith("$"):
            pieces.append(piece.text)
        elif piece.text[1:] in bound:
            pieces.append(" ".join(map(token, bound[piece.text[1:]])) or "UNDEF")
        else:
            raise ParameterError(f"the parameter '{piece.text[1:]}' has no value")
    return "".join(pieces)


def run(
    query: SavedQuery,
    values: Mapping[str, Given],
    store: Store,
    *,
    timeout: float,
    labels: Labels | None = None,
) -> Table:
    """Answer *query* on *store* within *timeout* seconds; *labels* are read from the store if not given.

    Raises:
        ParameterError: a value does not fit.
        QueryError: the query fails or takes too long.
    """
    bound = resolve(query, values, labels or read_labels(store))
    return store.select(bind(query, bound), timeout=timeout)
