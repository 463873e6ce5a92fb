"""What the saved questions are asked about on a corpus that nobody has read, such as a synthetic one.

Two choices: `busiest` takes what most is said of, so that answers grow with the corpus; `typical` takes what
about as much is said of in a corpus of any size, so that only the work of finding it can grow. A parameter
that can be left out is left out: the question is asked about the whole corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.headers import SavedQuery
from kg.tables import Table

Select: TypeAlias = Callable[[str], Table]

ROWS: Final = 30
"""About so many positions is what is typical: what the corpus that is shipped has on its busier proposals."""

_PREFIXES: Final = """
PREFIX st: <https://w3id.org/standpoint/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""
_COUNTED: Final = {
    "st:Actor": "?statement st:heldBy ?thing",
    "st:Proposal": "?statement a st:Position ; st:onProposal ?thing",
    "st:Issue": "?statement a st:Position ; st:onProposal/st:addresses ?thing",
    "st:Plan": "?statement st:partOfPlan ?thing",
    "st:Document": "?statement st:inDocument ?thing",
}
_PAIRED: Final = ("since-when", "stance-on")
"""Questions about an actor and a proposal that it takes a stance on."""


@dataclass(frozen=True)
class Things:
    """IRIs by type of parameter, the first choice first; *pair* is an actor and what it takes a stance on."""

    by_type: Mapping[str, tuple[str, ...]]
    pair: tuple[str, str]

    def values(self, query: SavedQuery) -> dict[str, str | list[str]]:
        """The values that *query* needs: those of all parameters without a default."""
        if query.name in _PAIRED:
            return dict(zip(("actor", "proposal"), self.pair, strict=True))
        taken: dict[str, int] = {}
        values: dict[str, str | list[str]] = {}
        for param in query.params:
            if param.default is None:
                things = self.by_type[param.type]
                at = taken.get(param.type, 0)
                wanted = 3 if query.name == "holdouts" else 2
                values[param.name] = list(things[:wanted]) if param.many else things[at]
                taken[param.type] = at + 1
        return values


def busiest(select: Select) -> Things:
    """The things that most positions, parts or passages are about."""
    return _choose(select, lambda count: -count)


def typical(select: Select) -> Things:
    """The things that about `ROWS` positions, parts or passages are about."""
    return _choose(select, lambda count: abs(count - ROWS))


def _choose(select: Select, order: Callable[[int], int]) -> Things:
    chosen = {type_: _first(_count(select, pattern), order) for type_, pattern in _COUNTED.items()}
    pairs = _count(
        select,
        f"VALUES ?holder {{ <{chosen['st:Actor'][0]}> }} ?statement st:heldBy ?holder ; st:onProposal ?thing",
    )
    pair = (chosen["st:Actor"][0], _first(pairs, lambda count: -count)[0])
    function = "https://w3id.org/standpoint/function/security-guarantee"
    return Things({**chosen, "function": (function,)}, pair)


def _first(counts: Iterable[tuple[str, int]], order: Callable[[int], int]) -> tuple[str, ...]:
    ranked = sorted(counts, key=lambda item: (order(item[1]), item[0]))
    return tuple(thing for thing, _ in ranked[:5])


def _count(select: Select, pattern: str) -> list[tuple[str, int]]:
    query = f"""{_PREFIXES}
        SELECT ?thing (COUNT(DISTINCT ?statement) AS ?count)
        WHERE {{ {pattern} . ?statement prov:wasGeneratedBy/st:inLayer "main" }} GROUP BY ?thing
    """
    return [(str(thing), int(str(count))) for thing, count in select(query).rows]
