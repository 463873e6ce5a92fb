"""Own words: the texts are other people's, and no file of the project repeats nine words in a row of them."""

from __future__ import annotations

import html
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kg.corpora import read_corpus
from kg.errors import InputError
from kg.files import packaged_seeds
from kg.libraries import TextLibrary

ROOT = Path(__file__).parent.parent
RUN = 9
WORD = re.compile(r"[^\W_]+(?:['’‑-][^\W_]+)*")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules", "__pycache__"}


def words(text: str) -> list[str]:
    """The words of *text* as a reader sees them: without escapes, tags, marks and case."""
    seen = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    seen = re.sub(r"\\[nrt]", " ", seen)
    seen = html.unescape(re.sub(r"<[^<>]{1,200}>", " ", seen))
    return [word.casefold().replace("’", "'").replace("‑", "-") for word in WORD.findall(seen)]


def runs(found: list[str], length: int = RUN) -> Iterator[tuple[str, ...]]:
    return zip(*(found[start:] for start in range(length)), strict=False)


def without(found: list[str], titles: Iterable[list[str]]) -> list[str]:
    """Break *found* wherever a title stands; titles are metadata."""
    line = " " + " ".join(found) + " "
    for title in sorted(titles, key=len, reverse=True):
        line = line.replace(" " + " ".join(title) + " ", " | ")
    return line.split()


def project_files() -> list[Path]:
    """The files that git knows or would take; without git, all that are not made by tools."""
    command = ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        names = [name for name in listed.split("\0") if name]
        paths: Iterable[Path] = [ROOT / name for name in names]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in set(paths) if path.is_file())


def foreign_texts() -> list[str]:
    """The texts at hand that are not made up for this project."""
    own = ROOT.resolve()
    return [
        copy.path.read_text(encoding="utf-8", errors="replace")
        for copy in TextLibrary().copies()
        if own not in copy.path.resolve().parents
    ]


def repeated(text: str, known: set[tuple[str, ...]], titles: Iterable[list[str]] = ()) -> list[str]:
    return [" ".join(run) for run in runs(without(words(text), titles)) if run in known]


def titles_of_documents() -> list[list[str]]:
    try:
        return [words(each.document.title) for each in read_corpus([packaged_seeds()]).annotations]
    except InputError:
        return []


def test_no_file_repeats_nine_words_of_a_text() -> None:
    texts = foreign_texts()
    if not texts:
        pytest.skip("no texts are at hand: name their folder in KG_TEXTS, or add them with 'kg texts add'")
    known = {run for text in texts for run in runs(words(text))}
    titles = titles_of_documents()
    offences = []
    for path in project_files():
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        if found := repeated(text, known, titles):
            offences.append(f"{path.relative_to(ROOT)}: {len(found)} runs, the first: {found[0]}")
    assert not offences, "\n".join(offences)


MADE_UP = "The old ferry left the northern quay at noon, and “nobody” waved: it’s gone."


@pytest.mark.parametrize(
    "text",
    [
        MADE_UP,
        "x the OLD ferry, left the\n# northern quay at noon y",
        '{"gist": "Old ferry left\\nthe northern quay at noon, and\\u0020so on"}',
        "<p>ferry left the <b>northern</b> quay at noon, and &quot;nobody&quot;</p>",
        "northern quay at noon and nobody waved: it's gone",
    ],
)
def test_nine_words_are_seen_through_case_lines_escapes_and_tags(text: str) -> None:
    known = set(runs(words(MADE_UP)))
    assert repeated(text, known)


@pytest.mark.parametrize(
    "text", ["the old ferry left the northern quay at", "old ferry left the southern quay at noon and"]
)
def test_eight_words_in_a_row_are_no_repetition(text: str) -> None:
    known = set(runs(words(MADE_UP)))
    assert not repeated(text, known)


def test_a_title_is_metadata() -> None:
    known = set(runs(words(MADE_UP)))
    title = words(MADE_UP)[:10]
    assert repeated(" ".join(title), known)
    assert not repeated(" ".join(title), known, [title])


def test_texts_made_up_for_the_project_are_not_foreign(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KG_TEXTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KG_TEXTS", os.pathsep.join([str(ROOT / "tests/world/texts"), str(tmp_path)]))
    (tmp_path / "a.txt").write_text(MADE_UP, encoding="utf-8")
    assert foreign_texts() == [MADE_UP]
