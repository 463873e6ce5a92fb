"""`kg site`: the reading pages as a static site that needs no server and no script."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InputError, KgError, Place, Problem
from kg.web.site_links import is_web_address, relative, sitemap

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.libraries import TextLibrary

MARK: Final = ".standpoint-site"
"""The file that says that a folder is a site of ours, which may be replaced."""

_PAGES: Final = (".html",)
_SECONDS: Final = 600.0
"""Nobody waits for one answer here; better a slow question than a site without it."""


class SiteError(KgError):
    """A site cannot be written as asked."""


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `kg site`."""
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="DIR", help="where to write; an earlier site is replaced")
    add("--store", default="build/graph", metavar="DIR", help="the built graph (default: build/graph)")
    add("--base-url", default="", metavar="URL", help="where the site will stand; adds a sitemap")
    add("--with-texts", action="store_true",
        help="show the texts at hand, too: for a site that nobody else can read")  # fmt: skip


def site(arguments: argparse.Namespace) -> int:
    """Write the site, and say how large it is."""
    from kg.graph import open_graph
    from kg.libraries import TextLibrary

    try:
        import kg.web.site_pages  # noqa: F401  # whether all is there, before anything is done
    except ImportError as error:
        raise SiteError("the pages need more; run pip install 'standpoint[serve]'") from error
    texts = TextLibrary() if arguments.with_texts else None
    with open_graph(arguments.store, timeout=_SECONDS) as graph:
        number = write_site(graph, arguments.out, texts=texts, base_url=arguments.base_url)
    print(f"{arguments.out}: {number:,} files")
    return 0


def write_site(graph: Graph, folder: Path, *, texts: TextLibrary | None = None, base_url: str = "") -> int:
    """Write the pages of *graph* into *folder*, which is replaced whole or not at all; the number of files.

    Raises:
        SiteError: *folder* holds something else than a site of ours, or *base_url* is no web address.
        InputError: it cannot be written.
    """
    if base_url and not is_web_address(base_url):
        raise SiteError(f"--base-url: '{base_url}' is no address; give one such as https://example.org/graph")
    _refuse_other(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            number = _fill(made, _content(graph, texts, base_url))
            made.chmod(0o755)
            _replace(folder, made)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        problem = Problem(Place(str(folder)), f"cannot be written ({error.strerror})", "check the folder")
        raise InputError([problem]) from error
    return number


def _refuse_other(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file()):
        raise SiteError(f"{folder}: is there and is no site that kg wrote; give another folder, or empty it")


def _replace(folder: Path, made: Path) -> None:
    """Put *made* in the place of *folder*."""
    if not folder.exists():
        made.rename(folder)
        return
    target = folder.resolve()  # a link stays a link
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.")) / "old"
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


def _fill(folder: Path, content: Iterable[tuple[str, bytes]]) -> int:
    number = 0
    for name, data in content:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        number += 1
    return number


def _content(graph: Graph, texts: TextLibrary | None, base_url: str) -> Iterator[tuple[str, bytes]]:
    """Each file with its content."""
    from kg.web.page_readers import Reader
    from kg.web.page_rendering import STATIC, Page, render
    from kg.web.site_pages import files

    reader = Reader(graph, state(graph), texts, is_static=True)
    every = list(files(reader))
    styles = sorted(path for path in STATIC.iterdir() if path.suffix in (".css", ".svg"))
    known = {address: each.name for each in every for address in each.addresses}
    known |= {f"/static/{path.name}": f"static/{path.name}" for path in styles}
    for path in styles:
        yield f"static/{path.name}", path.read_bytes()
    for each in every:
        made = each.make()
        if isinstance(made, Page):
            made = render(made, reader)
        if isinstance(made, str) and each.name.endswith((*_PAGES, ".svg")):
            made = relative(made, each.name, known)
        yield each.name, made if isinstance(made, bytes) else made.encode()
    if base_url:
        pages = sorted(each.name for each in every if each.name.endswith(_PAGES))
        yield "sitemap.xml", sitemap(pages, base_url).encode()
    yield MARK, b"Written by kg site, which replaces this folder when it is asked to write here again.\n"


def state(graph: Graph) -> str:
    """A name for the data of *graph*, the same for the same files: of what its named graphs were made."""
    from kg.store import Store

    if not isinstance(graph.store, Store):
        return ""
    seed = "\n".join(f"{name} {sha256}" for name, sha256 in sorted(graph.store.graphs().items()))
    return hashlib.sha256(seed.encode()).hexdigest()[:12]
