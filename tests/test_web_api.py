"""The API of the saved questions, asked in process by a client that nobody here wrote."""

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kg.errors import QueryTimeoutError
from kg.graph import Graph
from kg.web import api, openapi
from kg.web.pool import BusyError

ROOT = openapi.ROOT


@pytest.fixture(scope="module")
def graph(world_store):
    return Graph(world_store)


@pytest.fixture
def app(graph):
    found = Starlette(routes=api.routes())
    found.state.graph = lambda: graph
    found.state.snapshot = lambda: "first"
    return found


@pytest.fixture
def client(app):
    with TestClient(app) as found:
        yield found


@pytest.fixture(scope="module")
def described(graph):
    return openapi.document(graph.queries.values(), graph.labels, title="World")


def problem(response, status):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    return body["detail"]


# ---------------------------------------------------------------- the description


def test_the_description_is_valid_openapi(client):
    OpenAPIV31SpecValidator(client.get(f"{ROOT}/openapi.json").json()).validate()


def test_every_question_is_described_with_its_parameters(described, graph):
    for name, query in graph.queries.items():
        operation = described["paths"][f"/questions/{name}"]["get"]
        own = [each["name"] for each in operation["parameters"]]
        assert own[: len(query.params)] == [param.name for param in query.params]
        assert not {param.name for param in query.params} & {each["name"] for each in openapi.COMMON}


def test_the_words_of_a_vocabulary_are_listed_and_a_day_may_be_a_month(described):
    operation = described["paths"]["/questions/who-proposes"]["get"]
    schemas = {each["name"]: each["schema"] for each in operation["parameters"]}
    assert {"security-guarantee", "any"} <= set(schemas["function"]["enum"])
    jsonschema.validate("2024-05", schemas["since"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("May 2024", schemas["since"])


def test_the_description_has_the_answers_that_are_given(client, described, graph):
    schema = {"$ref": "#/components/schemas/Answer", "components": described["components"]}
    for name, query in graph.queries.items():
        values = {param.name: list(param.example) for param in query.params if param.default is None}
        answer = client.get(f"{ROOT}/questions/{name}", params=values)
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.json(), schema)
        assert answer.json()["total"] == len(graph.query(name, **values))


# ---------------------------------------------------------------- pages


def test_the_pages_of_an_answer_are_the_whole_of_it_in_its_order(client, graph):
    whole = graph.query("positions").table.records()
    url, rows = f"{ROOT}/questions/positions?limit=7", []
    while url:
        body = client.get(url).json()
        assert body["total"] == len(whole)
        assert body["offset"] == len(rows)
        rows += body["rows"]
        url = body.get("next")
    assert rows == whole


def test_the_page_before_is_linked_too(client):
    answer = client.get(f"{ROOT}/questions/positions?limit=5&offset=7")
    assert 'rel="prev"' in answer.headers["link"]
    assert 'rel="next"' in answer.headers["link"]
    assert client.get(answer.json()["previous"]).json()["offset"] == 2
    assert "previous" not in client.get(f"{ROOT}/questions/positions?limit=5").json()


def test_a_page_of_data_that_has_changed_is_not_given(client, app):
    following = client.get(f"{ROOT}/questions/positions?limit=5").json()["next"]
    app.state.snapshot = lambda: "second"
    assert "begin again" in problem(client.get(following), 409)


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "10001", "٣"])
def test_a_limit_that_is_none_is_told(client, text):
    answer = client.get(f"{ROOT}/questions/positions", params={"limit": text})
    assert "no whole number from 1 to 10,000" in problem(answer, 400)


# ---------------------------------------------------------------- answers


def test_values_are_names_of_any_kind_and_may_be_several(client, graph):
    answer = client.get(
        f"{ROOT}/questions/common-ground", params={"actors": ["Bo Finch", "zoe-brandt"]}
    ).json()
    assert answer["rows"] == graph.query("common-ground", actors=["bo-finch", "zoe-brandt"]).table.records()
    assert answer["parameters"] == {"actors": ["Bo Finch", "zoe-brandt"]}
    assert set(answer["labels"]) <= {value for row in answer["rows"] for value in row.values()}
    assert answer["labels"]


def test_every_row_can_have_its_evidence(client):
    path = f"{ROOT}/questions/who-proposes?proposal=league-membership&evidence=true&limit=2"
    body = client.get(path).json()
    assert len(body["rows"]) == 2
    assert all(row["passage"] and row["gist"] and row["attribution"] for row in body["rows"])
    assert "do not rest on single statements" in problem(
        client.get(f"{ROOT}/questions/actors?evidence=true"), 400
    )


