"""What `kg export` and `kg cite` do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from kg.commands import UsageError, values_of
from kg.files import write_whole


def _write(text: Iterable[str], arguments: argparse.Namespace) -> None:
    if arguments.output is not None:
        write_whole(arguments.output, text)
        return
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.writelines(text)


def export(arguments: argparse.Namespace) -> int:
    """Write the graph for other tools: one text, or a folder of files."""
    from kg.forms import FOLDERS, WITHOUT, selection, write_files, write_text
    from kg.graph import open_graph

    form = arguments.format
    if form in FOLDERS and arguments.output is None:
        raise UsageError(f"{form} is a folder of files; say with -o DIR where it should be")
    without = [name for name in WITHOUT if getattr(arguments, f"no_{name}")]
    with open_graph(arguments.store) as graph:
        wanted = selection(
            graph.quads(),
            prefixes=graph.prefixes,
            graphs=arguments.graph,
            layers=arguments.layer,
            view=arguments.view,
            without=without,
            queries=graph.folders,
        )
    if form in FOLDERS:
        write_files(form, arguments.output, wanted)
    else:
        _write(write_text(form, wanted), arguments)
    return 0


def cite(arguments: argparse.Namespace) -> int:
    """Say how to cite the corpus, or one answer from it."""
    from kg.citations import CITATIONS, cite_answer, cite_dataset
    from kg.graph import open_graph
    from kg.queries import find_query
    from kg.tables import to_csv

    if arguments.rest and not arguments.name:
        raise UsageError(f"'{arguments.rest[0]}' belongs to a saved question; name the question first")
    with open_graph(arguments.store, timeout=arguments.timeout) as graph:
        citation = cite_dataset(graph.quads())
        if arguments.name:
            asked = graph.without_inferred() if arguments.without_inferred else graph
            values = values_of(arguments.rest, find_query(asked.queries, arguments.name))
            answered = asked.query(arguments.name, **values)
            table = asked.evidence(answered) if answered.query.shows_evidence else answered.table
            citation = cite_answer(
                citation,
                question=answered.question,
                name=arguments.name,
                values=values,
                rows=len(answered),
                csv=to_csv(table),
                without=("inferred",) if arguments.without_inferred else (),
            )
    _write([CITATIONS[arguments.format](citation)], arguments)
    return 0
