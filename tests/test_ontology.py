"""The ontology keeps its own rules: each term is told, used and defined, each constraint is broken once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.collection import Collection

from kg.shapes import validate_rdf
from kg.terms import PREFIXES, SHAPES, ST, VOCABULARY, shrink
from kg.vocabularies import SCHEMES, STANCES

ROOT = Path(__file__).parent.parent
ONTOLOGY = ROOT / "ontology"
VALID = sorted((ONTOLOGY / "examples/valid").glob("*.ttl"))
INVALID = sorted((ONTOLOGY / "examples/invalid").glob("*.ttl"))
FILES = ("core", "vocabularies", "alignments", "shapes")
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
CONSTRAINTS = (SH.sparql, SH.disjoint, SH["or"], SH.xone, SH["not"])


@cache
def read(name: str) -> Graph:
    return Graph().parse(ONTOLOGY / f"{name}.ttl")


@cache
def read_examples(folder: str) -> Graph:
    graph = Graph()
    for file in (ONTOLOGY / "examples" / folder).glob("*.ttl"):
        graph.parse(file)
    return graph


def own_terms() -> list[str]:
    return sorted({str(each) for each in read("core").subjects() if str(each).startswith(ST)})


def named_constraints() -> set[str]:
    shapes = read("shapes")
    nodes = {each for each in shapes.subjects(RDF.type, SH.PropertyShape) if isinstance(each, URIRef)}
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        if any((node, each, None) in shapes for each in CONSTRAINTS):
            nodes.add(node)
    return {str(node) for node in nodes}


def mentions(graph: Graph) -> set[str]:
    return {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}


def written(*patterns: str) -> str:
    files = [file for pattern in patterns for file in sorted(ROOT.glob(pattern))]
    assert files
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


# ---------------------------------------------------------------- every term


@pytest.mark.parametrize("term", own_terms(), ids=shrink)
def test_every_term_has_a_label_a_definition_and_an_example_in_english(term: str) -> None:
    core, node = read("core"), URIRef(term)
    for wanted in (RDFS.label, SKOS.definition, SKOS.example):
        found = list(core.objects(node, wanted))
        assert len(found) == 1, wanted
        assert isinstance(found[0], Literal)
        assert found[0].language == "en"
        assert found[0].strip()
    assert core.value(node, RDFS.isDefinedBy) == URIRef(ST.rstrip("#"))


def test_labels_and_definitions_are_told_once() -> None:
    for told in (RDFS.label, SKOS.definition):
        texts = [str(text) for _, text in read("core").subject_objects(told)]
        assert sorted(texts) == sorted(set(texts))


def test_no_term_is_unused() -> None:
    used = mentions(read("shapes")) | mentions(read("alignments")) | mentions(read("vocabularies"))
    used |= {str(above) for above in read("core").objects(None, RDFS.subClassOf)}
    used |= {str(above) for above in read("core").objects(None, RDFS.subPropertyOf)}
    used |= {ST + name for name in re.findall(r"\bst:(\w+)", written("kg/*.py", "queries/*.rq"))}
    assert [shrink(term) for term in own_terms() if term not in used] == []


def test_no_name_is_used_that_is_not_defined() -> None:
    text = written("kg/*.py", "queries/*.rq", "ontology/**/*.ttl", "docs/*.md")
    used = {ST + name for name in re.findall(r"\bst:([A-Za-z]\w*)(?![\w{])", text)}
    assert sorted(used - set(own_terms())) == []


@pytest.mark.parametrize("name", ["core", "vocabularies", "alignments"])
def test_no_shape_is_defined_among_the_terms(name: str) -> None:
    assert not [each for each in mentions(read(name)) if each.startswith((SHAPES, PREFIXES["sh"]))]


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_its_version_title_creator_and_license(name: str) -> None:
    graph = read(name)
    (ontology,) = graph.subjects(RDF.type, OWL.Ontology)
    for wanted in ("versionIRI", "versionInfo"):
        assert graph.value(ontology, OWL[wanted])
    for wanted in ("title", "creator", "license"):
        assert graph.value(ontology, URIRef(PREFIXES["dcterms"] + wanted))


def test_a_property_that_takes_things_is_no_property_that_takes_values() -> None:
    core = read("core")
    kinds = [set(core.subjects(RDF.type, kind)) for kind in (*PROPERTIES, OWL.AnnotationProperty, OWL.Class)]
    for number, some in enumerate(kinds):
        for others in kinds[number + 1 :]:
            assert not some & others


@pytest.mark.parametrize("name", ["core", "vocabularies", "alignments"])
def test_every_name_of_others_is_declared(name: str) -> None:
    """OWL 2 DL wants a declaration of every entity that is used (Structural Specification, 5.8.2)."""
    declared = {
        str(each) for one in {"core", "vocabularies", name} for each in read(one).subjects(RDF.type, None)
    }
    builtin = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
    used = set()
    for subject, predicate, object_ in read(name):
        used.add(str(predicate))
        if predicate in (
            RDF.type,
            RDFS.subClassOf,
            RDFS.subPropertyOf,
            RDFS.domain,
            RDFS.range,
            SKOS.closeMatch,
        ):
            used |= {str(each) for each in (subject, object_) if isinstance(each, URIRef)}
    assert sorted(each for each in used - declared if not each.startswith(builtin)) == []


def test_transitive_properties_are_in_no_axiom_that_wants_simple_ones() -> None:
    """OWL 2 DL, Structural Specification, 11.2: a property with a transitive one below it is not simple."""
    core = read("core")
    transitive = set(core.subjects(RDF.type, OWL.TransitiveProperty))
    assert transitive
    for kind in (
        "FunctionalProperty",
        "InverseFunctionalProperty",
        "IrreflexiveProperty",
        "AsymmetricProperty",
    ):
        assert not transitive & set(core.subjects(RDF.type, OWL[kind]))


# ---------------------------------------------------------------- the vocabularies


@pytest.mark.parametrize("slug", SCHEMES)
def test_the_scheme_is_the_same_as_in_python(slug: str) -> None:
    graph, scheme = read("vocabularies"), URIRef(VOCABULARY + slug)
    expected = {f"{VOCABULARY}{slug}/{concept}" for concept in SCHEMES[slug]}
    assert {str(each) for each in graph.objects(scheme, SKOS.hasTopConcept)} == expected
    assert {str(each) for each in graph.subjects(SKOS.inScheme, scheme)} == expected
    assert {str(each) for each in graph.subjects(SKOS.topConceptOf, scheme)} == expected


def test_there_is_no_scheme_that_python_does_not_know() -> None:
    schemes = {str(each) for each in read("vocabularies").subjects(RDF.type, SKOS.ConceptScheme)}
    assert schemes == {VOCABULARY + slug for slug in SCHEMES}


def test_every_concept_has_a_label_a_definition_an_example_and_its_slug() -> None:
    graph = read("vocabularies")
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        for wanted in (SKOS.prefLabel, SKOS.definition, SKOS.example):
            (found,) = graph.objects(concept, wanted)
            assert isinstance(found, Literal)
            assert found.language == "en", concept
        assert str(graph.value(concept, SKOS.notation)) == str(concept).rpartition("/")[2]


def test_stances_have_the_polarity_and_the_order_that_python_has() -> None:
    graph = read("vocabularies")
    for rank, (slug, polarity) in enumerate(STANCES.items(), start=1):
        stance = URIRef(f"{VOCABULARY}stance/{slug}")
        assert graph.value(stance, URIRef(ST + "hasPolarity")) == URIRef(f"{VOCABULARY}polarity/{polarity}")
        assert graph.value(stance, URIRef(ST + "rank")) == Literal(rank)


# ---------------------------------------------------------------- the shapes


def test_a_list_of_allowed_values_is_a_whole_vocabulary() -> None:
    shapes, seen = read("shapes"), set()
    for shape, values in shapes.subject_objects(SH["in"]):
        allowed = [str(each) for each in Collection(shapes, values)]
        scheme = allowed[0].removeprefix(VOCABULARY).split("/")[0]
        assert allowed == [f"{VOCABULARY}{scheme}/{slug}" for slug in SCHEMES[scheme]], shape
        seen.add(scheme)
    assert seen == set(SCHEMES)


@pytest.mark.parametrize("constraint", sorted(named_constraints()), ids=shrink)
def test_every_constraint_has_a_sentence_a_name_a_severity_and_one_counter_example(constraint: str) -> None:
    shapes, node = read("shapes"), URIRef(constraint)
    told = [
        str(text)
        for each in (node, *shapes.objects(node, SH.sparql))
        for text in shapes.objects(each, SH.message)
    ]
    assert len(told) == 1
    assert re.match(r"[A-Z].*[.?]\Z", told[0])
    assert shapes.value(node, SH.name)
    assert shapes.value(node, SH.severity) in (SH.Violation, SH.Warning, SH.Info)
    assert (ONTOLOGY / "examples/invalid" / f"{constraint.removeprefix(SHAPES)}.ttl").is_file()


def test_the_shapes_keep_to_the_shapes_of_shacl_itself() -> None:
    """SHACL, appendix C: pySHACL raises when they do not."""
    from pyshacl import validate

    assert validate(Graph(), shacl_graph=read("shapes"), meta_shacl=True)[0]


def test_every_constraint_has_a_name() -> None:
    shapes = read("shapes")
    for node in shapes.objects(None, SH.property):
        if not isinstance(node, URIRef):
            # Inside sh:or and the like, the shape around it is the one with the name.
            outer = {each for each in shapes.subjects(SH.property, node) if isinstance(each, URIRef)}
            assert not outer


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_a_counter_example_breaks_its_constraint_and_no_other(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# breaks shape:{file.stem}"
    assert {finding.shape for finding in validate_rdf(file)} == {first.removeprefix("# breaks ")}


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_a_valid_example_has_no_finding(file: Path) -> None:
    assert validate_rdf(file) == ()


def test_every_construct_has_a_valid_example() -> None:
    core, used = read("core"), mentions(read_examples("valid"))
    abstract = {str(each) for each in core.objects(None, RDFS.subClassOf)} | {
        str(each) for each in core.objects(None, RDFS.subPropertyOf)
    }
    of_concepts = {str(each) for each in core.subjects(RDFS.subClassOf, SKOS.Concept)}
    of_concepts |= {ST + "hasPolarity", ST + "rank"}
    of_concepts -= {ST + "Issue", ST + "Proposal"}
    assert [shrink(term) for term in own_terms() if term not in used | abstract | of_concepts] == []
