"""What `kg chart` does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kg.charts.models import Chart
from kg.errors import ParameterError
from kg.files import write_whole

FIELDS = ("issue", "actor", "proposal", "document", "since", "until", "layer", "by")
"""The options of the command that are fields of a chart."""


def chart(arguments: argparse.Namespace) -> int:
    """Draw a chart to a file or to standard output: SVG, or a picture where the file is called .png."""
    from kg.charts.addresses import to_things
    from kg.charts.kinds import NUMBERS, from_words, make, svg
    from kg.charts.pictures import png, standalone
    from kg.graph import open_graph

    numbers = sorted({name for names in NUMBERS.values() for name in names})
    fields = [field for name in (*FIELDS, *numbers) for field in _fields(name, getattr(arguments, name))]
    scope, options = from_words(arguments.kind, fields)
    output: Path | None = arguments.output
    if output is not None and output.suffix.lower() not in (".svg", ".png"):
        raise ParameterError(f"{output}: a chart is written as .svg or .png; name the file so")
    with open_graph(arguments.store) as graph:
        graph.store.prepare()
        made = make(arguments.kind, graph, scope, **options)
    drawn = svg(made, href=to_things, room=arguments.width)
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        sys.stdout.write(standalone(drawn))
    else:
        picture = output.suffix.lower() == ".png"
        write_whole(output, [png(drawn, scale=arguments.scale) if picture else standalone(drawn)])
    for line in _told(made):
        print(line, file=sys.stderr)
    return 0


def _fields(name: str, given: object) -> list[tuple[str, str]]:
    values = given if isinstance(given, list) else [] if given is None else [given]
    return [(name, str(value)) for value in values]


def _told(made: Chart) -> list[str]:
    scope = f" ({made.scope})" if made.scope else ""
    return [f"{made.title}{scope}", *([made.note] if made.note else [])]
