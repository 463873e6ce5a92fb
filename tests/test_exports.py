"""Each export is read back with other tools than the one that wrote it, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.corpora import Seeds
from kg.exports import (
    FORMS,
    ExportError,
    export,
    export_triples,
    read_token,
    without_inferred,
    without_provenance,
)
from kg.quads import quads
from kg.terms import PREFIXES, XSD, Blank, Iri, Literal, Names, Quad, Term, expand, token

POSITION = "https://example.org/harbour/position/may-hearing/coder-a/p1"
NAMES = Names("https://example.org/harbour/")
MERGED = ("turtle", "ntriples", "rdfxml")
RDFLIB = {
    "turtle": "turtle",
    "trig": "trig",
    "nquads": "nquads",
    "ntriples": "nt",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}
OXIGRAPH = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
}
RAPPER = {"turtle": "turtle", "trig": "trig", "nquads": "nquads", "ntriples": "ntriples", "rdfxml": "rdfxml"}


def quad(subject: str, predicate: str, value: Term | str, graph: str = "registry/actors") -> Quad:
    def iri(name: str) -> str:
        return token(
            Iri(name if "://" in name or name.startswith("urn:") else expand(name, NAMES.prefixes()))
        )

    return Quad(
        iri(subject),
        iri(predicate),
        iri(value) if isinstance(value, str) else token(value),
        iri(f"graph:{graph}"),
    )


# rdflib's own parsers use what rdflib itself deprecates.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

NASTY = (
    'a "quoted" word',
    "it's \\ here",
    "one\ntwo\r\nthree\tfour\rfive",
    " leading and trailing ",
    "\n",
    "",
    "שלום Ünï ‏مرحبا‎",
    "e\u0301 \u00a0 \u2028 \u2029 \u0085 \ufeff",
    "<b>&amp;]]></b>",
    "😀",
    "{$x} @en ^^<a>",
)

WORLD = [
    quad("actor:ada-lane", "rdf:type", "st:Actor"),
    quad("actor:ada-lane", "skos:prefLabel", Literal("Ada Lane", language="en")),
    quad("actor:ada-lane", "skos:prefLabel", Literal("Ada Lane", language="en"), "may-hearing/coder-a"),
    quad("actor:ada-lane", "st:hasKind", "actorkind:person"),
    quad(POSITION, "st:takesStance", "stance:open-to"),
    quad(POSITION, "st:heldBy", "actor:ada-lane", "may-hearing/coder-a"),
    quad("https://example.org/ünï?a=1&b='x'#ö", "https://example.org/vocabulary/1a-b.c", "urn:x:y"),
    quad("document:may-hearing", "st:regionStart", Literal("042", XSD + "integer")),
    quad("document:may-hearing", "st:regionEnd", Literal("-7", XSD + "integer")),
    quad("document:may-hearing", "st:fromOutside", Literal("true", XSD + "boolean")),
    quad("document:may-hearing", "st:published", Literal("2024-05-12?", PREFIXES["edtf"] + "EDTF")),
    quad("document:may-hearing", "schema:url", Literal("https://e.org/?a&b", XSD + "anyURI")),
    quad("document:may-hearing", "skos:note", Literal("Grüße", language="de-AT")),
    *(quad("document:may-hearing", "st:gist", Literal(text)) for text in NASTY),
    *(quad("document:may-hearing", "st:gist", Literal(text, language="ar")) for text in NASTY),
    *(quad("document:may-hearing", "st:gist", Literal(text, "https://example.org/t")) for text in NASTY),
]  # fmt: skip


def written(quads: Iterable[Quad], form: str, **options: object) -> str:
    return "".join(export(quads, form=form, prefixes=NAMES.prefixes(), **options))  # type: ignore[arg-type]


def expected(quads: Iterable[Quad], form: str) -> set[tuple[Term, ...]]:
    """What a reader of *form* must find: tags in lower case, graphs merged if the form has none."""
    width = 3 if form in MERGED else 4
    return {tuple(lower(read_token(text)) for text in item[:width] if text) for item in quads}


def lower(term: Term) -> Term:
    return (
        Literal(term.value, "", term.language.lower())
        if isinstance(term, Literal) and term.language
        else term
    )


def term(node: object) -> Term:
    """A term of rdflib or pyoxigraph as one of ours."""
    if isinstance(node, rdflib.URIRef | pyoxigraph.NamedNode):
        return Iri(str(node) if isinstance(node, rdflib.URIRef) else node.value)
    if isinstance(node, rdflib.BNode | pyoxigraph.BlankNode):
        return Blank(str(node))
    assert isinstance(node, rdflib.Literal | pyoxigraph.Literal)
    value = str(node) if isinstance(node, rdflib.Literal) else node.value
    datatype = (node.datatype if isinstance(node, rdflib.Literal) else node.datatype.value) or ""
    if node.language:
        return Literal(value, "", node.language.lower())
    return Literal(value, "" if datatype == XSD + "string" else str(datatype))


def read_with_rdflib(text: str, form: str) -> set[tuple[Term, ...]]:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        if form in MERGED:
            graph = rdflib.Graph().parse(data=text.encode(), format=RDFLIB[form])
            return {tuple(map(term, triple)) for triple in graph}
        dataset = rdflib.Dataset()
        dataset.parse(data=text.encode(), format=RDFLIB[form])
        default = (None, rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
        return {
            tuple(term(node) for node in (found if found[3] not in default else found[:3]))
            for found in dataset.quads()
        }
    finally:
        rdflib.NORMALIZE_LITERALS = before


def read_with_oxigraph(text: str, form: str) -> set[tuple[Term, ...]]:
    found = pyoxigraph.parse(text.encode(), format=OXIGRAPH[form])
    return {
        tuple(term(node) for node in item if not isinstance(node, pyoxigraph.DefaultGraph)) for item in found
    }


# ---------------------------------------------------------------- read back


@pytest.mark.parametrize("form", FORMS)
def test_rdflib_reads_every_form_back_without_loss(form: str) -> None:
    assert read_with_rdflib(written(WORLD, form), form) == expected(WORLD, form)


@pytest.mark.parametrize("form", FORMS)
def test_oxigraph_reads_every_form_back_without_loss(form: str) -> None:
    assert read_with_oxigraph(written(WORLD, form), form) == expected(WORLD, form)


@pytest.mark.parametrize("form", RAPPER)
def test_raptor_reads_every_form_it_knows_without_loss(form: str, tmp_path: Path) -> None:
    if shutil.which("rapper") is None:
        pytest.skip("rapper is not installed; on Debian, apt-get install raptor2-utils")
    # Raptor 2.0.15 makes relative what it cannot resolve against a base, so it is given one.
    path = tmp_path / f"world.{form}"
    path.write_text(written(WORLD, form), encoding="utf-8", newline="\n")
    output = "ntriples" if form in MERGED else "nquads"
    command = ["rapper", "-q", "-i", RAPPER[form], "-o", output, str(path), "https://example.org/base"]
    found = subprocess.run(command, capture_output=True, check=True)
    assert found.stderr == b""
    assert read_with_oxigraph(found.stdout.decode(), output) == expected(WORLD, form)


OWLREADY = """
import json, sys, owlready2
world = owlready2.World()
world.get_ontology(sys.argv[2]).load(fileobj=open(sys.argv[1], "rb"))
print(json.dumps([[str(s), str(p), str(o)] for s, p, o in world.as_rdflib_graph()]))
"""


@pytest.mark.parametrize("form", ["ntriples", "rdfxml"])
def test_owlready_reads_what_it_can_read_without_loss(form: str, tmp_path: Path) -> None:
    # In a process of its own: owlready2 changes rdflib for everybody. It keeps an integer as a number,
    # so that 042 is 42, and adds that there is an ontology.
    world = [item for item in WORLD if "042" not in item.object]
    path = tmp_path / f"world.{form}"
    path.write_text(written(world, form), encoding="utf-8", newline="\n")
    command = [sys.executable, "-c", OWLREADY, str(path), "https://example.org/harbour/"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    kept = {tuple(triple) for triple in found if triple[2] != PREFIXES["owl"] + "Ontology"}
    assert kept == {tuple(map(str, triple)) for triple in expected(world, form)}


def test_the_xml_is_well_formed() -> None:
    root = ElementTree.fromstring(written(WORLD, "rdfxml"))
    assert len(root) == len({item.subject for item in WORLD})


# ---------------------------------------------------------------- laws

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
XML_TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r"
    ),
    max_size=20,
)
LOCALS = st.from_regex(r"[A-Za-z_ü][A-Za-z0-9_.~%/ü漢()'!*,;=:@&+$-]{0,12}", fullmatch=True)
# A percent sign in an IRI starts an escape (RFC 3986, 2.1), and some readers insist.
IRIS = st.builds(
    lambda base, local: Iri(base + local.replace("%", "%41")),
    st.sampled_from(
        [PREFIXES["st"], "https://example.org/harbour/actor/", "https://é.example/?q=", "urn:x:", "st:"]
    ),
    LOCALS,
)
PREDICATES = st.builds(
    lambda base, local: Iri(base + local),
    st.sampled_from([PREFIXES["st"], PREFIXES["skos"], "https://example.org/p/", "urn:x:"]),
    st.from_regex(r"[A-Za-z_é][A-Za-z0-9_.é-]{0,8}", fullmatch=True),
)
LANGUAGES = st.sampled_from(["en", "de-AT", "zh-Hant-TW", "x-harbour"])


def literals(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Literal]:
    return (
        st.builds(Literal, texts, st.sampled_from(["", "https://example.org/t#ü"]))
        | st.builds(Literal, texts, st.just(""), LANGUAGES)
        | st.builds(Literal, st.from_regex(r"[+-]?[0-9]{1,6}", fullmatch=True), st.just(XSD + "integer"))
        | st.builds(Literal, st.sampled_from(["true", "false", "1", "0"]), st.just(XSD + "boolean"))
    )


def worlds(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Quad]]:
    one = st.builds(
        lambda s, p, o, g: Quad(token(s), token(p), token(o), token(g) if g else ""),
        IRIS,
        PREDICATES | st.just(Iri(expand("rdf:type"))),
        IRIS | literals(texts),
        st.none() | IRIS,
    )
    return st.lists(one, max_size=12)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "rdfxml"])
@settings(max_examples=40, deadline=None)
@given(quads=worlds(TEXTS))
def test_what_is_written_reads_back_whatever_the_words(form: str, quads: list[Quad]) -> None:
    assert read_with_oxigraph(written(quads, form), form) == expected(quads, form)


@settings(max_examples=40, deadline=None)
@given(quads=worlds(XML_TEXTS))
def test_what_is_written_as_xml_reads_back_whatever_the_words(quads: list[Quad]) -> None:
    assert read_with_oxigraph(written(quads, "rdfxml"), "rdfxml") == expected(quads, "rdfxml")


@pytest.mark.parametrize("form", ["turtle", "jsonld"])
@settings(max_examples=20, deadline=None)
@given(quads=worlds(TEXTS))
def test_rdflib_agrees_whatever_the_words(form: str, quads: list[Quad]) -> None:
    assert read_with_rdflib(written(quads, form), form) == expected(quads, form)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_order_and_repetition_of_quads_change_no_byte(form: str, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(WORLD)) + data.draw(st.lists(st.sampled_from(WORLD), max_size=3))
    assert written(shuffled, form) == written(WORLD, form)


@given(st.one_of(IRIS, literals(TEXTS), st.just(Blank("b0"))))
def test_a_token_reads_back_as_its_term(one: Term) -> None:
    assert read_token(token(one)) == one


def test_escapes_that_we_do_not_write_are_read_too() -> None:
    assert read_token('"\\u00e9\\U0001F600\\\'"') == Literal("é😀'")
    assert read_token("<https://e.org/\\u00e9>") == Iri("https://e.org/é")


# ---------------------------------------------------------------- looks


def test_turtle_groups_by_subject_with_its_type_first_and_only_used_prefixes() -> None:
    some = [
        quad("actor:ada-lane", "rdf:type", "st:Actor"),
        quad("actor:ada-lane", "skos:altLabel", Literal("Lane")),
        quad("actor:ada-lane", "skos:altLabel", Literal("Ada")),
        quad("actor:rosa-quill", "st:step", Literal("1", XSD + "integer")),
    ]
    assert written(some, "turtle") == (
        "@prefix actor: <https://example.org/harbour/actor/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix st: <https://w3id.org/standpoint/ontology#> .\n"
        "\n"
        "actor:ada-lane a st:Actor ;\n"
        '    skos:altLabel "Ada" ,\n'
        '        "Lane" .\n'
        "\n"
        "actor:rosa-quill st:step 1 .\n"
    )


def test_trig_sets_each_graph_in_braces_and_the_default_graph_before() -> None:
    some = [
        quad("actor:ada-lane", "rdf:type", "st:Actor", "corpus"),
        Quad("<urn:a>", "<urn:b>", "<urn:c>", ""),
    ]
    assert written(some, "trig") == (
        "@prefix actor: <https://example.org/harbour/actor/> .\n"
        "@prefix graph: <https://example.org/harbour/graph/> .\n"
        "@prefix st: <https://w3id.org/standpoint/ontology#> .\n"
        "\n<urn:a> <urn:b> <urn:c> .\n"
        "\ngraph:corpus {\n    actor:ada-lane a st:Actor .\n}\n"
    )


def test_json_ld_is_sorted_flat_and_declares_what_it_uses() -> None:
    found = json.loads(written([quad("actor:ada-lane", "rdf:type", "st:Actor", "corpus")], "jsonld"))
    assert list(found["@context"]) == ["actor", "graph", "st"]
    assert found["@graph"] == [
        {"@id": "graph:corpus", "@graph": [{"@id": "actor:ada-lane", "@type": "st:Actor"}]}
    ]


@pytest.mark.parametrize("form", FORMS)
def test_triples_are_written_as_the_default_graph(form: str) -> None:
    triples = [item[:3] for item in WORLD]
    text = "".join(export_triples(triples, form=form, prefixes=NAMES.prefixes()))
    assert text == written([Quad(*triple, "") for triple in triples], form)
    assert read_with_oxigraph(text, form) == expected(WORLD, "ntriples")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_at_all_is_written_as_an_empty_document(form: str) -> None:
    assert read_with_oxigraph(written([], form), form) == set()


@pytest.mark.parametrize("form", FORMS)
def test_blank_nodes_of_other_peoples_data_stay_connected(form: str) -> None:
    some = [Quad("_:0a", "<urn:x:p>", "_:0b", ""), Quad("_:0b", "<urn:x:p>", '"end"', "")]
    found = read_with_oxigraph(written(some, form), form)
    middle = {item[2] for item in found if isinstance(item[2], Blank)}
    assert len(found) == 2
    assert middle == {item[0] for item in found if isinstance(item[2], Literal)}


# ---------------------------------------------------------------- choices and refusals


def test_only_the_graphs_asked_for_are_written() -> None:
    graph = NAMES.graph("may-hearing", "coder-a")
    text = written(WORLD, "nquads", graphs=[graph])
    assert set(text.splitlines()) == {str(item) for item in WORLD if item.graph == f"<{graph}>"}


def test_a_graph_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match=r"no graph is called <https://example\.org/nowhere>"):
        written(WORLD, "turtle", graphs=["https://example.org/nowhere"])


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ExportError, match="'n3'; there are turtle, trig, nquads"):
        export(WORLD, form="n3")


@pytest.mark.parametrize(
    "predicate", ["https://example.org/123", "https://example.org/a/", "rdf:li", "rdf:about"]
)
def test_xml_refuses_a_predicate_it_cannot_name_before_writing_anything(predicate: str) -> None:
    with pytest.raises(ExportError, match="RDF/XML cannot name the predicate"):
        export([quad("actor:a", predicate, "actor:b")], form="rdfxml")


def test_xml_refuses_a_control_character_before_writing_anything() -> None:
    with pytest.raises(ExportError, match="control character"):
        export([quad("actor:a", "st:gist", Literal("a\x01b"))], form="rdfxml")


PROVENANCE = [
    quad("graph:corpus", "rdf:type", "st:Graph"),
    quad("graph:corpus", "st:loadedBy", Literal("0.1.0")),
    quad("graph:corpus", "prov:wasDerivedFrom", "file:abc"),
    quad("file:abc", "rdf:type", "st:SourceFile"),
    quad("file:abc", "st:path", Literal("a.yaml")),
    quad("https://example.org/harbour/coding/may/a", "rdf:type", "st:Coding"),
    quad("https://example.org/harbour/coding/may/a", "st:inLayer", Literal("main")),
    quad("https://w3id.org/standpoint/software/0.1.0", "rdf:type", "prov:SoftwareAgent"),
    quad("passage:p1", "prov:wasGeneratedBy", "https://example.org/harbour/coding/may/a"),
]
KEPT = [
    quad("passage:p1", "rdf:type", "st:Passage"),
    quad("coder:robot", "rdf:type", "st:Coder"),
    quad("coder:robot", "rdf:type", "prov:SoftwareAgent"),
    quad("coder:robot", "skos:prefLabel", Literal("Robot", language="en")),
]


def test_leaving_out_provenance_keeps_every_other_statement() -> None:
    assert without_provenance([*PROVENANCE, *KEPT]) == KEPT


def test_leaving_out_what_is_inferred_keeps_every_other_statement() -> None:
    inferred = [
        quad("graph:inferred", "st:inferred", Literal("true", XSD + "boolean"), "inferred"),
        quad("actor:a", "st:memberOf", "actor:b", "inferred"),
    ]
    assert without_inferred([*inferred, *KEPT]) == KEPT


# ---------------------------------------------------------------- the world


def everything(seeds: Seeds) -> list[Quad]:
    return [item for each in seeds.sources for item in quads(each, seeds.names, seeds.corpus)]


@pytest.mark.parametrize("form", FORMS)
def test_the_whole_world_reads_back(form: str, world_seeds: Seeds) -> None:
    world = [
        item for each in world_seeds.sources for item in quads(each, world_seeds.names, world_seeds.corpus)
    ]
    text = "".join(export(world, form=form, prefixes=world_seeds.names.prefixes()))
    assert read_with_oxigraph(text, form) == expected(world, form)
    assert read_with_rdflib(text, form) == expected(world, form)


def test_the_world_without_provenance_names_no_file_and_no_program(world_seeds: Seeds) -> None:
    world = [
        item for each in world_seeds.sources for item in quads(each, world_seeds.names, world_seeds.corpus)
    ]
    kept = without_provenance(world)
    text = "".join(export(kept, form="nquads"))
    assert len(kept) > len(world) / 2
    assert "/file/" not in text
    assert "/software/" not in text
    assert PREFIXES["prov"] + "was" not in text
