"""Near misses of an answer: positions that a question just leaves out, each with what keeps it out.

A saved question says in its header (``near``) by what its rows are selected. A query reads the
positions around that selection: on the same, a narrower, broader or close proposal, held by the same
actor or by one that acts within it. Each is laid beside the criteria; every criterion missed has
its price, and what costs at most `FARTHEST` is near.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.errors import QueryError
from kg.headers import CRITERIA, SavedQuery
from kg.queries import Bound, Store
from kg.tables import Table
from kg.terms import PREFIXES, VOCABULARY, Iri, Literal, Term, token
from kg.vocabularies import STANCES

FARTHEST: Final = 3
"""The most that the missed criteria of a near miss may cost together."""

WHY: Final = "why"
"""The column that says what keeps a position out."""

_ALWAYS: Final = ("holder", "holder_label", "stance", "proposal", "proposal_label", "mode", "document")
_FAR: Final = FARTHEST + 1
_VERBS: Final = {
    "accepts-conditionally": "accepts {} conditionally",
    "open-to": "is open to {}",
    "undecided": "is undecided about {}",
    "rules-out": "rules out {}",
}
_SIDES: Final = {"pro": "supports", "con": "opposes", "conditional": "accepts-conditionally"}
_TARGETS: Final = {
    "same": ("it", 0),
    "narrower": ("a narrower kind", 1),
    "broader": ("something broader", 2),
    "close": ("something close", 2),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A position around an answer: its *cells* by column, its price, and *why* it is out ("" if it is in).

    *apart* is how many steps of the scale its stance is from those asked for.
    """

    cells: Mapping[str, Term | None]
    costs: int
    apart: int
    why: str

    @property
    def position(self) -> str:
        """The IRI of the position."""
        return str(self.cells["position"])

    def order(self) -> tuple[object, ...]:
        """A key to sort by: what is missed, how far the stance is, then names."""
        return (self.costs, self.apart, str(self.cells["holder_label"] or ""), self.position)


@dataclass(frozen=True, slots=True)
class _Miss:
    cost: int
    text: str = ""


def near_misses(
    query: SavedQuery,
    bound: Mapping[str, Bound],
    answer: Table,
    store: Store,
    names: Mapping[str, str],
    *,
    timeout: float,
) -> Table:
    """The near misses of *answer* to *query* with the values *bound*, the nearest first.

    The columns are those of the answer, what else is needed to read a row, and `WHY`. *names* has the
    labels of IRIs. No row is of a position that the answer has.

    Raises:
        QueryError: the question has no near misses, or the query fails or takes too long.
    """
    found = candidates(query, bound, store, names, timeout=timeout)
    inside = {str(cell) for cell in answer.column(query.statement)}
    near = [each for each in found if each.why and each.position not in inside and each.costs <= FARTHEST]
    columns = (*answer.columns, *(name for name in _ALWAYS if name not in answer.columns), WHY)
    rows = (
        (*(each.cells.get(name) for name in columns[:-1]), Literal(each.why))
        for each in sorted(near, key=Candidate.order)
    )
    return Table(columns, tuple(rows))


def no_near_misses(query: SavedQuery) -> str:
    """That a question has no near misses, and which have them."""
    return (
        f"'{query.name}' has no near misses; those questions have them whose rows are positions "
        "on a proposal or an issue, or of an actor"
    )


def with_near_misses(answer: Table, near: Table) -> Table:
    """Both in one table: the rows of the answer first, their `WHY` being empty."""
    empty = (None,) * (len(near.columns) - len(answer.columns))
    return Table(near.columns, (*((*row, *empty) for row in answer), *near))


def candidates(
    query: SavedQuery, bound: Mapping[str, Bound], store: Store, names: Mapping[str, str], *, timeout: float
) -> list[Candidate]:
    """All positions around the answer to *query*, those in it included.

    Raises:
        QueryError: the question has no near misses, or the query fails or takes too long.
    """
    if not query.near:
        raise QueryError(no_near_misses(query))
    asked = _Asked(_criteria(query, bound), names)
    links = {name: _links(name, terms, store, timeout) for name, terms in asked.criteria.items()}
    table = store.select(_facts(asked, links), timeout=timeout)
    found = (dict(zip(table.columns, row, strict=True)) for row in table)
    return [asked.judge(cells, links) for cells in found]


