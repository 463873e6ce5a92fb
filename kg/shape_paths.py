"""Paths through a graph, as SHACL and SPARQL write them: where they lead, and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from kg.triple_indexes import Look, TripleIndex

Form: TypeAlias = OneOf["predicate", "inverse", "sequence", "alternative", "zeroOrMore", "oneOrMore"]


@dataclass(frozen=True, slots=True)
class Path:
    """A path: its *form*, the *predicate* (a token) of a single step, else the *parts*.

    An inverse path is that of one predicate; longer ones are written as a path of
    inverse steps by `reverse`.
    """

    form: Form
    predicate: str = ""
    parts: tuple[Path, ...] = ()

    @property
    def predicates(self) -> frozenset[str]:
        """The predicates of all steps."""
        return frozenset([self.predicate] * bool(self.predicate)).union(*(p.predicates for p in self.parts))


def reverse(path: Path) -> Path:
    """The path from the ends of *path* to where it begins.

    >>> reverse(Path("sequence", "", (Path("predicate", "<p>"), Path("inverse", "<q>")))).parts[0]
    Path(form='predicate', predicate='<q>', parts=())
    """
    if path.form in ("predicate", "inverse"):
        return Path("inverse" if path.form == "predicate" else "predicate", path.predicate)
    parts = [reverse(part) for part in path.parts]
    return Path(path.form, "", tuple(parts[::-1] if path.form == "sequence" else parts))


def looks(path: Path, data: TripleIndex) -> Look:
    """*path* through *data*, to be followed from many nodes, to the nodes at its end, each once."""
    if path.form == "predicate":
        return data.onward(path.predicate)
    if path.form == "inverse":
        return data.backward(path.predicate)
    steps = [looks(part, data) for part in path.parts]
    if path.form == "sequence":
        return _sequence(steps)
    if path.form == "alternative":
        return lambda node: dict.fromkeys(value for step in steps for value in step(node))
    return _closure(steps[0]) if path.form == "zeroOrMore" else _sequence([steps[0], _closure(steps[0])])


def _sequence(steps: Sequence[Look]) -> Look:
    first, *others = steps

    def look(node: str) -> Collection[str]:
        nodes = first(node)
        for step in others:
            if len(nodes) == 1:
                (only,) = nodes
                nodes = step(only)
            else:
                nodes = dict.fromkeys(value for each in nodes for value in step(each))
        return nodes

    return look


def _closure(step: Look) -> Look:
    """As often as it goes; many begin where others have passed, so each step is taken once."""
    taken: dict[str, Collection[str]] = {}
    known: dict[str, Collection[str]] = {}

    def look(node: str) -> Collection[str]:
        if node in known:
            return known[node]
        found, waiting = {node: None}, [node]
        while waiting:
            each = waiting.pop()
            if each not in taken:
                taken[each] = step(each)
            for value in taken[each]:
                if value not in found:
                    found[value] = None
                    waiting.append(value)
        known[node] = found
        return found

    return look
