import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import BASE, seeds

from kg import engine, engine_edits
from kg.builds import build_memory
from kg.corpora import Seeds
from kg.files import ontology_dir
from kg.inference import Axioms, Span, Tie, Ties, closure, counts, infer
from kg.records import Actor, Corpus, Issue, Proposal, Registry, Source
from kg.records import Tie as Dated
from kg.terms import PREFIXES, ST, Names, expand

P = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + f"PREFIX actor: <{BASE}actor/>\n"
HARBOUR = "https://example.org/harbour/"


def counted(store, position):
    """The slugs of the actors for whom a position counts."""
    query = f"{P} SELECT ?a {{ <{HARBOUR}position/{position}> st:countsFor ?a }} ORDER BY ?a"
    return [str(row[0]).rpartition("/")[2] for row in store.select_here(query)]


# ---------------------------------------------------------------- roll-up


def test_what_a_mayor_says_counts_for_his_government_and_its_state(world_store):
    assert counted(world_store, "may-hearing/coder-a/lane-joint-authority") == [
        "eastport",
        "eastport-government",
    ]


def test_nothing_counts_for_a_collective_or_for_the_think_tank_of_a_fellow(world_store):
    query = f"{P} SELECT DISTINCT ?kind {{ ?p st:countsFor/st:hasKind ?kind }} ORDER BY ?kind"
    kinds = {str(row[0]).rpartition("/")[2] for row in world_store.select_here(query)}
    assert kinds <= {"state", "government", "institution"}
    query = f"{P} ASK {{ ?p st:countsFor <{HARBOUR}actor/tide-institute> }}"
    assert not world_store.ask(query)


def test_a_roll_up_names_the_position_and_the_ties_it_was_derived_from(world_store):
    node = f"{HARBOUR}rollup/may-hearing/coder-a/lane-joint-authority/eastport"
    query = f"{P} SELECT ?from {{ <{node}> a st:RollUp ; prov:wasDerivedFrom ?from }} ORDER BY ?from"
    found = [str(row[0]).removeprefix(HARBOUR) for row in world_store.select_here(query)]
    assert found == [  # of two ways as short, the one that comes first
        "actor/ada-lane/membership/eastport-government-mayor-2019-03",
        "actor/eastport-government/speaks-for/eastport",
        "position/may-hearing/coder-a/lane-joint-authority",
    ]


def test_a_position_counts_only_while_the_office_is_held():
    # person-1 is a minister from 2020 to June 2024 and does not speak for the government.
    store = build_memory(seeds(range(6), positions=8))
    query = f"""{P} SELECT ?day ?to {{ ?p st:heldBy actor:person-1 ; st:publishedEarliest ?day
        OPTIONAL {{ ?p st:countsFor ?to FILTER(CONTAINS(STR(?to), "gov-")) }} }}"""
    days = {str(day): to is not None for day, to in store.select_here(query)}
    assert len(days) > 3
    assert days == {day: day <= "2024-06-30" for day in days}
    assert set(days.values()) == {True, False}


def test_a_spokesman_still_counts_after_his_office():
    store = build_memory(seeds(range(6), positions=8))
    query = f"""{P} ASK {{ ?p st:heldBy actor:person-3 ; st:publishedEarliest ?day ; st:countsFor actor:gov-1
        FILTER(?day > "2025-01-01"^^xsd:date) }}"""
    assert store.ask(query)


@pytest.mark.parametrize(
    ("tie", "role", "kind", "of", "expected"),
    [
        ("Representation", "", "person", "alliance", True),
        ("Representation", "", "government", "state", True),
        ("Membership", "president", "person", "government", True),
        ("Membership", "prime minister", "person", "state", True),
        ("Membership", "", "person", "government", False),
        ("Membership", "member", "state", "alliance", False),
        ("Membership", "fellow", "person", "institution", False),
        ("Membership", "member", "government", "government", False),
        ("Membership", "reporter", "person", "outlet", False),
        ("Affiliation", "", "government", "state", True),
        ("Affiliation", "", "government", "government", True),
        ("Affiliation", "", "institution", "international-organisation", True),
        ("Affiliation", "", "state", "international-organisation", False),
        ("Affiliation", "", "state", "collective", False),
        ("Affiliation", "", "person", "opinion-group", False),
        ("Affiliation", "", "anonymous-source", "government", True),
    ],
)
def test_the_rule_of_what_counts(tie, role, kind, of, expected):
    assert counts(tie, role, kind, of) is expected


def test_the_shortest_way_is_told_and_a_circle_ends():
    ties = Ties(
        {
            "a": [Tie("a-b", "b", Span()), Tie("a-c", "c", Span())],
            "b": [Tie("b-d", "d", Span()), Tie("b-a", "a", Span())],
            "c": [Tie("c-d", "d", Span()), Tie("c-b", "b", Span())],
        }
    )
    assert ties.reach("a", Span()) == {"b": ("a-b",), "c": ("a-c",), "d": ("a-b", "b-d")}


