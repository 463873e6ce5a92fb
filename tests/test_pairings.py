"""Pairings: which codings are compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import annotation, seeds, source

from kg.corpora import Seeds
from kg.errors import InputError
from kg.pairings import find_pairs, units
from kg.records import Annotation


def reading(coder: str, layer: str, number: int = 1) -> Annotation:
    made = annotation(number)
    return replace(made, coding=replace(made.coding, coder=coder, layer=layer))


def corpus(*readings: Annotation) -> Seeds:
    made = seeds([])
    sources = tuple(source(f"documents/{n}.yaml", each) for n, each in enumerate(readings))
    return replace(made, sources=made.sources + sources)


def coders(*layers: str, only: tuple[str, ...] = ()) -> list[str]:
    readings = [reading(f"{layer or 'own'}-coder", layer) for layer in layers]
    return [pair.coders.replace("-coder", "") for pair in find_pairs(corpus(*readings), layers=only)]


def test_two_layers_are_compared_the_own_one_first() -> None:
    assert coders("second", "") == coders("", "second") == ["own / second"]
    assert coders("second", "main") == ["main / second"]


def test_an_adjudicated_layer_is_left_out_unless_named() -> None:
    assert coders("first", "second", "adjudicated") == ["first / second"]
    assert coders("main", "adjudicated", "second") == ["main / second"]
    assert coders("first", "adjudicated", only=("adjudicated", "first")) == ["adjudicated / first"]


def test_the_own_layer_is_adjudicated_where_two_others_are() -> None:
    assert coders("main", "first", "second") == ["first / second"]
    assert coders("main", "first", "second", only=("main", "second")) == ["main / second"]


def test_three_coders_make_three_pairs() -> None:
    assert coders("a", "b", "c") == ["a / b", "a / c", "b / c"]


def test_two_coders_of_one_layer_are_compared() -> None:
    readings = (reading("zoe", ""), reading("ann", ""))
    assert [pair.coders for pair in find_pairs(corpus(*readings))] == ["ann / zoe"]


def test_documents_are_compared_each_with_itself() -> None:
    readings = [reading(coder, "", number) for number in (2, 1) for coder in ("a", "b")]
    assert [pair.document for pair in find_pairs(corpus(*readings))] == ["doc-1", "doc-2"]


def test_nothing_coded_twice_is_said(world: Path) -> None:
    with pytest.raises(InputError, match="no document has two codings; a second coding names another"):
        find_pairs(corpus(reading("a", ""), reading("a", "", 2)))
    with pytest.raises(InputError, match="no document has two codings in the layers first, third;"):
        find_pairs(corpus(reading("a", "first"), reading("b", "second")), layers=("first", "third"))


def test_a_statement_covers_all_its_passages(world_seeds: Seeds) -> None:
    (pair,) = find_pairs(world_seeds)
    position = next(each for each in pair.first.positions if each.id == "lane-fees-now")
    covered = units(pair.first, "positions")[pair.first.positions.index(position)]
    assert covered == {*range(165, 191), *range(194, 220), *range(889, 910)}
