"""Charts over HTTP: every form of every kind, with headers that let them be cached and nothing else."""

from __future__ import annotations

from threading import BoundedSemaphore

import pytest
from drawn import links, parse
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kg.charts.kinds import KINDS, make
from kg.graph import Graph
from kg.store import Store
from kg.web import charts
from kg.web.charts import draw, routes


@pytest.fixture(scope="module")
def client(world_store: Store) -> TestClient:
    app = Starlette(routes=routes())
    graph = Graph(world_store)
    app.state.graph, app.state.snapshot, app.state.texts = lambda: graph, lambda: "one", None
    return TestClient(app, base_url="http://localhost:8000")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_served_as_svg_with_absolute_links(kind: str, client: TestClient) -> None:
    answer = client.get(f"/{kind}.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    found = links(parse(answer.text))
    assert found
    assert all((link.get("href") or "").startswith("http://localhost:8000/") for link in found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_served_as_a_picture(kind: str, client: TestClient) -> None:
    answer = client.get(f"/{kind}.png?scale=1")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_the_style_in_the_file_is_allowed_by_its_hash_and_nothing_else(client: TestClient) -> None:
    policy = client.get("/matrix.svg").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/matrix.svg").headers["etag"]
    again = client.get("/matrix.svg", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/matrix.svg?shared=2").headers["etag"] != tag
    assert client.get("/matrix.png").headers["etag"] != tag


def test_the_parameters_are_those_of_the_chart(client: TestClient) -> None:
    answer = client.get("/matrix.svg?actor=ada-lane&actor=bo-finch&shared=2&since=2024&issue=")
    assert "only Ada Lane; Bo Finch, since 2024" in answer.text
    wide = parse(client.get("/timeline.svg?width=400").text)
    assert wide.get("width") == "400"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/matrix.svg?actor=nobody-at-all", "there is no actor"),
        ("/matrix.svg?colour=red", "no parameter 'colour'"),
        ("/matrix.svg?width=99999", "whole number from 320 to 2000"),
        ("/matrix.png?scale=x", "whole number from 1 to 4"),
        ("/matrix.svg?scale=2", "no parameter 'scale'"),
        ("/network.svg?edges=1000000", "whole number from 1 to 300"),
    ],
)
def test_a_wrong_parameter_is_the_fault_of_the_client(client: TestClient, address: str, message: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert message in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_too_many_pictures_at_once_are_put_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    free = BoundedSemaphore(1)
    monkeypatch.setattr(charts, "_AT_WORK", free)
    monkeypatch.setattr(charts, "_PATIENCE", 0.01)
    with free:
        answer = client.get("/matrix.png")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert client.get("/matrix.svg").status_code == 200
    assert client.get("/matrix.png?scale=1").status_code == 200


def test_a_page_gets_an_element_whose_links_are_its_own(world_store: Store) -> None:
    graph = Graph(world_store)
    root = parse(draw(make("matrix", graph), graph, name="here"))
    assert all((link.get("href") or "").startswith("/") for link in links(root))
    assert root.get("aria-labelledby") == "here-title"
