"""Triples to look up by subject, by object and by class, as the checks of shapes need them.

Terms are N-Quads tokens throughout; two tokens that are one term are made one on the way in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Final

from kg.terms import PREFIXES, XSD

TYPE: Final = f"<{PREFIXES['rdf']}type>"
SUBCLASS: Final = f"<{PREFIXES['rdfs']}subClassOf>"
_AS_STRING: Final = f"^^<{XSD}string>"


class TripleIndex:
    """Triples, each once, in the order in which they came.

    >>> index = TripleIndex([("<a>", "<p>", '"x"@EN'), ("<a>", "<p>", '"x"@en'), ("<b>", "<p>", '"x"@en')])
    >>> list(index.objects("<a>", "<p>"))
    ['"x"@EN']
    >>> list(index.subjects("<p>", '"x"@EN'))
    ['<a>', '<b>']
    """

    def __init__(self, triples: Iterable[tuple[str, str, str]]) -> None:
        self._literals: dict[str, str] = {}
        self._objects: dict[str, dict[str, dict[str, None]]] = {}
        self._subjects: dict[str, dict[str, dict[str, None]]] = {}
        self._about: dict[str, list[tuple[str, str]]] = {}
        self._instances: dict[str, frozenset[str]] = {}
        for subject, predicate, object_ in triples:
            # Literals only: they alone can be written in two ways.
            value = self.same(object_) if object_[0] == '"' else object_
            by_subject = self._objects.setdefault(predicate, {})
            if subject in by_subject:
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
            known = self._literals.setdefault(key, text)
            self._literals[literal] = known
        return known

    def objects(self, subject: str, predicate: str) -> Collection[str]:
        """What *predicate* leads to from *subject*."""
        return self._objects.get(predicate, {}).get(subject, ())

    def subjects(self, predicate: str, object_: str) -> Collection[str]:
        """From where *predicate* leads to *object_*."""
        known = self._subjects.get(predicate)
        if known is None:
            known = self._subjects[predicate] = {}
            for subject, values in self._objects.get(predicate, {}).items():
                for value in values:
                    known.setdefault(value, {})[subject] = None
        return known.get(object_, ())

    def links(self, predicate: str) -> Mapping[str, Collection[str]]:
        """For each subject of *predicate* its objects."""
        return self._objects.get(predicate, {})

    def about(self, subject: str) -> Collection[tuple[str, str]]:
        """The predicates and objects of *subject*."""
        if not self._about:
            for predicate, by_subject in self._objects.items():
                for each, values in by_subject.items():
                    self._about.setdefault(each, []).extend((predicate, value) for value in values)
        return self._about.get(subject, ())

    def instances(self, class_: str) -> frozenset[str]:
        """The nodes of *class_* or of a class below it (SHACL, 1.1: SHACL instance)."""
        known = self._instances.get(class_)
        if known is None:
            classes, waiting = {class_}, [class_]
            while waiting:
                below = [each for each in self.subjects(SUBCLASS, waiting.pop()) if each not in classes]
                classes.update(below)
                waiting += below
            nodes = (node for each in classes for node in self.subjects(TYPE, each))
            known = self._instances[class_] = frozenset(nodes)
        return known

    @cached_property
    def has_blanks(self) -> bool:
        """Whether a subject or object is a blank node."""
        return any(text[0] == "_" for subject, _, object_ in self.triples() for text in (subject, object_))

    def triples(self) -> Iterable[tuple[str, str, str]]:
        """All triples."""
        for predicate, by_subject in self._objects.items():
            for subject, values in by_subject.items():
                for value in values:
                    yield subject, predicate, value
