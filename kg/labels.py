"""Names to entities: slugs, labels, aliases, IRIs, and names with a typing slip.

A type is the class of a registry entry or document (``st:Actor``) or the name of
a vocabulary (``stance``). A word is folded before it is compared: case, accents,
dashes and a leading article are evened out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

from kg.errors import ParameterError
from kg.tables import Table
from kg.terms import DATA_KINDS, PREFIXES, ST, VOCABULARY, Iri, Literal, expand
from kg.vocabularies import SCHEMES
from kg.words import fold, is_slip, suggest

CLASSES: Final = {
    "st:Actor": "actor",
    "st:Issue": "issue",
    "st:Proposal": "proposal",
    "st:Plan": "plan",
    "st:Document": "document",
    "st:Coder": "coder",
}
"""The classes whose members have names, each with the first segment of its IRIs after the base."""

TYPES: Final = (*CLASSES, *SCHEMES)


class Selects(Protocol):
    """What can answer a SELECT query: a store."""

    def select_here(self, text: str, /) -> Table:
        """Evaluate *text*."""


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A named node: *type* is one of `TYPES`, *also* are its aliases, *same* the IRIs it is the same as.

    *by* are the IRIs of who made it: the authors, the voice and the outlet of a document.
    """

    type: str
    slug: str
    iri: str
    label: str = ""
    also: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.slug} ({self.label})" if self.label and fold(self.label) != self.slug else self.slug


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """What a name stands for; *by* is how: ``iri``, ``slug``, ``label``, ``alias``, ``part`` or ``slip``."""

    entity: Entity
    by: str


def key(text: str) -> str:
    """Even out *text* so that names can be compared.

    >>> key("The Dockers’  Union"), key("security-guarantee")
    ("dockers' union", 'security guarantee')
    """
    words = fold(text).replace("-", " ").replace("_", " ").split()
    return " ".join(words[1:] if words[1:] and words[0] in ("a", "an", "the") else words)


