"""The pages of proposals and issues: who stands where, from for to against, and the arguments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.vocabularies import STANCES
from kg.web.page_drawings import drawn, of_scope
from kg.web.page_entries import Tree, by_name, read_entry, read_tree
from kg.web.page_readers import Reader, ref
from kg.web.page_rendering import Page
from kg.web.page_statements import Statement, find_statements
from kg.web.page_words import SIDES, polarity_of
from kg.web.pages_actors import Standing, standings


@dataclass(frozen=True, slots=True)
class Side:
    """Who takes stances of one *polarity*: a standing for each holder, the most decided first."""

    polarity: str
    standings: tuple[Standing, ...]

    @property
    def words(self) -> str:
        """The side in words."""
        return SIDES[self.polarity]


def sides(statements: Iterable[Statement]) -> tuple[Side, ...]:
    """Positions on one proposal by polarity; a holder with stances of two polarities stands on both sides."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        if each.kind == "position":
            found[each.polarity].append(each)
    return tuple(
        Side(
            polarity,
            tuple(
                sorted(
                    standings(found[polarity]),
                    key=lambda each: min(one.order_in_stance() for one in each.statements),
                )
            ),
        )
        for polarity in SIDES
        if polarity in found
    )


@dataclass(frozen=True, slots=True)
class Argument:
    """A claim that speaks for or against a proposal; *about* is the position it is about, if it is one."""

    claim: Statement
    about: str = ""


_LINKS = (
    ("broader", "is a kind of", "has as a kind"),
    ("closeTo", "is close to", "is close to"),
    ("incompatibleWith", "excludes", "excludes"),
    ("requires", "requires", "is required by"),
)


def proposal_page(reader: Reader, slug: str) -> Page:
    """The page of a proposal.

    Raises:
        NotFoundError: there is no such proposal.
    """
    entry = read_entry(reader, "proposal", slug)
    found = find_statements(reader, f"?s st:onProposal {ref(entry.iri)} .")
    positions = [each for each in found if each.kind == "position"]
    pro, con = _arguments(reader, entry.iri, {each.iri: each.stance for each in positions})
    functions: dict[str, list[str]] = defaultdict(list)
    for each in positions:
        for function in each.functions:
            functions[function].append(each.by)
    tree = read_tree(reader)
    chart = of_scope(reader, "bars", proposals=(entry.iri,), by="stance") if positions else None
    return Page(
        template="proposal.html",
        title=entry.label,
        path=f"/proposal/{slug}",
        section="Proposals",
        about=f"Who stands where on {entry.label}, with the arguments for and against.",
        forms={"text/turtle": f"/proposal/{slug}.ttl", "application/ld+json": f"/proposal/{slug}.jsonld"},
        data={
            "entry": entry,
            "issues": [(*tree.above(issue), issue) for issue in entry.some("addresses")],
            "sides": sides(positions),
            "positions": positions,
            "chart": None if chart is None else drawn(reader, chart, name="bars"),
            "functions": {each: by_name(reader, set(holders)) for each, holders in sorted(functions.items())},
            "pro": pro,
            "con": con,
            "related": _related(reader, entry.iri),
            "plans": _by_plan(reader, found),
            "conditions_on_it": _conditions_on(reader, entry.iri),
        },
    )


