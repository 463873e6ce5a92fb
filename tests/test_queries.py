"""Saved questions: found, bound, run."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, ParameterError, QueryError
from kg.headers import Parameter, SavedQuery, parse_header, parse_query
from kg.labels import Labels, read_labels
from kg.queries import (
    Given,
    bind,
    find_query,
    known_queries,
    load_queries,
    read_queries,
    resolve,
    rewrite,
    run,
    to_term,
)
from kg.store import Store
from kg.terms import XSD, Iri, Literal, token

BASE = "https://example.org/harbour/"
PREFIXES = "PREFIX st: <https://w3id.org/standpoint/ontology#>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"


def saved(params: str, body: str, *, name: str = "test", question: str = "") -> SavedQuery:
    slots = " ".join(f"{{{line.split(':')[0].strip()}}}" for line in params.strip().splitlines())
    header = f"question: What {question or slots}?\ndescription: A test.\ntheme: tests\n"
    header += "params:\n" + "".join(f"  {line.strip()}\n" for line in params.strip().splitlines())
    text = "".join(f"#+ {line}\n" for line in header.splitlines()) + PREFIXES + body
    return parse_query(text.encode(), name=name, path=f"{name}.rq")


POSITIONS = saved(
    """
    proposal: {type: st:Proposal, example: lower-fees, about: the option}
    holders: {type: st:Actor, many: true, default: any, example: [ada-lane], about: whose}
    stance: {type: stance, default: any, example: accepts, about: the stance}
    since: {type: xsd:date, edge: first, default: 1900-01-01, example: 2024, about: from when}
    until: {type: xsd:date, edge: last, default: 2999-12-31, example: 2024, about: to when}
    """,
    """SELECT ?position WHERE {  # not here: $proposal
      VALUES ?holder { $holders }
      VALUES ?stance { $stance }
      { SELECT ?position ?holder ?stance WHERE {
          ?position st:onProposal $proposal ; st:heldBy ?holder ; st:takesStance ?stance ; st:published ?p .
          ?position st:publishedEarliest ?day . FILTER(?day >= $since && ?day <= $until && "$proposal" != "")
      } }
    } ORDER BY ?position""",
)
SAID = saved("text: {type: xsd:string, example: x, about: any}", "SELECT ($text AS ?said) { }")


@pytest.fixture(scope="module")
def labels(world_store: Store) -> Labels:
    return read_labels(world_store)


def answer(store: Store, labels: Labels, values: dict[str, Given]) -> list[str]:
    table = run(POSITIONS, values, store, timeout=30, labels=labels)
    return [str(term).rpartition("/")[2] for term in table.column("position")]


# ---------------------------------------------------------------- running


def test_a_parameter_takes_any_kind_of_name(world_store: Store, labels: Labels) -> None:
    slug = answer(world_store, labels, {"proposal": "lower-fees"})
    assert {"lane-fees-again", "lane-fees-now", "lane-fees-then"} <= set(slug)
    for name in (
        "Lower harbour fees",
        "proposal:lower-fees",
        f"{BASE}proposal/lower-fees",
        "lower harbour feees",
    ):
        assert answer(world_store, labels, {"proposal": name}) == slug


def test_any_restricts_nothing_and_a_value_does(world_store: Store, labels: Labels) -> None:
    every = answer(world_store, labels, {"proposal": "lower-fees"})
    assert answer(world_store, labels, {"proposal": "lower-fees", "stance": "any", "holders": "any"}) == every
    some = answer(world_store, labels, {"proposal": "lower-fees", "stance": "rejects"})
    assert some
    assert set(some) < set(every)


def test_several_values_are_all_looked_for(world_store: Store, labels: Labels) -> None:
    asked = [["ada-lane", "zoe-brandt"], "ada-lane, Zoë Brandt", ("Mayor Lane", "zoe-brandt", "ada-lane")]
    answers = [
        answer(world_store, labels, {"proposal": "league-membership", "holders": each}) for each in asked
    ]
    assert answers[0] == answers[1] == answers[2]
    assert {"lane-league-guarantee", "brandt-league-reward"} <= set(answers[0])
    assert "okafor-league" not in answers[0]


def test_a_parameter_counts_in_a_subquery(world_store: Store, labels: Labels) -> None:
    assert answer(world_store, labels, {"proposal": "joint-patrols"}) != answer(
        world_store, labels, {"proposal": "lower-fees"}
    )


def test_a_year_is_its_first_or_its_last_day(world_store: Store, labels: Labels) -> None:
    every = answer(world_store, labels, {"proposal": "lower-fees"})
    assert answer(world_store, labels, {"proposal": "lower-fees", "since": "2024", "until": 2024}) == every
    assert answer(world_store, labels, {"proposal": "lower-fees", "until": "2023-12"}) == []
    assert answer(world_store, labels, {"proposal": "lower-fees", "since": date(2025, 1, 1)}) == []


def test_labels_are_read_where_none_are_given(world_store: Store) -> None:
    assert len(run(POSITIONS, {"proposal": "Lower harbour fees"}, world_store, timeout=30)) >= 3


# ---------------------------------------------------------------- refusing


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "'test' needs 'proposal': the option, for example lower-fees"),
        ({"proposal": "ada-lane"}, "proposal: 'ada-lane' is an actor; wanted is a proposal"),
        (
            {"proposal": "lower-fees", "holders": "City Hall"},
            "holders: 'City Hall' is ambiguous: eastport-government",
        ),
        ({"proposal": ["lower-fees", "fee-freeze"]}, "proposal: it takes one value, not 2"),
        ({"proposal": []}, "proposal: it takes one value, not 0"),
        ({"proposal": "any"}, "there is no proposal 'any'"),
        (
            {"proposal": "lower-fees", "since": "yesterday"},
            "since: 'yesterday' is no date; write a day such as",
        ),
        ({"proposal": "lower-fees", "since": "2022-13"}, "there is no month 13"),
        ({"proposal": "lower-fees", "since": "2022-02-30"}, "since: "),
        ({"proposal": "lower-fees", "sinc": "2022"}, "'test' has no parameter 'sinc'; did you mean 'since'"),
        ({"proposal": "lower-fees", "stance": "prposes"}, ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused(labels: Labels, values: dict[str, Given], message: str) -> None:
    if not message:  # a slip in a long word is put right
        assert resolve(POSITIONS, values, labels)["stance"]
        return
    with pytest.raises(ParameterError, match=re.escape(message)):
        resolve(POSITIONS, values, labels)


@pytest.mark.parametrize(
    ("type_", "value", "lexical"),
    [
        ("xsd:integer", "-3", "-3"),
        ("xsd:integer", "3.0", None),
        ("xsd:integer", "٣", None),
        ("xsd:decimal", "0.5", "0.5"),
        ("xsd:decimal", "1e5", None),
        ("xsd:boolean", "TRUE", "true"),
        ("xsd:boolean", "maybe", None),
        ("xsd:date", "2024-05-12", "2024-05-12"),
        ("xsd:date", "2024-05", None),
        ("xsd:string", " as it is ", " as it is "),
        ("xsd:string", "\x00", None),
        ("xsd:string", "\ud800", None),
    ],
)
def test_a_literal_has_the_form_of_its_type(
    labels: Labels, type_: str, value: str, lexical: str | None
) -> None:
    param = Parameter(name="x", type=type_, about="x", example=("x",))
    if lexical is None:
        with pytest.raises(ParameterError):
            to_term(param, value, labels)
    else:
        assert str(to_term(param, value, labels)) == lexical


def test_an_unbound_parameter_is_an_error() -> None:
    with pytest.raises(ParameterError, match="'until' has no value"):
        bind(POSITIONS, {"proposal": (Iri("urn:x"),), "holders": (), "stance": (), "since": ()})
    with pytest.raises(ParameterError, match="no parameter 'other'"):
        bind(POSITIONS, {"other": ()})


# ---------------------------------------------------------------- never pasted


HOSTILE = [
    '"} INSERT DATA { <urn:a> <urn:b> <urn:c> } #', "\\", '\\"', "'''", '"""', "\n\r\t", "$text", "?said",
    "# x", "<urn:x>", "\\u0022", "} SERVICE <http://example.org/> { ?s ?p ?o", "${text}",
    "\U0001f6a2 שלום e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_comes_back_as_it_went_in(world_store: Store, text: str) -> None:
    assert run(SAID, {"text": text}, world_store, timeout=30).rows == ((Literal(text),),)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_every_text_comes_back_as_it_went_in(text: str) -> None:
    assert Store.memory().select_here(bind(SAID, {"text": (Literal(text),)})).rows == ((Literal(text),),)


