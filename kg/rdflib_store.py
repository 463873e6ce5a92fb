"""The quads of an embedded store as a live, read-only `rdflib.Dataset`.

Every pattern goes straight to the engine. A plain literal comes back plain, not typed
``xsd:string``, so that it equals the one that rdflib parses from a file, and `sh:in`
works. Import lazily: rdflib takes its time.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, NoReturn, TypeAlias

import pyoxigraph
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, ConjunctiveGraph
from rdflib.store import Store
from rdflib.term import Node

from kg.engine import Engine
from kg.errors import StoreError
from kg.terms import PREFIXES, XSD

_Triple: TypeAlias = tuple[Node, Node, Node]
_Pattern: TypeAlias = tuple[Node | None, Node | None, Node | None]
_Named: TypeAlias = pyoxigraph.NamedNode | pyoxigraph.BlankNode
_Term: TypeAlias = _Named | pyoxigraph.Literal

_STRING = XSD + "string"


def dataset(engine: Engine, *, hidden: str = "") -> Dataset:
    """Wrap *engine*; the default graph is the union of all, save the one named *hidden*."""
    found = LiveDataset(store=EngineStore(engine, hidden=hidden), default_union=True)
    for prefix, namespace in PREFIXES.items():
        found.bind(prefix, namespace)
    return found


class LiveDataset(Dataset):
    """A dataset that does not warn of the old names that rdflib 7.6 itself still reads."""

    @property
    def default_context(self) -> Graph:
        """The default graph, which rdflib reads by this name on every pattern."""
        return self._default_context

    @default_context.setter
    def default_context(self, graph: Graph) -> None:
        self._default_context = graph

    def contexts(self, triple: Any = None) -> Generator[Graph, None, None]:
        """The graphs, which rdflib's own SPARQL and serialisers ask for by this name."""
        yield from self.graphs(triple)


class EngineStore(Store):
    """An rdflib store that reads through Oxigraph; whoever writes to it gets a `StoreError`."""

    context_aware = True
    graph_aware = True

    def __init__(self, engine: Engine, *, hidden: str = "") -> None:
        super().__init__()
        self._engine = engine
        self._hidden = pyoxigraph.NamedNode(hidden) if hidden else None
        self._namespaces: dict[str, URIRef] = {}

    # ------------------------------------------------------------ reading

    def triples(
        self, triple_pattern: Any, context: Graph | None = None
    ) -> Iterator[tuple[_Triple, Iterator[Graph | None]]]:
        """Each triple that matches once, with the graphs it stands in."""
        graph = self._graph_name(context)
        seen: set[_Triple] = set()
        for quad in self._quads(triple_pattern, graph):
            triple = _node(quad.subject), _node(quad.predicate), _node(quad.object)
            if graph is None:
                if triple in seen:
                    continue
                seen.add(triple)
            yield triple, self._contexts_of(quad, graph, context)

    def _quads(
        self, pattern: _Pattern, graph: _Named | pyoxigraph.DefaultGraph | None
    ) -> Iterator[pyoxigraph.Quad]:
        try:
            subject, predicate, object_ = (None if node is None else _term(node) for node in pattern)
        except (TypeError, ValueError):  # neither IRI, blank node nor literal, or malformed: matches nothing
            return
        if isinstance(subject, pyoxigraph.Literal) or not isinstance(predicate, pyoxigraph.NamedNode | None):
            return
        for quad in self._engine.quads_for_pattern(subject, predicate, object_, graph):
            if quad.graph_name != self._hidden:
                yield quad

    def _contexts_of(
        self, quad: pyoxigraph.Quad, graph: _Named | pyoxigraph.DefaultGraph | None, context: Graph | None
    ) -> Iterator[Graph | None]:
        if graph is not None:
            yield context
            return
        for other in self._engine.quads_for_pattern(quad.subject, quad.predicate, quad.object, None):
            if other.graph_name != self._hidden:
                yield self._graph(other.graph_name)

    def _graph(self, name: Any) -> Graph:
        is_default = isinstance(name, pyoxigraph.DefaultGraph)
        return Graph(store=self, identifier=DATASET_DEFAULT_GRAPH_ID if is_default else URIRef(name.value))

    @staticmethod
    def _graph_name(context: Graph | None) -> _Named | pyoxigraph.DefaultGraph | None:
        if context is None or isinstance(context, ConjunctiveGraph):
            return None
        if context.identifier == DATASET_DEFAULT_GRAPH_ID:
            return pyoxigraph.DefaultGraph()
        name = _term(context.identifier)
        return pyoxigraph.DefaultGraph() if isinstance(name, pyoxigraph.Literal) else name

    def contexts(self, triple: Any = None) -> Generator[Graph, None, None]:
        """The named graphs, or those that *triple* stands in."""
        if triple is None or triple == (None, None, None):
            names: Any = (name for name in self._engine.named_graphs() if name != self._hidden)
        else:
            names = dict.fromkeys(quad.graph_name for quad in self._quads(triple, None))
        for name in names:
            yield self._graph(name)

    def __len__(self, context: Graph | None = None) -> int:
        """How many different triples there are."""
        return sum(1 for _ in self.triples((None, None, None), context))

    # ------------------------------------------------------------ prefixes

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:  # noqa: FBT001, FBT002 - theirs
        """Remember *prefix*, in this object only."""
        if override or prefix not in self._namespaces:
            self._namespaces = {old: iri for old, iri in self._namespaces.items() if iri != namespace}
            self._namespaces[prefix] = URIRef(namespace)

    def prefix(self, namespace: URIRef) -> str | None:
        """The prefix of *namespace*."""
        return next((prefix for prefix, iri in self._namespaces.items() if iri == namespace), None)

    def namespace(self, prefix: str) -> URIRef | None:
        """The namespace of *prefix*."""
        return self._namespaces.get(prefix)

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        """All prefixes."""
        yield from list(self._namespaces.items())

    # ------------------------------------------------------------ writing: refused

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise StoreError(
            "the dataset is read-only; copy it to a graph of your own, or change the files and build"
        )

    add = addN = remove = remove_graph = update = _refuse  # noqa: N815 - theirs

    def add_graph(self, graph: Graph) -> None:
        """Do nothing: rdflib announces every graph that is asked for."""


def _node(term: Any) -> Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype))
    raise StoreError(f"rdflib has no term such as {term}")


def _term(node: Node) -> _Term:
    if isinstance(node, URIRef):
        return pyoxigraph.NamedNode(str(node))
    if isinstance(node, BNode):
        return pyoxigraph.BlankNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return pyoxigraph.Literal(str(node), language=node.language)
        datatype = pyoxigraph.NamedNode(str(node.datatype or _STRING))
        return pyoxigraph.Literal(str(node), datatype=datatype)
    raise TypeError(node)
