"""Writes ``docs/questions.md``: every saved question, with its answer on the corpus in ``seeds/``.

Run it with ``make docs``. The page is made of the headers in ``queries/``, of the values in
``tests/answers-corpus/values.json`` and of the expected answers beside it, so that it shows what the tests
hold. A question that the corpus is not asked yet shows its answer on the small world of the tests.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.files import write_whole
from kg.headers import Parameter, SavedQuery
from kg.labels import CLASSES
from kg.queries import load_queries

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "questions.md"
MOST_ROWS: Final = 5
LONGEST_CELL: Final = 90
MOST_NAMES: Final = 2
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
_IRI: Final = re.compile("https?://")
_HASH: Final = re.compile("[0-9a-f]{64}")

_HEAD: Final = """\
# Questions

The {count} saved questions, by theme. Each has a command with its answer on the corpus in `seeds/` (its
first rows, and the whole of it as a file), what it takes, and the sentences that `kg ask` takes for it.
The answers are those that the tests expect. Names of things are shortened here, long cells are cut (…),
and columns that are empty throughout are left out; the file has everything.

In the sentences, `{{…}}` is a name or a date, `[…]` may be left out, and `(…|…)` is a choice. Times
such as “since May 2024” or “in 2024” are understood wherever a question has the parameters `since` and
`until`. *Near misses* says that `--near` tells [what the answer just leaves out](asking.md#near-
misses).

This page is written by `make docs`.
"""

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answers:
    """Expected answers: those on the *corpus*, with the values asked for, and those on the small *world*."""

    corpus: Path
    world: Path

    @property
    def values(self) -> Mapping[str, Values]:
        """What the corpus is asked, by the name of the answer: that of a question, or one with a variant."""
        found = self.corpus / "values.json"
        asked: Mapping[str, Values] = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {}
        return asked


def render(queries: Sequence[SavedQuery], answers: Answers) -> str:
    """Write the whole page."""
    themes: dict[str, list[SavedQuery]] = {}
    for query in sorted(queries, key=lambda query: (query.theme, query.name)):
        themes.setdefault(query.theme, []).append(query)
    contents = [f"- {theme}: {', '.join(map(_link, found))}" for theme, found in themes.items()]
    lines = [_HEAD.format(count=len(queries)), *contents]
    for theme, found in themes.items():
        lines += ["", f"## Theme: {theme}"]
        for query in found:
            lines += ["", *_describe(query, answers)]
    return "\n".join(lines) + "\n"


def _link(query: SavedQuery) -> str:
    return f"[{query.name}](#{query.name})"


def _describe(query: SavedQuery, answers: Answers) -> Iterator[str]:
    asked = answers.values
    values = asked.get(query.name)
    yield f"### {query.name}"
    near = " *Near misses.*" if query.near else ""
    yield f"\n**{_text(query.question)}** {_text(query.description)}{near}"
    if values is None:
        required = {param.name: param.example for param in query.params if param.default is None}
        yield f"\n```sh\n{_command(query, required)}\n```"
        yield from _answer(answers.world / f"{query.name}.csv", "On the small world of the tests:")
    else:
        yield f"\n```sh\n{_command(query, values)}\n```"
        yield from _answer(answers.corpus / f"{query.name}.csv", "")
    for name in sorted(name for name in asked if name.startswith(f"{query.name}.")):
        file = answers.corpus / f"{name}.csv"
        if file.exists():
            yield f"\nAlso `{_command(query, asked[name])}`: {_link_to(file, _rows(len(_read(file)) - 1))}."
    if query.params:
        yield "\n| parameter | takes | | for example |\n|---|---|---|---|"
        yield from (_parameter(param, values) for param in query.params)
    if query.ask:
        yield "\n" + "\n".join(f"- `{phrasing}`" for phrasing in query.ask)


def _command(query: SavedQuery, values: Values) -> str:
    words = ["kg", "query", query.name]
    for name, given in values.items():
        for value in [given] if isinstance(given, str) else given:
            words += ["--" + name.replace("_", "-"), value]
    return shlex.join(words)


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _link_to(file: Path, words: str) -> str:
    return f"[{words}](../tests/{file.parent.name}/{file.name})"


def _answer(file: Path, where: str) -> Iterator[str]:
    if file.exists():
        yield "\n" + "\n".join([*([where, ""] if where else []), *_table(file)])


def _option(param: Parameter) -> str:
    return param.name.replace("_", "-")


def _parameter(param: Parameter, values: Values | None) -> str:
    kind = param.type.removeprefix("st:").removeprefix("xsd:").lower()
    default = "" if param.default is None else f" (default: {_default(param)})"
    several = "one or several: " if param.many else ""
    given = (values or {}).get(param.name, ())
    # The examples in a header are of the small world, whose things the corpus does not know.
    example = () if values is not None and param.type in CLASSES else param.example
    shown = ([given] if isinstance(given, str) else given) or example
    cells = (f"`--{_option(param)}`", several + kind, param.about + default, ", ".join(shown))
    return f"| {' | '.join(map(_text, cells))} |"


def _default(param: Parameter) -> str:
    """The value where none is given; a bound that leaves no date out is no restriction."""
    value = ", ".join(param.default or ())
    return "any" if value in (FIRST_DAY, LAST_DAY) else value


def _read(answer: Path) -> list[list[str]]:
    with answer.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def _table(answer: Path) -> Iterator[str]:
    """The answer as a Markdown table: an entity by its label, any other IRI by the end of its path."""
    columns, *rows = _read(answer)
    if not rows:
        yield "No rows."
        return
    kept = [
        at
        for at, name in enumerate(columns)
        if f"{name}_label" not in columns and any(row[at] for row in rows)
    ]
    yield f"| {' | '.join(columns[at].removesuffix('_label') for at in kept)} |"
    yield "|" + "---|" * len(kept)
    for row in rows[:MOST_ROWS]:
        yield f"| {' | '.join(_text(_whole_or_short(columns[at], row[at])) for at in kept)} |"
    more = f"… and {len(rows) - MOST_ROWS:,} more: " if len(rows) > MOST_ROWS else ""
    yield f"\n{more}{_link_to(answer, _rows(len(rows)))}."


def _whole_or_short(column: str, cell: str) -> str:
    """A title stands whole: half of one is neither a name nor our own words."""
    return cell if column == "title" else _short(cell)


def _short(cell: str) -> str:
    """A cell as it is shown: names for IRIs, the first of many, and no more than fits a page."""
    names = [re.split("[/#]", word)[-1] for word in cell.split() if _IRI.match(word)]
    if names and len(names) == len(cell.split()):
        more = len(names) - MOST_NAMES
        return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    text = " ".join(re.split("[/#]", word)[-1] if _IRI.match(word) else word for word in cell.split())
    if _HASH.fullmatch(text):
        return text[:8] + "…"
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL].rsplit(" ", 1)[0].rstrip(" ,;|") + " …"


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")


def reference() -> str:
    """The page as it should be."""
    answers = Answers(corpus=ROOT / "tests" / "answers-corpus", world=ROOT / "tests" / "answers")
    return render(tuple(load_queries([ROOT / "queries"]).values()), answers)


def main() -> None:
    """Write the page."""
    write_whole(PAGE, [reference()])


if __name__ == "__main__":
    main()
