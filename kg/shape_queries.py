"""SPARQL constraints of shapes, read: groups of patterns, paths and conditions.

SHACL asks a constraint's query once for each focus node, with `$this` bound before (SHACL,
appendix A). Asked once for all focus nodes (`kg.shape_joins`) it has the same answer as long
as nothing in it looks at a variable from inside a group that does not bind it, counts over
several focus nodes, or compares values that two engines compare differently. What may is
refused, when a query is compiled or when the data are seen, and left to pySHACL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from kg.exports import read_token
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError, iri
from kg.shape_paths import Path, reverse
from kg.sparql_text import Kind, Token, tokens
from kg.terms import PREFIXES

_WORDS: Final = frozenset(
    ["SELECT", "DISTINCT", "WHERE", "FILTER", "NOT", "EXISTS", "OPTIONAL", "UNION", "IN", "BOUND", "STR", "A"]
)
_WORDS_OF_GROUPS: Final = frozenset(["GROUP", "BY", "HAVING", "MAX", "MIN", "COUNT"])
_COMPARE: Final = ("<", ">", "<=", ">=", "=", "!=")
_BUILT_IN: Final = {name: PREFIXES[name] for name in ("rdf", "rdfs", "owl")}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern. Variables are written ``?name``; *path* is nothing where the *predicate* is one."""

    subject: str
    path: Path | None
    object: str
    predicate: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition, or what one compares: its *form*, its *word* (operator, variable, IRI), its parts."""

    form: OneOf["variable", "iri", "str", "bound", "compare", "and", "or", "not", "in", "exists", "aggregate"]
    word: str = ""
    parts: tuple[Expression, ...] = ()
    group: Group | None = None


@dataclass(slots=True)
class Group:
    """What stands between two braces; *unions* has the branches of each, one where there is no union."""

    patterns: list[Pattern] = field(default_factory=list)
    unions: list[list[Group]] = field(default_factory=list)
    optionals: list[Group] = field(default_factory=list)
    filters: list[Expression] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeQuery:
    """The query of a SPARQL constraint; *having* is the condition on what is counted for a focus node."""

    variables: tuple[str, ...]
    group: Group
    having: Expression | None
    messages: tuple[str, ...]


def variables_of(of: Group | Expression, *, with_filters: bool, constants: bool = False) -> set[str]:
    """The variables in a group, or in a condition; conditions inside only where *with_filters* asks for it.

    With *constants* the IRIs of the patterns are among them.
    """
    if isinstance(of, Expression):
        words = {of.word} if of.form == "variable" else set()
        inner: list[Group | Expression] = [*of.parts, *([of.group] if of.group else ())]
    else:
        ends = {end for each in of.patterns for end in (each.subject, each.object, each.predicate)}
        words = {end for end in ends if end and (constants or end[0] == "?")}
        inner = [*(each for branches in of.unions for each in branches), *of.optionals]
        inner += of.filters if with_filters else []
    return words.union(
        *(variables_of(each, with_filters=with_filters, constants=constants) for each in inner)
    )


# ---------------------------------------------------------------- compiling


def compile_query(graph: ShapeGraph, node: str, messages: Iterable[str]) -> ShapeQuery:
    """Compile the SPARQL constraint *node* of a shape that has *messages* of its own.

    Raises:
        UnsupportedShapeError: asked once for all focus nodes it could answer differently.
    """
    known = {iri(name) for name in ("sh:select", "sh:message", "sh:prefixes", "rdf:type")}
    if unknown := set(graph.predicates(node)) - known:
        raise UnsupportedShapeError(f"a SPARQL constraint has {', '.join(sorted(unknown))}")
    text = str(read_token(graph.value(node, "sh:select") or '""'))
    found = [each for each in tokens(text) if each.kind is not Kind.SPACE]
    _refuse(found)
    variables = _projected(found)
    brace = next(number for number, each in enumerate(found) if each.text == "{")
    parser = _Parser(found[brace:], _BUILT_IN | _declared(graph, node))
    told = [str(read_token(each)) for each in graph.values(node, "sh:message")]
    group = parser.group()
    having = parser.having()
    return ShapeQuery(variables=variables, group=group, having=having, messages=(*messages, *told))


def _declared(graph: ShapeGraph, node: str) -> dict[str, str]:
    told = graph.value(node, "sh:prefixes")
    if told is None:
        return dict(PREFIXES)
    declarations = graph.values(told, "sh:declare")
    if not declarations or iri("owl:Ontology") not in graph.values(told, "rdf:type"):
        raise UnsupportedShapeError("the prefixes of a SPARQL constraint stand in no ontology")
    found = {}
    for each in declarations:
        prefix, namespace = graph.value(each, "sh:prefix"), graph.value(each, "sh:namespace")
        if prefix is None or namespace is None:
            raise UnsupportedShapeError("a prefix is declared by halves")
        found[str(read_token(prefix))] = str(read_token(namespace))
    # `kg.shacl_reference` gives rdflib our own prefixes where the query declares no others.
    return PREFIXES | found


def _refuse(found: Sequence[Token]) -> None:
    words = [each.text.upper() for each in found if each.kind is Kind.WORD]
    grouped = "GROUP" in words
    allowed = _WORDS | (_WORDS_OF_GROUPS if grouped else set())
    if unknown := sorted(set(words) - allowed):
        raise UnsupportedShapeError(f"a SPARQL constraint uses {', '.join(unknown)}")
    if words[:1] != ["SELECT"] or words.count("SELECT") > 1 or not any(each.text == "{" for each in found):
        raise UnsupportedShapeError("a SPARQL constraint is no plain SELECT query")
    unread = {Kind.COMMENT, Kind.BLANK, Kind.LANGUAGE, Kind.NUMBER, Kind.STRING}
    if any(each.kind in unread or "\\" in each.text for each in found):
        raise UnsupportedShapeError("a SPARQL constraint has comments, blank nodes, escapes or literals")
    texts = [_variable(each) for each in found]
    if grouped and "GROUP BY ?this HAVING (" not in " ".join(texts):
        raise UnsupportedShapeError("a SPARQL constraint groups by something else than $this")
    if any("?this" in inside for inside in _inner_filters(texts)):
        raise UnsupportedShapeError("a SPARQL constraint filters by $this inside a group")


def _variable(each: Token) -> str:
    """A token's text, variables written alike, keywords in capitals."""
    if each.kind is Kind.VARIABLE:
        return "?" + each.text[1:]
    return each.text.upper() if each.kind is Kind.WORD else each.text


