"""Triples to look up by subject, by object and by class, as the checks of shapes need them.

Terms are N-Quads tokens throughout; two tokens that are one term are made one on the way in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeAlias

from kg.terms import PREFIXES, XSD

TYPE: Final = f"<{PREFIXES['rdf']}type>"
SUBCLASS: Final = f"<{PREFIXES['rdfs']}subClassOf>"
_AS_STRING: Final = f"^^<{XSD}string>"

Triple: TypeAlias = tuple[str, str, str]
Look: TypeAlias = Callable[[str], Collection[str]]
"""From a node along one predicate, on or back, to the nodes there."""

_NOTHING: Final[dict[str, dict[str, None]]] = {}


class TripleIndex:
    """Triples, each once, in the order in which they came.

    An index can be laid over another, its *base*: then it holds the triples of both, and all
    triples of one subject have to be in one of the two.

    >>> index = TripleIndex([("<a>", "<p>", '"x"@EN'), ("<a>", "<p>", '"x"@en'), ("<b>", "<p>", '"x"@en')])
    >>> list(index.objects("<a>", "<p>"))
    ['"x"@EN']
    >>> list(index.subjects("<p>", '"x"@EN'))
    ['<a>', '<b>']
    >>> over = TripleIndex([("<c>", "<p>", '"x"@en')], base=index)
    >>> list(over.subjects("<p>", '"x"@EN'))
    ['<a>', '<b>', '<c>']
    """

    def __init__(self, triples: Iterable[Triple], *, base: TripleIndex | None = None) -> None:
        self.base = base
        self._literals: dict[str, str] = {}
        self._objects: dict[str, dict[str, dict[str, None]]] = {}
        self._subjects: dict[str, dict[str, dict[str, None]]] = {}
        self._classes: dict[str, frozenset[str]] = {}
        known = self._objects
        for subject, predicate, object_ in triples:
            # Literals only: they alone can be written in two ways.
            value = self.same(object_) if object_[0] == '"' else object_
            by_subject = known.get(predicate)
            if by_subject is None:
                known[predicate] = {subject: {value: None}}
            elif subject in by_subject:
                by_subject[subject][value] = None
            else:
                by_subject[subject] = {value: None}

    def same(self, literal: str) -> str:
        """The token that stands for *literal* here: plain for `xsd:string`, one case of a language tag."""
        known = self._literals.get(literal)
        if known is None:
            text = literal.removesuffix(_AS_STRING)
            body, _, tail = text.rpartition('"')
            key = f'{body}"{tail.lower()}' if tail.startswith("@") else text
            known = self._literals.get(key) or self._same_below(key) or text
            self._literals[key] = self._literals[literal] = known
        return known

    def same_object(self, object_: str) -> str:
        """The token that stands for a term here."""
        return self.same(object_) if object_[0] == '"' else object_

    def _same_below(self, key: str) -> str | None:
        return self.base._literals.get(key) if self.base else None

    # ------------------------------------------------------------ from a node

    def objects(self, subject: str, predicate: str) -> Collection[str]:
        """What *predicate* leads to from *subject*."""
        found = self._objects.get(predicate, _NOTHING).get(subject)
        if found is None:
            return self.base.objects(subject, predicate) if self.base else ()
        return found

    def subjects(self, predicate: str, object_: str) -> Collection[str]:
        """From where *predicate* leads to *object_*."""
        found = self._back(predicate).get(object_, ())
        below = self.base.subjects(predicate, object_) if self.base else ()
        return {**dict.fromkeys(below), **dict.fromkeys(found)} if found and below else found or below

    def subjects_here(self, predicate: str, object_: str) -> Collection[str]:
        """The same, those of the base left out."""
        return self._back(predicate).get(object_, ())

    def _back(self, predicate: str) -> dict[str, dict[str, None]]:
        known = self._subjects.get(predicate)
        if known is None:
            known = self._subjects[predicate] = {}
            for subject, values in self._objects.get(predicate, _NOTHING).items():
                for value in values:
                    if value in known:
                        known[value][subject] = None
                    else:
                        known[value] = {subject: None}
        return known

    def onward(self, predicate: str) -> Look:
        """`objects` of one predicate, to be called often."""
        if self.base is None or not self.base.has(predicate):
            links = self._objects.get(predicate, _NOTHING)
            return lambda node: links.get(node, ())
        return lambda node: self.objects(node, predicate)

    def pairs_from(self, nodes: Iterable[str], predicate: str) -> list[tuple[str, Collection[str]]]:
        """Each of *nodes* with what *predicate* leads to from it."""
        if self.base is None or not self.base.has(predicate):
            find = self._objects.get(predicate, _NOTHING).get
            return [(node, find(node, ())) for node in nodes]
        return [(node, self.objects(node, predicate)) for node in nodes]

    def backward(self, predicate: str) -> Look:
        """`subjects` of one predicate, to be called often."""
        if self.base is None or not self.base.has(predicate):
            links = self._back(predicate)
            return lambda node: links.get(node, ())
        return lambda node: self.subjects(predicate, node)

    def about(self, subject: str) -> Collection[tuple[str, str]]:
        """The predicates and objects of *subject*."""
        return self._about.get(subject) or (self.base.about(subject) if self.base else ())

    @cached_property
    def _about(self) -> dict[str, list[tuple[str, str]]]:
        known: dict[str, list[tuple[str, str]]] = {}
        for predicate, by_subject in self._objects.items():
            for each, values in by_subject.items():
                known.setdefault(each, []).extend((predicate, value) for value in values)
        return known

    def into(self, object_: str) -> Collection[tuple[str, str]]:
        """The subjects and predicates that lead to *object_*."""
        found = self._into.get(object_, [])
        return [*self.base.into(object_), *found] if self.base else found

    @cached_property
    def _into(self) -> dict[str, list[tuple[str, str]]]:
        known: dict[str, list[tuple[str, str]]] = {}
        for predicate, by_subject in self._objects.items():
            for each, values in by_subject.items():
                for value in values:
                    if value in known:
                        known[value].append((each, predicate))
                    else:
                        known[value] = [(each, predicate)]
        return known

    # ------------------------------------------------------------ classes

    def classes(self, class_: str) -> frozenset[str]:
        """*class_* and the classes below it."""
        known = self._classes.get(class_)
        if known is None:
            found, waiting = {class_}, [class_]
            while waiting:
                below = [each for each in self.subjects(SUBCLASS, waiting.pop()) if each not in found]
                found.update(below)
                waiting += below
            known = self._classes[class_] = frozenset(found)
        return known

    def instances(self, class_: str) -> Collection[str]:
        """The nodes of *class_* or of a class below it (SHACL, 1.1: SHACL instance)."""
        return dict.fromkeys(node for each in self.classes(class_) for node in self.subjects(TYPE, each))

    def is_instance(self, node: str, class_: str) -> bool:
        """Whether *node* is one of the instances of *class_*."""
        return not self.classes(class_).isdisjoint(self.objects(node, TYPE))

    # ------------------------------------------------------------ all of them

    @property
    def predicates(self) -> Collection[str]:
        """The predicates of the triples, those of the base left out."""
        return self._objects.keys()

    def has(self, predicate: str) -> bool:
        """Whether any triple has *predicate*."""
        return predicate in self._objects or (self.base is not None and self.base.has(predicate))

    def links(self, predicate: str) -> Mapping[str, Collection[str]]:
        """For each subject of *predicate* its objects, those of the base left out."""
        return self._objects.get(predicate, _NOTHING)

    def pairs(self, predicate: str) -> Iterator[tuple[str, str]]:
        """The subjects and objects of *predicate*."""
        if self.base:
            yield from self.base.pairs(predicate)
        for subject, values in self._objects.get(predicate, _NOTHING).items():
            for value in values:
                yield subject, value

    def triples(self) -> Iterator[Triple]:
        """All triples, those of the base left out."""
        for predicate, by_subject in self._objects.items():
            for subject, values in by_subject.items():
                for value in values:
                    yield subject, predicate, value
