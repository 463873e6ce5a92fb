"""The library's front: open or build a graph, ask it, and take the answers elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg.errors import QueryError
from kg.evidence import with_evidence
from kg.files import queries_dir
from kg.headers import SavedQuery
from kg.labels import Labels, read_labels
from kg.near_misses import near_misses
from kg.queries import Bound, Given, Shelf, bind, find_query, known_queries, resolve
from kg.questions import NoMatch, Reading, consider
from kg.sparql_text import with_prefixes
from kg.store import Answer, Queryable, Store, open_store
from kg.tables import Table, View
from kg.terms import PREFIXES, Iri, Names, Quad, Term
from kg.workers import SECONDS

if TYPE_CHECKING:
    import rdflib

    from kg.corpora import Seeds
    from kg.forms import Selection

_CORPUS = f"SELECT ?corpus {{ ?corpus a <{PREFIXES['st']}Corpus> }} ORDER BY ?corpus"
_BASE_ENDS = "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to a saved question: the question as it was understood, its SPARQL text, its rows.

    *values* are the terms of all its parameters; none for one that restricts nothing. *note* says how many
    there are, where that was the question.
    """

    query: SavedQuery
    question: str
    sparql: str
    table: Table
    understood: tuple[Reading, ...] = ()
    values: Mapping[str, Bound] = field(default_factory=dict)
    note: str = ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Each row as a dict of plain Python values."""
        return iter(self.table.records())

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"<Answered {self.question!r}: {len(self)} rows of {', '.join(self.table.columns)}>"

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@dataclass(frozen=True)
class Graph:
    """A graph that can be asked; `open_graph` and `build_memory` make one.

    Queries see all graphs, the inferred one included; `without_inferred` leaves it out.
    """

    store: Queryable
    folders: tuple[Path, ...] = ()
    timeout: float = field(default=SECONDS, kw_only=True)

    # ------------------------------------------------------------ what there is

    @cached_property
    def queries(self) -> Shelf:
        """The saved questions, by name: the shipped ones, and those of a corpus of one's own."""
        return known_queries(self.folders)

    @cached_property
    def labels(self) -> Labels:
        """The names of everything in the graph."""
        return read_labels(self.store)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The fixed prefixes, and those of the corpus in the graph where there is just one."""
        found = [row[0] for row in self.store.select_here(_CORPUS)]
        if len(found) == 1 and isinstance(found[0], Iri):
            return Names(found[0].value.removesuffix(_BASE_ENDS)).prefixes()
        return PREFIXES

    def view(self, *, title: str = "") -> View:
        """How a table of this graph is shown to people."""
        return View(prefixes=self.prefixes, names=self.labels.names, title=title)

    # ------------------------------------------------------------ asking

    def ask(self, sentence: str) -> Answered:
        """Answer a question put in words, with the saved question that it means.

        Raises:
            QueryError: no saved question fits well enough (the nearest are named),
                or a name in it is unknown or ambiguous.
        """
        found = consider(sentence, self.queries, self.labels)
        if isinstance(found, NoMatch):
            unread = (f"not read: {problem}" for problem in self.queries.problems)
            raise QueryError("\n".join([found.explain(), *unread]))
        answered = self.query(found.query.name, **found.values)
        return Answered(
            query=answered.query,
            question=found.question,
            sparql=answered.sparql,
            table=answered.table,
            understood=found.readings,
            values=answered.values,
            note=_counted(answered.table) if found.counts else "",
        )

    def query(self, name: str, **values: Given) -> Answered:
        """Run the saved question *name*; a value is a slug, a label, an alias or an IRI.

        Raises:
            QueryError: there is no such question, a value does not fit, or it took too long.
        """
        query = find_query(self.queries, name)
        bound = resolve(query, values, self.labels)
        sparql = bind(query, bound)
        table = self.store.select(sparql, timeout=self.timeout)
        question = query.asked({key: self._called(bound[key]) for key in values})
        return Answered(query=query, question=question, sparql=sparql, table=table, values=bound)

    def _called(self, terms: Iterable[Term]) -> str:
        return ", ".join(self.labels.names.get(str(term), str(term)) for term in terms)

    def sparql(self, text: str, *, allow_network: bool = False) -> Answer:
        """Evaluate any SPARQL query: a table, a truth value, or sorted triples.

        The prefixes of Standpoint and of the corpus need no declaration.

        Raises:
            QueryError: it is malformed, refused, or took too long.
        """
        text = with_prefixes(text, self.prefixes)
        return self.store.answer(text, timeout=self.timeout, allow_network=allow_network)

    def near_misses(self, answered: Answered) -> Table:
        """Positions that an answer just leaves out, the nearest first; `why` says what keeps each out.

        Raises:
            QueryError: the question has no near misses, or it took too long.
        """
        return near_misses(
            answered.query,
            answered.values,
            answered.table,
            self.store,
            self.labels.names,
            timeout=self.timeout,
        )

    def evidence(self, answered: Answered) -> Table:
        """The rows of an answer with document, date, attribution, gist, modality, passage and link.

        Raises:
            QueryError: the rows of this question do not rest on single statements.
        """
        return self.with_evidence(answered.table, self.statement_of(answered))

    def statement_of(self, answered: Answered) -> str:
        """The column of an answer that holds the statements which its rows rest on.

        Raises:
            QueryError: the rows of this question do not rest on single statements.
        """
        if not answered.query.statement:
            raise QueryError(
                f"the rows of '{answered.query.name}' do not rest on single statements, so none has evidence "
                "of its own; ask for the positions behind them, for example with 'positions-of'"
            )
        return answered.query.statement

    def with_evidence(self, table: Table, column: str) -> Table:
        """The rows of *table* with the evidence of the statements in its *column*.

        Raises:
            QueryError: there is no such column.
        """
        return with_evidence(table, column, self.store)

    # ------------------------------------------------------------ elsewhere

    def quads(self) -> Iterator[Quad]:
        """All quads, in no particular order; of an endpoint, those of the graphs that were built there."""
        return self.store.quads()

    def without_inferred(self) -> Self:
        """The same graph as if nothing had been inferred."""
        return type(self)(self.store.without_inferred(), self.folders, timeout=self.timeout)

    def dataset(self) -> rdflib.Dataset:
        """The same data as a read-only `rdflib.Dataset`: live, or a copy of what is at an endpoint."""
        store = self.store if isinstance(self.store, Store) else Store.memory(self.store.quads())
        return store.dataset()

    def export(
        self,
        form: str,
        *,
        graphs: Sequence[str] = (),
        layers: Sequence[str] = (),
        view: str = "full",
        without: Sequence[str] = (),
    ) -> str:
        """The graph as text in *form*, one of `kg.forms.TEXTS`, such as turtle or gexf.

        *graphs* keeps only these named graphs, *layers* only codings of these layers; networks
        have the *view* full or discourse; *without* leaves out provenance or inferred.

        Raises:
            ExportError: the form is unknown, or does not have what is asked of it.
        """
        from kg.forms import write_text

        return "".join(write_text(form, self._selected(graphs, layers, view, without)))

    def export_folder(
        self,
        form: str,
        folder: Path | str,
        *,
        layers: Sequence[str] = (),
        view: str = "full",
        without: Sequence[str] = (),
    ) -> Path:
        """Write the graph in *form*, one of `kg.forms.FOLDERS`, such as parquet, to *folder*; the folder.

        An earlier export of the form there is replaced, whole or not at all; see `export`.

        Raises:
            ExportError: the form is unknown, or does not have what is asked of it.
            InputError: the folder holds something else, or cannot be written.
        """
        from kg.forms import write_files

        write_files(form, Path(folder), self._selected((), layers, view, without))
        return Path(folder)

    def _selected(
        self, graphs: Sequence[str], layers: Sequence[str], view: str, without: Sequence[str]
    ) -> Selection:
        from kg.forms import selection

        return selection(
            self.quads(),
            prefixes=self.prefixes,
            graphs=graphs,
            layers=layers,
            view=view,
            without=without,
            queries=self.folders,
        )

    def close(self) -> None:
        """End its processes; later builds may delete the snapshot it reads."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        size = f" of {len(self.store):,} quads" if isinstance(self.store, Store) else ""
        return f"<Graph{size}, {len(self.queries)} saved questions>"


