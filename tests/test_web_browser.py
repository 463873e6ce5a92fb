"""The pages in a browser: main paths clicked through, axe, keyboard, 360 px, dark, print, no console errors.

It needs chromium, node, and `npm ci` in tests/browser; where one of them is missing, the tests say so and
are skipped. With `KG_PICTURES=FOLDER` a picture of every page in every view is kept there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")

HERE = Path(__file__).parent / "browser"
CHECKS = (
    "axe, wide, light",
    "axe, wide, dark",
    "axe, 360 px",
    "no sideways scrolling, wide, light",
    "no sideways scrolling, wide, dark",
    "no sideways scrolling, 360 px",
    "nothing on the console, wide, light",
    "nothing on the console, wide, dark",
    "nothing on the console, 360 px",
    "from a question in words to the passage",
    "from a refusal to an answer",
    "a form is filled in and gives an address that can be passed on",
    "a table is sorted, its evidence with it",
    "a chart leads to its evidence",
    "a SPARQL query is answered below it",
    "plans are laid side by side",
    "everything works without scripts",
    "the keyboard reaches everything, and one sees where it is",
    "print has the content and no controls",
    "a static site works from files, without a server or scripts",
)


def _chromium() -> str:
    return next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), "")


def _missing() -> str:
    if not _chromium():
        return "there is no chromium (on Debian: apt install chromium)"
    if not shutil.which("node"):
        return "there is no node (on Debian: apt install nodejs npm)"
    if not (HERE / "node_modules" / "playwright-core").is_dir():
        return "playwright-core is not installed; run npm ci in tests/browser"
    return ""


@pytest.fixture(scope="module")
def url(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the small world, with its texts at hand."""
    from kg.corpora import read_corpus
    from kg.front import bring_up_to_date
    from tests.serving import in_thread

    folder = tmp_path_factory.mktemp("served")
    patch = pytest.MonkeyPatch()
    patch.setenv("KG_TEXTS", str(world / "texts"))
    patch.setenv("KG_TEXTS_HOME", str(folder / "home"))
    bring_up_to_date(read_corpus([world]), str(folder / "store"))
    try:
        with in_thread(folder / "store") as port:
            yield f"http://127.0.0.1:{port}"
    finally:
        patch.undo()


@pytest.fixture(scope="module")
def site(world_store, tmp_path_factory: pytest.TempPathFactory) -> Path:  # type: ignore[no-untyped-def]
    """The same as a static site."""
    from kg.graph import Graph
    from kg.web.sites import write_site

    folder = tmp_path_factory.mktemp("written") / "site"
    write_site(Graph(world_store), folder)
    return folder


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What is wrong, by check."""
    if missing := _missing():
        pytest.skip(f"not tested in a browser: {missing}")
    url, site = request.getfixturevalue("url"), request.getfixturevalue("site")
    command = ["node", "check.mjs", url, _chromium(), str(site), os.environ.get("KG_PICTURES", "")]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("check", CHECKS)
def test_in_a_browser(found: dict[str, list[str]], check: str) -> None:
    assert found[check] == []


def test_every_check_is_looked_at(found: dict[str, list[str]]) -> None:
    assert sorted(found) == sorted(CHECKS)
