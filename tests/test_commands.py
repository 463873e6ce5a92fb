"""What commands write, where the command line itself has no part in it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from kg import commands

WORLD = Path(__file__).parent / "world"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("commands") / "graph"
    words = argparse.Namespace(paths=[WORLD], store=folder, jobs=None, scheduler=None, shards=None)
    assert commands.build(words) == 0
    return str(folder)


def asked(store: str, *rest: str) -> argparse.Namespace:
    return argparse.Namespace(
        store=store,
        timeout=30.0,
        without_inferred=False,
        name="plan-parts",
        rest=list(rest),
        show=True,
        output=None,
    )


def test_the_text_shown_is_the_query_itself_with_one_line_end(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.query(asked(store, "--plan", "may-plan")) == 0
    said = capsys.readouterr().out
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


def test_a_parameter_without_its_value_is_named_as_it_was_written(store: str) -> None:
    with pytest.raises(commands.UsageError, match=r"^--plan needs a value$"):
        commands.query(asked(store, "--plan"))


def test_texts_that_are_not_where_they_are_said_to_be_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_TEXTS", os.pathsep.join([str(tmp_path), str(tmp_path / "txets")]))
    commands.texts_list(argparse.Namespace(paths=[WORLD]))
    said = f"KG_TEXTS names {tmp_path / 'txets'}, which does not exist: check its spelling\n"
    assert capsys.readouterr().err == said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_written_to_a_device_or_a_pipe_leaves_it_there(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        commands.write_out(["Ägypten\n", "ends here\n"], pipe)
        assert pipe.is_fifo()
        assert os.read(reader, 100).decode() == "Ägypten\nends here\n"
    finally:
        os.close(reader)
