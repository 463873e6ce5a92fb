"""The compiled shapes find what pySHACL finds: in what is right, wrong, or spoilt at random."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from kg import engine
from kg.corpora import Seeds
from kg.quads import quads
from kg.rdflib_terms import kind
from kg.shacl_reference import check_here
from kg.shape_checks import Checked, check
from kg.shape_graphs import ShapeGraph
from kg.shape_rules import Rules, compile_rules
from kg.shapes import check_stated, validate_rdf
from kg.terms import SHAPES, XSD, Quad, expand, shrink
from kg.triple_indexes import SUBCLASS, TYPE, TripleIndex

ONTOLOGY = Path(__file__).parent.parent / "ontology"
INVALID = sorted((ONTOLOGY / "examples/invalid").glob("*.ttl"))
Triples = list[tuple[str, str, str]]


@cache
def rules() -> Rules:
    return compile_rules(ShapeGraph(engine.turtle(ONTOLOGY / "shapes.ttl")))


@cache
def background() -> Triples:
    core = engine.turtle(ONTOLOGY / "core.ttl")
    classes = [each for each in core if each.predicate == SUBCLASS and each.object[0] == "<"]
    return [*map(tuple, engine.turtle(ONTOLOGY / "vocabularies.ttl")), *map(tuple, classes)]  # type: ignore[list-item]


def compiled(triples: Iterable[tuple[str, str, str]]) -> Checked:
    return check(rules(), TripleIndex([*triples, *background()]))


def as_quads(triples: Triples) -> list[Quad]:
    return [Quad(*each, "") for each in triples]


def test_every_shape_of_ours_is_compiled() -> None:
    assert rules().left == {}
    assert len(rules().rules) > 60


# ---------------------------------------------------------------- the counter-examples


def apart(file: Path) -> Triples:
    """The triples of an example, with names of its own."""
    text = file.read_text(encoding="utf-8").replace(
        "https://example.org/", f"https://example.org/{file.stem}/"
    )
    return [(each.subject, each.predicate, each.object) for each in engine.triples(text.encode())]


ODD = ("Attribution-step", "Selector-end")  # their literals are left to pySHACL


@cache
def examples() -> Triples:
    return [each for file in INVALID if file.stem not in ODD for each in apart(file)]


@pytest.mark.parametrize("file", [each for each in INVALID if each.stem in ODD], ids=lambda file: file.stem)
def test_a_counter_example_with_odd_literals_has_the_findings_of_pyshacl(file: Path) -> None:
    found = validate_rdf(file)
    assert found
    assert found == validate_rdf(file, engine="pyshacl")


# ---------------------------------------------------------------- a corpus spoilt at random

_SAME_KIND = {
    "integer": ("0", "-3", "7", "99999"),
    "date": ("1999-02-03", "2031-02-03"),
    "boolean": ("true",),
}
_TEXTS = ('"plain"', '"tagged"@en', '"Tagged"@de', '""')
_OPAQUE = (
    f'"ftp://x"^^<{XSD}anyURI>',
    f'"nodate"^^<{expand("edtf:EDTF")}>',
    f'"2024"^^<{expand("edtf:EDTF")}>',
)
_NOTHING = "<https://example.org/nothing>"
_ODD = (
    *_TEXTS, *_OPAQUE, _NOTHING, '"x"@EN', '"x"@en-GB',
    *(f'"{text}"^^<{XSD}{name}>' for text, name in (
        ("7", "integer"), ("07", "integer"), ("seven", "integer"), ("1.5", "decimal"), ("2024-02-30", "date"),
        ("2024-05-10", "date"), ("true", "boolean"), ("maybe", "boolean"),
    )),
)  # fmt: skip
"""Values that hardly any place allows, some of which engines read differently."""


class Spoiler:
    """Changes some statements of a graph at random, the same for the same *seed*."""

    def __init__(self, triples: Triples, seed: int) -> None:
        self.random = random.Random(seed)
        self.triples = sorted(set(triples))
        self.subjects = sorted({each[0] for each in self.triples})
        self.by_predicate = defaultdict(list)
        for subject, predicate, value in self.triples:
            self.by_predicate[predicate].append((subject, value))
        told = re.findall(r"sh:targetClass ([^;]*);", (ONTOLOGY / "shapes.ttl").read_text(encoding="utf-8"))
        self.classes = sorted({f"<{expand(name.strip())}>" for names in told for name in names.split(",")})

    def spoilt(self, *, rate: float, odd: bool) -> Triples:
        found: Triples = []
        for triple in self.triples:
            spoil = self.random.random() < rate
            found += self.changed(triple, odd=odd) if spoil else [triple]
        return found

    def changed(self, triple: tuple[str, str, str], *, odd: bool) -> Triples:
        subject, predicate, value = triple
        if predicate == TYPE:
            return [(subject, predicate, self.random.choice(self.classes))]
        other = self.random.choice(self.by_predicate[predicate])
        wrong = (subject, predicate, self.wrong(value, odd=odd))
        ways: list[Triples] = [
            [],
            [wrong],
            [triple, wrong],
            [triple, (subject, predicate, other[1])],
            [(other[0], predicate, value)],
        ]
        if value[0] != '"':
            another = self.random.choice(sorted(self.by_predicate))
            if not self.of_literals(another):
                ways.append([triple, (subject, another, value)])
            ways += [[triple, (subject, predicate, subject)], [triple, (value, predicate, subject)]]
        return self.random.choice(ways)

    def wrong(self, value: str, *, odd: bool) -> str:
        if odd:
            return self.random.choice(_ODD)
        if value[0] != '"':
            return self.random.choice([_NOTHING, self.random.choice(self.subjects)])
        sort = kind(value)
        if sort in _SAME_KIND:
            return f'"{self.random.choice(_SAME_KIND[sort])}"^^<{XSD}{sort}>'
        return self.random.choice(_OPAQUE if sort == "opaque" else _TEXTS)

    def of_literals(self, predicate: str) -> bool:
        return any(value[0] == '"' for _, value in self.by_predicate[predicate])


@pytest.fixture(scope="module")
def world(world_seeds: Seeds) -> Triples:
    return [
        quad[:3]
        for source in world_seeds.sources
        for quad in quads(source, world_seeds.names, world_seeds.corpus)
    ]


def test_what_is_right_has_the_findings_of_pyshacl(world: Triples) -> None:
    stated = as_quads(world)
    assert set(check_stated(stated)) == set(check_here(stated))


@pytest.mark.parametrize("seed", range(2))
def test_a_world_spoilt_within_bounds_is_checked_without_pyshacl_and_has_its_findings(
    seed: int, world: Triples
) -> None:
    triples = Spoiler(world, seed).spoilt(rate=0.1, odd=False)
    checked = compiled(triples)
    assert checked.left == {}
    assert len({finding.shape for finding in checked.findings}) > 60
    assert set(check_stated(as_quads(triples))) == set(check_here(as_quads(triples)))


@pytest.mark.parametrize("seed", range(2))
def test_a_world_with_odd_literals_has_the_findings_of_pyshacl_though_some_are_left_to_it(
    seed: int, world: Triples
) -> None:
    triples = Spoiler(world, seed).spoilt(rate=0.03, odd=True)
    left = compiled(triples).left
    assert 0 < len(left) < 30
    assert set(check_stated(as_quads(triples))) == set(check_here(as_quads(triples)))


def test_every_constraint_is_broken_somewhere_with_the_findings_of_pyshacl(world: Triples) -> None:
    triples = [*examples(), *Spoiler(world, 9).spoilt(rate=0.2, odd=False)]
    checked = compiled(triples)
    assert checked.left == {}
    assert {f"shape:{file.stem}" for file in INVALID} <= {finding.shape for finding in checked.findings}
    assert set(check_stated(as_quads(triples))) == set(check_here(as_quads(triples)))


def test_what_is_left_is_said_by_name_with_the_reason() -> None:
    triples = [
        ("<https://e.org/s>", TYPE, f"<{expand('oa:TextPositionSelector')}>"),
        ("<https://e.org/s>", f"<{expand('oa:start')}>", f'"7"^^<{XSD}integer>'),
        ("<https://e.org/s>", f"<{expand('oa:end')}>", f'"7.5"^^<{XSD}decimal>'),
    ]
    left = compiled(triples).left
    assert "have no plain order" in left[SHAPES + "Selector"]
    assert {shrink(each) for each in left} == {"shape:Selector"}
