"""Names to entities, and the refusal of names that are none or several."""

from __future__ import annotations

import pytest

from kg.errors import ParameterError
from kg.labels import CLASSES, Labels, read_labels
from kg.store import Store
from kg.vocabularies import SCHEMES

BASE = "https://example.org/harbour/"


@pytest.fixture(scope="module")
def labels(world_store: Store) -> Labels:
    return read_labels(world_store)


@pytest.mark.parametrize(
    ("value", "type_", "slug", "by"),
    [
        ("ada-lane", "st:Actor", "ada-lane", "slug"),
        ("Ada Lane", "st:Actor", "ada-lane", "slug"),
        ("mayor lane", "st:Actor", "ada-lane", "alias"),
        ("ZOE BRANDT", "st:Actor", "zoe-brandt", "slug"),
        ("the dockers’  union", "st:Actor", "dockers-union", "label"),
        ("actor:ada-lane", "st:Actor", "ada-lane", "iri"),
        (f"{BASE}actor/ada-lane", "st:Actor", "ada-lane", "iri"),
        (f"<{BASE}actor/ada-lane>", "st:Actor", "ada-lane", "iri"),
        ("Zoë Brnadt", "st:Actor", "zoe-brandt", "slip"),
        ("joint harbour authority", "st:Proposal", "joint-authority", "label"),
        ("May plan", "st:Plan", "may-plan", "slug"),
        ("Minutes of the May hearing", "st:Document", "may-hearing", "label"),
        ("second coder", "st:Coder", "coder-b", "label"),
        ("fees", "st:Issue", "harbour-fees", "alias"),
        ("security guarantee", "function", "security-guarantee", "slug"),
        ("rules-out", "stance", "rules-out", "slug"),
        ("stance:rules-out", "stance", "rules-out", "iri"),
        ("https://w3id.org/standpoint/polarity/con", "polarity", "con", "iri"),
    ],
)
def test_a_name_is_found(labels: Labels, value: str, type_: str, slug: str, by: str) -> None:
    found = labels.resolve(value, type_)
    assert (found.entity.slug, found.by) == (slug, by)


def test_a_word_of_a_label_finds_a_concept_but_no_entity(labels: Labels) -> None:
    assert labels.resolve("guarantee", "function").entity.slug == "security-guarantee"
    with pytest.raises(ParameterError, match=r"no proposal 'summit of'; did you mean .*summit"):
        labels.resolve("summit of", "st:Proposal")


def test_an_ambiguous_name_lists_its_candidates(labels: Labels) -> None:
    with pytest.raises(ParameterError) as caught:
        labels.resolve("city hall", "st:Actor")
    assert str(caught.value) == (
        "'city hall' is ambiguous: eastport-government (Government of Eastport), "
        "westport-government (Government of Westport); give a slug"
    )


def test_a_label_goes_before_an_alias(labels: Labels) -> None:
    assert labels.resolve("Eastport", "st:Actor").entity.slug == "eastport"


@pytest.mark.parametrize("value", ["ada-lane", "Ada Lane", "actor:ada-lane", f"{BASE}actor/ada-lane"])
def test_a_name_of_another_type_is_refused(labels: Labels, value: str) -> None:
    with pytest.raises(ParameterError, match=r"'.*' is an actor; wanted is a proposal"):
        labels.resolve(value, "st:Proposal")


def test_an_unknown_name_suggests_the_nearest(labels: Labels) -> None:
    with pytest.raises(ParameterError, match="no actor 'Adah Layne'; did you mean 'Ada Lane'"):
        labels.resolve("Adah Layne", "st:Actor")


def test_an_unknown_concept_lists_the_known(labels: Labels) -> None:
    with pytest.raises(ParameterError, match="no polarity 'zzz'; known are con, conditional, neutral, pro"):
        labels.resolve("zzz", "polarity")


@pytest.mark.parametrize("value", [f"{BASE}actor/nobody", "actor:nobody", "<urn:x>", "stance:nothing"])
def test_an_iri_that_the_graph_does_not_know_is_refused(labels: Labels, value: str) -> None:
    with pytest.raises(ParameterError, match="the graph does not know"):
        labels.resolve(value, "st:Actor")


@pytest.mark.parametrize("value", ["", " ", "\x00", "a" * 10_000, '"} #', "<a b>", "​", "⁦"])
def test_hostile_names_are_only_unknown(labels: Labels, value: str) -> None:
    with pytest.raises(ParameterError):
        labels.resolve(value, "st:Actor")


def test_neighbours_are_no_slip(labels: Labels) -> None:
    with pytest.raises(ParameterError):
        labels.resolve("Bestport", "st:Actor")


def test_every_named_thing_is_known(labels: Labels, world_seeds) -> None:  # type: ignore[no-untyped-def]
    wanted = {
        (f"st:{kind[:-1].capitalize()}", entry.id)
        for registry in world_seeds.registries
        for kind in ("actors", "issues", "proposals", "plans", "coders")
        for entry in getattr(registry, kind)
    }
    wanted |= {("st:Document", annotation.document.id) for annotation in world_seeds.annotations}
    wanted |= {(scheme, slug) for scheme, slugs in SCHEMES.items() for slug in slugs}
    assert {(entity.type, entity.slug) for entity in labels.entities} == wanted
    assert {entity.type for entity in labels.entities} == {*CLASSES, *SCHEMES}


def test_concepts_are_known_in_an_empty_graph() -> None:
    assert read_labels(Store.memory()).resolve("supports", "stance").entity.label == "supports"


def test_iris_have_names_to_show(labels: Labels) -> None:
    assert labels.names[f"{BASE}actor/zoe-brandt"] == "Zoë Brandt"
