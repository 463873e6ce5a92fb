"""The questions of bargaining against a count over the records: on the world, and on disputes at random."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from disputes import Held, Records, dispute

from kg.builds import build_memory
from kg.corpora import Seeds
from kg.labels import read_labels
from kg.queries import Given, bind, load_queries, resolve
from kg.store import Store

QUERIES = load_queries([Path(__file__).parent.parent / "queries"])


class Dispute:
    """Records, and what the saved questions say of them."""

    def __init__(self, seeds: Seeds, store: Store) -> None:
        self.records = Records(seeds, store)
        self.store = store
        self.known = read_labels(store)

    def ask(self, name: str, **values: Given) -> list[dict[str, str]]:
        """The rows; an IRI as its slug, a statement as document, coder and slug."""
        query = QUERIES[name]
        table = self.store.select(bind(query, resolve(query, values, self.known)))
        return [
            {
                key: "" if cell is None else str(cell) if key == "positions" else shortened(str(cell))
                for key, cell in row.items()
            }
            for row in table.records()
        ]

    def labels(self, slugs: set[str]) -> set[str]:
        return {self.records.labels[slug] for slug in slugs}


def shortened(text: str) -> str:
    for kind in ("/position/", "/claim/", "/part/"):
        if kind in text and " " not in text:
            return text.partition(kind)[2]
    return text.rpartition("/")[2] if text.startswith("http") and " " not in text else text


def several(cell: str) -> set[str]:
    return set(cell.split(" | ")) if cell else set()


@pytest.fixture(scope="module", params=["world", *range(6)])
def given(request: pytest.FixtureRequest, world_seeds: Seeds, world_store: Store) -> Iterator[Dispute]:
    if request.param == "world":
        yield Dispute(world_seeds, world_store)
        return
    seeds = dispute(request.param)
    with build_memory(seeds) as store:
        yield Dispute(seeds, store)


def groups(given: Dispute) -> list[tuple[str, ...]]:
    """Pairs and triples of actors to ask about: those with the most positions."""
    held = [actor for each in given.records.heard for actor in each.actors]
    busiest = sorted(set(held), key=lambda actor: (-held.count(actor), actor))[:4]
    return [*combinations(busiest, 2), *combinations(busiest, 3)]


def refusers(
    records: Records, actors: tuple[str, ...], holder: str, condition: tuple[str, str]
) -> Iterator[str]:
    """The others of the actors who are against what the condition names or, with unless, for it."""
    kind, proposal = condition
    wrong = "for" if kind == "unless" else "against"
    for other in actors:
        if proposal and other != holder and records.side(other, proposal, actors) == wrong:
            yield other


def test_sticking_points_are_what_one_is_for_and_another_against_or_refuses_the_condition_of(
    given: Dispute,
) -> None:
    records = given.records
    for actors in groups(given):
        wanted = {}
        for proposal in records.proposals:
            sides = records.sides(actors, proposal)
            counted = [
                (actor, each)
                for side in ("for", "against")
                for actor in sides[side]
                for each in records.standing(actor, proposal, actors)
            ]
            refusing = {
                other
                for actor, each in counted
                if each.is_for
                for condition in each.conditions
                for other in refusers(records, actors, actor, condition)
            }
            if (sides["for"] and sides["against"]) or refusing:
                told = {each.slug for _, each in counted}
                wanted[proposal] = (*map(given.labels, (sides["for"], sides["against"], refusing)), told)
        found = {
            row["proposal"]: (
                several(row["for"]),
                several(row["against"]),
                {text.rpartition(": ")[2] for text in several(row["refused"])},
                {iri.partition("/position/")[2] for iri in row["positions"].split()},
            )
            for row in given.ask("sticking-points", actors=list(actors))
        }
        assert found == wanted


def test_a_holdout_is_the_only_one_who_is_not_for_it(given: Dispute) -> None:
    records = given.records
    for actors in groups(given):
        wanted = set()
        for proposal in records.proposals:
            others = set(actors) - records.sides(actors, proposal)["for"]
            if len(others) == 1:
                (holdout,) = others
                polarities = {each.polarity for each in records.of(holdout, proposal, actors)}
                how = (
                    "against" if "con" in polarities else "undecided" if "neutral" in polarities else "silent"
                )
                wanted.add((proposal, holdout, how))
        rows = given.ask("holdouts", actors=list(actors))
        assert {(row["proposal"], row["holdout"], row["holds"]) for row in rows} == wanted


def test_what_one_of_them_tells_of_another_changes_no_side(world_seeds: Seeds, world_store: Store) -> None:
    # The mayor of Westport says that Lane threw the joint authority out; she says when she would take it.
    world = Dispute(world_seeds, world_store)
    rows = world.ask("compare-actors", actor="ada-lane", other="westport-government")
    assert {row["result"] for row in rows if row["proposal"] == "joint-authority"} == {"agree"}
    told = world.ask("sticking-points", actors=["ada-lane", "westport-government"])
    assert "joint-authority" not in {row["proposal"] for row in told}


def test_prerequisites_are_required_through_any_chain_or_a_condition(given: Dispute) -> None:
    records = given.records
    for proposal, entry in records.proposals.items():
        wanted = {
            ("requires" if slug in entry.requires else "requires indirectly", slug, "")
            for slug in records.required(proposal)
        }
        wanted |= {
            (kind.replace("-", " "), other, each.slug)
            for each in records.held
            if each.position.proposal == proposal
            for kind, other in each.conditions
            if each.is_for or (each.is_against and kind == "unless")
        }
        rows = given.ask("prerequisites-of", proposal=proposal)
        assert {(row["link"], row["prerequisite"], row["position"]) for row in rows} == wanted


def test_what_depends_on_a_proposal_has_it_as_a_condition_or_requires_it(given: Dispute) -> None:
    records = given.records
    for proposal in records.proposals:
        wanted = {
            (kind.replace("-", " "), each.position.proposal, each.slug)
            for each in records.held
            for kind, other in each.conditions
            if other == proposal
        }
        for slug, entry in records.proposals.items():
            if proposal in records.required(slug):
                link = "requires" if proposal in entry.requires else "requires indirectly"
                wanted.add((link, slug, ""))
        rows = given.ask("conditional-on", proposal=proposal)
        assert {(row["link"], row["dependent"], row["position"]) for row in rows} == wanted


def test_incompatible_demands_are_for_kinds_of_what_excludes_each_other(given: Dispute) -> None:
    records = given.records
    pairs = set()
    for one, entry in records.proposals.items():
        for two in entry.incompatible:
            kinds = [(a, b) for a in records.kinds(one) for b in records.kinds(two) if a != b]
            pairs |= {tuple(sorted(pair)) for pair in kinds}
    wanted = {
        (each.position.holder, each.position.proposal, other.position.holder, other.position.proposal)
        for each in records.heard
        for other in records.heard
        if each.polarity == other.polarity == "pro"
        and (each.position.proposal, other.position.proposal) in pairs
    }
    rows = given.ask("incompatible-demands")
    found = [(row["holder"], row["proposal"], row["other_holder"], row["other_proposal"]) for row in rows]
    assert set(found) == wanted
    assert len(found) == len(wanted)


def changes(mine: list[Held]) -> set[tuple[str, ...]]:
    """The last position on one side and the next on the other, by the days of either."""
    found = set()
    sided = [each for each in mine if each.is_for or each.is_against]
    for one in sided:
        for two in sided:
            if not (one.last and two.first and one.last < two.first) or one.is_for == two.is_for:
                continue
            between = [
                day
                for each in sided
                for day in [each.first if each.is_for == two.is_for else each.last]
                if day and one.last < day < two.first
            ]
            if not between:
                found.add((one.position.stance, one.last, two.position.stance, two.first))
    return found


def test_a_reversal_is_a_change_between_for_and_against_with_nothing_sided_in_between(given: Dispute) -> None:
    records = given.records
    wanted = set()
    for actor in {actor for each in records.heard for actor in each.actors}:
        for proposal in records.proposals:
            mine = records.of(actor, proposal)
            for change in changes([each for each in mine if not (each.teller and len(each.voices) > 2)]):
                wanted.add((actor, proposal, *change))
    found = {
        (row["actor"], row["proposal"], row["earlier"], row["until"], row["later"], row["from"])
        for row in given.ask("reversals")
    }
    assert found == wanted


def test_two_actors_agree_differ_or_neither(given: Dispute) -> None:
    records = given.records
    for actor, other in (group for group in groups(given) if len(group) == 2):
        wanted = {}
        for proposal in records.proposals:
            both = [
                {
                    "for" if each.is_for else each.polarity
                    for each in records.of(one, proposal, (actor, other))
                }
                for one in (actor, other)
            ]
            if all(both):
                plain = all(side in ({"for"}, {"con"}) for side in both)
                wanted[proposal] = "mixed" if not plain else "agree" if both[0] == both[1] else "differ"
        rows = given.ask("compare-actors", actor=actor, other=other)
        assert {row["proposal"]: row["result"] for row in rows} == wanted


def parts(records: Records, plan: str) -> set[str]:
    own = [part for note in records.annotations for part in note.parts if part.plan == plan]
    return {part.proposal for part in own if part.proposal}.union(
        *(parts(records, part.subplan) for part in own if part.subplan)
    )


def within(records: Records, plan: str) -> set[str]:
    """The plans that the plan includes."""
    direct = {p.subplan for note in records.annotations for p in note.parts if p.plan == plan and p.subplan}
    return direct.union(*(within(records, each) for each in direct))


def test_plans_overlap_in_the_proposals_that_are_parts_of_both(given: Dispute) -> None:
    records = given.records
    plans = sorted(plan.id for registry in records.seeds.registries for plan in registry.plans)
    inside = {plan: within(records, plan) for plan in plans}
    nested = set().union(*inside.values())
    wanted = {
        (one, two, str(len(parts(records, one) & parts(records, two))))
        for one, two in combinations(plans, 2)
        if parts(records, one) & parts(records, two)
        if not {one, two} & nested
    }
    rows = given.ask("plan-overlap")
    assert {(row["plan"], row["other"], row["shared"]) for row in rows} == wanted
    for plan in plans:
        rows = given.ask("plan-overlap", plan=plan)
        assert {row["other"] for row in rows} == {
            other
            for other in plans
            if parts(records, plan) & parts(records, other) and other not in nested
            if other != plan and plan not in inside[other] and other not in inside[plan]
        }


def test_a_part_is_unopposed_where_nobody_is_against_it_or_for_its_rival(given: Dispute) -> None:
    records = given.records
    for plan in {plan.id for registry in records.seeds.registries for plan in registry.plans}:
        wanted = {}
        for proposal in parts(records, plan):
            rivals = set(records.proposals[proposal].incompatible)
            rivals |= {slug for slug, entry in records.proposals.items() if proposal in entry.incompatible}
            against = {
                each.position.holder
                for each in records.heard
                if each.position.proposal == proposal and each.is_against
            }
            excluding = any(
                each.position.proposal in rivals and each.polarity == "pro" for each in records.heard
            )
            wanted[proposal] = (given.labels(against), str(not against and not excluding))
        rows = given.ask("plan-stances", plan=plan)
        assert {row["proposal"]: (several(row["against"]), row["unopposed"]) for row in rows} == wanted


def arguments(records: Records, proposal: str) -> set[tuple[str, str, bool]]:
    """Side, claim, and whether another claim undercuts it."""
    found = set()
    for note in records.annotations:
        name = f"{note.document.id}/{note.coding.coder}/"
        own = {each.slug: each for each in records.held}
        for claim in note.claims:
            answered = any(t.claim == claim.id for other in note.claims for t in other.undercuts)
            for is_support, targets in ((True, claim.supports), (False, claim.undercuts)):
                for target in targets:
                    each = own[name + target.position] if target.position else None
                    if target.proposal == proposal:
                        found.add(("for" if is_support else "against", name + claim.id, answered))
                    elif each and each.position.proposal == proposal and each.polarity != "neutral":
                        side = "for" if is_support != each.is_against else "against"
                        found.add((side, name + claim.id, answered))
    return found


def test_an_argument_is_for_what_it_supports_and_what_it_undercuts_the_opposition_to(given: Dispute) -> None:
    for proposal in given.records.proposals:
        wanted = arguments(given.records, proposal)
        rows = given.ask("arguments-on", proposal=proposal)
        assert {(row["side"], row["claim"], row["undercut_by"] != "0") for row in rows} == wanted
        rows = given.ask("unanswered-arguments", proposal=proposal)
        assert {(row["side"], row["claim"]) for row in rows} == {
            (s, c) for s, c, answered in wanted if not answered
        }
        for side in ("for", "against"):
            rows = given.ask(f"arguments-{side}", proposal=proposal)
            assert {row["claim"] for row in rows} == {c for s, c, _ in wanted if s == side}


def test_a_function_is_disputed_by_who_is_against_as_that_or_for_as_another(given: Dispute) -> None:
    records = given.records
    wanted = set()
    for proposal in records.proposals:
        on = [each for each in records.heard if each.position.proposal == proposal]
        own = [each for each in records.held if each.position.proposal == proposal and each.is_for]
        put = {(each.position.holder, function) for each in own for function in each.position.functions}
        for each in on:
            for other in on:
                for function in each.position.functions:
                    for second in other.position.functions:
                        holder, rival = each.position.holder, other.position.holder
                        if holder == rival or not each.is_for:
                            continue
                        if other.is_against and function == second:
                            wanted.add((proposal, function, "doubted or opposed as that", second))
                        apart = (holder, second) not in put and (rival, function) not in put
                        if other.is_for and apart and function < second:
                            wanted.add((proposal, function, "for as another", second))
    rows = given.ask("function-disputes")
    found = {(row["proposal"], row["function"], row["dispute"], row["other_function"]) for row in rows}
    assert found == wanted


def test_kinds_of_a_proposal_are_all_that_are_narrower(given: Dispute) -> None:
    records = given.records
    for proposal in records.proposals:
        on = [each for each in records.held if each.position.proposal in records.kinds(proposal)]
        rows = given.ask("stances-on-kinds", proposal=proposal)
        assert {row["position"] for row in rows} == {each.slug for each in on}
        rows = given.ask("who-proposes-kind", proposal=proposal)
        assert {row["position"] for row in rows} == {
            each.slug
            for each in on
            if each.position.stance in ("proposes", "demands") and each in records.heard
        }
