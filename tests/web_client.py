"""A client of the pages without a server, and a world whose labels are hostile; shared by tests of pages."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from kg.graph import Graph
from kg.libraries import TextLibrary
from kg.store import Store
from kg.terms import PREFIXES, Literal, Quad, token
from kg.web.pages import routes

HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;{{7*7}}{% raise %}\u202egnp.exe\x1b[2J"
)


class Client:
    """Asks an application for pages."""

    def __init__(self, graph: Graph, texts: TextLibrary | None = None) -> None:
        self.app = Starlette(routes=routes())
        self.app.state.graph = lambda: graph
        self.app.state.snapshot = lambda: "state-1"
        self.app.state.texts = texts

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.get_all([path], **headers)[0]

    def get_all(self, paths: list[str], **headers: str) -> list[httpx.Response]:
        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return [await client.get(path, headers=headers) for path in paths]

        return asyncio.run(ask())


class Document(HTMLParser):
    """What a page consists of: elements with their attributes, ids, links, text, headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def links(self) -> list[str]:
        return [each["href"] for each in self.all("a") if each.get("href")]

    @property
    def levels(self) -> list[int]:
        return [int(name[1]) for name, _ in self.elements if re.fullmatch("h[1-6]", name)]


TEXTUAL = {
    PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel", PREFIXES["skos"] + "note",
    PREFIXES["skos"] + "definition", PREFIXES["dcterms"] + "title", PREFIXES["dcterms"] + "description",
    PREFIXES["st"] + "gist", PREFIXES["st"] + "firstWords", PREFIXES["st"] + "lastWords",
    PREFIXES["st"] + "inRole", PREFIXES["st"] + "atVenue", PREFIXES["st"] + "unusedBecause",
}  # fmt: skip
ADDRESSES = {PREFIXES["schema"] + "url", PREFIXES["st"] + "link", PREFIXES["dcterms"] + "license"}


def hostile(quads: list[Quad]) -> Graph:
    """The same graph with every text a person reads turned hostile, and every address a script."""

    def turned(number: int, quad: Quad) -> Quad:
        predicate = quad.predicate[1:-1]
        if predicate in TEXTUAL and quad.object.startswith('"') and "/vocabularies" not in quad.graph:
            return quad._replace(object=token(Literal(f"{HOSTILE}{number % 7}", language="en")))
        if predicate in ADDRESSES:
            address = Literal("javascript:alert(3)", PREFIXES["xsd"] + "anyURI")
            return quad._replace(object=token(address))
        return quad

    return Graph(Store.memory(turned(number, quad) for number, quad in enumerate(quads)))


def library(folder: Path, home: Path) -> TextLibrary:
    """The texts in *folder*, and none that this machine happens to have."""
    return TextLibrary([folder], home=home)