def test_an_iri_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        bind(SAID, {"text": (Iri("urn:x> } #"),)})


def test_only_tokens_are_replaced() -> None:
    text = """SELECT ?x { <urn:$x> ?x "$x" . '$x' ?p '''$x''' . $x ?p $xy } # $x"""
    bound = {"x": (Literal("1", XSD + "integer"),), "xy": (Iri("urn:y"),)}
    one = f'"1"^^<{XSD}integer>'
    assert rewrite(text, bound) == (
        f"""SELECT ?x {{ <urn:$x> ?x "$x" . '$x' ?p '''$x''' . {one} ?p <urn:y> }} # $x"""
    )


def test_none_is_undef_and_several_stand_side_by_side() -> None:
    assert rewrite("VALUES ?x { $x }", {"x": ()}) == "VALUES ?x { UNDEF }"
    assert rewrite("VALUES ?x { $x }", {"x": (Iri("urn:a"), Literal("b"))}) == 'VALUES ?x { <urn:a> "b" }'


def saved(body: str, **params: str) -> SavedQuery:
    declared = "".join(
        f'#+   {name}: {{type: "{type_}", default: any, example: x, about: it}}\n'
        for name, type_ in params.items()
    )
    head = f"#+ question: What is there?\n#+ description: All of it.\n#+ theme: t\n#+ params:\n{declared}"
    return parse_header((head + body).encode(), name="q", path="q.rq")


