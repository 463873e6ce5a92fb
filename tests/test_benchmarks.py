"""The benchmarks measure what they say: each group once on a tiny corpus, for the form of its figures."""

from __future__ import annotations

import doctest
import math
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import figures, peers, runs, timings
from benchmarks.figures import Figure, Goal
from benchmarks.goals import AIMS
from benchmarks.timings import child, here, interleaved
from tools import performance_reference

TINY = replace(runs.TINY, limit=1.0)
FIGURE = Figure(
    group="building",
    what="a build",
    size="2 quads",
    unit="quads/s",
    ours=(4.0, 2.0, 3.0),
    peer=(6.0,),
    peer_name="somebody",
    goal=Goal(">=", 0.5),
    note="A note.",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    return runs.Run(folder=tmp_path_factory.mktemp("run"), sizes=TINY, rounds=1, clock="cpu")


@pytest.mark.parametrize("group", [aim.group for aim in AIMS])
def test_each_group_gives_figures_against_named_peers(
    group: str, run: runs.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = benchmarks.measure(group, run, tmp_path)
    assert found
    for figure in found:
        assert figure.group == group
        assert figure.what
        assert figure.peer_name
        assert all(math.isfinite(value) and value > 0 for value in (*figure.ours, *figure.peer))
    is_for_large_ones = group in {"building", "shards"}
    assert is_for_large_ones or any(figure.goal is not None for figure in found)
    assert str(found[0]) in capsys.readouterr().out
    assert figures.read(tmp_path)[group].figures == found


def test_the_ratio_is_of_medians_and_meets_the_goal_or_not() -> None:
    assert FIGURE.ratio == 0.5
    assert FIGURE.is_met is True
    assert replace(FIGURE, peer=(6.1,)).is_met is False
    assert replace(FIGURE, goal=None).is_met is None
    assert replace(FIGURE, goal=Goal("<", 3.0, "ours")).is_met is False
    assert replace(FIGURE, goal=Goal("<=", 3.0, "ours")).is_met is True


def test_a_record_reads_back_and_tells_no_time_and_no_name_of_the_machine(tmp_path: Path) -> None:
    import platform

    record = figures.record("building", [FIGURE], clock="wall")
    path = figures.write(record, tmp_path)
    assert figures.read(tmp_path) == {"building": record}
    before = path.read_bytes()
    time.sleep(0.01)
    assert figures.write(figures.record("building", [FIGURE], clock="wall"), tmp_path).read_bytes() == before
    assert platform.node() not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [figures, runs, timings])
def test_the_examples_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


# ---------------------------------------------------------------- samples


def test_rounds_take_turns_and_a_slow_peer_has_fewer() -> None:
    order: list[str] = []
    rounds = interleaved(
        here(lambda: order.append("ours")),
        here(lambda: order.append("peer")),
        rounds=3,
        peer_rounds=1,
        before=[lambda: order.append("clear")],
    )
    assert [word for word in order if word != "clear"] == ["ours", "peer", "ours", "ours"]
    assert order[::2] == ["clear"] * 4
    assert [len(side) for side in rounds.seconds("wall")] == [3, 1]


def test_a_rate_is_the_amount_by_the_seconds() -> None:
    rounds = timings.Rounds(
        (timings.Taken(wall=2.0, cpu=4.0),), (timings.Taken(wall=1.0, cpu=1.0, peak=3_000_000),)
    )
    assert rounds.rates(8, "wall") == ((4.0,), (8.0,))
    assert rounds.rates(8, "cpu") == ((2.0,), (8.0,))
    assert rounds.peaks() == ((0.0,), (3.0,))


def test_the_memory_of_a_child_is_not_that_of_its_parent() -> None:
    ballast = bytearray(200_000_000)
    ballast[::4096] = bytes(len(ballast[::4096]) * [1])
    assert child(sys.executable, "-S", "-c", "pass")().peak < 100_000_000


def test_the_memory_of_the_children_of_a_child_is_added_up() -> None:
    hold = (
        "import time; held = bytearray(60_000_000); held[::4096] = b'1' * len(held[::4096]); time.sleep(0.6)"
    )
    begin = f"subprocess.Popen([sys.executable, '-S', '-c', {hold!r}])"
    start = f"import subprocess, sys; [each.wait() for each in [{begin}, {begin}]]"
    assert child(sys.executable, "-S", "-c", start)().peak > 120_000_000


def test_work_done_by_a_living_child_counts_as_seconds_of_processors() -> None:
    answering = "import sys\nfor line in sys.stdin: print(sum(range(3_000_000)), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", answering], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        own = [0.0]

        def ask() -> None:
            before = time.process_time()
            print("go", file=worker.stdin, flush=True)
            worker.stdout.readline()
            own[0] = time.process_time() - before

        ask()
        taken = here(ask)()
        worker.stdin.close()
    assert taken.cpu > own[0] + 0.005


def test_a_child_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(timings.ChildError, match="no more"):
        child(sys.executable, "-c", "raise SystemExit('no more')")()


def test_a_question_that_a_peer_does_not_answer_in_time_has_no_seconds() -> None:
    def never() -> None:
        while True:
            try:
                time.sleep(0.001)
            except Exception:  # as rdflib does
                continue

    assert peers._seconds(never, 0.05) is None
    assert peers._seconds(lambda: 1 / 0, 1.0) is None
    taken = peers._seconds(lambda: sum(range(1000)), 1.0)
    assert taken is not None
    assert taken > 0


# ---------------------------------------------------------------- what is kept


def test_every_goal_is_the_name_of_a_module_that_measures() -> None:
    for aim in AIMS:
        assert callable(import_module(f"benchmarks.{aim.group}").measure)


def test_every_goal_has_a_figure_on_the_page() -> None:
    found = figures.read()
    for aim in AIMS:
        judged = [figure for figure in found[aim.group].figures if figure.goal is not None]
        assert judged, f"{aim.group}: no goal was measured; run python -m benchmarks {aim.group} --record"


def test_the_page_is_what_the_results_give() -> None:
    page = performance_reference.PAGE.read_text(encoding="utf-8")
    assert page == performance_reference.reference(), "run python -m tools.performance_reference"


def test_the_page_tells_a_goal_that_is_missed() -> None:
    missed = replace(FIGURE, ours=(1.0, 1.0))
    assert statistics.median(missed.ours) < statistics.median(FIGURE.ours)
    records = {"building": figures.record("building", [missed], clock="cpu")}
    page = performance_reference.render(records, seed=1)
    assert "0.167 (goal ≥ 0.5 ×: missed)" in page
    assert "≥ 0.5 ×: **missed**" in page
    assert "A note." in page
    assert "Seconds are those of the processors" in page
    assert "not measured yet" in page


def test_a_section_measured_otherwise_says_so() -> None:
    usual = figures.record("building", [FIGURE], clock="wall")
    other = replace(usual, group="slow", figures=(replace(FIGURE, group="slow"),), clock="cpu")
    page = performance_reference.render({"building": usual, "slow": other, "memory": usual}, seed=1)
    assert page.count("on the wall") == 1
    assert page.count("of the processors") == 1
