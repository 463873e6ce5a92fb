"""The pages as a whole: what is where, every link leads somewhere, nothing hostile gets through."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag

import pytest

pytest.importorskip("starlette")

from kg.errors import QueryTimeoutError, StoreError
from kg.graph import Graph
from kg.web.pool import BusyError
from tests.web_client import HOSTILE, Client, Document, hostile, library


@pytest.fixture(scope="module")
def graph(world_store) -> Graph:  # type: ignore[no-untyped-def]
    return Graph(world_store)


@pytest.fixture(scope="module")
def client(graph: Graph, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(graph, library(world / "texts", tmp_path_factory.mktemp("home")))


PAGES = (
    "/", "/about", "/questions", "/actors", "/proposals", "/issues", "/plans", "/documents", "/matrix",
    "/timeline", "/network", "/sparql", "/actor/ada-lane", "/actor/westport-government",
    "/proposal/joint-authority", "/issue/settlement-process", "/plan/may-plan",
    "/plan/league-plan?beside=may-plan", "/document/may-hearing", "/document/tide-note", "/coder/coder-a",
    "/question/who-proposes", "/question/positions", "/question/stances-on?proposal=joint-authority",
    "/ask?q=what+does+Ada+Lane+want%3F",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_and_well_made(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = Document(response.text)
    levels = page.levels
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))
    labelled = {each["for"] for each in page.all("label") if "for" in each}
    for tag in ("input", "select", "textarea"):
        for each in page.all(tag):
            assert each.get("id") in labelled or each.get("aria-label") or each.get("type") == "hidden", each
    named = {value for each in page.elements for value in (each[1].get("aria-labelledby") or "").split()}
    assert named <= set(ids)
    assert page.elements[0][0] == "html"
    assert "#content" in page.links
    assert [each.get("aria-label") for each in page.all("nav")][:1] == ["Main"]


def every_page(client: Client, start: str, limit: int) -> dict[str, str]:
    """The pages that links lead to from *start*, nearest first: path to text. No link may be broken."""
    found: dict[str, str] = {}
    shown: set[str] = set()
    left = [start]
    while left and len(found) < limit:
        batch = [path for path in dict.fromkeys(left) if path not in found][: limit - len(found)]
        left = []
        for path, response in zip(batch, client.get_all(batch), strict=True):
            assert response.status_code == 200, (path, response.text[:500])
            found[path] = response.text
            if not response.headers["content-type"].startswith("text/html"):
                continue
            for link in Document(response.text).links:
                address = urldefrag(link).url
                # Of what is made by one template from any value, a few values say enough.
                kind = address.partition("?")[0] if "?" in address else address
                if (
                    address.startswith("/")
                    and address not in found
                    and (kind == address or kind not in shown)
                ):
                    shown.add(kind)
                    left.append(address)
    return found


def test_every_link_leads_somewhere_and_nothing_hostile_gets_through(
    world_store, world: Path, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    client = Client(hostile(list(world_store.quads())), library(world / "texts", tmp_path))
    pages = every_page(client, "/", 260)
    assert len(pages) > 150
    for path, text in pages.items():
        if not text.startswith("<!DOCTYPE html>"):
            continue
        assert "<script>alert" not in text, path
        assert "\u202e" not in text, path
        assert "\x1b" not in text, path
        page = Document(text)
        assert [each.get("src") for each in page.all("script")] == ["/static/app.js"], path
        assert not page.all("style") + page.all("iframe") + page.all("object"), path
        for tag, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes), (path, tag, attributes)
            assert "style" not in attributes, (path, tag, attributes)
            for name in ("href", "src", "action", "xlink:href"):
                assert not (attributes.get(name) or "").lower().startswith(("javascript:", "data:")), path
    assert "{{7*7}}" in Document(pages["/"]).text  # shown as it is, and not evaluated
    assert any(HOSTILE[:12] in Document(text).text for text in pages.values())


def test_one_address_answers_in_several_forms(client: Client) -> None:
    forms = {
        "text/turtle": "text/turtle; charset=utf-8",
        "application/ld+json": "application/ld+json",
        "application/n-triples": "application/n-triples",
        "application/rdf+xml;q=0.9, text/turtle;q=0.2": "application/rdf+xml",
        "text/html, */*;q=0.1": "text/html; charset=utf-8",
    }
    for accept, media in forms.items():
        response = client.get("/actor/ada-lane", accept=accept)
        assert (response.status_code, response.headers["content-type"]) == (200, media)
        assert response.headers["vary"] == "Accept"
    assert client.get("/actor/ada-lane", accept="image/png").status_code == 406


def test_a_description_has_what_points_at_the_thing_and_reads_back(client: Client) -> None:
    text = client.get("/proposal/joint-authority.nt").text
    rows = [line for line in text.splitlines() if "onProposal>" in line]
    assert rows
    assert any(line.endswith("<https://example.org/harbour/proposal/joint-authority> .") for line in rows)
    turtle = client.get("/proposal/joint-authority.ttl").text
    import rdflib

    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == len(text.splitlines())


def test_the_path_of_an_iri_leads_to_its_page(client: Client) -> None:
    response = client.get("/harbour/actor/ada-lane")
    assert (response.status_code, response.headers["location"]) == (303, "/actor/ada-lane")
    assert client.get("/harbour/nothing/ada-lane").status_code == 404


@pytest.mark.parametrize(
    ("path", "helps"),
    [
        ("/actor/ada-lnae", "/actor/ada-lane"),
        ("/question/who-propose", "/question/who-proposes"),
        ("/position/may-hearing/coder-a/none", "/document/may-hearing"),
        ("/document/may-hearing?coder=nobody", "/document/may-hearing?coder=tide-bot"),
        ("/actor/ada-lane/membership/eastport-government", "/actor/ada-lane"),
        ("/issue/ada-lane", "/issues"),
        ("/nowhere", "/questions"),
        ("/actor/%3Cscript%3E", "/actors"),
        ("/actor/..%2F..%2Fetc%2Fpasswd", "/actors"),
        ("/plan/may-plan?beside=nothing", "/plans"),
    ],
)
def test_what_is_not_there_is_told_with_what_may_have_been_meant(
    client: Client, path: str, helps: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert helps in Document(response.text).links


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client) -> None:
    first = client.get("/actor/ada-lane")
    again = client.get("/actor/ada-lane", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-type"] == first.headers["content-type"]
    assert client.get("/actor/bo-finch").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(BusyError("all are busy"), 503), (QueryTimeoutError("too long"), 504), (StoreError("gone"), 503)],
)
def test_trouble_with_the_graph_is_a_page_that_says_so(graph: Graph, error: StoreError, status: int) -> None:
    client = Client(graph)
    working = client.app.state.graph
    calls = iter([True])

    def once() -> Graph:
        if next(calls, False):
            raise error
        return working()

    client.app.state.graph = once
    response = client.get("/actor/ada-lane")
    assert response.status_code == status
    assert str(error) in Document(response.text).text
    assert ("retry-after" in response.headers) is (status == 503)


def test_without_any_graph_the_error_is_plain_text(graph: Graph) -> None:
    client = Client(graph)

    def gone() -> Graph:
        raise StoreError("there is no store here")

    client.app.state.graph = gone
    response = client.get("/")
    assert response.status_code == 503
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert "there is no store here" in response.text


def test_static_files_are_there_and_nothing_else_is(client: Client) -> None:
    assert client.get("/static/style.css").status_code == 200
    assert client.get("/static/app.js").status_code == 200
    for path in ("/static/", "/static/../pages.py", "/static/%2e%2e/pages.py", "/static/..%2fpages.py"):
        assert client.get(path).status_code == 404


def test_completion_finds_the_beginning_of_any_word(client: Client) -> None:
    found = client.get("/complete?type=st:Actor&q=lan").json()
    assert {"value": "ada-lane", "label": "Ada Lane"} in found
    assert client.get("/complete?type=st:Nothing&q=a").json() == []
    assert client.get("/complete").json() == []
