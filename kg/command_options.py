"""The words that each command takes: what declares its options on a parser of arguments."""

from __future__ import annotations

import argparse

STORE = "build/graph"
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


# ---------------------------------------------------------------- options of several commands


def _path(text: str) -> object:
    """A path, for which no library is loaded before there is one."""
    from pathlib import Path

    return Path(text)


def paths(parser: argparse.ArgumentParser) -> None:
    """Corpus folders or files."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=_path,
        metavar="PATH",
        help="corpus folders or files (default: the corpus here, else the one that is shipped)",
    )


def store(parser: argparse.ArgumentParser) -> None:
    """Which graph is asked."""
    parser.add_argument(
        "--store",
        default=STORE,
        metavar="DIR",
        help=f"the built graph, or the URL of a SPARQL endpoint (default: {STORE})",
    )


def directory(parser: argparse.ArgumentParser) -> None:
    """Where the graph is built."""
    parser.add_argument(
        "--store",
        default=STORE,
        metavar="DIR",
        help=f"where to build: a folder, or the URL of a SPARQL server (default: {STORE})",
    )


def workers(parser: argparse.ArgumentParser) -> None:
    """Who does the work."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--jobs", type=_count, metavar="N", help="with so many processes (default: as many as it needs)"
    )
    group.add_argument("--scheduler", metavar="ADDRESS", help="on the Dask cluster whose scheduler is there")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on")
    return int(text)


def build(parser: argparse.ArgumentParser) -> None:
    """What `kg build` takes besides."""
    parser.add_argument(
        "--shards",
        type=_path,
        metavar="DIR",
        help="write N-Quads files for another engine into this folder, and build nothing",
    )


def output(parser: argparse.ArgumentParser) -> None:
    """Where the result goes."""
    parser.add_argument(
        "-o",
        "--output",
        type=_path,
        metavar="FILE",
        help="write to FILE, which is replaced whole or not at all",
    )


def answer(parser: argparse.ArgumentParser) -> None:
    """What all commands take that answer."""
    store(parser)
    output(parser)
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


def near(parser: argparse.ArgumentParser) -> None:
    """Whether near misses are wanted, too."""
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


# ---------------------------------------------------------------- options of one command


def init(parser: argparse.ArgumentParser) -> None:
    """What `kg init` takes."""
    parser.add_argument("folder", type=_path, metavar="DIR")


def validate(parser: argparse.ArgumentParser) -> None:
    """What `kg validate` takes besides."""
    parser.add_argument(
        "--format", choices=FINDINGS, default="text", help="how to write findings (default: text)"
    )
    parser.add_argument("--all", action="store_true", help="list mere information, too (text only)")
    parser.add_argument(
        "--engine", choices=SHAPE_ENGINES, default="compiled", help="who checks (default: compiled)"
    )
    parser.add_argument("--fresh", action="store_true", help="check files again that have not changed, too")
    parser.add_argument(
        "--rdf",
        type=_path,
        action="append",
        metavar="FILE",
        help="check a Turtle, TriG, N-Quads or JSON-LD file",
    )


def files(parser: argparse.ArgumentParser) -> None:
    """One file or more."""
    parser.add_argument("files", nargs="+", type=_path, metavar="FILE")


def verify(parser: argparse.ArgumentParser) -> None:
    """What `kg verify` takes besides."""
    parser.add_argument(
        "--fix", action="store_true", help="write the new position of passages that have moved"
    )
    parser.add_argument("--all", action="store_true", help="list exact passages, too")


def generate(parser: argparse.ArgumentParser) -> None:
    """What `kg generate` takes."""
    from kg.generate_commands import options

    options(parser)


def expand(parser: argparse.ArgumentParser) -> None:
    """What `kg expand` takes besides."""
    parser.add_argument("file", type=_path, metavar="FILE")


def _layers(parser: argparse.ArgumentParser, help_: str) -> None:
    parser.add_argument("--layer", action="append", default=[], metavar="LAYER", help=help_)


