"""Of some layers, just their codings stay, and what is inferred from them."""

from __future__ import annotations

import pytest
from export_samples import said

from kg.corpora import Seeds
from kg.exports import ExportError, without_inferred
from kg.layers import only_layers
from kg.record_tables import record_tables
from kg.store import Store
from kg.terms import expand


def test_only_the_positions_of_the_layer_stay(world_store: Store, world_seeds: Seeds) -> None:
    positions = said(world_seeds)
    for layer in ("main", "second"):
        found = {row["id"] for row in record_tables(only_layers(world_store.quads(), [layer]))["positions"]}
        assert found == {id_ for id_, each in positions.items() if each.layer == layer}
        assert found


def test_all_layers_are_everything(world_store: Store) -> None:
    quads = list(world_store.quads())
    assert set(only_layers(quads, ["main", "second"])) == set(quads)


def test_nothing_is_said_of_what_is_gone(world_store: Store) -> None:
    left = only_layers(world_store.quads(), ["main"])
    described = {quad.subject for quad in left}
    gone = {quad.subject for quad in world_store.quads()} - described
    assert gone
    assert not {quad.object for quad in left} & gone
    rollups = {quad.subject for quad in left if quad.predicate == f"<{expand('st:toActor')}>"}
    with_position = {quad.subject for quad in left if quad.predicate == f"<{expand('st:ofPosition')}>"}
    assert rollups == with_position


def test_registries_and_inferences_about_them_stay(world_store: Store) -> None:
    left = record_tables(only_layers(world_store.quads(), ["second"]))
    everything = record_tables(world_store.quads())
    for name in ("actors", "proposals", "issues", "ties", "corpus"):
        assert left[name].rows == everything[name].rows
    assert len(without_inferred(only_layers(world_store.quads(), ["second"]))) > 0


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(world_store: Store) -> None:
    with pytest.raises(ExportError, match="no coding is of the layer 'mian'; there are main, second"):
        only_layers(world_store.quads(), ["mian"])