def _inner_filters(texts: Sequence[str]) -> Iterator[list[str]]:
    """The conditions of the filters that do not stand in the outermost group."""
    depth = 0
    for number, text in enumerate(texts):
        depth += (text == "{") - (text == "}")
        if text == "FILTER" and depth > 1 and texts[number + 1] == "(":
            yield _brackets(texts[number + 1 :])


def _brackets(texts: Sequence[str]) -> list[str]:
    """The tokens up to where the bracket that they begin with is closed."""
    depth, found = 0, []
    for text in texts:
        depth += (text == "(") - (text == ")")
        found.append(text)
        if depth == 0:
            break
    return found


def _projected(found: Sequence[Token]) -> tuple[str, ...]:
    texts = [_variable(each) for each in found]
    names = []
    for text in texts[1:]:
        if text in ("WHERE", "{"):
            break
        if text != "DISTINCT":
            names.append(text)
    if "?this" not in names or {"?path", "?failure"} & set(names) or any(name[0] != "?" for name in names):
        raise UnsupportedShapeError("a SPARQL constraint selects more than $this and other variables")
    return tuple(name[1:] for name in names)


class _Parser:
    """Reads the tokens of a query from its outermost brace on."""

    def __init__(self, found: Sequence[Token], prefixes: dict[str, str]) -> None:
        self._found = found
        self._prefixes = prefixes
        self._at = 0

    # ------------------------------------------------------------ tokens

    def _peek(self, ahead: int = 0) -> str:
        number = self._at + ahead
        return _variable(self._found[number]) if number < len(self._found) else ""

    def _take(self, *wanted: str) -> str:
        text = self._peek()
        if not text or (wanted and text not in wanted):
            raise UnsupportedShapeError(f"a SPARQL constraint has {text or 'its end'} where it is not read")
        self._at += 1
        return text

    def _skip(self, *texts: str) -> bool:
        """Pass over *texts*, if they come next."""
        comes = all(self._peek(number) == text for number, text in enumerate(texts))
        self._at += len(texts) if comes else 0
        return comes

    # ------------------------------------------------------------ groups

    def group(self) -> Group:
        """Read a group with its braces."""
        group = Group()
        self._take("{")
        while not self._skip("}"):
            if self._skip("FILTER"):
                group.filters.append(self._condition())
            elif self._skip("OPTIONAL"):
                group.optionals.append(self.group())
            elif group.optionals:
                raise UnsupportedShapeError("a SPARQL constraint has patterns after OPTIONAL")
            elif self._peek() == "{":
                group.unions.append(self._branches())
            else:
                self._patterns(group)
            self._skip(".")
        return group

    def _branches(self) -> list[Group]:
        branches = [self.group()]
        while self._skip("UNION"):
            branches.append(self.group())
        return branches

    def _patterns(self, group: Group) -> None:
        """Read the patterns of one subject."""
        subject, goes_on = self._node(), True
        while goes_on:
            predicate = self._take() if self._peek()[:1] == "?" else ""
            path = None if predicate else self._path()
            while True:
                group.patterns.append(Pattern(subject, path, self._node(), predicate))
                if not self._skip(","):
                    break
            goes_on = self._skip(";") and self._peek() not in (".", "}")

    def _node(self) -> str:
        return self._take() if self._peek()[:1] == "?" else self._iri()

    def _iri(self) -> str:
        if self._at >= len(self._found):
            raise UnsupportedShapeError("a SPARQL constraint ends too early")
        each = self._found[self._at]
        self._at += 1
        if each.kind is Kind.IRI:
            return each.text
        if each.text == "a":
            return iri("rdf:type")
        if each.kind is not Kind.NAME:
            raise UnsupportedShapeError(f"a SPARQL constraint has {each.text} where it is not read")
        prefix, _, local = each.text.partition(":")
        if prefix not in self._prefixes:
            raise UnsupportedShapeError(f"a SPARQL constraint has the unknown prefix {prefix}:")
        return f"<{self._prefixes[prefix]}{local}>"

    # ------------------------------------------------------------ paths

    def _path(self) -> Path:
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Path("alternative", "", tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._skip("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Path("sequence", "", tuple(parts))

    def _step(self) -> Path:
        is_inverse = self._skip("^")
        if self._skip("("):
            path = self._path()
            self._take(")")
        else:
            path = Path("predicate", self._iri())
        if self._skip("*"):
            path = Path("zeroOrMore", "", (path,))
        elif self._skip("+"):
            path = Path("oneOrMore", "", (path,))
        return reverse(path) if is_inverse else path

    # ------------------------------------------------------------ conditions

    def _condition(self) -> Expression:
        if self._peek() not in ("(", "BOUND", "NOT", "EXISTS"):
            raise UnsupportedShapeError(f"a SPARQL constraint has FILTER {self._peek()}")
        return self._primary()

    def _expression(self) -> Expression:
        parts = [self._all()]
        while self._skip("||"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Expression("or", "", tuple(parts))

    def _all(self) -> Expression:
        parts = [self._relation()]
        while self._skip("&&"):
            parts.append(self._relation())
        return parts[0] if len(parts) == 1 else Expression("and", "", tuple(parts))

    def _relation(self) -> Expression:
        left = self._unary()
        if self._peek() in _COMPARE:
            return Expression("compare", self._take(), (left, self._unary()))
        if self._skip("NOT", "IN"):
            return Expression("not", "", (self._among(left),))
        return self._among(left) if self._skip("IN") else left

    def _among(self, left: Expression) -> Expression:
        self._take("(")
        listed = [Expression("iri", self._iri())]
        while self._skip(","):
            listed.append(Expression("iri", self._iri()))
        self._take(")")
        return Expression("in", "", (left, *listed))

    def _unary(self) -> Expression:
        return Expression("not", "", (self._unary(),)) if self._skip("!") else self._primary()

    def _primary(self) -> Expression:
        text = self._peek()
        if self._skip("NOT", "EXISTS"):
            return Expression("not", "", (Expression("exists", group=self.group()),))
        if self._skip("EXISTS"):
            return Expression("exists", group=self.group())
        if self._skip("("):
            inner = self._expression()
            self._take(")")
            return inner
        if text in ("BOUND", "STR", "MAX", "MIN", "COUNT"):
            return self._call(self._take())
        if text[:1] == "?":
            return Expression("variable", self._take())
        return Expression("iri", self._iri())

    def _call(self, name: str) -> Expression:
        self._take("(")
        word = name + " DISTINCT" if self._skip("DISTINCT") else name
        variable = Expression("variable", self._node())
        self._take(")")
        if variable.word[0] != "?" or (word != name and name != "COUNT"):
            raise UnsupportedShapeError(f"a SPARQL constraint has {name}() of something else than a variable")
        if name in ("BOUND", "STR"):
            return Expression("bound" if name == "BOUND" else "str", "", (variable,))
        return Expression("aggregate", word, (variable,))

    def having(self) -> Expression | None:
        """Read what stands after the outermost group: nothing, or a grouping by the focus node."""
        found = None
        if self._skip("GROUP", "BY", "?this", "HAVING"):
            found = self._primary()
        if self._peek():
            raise UnsupportedShapeError(f"a SPARQL constraint has {self._peek()} after its group")
        return found