def _criteria(query: SavedQuery, bound: Mapping[str, Bound]) -> dict[str, Bound]:
    """The criteria that restrict something, each with its terms."""
    found: dict[str, Bound] = {}
    for name, words in query.near.items():
        is_param = words[0].startswith("$")
        concepts = tuple(Iri(f"{VOCABULARY}{CRITERIA[name]}/{word}") for word in words)
        terms = bound[words[0][1:]] if is_param else concepts
        if terms:
            found[name] = terms
    return found


# ---------------------------------------------------------------- what is around

_PREFIXES: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("st", "skos", "prov"))
_TIES: Final = "(st:memberOf|st:speaksFor|st:partOf)"
_HOLDERS: Final = f"""
  {{ BIND(?asked AS ?node) BIND("same" AS ?link) }}
  UNION {{ ?node {_TIES}+ ?asked BIND("within" AS ?link) }}
  UNION {{ ?asked st:speaksFor ?node BIND("spoken for" AS ?link) }}"""
_AROUND: Final = {
    "holder": _HOLDERS,
    "voices": _HOLDERS,
    "proposal": """
  { BIND(?asked AS ?node) BIND("same" AS ?link) }
  UNION { ?node skos:broader+ ?asked BIND("narrower" AS ?link) }
  UNION { ?asked skos:broader+ ?node BIND("broader" AS ?link) }
  UNION { ?asked st:closeTo|^st:closeTo ?node BIND("close" AS ?link) }""",
    "issue": """
  { ?node st:addresses/skos:broader* ?asked BIND("same" AS ?link) }
  UNION { ?asked skos:broader/^st:addresses ?node BIND("broader" AS ?link) }""",
}
"""What is read around the nodes asked about; of several links to one node the first here counts."""


def _links(name: str, asked: Bound, store: Store, timeout: float) -> dict[str, str]:
    """The nodes around those *asked* about, and how each is linked to them; none for other criteria."""
    if name not in _AROUND:
        return {}
    parts = _AROUND[name].replace("{ ", f"{{ VALUES ?asked {{ {' '.join(map(token, asked))} }} ")
    rows = store.select(f"{_PREFIXES}SELECT DISTINCT ?node ?link {{{parts} }}", timeout=timeout)
    order = ("same", "narrower", "within", "broader", "close", "spoken for")
    found: dict[str, str] = {}
    for node, link in sorted(rows, key=lambda row: order.index(str(row[1]))):
        found.setdefault(str(node), str(link))
    return found