def _by_plan(reader: Reader, found: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
    plans: dict[str, list[Statement]] = defaultdict(list)
    for each in found:
        if each.kind == "part":
            plans[each.plan].append(each)
    return [(plan, plans[plan]) for plan in by_name(reader, plans)]


def _arguments(
    reader: Reader, proposal: str, stances: Mapping[str, str]
) -> tuple[list[Argument], list[Argument]]:
    """The claims for and against; what supports a position against it is against it, and so on."""
    claims = find_statements(
        reader,
        f"{{ ?s st:hasArgument/st:targets {ref(proposal)} }} "
        f"UNION {{ ?s st:hasArgument/st:targets/st:onProposal {ref(proposal)} }}",
    )
    pro: dict[str, Argument] = {}
    con: dict[str, Argument] = {}
    for claim in claims:
        # What is about the proposal itself counts first.
        for relation, target in sorted(claim.arguments, key=lambda each: each[1] != proposal):
            if target != proposal and target not in stances:
                continue
            side = "pro" if target == proposal else polarity_of(stances[target])
            if side == "neutral":
                continue
            is_for = (side != "con") == (relation == "supports")
            about = "" if target == proposal else target
            (pro if is_for else con).setdefault(claim.iri, Argument(claim, about))
    return list(pro.values()), list(con.values())


def _related(reader: Reader, proposal: str) -> list[tuple[str, list[str]]]:
    """Other proposals by how this one stands to them."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = reader.rows(f"""\
SELECT DISTINCT ?link ?way ?other WHERE {{
  VALUES ?link {{ skos:broader st:closeTo st:incompatibleWith st:requires }}
  {{ {ref(proposal)} ?link ?other . BIND(0 AS ?way) }}
  UNION {{ ?other ?link {ref(proposal)} . BIND(1 AS ?way) }}
  ?other a st:Proposal .
}}""")
    for row in rows:
        name = row["link"].rpartition("#")[2]
        words = next((each[1:] for each in _LINKS if each[0] == name), (name, name))
        found[words[int(row["way"])]].add(row["other"])
    order = list(dict.fromkeys(word for each in _LINKS for word in each[1:]))
    return [(word, by_name(reader, found[word])) for word in order if word in found]


def _conditions_on(reader: Reader, proposal: str) -> tuple[Statement, ...]:
    """Positions of which this proposal is a condition."""
    return find_statements(reader, f"?s st:hasCondition/st:onProposal {ref(proposal)} .")


# ---------------------------------------------------------------- how many stand where


@dataclass(frozen=True, slots=True)
class Tally:
    """How many holders stand on each side of a proposal."""

    holders: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many stand anywhere."""
        return sum(self.holders.values())

    def words(self) -> str:
        """The numbers in words.

        >>> Tally({"pro": 2, "con": 1}).words()
        '2 for, 1 against'
        """
        some = [f"{self.holders[each]} {SIDES[each]}" for each in SIDES if self.holders.get(each)]
        return ", ".join(some) or "no position"

    def bars(self, width: float = 72) -> list[tuple[str, float, float]]:
        """Polarity, start and length of each part of a bar of *width* units."""
        parts, start = [], 0.0
        for each in SIDES:
            if number := self.holders.get(each, 0):
                length = round(width * number / self.total, 2)
                parts.append((each, round(start, 2), length))
                start += length
        return parts


def read_tallies(reader: Reader) -> dict[str, Tally]:
    """For each proposal how many holders stand on which side."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in reader.rows(f"""\
SELECT ?proposal ?polarity (COUNT(DISTINCT ?holder) AS ?number) WHERE {{
  ?s st:onProposal ?proposal ; st:heldBy ?holder ; st:takesStance/st:hasPolarity ?polarity ;
     {reader.in_layer} .
}} GROUP BY ?proposal ?polarity"""):
        counts[row["proposal"]][row["polarity"].rpartition("/")[2]] = int(row["number"])
    return {proposal: Tally(some) for proposal, some in counts.items()}


def proposals_page(reader: Reader) -> Page:
    """All proposals by broad issue, with how many stand where."""
    tree = read_tree(reader)
    groups = [(root, _options(reader, tree, root)) for root in tree.roots]
    return Page(
        template="proposals.html",
        title="Proposals",
        path="/proposals",
        section="Proposals",
        about="What is proposed on each issue, and how many stand where.",
        data={
            "groups": [(root, some) for root, some in groups if some],
            "tallies": read_tallies(reader),
            "number": len(tree.issues),
            "stances": list(STANCES),
        },
    )


def _options(reader: Reader, tree: Tree, root: str) -> list[str]:
    """The proposals whose broadest issue is *root*."""
    under = {proposal for issue in tree.under(root) for proposal in tree.proposals.get(issue, ())}
    return by_name(reader, [each for each in under if tree.root_of(each) == root])


# ---------------------------------------------------------------- issues


def issue_page(reader: Reader, slug: str) -> Page:
    """The page of an issue: its place in the tree, the options on it and on the narrower ones.

    Raises:
        NotFoundError: there is no such issue.
    """
    entry = read_entry(reader, "issue", slug)
    tree = read_tree(reader)
    under = tree.under(entry.iri)
    return Page(
        template="issue.html",
        title=entry.label,
        path=f"/issue/{slug}",
        section="Issues",
        about=f"What is proposed on {entry.label}, and how many stand where.",
        forms={"text/turtle": f"/issue/{slug}.ttl", "application/ld+json": f"/issue/{slug}.jsonld"},
        data={
            "entry": entry,
            "above": tree.above(entry.iri),
            "also_under": [each for each in entry.some("broader") if each not in tree.above(entry.iri)],
            "groups": [(each, by_name(reader, tree.proposals.get(each, ()))) for each in under],
            "tree": tree,
            "tallies": read_tallies(reader),
        },
    )


def issues_page(reader: Reader) -> Page:
    """The tree of issues."""
    tree = read_tree(reader)
    return Page(
        template="issues.html",
        title="Issues",
        path="/issues",
        section="Issues",
        about="What is negotiated, from broad to narrow.",
        data={"tree": tree, "number": len(reader.labels.of("st:Issue"))},
    )
