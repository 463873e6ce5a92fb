"""SHACL: check what the files say, or anybody's RDF, against the shapes of the ontology.

Data that breaks a shape is no error but a `Finding`. The shapes are compiled to functions and
to whole-graph queries; what cannot be compiled, or meets data that two engines could read in
two ways, is checked by pySHACL instead (`kg.shacl_reference`), shape by shape. Whoever asks
for the engine `pyshacl` has everything checked by it: the findings are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from typing import Literal as OneOf

from kg import engine as engines
from kg.corpora import Seeds
from kg.errors import Place, StoreError
from kg.files import ontology_dir
from kg.findings import Finding as Finding
from kg.findings import has_violations as has_violations
from kg.findings import in_order
from kg.foreign_rdf import read_rdf
from kg.lines import Lines, lies_in
from kg.quads import places, quads
from kg.rdflib_terms import to_term
from kg.shacl_reference import check_graph, check_quads
from kg.shape_checks import Checked, check
from kg.shape_graphs import ShapeGraph, UnsupportedShapeError
from kg.shape_rules import Rules, compile_rules
from kg.terms import Quad, token
from kg.triple_indexes import SUBCLASS, TripleIndex

if TYPE_CHECKING:
    from rdflib import Graph

ShapeEngine: TypeAlias = OneOf["compiled", "pyshacl"]
ENGINES: Final[tuple[ShapeEngine, ...]] = ("compiled", "pyshacl")


def validate_seeds(
    seeds: Seeds,
    *,
    only: Sequence[Path | str] = (),
    shapes: Path | None = None,
    engine: ShapeEngine = "compiled",
) -> tuple[Finding, ...]:
    """Check what the sources of *seeds* say together, each finding at the line that caused it.

    *only* keeps the findings in these files and folders; all of *seeds* is read for
    them all the same. *shapes* is a Turtle file instead of the ontology's own shapes.
    With the *engine* `pyshacl` the findings are the same, and come later.
    """
    everything: list[Quad] = []
    lines = Lines()
    for source in seeds.sources:
        stated = quads(source, seeds.names, seeds.corpus)
        everything += stated
        lines.add(stated, places(source, seeds.names, seeds.corpus))
    chosen = {Path(path).resolve() for path in only}
    found = []
    for finding in check_stated(everything, shapes=shapes, engine=engine):
        place = lines.find(finding.focus, finding.path, finding.value, among=chosen)
        if not chosen or (place and lies_in(place.path, chosen)):
            found.append(replace(finding, place=place, source_file=place.path if place else ""))
    return in_order(found)


def check_stated(
    stated: Sequence[Quad], *, shapes: Path | None = None, engine: ShapeEngine = "compiled"
) -> list[Finding]:
    """Check quads, in no particular order and without the lines that say them."""
    checked = None if engine == "pyshacl" else _compiled((quad[:3] for quad in stated), shapes)
    if checked is None:
        return check_quads(stated, shapes=shapes)
    left = check_quads(stated, shapes=shapes, only=checked.left) if checked.left else []
    return [*checked.findings, *left]


def validate_rdf(
    path: Path | str, *, shapes: Path | None = None, engine: ShapeEngine = "compiled"
) -> tuple[Finding, ...]:
    """Check anybody's RDF file against the same shapes; its form follows from its suffix.

    Raises:
        InputError: the file cannot be read or is not well formed, or a JSON-LD
            document names a context that is not ours (nothing is fetched).
    """
    file, graph = Path(path).as_posix(), read_rdf(Path(path))
    checked = None if engine == "pyshacl" else _compiled_graph(graph, shapes)
    found = list(checked.findings) if checked else []
    if checked is None or checked.left:
        found += check_graph(graph, shapes=shapes, only=checked.left if checked else None)
    return in_order(replace(finding, place=Place(file), source_file=file) for finding in found)


# ---------------------------------------------------------------- the compiled shapes


_PLAIN_LABEL: Final = re.compile(r"_:[A-Za-z0-9]+")


def _compiled_graph(graph: Graph, shapes: Path | None) -> Checked | None:
    """What the compiled shapes say of *graph*, if it has names only that N-Quads can write."""
    try:
        triples = [tuple(token(to_term(node)) for node in triple) for triple in graph]
    except ValueError:
        return None
    if not all(_PLAIN_LABEL.fullmatch(text) for triple in triples for text in triple if text[0] == "_"):
        return None
    return _compiled(((s, p, o) for s, p, o in triples), shapes)


def _compiled(triples: Iterable[tuple[str, str, str]], shapes: Path | None) -> Checked | None:
    """What the compiled shapes say of *triples*, the vocabularies left out, if they can be compiled."""
    rules = _rules(shapes)
    if rules is None:
        return None
    background, described = _background()
    checked = check(rules, TripleIndex([*triples, *background]))
    found = tuple(finding for finding in checked.findings if token(finding.focus) not in described)
    return replace(checked, findings=found)


@lru_cache(maxsize=4)
def _rules(shapes: Path | None) -> Rules | None:
    try:
        return compile_rules(ShapeGraph(engines.turtle(shapes or ontology_dir() / "shapes.ttl")))
    except (UnsupportedShapeError, StoreError):
        return None


@lru_cache(maxsize=1)
def _background() -> tuple[list[tuple[str, str, str]], frozenset[str]]:
    """The vocabularies and the subclasses that data leans on, and the nodes they describe."""
    triples: list[tuple[str, str, str]] = [*engines.turtle(ontology_dir() / "vocabularies.ttl")]
    described = frozenset(subject for subject, _, _ in triples)
    core = engines.turtle(ontology_dir() / "core.ttl")
    triples += [
        each for each in core if each.predicate == SUBCLASS and each.subject[0] == each.object[0] == "<"
    ]
    return triples, described
