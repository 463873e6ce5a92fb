"""The pages of actors: where each stands on what and since when, in its own words and as others tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.web.page_drawings import drawn, of_scope
from kg.web.page_entries import by_name, read_entry, read_ties, read_tree
from kg.web.page_readers import Reader, local, ref
from kg.web.page_rendering import Page
from kg.web.page_statements import Statement, find_statements
from kg.web.page_words import words


@dataclass(frozen=True, slots=True)
class Taken:
    """A stance as one statement has it; whether that is certainly after the one before it."""

    statement: Statement
    is_later: bool


def is_certainly_later(statement: Statement, other: Statement) -> bool:
    """Whether *statement* begins after *other* has ended, whatever the uncertain dates of both may mean."""
    return bool(statement.first and other.last) and statement.first > other.last


@dataclass(frozen=True, slots=True)
class Standing:
    """What one actor holds of one proposal: its statements in the order of time."""

    holder: str
    proposal: str
    statements: tuple[Statement, ...]

    @property
    def stances(self) -> tuple[Taken, ...]:
        """The stances in the order of time; one that is taken again counts if another was between."""
        taken: list[Taken] = []
        for each in self.statements:
            before = [one for one in taken if one.statement.stance == each.stance]
            is_later = bool(taken) and is_certainly_later(each, taken[-1].statement)
            if not before or (is_later and taken[-1].statement.stance != each.stance):
                taken.append(Taken(each, is_later))
        return tuple(taken)

    @property
    def since(self) -> str:
        """The date of the first statement as its document gives it."""
        first = self.statements[0]
        return first.held or first.uttered or first.published


@dataclass(frozen=True, slots=True)
class Group:
    """Standings on the options of one broad issue; *issue* may be empty."""

    issue: str
    standings: tuple[Standing, ...]


def standings(statements: Iterable[Statement]) -> tuple[Standing, ...]:
    """Positions by holder and proposal, each in the order of time."""
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for each in statements:
        if each.kind == "position":
            found[each.by, each.proposal].append(each)
    return tuple(
        Standing(holder, proposal, tuple(sorted(some, key=Statement.order_in_time)))
        for (holder, proposal), some in sorted(found.items())
    )


def grouped(reader: Reader, some: Iterable[Standing]) -> tuple[Group, ...]:
    """Standings by broad issue, and by proposal within it."""
    tree = read_tree(reader)
    found: dict[str, list[Standing]] = defaultdict(list)
    for each in some:
        found[tree.root_of(each.proposal)].append(each)
    order = {iri: at for at, iri in enumerate(tree.roots)}
    return tuple(
        Group(issue, tuple(sorted(found[issue], key=lambda each: reader.name(each.proposal).casefold())))
        for issue in sorted(found, key=lambda issue: order.get(issue, len(order)))
    )


FURTHER = (
    ("changes-over-time", "Where has it changed position?"),
    ("agreements", "Who agrees with it?"),
    ("positions-for", "What has been said for it, its spokespeople included?"),
    ("disagreements", "On what do documents disagree about it?"),
    ("quid-pro-quo", "What does it offer in return for what?"),
    ("own-words", "What does it say in its own words?"),
    ("predicted-only", "What is only predicted or inferred about it?"),
)


def actor_page(reader: Reader, slug: str) -> Page:
    """The page of an actor.

    Raises:
        NotFoundError: there is no such actor.
    """
    entry = read_entry(reader, "actor", slug)
    found = find_statements(reader, f"?s st:heldBy|st:madeBy|st:addressedTo {ref(entry.iri)} .")
    held = [each for each in found if each.kind == "position" and each.by == entry.iri]
    own, told = ([each for each in held if each.is_official is way] for way in (True, False))
    chart = of_scope(reader, "timeline", actors=(entry.iri,), lanes=16) if held else None
    return Page(
        template="actor.html",
        title=entry.label,
        path=f"/actor/{slug}",
        section="Actors",
        about=f"Where {entry.label} stands on what, since when, and who says so.",
        forms={"text/turtle": f"/actor/{slug}.ttl", "application/ld+json": f"/actor/{slug}.jsonld"},
        data={
            "entry": entry,
            "kind": local(entry.one("hasKind")),
            "ties": read_ties(reader, entry.iri),
            "own": grouped(reader, standings(own)),
            "told": grouped(reader, standings(told)),
            "held": held,
            "chart": None if chart is None else drawn(reader, chart, name="time"),
            "proposals": len({each.proposal for each in held}),
            "documents": by_name(reader, {each.document for each in found}),
            "asked": sorted(
                (each for each in found if entry.iri in each.addressed), key=Statement.order_in_time
            ),
            "claims": sorted(
                (each for each in found if each.kind == "claim" and each.by == entry.iri),
                key=Statement.order_in_time,
            ),
            "named_in": _claims_naming(reader, entry.iri),
            "counts_for": _held_for(reader, entry.iri),
            "further": [(name, text) for name, text in FURTHER if name in reader.graph.queries],
        },
    )


def _claims_naming(reader: Reader, actor: str) -> list[dict[str, str]]:
    """Claims by others that name the actor."""
    return reader.rows(f"""\
SELECT ?claim ?gist ?by ?document WHERE {{
  ?claim st:mentions {ref(actor)} ; st:madeBy ?by ; {reader.in_layer} .
  FILTER(?by != {ref(actor)})
  {{ SELECT ?claim (MIN(?text) AS ?gist) (MIN(?in) AS ?document) WHERE {{
      ?claim st:mentions {ref(actor)} ; st:gist ?text ; st:statedIn/st:inDocument ?in }} GROUP BY ?claim }}
}} ORDER BY ?by ?claim""")


def _held_for(reader: Reader, actor: str) -> list[dict[str, str]]:
    """Who holds positions that count for the actor, and how many."""
    return reader.rows(f"""\
SELECT ?holder (COUNT(DISTINCT ?s) AS ?number) WHERE {{
  ?s st:countsFor {ref(actor)} ; st:heldBy ?holder ; {reader.in_layer} .
}} GROUP BY ?holder ORDER BY DESC(?number) ?holder""")


def actors_page(reader: Reader) -> Page:
    """All actors, by kind, with how much each holds and claims."""
    rows = reader.rows(f"""\
SELECT ?actor ?kind ?positions ?claims WHERE {{
  ?actor a st:Actor ; st:hasKind ?kind .
  OPTIONAL {{ SELECT ?actor (COUNT(DISTINCT ?p) AS ?positions) WHERE {{
    ?p st:heldBy ?actor ; {reader.in_layer} }} GROUP BY ?actor }}
  OPTIONAL {{ SELECT ?actor (COUNT(DISTINCT ?c) AS ?claims) WHERE {{
    ?c st:madeBy ?actor ; {reader.in_layer} }} GROUP BY ?actor }}
}} ORDER BY ?actor""")
    kinds: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        kinds[words(local(row["kind"]))].append(row)
    for some in kinds.values():
        some.sort(key=lambda row: (-int(row["positions"] or 0), reader.name(row["actor"]).casefold()))
    order = sorted(kinds, key=lambda kind: -sum(int(row["positions"] or 0) for row in kinds[kind]))
    return Page(
        template="actors.html",
        title="Actors",
        path="/actors",
        section="Actors",
        about="Who holds positions and makes claims.",
        data={"kinds": [(kind, kinds[kind]) for kind in order], "number": len(rows)},
    )
