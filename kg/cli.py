"""The command line: words to calls.

Exit status: 0 all is well, 1 an error or a violation, 2 misuse. What a command does is in
`kg.commands`; here are only its words.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kg import commands, export_commands, generate_commands
from kg.charts import commands as chart_commands
from kg.errors import KgError
from kg.version import VERSION
from kg.web import serving, sites

STORE = Path("build/graph")
TABLES = ("table", "csv", "tsv", "sparql-json", "json", "markdown", "html")
CHECKS = (
    "untouched", "opposite-stances", "inferred-function", "near-actors", "near-proposals", "unused-entry",
    "unused-passage", "needless-reason",
)  # fmt: skip
FIGURES = ("table", "csv", "json", "markdown")
FINDINGS = ("text", "json", "sarif", "junit", "turtle")
SHAPE_ENGINES = ("compiled", "pyshacl")
EXPORTS = (
    "turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml", "turtle12", "nanopubs", "graphml", "gexf",
    "dot", "cypher", "csvw", "parquet", "neo4j", "rocrate",
)  # fmt: skip
CHARTS = ("matrix", "timeline", "network", "bars")
CHART_FIELDS = (
    ("issue", "ISSUE", "only proposals on this issue and narrower ones"),
    ("since", "DATE", "only what may have been held since then"),
    ("until", "DATE", "only what may have been held until then"),
    ("layer", "LAYER", "the layer of codings read (default: main)"),
    ("by", "WHAT", "bars by proposal, actor or stance"),
)
CHART_LISTS = (
    ("actor", "only this actor (may be given again)"),
    ("proposal", "only this proposal (may be given again)"),
    ("document", "only what this document reports (may be given again)"),
)
CHART_NUMBERS = (
    ("actors", "at most so many actors (matrix, network; default: 24)"),
    ("proposals", "at most so many proposals (matrix; default: 32)"),
    ("shared", "only proposals that so many of the actors take a stance on (matrix; default: 1)"),
    ("lanes", "at most so many pairs of actor and proposal (timeline; default: 24)"),
    ("edges", "at most so many connections (network; default: 50)"),
    ("bars", "at most so many bars (bars; default: 24)"),
)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keep the layout of descriptions; name an option's value once."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)


class _Commands:
    """Declares commands on a parser, each with its options and the function that runs it."""

    def __init__(self, parser: argparse.ArgumentParser, title: str = "commands") -> None:
        self._sub = parser.add_subparsers(title=title, metavar="COMMAND", required=True)

    def add(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str, *options: Callable[..., object]
    ) -> argparse.ArgumentParser:
        parser = self._sub.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", formatter_class=_Help
        )
        parser.set_defaults(run=run, parser=parser)
        for option in options:
            option(parser)
        return parser


def _paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="corpus folders or files (default: the corpus here, else the one that is shipped)",
    )


def _store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store",
        default=str(STORE),
        metavar="DIR",
        help=f"the built graph, or the URL of a SPARQL endpoint (default: {STORE})",
    )


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write to FILE, which is replaced whole or not at all",
    )


def _answer(parser: argparse.ArgumentParser) -> None:
    _store(parser)
    _output(parser)
    parser.add_argument(
        "--format", choices=TABLES, default="table", help="how to write the answer (default: table)"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="end the query after so long (default: 30)",
    )
    parser.add_argument(
        "--evidence", action="store_true", help="add passage, gist, attribution and link to every row"
    )
    parser.add_argument(
        "--without-inferred", action="store_true", help="leave the inferred statements out of account"
    )


def _near(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--near", action="store_true", help="add the near misses: what just fails to answer, and why"
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return value


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0 and up to 10000")
    return value


def parser() -> argparse.ArgumentParser:
    """The whole command line as an argument parser."""
    top = argparse.ArgumentParser(
        prog="kg",
        formatter_class=_Help,
        description="Standpoint: a knowledge graph of actors, positions and claims, with evidence.",
        epilog="Exit status: 0 all is well, 1 an error or a violation, 2 misuse.",
    )
    top.add_argument("--version", action="version", version=f"standpoint {VERSION}")
    add = _Commands(top).add
    _corpus_commands(add)
    _coder_commands(add)
    _graph_commands(add)
    ontology = add("ontology", commands.ontology_check, "check or document the ontology")
    _ontology_commands(ontology)
    return top


def _corpus_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("init", commands.init, "start a corpus of one's own").add_argument("folder", type=Path, metavar="DIR")
    validate = add("validate", commands.validate, "check annotations against the shapes", _paths, _output)
    validate.add_argument(
        "--format", choices=FINDINGS, default="text", help="how to write findings (default: text)"
    )
    validate.add_argument("--all", action="store_true", help="list mere information, too (text only)")
    validate.add_argument(
        "--engine", choices=SHAPE_ENGINES, default="compiled", help="who checks (default: compiled)"
    )
    validate.add_argument(
        "--rdf",
        type=Path,
        action="append",
        metavar="FILE",
        help="check a Turtle, TriG, N-Quads or JSON-LD file",
    )
    anchor = add("anchor", commands.anchor, "fill in positions, hashes and ids from quotes or end words")
    anchor.add_argument("files", nargs="+", type=Path, metavar="FILE")
    verify = add(
        "verify", commands.verify, "check every passage against the local copies of the texts", _paths
    )
    verify.add_argument(
        "--fix", action="store_true", help="write the new position of passages that have moved"
    )
    verify.add_argument("--all", action="store_true", help="list exact passages, too")
    texts = _Commands(add("texts", commands.texts_list, "local copies of the documents"))
    texts.add("add", commands.texts_add, "make local copies known, outside the project").add_argument(
        "files", nargs="+", type=Path, metavar="FILE"
    )
    texts.add("list", commands.texts_list, "which documents have a local copy", _paths)
    generate = add("generate", generate_commands.generate, "write a synthetic corpus, for measurements")
    generate_commands.options(generate)
    add("expand", commands.expand, "write a file as JSON-LD with every IRI explicit", _output).add_argument(
        "file", type=Path, metavar="FILE"
    )


def _coder_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    agreement = add(
        "agreement",
        commands.agreement,
        "how far the coders of a document agree, and where not",
        _paths,
        _output,
    )
    agreement.add_argument(
        "--table",
        choices=("finding", "coding", "disagreements"),
        help="only this table (default: all three)",
    )
    agreement.add_argument(
        "--format", choices=FIGURES, default="table", help="how to write the tables (default: table)"
    )
    agreement.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="LAYER",
        help="compare codings of this layer (may be given again; default: all but adjudicated ones)",
    )
    audit = add("audit", commands.audit, "list what deserves a second look", _paths, _output)
    audit.add_argument(
        "--check",
        action="append",
        default=[],
        choices=CHECKS,
        metavar="NAME",
        help=f"only what this check finds (may be given again): {', '.join(CHECKS)}",
    )
    audit.add_argument("--all", action="store_true", help="list what the files explain, too")


def _graph_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("build", commands.build, "bring the graph up to date with the annotation files", _paths, _directory)
    queries = add("queries", commands.queries, "list the saved questions, or describe one", _output)
    queries.add_argument("name", nargs="?", metavar="NAME")
    query = add(
        "query", commands.query, "run a saved question: kg query NAME --PARAM VALUE ...", _answer, _near
    )
    query.add_argument("name", metavar="NAME")
    query.add_argument("--show", action="store_true", help="print the SPARQL text that would run")
    ask = add("ask", commands.ask, "answer a question put in words", _answer, _near)
    ask.add_argument("sentence", nargs="+", metavar="WORDS")
    sparql = add("sparql", commands.sparql, "run a SPARQL query", _answer)
    sparql.add_argument("file", metavar="FILE", help="the query, or - for standard input")
    sparql.add_argument("--allow-network", action="store_true", help="let SERVICE reach the network")
    sparql.add_argument("--statement", metavar="VAR", help="the column that --evidence is shown for")
    _chart_command(add)
    serving.options(add("serve", serving.serve, "serve the graph: SPARQL, an API, pages"))
    sites.options(add("site", sites.site, "write the pages as a static site"))
    export = add("export", export_commands.export, "write the graph for other tools", _store, _output)
    export.add_argument("--format", choices=EXPORTS, default="turtle", help="(default: turtle)")
    export.add_argument(
        "--graph",
        action="append",
        default=[],
        metavar="IRI",
        help="only this named graph (may be given again)",
    )
    export.add_argument(
        "--no-provenance", action="store_true", help="leave out who coded what from which file"
    )
    export.add_argument("--no-inferred", action="store_true", help="leave out the inferred statements")
    export.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="LAYER",
        help="only codings of this layer (may be given again)",
    )
    export.add_argument(
        "--view",
        choices=("full", "discourse"),
        default="full",
        help="networks: all records, or actors and proposals with an edge for each position (default: full)",
    )
    _cite_command(add)


def _chart_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    chart = add("chart", chart_commands.chart, "draw a chart as SVG or PNG", _store, _output)
    chart.add_argument("kind", choices=CHARTS, metavar="KIND", help=", ".join(CHARTS))
    for name, metavar, text in CHART_FIELDS:
        chart.add_argument(f"--{name}", metavar=metavar, help=text)
    for name, text in CHART_LISTS:
        chart.add_argument(f"--{name}", action="append", metavar=name.upper(), help=text)
    for name, text in CHART_NUMBERS:
        chart.add_argument(f"--{name}", type=int, metavar="N", help=text)
    chart.add_argument("--width", type=_positive, default=960.0, metavar="PX", help="(default: 960)")
    chart.add_argument(
        "--scale", type=_positive, default=2.0, metavar="N", help="dots to a px of a .png (default: 2)"
    )


def _cite_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    about = "how to cite the corpus, or an answer: kg cite [NAME --PARAM VALUE ...]"
    cite = add("cite", export_commands.cite, about, _store, _output)
    cite.add_argument("name", nargs="?", metavar="NAME", help="a saved question (default: the whole corpus)")
    cite.add_argument(
        "--format", choices=("bibtex", "csl"), default="bibtex", help="BibTeX or CSL-JSON (default: bibtex)"
    )
    cite.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="end the query after so long (default: 30)",
    )
    cite.add_argument(
        "--without-inferred", action="store_true", help="leave the inferred statements out of account"
    )


def _directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store",
        default=str(STORE),
        metavar="DIR",
        help=f"where to build: a folder, or the URL of a SPARQL server (default: {STORE})",
    )


def _ontology_commands(parser: argparse.ArgumentParser) -> None:
    add = _Commands(parser).add
    check = add(
        "check", commands.ontology_check, "reason over the ontology and the data (OWL 2 DL, HermiT)", _paths
    )
    check.add_argument("--ontology", type=Path, metavar="DIR", help="another copy of the ontology folder")
    docs = add("docs", commands.ontology_docs, "write a browsable HTML reference of the ontology")
    docs.add_argument("--out", type=Path, default=Path("build/ontology"), metavar="DIR")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    top = parser()
    arguments, rest = top.parse_known_args(argv)
    if rest and arguments.run not in (commands.query, export_commands.cite):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return int(arguments.run(arguments))
    except commands.UsageError as error:
        arguments.parser.error(str(error))
        raise AssertionError("argparse has ended the program") from error
    except KgError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`kg … | head`); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"{error.filename or 'standard output'}: {error.strerror or error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