def agreement(parser: argparse.ArgumentParser) -> None:
    """What `kg agreement` takes besides."""
    parser.add_argument(
        "--table",
        choices=("finding", "coding", "disagreements"),
        help="only this table (default: all three)",
    )
    parser.add_argument(
        "--format", choices=FIGURES, default="table", help="how to write the tables (default: table)"
    )
    _layers(parser, "compare codings of this layer (may be given again; default: all but adjudicated ones)")


def audit(parser: argparse.ArgumentParser) -> None:
    """What `kg audit` takes besides."""
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        choices=CHECKS,
        metavar="NAME",
        help=f"only what this check finds (may be given again): {', '.join(CHECKS)}",
    )
    parser.add_argument("--all", action="store_true", help="list what the files explain, too")


def queries(parser: argparse.ArgumentParser) -> None:
    """What `kg queries` takes besides."""
    parser.add_argument("name", nargs="?", metavar="NAME")


def query(parser: argparse.ArgumentParser) -> None:
    """What `kg query` takes besides."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--show", action="store_true", help="print the SPARQL text that would run")


def ask(parser: argparse.ArgumentParser) -> None:
    """What `kg ask` takes besides."""
    parser.add_argument("sentence", nargs="+", metavar="WORDS")


def sparql(parser: argparse.ArgumentParser) -> None:
    """What `kg sparql` takes besides."""
    parser.add_argument("file", metavar="FILE", help="the query, or - for standard input")
    parser.add_argument("--allow-network", action="store_true", help="let SERVICE reach the network")
    parser.add_argument("--statement", metavar="VAR", help="the column that --evidence is shown for")


def chart(parser: argparse.ArgumentParser) -> None:
    """What `kg chart` takes besides."""
    parser.add_argument("kind", choices=CHARTS, metavar="KIND", help=", ".join(CHARTS))
    for name, metavar, text in CHART_FIELDS:
        parser.add_argument(f"--{name}", metavar=metavar, help=text)
    for name, text in CHART_LISTS:
        parser.add_argument(f"--{name}", action="append", metavar=name.upper(), help=text)
    for name, text in CHART_NUMBERS:
        parser.add_argument(f"--{name}", type=int, metavar="N", help=text)
    parser.add_argument("--width", type=_positive, default=960.0, metavar="PX", help="(default: 960)")
    parser.add_argument(
        "--scale", type=_positive, default=2.0, metavar="N", help="dots to a px of a .png (default: 2)"
    )


def serve(parser: argparse.ArgumentParser) -> None:
    """What `kg serve` takes."""
    from kg.web.serving import options

    options(parser)


def site(parser: argparse.ArgumentParser) -> None:
    """What `kg site` takes."""
    from kg.web.sites import options

    options(parser)


def export(parser: argparse.ArgumentParser) -> None:
    """What `kg export` takes besides."""
    parser.add_argument("--format", choices=EXPORTS, default="turtle", help="(default: turtle)")
    parser.add_argument(
        "--graph",
        action="append",
        default=[],
        metavar="IRI",
        help="only this named graph (may be given again)",
    )
    parser.add_argument(
        "--no-provenance", action="store_true", help="leave out who coded what from which file"
    )
    parser.add_argument("--no-inferred", action="store_true", help="leave out the inferred statements")
    _layers(parser, "only codings of this layer (may be given again)")
    parser.add_argument(
        "--view",
        choices=("full", "discourse"),
        default="full",
        help="networks: all records, or actors and proposals with an edge for each position (default: full)",
    )


def cite(parser: argparse.ArgumentParser) -> None:
    """What `kg cite` takes besides."""
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a saved question (default: the whole corpus)"
    )
    parser.add_argument(
        "--format", choices=("bibtex", "csl"), default="bibtex", help="BibTeX or CSL-JSON (default: bibtex)"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="end the query after so long (default: 30)",
    )
    parser.add_argument(
        "--without-inferred", action="store_true", help="leave the inferred statements out of account"
    )


def ontology_check(parser: argparse.ArgumentParser) -> None:
    """What `kg ontology check` takes besides."""
    parser.add_argument("--ontology", type=_path, metavar="DIR", help="another copy of the ontology folder")


def ontology_docs(parser: argparse.ArgumentParser) -> None:
    """What `kg ontology docs` takes."""
    parser.add_argument("--out", type=_path, default="build/ontology", metavar="DIR")