def test_a_table_of_one_empty_cell_is_left_out() -> None:
    query = saved(
        "SELECT ?x WHERE { VALUES ?x { $x } VALUES ?y { $y } ?x ?p ?y }", x="xsd:string", y="xsd:string"
    )
    assert bind(query, {"x": (), "y": (Literal("b"),)}).endswith('WHERE {  VALUES ?y { "b" } ?x ?p ?y }')


def test_lines_are_left_out_by_whether_a_parameter_has_a_value() -> None:
    query = saved(
        "SELECT ?s WHERE {\n?s <urn:a> ?x .  # only with x\n?s <urn:b> ?z .  # only without x\n}",
        x="xsd:string",
    )
    assert "urn:a" not in bind(query, {"x": ()})
    assert "urn:b" in bind(query, {"x": ()})
    assert "urn:a" in bind(query, {"x": (Literal("b"),)})
    assert "urn:b" not in bind(query, {"x": (Literal("b"),)})


def test_no_value_can_take_a_line_away() -> None:
    query = saved(
        "SELECT ?s WHERE { VALUES ?x { $x } VALUES ?y { $y } ?s ?x ?y }", x="xsd:string", y="xsd:string"
    )
    evil = Literal("VALUES ?x { $y } # only with y")
    assert token(evil) in bind(query, {"x": (evil,), "y": ()})


# ---------------------------------------------------------------- finding


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.rq").write_text(text, encoding="utf-8")


def test_questions_are_found_by_name_and_the_later_folder_wins(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder, "same", SAID.text.replace("A test", folder))
    write(tmp_path / "one", "another", SAID.text)
    found = load_queries([tmp_path / "one", tmp_path / "none", tmp_path / "two"])
    assert list(found) == ["another", "same"]
    assert found["same"].description == "two."


def test_all_problems_of_all_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a", "SELECT * {}")
    write(tmp_path, "b", SAID.text.replace("theme", "teme"))
    with pytest.raises(InputError) as caught:
        load_queries([tmp_path])
    assert {Path(problem.place.path).name for problem in caught.value.problems} == {"a.rq", "b.rq"}


def test_a_broken_file_keeps_the_others_usable_and_tells_its_problems_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "one", "same", SAID.text)
    write(tmp_path / "one", "another", SAID.text)
    write(tmp_path / "two", "same", SAID.text.replace("theme", "teme"))
    shelf = read_queries([tmp_path / "one", tmp_path / "two"])
    assert list(shelf) == ["another"]
    assert list(shelf.broken) == ["same"]
    assert find_query(shelf, "another").name == "another"
    with pytest.raises(InputError, match=r"two/same\.rq:3:4: unknown key 'teme'"):
        find_query(shelf, "same")
    write(tmp_path / "three", "same", SAID.text)
    assert not read_queries([tmp_path / "two", tmp_path / "three"]).broken


def test_an_unknown_name_suggests_the_nearest() -> None:
    assert find_query({"who-proposes": SAID}, "who-proposes") is SAID
    with pytest.raises(QueryError, match="no saved question 'who-propose'; did you mean 'who-proposes'"):
        find_query({"who-proposes": SAID}, "who-propose")


def test_the_text_of_a_shipped_question_is_checked_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.queries.queries_dir", lambda: tmp_path / "shipped")
    for folder in ("shipped", "own"):
        (tmp_path / folder).mkdir()
        broken = SAID.text.replace("SELECT", "ASK", 1)
        (tmp_path / folder / f"{folder}.rq").write_text(broken, encoding="utf-8")
    shelf = known_queries([tmp_path / "own"])
    assert (list(shelf), list(shelf.broken)) == (["shipped"], ["own"])
    with pytest.raises(InputError, match=r"shipped\.rq.*SELECT query, not ASK"):
        find_query(shelf, "shipped")
