"""The pages of plans: the parts in order, nested plans with theirs, and one plan beside another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.web.page_entries import NotFoundError, by_name, near_pages, read_entry
from kg.web.page_readers import Reader, ref
from kg.web.page_rendering import Page
from kg.web.page_statements import Statement, find_statements


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a plan has: a proposal or another plan, with the statements that say so."""

    item: str
    statements: tuple[Statement, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """What it is in the plan: stated, optional, a premise, a step."""
        return tuple(dict.fromkeys(each.role for each in self.statements))

    @property
    def order(self) -> int:
        """Where it stands among steps; far behind if it is no step."""
        return min((int(each.order) for each in self.statements if each.order), default=9999)


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of *plan*, and the content of the plans that it includes."""

    plan: str
    parts: tuple[Part, ...]
    included: tuple[Content, ...] = ()

    def proposals(self) -> dict[str, Part]:
        """All proposals of the plan and of those that it includes."""
        found = {part.item: part for part in self.parts if part.statements[0].proposal}
        for each in self.included:
            for item, part in each.proposals().items():
                found.setdefault(item, part)
        return found


def read_content(reader: Reader, plan: str) -> Content:
    """The parts of *plan*, with those of the plans that it includes."""
    pattern = f"?s st:partOfPlan ?within . ?within (^st:includesPlan/st:partOfPlan)* {ref(plan)} ."
    by_plan: dict[str, list[Statement]] = defaultdict(list)
    for each in find_statements(reader, pattern):
        by_plan[each.plan].append(each)
    return _content(reader, plan, by_plan, ())


def _content(
    reader: Reader, plan: str, by_plan: dict[str, list[Statement]], within: tuple[str, ...]
) -> Content:
    parts = _parts(reader, by_plan.get(plan, ()))
    nested = [part.item for part in parts if part.statements[0].includes]
    return Content(
        plan,
        parts,
        tuple(
            _content(reader, each, by_plan, (*within, plan))
            for each in nested
            if each != plan and each not in within
        ),
    )


def _parts(reader: Reader, statements: Iterable[Statement]) -> tuple[Part, ...]:
    items: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        items[each.proposal or each.includes].append(each)
    found = [Part(item, tuple(some)) for item, some in items.items()]
    return tuple(sorted(found, key=lambda part: (part.order, reader.name(part.item).casefold())))


@dataclass(frozen=True, slots=True)
class Beside:
    """Two plans side by side; *near* pairs a proposal only here with ones like it over there."""

    other: str
    both: tuple[tuple[Part, Part], ...]
    here: tuple[Part, ...]
    there: tuple[Part, ...]


def beside(reader: Reader, one: Content, other: Content) -> Beside:
    """Lay one plan beside the other."""
    left, right = one.proposals(), other.proposals()
    return Beside(
        other.plan,
        tuple((left[each], right[each]) for each in by_name(reader, left.keys() & right.keys())),
        tuple(left[each] for each in by_name(reader, left.keys() - right.keys())),
        tuple(right[each] for each in by_name(reader, right.keys() - left.keys())),
    )


def plan_page(reader: Reader, slug: str, *, other: str = "") -> Page:
    """The page of a plan, laid beside the plan *other* (a slug) if one is given.

    Raises:
        NotFoundError: there is no such plan.
    """
    entry = read_entry(reader, "plan", slug)
    content = read_content(reader, entry.iri)
    laid = None
    if other:
        iri = reader.iri("plan", other)
        if iri not in reader.labels.by_iri:
            raise NotFoundError(
                f"there is no plan '{other}' to lay beside", near_pages(reader, "plan", other)
            )
        laid = beside(reader, content, read_content(reader, iri))
    return Page(
        template="plan.html",
        title=entry.label,
        path=f"/plan/{slug}",
        section="Plans",
        about=f"What is in {entry.label}, part by part.",
        forms={"text/turtle": f"/plan/{slug}.ttl", "application/ld+json": f"/plan/{slug}.jsonld"},
        data={
            "entry": entry,
            "content": content,
            "beside": laid,
            "within": reader.rows(
                f"SELECT DISTINCT ?plan {{ ?s st:includesPlan {ref(entry.iri)} ; "
                "st:partOfPlan ?plan } ORDER BY ?plan"
            ),
            "others": [
                (row["plan"].rpartition("/")[2], reader.name(row["plan"]))
                for row in _rows(reader)
                if row["plan"] != entry.iri and row["parts"]
            ],
        },
    )


def _rows(reader: Reader) -> list[dict[str, str]]:
    rows = reader.rows(f"""\
SELECT ?plan ?dated ?parts ?inside WHERE {{
  ?plan a st:Plan .
  OPTIONAL {{ ?plan st:dated ?dated }}
  OPTIONAL {{ SELECT ?plan (COUNT(DISTINCT ?item) AS ?parts) WHERE {{
    ?s st:partOfPlan ?plan ; st:onProposal|st:includesPlan ?item ;
       {reader.in_layer} }} GROUP BY ?plan }}
  OPTIONAL {{ SELECT ?plan (MIN(?whole) AS ?inside) WHERE {{
    ?s st:includesPlan ?plan ; st:partOfPlan ?whole }} GROUP BY ?plan }}
}} ORDER BY STR(?dated) ?plan""")
    return sorted(rows, key=lambda row: reader.name(row["plan"]).casefold())


def plans_page(reader: Reader) -> Page:
    """All plans: those that stand for themselves, each with those that are part of it."""
    rows = _rows(reader)
    authors: dict[str, list[str]] = defaultdict(list)
    for row in reader.rows(
        "SELECT DISTINCT ?plan ?by { ?plan a st:Plan ; dcterms:creator ?by } ORDER BY ?plan ?by"
    ):
        authors[row["plan"]].append(row["by"])
    tops = [row for row in rows if not row["inside"]]
    return Page(
        template="plans.html",
        title="Plans",
        path="/plans",
        section="Plans",
        about="Named bundles of proposals.",
        data={
            "told": sorted((row for row in tops if row["parts"]), key=lambda row: row["dated"] or "9999"),
            "untold": [row for row in tops if not row["parts"]],
            "inside": {
                row["plan"]: [each for each in rows if each["inside"] == row["plan"]] for row in tops
            },
            "authors": authors,
            "number": len(rows),
        },
    )  # fmt: skip
