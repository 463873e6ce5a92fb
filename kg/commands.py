"""What the commands do: read the words, call the library, write the result.

Libraries are imported where they are used, so that `kg --help` starts at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Problem, QueryError

if TYPE_CHECKING:
    from kg.builds import Progress
    from kg.corpora import Seeds
    from kg.graph import Answered, Graph
    from kg.headers import SavedQuery
    from kg.libraries import TextLibrary
    from kg.surveys import FileSurvey
    from kg.tables import Table


class UsageError(Exception):
    """The words of a command do not fit together: exit status 2."""


def say(*lines: object) -> None:
    """Tell a person how it went; the result itself goes to standard output."""
    for line in lines:
        print(line, file=sys.stderr)


def write_out(text: str | Iterable[str], output: Path | None) -> None:
    """Write a result to a file, whole or not at all, or to standard output."""
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        sys.stdout.writelines([text] if isinstance(text, str) else text)
        return
    from kg.files import write_whole

    write_whole(output, [text] if isinstance(text, str) else text)


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


# ---------------------------------------------------------------- annotations


def init(arguments: argparse.Namespace) -> int:
    """Start a corpus of one's own."""
    from kg.corpora import init_corpus

    for path in init_corpus(arguments.folder):
        print(path)
    return 0


def read_files(paths: Sequence[Path]) -> Seeds:
    """Read a corpus; the one that is shipped where there is none here, which is told."""
    from kg.corpora import read_corpus

    seeds = read_corpus(paths)
    tell_shipped(paths, seeds)
    return seeds


def tell_shipped(paths: Sequence[Path], seeds: Seeds) -> None:
    """Tell that the corpus is the one that is shipped, where nobody has named it."""
    from kg.files import packaged_seeds

    if not paths and seeds.root.resolve() == packaged_seeds().resolve() != Path("seeds").resolve():
        say(f"no corpus here, so this is the one that comes with Standpoint: {seeds.corpus.title}")


def _open_texts() -> TextLibrary:
    from kg.libraries import TextLibrary

    library = TextLibrary()
    say(*(f"KG_TEXTS names {path}, which does not exist: check its spelling" for path in library.missing))
    return library


