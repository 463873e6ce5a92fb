"""A few of the trials that `tools/fault_trials.py` makes by the hundred, and that they would notice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from tools import fault_disks, fault_readers
from tools.fault_programs import Program, leftovers, state_of
from tools.fault_trials import Outcome, Trials, mark, table


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    return Trials(tmp_path_factory.mktemp("trials"), passages=40, seed=3)


def test_versions_of_the_corpus_make_different_stores(trials):
    assert len(set(trials.states)) == 3
    assert all(len(state) == 64 for state in trials.states)


@pytest.mark.parametrize("number", range(3))
def test_a_killed_build_loses_nothing(trials, number):
    outcome = trials.kill(number)
    assert not outcome.wrong
    assert outcome.found in ("as before", "as after")


@pytest.mark.skipif(not fault_disks.can_mount(), reason="only root may mount a small disk")
@pytest.mark.parametrize("number", range(3))
def test_a_full_disk_loses_nothing(trials, number):
    assert not trials.full(number).wrong


@pytest.mark.parametrize("number", range(3))
def test_a_spoilt_file_of_the_store_is_repaired(trials, number):
    assert not trials.spoil_store(number).wrong


@pytest.mark.parametrize("number", range(3))
def test_a_spoilt_annotation_file_is_told(trials, number):
    assert not trials.spoil_source(number).wrong


def test_readers_see_one_version_at_a_time(trials, tmp_path):
    words, wrong = fault_readers.read_while_building(
        trials.corpora[0],
        tmp_path / "read",
        readers=2,
        builds=2,
        mark=lambda corpus, word, share: mark(corpus, word, share=share, chance=trials.chance),
    )
    assert wrong == []
    assert words.endswith("versions")


# ---------------------------------------------------------------- that they would notice


def test_a_store_that_is_not_as_it_must_be_is_noticed(trials):
    store = trials.fresh(trials.stores[0])
    case = replace(trials.cases[0], before="other", after="another")
    ended = Program("queries")
    ended.ended()
    assert "neither" in trials._judged("", case, store, ended).wrong
    assert "does not repair it" in trials._repaired("", "", case, store, "").wrong


def test_what_a_build_leaves_behind_is_noticed(trials):
    store = trials.fresh(trials.stores[0])
    assert leftovers(store) == []
    (store / "building").mkdir()
    (store / "snapshots" / "77").mkdir()
    assert leftovers(store) == ["building", "77"]


def test_processes_that_go_on_are_noticed(trials, monkeypatch):
    program = Program("queries")
    monkeypatch.setenv("KG_FAULT_TRIAL", program._mark)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.undo()
    try:
        program.ended()
        assert program.survivors() == [child.pid]
    finally:
        child.communicate()
    assert program.survivors() == []


def test_mixed_and_older_answers_are_noticed():
    old, new = (("0", 9),), (("1", 9),)
    for answers, problem in (
        ([old, (("0", 4), ("1", 5))], "a mixed answer"),
        ([new, old], "an older version after a newer one"),
        ([], "got no answer"),
    ):
        wrong = []
        fault_readers._judged(answers, [old, new], wrong)
        assert problem in wrong[0]
    fault_readers._judged([old, old, new], [old, new], wrong := [])
    assert wrong == []


def test_just_one_file_is_spoilt(tmp_path):
    chance = random.Random(5)
    for _ in range(30):
        for name in "abc":
            (tmp_path / name).write_bytes(b"all is well\n" * 900)
        harm = fault_disks.spoil(tmp_path, chance)
        spoilt = [
            name
            for name in "abc"
            if not (tmp_path / name).exists() or (tmp_path / name).read_bytes() != b"all is well\n" * 900
        ]
        assert spoilt == [harm[0]]


def test_a_missing_store_and_a_damaged_one_are_told_apart(trials, tmp_path):
    assert state_of(tmp_path / "none").is_missing
    store = trials.fresh(trials.stores[0])
    next(store.glob("snapshots/*/graphs.json")).write_text("{")
    found = state_of(store)
    assert found.is_damaged
    assert not found.is_missing


def test_the_table_counts_what_went_wrong():
    found = table([Outcome("killed", "as before"), Outcome("killed", "", "lost")])
    assert found.splitlines()[-1] == "| killed | 2 | 1 as before | 1 |"
    assert os.linesep not in found.splitlines()[-1]