def test_every_tie_on_the_way_must_allow_the_time():
    ties = Ties({"a": [Tie("a-b", "b", Span("2020", "2021"))], "b": [Tie("b-c", "c", Span("2021", "2022"))]})
    assert ties.reach("a", Span("2020-05-01", "2020-05-01")) == {"b": ("a-b",)}
    assert ties.reach("a", Span("2021-05-01", "2021-05-01")) == {}
    assert ties.reach("a", Span("2020-12-01", "2021")) == {"b": ("a-b",), "c": ("a-b", "b-c")}
    assert ties.reach("a", Span()) == {"b": ("a-b",), "c": ("a-b", "b-c")}


# ---------------------------------------------------------------- axioms


@given(st.sets(st.tuples(st.integers(0, 6).map(str), st.integers(0, 6).map(str)), max_size=15))
def test_a_closure_is_transitive_and_nothing_more(pairs):
    reached = closure(pairs)
    naive = set(pairs)
    while True:
        more = {(a, d) for a, b in naive for c, d in naive if b == c} - naive
        if not more:
            break
        naive |= more
    assert {(a, b) for a, ends in reached.items() for b in ends} == {(a, b) for a, b in naive if a != b}


def test_the_axioms_are_those_of_the_ontology():
    axioms = Axioms.read(ontology_dir() / "core.ttl")
    assert ST + "Statement" in axioms.classes[ST + "Position"]
    assert ST + "closeTo" in axioms.symmetric
    assert all(iri.startswith("http") for iri in (*axioms.classes, *axioms.properties))


@pytest.fixture
def family():
    registry = Registry(
        name="r",
        actors=(
            Actor(id="a", label="A", kind="person", memberships=(Dated(of="b", role="x"),)),
            Actor(id="b", label="B", kind="government", part_of=(Dated(of="c"),)),
            Actor(id="c", label="C", kind="state"),
        ),
        issues=(
            Issue(id="one", label="1"),
            Issue(id="two", label="2", broader=("one",)),
            Issue(id="three", label="3", broader=("two",)),
        ),
        proposals=(
            Proposal(id="p", label="P", issues=("one",), close=("q",), incompatible=("r",)),
            Proposal(id="q", label="Q", issues=("one",), close=("p",)),
            Proposal(id="r", label="R", issues=("one",), broader=("p",)),
        ),
    )
    source = Source(path="r.yaml", sha256="00" * 32, content=registry)
    return build_memory(Seeds(".", Corpus(title="T", base=BASE), (source,)))


def inferred(store, property_):
    graph = Names(BASE).graph("inferred")
    query = f"{P} SELECT ?a ?b {{ GRAPH <{graph}> {{ ?a {property_} ?b }} }}"
    return {tuple(str(term).removeprefix(BASE) for term in row) for row in store.select_here(query)}


def test_broader_is_closed(family):
    assert inferred(family, "skos:broaderTransitive") == {
        ("issue/two", "issue/one"),
        ("issue/three", "issue/two"),
        ("issue/three", "issue/one"),
        ("proposal/r", "proposal/p"),
    }


def test_symmetric_relations_hold_both_ways_and_what_is_stated_is_not_repeated(family):
    assert inferred(family, "st:closeTo") == set()
    assert inferred(family, "st:incompatibleWith") == {("proposal/r", "proposal/p")}


def test_sub_properties_and_superclasses_are_told(family):
    assert inferred(family, "st:actsWithin") == {
        ("actor/a", "actor/b"),
        ("actor/b", "actor/c"),
        ("actor/a", "actor/c"),
    }
    types = {node for node, class_ in inferred(family, "a") if class_ == ST + "Entry"}
    assert types == {f"{kind}/{slug}" for kind, slugs in
                     (("actor", "abc"), ("proposal", "pqr")) for slug in slugs} | {
        "issue/one", "issue/two", "issue/three"
    }  # fmt: skip


def test_no_statement_is_both_stated_and_inferred(world_store, world_seeds):
    hidden = world_seeds.names.graph("inferred")
    stated = {quad[:3] for quad in world_store.without_inferred().quads()}
    about_software = {expand("rdf:type"), expand("prov:wasAttributedTo")}
    again = {quad[:3] for quad in world_store.quads(hidden)} & stated
    assert not {triple for triple in again if triple[1][1:-1] not in about_software}
    assert not again


def test_inferring_twice_gives_the_same(world_store, world_seeds):
    opened = engine.memory()
    engine_edits.load(opened, world_store.quads())
    again = sorted(infer(opened, world_seeds.names, ontology_dir() / "core.ttl"))
    assert again == sorted(world_store.quads(world_seeds.names.graph("inferred")))


def test_the_graph_says_that_it_is_inferred_and_from_what(world_store, world_seeds):
    graph = world_seeds.names.graph("inferred")
    assert world_store.ask(
        f"{P} ASK {{ <{graph}> a st:Graph ; st:inferred true ; prov:wasDerivedFrom ?other }}"
    )
    assert world_store.ask(
        f"{P} ASK {{ <{graph}> prov:wasDerivedFrom <{HARBOUR}graph/may-hearing/coder-a> }}"
    )
