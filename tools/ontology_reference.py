"""Writes ``docs/ontology.md``: every term and every concept, with its definition.

Run it with ``make docs``. The page is made of the Turtle files in ``ontology/``; the browsable
reference with all axioms is what ``kg ontology docs`` writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from kg.files import ontology_dir, write_whole
from kg.terms import ST, brief
from kg.vocabularies import SCHEMES

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "ontology.md"
_KINDS: Final = (
    ("Classes", OWL.Class),
    ("Relations between things", OWL.ObjectProperty),
    ("Values of things", OWL.DatatypeProperty),
)

_HEAD: Final = """\
# Ontology

The terms of Standpoint (`st:`, OWL 2 DL) and its controlled vocabularies (SKOS), from the files in
[`ontology/`](../ontology). What nodes the data has, and how their IRIs are made, is in the
[architecture](architecture.md#the-graph). `kg ontology docs` writes the same as browsable pages with all
axioms, alignments and constraints; `kg ontology check` reasons over it with HermiT.

This page is written by `make docs`.
"""


def render(core: Graph, vocabularies: Graph) -> str:
    """Write the whole page."""
    lines = [_HEAD]
    for title, kind in _KINDS:
        terms = sorted({str(term) for term in core.subjects(RDF.type, kind) if str(term).startswith(ST)})
        lines += [
            f"## {title}",
            "",
            *_table(("term", "meaning", "example"), (_term(core, URIRef(term)) for term in terms)),
        ]
    for scheme, slugs in SCHEMES.items():
        node = URIRef(f"https://w3id.org/standpoint/{scheme}")
        lines += [f"## Vocabulary: {scheme}", "", f"{_said(vocabularies, node, SKOS.definition)}", ""]
        concepts = (_concept(vocabularies, URIRef(f"{node}/{slug}"), slug) for slug in slugs)
        lines += [*_table(("concept", "meaning", "example"), concepts)]
    return "\n".join(lines).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def _term(graph: Graph, term: Node) -> tuple[str, ...]:
    parents = sorted(
        f"`{brief(str(parent))}`"
        for parent in {*graph.objects(term, RDFS.subClassOf), *graph.objects(term, RDFS.subPropertyOf)}
        if isinstance(parent, URIRef)
    )
    under = f" ⊑ {', '.join(parents)}" if parents else ""
    return f"`{brief(str(term))}`{under}", _meaning(graph, term), _said(graph, term, SKOS.example)


def _concept(graph: Graph, node: URIRef, slug: str) -> tuple[str, ...]:
    return f"`{slug}`", _meaning(graph, node), _said(graph, node, SKOS.example)


def _meaning(graph: Graph, node: Node) -> str:
    note = _said(graph, node, SKOS.scopeNote)
    return _said(graph, node, SKOS.definition) + (f" *{note}*" if note else "")


def _said(graph: Graph, node: Node, predicate: URIRef) -> str:
    found = sorted(map(str, graph.objects(node, predicate)))
    if not found and predicate == SKOS.definition:
        found = sorted(map(str, graph.objects(node, DCTERMS.description)))
    return " ".join(" ".join(found).split())


def reference() -> str:
    """The page as it should be now."""
    folder = ontology_dir()
    core = Graph().parse(folder / "core.ttl", format="turtle")
    return render(core, Graph().parse(folder / "vocabularies.ttl", format="turtle"))


def main() -> None:
    """Write the page."""
    write_whole(PAGE, [reference()])


if __name__ == "__main__":
    main()