@dataclass(frozen=True)
class Labels:
    """The named entities of a graph, to be looked up by type and name."""

    entities: tuple[Entity, ...]
    _cache: dict[str, dict[str, list[Found]]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """IRI to label, for showing IRIs to people."""
        return {entity.iri: entity.label for entity in self.entities if entity.label}

    @cached_property
    def by_iri(self) -> Mapping[str, Entity]:
        """IRI to entity, the IRIs of other vocabularies that name the same included."""
        other = {iri: entity for entity in self.entities for iri in entity.same}
        return other | {entity.iri: entity for entity in self.entities}

    def of(self, type_: str) -> tuple[Entity, ...]:
        """The entities of one type."""
        return tuple(entity for entity in self.entities if entity.type == type_)

    def resolve(self, value: str, type_: str) -> Found:
        """Find the one entity of *type_* that *value* names.

        The first of these that fits decides: IRI or prefixed name, slug, label, alias, for a vocabulary
        a word of a label, and last a name with a typing slip or two.

        Raises:
            ParameterError: *value* names nothing, something of another type, or several entities.
        """
        if iri := _as_iri(value):
            return Found(self._of_iri(iri, value, type_), "iri")
        found = self.search(value, type_)
        if type_ in CLASSES:  # part of a label may fit one entity today and another tomorrow
            found = tuple(each for each in found if each.by != "part")
        if len(found) == 1:
            return found[0]
        if found:
            raise ParameterError(f"'{value}' is ambiguous: {listed(f.entity for f in found)}; give a slug")
        raise ParameterError(self._unknown(value, type_))

    def search(self, value: str, type_: str) -> tuple[Found, ...]:
        """All entities that *value* fits equally well, the best kind of fit only; none if it fits nothing."""
        wanted, names = key(value), self._names(type_)
        if wanted in names:
            order = {"slug": 0, "label": 1, "alias": 2}
            best = min(order[found.by] for found in names[wanted])
            return tuple(sorted({found for found in names[wanted] if order[found.by] == best}))
        words = set(wanted.split())
        entities = {
            f.entity for name, some in names.items() if words and words <= set(name.split()) for f in some
        }
        if not entities:
            slips = [found.entity for name, some in names.items() if is_slip(wanted, name) for found in some]
            return tuple(Found(entity, "slip") for entity in sorted(set(slips)))
        return tuple(Found(entity, "part") for entity in sorted(entities))

    def _names(self, type_: str) -> dict[str, list[Found]]:
        if type_ not in self._cache:
            names: dict[str, list[Found]] = {}
            for entity in self.of(type_):
                for name, by in (
                    (entity.slug, "slug"),
                    (entity.label, "label"),
                    *((a, "alias") for a in entity.also),
                ):
                    if name:
                        names.setdefault(key(name), []).append(Found(entity, by))
            self._cache[type_] = names
        return self._cache[type_]

    def _of_iri(self, iri: str, value: str, type_: str) -> Entity:
        kind, _, slug = iri.partition(":")
        if kind in DATA_KINDS:  # a prefixed name of the corpus, whose base need not be known
            matches = [e for e in self.entities if CLASSES.get(e.type) == kind and e.slug == slug]
        else:
            matches = [self.by_iri[iri]] if iri in self.by_iri else []
        if not matches:
            raise ParameterError(f"the graph does not know '{value}'; give {described(type_)} that it names")
        if matches[0].type != type_:
            raise ParameterError(f"'{value}' is {described(matches[0].type)}; wanted is {described(type_)}")
        return matches[0]

    def _unknown(self, value: str, type_: str) -> str:
        elsewhere = [
            f.entity for t in TYPES if t != type_ for f in self.search(value, t) if f.by in ("slug", "label")
        ]
        if elsewhere:
            return f"'{value}' is {described(elsewhere[0].type)}; wanted is {described(type_)}"
        known = {name: str(e) for e in self.of(type_) for name in (e.slug, e.label, *e.also) if name}
        few = f"known are {', '.join(e.slug for e in self.of(type_))}" if len(self.of(type_)) <= 15 else ""
        help_ = suggest(value, known) or few
        return f"there is no {described(type_).partition(' ')[2]} '{value}'" + (f"; {help_}" if help_ else "")


def described(type_: str) -> str:
    """A type in words.

    >>> described("st:Actor"), described("stance")
    ('an actor', 'a stance')
    """
    word = CLASSES.get(type_, type_)
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def listed(entities: Iterable[Entity], *, limit: int = 8) -> str:
    """Entities in one line, the first *limit* of them."""
    names = [str(entity) for entity in entities]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def _as_iri(value: str) -> str:
    """The IRI that *value* is or abbreviates; prefixed names of the corpus stay as they are."""
    text = value.strip()
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S+\Z", text):
        return text
    prefix, colon, local = text.partition(":")
    if not colon or not re.fullmatch(r"\S+", local):
        return ""
    if prefix in DATA_KINDS:
        return text
    return expand(text) if prefix in PREFIXES else ""


_HOW: Final = {
    "skos:prefLabel": "label",
    "dcterms:title": "label",
    "skos:altLabel": "alias",
    "skos:exactMatch": "same",
    "dcterms:creator": "by",
    "dcterms:publisher": "by",
    "st:speaksAs": "by",
}
"""What each property tells of an entity."""

# Read apart and then joined, for each entity has few of the properties, and looking for all takes longer.
_NAMED: Final = f"""\
PREFIX st: <{ST}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX dcterms: <{PREFIXES["dcterms"]}>
SELECT ?entity ?class ?property ?name WHERE {{
  {{ SELECT DISTINCT ?entity ?class {{
    VALUES ?class {{ {" ".join(CLASSES)} skos:Concept }} ?entity a ?class }} }}
  {{ SELECT DISTINCT ?entity ?property ?name {{
    VALUES ?property {{ {" ".join(_HOW)} }} ?entity ?property ?name }} }}
}}"""


def read_labels(store: Selects) -> Labels:
    """Read the names of everything in *store*; the concepts of our vocabularies are always known."""
    names: dict[tuple[str, str], dict[str, set[str]]] = {}
    how = {expand(property_): kind for property_, kind in _HOW.items()}
    for entity, class_, property_, name in store.select_here(_NAMED):
        if not isinstance(entity, Iri) or not isinstance(class_, Iri) or not isinstance(property_, Iri):
            continue
        type_ = _type(class_.value, entity.value)
        if type_:
            kinds = names.setdefault((type_, entity.value), {})
            kinds.setdefault(how[property_.value], set()).add(_preference(name))
    concepts = {
        (scheme, f"{VOCABULARY}{scheme}/{slug}") for scheme, slugs in SCHEMES.items() for slug in slugs
    }
    return Labels(
        tuple(_entity(*who, names.get(who, {})) for who in sorted(names.keys() | concepts, key=_order))
    )


def _order(who: tuple[str, str]) -> tuple[str, str, str]:
    """A key that sorts types with IRIs as `Entity` sorts."""
    type_, iri = who
    return type_, iri.rpartition("/")[2], iri


def _type(class_: str, iri: str) -> str:
    if class_.startswith(ST):
        return "st:" + class_[len(ST) :]
    scheme, slash, slug = iri.removeprefix(VOCABULARY).partition("/")
    return scheme if iri.startswith(VOCABULARY) and slash and slug and scheme in SCHEMES else ""


def _preference(name: object) -> str:
    """The name with its language in front, so that English and untagged names sort first."""
    language = name.language if isinstance(name, Literal) else ""
    return f"{'' if language in ('', 'en') else language}\x00{name}"


def _entity(type_: str, iri: str, names: Mapping[str, set[str]]) -> Entity:
    slug = iri.rpartition("/")[2]
    labels = [name.partition("\x00")[2] for name in sorted(names.get("label", ()))]
    others = [name.partition("\x00")[2] for name in sorted(names.get("alias", ()))]
    same = [name.partition("\x00")[2] for name in sorted(names.get("same", ()))]
    makers = [name.partition("\x00")[2] for name in sorted(names.get("by", ()))]
    label = labels[0] if labels else slug.replace("-", " ") if type_ in SCHEMES else ""
    also = tuple(dict.fromkeys([*labels[1:], *others]))
    return Entity(type_, slug, iri, label, also, tuple(same), tuple(makers))
