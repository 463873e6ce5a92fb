"""`kg chart` writes SVG and PNG, and says what a chart leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import parse

from kg.builds import build
from kg.charts.kinds import KINDS, NUMBERS
from kg.cli import main
from kg.command_options import CHARTS

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, world_seeds) -> str:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("charts") / "graph"
    build(world_seeds, folder)
    return str(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_as_svg(kind: str, store: str, tmp_path: Path) -> None:
    assert main(["chart", kind, "--store", store, "-o", str(tmp_path / "a.svg")]) == 0
    root = parse((tmp_path / "a.svg").read_text(encoding="utf-8"))
    assert [a for a in root.iter() if (a.get("href") or "").startswith("http")]


def test_standard_output_has_the_same_as_a_file(
    store: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main(["chart", "bars", "--by", "actor", "--store", store, "-o", str(tmp_path / "a.svg")])
    capfd.readouterr()
    main(["chart", "bars", "--by", "actor", "--store", store])
    assert capfd.readouterr().out == (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_file_called_png_is_a_picture(store: str, tmp_path: Path) -> None:
    assert main(["chart", "matrix", "--store", store, "-o", str(tmp_path / "a.PNG"), "--scale", "1"]) == 0
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


def test_scope_and_what_is_left_out_are_told(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--issue", "harbour-fees", "--since", "2024", "--actors", "1", "--proposals", "1"]
    main(["chart", "matrix", "--store", store, "-o", str(tmp_path / "a.svg"), *words])
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("Who stands where on what (on ")
    assert first.endswith("since 2024)")
    assert second.startswith("Shown are 1 of ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bars", "--lanes", "3"], "a chart 'bars' has no parameter 'lanes'"),
        (["network", "--actor", "nobody at all"], "there is no actor"),
        (["matrix", "-o", "a.gif"], "a chart is written as .svg or .png"),
    ],
)
def test_what_does_not_fit_is_refused(
    words: list[str], message: str, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chart", *words, "--store", store]) == 1
    assert message in capsys.readouterr().err


def test_the_command_line_knows_all_kinds_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["chart", "--help"])
    told = capsys.readouterr().out
    assert tuple(KINDS) == CHARTS
    assert all(f"--{name} N" in told for names in NUMBERS.values() for name in names)
