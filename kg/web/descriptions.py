"""What the server says of itself and its data: SPARQL 1.1 Service Description, VoID, DCAT.

All nodes have IRIs: fragments of the address that the description is found at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from starlette.types import Receive, Scope, Send

from kg.errors import KgError
from kg.exports import export_triples
from kg.streams import NotAcceptableError
from kg.terms import PREFIXES, XSD, Iri, Literal, token
from kg.web import negotiation
from kg.web.problems import CORS, RefusedError, header, send_error, send_whole
from kg.web.requests import origin
from kg.web.settings import Settings
from kg.web.summaries import Summaries, Summary

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
_DC: Final = PREFIXES["dcterms"]
_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_PREFIXES: Final = {**PREFIXES, "sd": SD, "void": VOID, "dcat": DCAT, "format": FORMATS}

_RESULTS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads", "N3",
)  # fmt: skip
_INPUTS: Final = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads", "N3")
_WRITERS: Final = {"turtle": "turtle", "ntriples": "ntriples", "rdfxml": "rdfxml", "jsonld": "jsonld"}
_OTHERS: Final = {"trig": "turtle", "n3": "turtle", "nquads": "ntriples"}  # the same, without named graphs

Statement = tuple[str, str, str]
"""Three N-Triples tokens."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A subject to say things of."""

    iri: str

    def a(self, *classes: str) -> Iterator[Statement]:
        return self.links(_RDF_TYPE, classes)

    def links(self, predicate: str, objects: Iterable[str]) -> Iterator[Statement]:
        for each in objects:
            if each:
                yield token(Iri(self.iri)), token(Iri(predicate)), token(Iri(each))

    def says(self, predicate: str, text: str) -> Iterator[Statement]:
        if text:
            yield token(Iri(self.iri)), token(Iri(predicate)), token(Literal(text))

    def counts(self, predicate: str, number: int) -> Iterator[Statement]:
        if number >= 0:
            literal = Literal(str(number), XSD + "integer")
            yield token(Iri(self.iri)), token(Iri(predicate)), token(literal)


def service(endpoint: str, summary: Summary, settings: Settings) -> list[Statement]:
    """Describe the endpoint (SPARQL 1.1 Service Description, section 3)."""
    node, dataset, default = _Node(endpoint), _Node(f"{endpoint}#dataset"), _Node(f"{endpoint}#default")
    languages = [f"{SD}SPARQL10Query", f"{SD}SPARQL11Query"]
    features = [f"{SD}UnionDefaultGraph", f"{SD}EmptyGraphs"]
    if settings.is_writable:
        languages.append(f"{SD}SPARQL11Update")
    if settings.services:
        features.append(f"{SD}BasicFederatedQuery")
    found = [
        *node.a(f"{SD}Service"),
        *node.links(f"{SD}endpoint", [endpoint]),
        *node.links(f"{SD}supportedLanguage", languages),
        *node.links(f"{SD}feature", features),
        *node.links(f"{SD}resultFormat", (FORMATS + name for name in _RESULTS)),
        *node.links(f"{SD}inputFormat", (FORMATS + name for name in _INPUTS if settings.is_writable)),
        *node.links(f"{SD}defaultDataset", [dataset.iri]),
        *dataset.a(f"{SD}Dataset"),
        *dataset.links(f"{SD}defaultGraph", [default.iri]),
        *default.a(f"{SD}Graph", f"{VOID}Dataset"),
        *default.counts(f"{VOID}triples", summary.triples),
    ]
    for number, (iri, triples) in enumerate(summary.graphs.items(), start=1):
        named, graph = _Node(f"{endpoint}#named-{number}"), _Node(f"{endpoint}#graph-{number}")
        found += [
            *dataset.links(f"{SD}namedGraph", [named.iri]),
            *named.a(f"{SD}NamedGraph"),
            *named.links(f"{SD}name", [iri]),
            *named.links(f"{SD}graph", [graph.iri]),
            *graph.a(f"{SD}Graph", f"{VOID}Dataset"),
            *graph.counts(f"{VOID}triples", triples),
        ]
    return found