_FACTS: Final = """\
SELECT DISTINCT ?position ?holder ?holder_label ?stance ?polarity ?proposal ?proposal_label ?issue_label
  ?function ?conditions ?held ?document ?published ?mode ?modality ?teller ?counts ?first ?last
WHERE {
  VALUES ?layer { %(layers)s }
  %(some)s
  ?position st:onProposal ?proposal ; st:heldBy ?holder ; st:takesStance ?stance ; st:hasModality ?modality ;
            st:innermostAttribution/st:inMode ?mode ; st:statedIn/st:inDocument ?document ;
            prov:wasGeneratedBy/st:inLayer ?layer .
  ?stance st:hasPolarity ?polarity .
  ?holder skos:prefLabel ?holder_label .
  ?proposal skos:prefLabel ?proposal_label .
  OPTIONAL {
    SELECT DISTINCT ?position ?teller WHERE {
      %(some)s ?position st:onProposal ?proposal ; st:heldBy ?holder ; st:hasAttribution ?before ;
        st:innermostAttribution/st:step ?step .
      ?before st:step ?step_before ; st:givesVoiceTo/skos:prefLabel ?teller
      FILTER(?step_before + 1 = ?step)
    }
  }
  OPTIONAL {
    SELECT ?proposal (GROUP_CONCAT(?issue_name; SEPARATOR=" | ") AS ?issue_label) WHERE {
      SELECT DISTINCT ?proposal ?issue_name WHERE {
        %(some)s ?proposal st:addresses/skos:prefLabel ?issue_name
      } ORDER BY ?proposal ?issue_name
    } GROUP BY ?proposal
  }
  OPTIONAL {
    SELECT ?position (GROUP_CONCAT(?slug; SEPARATOR=" | ") AS ?function) WHERE {
      SELECT DISTINCT ?position ?slug WHERE {
        %(some)s ?position st:onProposal ?proposal ; st:heldBy ?holder ; st:hasFunction ?concept .
        BIND(REPLACE(STR(?concept), "^.*/", "") AS ?slug)
      } ORDER BY ?position ?slug
    } GROUP BY ?position
  }
  OPTIONAL {
    SELECT ?position (GROUP_CONCAT(?condition_text; SEPARATOR=" | ") AS ?conditions) WHERE {
      SELECT DISTINCT ?position ?condition_text WHERE {
        %(some)s ?position st:onProposal ?proposal ; st:heldBy ?holder ; st:hasCondition ?condition .
        ?condition st:hasConditionKind ?kind .
        OPTIONAL { ?condition st:onProposal/skos:prefLabel ?own }
        OPTIONAL { ?condition st:onPosition/st:onProposal/skos:prefLabel ?other }
        OPTIONAL { ?condition st:gist ?gist }
        BIND(CONCAT(REPLACE(REPLACE(STR(?kind), "^.*/", ""), "-", " "), " ",
                    STR(COALESCE(?own, ?other, ?gist))) AS ?condition_text)
      } ORDER BY ?position ?condition_text
    } GROUP BY ?position
  }
  OPTIONAL { ?position st:held ?held }
  OPTIONAL { ?position st:published ?published }
  OPTIONAL { ?position st:uttered ?uttered }
  OPTIONAL { ?position st:heldEarliest ?held_first }
  OPTIONAL { ?position st:heldLatest ?held_last }
  OPTIONAL { ?position st:utteredEarliest ?uttered_first }
  OPTIONAL { ?position st:utteredLatest ?uttered_last }
  OPTIONAL { ?position st:publishedEarliest ?published_first }
  OPTIONAL { ?position st:publishedLatest ?published_last }
  BIND(IF(BOUND(?held), ?held_first, IF(BOUND(?uttered), ?uttered_first, ?published_first)) AS ?first)
  BIND(IF(BOUND(?held), ?held_last, IF(BOUND(?uttered), ?uttered_last, ?published_last)) AS ?last)
  BIND(EXISTS { VALUES ?actor { %(actors)s } ?position st:countsFor ?actor } AS ?counts)
}
ORDER BY ?position ?document ?modality ?teller"""


def _facts(asked: _Asked, links: Mapping[str, Mapping[str, str]]) -> str:
    """The query for what has to be known of the positions around."""
    columns = {"holder": "holder", "voices": "holder", "proposal": "proposal", "issue": "proposal"}
    # In each part by itself, or the engine goes through the whole corpus for it.
    some = " ".join(
        f"VALUES ?{column} {{ {' '.join(token(Iri(iri)) for iri in links[name])} }}"
        for name, column in columns.items()
        if name in links
    )
    actors = asked.criteria.get("holder") or asked.criteria.get("voices") or ()
    return _PREFIXES + _FACTS % {
        "layers": " ".join(map(token, asked.criteria.get("layer", ()))) or "UNDEF",
        "some": some,
        "actors": " ".join(map(token, actors)),
    }


