"""The pages of saved questions: forms, answers with evidence, near misses, downloads, refusals."""

from __future__ import annotations

import csv
import io
import json

import pytest

pytest.importorskip("starlette")

from kg.graph import Graph
from kg.tables import to_csv, to_sparql_json
from kg.web.page_examples import example_values
from kg.web.page_readers import Reader
from tests.web_client import Client, Document


@pytest.fixture(scope="module")
def graph(world_store) -> Graph:  # type: ignore[no-untyped-def]
    return Graph(world_store)


@pytest.fixture(scope="module")
def client(graph: Graph) -> Client:
    return Client(graph)


def test_every_question_is_answered_for_its_examples(client: Client, graph: Graph) -> None:
    reader = Reader(graph)
    addresses = [
        reader.question(name, example_values(reader, query)) for name, query in graph.queries.items()
    ]
    for address, response in zip(addresses, client.get_all(addresses), strict=True):
        assert response.status_code == 200, (address, response.text)
        page = Document(response.text)
        assert [each for each in page.all("table") if "answer" in each["class"]] or "No rows" in page.text, (
            address
        )


def test_a_page_has_the_rows_of_the_answer_each_with_its_evidence(client: Client, graph: Graph) -> None:
    answered = graph.query("stances-on", proposal="league-membership")
    text = client.get("/question/stances-on?proposal=league-membership").text
    page = Document(text)
    [body, *_] = text.split('<h2 id="near"')
    assert body.count('<tr class="why">') == len(answered)
    for position in answered.table.column("position"):
        path = str(position).removeprefix("https://example.org/harbour")
        assert path in page.links
    assert "/actor/ada-lane" in page.links


def test_a_long_answer_is_shown_in_pages_that_make_up_the_whole(client: Client, graph: Graph) -> None:
    from kg.web import page_cells

    rows = len(graph.query("positions"))
    before, page_cells.PER_PAGE = page_cells.PER_PAGE, 20
    try:
        texts = [client.get(f"/question/positions?_page={number}").text for number in (1, 2, 3, 99)]
    finally:
        page_cells.PER_PAGE = before
    counts = [text.count('<tr class="why">') for text in texts]
    assert counts[:2] == [20, 20]
    assert sum(counts[:3]) == rows
    assert counts[3] == counts[2]
    assert "/question/positions?_page=2" in Document(texts[0]).links


def test_downloads_are_the_answer(client: Client, graph: Graph) -> None:
    table = graph.query("who-proposes", proposal="league-membership").table
    ask = "/question/who-proposes.{}?proposal=league-membership".format
    assert client.get(ask("csv")).text == to_csv(table)
    assert client.get(ask("csv")).headers["content-disposition"] == 'attachment; filename="who-proposes.csv"'
    assert json.loads(client.get(ask("srj")).text) == json.loads(to_sparql_json(table))
    assert len(json.loads(client.get(ask("json")).text)) == len(table)
    assert client.get(ask("md")).text.startswith("|")
    assert len(list(csv.reader(io.StringIO(client.get(ask("tsv")).text), delimiter="\t"))) == len(table) + 1
    turtle = client.get(ask("ttl")).text
    assert all(str(each).rpartition("/")[2] in turtle for each in table.column("position"))
    assert "SELECT" in client.get(ask("rq")).text
    assert client.get(ask("exe")).status_code == 404


def test_the_links_to_downloads_are_those_of_this_answer(client: Client) -> None:
    page = Document(client.get("/question/who-proposes?proposal=League+membership&since=2024").text)
    wanted = "/question/who-proposes.csv?proposal=league-membership&since=2024"
    assert wanted in page.links
    assert client.get(wanted).status_code == 200


def test_without_what_it_needs_a_question_shows_its_form_and_an_example(client: Client) -> None:
    page = Document(client.get("/question/who-proposes").text)
    assert {"name": "proposal", "required": None}.items() <= page.all("input")[1].items()
    [example] = [link for link in page.links if link.startswith("/question/who-proposes?")]
    assert client.get(example).status_code == 200
    assert not page.all("table")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("proposal=Ada+Lane", "'Ada Lane' is an actor; wanted is a proposal"),
        ("proposal=league-membership&since=soon", "'soon' is no date"),
        ("proposal=league-membership&colour=red", "no parameter 'colour'"),
        ("proposal=<script>", "the graph does not know '<script>'"),
        ("proposal=league-membership&proposal=lower-fees", "it takes one value, not 2"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_the_form(client: Client, query: str, told: str) -> None:
    response = client.get(f"/question/who-proposes?{query}")
    assert response.status_code == 422
    page = Document(response.text)
    assert told in page.text
    assert any(each["name"] == "proposal" for each in page.all("input") if "name" in each)


def test_few_rows_come_with_near_misses_and_many_with_a_way_to_them(client: Client, graph: Graph) -> None:
    few = client.get("/question/who-proposes?proposal=joint-authority")
    assert '<h2 id="near">' in few.text
    near = graph.near_misses(graph.query("who-proposes", proposal="joint-authority"))
    assert few.text.partition('<h2 id="near">')[2].count('<tr class="why">') == min(len(near), 25)
    many = client.get("/question/positions-of?actor=ada-lane")
    assert '<h2 id="near">' not in many.text
    [way] = [link for link in Document(many.text).links if "_near=1" in link]
    assert '<h2 id="near">' in client.get(way).text


def test_a_sentence_is_answered_as_the_saved_question_that_it_means(client: Client) -> None:
    response = client.get("/ask?q=who+proposes+membership+in+the+Harbour+League%3F")
    assert response.status_code == 200
    page = Document(response.text)
    assert "Who proposes membership in the Harbour League?" in page.text
    assert "/question/who-proposes?proposal=league-membership" in page.links


@pytest.mark.parametrize(
    "sentence", ["what is for lunch?", "who proposes 5 purple gnus", "x" * 5000, "%00%ff", "‮"]
)
def test_what_is_not_understood_is_refused_with_questions_that_have_answers(
    client: Client, sentence: str
) -> None:
    from urllib.parse import quote

    response = client.get(f"/ask?q={quote(sentence)}")
    assert response.status_code == 422
    page = Document(response.text)
    nearest = [link for link in page.links if link.startswith("/question/")]
    assert all(each.status_code == 200 for each in client.get_all(nearest))


def test_an_empty_box_is_no_question(client: Client) -> None:
    assert client.get("/ask").status_code == 200
    assert client.get("/ask?q=++").status_code == 200


def test_a_name_that_can_mean_two_things_leads_to_both(client: Client) -> None:
    response = client.get("/ask?q=what+does+the+government+want%3F")
    assert response.status_code == 422
    links = Document(response.text).links
    assert {"/actor/westport-government", "/actor/eastport-government"} <= set(links)


def test_charts_stand_where_they_say_more(client: Client) -> None:
    assert "<svg" in client.get("/question/stances-on?proposal=league-membership").text
    assert "kg-matrix" in client.get("/question/matrix").text
    assert "kg-chart" not in client.get("/question/documents").text


def test_a_chart_says_the_same_as_its_table(client: Client, graph: Graph) -> None:
    text = client.get("/matrix").text
    rows = text.partition('id="table"')[2].count("<tbody>")
    assert rows == len(graph.query("matrix"))
    one = client.get("/matrix?issue=settlement-process").text
    assert 0 < one.partition('id="table"')[2].count("<tbody>") < rows
    wrong = client.get("/timeline?since=soon")
    assert (wrong.status_code, "soon" in wrong.text) == (422, True)
