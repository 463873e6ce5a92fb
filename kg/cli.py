"""The command line: words to calls.

Exit status: 0 all is well, 1 an error or a violation, 2 misuse. What a command does is in
`kg.commands` and its likes; here are only its words. What starts with every command is loaded with
every command, so nothing is imported here before it is known to be needed.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from kg import command_options as options
from kg.version import VERSION


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keep the layout of descriptions; name an option's value once."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)


def _add(commands: Sequence[_Command], parser: argparse.ArgumentParser, title: str, only: str | None) -> None:
    """Declare *commands* on *parser*, with the options of all of them or of the one named *only*."""
    sub = parser.add_subparsers(title=title, metavar="COMMAND", required=True)
    for name, run, text, declared in commands:
        command = sub.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", formatter_class=_Help
        )
        command.set_defaults(run=run, parser=command)
        for option in declared if only in (None, name) else ():
            option(command)


# ---------------------------------------------------------------- commands

_Options = Callable[[argparse.ArgumentParser], None]
_Command = tuple[str, str, str, tuple[_Options, ...]]
"""Name; module and function that run it; what it is for; what declares its options."""


def _texts(parser: argparse.ArgumentParser) -> None:
    _add(_TEXTS, parser, "commands", None)


def _ontology(parser: argparse.ArgumentParser) -> None:
    _add(_ONTOLOGY, parser, "commands", None)


_TEXTS: Sequence[_Command] = (
    ("add", "commands:texts_add", "make local copies known, outside the project", (options.files,)),
    ("list", "commands:texts_list", "which documents have a local copy", (options.paths,)),
)
_ONTOLOGY: Sequence[_Command] = (
    (
        "check",
        "commands:ontology_check",
        "reason over the ontology and the data (OWL 2 DL, HermiT)",
        (options.paths, options.ontology_check),
    ),
    (
        "docs",
        "commands:ontology_docs",
        "write a browsable HTML reference of the ontology",
        (options.ontology_docs,),
    ),
)
_COMMANDS: Sequence[_Command] = (
    ("init", "commands:init", "start a corpus of one's own", (options.init,)),
    (
        "validate",
        "validation_commands:validate",
        "check annotations against the shapes",
        (options.paths, options.output, options.workers, options.validate),
    ),
    (
        "anchor",
        "commands:anchor",
        "fill in positions, hashes and ids from quotes or end words",
        (options.files,),
    ),
    (
        "verify",
        "commands:verify",
        "check every passage against the local copies of the texts",
        (options.paths, options.verify),
    ),
    ("texts", "commands:texts_list", "local copies of the documents", (_texts,)),
    (
        "generate",
        "generate_commands:generate",
        "write a synthetic corpus, for measurements",
        (options.generate,),
    ),
    (
        "expand",
        "commands:expand",
        "write a file as JSON-LD with every IRI explicit",
        (options.output, options.expand),
    ),
    (
        "agreement",
        "commands:agreement",
        "how far the coders of a document agree, and where not",
        (options.paths, options.output, options.agreement),
    ),
    (
        "audit",
        "commands:audit",
        "list what deserves a second look",
        (options.paths, options.output, options.audit),
    ),
    (
        "build",
        "commands:build",
        "bring the graph up to date with the annotation files",
        (options.paths, options.directory, options.workers, options.build),
    ),
    (
        "queries",
        "commands:queries",
        "list the saved questions, or describe one",
        (options.output, options.queries),
    ),
    (
        "query",
        "commands:query",
        "run a saved question: kg query NAME --PARAM VALUE ...",
        (options.answer, options.near, options.query),
    ),
    ("ask", "commands:ask", "answer a question put in words", (options.answer, options.near, options.ask)),
    ("sparql", "commands:sparql", "run a SPARQL query", (options.answer, options.sparql)),
    (
        "chart",
        "charts.commands:chart",
        "draw a chart as SVG or PNG",
        (options.store, options.output, options.chart),
    ),
    ("serve", "web.serving:serve", "serve the graph: SPARQL, an API, pages", (options.serve,)),
    ("site", "web.sites:site", "write the pages as a static site", (options.site,)),
    (
        "export",
        "export_commands:export",
        "write the graph for other tools",
        (options.store, options.output, options.export),
    ),
    (
        "cite",
        "export_commands:cite",
        "how to cite the corpus, or an answer: kg cite [NAME --PARAM VALUE ...]",
        (options.store, options.output, options.cite),
    ),
    ("ontology", "commands:ontology_check", "check or document the ontology", (_ontology,)),
)
_WITH_PARAMETERS = ("query", "cite")
"""The commands whose other words are parameters of a saved question."""


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The command line as an argument parser: whole, or without the options of all commands but *only*."""
    top = argparse.ArgumentParser(
        prog="kg",
        formatter_class=_Help,
        description="Standpoint: a knowledge graph of actors, positions and claims, with evidence.",
        epilog="Exit status: 0 all is well, 1 an error or a violation, 2 misuse.",
    )
    top.add_argument("--version", action="version", version=f"standpoint {VERSION}")
    _add(_COMMANDS, top, "commands", only)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    # A command makes little garbage. To look for it takes a tenth of its time, and at its end once more.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    words = sys.argv[1:] if argv is None else argv
    name = next((word for word in words if not word.startswith("-")), "")
    top = parser(name)
    arguments, rest = top.parse_known_args(words)
    if rest and name not in _WITH_PARAMETERS:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    """Run the function behind a command, and turn what it raises into an exit status."""
    from kg.commands import UsageError
    from kg.errors import KgError

    module, _, function = arguments.run.partition(":")
    try:
        return int(getattr(import_module(f"kg.{module}"), function)(arguments))
    except UsageError as error:
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