# ---------------------------------------------------------------- what keeps it out


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for: the terms of each criterion, and how things are called."""

    criteria: Mapping[str, Bound]
    names: Mapping[str, str]

    def judge(self, cells: Mapping[str, Term | None], links: Mapping[str, Mapping[str, str]]) -> Candidate:
        """Lay a position beside the criteria."""
        stance = self._stance(cells)
        target, far = _TARGETS[links.get("proposal", {}).get(str(cells["proposal"]), "same")]
        if far:
            target += f" ({cells['proposal_label']})"
        tails = list(self._others(cells, links))
        costs = (stance.cost if stance else 0) + far + sum(miss.cost for miss in tails)
        head = _said(_slug(cells["stance"]), target)
        if stance:
            head += f" rather than {_said(stance.text, 'it')}"
        joint = ", and " if stance or far else ", but "
        why = head + joint * bool(tails) + " and ".join(miss.text for miss in tails)
        return Candidate(cells, costs, self._apart(cells), why if costs else "")

    def _apart(self, cells: Mapping[str, Term | None]) -> int:
        """How many steps of the scale lie between the stance and the nearest one asked for."""
        scale = list(STANCES)
        wanted = [_slug(term) for name in ("stance", "polarity") for term in self.criteria.get(name, ())]
        at = [n for n, stance in enumerate(scale) if stance in wanted or STANCES[stance] in wanted]
        return min((abs(n - scale.index(_slug(cells["stance"]))) for n in at), default=0)

    def _stance(self, cells: Mapping[str, Term | None]) -> _Miss | None:
        """What is missed by the stance: its price, and the stance asked for."""
        polarity = _slug(cells["polarity"])
        for name, given in (("stance", "stance"), ("polarity", "polarity")):
            terms = self.criteria.get(name)
            if terms and cells[given] not in terms:
                wanted = [_slug(term) for term in terms]
                sides = {str(STANCES[each]) if name == "stance" else each for each in wanted}
                elsewhere = 2 if "proposal" in self.criteria else _FAR
                text = wanted[0] if name == "stance" else _SIDES.get(wanted[0], "undecided")
                return _Miss(1 if polarity in sides else elsewhere, text)
        return None

    def _others(
        self, cells: Mapping[str, Term | None], links: Mapping[str, Mapping[str, str]]
    ) -> Iterator[_Miss]:
        """What is missed by other things than stance and proposal."""
        yield from self._function(cells)
        yield from self._mode(cells)
        if links.get("issue", {}).get(str(cells["proposal"]), "same") != "same":
            yield _Miss(2, "only a broader issue is addressed")
        yield from self._holder(cells, links)
        yield from self._time(cells)
        if (documents := self.criteria.get("document")) and cells["document"] not in documents:
            yield _Miss(1, "another document says so")

    def _function(self, cells: Mapping[str, Term | None]) -> Iterator[_Miss]:
        wanted = {_slug(term) for term in self.criteria.get("function", ())}
        stated = str(cells["function"]).split(" | ") if cells["function"] else []
        if wanted and not stated:
            yield _Miss(1, "no function is stated")
        elif wanted and not wanted & set(stated):
            several = "other functions are" if stated[1:] else "another function is"
            yield _Miss(1, f"{several} stated: {', '.join(stated).replace('-', ' ')}")

    def _mode(self, cells: Mapping[str, Term | None]) -> Iterator[_Miss]:
        modes = self.criteria.get("mode")
        if modes and cells["mode"] not in modes:
            mode = _slug(cells["mode"])
            by = f" by {cells['teller']}" if cells["teller"] else ""
            is_foreign = mode in ("inferred", "predicted", "narrated")
            yield _Miss(1, f"this is only {mode}{by}" if is_foreign else f"this is {mode.replace('-', ' ')}")

    def _holder(
        self, cells: Mapping[str, Term | None], links: Mapping[str, Mapping[str, str]]
    ) -> Iterator[_Miss]:
        name = "holder" if "holder" in self.criteria else "voices"
        link = links.get(name, {}).get(str(cells["holder"]), "same")
        counts = str(cells["counts"]) == "true"
        if link == "same" or (counts and name == "voices"):
            return
        actor = " or ".join(self.names.get(str(term), str(term)) for term in self.criteria[name])
        who = str(cells["holder_label"])
        if counts:
            yield _Miss(1, f"the holder is {who}, whose position counts for {actor}")
        elif link == "within":
            yield _Miss(2, f"the holder is {who}, whose position does not count for {actor}")
        else:
            yield _Miss(2, f"the holder is {who}, for whom {actor} speaks")

    def _time(self, cells: Mapping[str, Term | None]) -> Iterator[_Miss]:
        since, until = (str(self.criteria.get(name, ("",))[0]) for name in ("since", "until"))
        if since and cells["last"] and str(cells["last"]) < since:
            yield _Miss(1, "before the time asked for")
        elif until and cells["first"] and str(cells["first"]) > until:
            yield _Miss(1, "after the time asked for")


def _slug(term: Term | None) -> str:
    return str(term).rpartition("/")[2]


def _said(stance: str, target: str) -> str:
    """A stance as a verb with its object.

    >>> _said("rules-out", "it"), _said("proposes", "a narrower kind (a truce)")
    ('rules out it', 'proposes a narrower kind (a truce)')
    """
    return _VERBS.get(stance, stance + " {}").format(target)
