"""Saved questions as files."""

from __future__ import annotations

import pytest

from kg.errors import InputError
from kg.headers import SavedQuery, parse_query, projected

GOOD = """\
#+ question: Who {stance} {proposal} [as {function}]?
#+ description: >-
#+   Every position,
#+   one row each.
#+ theme: positions
#+ params:
#+   proposal: {type: st:Proposal, example: joint-authority, about: the option}
#+   stance: {type: stance, default: any, example: supports, about: the stance}
#+   function: {type: function, many: true, default: [deterrent, leverage], example: deterrent, about: why}
#+   since: {type: xsd:date, edge: first, default: 1900-01-01, example: 2024, about: first day}
#+ ask:
#+   - what about {proposal}
#+ evidence: {statement: position}
#+ shows_evidence: true
#+ columns: {holder: who}
SELECT ?holder ?position {
  VALUES ?stance { $stance }
  VALUES ?function { $function }
  ?position <urn:on> $proposal ; <urn:by> ?holder ; <urn:as> ?function ; <urn:is> ?stance ; <urn:at> ?day
  FILTER(?day >= $since)
} ORDER BY ?position
"""


def parsed(text: str, *, name: str = "good") -> SavedQuery:
    return parse_query(text.encode(), name=name, path=f"queries/{name}.rq")


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def problems(text: str, *, name: str = "good") -> str:
    with pytest.raises(InputError) as caught:
        parsed(text, name=name)
    return str(caught.value)


def test_a_header_is_read() -> None:
    query = parsed(GOOD)
    assert query.description == "Every position, one row each."
    assert query.text == GOOD
    assert (query.statement, query.shows_evidence, query.columns) == ("position", True, {"holder": "who"})
    assert query.ask == ("what about {proposal}",)
    proposal, stance, function, since = query.params
    assert (proposal.default, stance.can_be_any, function.many, since.edge) == (None, True, True, "first")
    assert function.default == ("deterrent", "leverage")


def test_a_question_is_said_with_values() -> None:
    query = parsed(GOOD)
    assert query.asked({"stance": "supports", "proposal": "talks"}) == "Who supports talks?"
    assert query.example() == "Who supports joint-authority as deterrent?"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#+ question", "# question", "good.rq:1:1: the file has no header; start it with"),
        ("#+ theme: positions\n", "", "queries/good.rq:1:4: a header has no 'theme'; add 'theme: …'"),
        ("#+ theme: positions", "#+theme: positions", "queries/good.rq:5:3: no space after '#+'; add one"),
        ("#+ theme: positions", "#+ teme: positions", "5:4: unknown key 'teme' in a header; did you mean"),
        ("#+ theme: positions", "#+ theme: [a]", "5:11: not a text; write one text here"),
        ("#+ theme: positions", "#+ theme: &a x", "5:11: anchor '&a'; anchors are refused: remove it"),
        ("st:Proposal", "st:Propsal", "7:23: 'st:Propsal' is not known here; did you"),
        ("about: the option}", "abuot: x}", "unknown key 'abuot' in parameter 'proposal'; did"),
        ("about: the option}", "default: x}", "7:16: parameter 'proposal' has no 'about'; add 'about: …'"),
        ("many: true, ", "", "parameter 'function' takes one value; add"),
        ("many: true", "many: yes", "9:39: 'yes' is not true or false; write true or false"),
        ("edge: first", "edge: middle", "10:36: 'middle' is not known here; known are first, last"),
        ("type: xsd:date", "type: xsd:string", "10:38: only a parameter of type xsd:date has an edge"),
        ("what about {proposal}", "what about this", "said without {proposal}, which has no default"),
        ("what about {proposal}", "what [about {proposal}]", "said without {proposal}, which"),
        ("what about {proposal}", "what {propsal} {proposal}", "the slot {propsal} is no parameter; did"),
        ("what about {proposal}", "what [about {proposal}", "']' is missing in 'what [about {proposal}'"),
        ("#+ evidence: {statement: position}\n", "", "there is no evidence to show; add 'evidence'"),
        ("statement: position", "statement: claim", "names a column 'claim' that the query does not"),
        ("FILTER(?day >= $since)", "", "the parameter 'since' is not used in the query; write '$since'"),
        (">= $since", ">= $sicne", "20:18: '$sicne' is no parameter; declare it, or write '?'"),
        ("?day >= $since", "?day<$since&&?day>2", "reads as an IRI; put a space after '<'"),
        ("<urn:as> ?function", "<urn:as> $function", "'$function' may be several terms or none; write VAL"),
        ("VALUES ?stance { $stance }", "VALUES (?stance) { ($stance) }", "'$stance' may be several"),
        ("SELECT ?holder ?position", "ASK", "a saved question is a SELECT query, not ASK"),
        ("SELECT ?holder ?position", "INSERT", "a saved question is a SELECT query, not INSERT"),
        ("} ORDER", "}\n#+ theme: two\nORDER", "22:1: a line of the header after its end; move it up"),
    ],
)  # fmt: skip
def test_a_problem_says_where_and_what(old: str, new: str, problem: str) -> None:
    assert problem in problems(changed(old, new))