def anchor(arguments: argparse.Namespace) -> int:
    """Fill in positions, hashes and ids; a file with a problem stays as it is."""
    from kg.texts import anchor_file

    library = _open_texts()
    problems: list[Problem] = []
    for file in arguments.files:
        try:
            print(f"{file}: {anchor_file(file, library)}")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Check every passage against the local copies of the texts."""
    from kg.texts import reanchor_file
    from kg.texts import verify as verify_seeds

    library = _open_texts()
    seeds = read_files(arguments.paths)
    checks = verify_seeds(seeds, library)
    if arguments.fix:
        for file in sorted({check.file for check in checks if check.state == "moved"}):
            print(f"{file}: {reanchor_file(file, library)}")
        checks = verify_seeds(read_files(arguments.paths), library)
    for check in checks:
        if arguments.all or check.state != "exact":
            print(check)
    states = [check.state for check in checks]
    say(", ".join(f"{states.count(state):,} {state}" for state in dict.fromkeys(states)) or "no passages")
    seeds.raise_problems()
    return int(any(state != "exact" for state in states))


def texts_add(arguments: argparse.Namespace) -> int:
    """Make local copies of documents known."""
    from kg.texts import TextLibrary

    for text in TextLibrary().add(arguments.files):
        print(text)
    return 0


def texts_list(arguments: argparse.Namespace) -> int:
    """Say which documents have a local copy."""
    library = _open_texts()
    for annotation in read_files(arguments.paths).annotations:
        document = annotation.document
        found = library.find(document.text.sha256)
        print(f"{document.id}: {found or 'not at hand'}")
    return 0


def expand(arguments: argparse.Namespace) -> int:
    """Write one annotation file as JSON-LD."""
    import json

    from kg.jsonld import expand_source

    seeds = read_files([arguments.file])
    seeds.raise_problems()
    wanted = arguments.file.resolve()
    source = next((each for each in seeds.sources if (seeds.root / each.path).resolve() == wanted), None)
    if source is None:
        raise UsageError(f"{arguments.file} is no file of annotations, a registry or settings")
    document = expand_source(source, seeds.names, seeds.corpus)
    write_out(json.dumps(document, ensure_ascii=False, indent=2) + "\n", arguments.output)
    return 0


# ---------------------------------------------------------------- coders


def agreement(arguments: argparse.Namespace) -> int:
    """Compare the codings of documents that were coded more than once."""
    from kg.agreements import report, tables

    if arguments.format == "csv" and not arguments.table:
        raise UsageError("CSV holds one table; say which with --table")
    seeds = read_files(arguments.paths)
    seeds.raise_problems()
    found = tables(seeds, layers=arguments.layer, only=arguments.table)
    write_out(report(found, arguments.format), arguments.output)
    return 0


def audit(arguments: argparse.Namespace) -> int:
    """List what deserves a second look and is not explained."""
    from kg.audits import audit_corpus

    found = audit_corpus(arguments.paths, _open_texts(), checks=arguments.check)
    told = found.items if arguments.all else found.left
    write_out("".join(f"{item}\n" for item in told), arguments.output)
    for document in found.without_text:
        say(f"{document}: its text is not at hand, so nobody looked for untouched stretches in it")
    hint = " (--all lists them)" if len(told) < len(found.items) else ""
    explained = len(found.items) - len(found.left)
    say(f"{counted(len(found.left), 'thing')} to look at, {explained:,} explained{hint}")
    return int(bool(found.left))


# ---------------------------------------------------------------- the graph


def build(arguments: argparse.Namespace) -> int:
    """Bring the graph up to date."""
    from kg.front import bring_up_to_date, survey, workers

    with survey(arguments.paths, workers(arguments.jobs, arguments.scheduler)) as found:
        tell_shipped(arguments.paths, found.base)
        progress = tell_progress if sys.stderr.isatty() else None
        if arguments.shards is not None:
            return _write_shards(found, arguments.shards, progress)
        report = bring_up_to_date(found, arguments.store, progress=progress, check=lambda told: say(*told))
    print(f"{arguments.store}: {report}")
    return int(bool(report.problems))


def _write_shards(found: FileSurvey, folder: Path, progress: Progress | None) -> int:
    from kg.builds import say_nothing
    from kg.nquad_shards import write_shards

    print(f"{folder}: {write_shards(found, folder, progress=progress or say_nothing)}")
    return 0


def tell_progress(done: int, total: int, what: str) -> None:
    """Tell on one line of the terminal how far a command is."""
    end = "\n" if done == total else ""
    print(f"\r\x1b[K{done:,} of {total:,}  {what[:60]}", end=end, file=sys.stderr, flush=True)


def queries(arguments: argparse.Namespace) -> int:
    """List the saved questions by theme, or describe one."""
    from kg.files import queries_dir
    from kg.graph import own_queries
    from kg.queries import find_query, read_queries

    known = read_queries((queries_dir(), *own_queries()))
    if arguments.name:
        write_out(_describe(find_query(known, arguments.name)), arguments.output)
        return 0
    width = max(map(len, known), default=0)
    lines: list[str] = []
    for theme in dict.fromkeys(
        query.theme for query in sorted(known.values(), key=lambda q: (q.theme, q.name))
    ):
        lines += ["", theme] if lines else [theme]
        lines += [f"  {q.name:{width}}  {q.question}" for q in known.values() if q.theme == theme]
    write_out("\n".join(lines) + "\n", arguments.output)
    say(*known.problems)
    return int(bool(known.problems))


def _describe(query: SavedQuery) -> str:
    lines = [query.question, "", query.description.strip(), ""]
    for param in query.params:
        default = f"default {', '.join(param.default)}" if param.default is not None else "required"
        lines.append(f"  --{param.name.replace('_', '-')}  {param.type}, {default}: {param.about}")
        # The examples of things named in a corpus are of the small world of the documentation.
        named = "a slug, label, alias or IRI" if param.type.startswith("st:") else ""
        lines.append(f"      {named or 'for example ' + ', '.join(param.example)}")
    lines += ["", *(f"kg ask {phrasing!r}" for phrasing in query.ask)]
    return "\n".join(lines).strip() + "\n"


def query(arguments: argparse.Namespace) -> int:
    """Run a saved question with its parameters."""
    from kg.queries import find_query

    with _open(arguments) as graph:
        saved = find_query(graph.queries, arguments.name)
        values = values_of(arguments.rest, saved)
        if not arguments.show:
            return _answer(graph, graph.query(arguments.name, **values), arguments)
        from kg.queries import bind, resolve

        write_out(bind(saved, resolve(saved, values, graph.labels)).rstrip() + "\n", arguments.output)
        return 0


def values_of(words: Sequence[str], saved: SavedQuery) -> dict[str, str | list[str]]:
    """Read ``--param value`` or ``--param=value`` for the parameters of *saved*."""
    values: dict[str, list[str]] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        name = name.replace("-", "_")
        if not word.startswith("--") or saved.param(name) is None:
            known = ", ".join("--" + param.name.replace("_", "-") for param in saved.params)
            raise UsageError(f"'{word}' is no parameter of {saved.name}; it takes {known or 'none'}")
        if not equals:
            if not rest:
                raise UsageError(f"{word} needs a value")
            value = rest.pop(0)
        values.setdefault(name, []).append(value)
    return {name: given if len(given) > 1 else given[0] for name, given in values.items()}


def ask(arguments: argparse.Namespace) -> int:
    """Answer a question put in words, saying how it was understood."""
    with _open(arguments) as graph:
        answered = graph.ask(" ".join(arguments.sentence))
        say(
            f"{answered.question}  [{answered.query.name}]",
            *(f"  {reading}" for reading in answered.understood),
            *([f"  {answered.note}"] if answered.note else []),
            "",
        )
        return _answer(graph, answered, arguments)


def sparql(arguments: argparse.Namespace) -> int:
    """Run any SPARQL query."""
    from kg.tables import Table, write

    text = sys.stdin.read() if arguments.file == "-" else _text(Path(arguments.file))
    with _open(arguments) as graph:
        found = graph.sparql(text, allow_network=arguments.allow_network)
        if isinstance(found, Table):
            if arguments.evidence:
                found = graph.with_evidence(found, arguments.statement or _statement_column(found))
            said = write(found, arguments.format, view=graph.view())
            write_out(said if said.endswith("\n") else said + "\n", arguments.output)
        elif isinstance(found, bool):
            write_out(f"{str(found).lower()}\n", arguments.output)
        else:
            from kg.exports import export_triples

            write_out(export_triples(found, prefixes=graph.prefixes), arguments.output)
    return 0


def _statement_column(table: Table) -> str:
    for name in ("position", "claim", "part", "statement"):
        if name in table.columns:
            return name
    raise UsageError(
        "--evidence needs --statement VAR: the column that holds positions, claims or plan parts"
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file}: not UTF-8 ({error.reason} at byte {error.start})") from error


# ---------------------------------------------------------------- answers


def _open(arguments: argparse.Namespace) -> Graph:
    from kg.graph import open_graph

    graph = open_graph(arguments.store, timeout=arguments.timeout)
    graph.store.prepare()
    return graph.without_inferred() if arguments.without_inferred else graph


def _answer(graph: Graph, answered: Answered, arguments: argparse.Namespace) -> int:
    """Write the rows of a saved question, with evidence where it is asked for or on by default."""
    from kg.answers import written
    from kg.near_misses import no_near_misses

    shows = arguments.evidence or answered.query.shows_evidence
    statement = graph.statement_of(answered) if shows else ""
    near = graph.near_misses(answered) if arguments.near and answered.query.near else None
    write_out(written(graph, answered, arguments.format, statement=statement, near=near), arguments.output)
    if arguments.near and near is None:
        say(no_near_misses(answered.query))
    elif near is None and not len(answered.table) and answered.query.near:
        missed = len(graph.near_misses(answered))  # an empty answer is easily taken for more than it says
        if missed:
            say(f"nothing fits exactly; --near shows what comes near ({missed})")
    return 0


# ---------------------------------------------------------------- the ontology


def ontology_check(arguments: argparse.Namespace) -> int:
    """Reason over the ontology, with the data in."""
    from kg.files import ontology_dir
    from kg.quads import quads
    from kg.reasoning import check_ontology

    seeds = read_files(arguments.paths)
    seeds.raise_problems()
    stated = (quad for source in seeds.sources for quad in quads(source, seeds.names, seeds.corpus))
    report = check_ontology(arguments.ontology or ontology_dir(), stated)
    print(report)
    return int(not report.is_sound)


def ontology_docs(arguments: argparse.Namespace) -> int:
    """Write the HTML reference of the ontology."""
    from kg.files import ontology_dir
    from kg.reasoning import write_reference

    print(write_reference(ontology_dir(), arguments.out))
    return 0