@pytest.mark.parametrize(
    ("form", "media", "begin"),
    [
        ("csv", "text/csv; charset=utf-8", "actor,"),
        ("tsv", "text/tab-separated-values; charset=utf-8", "?actor\t"),
        ("sparql-json", "application/sparql-results+json", '{"head"'),
        ("json", "application/json", '{"question"'),
    ],
)
def test_the_form_is_asked_for_by_name_or_by_accept(client, form, media, begin):
    named = client.get(f"{ROOT}/questions/actors?format={form}")
    accepted = client.get(f"{ROOT}/questions/actors", headers={"Accept": media.partition(";")[0]})
    for answer in (named, accepted):
        assert answer.headers["content-type"] == media
        assert "".join(answer.text.split(" ")).replace("\n", "").startswith(begin)
        assert answer.headers["x-total-count"].isdigit()
        assert answer.headers["vary"] == "Accept"


def test_a_form_that_there_is_not_is_told(client):
    answer = client.get(f"{ROOT}/questions/actors", headers={"Accept": "image/png"})
    assert "application/json" in problem(answer, 406)
    assert "none of json, csv" in problem(client.get(f"{ROOT}/questions/actors?format=xls"), 400)


def test_what_the_client_has_is_not_sent_again_until_the_data_changes(client, app):
    first = client.get(f"{ROOT}/questions/actors")
    again = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"{ROOT}/questions/actors", headers=again).status_code == 304
    assert client.get(f"{ROOT}/questions/documents", headers=again).status_code == 200
    assert client.get(f"{ROOT}/questions/actors?format=csv", headers=again).status_code == 200
    app.state.snapshot = lambda: "second"
    assert client.get(f"{ROOT}/questions/actors", headers=again).status_code == 200


def test_a_question_in_words_is_answered_and_says_how_it_was_understood(client, graph):
    body = client.get(f"{ROOT}/ask", params={"q": "who proposes League membership as a guarantee"}).json()
    assert body["name"] == "who-proposes"
    assert body["parameters"]["function"][0].endswith("security-guarantee")
    assert body["total"] == len(graph.ask("who proposes League membership as a guarantee"))
    assert problem(client.get(f"{ROOT}/ask", params={"q": "how warm is it"}), 400)
    assert "give a question" in problem(client.get(f"{ROOT}/ask"), 400)


def test_names_can_be_looked_up(client, graph):
    def found(**params):
        return [each["slug"] for each in client.get(f"{ROOT}/entities", params=params).json()["entities"]]

    assert found(type="st:Actor", q="lane") == ["ada-lane"]
    assert len(found(type="st:Actor")) == len(graph.labels.of("st:Actor"))
    assert found(type="stance", q="rejects") == ["rejects"]
    assert found(type="st:Actor", q="nobody at all") == []
    assert "none of st:Actor" in problem(client.get(f"{ROOT}/entities?type=st:Thing"), 400)


def test_the_questions_are_listed(client, graph):
    body = client.get(f"{ROOT}/questions").json()
    assert [each["name"] for each in body["questions"]] == list(graph.queries)
    assert all(client.get(each["href"]).status_code in (200, 400) for each in body["questions"][:3])
    assert client.get(f"{ROOT}/").json()["title"]
    assert client.get(ROOT).json() == client.get(f"{ROOT}/").json()


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/questions/who-proposs", 404, "did you mean 'who-proposes'"),
        ("/questions/who-proposes", 400, "needs 'proposal'"),
        ("/questions/who-proposes?proposal=nonsuch", 400, "there is no proposal 'nonsuch'"),
        ("/questions/who-proposes?proposal=league-membership&sinse=2024", 400, "did you mean 'since'"),
        ("/questions/who-proposes?proposal=league-membership&since=soon", 400, "'soon' is no date"),
        ("/questions/actors?limit=1&limit=2", 400, "it takes one value, not 2"),
        ("/questions/actors?evidence=maybe", 400, "it is true or false"),
        ("/questions?page=2", 400, "there is no parameter 'page'"),
        ("/nothing", 404, "nothing is at this address"),
        ("/questions/..%2f..%2fetc%2fpasswd", 404, ""),
    ],
)
def test_what_is_wrong_is_a_problem_with_what_would_help(client, path, status, says):
    assert says in problem(client.get(ROOT + path), status)


@pytest.mark.parametrize(
    ("error", "status"), [(BusyError("busy", retry_after=4), 503), (QueryTimeoutError("late"), 504)]
)
def test_a_server_that_cannot_answer_says_so(client, app, error, status):
    def fails():
        raise error

    app.state.graph = fails
    answer = client.get(f"{ROOT}/questions/actors")
    assert problem(answer, status) == str(error)
    assert answer.headers.get("retry-after") == ("4" if status == 503 else None)
