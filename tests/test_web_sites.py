"""The static site: whole or not at all, every link to a file that is there, the same bytes every time."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("starlette")

from kg.cli import main
from kg.errors import QueryError
from kg.graph import Graph
from kg.web import sites
from kg.web.sites import MARK, SiteError, write_site
from tests.web_client import Document, hostile, library


@pytest.fixture(scope="module")
def graph(world_store) -> Graph:  # type: ignore[no-untyped-def]
    return Graph(world_store)


@pytest.fixture(scope="module")
def site(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "site"
    write_site(graph, folder, base_url="https://e.org/graph")
    return folder


def pages(folder: Path) -> dict[str, Document]:
    return {
        path.relative_to(folder).as_posix(): Document(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }


def test_every_link_leads_to_a_file_that_is_there(site: Path) -> None:
    found = pages(site)
    assert len(found) > 150
    seen = 0
    for name, page in found.items():
        addresses = [*page.links, *(each["href"] for each in page.all("link") if each.get("href"))]
        for address in addresses:
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme in ("http", "https")
                continue
            assert not parts.query, (name, address)
            assert not parts.path.startswith("/"), (name, address)
            path = posixpath.join(posixpath.dirname(name), unquote(parts.path)) if parts.path else name
            target = posixpath.normpath(path)
            assert (site / target).is_file(), (name, address)
            seen += 1
            if parts.fragment and target in found:
                ids = {attributes.get("id") for _, attributes in found[target].elements}
                assert unquote(parts.fragment) in ids, (name, address)
    assert seen > 1000


def test_links_of_drawings_lead_to_files_that_are_there(site: Path) -> None:
    for file in site.glob("*.svg"):
        found = re.findall(r'<a href="([^"]*)"', file.read_text("utf-8"))
        assert found, file.name
        assert [address for address in found if not (site / unquote(address)).is_file()] == [], file.name


def test_it_needs_no_script_and_has_no_form(site: Path) -> None:
    for name, page in pages(site).items():
        assert not page.all("script") + page.all("form") + page.all("input"), name


def test_every_question_is_answered_with_downloads(site: Path, graph: Graph) -> None:
    for name in graph.queries:
        assert (site / "question" / f"{name}.html").is_file()
        text = (site / "question" / f"{name}.csv").read_text("utf-8")
        assert text.splitlines()[0].split(",")[0] in graph.queries[name].text


def test_it_has_descriptions_charts_a_sitemap_and_the_whole_graph(site: Path, graph: Graph) -> None:
    import rdflib

    assert len(rdflib.Graph().parse(site / "actor/ada-lane.ttl")) > 10
    assert (site / "graph.nq").read_text("utf-8") == graph.export("nquads")
    assert (site / "matrix.svg").read_text("utf-8").startswith("<?xml")
    assert "<loc>https://e.org/graph/actor/ada-lane.html</loc>" in (site / "sitemap.xml").read_text("utf-8")


def test_the_same_graph_gives_the_same_files(site: Path, graph: Graph, tmp_path: Path) -> None:
    write_site(graph, tmp_path / "again", base_url="https://e.org/graph")
    contents = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (site, tmp_path / "again")
    ]
    assert contents[0].keys() == contents[1].keys()
    assert [name for name in contents[0] if contents[0][name] != contents[1][name]] == []


def test_texts_of_others_are_shown_only_when_asked_for(
    site: Path, graph: Graph, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "and one quarrel, since the flood"
    assert words not in "".join(path.read_text("utf-8") for path in site.rglob("*.html"))
    monkeypatch.setattr("kg.web.site_pages._questions", lambda reader: iter(()))
    monkeypatch.setattr("kg.web.site_pages._statements", lambda reader: iter(()))
    write_site(graph, tmp_path / "own", texts=library(world / "texts", tmp_path / "home"))
    assert words in (tmp_path / "own/document/may-hearing.html").read_text("utf-8")


def test_a_folder_of_somebody_else_is_refused(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SiteError, match="is no site that kg wrote"):
        write_site(graph, tmp_path)
    with pytest.raises(SiteError, match="is no site that kg wrote"):
        write_site(graph, tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_site_is_replaced_whole_or_not_at_all(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"

    def content(*names: str):  # type: ignore[no-untyped-def]
        def made(*_: object):  # type: ignore[no-untyped-def]
            for name in names:
                if name == "!":
                    raise QueryError("too long")
                yield name, name.encode()

        return made

    monkeypatch.setattr(sites, "_content", content("a/b.html", MARK))
    assert write_site(graph, folder) == 2
    monkeypatch.setattr(sites, "_content", content("c.html", "!"))
    with pytest.raises(QueryError):
        write_site(graph, folder)
    assert (folder / "a/b.html").read_text() == "a/b.html"
    monkeypatch.setattr(sites, "_content", content("d.html", MARK))
    write_site(graph, folder)
    assert sorted(path.name for path in folder.iterdir()) == [MARK, "d.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_empty_folder_is_filled_and_a_link_stays_a_link(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "_content", lambda *_: iter([("a.html", b"a"), (MARK, b"")]))
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_site(graph, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real/a.html").is_file()


def test_a_hostile_graph_writes_no_file_outside_and_no_script(
    world_store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("kg.web.site_pages._questions", lambda reader: iter(()))
    monkeypatch.setattr("kg.web.site_pages._statements", lambda reader: iter(()))
    write_site(hostile(list(world_store.quads())), tmp_path / "site")
    for name, page in pages(tmp_path / "site").items():
        assert not page.all("script"), name
        assert not any(link.startswith("javascript:") for link in page.links), name
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_without_a_store_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "--out", str(tmp_path / "x"), "--store", str(tmp_path / "none")]) == 1
    assert "there is no store here" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_is_no_web_address_is_refused(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="is no address"):
        write_site(graph, tmp_path / "x", base_url="example.org")
    assert list(tmp_path.iterdir()) == []
