"""Pages are made once as long as the data is the same, and no longer."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette")

from hypothesis import given
from hypothesis import strategies as st

from kg.graph import Graph
from kg.web.page_memory import Memory
from tests.web_client import Client


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4000))), st.integers(0, 3000))
def test_what_is_found_is_what_was_kept_and_the_room_is_never_exceeded(
    steps: list[tuple[int, int]], room: int
) -> None:
    memory, kept = Memory(room), {}
    for key, size in steps:
        text = "".join(chr(97 + (at * 7919 + size) % 26) for at in range(size))
        if memory.find(key) is None:
            memory.keep(key, text)
            kept[key] = text
        assert memory.find(key) in (None, kept[key])
        assert memory._used <= room


def test_what_was_shown_longest_ago_goes_first() -> None:
    memory = Memory(1000)
    memory.keep("a", "")
    memory.keep("b", "")
    assert memory.find("a") == ""
    memory.keep("c", "")
    assert [memory.find(key) for key in "abc"] == ["", None, ""]


def test_a_page_is_made_again_only_when_the_data_has_changed(world_store) -> None:  # type: ignore[no-untyped-def]
    client = Client(Graph(world_store))
    asked: list[str] = []
    select = Graph(world_store).store.select

    class Counting(type(world_store)):  # type: ignore[misc]
        def select(self, query: str, **options):  # type: ignore[no-untyped-def]
            asked.append(query)
            return select(query, **options)

    client.app.state.graph().store.__class__ = Counting
    try:
        for path in ("/actor/ada-lane", "/question/positions", "/document/may-hearing?coder=tide-bot"):
            first = client.get(path)
            assert asked
            asked.clear()
            again = client.get(path)
            assert (asked, again.text, again.headers["etag"]) == ([], first.text, first.headers["etag"])
            assert client.get(path, accept="text/turtle").text != first.text or path.startswith("/question")
        asked.clear()
        client.app.state.snapshot = lambda: "state-2"
        changed = client.get("/actor/ada-lane")
        assert asked
        assert "state-2" in changed.text
    finally:
        client.app.state.graph().store.__class__ = Counting.__mro__[1]


def test_refusals_and_downloads_are_not_kept(world_store) -> None:  # type: ignore[no-untyped-def]
    client = Client(Graph(world_store))
    for path in ("/ask?q=what+is+for+lunch%3F", "/question/positions.csv", "/actor/nobody", "/complete?q=a"):
        client.get(path)
    assert not len(getattr(client.app.state, "pages", ()))