NEAR = """\
#+ near:
#+   proposal: $proposal
#+   stance: $stance
#+   mode: [own-voice, narrated]
#+   since: $since
"""


def with_near(near: str = NEAR) -> str:
    return changed("#+ evidence", f"{near}#+ evidence")


def test_a_header_says_by_what_the_rows_are_selected() -> None:
    assert parsed(with_near()).near == {
        "proposal": ("$proposal",),
        "stance": ("$stance",),
        "mode": ("own-voice", "narrated"),
        "since": ("$since",),
    }
    assert parsed(GOOD).near == {}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("proposal: $proposal", "proposals: $proposal", ":14:6: unknown key 'proposals' in near"),
        ("proposal: $proposal", "proposal: $stance", "'$stance' is no st:Proposal of this question"),
        ("[own-voice, narrated]", "[own-voice, narrate]", "'narrate' is no mode of this question; did you"),
        ("[own-voice, narrated]", "[$mode, narrated]", "'$mode' is no mode of this question"),
        ("#+   proposal: $proposal\n", "", "near what? name one of holder, voices, proposal, issue"),
    ],
)  # fmt: skip
def test_a_selection_that_the_question_does_not_have_is_refused(old: str, new: str, problem: str) -> None:
    assert old in NEAR
    assert problem in problems(with_near(NEAR.replace(old, new)))


def test_near_misses_need_positions() -> None:
    text = with_near().replace("#+ evidence: {statement: position}\n#+ shows_evidence: true\n", "")
    assert "near misses are of positions; add 'evidence'" in problems(text)


def test_all_problems_are_told_at_once() -> None:
    text = changed("theme: positions", "teme: positions").replace("many: true", "many: yes")
    assert len(problems(text).splitlines()) == 4


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01", b"\xff\xfe#\x00", b"#+ [[[[", b"#+ a: b: c", b"#+ - x\nSELECT"]
)
def test_a_file_that_is_no_query_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.rq"):
        parse_query(data, name="a", path="a.rq")


def test_a_name_is_a_slug() -> None:
    assert "'Who Is' is no name of a question" in problems(GOOD, name="Who Is")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT DISTINCT ?a $b WHERE {}", ("a", "b")),
        ("PREFIX a: <urn:a> SELECT (COUNT(?x) AS ?n) ?m { SELECT ?inner {} }", ("n", "m")),
        ("SELECT * { ?s ?p ?o }", ()),
        ("# SELECT ?no\nSELECT ?a FROM <urn:g> { }", ("a",)),
    ],
)
def test_the_columns_of_the_outer_select_are_known(text: str, columns: tuple[str, ...]) -> None:
    assert projected(text) == columns