def dataset(here: str, endpoint: str, dump: str, summary: Summary) -> list[Statement]:
    """Describe the data (VoID; DCAT 3): its numbers, and where it is to be had.

    *here* is where the description is, *endpoint* that of queries, *dump* a file with all of it.
    """
    document, node = _Node(here), _Node(f"{here}#dataset")
    served, file = _Node(f"{here}#endpoint"), _Node(f"{here}#dump")
    titled = summary.title or "A graph of actors, positions and claims"
    return [
        *document.a(f"{VOID}DatasetDescription", f"{DCAT}Catalog"),
        *document.says(f"{_DC}title", f"Description of: {titled}"),
        *document.links(PREFIXES["foaf"] + "primaryTopic", [node.iri]),
        *document.links(f"{DCAT}dataset", [node.iri]),
        *node.a(f"{VOID}Dataset", f"{DCAT}Dataset"),
        *node.says(f"{_DC}title", titled),
        *node.says(f"{_DC}description", summary.about),
        *node.links(f"{_DC}license", [summary.license]),
        *node.says(f"{VOID}uriSpace", summary.base),
        *node.links(f"{VOID}sparqlEndpoint", [endpoint]),
        *node.links(f"{VOID}dataDump", [dump]),
        *node.links(
            f"{VOID}vocabulary", (PREFIXES[name] for name in ("st", "skos", "prov", "oa", "dcterms"))
        ),
        *node.links(f"{VOID}feature", (FORMATS + name for name in ("Turtle", "JSON-LD", "RDF_XML"))),
        *node.counts(f"{VOID}triples", summary.triples),
        *node.counts(f"{VOID}distinctSubjects", summary.subjects),
        *node.counts(f"{VOID}distinctObjects", summary.objects),
        *node.counts(f"{VOID}classes", len(summary.classes) or -1),
        *node.counts(f"{VOID}properties", len(summary.properties) or -1),
        *_partitions(node, "class", "entities", summary.classes.items()),
        *_partitions(node, "property", "triples", summary.properties.items()),
        *node.links(f"{DCAT}distribution", [served.iri, file.iri]),
        *served.a(f"{DCAT}Distribution"),
        *served.says(f"{_DC}title", "SPARQL endpoint"),
        *served.links(f"{DCAT}accessURL", [endpoint]),
        *served.links(f"{_DC}license", [summary.license]),
        *served.links(f"{DCAT}accessService", [f"{here}#service"]),
        *_Node(f"{here}#service").a(f"{DCAT}DataService"),
        *_Node(f"{here}#service").says(f"{_DC}title", "SPARQL endpoint"),
        *_Node(f"{here}#service").links(f"{DCAT}endpointURL", [endpoint]),
        *_Node(f"{here}#service").links(f"{DCAT}endpointDescription", [endpoint]),
        *_Node(f"{here}#service").links(f"{DCAT}servesDataset", [node.iri]),
        *file.a(f"{DCAT}Distribution"),
        *file.says(f"{_DC}title", "All statements with their graphs, as TriG"),
        *file.links(f"{DCAT}downloadURL", [dump]),
        *file.links(f"{DCAT}accessURL", [dump]),
        *file.links(f"{_DC}license", [summary.license]),
        *file.links(f"{DCAT}mediaType", ["https://www.iana.org/assignments/media-types/application/trig"]),
    ]


def _partitions(
    node: _Node, kind: str, counted: str, numbers: Iterable[tuple[str, int]]
) -> Iterator[Statement]:
    for at, (iri, number) in enumerate(numbers, start=1):
        part = _Node(f"{node.iri}-{kind}-{at}")
        yield from node.links(f"{VOID}{kind}Partition", [part.iri])
        yield from part.a(f"{VOID}Dataset")
        yield from part.links(VOID + kind, [iri])
        yield from part.counts(VOID + counted, number)


# ---------------------------------------------------------------- as responses


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The descriptions as ASGI applications."""

    summaries: Summaries
    settings: Settings

    async def service(self, scope: Scope, send: Send) -> None:
        """Answer a request to the endpoint that has no query."""
        endpoint = f"{origin(scope, self.settings)}/sparql"
        await self._send(scope, send, service(endpoint, await self.summaries.current(), self.settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for the description of the data."""
        at = origin(scope, self.settings)
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise RefusedError(405, "a description is only read", headers=[("allow", "GET, HEAD")])
            dump = f"{at}/data"
            found = dataset(f"{at}/void", f"{at}/sparql", dump, await self.summaries.current())
            await self._send(scope, send, found)
        except KgError as error:
            await send_error(scope, send, error)

    async def _send(self, scope: Scope, send: Send, statements: Iterable[Statement]) -> None:
        form = negotiation.triples_form(header(scope, b"accept"))
        if not form:
            raise NotAcceptableError("triples")
        writer = _WRITERS.get(form) or _OTHERS[form]
        text = "".join(export_triples(statements, form=writer, prefixes=_PREFIXES)).encode()
        tag = f'"{sha256(text).hexdigest()[:24]}"'
        headers = [
            (b"etag", tag.encode()),
            (b"cache-control", b"public, no-cache"),
            (b"vary", b"Accept"),
            CORS,
        ]
        if negotiation.has_tag(header(scope, b"if-none-match"), tag):
            await send_whole(send, 304, headers, b"")
            return
        headers += [
            (b"content-type", negotiation.media(form).encode()),
            (b"content-length", str(len(text)).encode()),
        ]
        await send_whole(send, 200, headers, text)
