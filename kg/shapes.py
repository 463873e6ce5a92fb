"""SHACL: check what the files say, or anybody's RDF, against the shapes of the ontology.

Data that breaks a shape is no error but a `Finding`. The shapes are compiled to functions;
what cannot be compiled, or meets data that two engines could read in two ways, is checked by
pySHACL instead (`kg.shacl_reference`), shape by shape. Whoever asks for the engine
`pyshacl` has everything checked by it: the findings are the same. So are they where the files are
checked part by part (`kg.shape_unions`), which all shapes allow that do not name their targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from typing import Literal as OneOf

from kg.corpora import Seeds
from kg.errors import Place
from kg.findings import Finding as Finding
from kg.findings import has_violations as has_violations
from kg.findings import in_order
from kg.foreign_rdf import read_rdf
from kg.lines import Lines, lies_in
from kg.quads import nquads, places, quads
from kg.rdflib_terms import to_term
from kg.records import Annotation, Corpus, Source
from kg.shacl_reference import check_graph, check_quads
from kg.shape_checks import Checked, check
from kg.shape_contexts import Context, background, rules_of
from kg.shape_parts import read_triples
from kg.shape_unions import Found, Map, Memory, check_parts, here
from kg.shape_units import AnyFile, ReadUnit, parts_of
from kg.terms import SHAPES, Names, Quad, token
from kg.triple_indexes import TripleIndex

if TYPE_CHECKING:
    from rdflib import Graph

ShapeEngine: TypeAlias = OneOf["compiled", "pyshacl"]
ENGINES: Final[tuple[ShapeEngine, ...]] = ("compiled", "pyshacl")

_WIDE: Final = frozenset([f"<{SHAPES}PlanPart-cycle>"])
"""The shapes that no file can be checked against alone: a guess, without which files are checked twice."""


def validate_seeds(
    seeds: Seeds,
    *,
    only: Sequence[Path | str] = (),
    shapes: Path | None = None,
    engine: ShapeEngine = "compiled",
    map_: Map = here,
    memory: Memory | None = None,
) -> tuple[Finding, ...]:
    """Check what the sources of *seeds* say together, each finding at the line that caused it.

    *only* keeps the findings in these files and folders; all of *seeds* is read for
    them all the same. *shapes* is a Turtle file instead of the ontology's own shapes.
    With the *engine* `pyshacl` the findings are the same, and come later. *map_* and *memory*
    are those of `kg.shape_unions.check_parts`.
    """
    base = [each for each in seeds.sources if not isinstance(each.content, Annotation)]
    context = context_of(base, seeds.corpus, shapes=shapes)
    if engine == "pyshacl" or not context.is_divisible:
        stated = [quad for each in seeds.sources for quad in quads(each, seeds.names, seeds.corpus)]
        at_once = check_stated(stated, shapes=shapes, engine=engine)
        whole: list[Found[ReadUnit]] = [Found(each, ()) for each in at_once]
        return placed(whole, seeds.sources, seeds.corpus, only=only)
    found = check_parts(context, parts_of(_units(seeds)), map_=map_, memory=memory)
    return placed(found, base, seeds.corpus, only=only)


def context_of(base: Iterable[Source], corpus: Corpus, *, shapes: Path | None = None) -> Context:
    """What all annotation files of a corpus are checked in the light of: its settings and registries."""
    names = Names(corpus.base)
    triples = tuple(each for source in base for each in read_triples(nquads(source, names, corpus)))
    settings = repr(corpus)  # the language of texts is that of the corpus
    return Context(triples=triples, base_iri=corpus.base, shapes=shapes, wide=_WIDE, digest=settings)


def _units(seeds: Seeds) -> Iterable[ReadUnit]:
    for source in seeds.sources:
        content = source.content
        if isinstance(content, Annotation):
            keys = (content.document.id, content.document.text.sha256)
            yield ReadUnit(source, seeds.corpus, keys)


def placed(
    found: Iterable[Found[AnyFile]],
    base: Sequence[Source],
    corpus: Corpus,
    *,
    only: Sequence[Path | str] = (),
) -> tuple[Finding, ...]:
    """The findings with their places, in order: those in the files and folders *only*, if there are any.

    Those that no unit tells of stand in the sources *base*.
    """
    chosen, names = {Path(path).resolve() for path in only}, Names(corpus.base)
    groups: dict[tuple[str, ...], list[Found[AnyFile]]] = {}
    for each in found:
        groups.setdefault(tuple(unit.path for unit in each.units), []).append(each)
    findings: list[Finding] = []
    for same in groups.values():
        lines = Lines()
        for source in [unit.source() for unit in same[0].units] or base:
            lines.add(quads(source, names, corpus), places(source, names, corpus))
        for each in same:
            finding = each.finding
            place = lines.find(finding.focus, finding.path, finding.value, among=chosen)
            if not chosen or (place and lies_in(place.path, chosen)):
                findings.append(replace(finding, place=place, source_file=place.path if place else ""))
    return in_order(findings)


def check_stated(
    stated: Sequence[Quad], *, shapes: Path | None = None, engine: ShapeEngine = "compiled"
) -> list[Finding]:
    """Check quads at once, in no particular order and without the lines that say them."""
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
    rules = rules_of(shapes)
    if rules is None:
        return None
    words, described = background()
    checked = check(rules, TripleIndex([*triples, *words]))
    found = tuple(finding for finding in checked.findings if token(finding.focus) not in described)
    return replace(checked, findings=found)
