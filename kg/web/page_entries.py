"""Registry entries whole: what an actor, proposal, issue, plan or document says of itself; the issue tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg.errors import KgError
from kg.graph import Graph
from kg.terms import PREFIXES, ST
from kg.web.page_readers import Reader, ref
from kg.web.page_statements import short_name
from kg.words import fold


class NotFoundError(KgError):
    """There is no page for what was asked for; *near* are pages it may have been: label to path."""

    def __init__(self, message: str, near: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.near = dict(near or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A thing with a name: its own properties, by their short names (`closeTo`, `broader`, …)."""

    iri: str
    label: str
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def some(self, name: str) -> tuple[str, ...]:
        """The values of the property *name*."""
        return self.properties.get(name, ())

    def one(self, name: str) -> str:
        """The first value of the property *name*; empty if there is none."""
        return next(iter(self.some(name)), "")


_TYPE: Final = PREFIXES["rdf"] + "type"
_SHORTENED: Final = (
    "http://purl.org/dc/terms/", "https://schema.org/", "http://www.w3.org/2000/01/rdf-schema#",
)  # fmt: skip


def read_entry(reader: Reader, kind: str, slug: str) -> Entry:
    """The entry that has its page at ``/KIND/SLUG``.

    Raises:
        NotFoundError: the graph has none; the message names the nearest.
    """
    iri = reader.iri(kind, slug)
    properties: dict[str, list[str]] = defaultdict(list)
    try:
        rows = reader.rows(f"SELECT DISTINCT ?p ?o {{ {ref(iri)} ?p ?o }} ORDER BY ?p ?o")
    except ValueError:
        rows = []
    for row in rows:
        name = row["p"]
        for namespace in _SHORTENED:
            name = name.removeprefix(namespace)
        value = short_name(row["o"]) if name == _TYPE else row["o"]
        properties[short_name(name)].append(value)
    # What belongs to an entry, such as a tie of an actor, has an IRI under it and no page of its own.
    if short_name(f"{ST}{kind.capitalize()}") not in properties["type"]:
        raise NotFoundError(f"there is no {kind} '{slug}' here", near_pages(reader, kind, slug))
    return Entry(
        iri=iri, label=reader.name(iri), properties={key: tuple(some) for key, some in properties.items()}
    )


def near_pages(reader: Reader, kind: str, slug: str) -> dict[str, str]:
    """Pages whose slug or label is like *slug*: label to path."""
    from kg.words import nearest

    known = {
        entity.slug: entity for type_ in (f"st:{kind.capitalize()}",) for entity in reader.labels.of(type_)
    }
    whole = [slug.partition("/")[0]] if slug.partition("/")[0] in known else []
    found = [known[name] for name in dict.fromkeys([*whole, *nearest(slug, known, limit=5)])]
    return {entity.label or entity.slug: reader.path(entity.iri) for entity in found}


# ---------------------------------------------------------------- issues and their proposals


@dataclass(frozen=True, slots=True)
class Tree:
    """The issues with their narrower ones, and which proposals are options on which issue; all IRIs."""

    roots: tuple[str, ...]
    narrower: Mapping[str, tuple[str, ...]]
    broader: Mapping[str, tuple[str, ...]]
    proposals: Mapping[str, tuple[str, ...]]
    issues: Mapping[str, tuple[str, ...]]

    def root_of(self, proposal: str) -> str:
        """The broadest issue that a proposal is an option on, the first if there are several; or empty."""
        return next((self._top(issue) for issue in self.issues.get(proposal, ())), "")

    def _top(self, issue: str, seen: tuple[str, ...] = ()) -> str:
        above = [each for each in self.broader.get(issue, ()) if each not in seen]
        return self._top(above[0], (*seen, issue)) if above else issue

    def above(self, issue: str) -> tuple[str, ...]:
        """The line of broader issues, the broadest first."""
        line: list[str] = []
        while broader := [each for each in self.broader.get(issue, ()) if each not in line]:
            issue = broader[0]
            line.insert(0, issue)
        return tuple(line)

    def under(self, issue: str) -> tuple[str, ...]:
        """The issue and all narrower ones, each once."""
        found: dict[str, None] = {}
        left = [issue]
        while left:
            each = left.pop(0)
            if each not in found:
                found[each] = None
                left = [*self.narrower.get(each, ()), *left]
        return tuple(found)


