"""A sentence to a saved question: the right one, or help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.headers import SavedQuery, parse_query
from kg.labels import Entity, Labels, read_labels
from kg.queries import load_queries, resolve
from kg.questions import Match, NoMatch, consider, match
from kg.store import Store

PARAMS = {
    "proposal": "{type: st:Proposal, example: joint-authority, about: the option}",
    "actor": "{type: st:Actor, example: ada-lane, about: who}",
    "actors": "{type: st:Actor, many: true, example: [ada-lane, bo-finch], about: who}",
    "stance": "{type: stance, example: supports, about: how}",
    "polarity": "{type: polarity, example: con, about: how}",
    "function": "{type: function, default: any, example: deterrent, about: as what}",
    "plan": "{type: st:Plan, example: may-plan, about: the plan}",
    "since": "{type: xsd:date, edge: first, default: 1900-01-01, example: 2024, about: first day}",
    "until": "{type: xsd:date, edge: last, default: 2999-12-31, example: 2024, about: last day}",
    "documents": "{type: st:Document, many: true, default: any, example: [tide-note], about: where}",
    "number": "{type: xsd:integer, default: 5, example: 5, about: how many}",
}
ASKED = {
    "stances": ("Who {stance} {proposal} [as {function}]?", "function since until"),
    "sides": ("Who is {polarity} {proposal}?", ""),
    "proposers": ("Who proposes {proposal} [as {function}]?", "function"),
    "holdings": ("What does {actor} want?", "since"),
    "agreement": ("What (can|do) {actors} agree on?", ""),
    "parts": ("What is in {plan}?", ""),
    "reports": ("Who mentions {proposal}?", "documents"),
    "top": ("Which [{number}] proposals are most contested?", "number"),
}


def saved(name: str, question: str, more: str) -> SavedQuery:
    names = [param for param in PARAMS if f"{{{param}}}" in question or param in more.split()]
    lines = [f"question: '{question}'", "description: x", "theme: x", "params:"]
    lines += [f"  {param}: {PARAMS[param]}" for param in names]
    values = " ".join(f"VALUES ?{param} {{ ${param} }}" for param in names)
    text = "".join(f"#+ {line}\n" for line in lines) + f"SELECT * {{ {values} }}"
    return parse_query(text.encode(), name=name, path=f"{name}.rq")


GUARANTEE = "function=security-guarantee proposal=league-membership"
SUPPORTS = "stance=supports"
UNTIL = "until=2024-12-31"
TALKS = "proposal=harbour-talks"
QUERIES = {name: saved(name, *asked) for name, asked in ASKED.items()}


@pytest.fixture(scope="module")
def labels(world_store: Store) -> Labels:
    return read_labels(world_store)


def understood(sentence: str, labels: Labels) -> str:
    """The name of the question and its values, in short."""
    found = match(sentence, QUERIES, labels)
    values = [
        f"{name}={'+'.join(v.rpartition('/')[2] for v in some)}"
        for name, some in sorted(found.values.items())
    ]
    return " ".join([found.query.name, *values])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("who proposes League membership as a guarantee?", f"proposers {GUARANTEE}"),
        ("WHO PROPOSED the league membership as guarantees", f"proposers {GUARANTEE}"),
        ("who is proposing joining the League", "proposers proposal=league-membership"),
        ("who proposes a joint harbour authority", "proposers proposal=joint-authority"),
        ("who supports lower harbour fees?", "stances proposal=lower-fees stance=supports"),
        ("who has supported lower harbour fees", "stances proposal=lower-fees stance=supports"),
        ("Who rules out armed patrols?", "stances proposal=armed-patrols stance=rules-out"),
        ("who ruled armed patrols out", None),
        ("who is against armed patrols", "sides polarity=con proposal=armed-patrols"),
        ("who is in favour of direct talks", "sides polarity=pro proposal=harbour-talks"),
        ("who is open to the summit?", "stances proposal=mayors-summit stance=open-to"),
        ("Who demands a shared harbor budget", "stances proposal=shared-budget stance=demands"),
        ("who supports memebrship in the Harbour League", f"stances proposal=league-membership {SUPPORTS}"),
        ("what does Lane want?", "holdings actor=ada-lane"),
        ("What did Zoe Brandt want", "holdings actor=zoe-brandt"),
        ("tell me what Ada Lane wants", "holdings actor=ada-lane"),
        ("what can Ada Lane and the dockers agree on", "agreement actors=ada-lane+dockers-union"),
        ("what do Lane, Finch, and Brandt agree on?", "agreement actors=ada-lane+bo-finch+zoe-brandt"),
        ("what is in the May plan", "parts plan=may-plan"),
        ("what is in Lane's plan", "parts plan=may-plan"),
        ("which 3 proposals are most contested", "top number=3"),
        ("which proposals are most contested", "top"),
        ("who supports direct talks in 2024", f"stances {TALKS} since=2024-01-01 {SUPPORTS} {UNTIL}"),
        ("who supports direct talks since May 2024?", f"stances {TALKS} since=2024-05-01 {SUPPORTS}"),
        ("since 2023, what does Lane want", "holdings actor=ada-lane since=2023-01-01"),
    ],
)  # fmt: skip
def test_a_question_is_understood(labels: Labels, sentence: str, expected: str | None) -> None:
    if expected is None:
        assert isinstance(consider(sentence, QUERIES, labels), NoMatch)
    else:
        assert understood(sentence, labels) == expected


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("who does not propose League membership", "not understood: not"),
        ("who never supports direct talks", "not understood: never"),
        ("who proposes League membership in May", "not understood: may"),
        ("what is in the May plan in 2024", "not understood: 2024"),
        ("what does Lane want until 2024", "not understood: until, 2024"),
        ("why does Ada Lane want direct talks", "not understood: why, direct, talks"),
        ("who proposes free ice cream as a guarantee", "no proposal “free ice cream” is known"),
        (
            "who supports membership",
            "“membership” can be more than one proposal; say which:\n  associate-membership (a",
        ),
        (
            "what does City Hall want",
            "“city hall” can be more than one actor; say which:\n  eastport-government",
        ),
        ("what does direct talks want", "“direct talks” is a proposal; wanted there is an actor"),
        ("who says that Lane wants talks", "no saved question fits; what somebody asserts is kept"),
        ("who has said that Lane wants talks", "no saved question fits; what somebody asserts is kept"),
        ("banana", "no saved question fits"),
        ("the of", "the question names nothing that can be looked up"),
        ("", "the question names nothing that can be looked up"),
        ("who " * 70, "the question has more than 60 words; ask a shorter one"),
        ("who supports direct talks for the US", "not understood: us"),
    ],
)
def test_a_vague_or_wrong_question_is_helped(labels: Labels, sentence: str, reason: str) -> None:
    found = consider(sentence, QUERIES, labels)
    assert isinstance(found, NoMatch)
    assert found.explain().startswith(reason)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("who supports League membership for Westport", None),
        ("who proposes Eastport's running the harbour alone", None),
        ("who proposes running the harbour", None),
        ("who supports a summit", "stances proposal=mayors-summit stance=supports"),
        ("who supports membership of the League", "stances proposal=league-membership stance=supports"),
        ("what is in the League and the May plan", None),
        ("what do Lane and Finch want", None),
        ("what does Lane want from Finch", None),
        ("is anybody against armed patrols", "stances proposal=armed-patrols stance=opposes"),
        ("who mentions direct talks", "reports proposal=harbour-talks"),
        ("who mentions direct talks according to the Herald", "reports documents=may-hearing {TALKS}"),
        ("according to Lena Okafor, who mentions direct talks", "reports documents=tide-note {TALKS}"),
        ("in the Westport Post, who mentions direct talks", "reports documents=quay-letter {TALKS}"),
        ("who mentions direct talks according to tide-note", "reports documents=tide-note {TALKS}"),
    ],
)  # fmt: skip
def test_other_words_for_a_name_do_not_turn_it_round(
    labels: Labels, sentence: str, expected: str | None
) -> None:
    if expected is None:
        assert isinstance(consider(sentence, QUERIES, labels), NoMatch)
    else:
        assert understood(sentence, labels) == expected.replace("{TALKS}", TALKS)


def reason(sentence: str, labels: Labels) -> str:
    found = consider(sentence, QUERIES, labels)
    assert isinstance(found, NoMatch)
    return found.reason


@pytest.mark.parametrize(
    "sentence",
    [
        "which dockers oppose lower harbour fees",
        "what is proposed by direct talks",
        "who supports direct talks or armed patrols",
        "who speaks about Westport",
        "is League membership a security guarantee",
        "Ada Lane harbour fees",
        "what is direct talks",
    ],
)
def test_a_small_word_that_turns_a_question_is_not_passed_over(labels: Labels, sentence: str) -> None:
    assert isinstance(consider(sentence, SHIPPED, labels), NoMatch)


def test_part_of_a_verb_of_stance_is_no_stance(labels: Labels) -> None:
    found = consider("what are Lane's conditions", SHIPPED, labels)
    assert isinstance(found, Match)
    assert found.query.name == "conditions-of"


def test_part_of_a_name_is_offered_and_not_taken(labels: Labels) -> None:
    found = consider("who proposes running the harbour", QUERIES, labels)
    assert isinstance(found, NoMatch)
    assert found.explain().startswith(
        "“running harbour” is only part of the name of this proposal; say all of it:\n  eastport-runs-alone ("
    )
    assert found.examples == ("Who proposes running the harbour from Eastport alone?",)


def test_several_names_where_one_is_taken_are_refused_as_such(labels: Labels) -> None:
    assert reason("what is in the May plan and the fee plan", labels).endswith("takes one plan at a time")


def test_a_question_that_knows_no_documents_is_not_asked_of_one(labels: Labels) -> None:
    found = consider("what does Lane want according to the Herald", QUERIES, labels)
    assert isinstance(found, NoMatch)
    assert found.reason.startswith("the question 'holdings' cannot be asked of one source (“herald”)")
    assert found.examples == ("What does Ada Lane want?",)
    assert [entity.slug for entity in found.candidates] == ["may-hearing"]


def test_an_unknown_source_is_said_to_be_unknown(labels: Labels) -> None:
    assert reason("who mentions direct talks according to the Evening Star", labels).startswith(
        "no document, outlet or author “evening star” is known"
    )
    assert reason("who mentions direct talks according to Bo Finch", labels).startswith("no document, outlet")


def test_a_source_with_several_documents_needs_a_question_that_takes_several(labels: Labels) -> None:
    query = QUERIES["reports"]
    one = replace(query, params=tuple(replace(param, many=False) for param in query.params))
    twice = tuple(replace(e, by=("x:author",)) if e.type == "st:Document" else e for e in labels.entities)
    author = Entity("st:Actor", "much-read", "x:author", "Mona Read")
    known = Labels((*twice, author))
    sentence = "who mentions direct talks according to Mona Read"
    assert isinstance(consider(sentence, {"reports": query}, known), Match)
    found = consider(sentence, {"reports": one}, known)
    assert isinstance(found, NoMatch)
    assert found.reason.startswith("“mona read” can be more than one document")


def test_candidates_stand_on_lines_of_their_own_and_many_are_counted(labels: Labels) -> None:
    many = tuple(
        Entity("st:Actor", f"a{n}", f"x:a{n:02}", f"Old City Hall {n}", ("City Hall",)) for n in range(15)
    )
    found = consider("what does City Hall want", QUERIES, Labels((*labels.entities, *many)))
    assert isinstance(found, NoMatch)
    lines = found.explain().splitlines()
    assert len(found.candidates) == 17
    assert lines[0].endswith("say which:")
    assert lines[13:15] == ["  and 5 more", "questions that can be asked:"]


@pytest.mark.parametrize(
    "sentence", ["how many actors support direct talks", "How many people support direct talks?"]
)
def test_how_many_is_answered_by_the_list(labels: Labels, sentence: str) -> None:
    found = consider(sentence, SHIPPED, labels)
    assert isinstance(found, Match)
    assert (found.query.name, found.counts) == ("who-supports", True)


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        (
            "who still supports direct talks",
            "not understood: still; the graph knows when a position was held",
        ),
        ("who does not support direct talks", "not understood: not; a negation is not turned round"),
        ("why does Lane oppose armed patrols", "; reasons stand in arguments"),
        ("how many ships went away", "; what can be counted is what can be listed"),
        ("who says that talks are useless", "; what somebody asserts is kept in a coder's words"),
        ("who supports talks more than a ferry", "; comparisons are not understood"),
    ],
)
def test_a_refusal_says_what_to_ask_instead(labels: Labels, sentence: str, hint: str) -> None:
    found = consider(sentence, SHIPPED, labels)
    assert isinstance(found, NoMatch)
    assert hint in found.reason


def test_how_firmly_somebody_means_it_changes_nothing(labels: Labels) -> None:
    found = consider("who firmly opposes armed patrols", SHIPPED, labels)
    assert isinstance(found, Match)
    assert found.query.name == "who-opposes"


@pytest.mark.parametrize(
    "sentence",
    [
        "does Lane accept lower fees",
        "is Lane still against lower harbour fees?",
        "would Ada Lane agree to lower fees",
        "has Lane ever rejected lower harbour fees",
        "what does Lane think of lower harbour fees",
    ],
)
def test_whether_somebody_accepts_something_is_answered_with_where_they_stand(
    labels: Labels, sentence: str
) -> None:
    found = consider(sentence, SHIPPED, labels)
    assert isinstance(found, Match)
    assert (found.query.name, [r.names for r in found.readings]) == (
        "stance-on",
        [("Ada Lane",), ("lower harbour fees",)],
    )


def test_an_ambiguous_name_lists_candidates_and_how_to_ask_for_each(labels: Labels) -> None:
    found = consider("what does City Hall want", QUERIES, labels)
    assert isinstance(found, NoMatch)
    assert [entity.slug for entity in found.candidates] == ["eastport-government", "westport-government"]
    assert found.examples == (
        "What does Government of Eastport want?",
        "What does Government of Westport want?",
    )


def test_the_nearest_questions_come_first(labels: Labels) -> None:
    found = consider("who proposes free ice cream as a guarantee", QUERIES, labels)
    assert isinstance(found, NoMatch)
    assert found.nearest[0].name == "proposers"
    assert found.examples[0] == "Who proposes a joint harbour authority as deterrent?"


def test_examples_that_the_graph_does_not_know_give_way(labels: Labels) -> None:
    found = consider("what is wanted by nobody", QUERIES, read_labels(Store.memory()))
    assert isinstance(found, NoMatch)
    assert "What does (an actor) want?" in found.examples


def test_no_match_is_an_error_with_help(labels: Labels) -> None:
    with pytest.raises(QueryError, match="no saved question fits\nquestions that can be asked:\n  "):
        match("banana", QUERIES, labels)


def test_a_match_says_how_each_name_was_understood(labels: Labels) -> None:
    found = match(
        "who has supported memebrship in the Harbour League as a guarantee since 2024?", QUERIES, labels
    )
    assert found.question == (
        "Who supports membership in the Harbour League as security guarantee? (since: 2024-01-01)"
    )
    assert [str(reading) for reading in found.readings] == [
        "stance: supports (“supported”)",
        "proposal: membership in the Harbour League (“memebrship in harbour league”, spelled otherwise)",
        "function: security guarantee (“guarantee”, part of the name)",
        "since: 2024-01-01 (“since 2024”)",
    ]
    assert 0.8 <= found.score < 1


def test_the_values_of_a_match_fit_its_parameters(labels: Labels) -> None:
    found = match("what can Ada Lane and the dockers agree on", QUERIES, labels)
    bound = resolve(found.query, found.values, labels)
    assert [str(term).rpartition("/")[2] for term in bound["actors"]] == ["ada-lane", "dockers-union"]


def test_the_order_of_the_questions_is_nothing(labels: Labels) -> None:
    turned = dict(reversed(QUERIES.items()))
    for sentence in ("who proposes direct talks", "who is against armed patrols", "banana", "who is happy"):
        assert consider(sentence, QUERIES, labels) == consider(sentence, turned, labels)


WORDS = (
    "who",
    "what",
    "lane",
    "league",
    ",",
    "and",
    "the",
    "in",
    "2024",
    "supports",
    "agree",
    "on",
    "city",
    "hall",
)


@settings(max_examples=50, deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_sentence_is_answered_or_helped(world_store: Store, sentence: str) -> None:
    assert isinstance(consider(sentence, QUERIES, read_labels(world_store)), Match | NoMatch)


# ---------------------------------------------------------------- the questions that are shipped

SHIPPED = load_queries([Path(__file__).parent.parent / "queries"])


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_question_is_understood_as_it_stands(labels: Labels, name: str) -> None:
    query = SHIPPED[name]
    names = {(entity.type, entity.slug): entity.label for entity in labels.entities}
    values = {
        p.name: " and ".join(names.get((p.type, word), word) for word in p.example) for p in query.params
    }
    found = match(query.asked(values), SHIPPED, labels)
    assert found.query.name == name
    bound = resolve(query, found.values, labels)
    wanted = resolve(query, {p.name: p.example for p in query.params}, labels)
    assert {key: bound[key] for key in found.values} == {key: wanted[key] for key in found.values}


def test_a_stance_that_the_question_has_no_place_for_stands_behind_it(labels: Labels) -> None:
    assert match("what does Ada Lane reject", SHIPPED, labels).question == (
        "What does Ada Lane want? (stance: rejects)"
    )


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("where does Ada Lane stand on zork", "nothing known is called “zork”"),
        ("positions on zork", "nothing known is called “zork”"),
        ("who opposes zork", "no proposal “zork” is known"),
        ("what is zork's stance", "no actor “zork” is known"),
    ],
)
def test_the_kind_of_an_unknown_name_is_told_where_there_is_but_one(
    labels: Labels, sentence: str, reason: str
) -> None:
    found = consider(sentence, SHIPPED, labels)
    assert isinstance(found, NoMatch)
    assert found.reason.startswith(reason)
