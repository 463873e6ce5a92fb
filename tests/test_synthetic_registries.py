import pytest

from kg.corpus_profiles import shipped_profile
from kg.synthetic_registries import make_registries, size_of


@pytest.fixture(scope="module")
def registries():
    return make_registries(20_000, 1, shipped_profile())


@pytest.mark.parametrize("kind", ["actors", "issues", "proposals", "plans"])
def test_registries_grow_with_the_square_root_of_the_passages(kind):
    profile = shipped_profile()
    sizes = [size_of(kind, passages, profile) for passages in (10_000, 1_000_000)]
    assert sizes[1] == pytest.approx(10 * sizes[0], rel=0.02)
    assert size_of(kind, profile["sizes"]["passages"], profile) == profile["sizes"][kind]


def test_labels_are_different_ones(registries):
    for lines in registries.lines.values():
        assert len({line["label"] for line in lines}) == len({line["id"] for line in lines}) == len(lines)


def test_entries_lead_to_entries_before_them(registries):
    for kind, keys in (
        ("proposals", ("broader", "close", "incompatible", "requires")),
        ("issues", ("broader",)),
    ):
        lines = registries.lines[kind]
        places = {line["id"]: number for number, line in enumerate(lines)}
        links = [(line, other) for line in lines for key in keys for other in line.get(key, ())]
        assert len(links) > len(lines) / 10
        assert all(places[other] < places[line["id"]] for line, other in links)


def test_no_two_links_of_a_proposal_lead_to_the_same(registries):
    for line in registries.lines["proposals"]:
        others = [
            other for key in ("broader", "close", "incompatible", "requires") for other in line.get(key, ())
        ]
        assert len(others) == len(set(others))


def test_anonymous_sources_are_not_among_the_popular(registries):
    kinds = {number: line["kind"] for number, line in enumerate(registries.lines["actors"])}
    assert {kinds[number] for number in registries.anonymous} == {"anonymous-source"}
    assert "anonymous-source" not in {kinds[number] for number in registries.popular_actors.values}
