"""SHACL by pySHACL: the reference that the compiled shapes are compared with, and what they leave to it.

This is the door to pySHACL and to the rdflib graphs that it wants; it patches rdflib for
the whole process when it runs, so both are imported only when something is checked.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.exports import read_token
from kg.files import ontology_dir
from kg.findings import Finding
from kg.foreign_rdf import quiet
from kg.rdflib_terms import to_node, to_term
from kg.terms import PREFIXES, Quad, shrink

if TYPE_CHECKING:
    from rdflib import Graph

_SH: Final = PREFIXES["sh"]

# ---------------------------------------------------------------- one process or several

_WORTH_A_PROCESS: Final = 10_000  # quads; a process takes two seconds to start and to read them
_MOST_PROCESSES: Final = 8


def check_quads(
    stated: Sequence[Quad], *, shapes: Path | None = None, only: Collection[str] | None = None
) -> list[Finding]:
    """Check quads in as many processes as are worth it, against the shapes *only* (IRIs) or against all."""
    processes = min(os.cpu_count() or 1, len(stated) // _WORTH_A_PROCESS, _MOST_PROCESSES)
    if processes > 1 and only is None:
        return check_in_processes(stated, shapes=shapes, parts=processes)
    return check_here(stated, shapes=shapes, only=only)


def check_here(
    stated: Sequence[Quad],
    *,
    shapes: Path | None = None,
    only: Collection[str] | None = None,
    part: int = 0,
    parts: int = 1,
) -> list[Finding]:
    """Check quads in this process, against each *parts*-th of the shapes *only*, from number *part* on."""
    graph = _new_graph()
    with quiet():
        _fill(graph, stated)
    return _check(graph, shapes=shapes, only=only, part=part, parts=parts)


def check_in_processes(stated: Sequence[Quad], *, shapes: Path | None = None, parts: int) -> list[Finding]:
    """Check quads in so many processes, each with its share of the shapes and all of the data.

    They are fresh interpreters: a fork would take the locks of other threads along, and not the threads.
    """
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "task"
        task.write_bytes(pickle.dumps((list(map(tuple, stated)), shapes)))
        command = [
            sys.executable,
            "-c",
            "import sys; from kg.shacl_reference import serve; serve(*sys.argv[1:])",
        ]
        running = [
            subprocess.Popen([*command, str(task), str(part), str(parts)], stdout=subprocess.PIPE)
            for part in range(parts)
        ]
        try:
            answers = [process.communicate()[0] for process in running]
        finally:
            for process in running:
                process.kill()
    if any(process.returncode for process in running):
        raise RuntimeError("a process that checks shapes has failed; what it wrote stands above")
    return [finding for answer in answers for finding in pickle.loads(answer)]  # noqa: S301 - our own words


def serve(task: str, part: str, parts: str) -> None:
    """Check one part of the shapes; what `check_in_processes` starts."""
    stated, shapes = pickle.loads(Path(task).read_bytes())  # noqa: S301 - our own words
    found = check_here([Quad(*quad) for quad in stated], shapes=shapes, part=int(part), parts=int(parts))
    sys.stdout.buffer.write(pickle.dumps(found))


# ---------------------------------------------------------------- running pySHACL


@lru_cache(maxsize=1)
def _background() -> tuple[Graph, frozenset[Any]]:
    """The vocabularies and the subclasses that data leans on, and the nodes they describe."""
    from rdflib import RDFS, Graph, URIRef

    graph = Graph().parse(ontology_dir() / "vocabularies.ttl", format="turtle")
    described = frozenset(graph.subjects())
    for sub, over in Graph().parse(ontology_dir() / "core.ttl", format="turtle")[: RDFS.subClassOf :]:
        if isinstance(sub, URIRef) and isinstance(over, URIRef):
            graph.add((sub, RDFS.subClassOf, over))
    return graph, described


@lru_cache(maxsize=4)
def _shapes_graph(path: Path | None) -> Graph:
    from rdflib import Graph

    graph = Graph().parse(path or ontology_dir() / "shapes.ttl", format="turtle")
    # Other files tell what the shapes' own nodes are, such as labels; only the shapes matter here.
    return _untype_strings(graph)


@lru_cache(maxsize=1)
def _graph_type() -> type[Graph]:
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.query import Result

    @lru_cache(maxsize=256)
    def prepare(text: str) -> Query:
        return prepareQuery(text, initNs=PREFIXES)

    class PreparedGraph(Graph):
        """A graph that parses each query once.

        pySHACL asks the text of a SPARQL constraint anew for each focus node, and nine
        tenths of its time went into parsing that.
        """

        def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
            prepared = prepare(query_object) if isinstance(query_object, str) else query_object
            return super().query(prepared, *args, **kwargs)

    return PreparedGraph


def _new_graph() -> Graph:
    return _graph_type()()


def _untype_strings(graph: Graph) -> Graph:
    """Write ``"a"^^xsd:string`` as ``"a"``: the same literal (RDF 1.1, 3.3), but not to rdflib's `sh:in`."""
    from rdflib import XSD as RDFLIB_XSD
    from rdflib import Literal as RdflibLiteral

    for s, p, o in list(graph):
        if isinstance(o, RdflibLiteral) and o.datatype == RDFLIB_XSD.string:
            graph.remove((s, p, o))
            graph.add((s, p, RdflibLiteral(str(o))))
    return graph


def check_graph(
    found: Graph, *, shapes: Path | None = None, only: Collection[str] | None = None
) -> list[Finding]:
    """Check a graph of rdflib against the shapes *only*, or against all."""
    graph = _new_graph()
    for triple in found:
        graph.add(triple)
    return _check(graph, shapes=shapes, only=only)


