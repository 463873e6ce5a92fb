"""Why OWL statements contradict one another, in sentences.

A reasoner says that an ontology is inconsistent, or that a class can have no
member, and not why. Most of the time the reason is short: something is of two
classes that are disjoint. This finds such reasons by following named subclasses,
sub-properties, domains, ranges and restrictions. It finds nothing that is not
there, but not everything: the reasoner has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

from kg.terms import PREFIXES, shrink

Triple: TypeAlias = tuple[str, str, str]
"""Subject, predicate and object as N-Triples tokens."""

_Reasons: TypeAlias = dict[str, str]

_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]
_OWL: Final = PREFIXES["owl"]
_TYPE: Final = f"<{_RDF}type>"


class Clash(NamedTuple):
    """Something that cannot be: the IRI of a class or an individual, and the reason in a sentence."""

    subject: str
    reason: str


def name(token: str) -> str:
    """Write a token for people to read.

    >>> name("<https://w3id.org/standpoint/ontology#Claim>")
    'st:Claim'
    """
    return shrink(token[1:-1]) if token.startswith("<") else token


def find_clashes(statements: Iterable[Triple]) -> tuple[tuple[Clash, ...], tuple[Clash, ...]]:
    """Find the classes that can have no member, and the individuals that cannot be.

    >>> a, b, sub = "<urn:a>", "<urn:b>", "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    >>> disjoint = "<http://www.w3.org/2002/07/owl#disjointWith>"
    >>> find_clashes([(a, sub, b), (a, disjoint, b)])[0]
    (Clash(subject='urn:a', reason='urn:a is a subclass of urn:b, and the two are disjoint'),)
    """
    known = _Axioms.read(statements)
    return tuple(known.impossible_classes()), tuple(known.impossible_individuals())


@dataclass(slots=True)
class _Axioms:
    """What the statements say, by predicate and subject."""

    by_predicate: Mapping[str, Mapping[str, list[str]]]
    disjoint: Mapping[str, set[str]]

    @classmethod
    def read(cls, statements: Iterable[Triple]) -> _Axioms:
        found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, object_ in statements:
            found[predicate][subject].append(object_)
        axioms = cls(found, defaultdict(set))
        axioms._read_disjoint()
        return axioms

    def get(self, name_: str, subject: str) -> list[str]:
        return self.by_predicate.get(name_, {}).get(subject, [])

    def items(self, node: str) -> Iterator[str]:
        """The members of an RDF list."""
        while first := self.get(f"<{_RDF}first>", node):
            yield first[0]
            node = next(iter(self.get(f"<{_RDF}rest>", node)), "")

    def _read_disjoint(self) -> None:
        pairs = [
            (a, b) for a, all_ in self.by_predicate.get(f"<{_OWL}disjointWith>", {}).items() for b in all_
        ]
        for node, kinds in self.by_predicate.get(_TYPE, {}).items():
            if f"<{_OWL}AllDisjointClasses>" in kinds:
                for members in self.get(f"<{_OWL}members>", node):
                    pairs.extend(combinations(self.items(members), 2))
        for a, b in pairs:
            self.disjoint[a].add(b)
            self.disjoint[b].add(a)

    # ------------------------------------------------------------ hierarchies

    def parents(self, class_: str) -> Iterator[str]:
        yield from self.get(f"<{_RDFS}subClassOf>", class_)
        yield from self.get(f"<{_OWL}equivalentClass>", class_)
        for parts in self.get(f"<{_OWL}intersectionOf>", class_):
            yield from self.items(parts)
        for other, same in self.by_predicate.get(f"<{_OWL}equivalentClass>", {}).items():
            if class_ in same:
                yield other

    def up(self, start: Mapping[str, str]) -> _Reasons:
        """All classes above those of *start*, each with the reason why."""
        reasons, waiting = dict(start), list(start)
        while waiting:
            class_ = waiting.pop(0)
            for parent in self.parents(class_):
                if parent not in reasons:
                    reasons[parent] = _over(reasons[class_], class_, parent)
                    waiting.append(parent)
        return reasons

    def properties(self, predicate: str) -> list[str]:
        """*predicate* and its super-properties."""
        found = [predicate]
        for each in found:
            found.extend(p for p in self.get(f"<{_RDFS}subPropertyOf>", each) if p not in found)
        return found

    def alternatives(self, role: str, predicate: str) -> Iterator[tuple[str, ...]]:
        """The classes that a domain or range allows, one tuple for each axiom."""
        for property_ in self.properties(predicate):
            for class_ in self.get(f"<{_RDFS}{role}>", property_):
                union = next(iter(self.get(f"<{_OWL}unionOf>", class_)), "")
                yield tuple(self.items(union)) if union else (class_,)

    def clash(self, reasons: _Reasons) -> str:
        """The first two classes among *reasons* that are disjoint, in words."""
        for class_ in reasons:
            for other in sorted(self.disjoint.get(class_, ())):
                if other in reasons:
                    told = [reasons[each] for each in (class_, other) if reasons[each]]
                    if len(told) == 1 and class_ != other:
                        return f"{told[0]}, and the two are disjoint"
                    return f"{' and '.join(told)}; {name(class_)} and {name(other)} are disjoint"
        return ""

    # ------------------------------------------------------------ classes

    def impossible_classes(self) -> Iterator[Clash]:
        classes = set(self._declared("Class"))
        classes |= {node for node in self.by_predicate.get(f"<{_RDFS}subClassOf>", {}) if node[0] == "<"}
        for class_ in sorted(classes):
            reasons = self.up({class_: ""})
            reason = self.clash(reasons) or self._restriction_clash(class_, reasons)
            if reason:
                yield Clash(class_[1:-1], reason)

    def _restriction_clash(self, class_: str, reasons: _Reasons) -> str:
        """Whether *class_* must have a property that it cannot have."""
        for node in reasons:
            for filler in self.get(f"<{_OWL}someValuesFrom>", node):
                for property_ in self.get(f"<{_OWL}onProperty>", node):
                    for role, start in (("domain", {class_: ""}), ("range", {filler: ""})):
                        if told := self._outside(role, property_, self.up(start)):
                            return f"{name(class_)} must have {name(property_)} {name(filler)}, but {told}"
        return ""

    def _outside(self, role: str, predicate: str, types: _Reasons) -> str:
        """Say so when *types* exclude all that a domain or range of *predicate* allows."""
        for allowed in self.alternatives(role, predicate):
            above = [set(self.up({one: ""})) for one in allowed]
            excluding = [next((t for t in types if each & self.disjoint.get(t, set())), "") for each in above]
            if excluding and all(excluding):
                wanted = " or ".join(map(name, allowed))
                side = "what has" if role == "domain" else "the value of"
                return f"{side} {name(predicate)} is a {wanted}, which no {name(excluding[0])} is"
        return ""

    def _declared(self, kind: str) -> Iterator[str]:
        for node, kinds in self.by_predicate.get(_TYPE, {}).items():
            if f"<{_OWL}{kind}>" in kinds and node[0] == "<":
                yield node

    # ------------------------------------------------------------ individuals

    def impossible_individuals(self) -> Iterator[Clash]:
        schema = (f"<{_OWL}", f"<{_RDF}", f"<{_RDFS}")
        stated = {
            node: [kind for kind in kinds if not kind.startswith(schema)]
            for node, kinds in self.by_predicate.get(_TYPE, {}).items()
        }
        start: dict[str, _Reasons] = {
            node: {kind: f"{name(node)} is said to be a {name(kind)}" for kind in sorted(kinds)}
            for node, kinds in stated.items()
            if kinds
        }
        uses = list(self._uses())
        for subject, predicate, object_ in uses:
            for role, node in (("domain", subject), ("range", object_)):
                for allowed in self.alternatives(role, predicate):
                    if len(allowed) == 1 and node[0] == "<":
                        because = f"{name(subject)} has {name(predicate)} {name(object_)}, so that"
                        reason = f"{because} {name(node)} is a {name(allowed[0])}"
                        start.setdefault(node, {}).setdefault(allowed[0], reason)
        types = {node: self.up(reasons) for node, reasons in start.items()}
        for node in sorted(types):
            if reason := self.clash(types[node]):
                yield Clash(node[1:-1], reason)
        yield from self._misuses(uses, types)

    def _uses(self) -> Iterator[Triple]:
        """The statements about individuals that use a declared property."""
        for kind in ("ObjectProperty", "DatatypeProperty"):
            for predicate in sorted(self._declared(kind)):
                for subject, objects in sorted(self.by_predicate.get(predicate, {}).items()):
                    for object_ in sorted(objects):
                        yield subject, predicate, object_

    def _misuses(self, uses: Iterable[Triple], types: Mapping[str, _Reasons]) -> Iterator[Clash]:
        irreflexive = set(self._declared("IrreflexiveProperty"))
        values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        functional = set(self._declared("FunctionalProperty")) & set(self._declared("DatatypeProperty"))
        for subject, predicate, object_ in uses:
            told = f"{name(subject)} has {name(predicate)} {name(object_)}"
            if subject == object_ and irreflexive.intersection(self.properties(predicate)):
                yield Clash(subject[1:-1], f"{told}, which nothing can have to itself")
            for role, node in (("domain", subject), ("range", object_)):
                reasons = types.get(node, {})
                if len([a for a in self.alternatives(role, predicate) if len(a) > 1]) and (
                    outside := self._outside(role, predicate, reasons)
                ):
                    yield Clash(node[1:-1], f"{told}, but {outside}")
            if predicate in functional:
                values[subject, predicate].add(object_)
        for (subject, predicate), several in sorted(values.items()):
            if len(several) > 1:
                told = " and ".join(sorted(several))
                yield Clash(
                    subject[1:-1], f"{name(subject)} has {name(predicate)} {told}, but only one is possible"
                )


def _over(reason: str, class_: str, parent: str) -> str:
    """Why something of *class_*, for *reason*, is of the class *parent* too."""
    if not reason:
        return f"{name(class_)} is a subclass of {name(parent)}"
    return f"{reason}, a subclass of {name(parent)}"
