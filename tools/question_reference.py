"""Writes ``docs/questions.md``: every saved question, with its answer on the test world.

Run it with ``make docs``. The page is made of the headers in ``queries/`` and of the expected
answers in ``tests/answers/``, so that it shows what the tests hold.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.files import write_whole
from kg.headers import Parameter, SavedQuery
from kg.queries import load_queries

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "questions.md"
MOST_ROWS: Final = 5
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
_IRI: Final = re.compile("https?://")

_HEAD: Final = """\
# Questions

The saved questions, by theme. Each has a command, the sentences that `kg ask` takes for it, and an answer.
The answers are those of [the small world](../tests/world) that the tests use: two cities, Eastport and
Westport, and what they want of the harbour between them. Names of things are shortened here; with
`--format csv` they are written out. In the sentences, `{…}` is a name or a date, `[…]` may be left out, and
`(…|…)` is a choice. Times such as “since May 2024” or “in 2024” are understood wherever a question has the
parameters `since` and `until`.

This page is written by `make docs`.
"""


def render(queries: Sequence[SavedQuery], answers: Path) -> str:
    """Write the whole page; *answers* is the folder with the expected answers."""
    themes: dict[str, list[SavedQuery]] = {}
    for query in sorted(queries, key=lambda query: (query.theme, query.name)):
        themes.setdefault(query.theme, []).append(query)
    contents = [f"- {theme}: {', '.join(map(_link, found))}" for theme, found in themes.items()]
    lines = [_HEAD, *contents]
    for theme, found in themes.items():
        lines += ["", f"## Theme: {theme}"]
        for query in found:
            lines += ["", *_describe(query, answers / f"{query.name}.csv")]
    return "\n".join(lines) + "\n"


def _link(query: SavedQuery) -> str:
    return f"[{query.name}](#{query.name})"


def _describe(query: SavedQuery, answer: Path) -> Iterator[str]:
    yield f"### {query.name}"
    yield f"\n**{_text(query.question)}** {_text(query.description)}"
    if query.params:
        yield "\n| parameter | takes | | for example |\n|---|---|---|---|"
        yield from map(_parameter, query.params)
    if query.ask:
        yield "\n" + "\n".join(f"- `{phrasing}`" for phrasing in query.ask)
    given = [param for param in query.params if param.default is None]
    words = [f"--{_option(param)} {value}" for param in given for value in param.example]
    yield f"\n```sh\n{' '.join(['kg query', query.name, *words])}\n```"
    if answer.exists():
        yield "\n" + "\n".join(_table(answer))


def _option(param: Parameter) -> str:
    return param.name.replace("_", "-")


def _parameter(param: Parameter) -> str:
    kind = param.type.removeprefix("st:").removeprefix("xsd:").lower()
    default = "" if param.default is None else f" (default: {_default(param)})"
    several = "one or several: " if param.many else ""
    cells = (f"`--{_option(param)}`", several + kind, param.about + default, ", ".join(param.example))
    return f"| {' | '.join(map(_text, cells))} |"


def _default(param: Parameter) -> str:
    """The value where none is given; a bound that leaves no date out is no restriction."""
    value = ", ".join(param.default or ())
    return "any" if value in (FIRST_DAY, LAST_DAY) else value


def _table(answer: Path) -> Iterator[str]:
    """The answer as a Markdown table: an entity by its label, any other IRI by the end of its path."""
    with answer.open(encoding="utf-8", newline="") as opened:
        columns, *rows = csv.reader(opened)
    if not rows:
        yield "No rows."
        return
    kept = [at for at, name in enumerate(columns) if f"{name}_label" not in columns]
    yield f"| {' | '.join(columns[at].removesuffix('_label') for at in kept)} |"
    yield "|" + "---|" * len(kept)
    for row in rows[:MOST_ROWS]:
        yield f"| {' | '.join(_text(_short(row[at])) for at in kept)} |"
    if len(rows) > MOST_ROWS:
        yield f"\n… and {len(rows) - MOST_ROWS} more."


def _short(cell: str) -> str:
    return " ".join(re.split("[/#]", word)[-1] if _IRI.match(word) else word for word in cell.split())


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")


def reference() -> str:
    """The page as it should be."""
    return render(tuple(load_queries([ROOT / "queries"]).values()), ROOT / "tests" / "answers")


def main() -> None:
    """Write the page."""
    write_whole(PAGE, [reference()])


if __name__ == "__main__":
    main()