def _check(
    graph: Graph,
    *,
    shapes: Path | None = None,
    only: Collection[str] | None = None,
    part: int = 0,
    parts: int = 1,
) -> list[Finding]:
    """Run the shapes over *graph*, which is changed, and read the results."""
    with quiet():
        from pyshacl import validate

        _look_up_parameters_by_hash()

        background, described = _background()
        rules = _shapes_graph(shapes)
        _untype_strings(graph)
        for triple in background:
            graph.add(triple)
        # No inference, no meta-shapes, nothing imported: what the files say is checked, as they say it.
        _, report, _ = validate(
            graph,
            shacl_graph=rules if only is None and parts == 1 else _share(rules, only, part, parts),
            inference="none",
            advanced=False,
            meta_shacl=False,
            inplace=True,
        )
        if isinstance(report, Exception):
            raise report
        return [_finding(report, node, rules) for node in _results(report, described)]


def _share(rules: Graph, only: Collection[str] | None, part: int, parts: int) -> Graph:
    """The shapes, of which each *parts*-th of *only* some keeps its targets (SHACL, 2.1.3)."""
    from rdflib import SH, Graph

    targets = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
    # Shapes with like names are about the same nodes: by their hash they spread over the parts.
    shapes = sorted(
        {s for s, p, _ in rules if p in targets and (only is None or str(s) in only)},
        key=lambda shape: hashlib.sha256(str(shape).encode()).digest(),
    )
    mine = set(shapes[part::parts])
    share = Graph(namespace_manager=rules.namespace_manager)  # pySHACL's own messages shorten IRIs by it
    for triple in rules:
        if triple[1] not in targets or triple[0] in mine:
            share.add(triple)
    return share


@lru_cache(maxsize=1)
def _look_up_parameters_by_hash() -> None:
    """Let pySHACL find a constraint's parameter by hash.

    It walks a list of some thirty for each triple of each shape, for each focus node: a quarter
    of its time. It keeps that list in its module, where this one is found instead.
    """
    from pyshacl import shape
    from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP

    class Parameters(list[Any]):
        known = frozenset(ALL_CONSTRAINT_PARAMETERS)

        def __contains__(self, item: object) -> bool:
            return item in self.known

    shape.CONSTRAINT_PARAMS = (Parameters(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)


def _results(report: Graph, described: Collection[Any]) -> Iterator[Any]:
    """The results of a report, without those inside others and those about the vocabularies."""
    from rdflib import SH

    for node in set(report.objects(None, SH.result)):
        if report.value(node, SH.focusNode) not in described:
            yield node


def _finding(report: Graph, node: Any, rules: Graph) -> Finding:
    from rdflib import SH

    def get(predicate: Any) -> Any:
        return report.value(node, predicate)

    value, path = get(SH.value), get(SH.resultPath)
    told = report if (path, None, None) in report else rules
    return Finding(
        shape=_named_shape(rules, get(SH.sourceShape)),
        message=" ".join(min(map(str, report.objects(node, SH.resultMessage)), default="").split()),
        severity=str(get(SH.resultSeverity)).removeprefix(_SH),
        focus=to_term(get(SH.focusNode)),
        path="" if path is None else _path(told, path),
        turtle_path="" if path is None else _turtle_path(told, path),
        value=None if value is None else to_term(value),
        constraint=shrink(str(get(SH.sourceConstraintComponent))),
    )


def _named_shape(rules: Graph, shape: Any) -> str:
    """The name of *shape*, or of the nearest shape around it that has one."""
    from rdflib import URIRef

    frontier, seen = [shape], set()
    while frontier:
        named = sorted(str(each) for each in frontier if isinstance(each, URIRef))
        if named:
            return shrink(named[0])
        seen |= set(frontier)
        frontier = [s for each in frontier for s in rules.subjects(None, each) if s not in seen]
    return ""


def _path(graph: Graph, node: Any) -> str:
    """Write a SHACL path as a SPARQL property path (SHACL, 2.3.1)."""
    from rdflib import SH, URIRef

    if isinstance(node, URIRef):
        return shrink(str(node))
    if parts := _list(graph, node):
        return "(" + "/".join(_path(graph, each) for each in parts) + ")"
    if either := _list(graph, graph.value(node, SH.alternativePath)):
        return "(" + "|".join(_path(graph, each) for each in either) + ")"
    if (inverse := graph.value(node, SH.inversePath)) is not None:
        return "^" + _path(graph, inverse)
    for name, mark in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        if (inner := graph.value(node, name)) is not None:
            return f"({_path(graph, inner)}){mark}"
    return ""


def _turtle_path(graph: Graph, node: Any) -> str:
    """Write a SHACL path as Turtle has it."""
    from rdflib import URIRef

    if isinstance(node, URIRef):
        short = shrink(str(node))
        return f"<{node}>" if short == str(node) else short
    if parts := _list(graph, node):
        return "( " + " ".join(_turtle_path(graph, each) for each in parts) + " )"
    inner = sorted((shrink(str(p)), _turtle_path(graph, o)) for p, o in graph.predicate_objects(node))
    return "[ " + " ; ".join(f"{p} {o}" for p, o in inner) + " ]"


def _list(graph: Graph, node: Any) -> list[Any]:
    from rdflib import RDF

    return list(graph.items(node)) if (node, RDF.first, None) in graph else []


# ---------------------------------------------------------------- terms


def _fill(graph: Graph, stated: Iterable[Quad]) -> None:
    known: dict[str, Any] = {}
    for quad in stated:
        for text in quad[:3]:
            if text not in known:
                known[text] = to_node(read_token(text))
        graph.add((known[quad.subject], known[quad.predicate], known[quad.object]))
