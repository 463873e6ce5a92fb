"""Saved questions as files: a SPARQL query under a header that describes it.

The format is ``docs/queries-format.md``. A header is YAML behind ``#+ ``, so every
problem knows its line; all problems of a file are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg import phrasings, sparql_text
from kg.documents import decode, parse_yaml
from kg.errors import InputError, Place, Problem
from kg.labels import TYPES
from kg.nodes import Mapping as Tree
from kg.nodes import Node, Scalar, Sequence
from kg.sparql_text import Kind, Token
from kg.vocabularies import SCHEMES
from kg.words import suggest

MARK: Final = "#+"
LITERALS: Final = ("xsd:date", "xsd:integer", "xsd:decimal", "xsd:boolean", "xsd:string")
ANY: Final = "any"
"""The default that restricts nothing."""

CRITERIA: Final = {
    "holder": "st:Actor",
    "voices": "st:Actor",
    "proposal": "st:Proposal",
    "issue": "st:Issue",
    "stance": "stance",
    "polarity": "polarity",
    "function": "function",
    "mode": "mode",
    "since": "xsd:date",
    "until": "xsd:date",
    "document": "st:Document",
    "layer": "xsd:string",
}
"""What positions can be selected by, with the type of the values; *voices*: it, and who counts for it."""

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a saved question has to be told; *default* None means that it must be."""

    name: str
    type: str
    about: str
    example: tuple[str, ...]
    default: tuple[str, ...] | None = None
    many: bool = False
    edge: str = ""

    @property
    def can_be_any(self) -> bool:
        """Whether it may be left open."""
        return self.default == (ANY,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """A question with its query; *statement* is the column that evidence joins on, empty if there is none.

    *near* says by what the rows are selected, for near misses: criterion (see `CRITERIA`) to concepts of
    its vocabulary, or to one parameter written as ``$name``; empty if the question has no near misses.
    """

    name: str
    path: str
    text: str
    question: str
    description: str
    theme: str
    params: tuple[Parameter, ...] = ()
    ask: tuple[str, ...] = ()
    statement: str = ""
    shows_evidence: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def param(self, name: str) -> Parameter | None:
        """The parameter *name*, if there is one."""
        return next((param for param in self.params if param.name == name), None)

    def asked(self, values: Mapping[str, str]) -> str:
        """The question with *values* in its slots; parts whose slots have no value are left out."""
        return phrasings.fill(phrasings.parse(self.question), values)

    def example(self) -> str:
        """The question with the examples of its parameters."""
        return self.asked({param.name: ", ".join(param.example) for param in self.params})


@lru_cache(maxsize=512)
def parse_query(data: bytes, *, name: str, path: str) -> SavedQuery:
    """Read a saved question from the bytes of its file; once, for a server opens many graphs.

    Raises:
        InputError: with all problems of header and query, each at its line.
    """
    query, reader = _read(data, name, path)
    if query and not reader.problems:
        reader.check_text(query)
    return _whole(query, reader)


@lru_cache(maxsize=512)
def parse_header(data: bytes, *, name: str, path: str) -> SavedQuery:
    """Read a saved question as `parse_query`, but leave its SPARQL text unchecked, which is most of the work.

    Raises:
        InputError: with all problems of the header, each at its line.
    """
    return _whole(*_read(data, name, path))


def _read(data: bytes, name: str, path: str) -> tuple[SavedQuery | None, _Reader]:
    reader = _Reader(path, decode(data, path=path))
    if not _SLUG.fullmatch(name):
        reader.refuse(None, f"'{name}' is no name of a question", "use lower-case ASCII words joined by '-'")
    return reader.read(name), reader


def _whole(query: SavedQuery | None, reader: _Reader) -> SavedQuery:
    if reader.problems or query is None:
        raise InputError(reader.problems)
    return query


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.problems: list[Problem] = []

    def refuse(self, place: Place | None, message: str, advice: str = "") -> None:
        self.problems.append(Problem(place or Place(self.path), message, advice))

    def read(self, name: str) -> SavedQuery | None:
        tree = self._header()
        if tree is None:
            return None
        keys = self._keys(tree, _HEADER, "a header", required=("question", "description", "theme"))
        params = tuple(self._param(n, node, tree) for n, node in self._entries(keys.get("params")))
        evidence = self._keys(keys.get("evidence"), ("statement",), "evidence", required=("statement",))
        query = SavedQuery(
            name=name,
            path=self.path,
            text=self.text,
            question=self._word(keys.get("question")),
            description=self._word(keys.get("description")),
            theme=self._word(keys.get("theme")),
            params=tuple(param for param in params if param),
            ask=self._words(keys.get("ask")),
            statement=self._word(evidence.get("statement")),
            shows_evidence=self._yes(keys.get("shows_evidence")),
            columns={column: self._word(node) for column, node in self._entries(keys.get("columns"))},
            near={name: self._words(node) for name, node in self._entries(keys.get("near"))},
        )
        if query.shows_evidence and not query.statement:
            self.refuse(keys["shows_evidence"].place, "there is no evidence to show", "add 'evidence'")
        if not self.problems:
            self._check_phrasings(query, keys)
            self._check_near(query, keys.get("near"))
        return query

    def _header(self) -> Tree | None:
        """The tree of the header, with the places of the file: the marker is three columns wide."""
        lines = self.text.split("\n")
        length = next((n for n, line in enumerate(lines) if not line.startswith(MARK)), len(lines))
        if not length:
            self.refuse(
                Place(self.path, 1, 1), "the file has no header", f"start it with '{MARK} question: …'"
            )
            return None
        for number, line in enumerate(lines, 1):
            if line.startswith(MARK) and number > length:
                self.refuse(Place(self.path, number, 1), "a line of the header after its end", "move it up")
            elif number <= length and line.rstrip()[2:3] not in ("", " "):
                self.refuse(Place(self.path, number, 3), f"no space after '{MARK}'", "add one")
        yaml = "\n".join(line[3:].rstrip("\r") for line in lines[:length])
        try:
            tree = parse_yaml(yaml.encode(), path=self.path)
        except InputError as error:
            for problem in error.problems:
                self.refuse(_moved(problem.place), problem.message, problem.help)
            return None
        if not isinstance(tree, Tree):
            self.refuse(_moved(tree.place), "the header is no mapping", "write 'question: …'")
            return None
        return tree

    # ------------------------------------------------------------ values

    def _keys(
        self, node: Node | None, known: tuple[str, ...], what: str, *, required: tuple[str, ...] = ()
    ) -> dict[str, Node]:
        """The entries of a mapping with known keys."""
        entries = dict(self._entries(node))
        for key in entries.keys() - set(known):
            assert isinstance(node, Tree)  # noqa: S101 - only a mapping has entries
            place = _moved(node.key_places[key])
            self.refuse(
                place,
                f"unknown key '{key}' in {what}",
                suggest(key, known) or f"known are {', '.join(known)}",
            )
        for key in required:
            if node is not None and key not in entries:
                self.refuse(_moved(node.place), f"{what} has no '{key}'", f"add '{key}: …'")
        return entries

    def _entries(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        if isinstance(node, Tree):
            yield from node.entries.items()
        elif node is not None:
            self.refuse(_moved(node.place), "not a mapping", "write 'key: value' here")

    def _word(self, node: Node | None) -> str:
        if isinstance(node, Scalar) and node.value.strip():
            return " ".join(node.value.split())
        if node is not None:
            self.refuse(_moved(node.place), "not a text", "write one text here")
        return ""

    def _words(self, node: Node | None) -> tuple[str, ...]:
        if isinstance(node, Sequence):
            return tuple(self._word(item) for item in node.items)
        return (self._word(node),) if node is not None else ()

    def _yes(self, node: Node | None) -> bool:
        word = self._word(node)
        if node is not None and word not in ("true", "false"):
            self.refuse(_moved(node.place), f"'{word}' is not true or false", "write true or false")
        return word == "true"

    def _one_of(self, node: Node | None, known: tuple[str, ...]) -> str:
        word = self._word(node)
        if node is not None and word and word not in known:
            self.refuse(
                _moved(node.place),
                f"'{word}' is not known here",
                suggest(word, known) or f"known are {', '.join(known)}",
            )
        return word

    def _param(self, name: str, node: Node, tree: Tree) -> Parameter | None:
        place = _moved(node.place)
        if not _NAME.fullmatch(name):
            self.refuse(place, f"'{name}' is no name of a parameter", "use a-z, 0-9 and _")
        keys = self._keys(node, _PARAM, f"parameter '{name}'", required=("type", "about", "example"))
        param = Parameter(
            name=name,
            type=self._one_of(keys.get("type"), (*TYPES, *LITERALS)),
            about=self._word(keys.get("about")),
            example=self._words(keys.get("example")),
            default=self._words(keys["default"]) if "default" in keys else None,
            many=self._yes(keys.get("many")),
            edge=self._one_of(keys.get("edge"), ("first", "last")),
        )
        if param.edge and param.type != "xsd:date":
            self.refuse(_moved(keys["edge"].place), "only a parameter of type xsd:date has an edge")
        if not param.many and (len(param.example) > 1 or len(param.default or ()) > 1):
            self.refuse(place, f"parameter '{name}' takes one value", "add 'many: true', or give one")
        return param

    # ------------------------------------------------------------ checks of the whole

    def _check_phrasings(self, query: SavedQuery, keys: Mapping[str, Node]) -> None:
        ask = keys.get("ask")
        items = ask.items if isinstance(ask, Sequence) else [ask] if ask else []
        needed = {param.name for param in query.params if param.default is None}
        for text, node in zip((query.question, *query.ask), (keys["question"], *items), strict=True):
            try:
                pattern = phrasings.parse(text)
            except ValueError as error:
                self.refuse(_moved(node.place), str(error))
                continue
            known = {param.name for param in query.params}
            for slot in sorted(phrasings.slots(pattern) - known):
                self.refuse(_moved(node.place), f"the slot {{{slot}}} is no parameter", suggest(slot, known))
            for slot in sorted(needed - phrasings.certain_slots(pattern)):
                self.refuse(
                    _moved(node.place),
                    f"the phrasing '{text}' can be said without {{{slot}}}, which has no default",
                    "add the slot outside brackets, or give the parameter a default",
                )

    def _check_near(self, query: SavedQuery, node: Node | None) -> None:
        keys = self._keys(node, tuple(CRITERIA), "near")
        for name, value in ((name, keys[name]) for name in CRITERIA if name in keys):
            type_, words = CRITERIA[name], query.near[name]
            fixed = SCHEMES.get(type_, ())
            taken = tuple(f"${param.name}" for param in query.params if param.type == type_)
            known = fixed + (taken if len(words) == 1 else ())
            for word in words:
                if word not in known:
                    help_ = suggest(word, known) or f"known are {', '.join(known) or 'none'}"
                    self.refuse(_moved(value.place), f"'{word}' is no {type_} of this question", help_)
        anchors = ("holder", "voices", "proposal", "issue")
        if query.near and not any(query.near.get(name, ("",))[0].startswith("$") for name in anchors):
            self.refuse(_moved(node.place) if node else None, f"near what? name one of {', '.join(anchors)}")
        if query.near and not query.statement:
            self.refuse(
                _moved(node.place) if node else None, "near misses are of positions", "add 'evidence'"
            )

    def check_text(self, query: SavedQuery) -> None:
        """Check the query under the header, and that it has what the header tells of it."""
        tokens = [t for t in sparql_text.tokens(self.text) if t.kind not in (Kind.SPACE, Kind.COMMENT)]
        form = next((t.text.upper() for t in tokens if t.kind is Kind.WORD and t.text.upper() in _FORMS), "")
        if form != "SELECT":
            self.refuse(None, f"a saved question is a SELECT query, not {form or 'nothing'}")
        self._check_params(query, tokens)
        columns = projected(self.text)
        for column in filter(None, (query.statement, *query.columns)):
            if columns and column not in columns:
                self.refuse(None, f"the header names a column '{column}' that the query does not select")

    def _check_params(self, query: SavedQuery, tokens: list[Token]) -> None:
        used = {token.text[1:]: token for token in reversed(tokens) if token.text.startswith("$")}
        known = {param.name for param in query.params}
        for name, token in used.items():
            if token.kind is Kind.VARIABLE and name not in known:
                self.refuse(self._place(token), f"'${name}' is no parameter", "declare it, or write '?'")
        for name in sorted(known - used.keys()):
            self.refuse(None, f"the parameter '{name}' is not used in the query", "write '$" + name + "'")
        inside = {token.start for token in _in_values(tokens)}
        for token in tokens:
            param = query.param(token.text[1:]) if token.text.startswith("$") else None
            if param and (param.many or param.can_be_any) and token.start not in inside:
                self.refuse(
                    self._place(token),
                    f"'{token.text}' may be several terms or none",
                    f"write VALUES ?{param.name} {{ {token.text} }}",
                )
            if token.kind is Kind.IRI and any(f"${name}" in token.text for name in known):
                self.refuse(self._place(token), f"'{token.text}' reads as an IRI", "put a space after '<'")

    def _place(self, token: Token) -> Place:
        line, _, column = sparql_text.line_and_column(self.text, token.start).partition(":")
        return Place(self.path, int(line), int(column))


_HEADER: Final = (
    "question", "description", "theme", "params", "ask", "evidence", "shows_evidence", "columns",
    "near",
)  # fmt: skip
_PARAM: Final = ("type", "about", "example", "default", "many", "edge")
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE", "LOAD", "CLEAR", "DROP")


def _moved(place: Place) -> Place:
    """A place in the YAML of a header as a place in its file."""
    return Place(place.path, place.line, place.column + 3) if place.line else place


def _in_values(tokens: list[Token]) -> Iterator[Token]:
    """The tokens inside the braces of one-column VALUES."""
    opening: list[Callable[[Token], bool]] = [
        lambda t: t.kind is Kind.WORD and t.text.upper() == "VALUES",
        lambda t: t.kind is Kind.VARIABLE,
        lambda t: t.text == "{",
    ]
    step = 0
    for token in tokens:
        if step == len(opening):
            if token.text == "}":
                step = 0
            else:
                yield token
        elif opening[step](token):
            step += 1
        else:
            step = 1 if opening[0](token) else 0


def projected(text: str) -> tuple[str, ...]:
    """The columns that the outermost SELECT of *text* names; none for ``SELECT *``.

    >>> projected("SELECT ?a (COUNT(?b) AS ?n) { ?a ?c ?b } GROUP BY ?a")
    ('a', 'n')
    """
    found: list[str] = []
    depth, selecting, naming = 0, False, False
    for token in sparql_text.tokens(text):
        word = token.text.upper() if token.kind is Kind.WORD else ""
        if selecting and (token.text == "{" or word in ("WHERE", "FROM")):
            break
        selecting = selecting or word == "SELECT"
        depth += (token.text == "(") - (token.text == ")")
        if selecting and token.kind is Kind.VARIABLE and (depth == 0 or naming):
            found.append(token.text[1:])
        if token.kind is not Kind.SPACE:
            naming = word == "AS"
    return tuple(found)