def _counted(table: Table) -> str:
    """How many rows there are, and how many different things their first column of names has."""
    rows = f"{len(table):,} row{'' if len(table) == 1 else 's'}"
    name = next((name for name in table.columns if name.endswith("_label")), "")
    different = len(set(table.column(name))) if name else len(table)
    if different == len(table):
        return rows
    return f"{rows}, in which the {name.removesuffix('_label')} is one of {different:,}"


def open_graph(where: Path | str = "build/graph", *, timeout: float = SECONDS) -> Graph:
    """Open a built graph, or the SPARQL endpoint at a URL; a query may take *timeout* seconds.

    Saved questions in a folder `queries/` here are known as well as the shipped ones.

    Raises:
        StoreError: there is no graph, or it cannot be read.
    """
    if str(where).startswith(("http://", "https://")):
        from kg.mirrors import queryable
        from kg.remote import RemoteStore

        return Graph(queryable(RemoteStore(str(where))), own_queries(), timeout=timeout)
    return Graph(open_store(where), own_queries(), timeout=timeout)


def own_queries() -> tuple[Path, ...]:
    """The folder of one's own saved questions, if there is one here."""
    return _queries_of(Path())


def _queries_of(folder: Path) -> tuple[Path, ...]:
    """The folders of saved questions in *folder* and beside it."""
    found = (
        (folder / "queries", folder.resolve().parent / "queries") if folder != Path() else (Path("queries"),)
    )
    return tuple(own for own in found if own.is_dir() and own.resolve() != queries_dir().resolve())


def build_memory(seeds: Seeds, *, timeout: float = SECONDS) -> Graph:
    """Build a corpus in memory.

    Raises:
        InputError: the corpus has problems.
    """
    from kg import builds

    seeds.raise_problems()
    return graph_of(builds.build_memory(seeds), seeds.root, timeout=timeout)


def graph_of(store: Store, root: Path, *, timeout: float = SECONDS) -> Graph:
    """A graph of what was built into *store* from the corpus in the folder *root*, with its own questions."""
    return Graph(store, _queries_of(root), timeout=timeout)
