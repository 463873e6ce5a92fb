"""A file of shapes as triples: values, lists, paths, and the names that its shapes go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from kg.errors import KgError
from kg.exports import read_token
from kg.shape_paths import Form, Path
from kg.terms import expand, shrink, token

_NIL: Final = "rdf:nil"
_DEEPEST: Final = 8  # pySHACL raises at ten


class UnsupportedShapeError(KgError):
    """A shape says something that is not compiled here; pySHACL has to check it."""


@cache
def iri(name: str) -> str:
    """The token of a prefixed name.

    >>> iri("sh:path")
    '<http://www.w3.org/ns/shacl#path>'
    """
    return f"<{expand(name)}>"


class ShapeGraph:
    """The triples of a file of shapes."""

    def __init__(self, triples: Iterable[tuple[str, str, str]]) -> None:
        self._values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._subjects: dict[str, list[str]] = defaultdict(list)
        self._objects: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, object_ in triples:
            value = token(read_token(object_)) if object_[0] == '"' else object_
            self._values[subject][predicate].append(value)
            self._subjects[value].append(subject)
            self._objects[predicate].add(subject)

    def predicates(self, node: str) -> Collection[str]:
        """The predicates (tokens) that *node* has."""
        return self._values.get(node, {}).keys()

    def values(self, node: str, name: str) -> list[str]:
        """The objects of *node* by the prefixed name of a predicate."""
        return self._values.get(node, {}).get(iri(name), [])

    def value(self, node: str, name: str) -> str | None:
        """The one object of *node*, or none.

        Raises:
            UnsupportedShapeError: there are several.
        """
        found = self.values(node, name)
        if len(found) > 1:
            raise UnsupportedShapeError(f"{node} has several values of {name}")
        return found[0] if found else None

    def subjects(self, name: str) -> Collection[str]:
        """The nodes that have the predicate of this prefixed name."""
        return self._objects.get(iri(name), ())

    def has_object(self, name: str) -> bool:
        """Whether any triple leads to the thing of this prefixed name."""
        return bool(self._subjects.get(iri(name)))

    def items(self, node: str) -> list[str]:
        """The members of the list *node*.

        Raises:
            UnsupportedShapeError: it is no list, or an empty one.
        """
        found: list[str] = []
        while node != iri(_NIL):
            first, rest = self.value(node, "rdf:first"), self.value(node, "rdf:rest")
            if first is None or rest is None or len(found) > 10_000:
                raise UnsupportedShapeError(f"{node} is no list")
            found.append(first)
            node = rest
        if not found:
            raise UnsupportedShapeError("a list is empty")
        return found

    def name_of(self, shape: str) -> str:
        """The name of *shape*, or of the nearest shape around it that has one."""
        frontier, seen = [shape], set()
        while frontier:
            named = sorted(each[1:-1] for each in frontier if each[0] == "<")
            if named:
                return shrink(named[0])
            seen |= set(frontier)
            frontier = [s for each in frontier for s in self._subjects.get(each, ()) if s not in seen]
        return ""

    # ------------------------------------------------------------ paths

    def path(self, node: str) -> str:
        """Write a SHACL path as a SPARQL property path (SHACL, 2.3.1)."""
        form, parts = self._path(node)
        if form == "predicate":
            return shrink(node[1:-1])
        inner = [self.path(part) for part in parts]
        joined = {"sequence": "/", "alternative": "|"}
        if form in joined:
            return "(" + joined[form].join(inner) + ")"
        return f"^{inner[0]}" if form == "inverse" else f"({inner[0]})*"

    def turtle_path(self, node: str) -> str:
        """Write a SHACL path as Turtle has it."""
        form, parts = self._path(node)
        if form == "predicate":
            short = shrink(node[1:-1])
            return node if short == node[1:-1] else short
        inner = [self.turtle_path(part) for part in parts]
        if form == "sequence":
            return "( " + " ".join(inner) + " )"
        if form == "alternative":
            return "[ sh:alternativePath ( " + " ".join(inner) + " ) ]"
        return f"[ sh:{form}Path {inner[0]} ]"

    def read_path(self, node: str, depth: int = 0) -> Path:
        """Read a path.

        Raises:
            UnsupportedShapeError: it has steps that are not compiled here, or too many.
        """
        if depth > _DEEPEST:
            raise UnsupportedShapeError("a path is nested too deeply")
        form, parts = self._path(node)
        if form == "predicate":
            return Path(form, node)
        if form == "inverse":
            if parts[0][0] != "<":
                raise UnsupportedShapeError("an inverse path is more than one predicate")
            return Path(form, parts[0])
        steps = (self.read_path(part, depth + number + 1) for number, part in enumerate(parts))
        return Path(form, "", tuple(steps))

    def _path(self, node: str) -> tuple[Form, list[str]]:
        if node[0] == "<":
            return "predicate", []
        told = {expand_name(each) for each in self.predicates(node)}
        if told == {"rdf:first", "rdf:rest"}:
            return "sequence", self._several(node)
        if told == {"sh:alternativePath"}:
            return "alternative", self._several(self.value(node, "sh:alternativePath") or "")
        if told == {"sh:inversePath"}:
            return "inverse", [self.value(node, "sh:inversePath") or ""]
        if told == {"sh:zeroOrMorePath"}:
            return "zeroOrMore", [self.value(node, "sh:zeroOrMorePath") or ""]
        raise UnsupportedShapeError(f"a path has the parts {', '.join(sorted(told)) or 'none'}")

    def _several(self, node: str) -> list[str]:
        found = self.items(node)
        if len(found) < 2:
            raise UnsupportedShapeError("a path joins fewer than two")
        return found


def expand_name(predicate: str) -> str:
    """The prefixed name of the token of an IRI."""
    return shrink(predicate[1:-1])