_TREE: Final = """\
SELECT DISTINCT ?kind ?thing ?of WHERE {
  { ?thing a st:Issue . BIND("issue" AS ?kind) OPTIONAL { ?thing skos:broader ?of } }
  UNION { ?thing a st:Proposal ; st:addresses ?of . BIND("proposal" AS ?kind) }
} ORDER BY ?kind ?thing ?of"""


def read_tree(reader: Reader) -> Tree:
    """The issues and their proposals, sorted by label."""
    return _tree(reader.graph)


@lru_cache(maxsize=4)
def _tree(graph: Graph) -> Tree:
    reader = Reader(graph)
    narrower: dict[str, list[str]] = defaultdict(list)
    broader: dict[str, list[str]] = defaultdict(list)
    proposals: dict[str, list[str]] = defaultdict(list)
    issues: dict[str, list[str]] = defaultdict(list)
    roots = []
    for row in reader.rows(_TREE):
        if row["kind"] == "proposal":
            proposals[row["of"]].append(row["thing"])
            issues[row["thing"]].append(row["of"])
        elif row["of"]:
            narrower[row["of"]].append(row["thing"])
            broader[row["thing"]].append(row["of"])
        else:
            roots.append(row["thing"])
    return Tree(
        tuple(by_name(reader, roots)),
        *({key: tuple(by_name(reader, some)) for key, some in each.items()}
          for each in (narrower, broader, proposals, issues)),
    )  # fmt: skip


def by_name(reader: Reader, iris: Iterable[str]) -> list[str]:
    """*iris* in the order of their labels."""
    return sorted(iris, key=lambda iri: (fold(reader.name(iri)), iri))


# ---------------------------------------------------------------- ties of actors


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """That one actor belongs to, speaks for, or is part of another; *kind* as the graph has it."""

    kind: str
    actor: str
    role: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    is_outward: bool = True

    @property
    def words(self) -> str:
        """The tie as a verb."""
        verbs = {
            "Membership": ("member of", "has as member"),
            "Representation": ("speaks for", "is spoken for by"),
            "Affiliation": ("part of", "has as part"),
        }
        return verbs.get(self.kind, ("tied to", "tied to"))[0 if self.is_outward else 1]


def read_ties(reader: Reader, actor: str) -> tuple[Tie, ...]:
    """The ties of *actor*, outward ones first."""
    rows = reader.rows(f"""\
SELECT DISTINCT ?kind ?other ?way ?role ?since ?until ?note WHERE {{
  VALUES ?kind {{ st:Membership st:Representation st:Affiliation }}
  {{ ?tie st:tieOf {ref(actor)} ; st:tieTo ?other . BIND("out" AS ?way) }}
  UNION {{ ?tie st:tieTo {ref(actor)} ; st:tieOf ?other . BIND("in" AS ?way) }}
  ?tie a ?kind .
  OPTIONAL {{ ?tie st:inRole ?role }} OPTIONAL {{ ?tie st:since ?since }} OPTIONAL {{ ?tie st:until ?until }}
  OPTIONAL {{ ?tie skos:note ?note }}
}} ORDER BY DESC(?way) DESC(STR(?kind)) ?other ?since""")
    return tuple(
        Tie(
            kind=row["kind"].rpartition("#")[2],
            actor=row["other"],
            role=row["role"],
            since=row["since"],
            until=row["until"],
            note=row["note"],
            is_outward=row["way"] == "out",
        )
        for row in rows
    )
