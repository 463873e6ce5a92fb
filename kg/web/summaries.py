"""What a snapshot holds, in numbers, as the descriptions of the dataset give them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.errors import KgError
from kg.streams import Question
from kg.terms import PREFIXES
from kg.web.generations import Generation
from kg.web.pool import Pool

_ST: Final = PREFIXES["st"]
_DC: Final = PREFIXES["dcterms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Numbers of statements and things, and what the corpus says of itself.

    *graphs*, *classes* and *properties* are numbers by IRI: statements of a graph, members of a class,
    statements with a property. What took too long to count is empty, or -1.
    """

    triples: int = -1
    subjects: int = -1
    objects: int = -1
    graphs: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, int] = field(default_factory=dict)
    title: str = ""
    about: str = ""
    license: str = ""
    base: str = ""


_TOTAL: Final = """\
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?p ?o }"""
_GRAPHS: Final = "SELECT ?k (COUNT(*) AS ?n) { GRAPH ?k { ?s ?p ?o } } GROUP BY ?k ORDER BY ?k"
_CLASSES: Final = "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?s a ?k } GROUP BY ?k ORDER BY ?k"
_PROPERTIES: Final = "SELECT ?k (COUNT(*) AS ?n) { ?s ?k ?o } GROUP BY ?k ORDER BY ?k"
_CORPUS: Final = f"""\
SELECT ?corpus ?title ?about ?license {{
  ?corpus a <{_ST}Corpus> .
  OPTIONAL {{ ?corpus <{_DC}title> ?title }}
  OPTIONAL {{ ?corpus <{_DC}description> ?about }}
  OPTIONAL {{ ?corpus <{_DC}license> ?license }}
}} ORDER BY ?corpus LIMIT 1"""

Row = dict[str, str]


class Summaries:
    """The summary of the current snapshot, counted once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._found: tuple[str, Summary] | None = None

    async def current(self) -> Summary:
        """Count, unless that is done."""
        generation = self._pool.generation
        if self._found is None or self._found[0] != generation.name:
            self._found = (generation.name, await self._count(generation))
        return self._found[1]

    async def _count(self, generation: Generation) -> Summary:
        total = await self._row(_TOTAL, generation)
        corpus = await self._row(_CORPUS, generation)
        return Summary(
            **{name: int(total.get(name, -1)) for name in ("triples", "subjects", "objects")},
            graphs=await self._numbers(_GRAPHS, generation),
            classes=await self._numbers(_CLASSES, generation),
            properties=await self._numbers(_PROPERTIES, generation),
            title=corpus.get("title", ""),
            about=corpus.get("about", ""),
            license=corpus.get("license", ""),
            base=corpus.get("corpus", "").removesuffix("corpus"),
        )

    async def _numbers(self, query: str, generation: Generation) -> dict[str, int]:
        return {row["k"]: int(row["n"]) for row in await self._rows(query, generation) if "k" in row}

    async def _row(self, query: str, generation: Generation) -> Row:
        return next(iter(await self._rows(query, generation)), {})

    async def _rows(self, query: str, generation: Generation) -> list[Row]:
        try:
            _, payload = await self._pool.collect(Question(text=query), generation)
        except KgError:  # a description with less in it is better than none
            return []
        bindings = json.loads(payload)["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in bindings]
