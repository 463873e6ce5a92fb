"""Every form in which a graph can be exported: what each takes, and the way to each.

The forms of RDF are in `kg.exports`; the others are made of records and so need
the registries, whatever part of the graph is wanted. A form is one text, or a
folder of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from kg import exports
from kg.exports import ExportError
from kg.files import ontology_dir, queries_dir
from kg.layers import only_layers
from kg.networks import VIEWS, Network, network
from kg.record_tables import RecordTables, record_tables
from kg.terms import PREFIXES, Quad

WITHOUT: Final = ("provenance", "inferred")
"""What can be left out."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What of a graph is exported: *quads* are the whole of it.

    *graphs* (IRIs) keeps only these named graphs, *layers* only codings of these
    layers; *without* is of `WITHOUT`, *view* of `kg.networks.VIEWS`. *queries* are
    folders with more saved questions than the shipped ones.
    """

    quads: Sequence[Quad]
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)
    graphs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    view: str = "full"
    without: frozenset[str] = frozenset()
    queries: tuple[Path, ...] = ()

    @cached_property
    def with_provenance(self) -> list[Quad]:
        """The quads that are wanted, provenance still among them."""
        quads = only_layers(self.quads, self.layers) if self.layers else list(self.quads)
        return exports.without_inferred(quads) if "inferred" in self.without else quads

    @cached_property
    def wanted(self) -> list[Quad]:
        """The quads that are wanted."""
        quads = self.with_provenance
        return exports.without_provenance(quads) if "provenance" in self.without else quads

    @cached_property
    def tables(self) -> RecordTables:
        """The records that are wanted."""
        tables = record_tables(self.with_provenance)
        return tables.without_provenance() if "provenance" in self.without else tables

    @property
    def network(self) -> Network:
        """The network that is wanted."""
        return network(self.tables, self.view, layers=self.layers)


# ---------------------------------------------------------------- one text


def _rdf(form: str) -> Callable[[Selection], Iterator[str]]:
    def write(wanted: Selection) -> Iterator[str]:
        return exports.export(wanted.wanted, form=form, prefixes=wanted.prefixes, graphs=wanted.graphs)

    return write


def _graphml(wanted: Selection) -> Iterator[str]:
    from kg.network_exports import graphml

    return graphml(wanted.network)


def _gexf(wanted: Selection) -> Iterator[str]:
    from kg.network_exports import gexf

    return gexf(wanted.network)


def _dot(wanted: Selection) -> Iterator[str]:
    from kg.network_exports import dot

    return dot(wanted.network)


def _cypher(wanted: Selection) -> Iterator[str]:
    from kg.property_graphs import cypher

    return cypher(wanted.network)


def _reified(wanted: Selection) -> Iterator[str]:
    from kg.reifiers import reified

    return reified(wanted.wanted, prefixes=wanted.prefixes)


def _nanopubs(wanted: Selection) -> Iterator[str]:
    from kg.nanopublications import nanopub_trig

    if "provenance" in wanted.without:
        raise ExportError("a nanopublication is made of an assertion and its provenance; export them with it")
    return nanopub_trig(exports.without_inferred(wanted.with_provenance), prefixes=wanted.prefixes)


TEXTS: Final[Mapping[str, Callable[[Selection], Iterator[str]]]] = {
    **{form: _rdf(form) for form in exports.FORMS},
    "turtle12": _reified,
    "nanopubs": _nanopubs,
    "graphml": _graphml,
    "gexf": _gexf,
    "dot": _dot,
    "cypher": _cypher,
}
"""The forms that are one text."""

# ---------------------------------------------------------------- a folder of files

Files = Mapping[str, str | bytes]
"""The content of a folder by path in it."""


def _csvw(wanted: Selection) -> Files:
    from kg.table_exports import csvw

    corpus = wanted.tables.corpus
    return csvw(wanted.tables, title=str(corpus["title"] or ""), license_=str(corpus["license"] or ""))


def _parquet(wanted: Selection) -> Files:
    from kg.table_exports import parquet

    return parquet(wanted.tables)


def _neo4j(wanted: Selection) -> Files:
    from kg.property_graphs import neo4j

    return neo4j(wanted.network)


def _rocrate(wanted: Selection) -> Files:
    from kg.citations import cite_dataset
    from kg.crates import crate

    folders = (queries_dir(), *wanted.queries)
    found = {file.name: file for folder in folders for file in sorted(folder.glob("*.rq"))}
    return crate(
        wanted.wanted,
        wanted.tables,
        citation=cite_dataset(wanted.quads),
        queries=[found[name] for name in sorted(found)],
        ontology=sorted(ontology_dir().glob("*.ttl")),
        prefixes=wanted.prefixes,
    )


FOLDERS: Final[Mapping[str, tuple[str, Callable[[Selection], Files]]]] = {
    "csvw": ("csv-metadata.json", _csvw),
    "parquet": ("tables.json", _parquet),
    "neo4j": ("import.args", _neo4j),
    "rocrate": ("ro-crate-metadata.json", _rocrate),
}
"""The forms that are a folder of files: the file that tells an export of this form, and how to make it."""

NETWORKS: Final = ("graphml", "gexf", "dot", "cypher", "neo4j")
"""The forms that have views."""


def write_text(form: str, wanted: Selection) -> Iterator[str]:
    """The export of *wanted* in *form*, in pieces of text.

    Raises:
        ExportError: the form is unknown or a folder, cannot say what the graph says, or
            does not have what *wanted* asks of it.
    """
    if form in FOLDERS:
        raise ExportError(f"{form} is a folder of files; say where it should be")
    _refuse_misfits(form, wanted)
    return TEXTS[form](wanted)


def write_files(form: str, folder: Path, wanted: Selection) -> None:
    """Write the export of *wanted* in *form*, a key of `FOLDERS`, to *folder*, whole or not at all.

    Raises:
        ExportError: as with `write_text`.
        InputError: the folder holds something else, or cannot be written.
    """
    from kg.folders import write_folder

    if form in TEXTS:
        raise ExportError(f"{form} is one text, not a folder of files; {', '.join(FOLDERS)} are folders")
    _refuse_misfits(form, wanted)
    marker, make = FOLDERS[form]
    write_folder(folder, make(wanted), marker=marker)


def _refuse_misfits(form: str, wanted: Selection) -> None:
    if form not in TEXTS and form not in FOLDERS:
        raise ExportError(f"no form of export is called {form!r}; there are {', '.join((*TEXTS, *FOLDERS))}")
    if wanted.graphs and form not in exports.FORMS:
        rdf = ", ".join(exports.FORMS)
        raise ExportError(
            f"{form} is made of records, which may stand in several graphs; choose layers instead, or {rdf}"
        )
    if wanted.view not in VIEWS:
        raise ExportError(f"no view is called {wanted.view!r}; there are {', '.join(VIEWS)}")
    if wanted.view != "full" and form not in NETWORKS:
        raise ExportError(f"{form} has no views; {', '.join(NETWORKS)} have")


def selection(
    quads: Iterable[Quad],
    *,
    prefixes: Mapping[str, str] = PREFIXES,
    graphs: Iterable[str] = (),
    layers: Iterable[str] = (),
    view: str = "full",
    without: Iterable[str] = (),
    queries: Iterable[Path] = (),
) -> Selection:
    """Choose what of *quads* is exported; see `Selection`.

    Raises:
        ExportError: what is to be left out is none of `WITHOUT`.
    """
    for unknown in sorted(set(without) - set(WITHOUT)):
        raise ExportError(f"{unknown!r} cannot be left out; {' and '.join(WITHOUT)} can")
    return Selection(
        quads=list(quads),
        prefixes=prefixes,
        graphs=tuple(graphs),
        layers=tuple(layers),
        view=view,
        without=frozenset(without),
        queries=tuple(queries),
    )
