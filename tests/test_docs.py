"""The documentation is true: its examples run, its links lead somewhere, every command has its line.

A fenced block marked ``console`` is a session: lines that start with ``$ `` are
run by a shell, one working folder for each page, and what follows is compared
with what they print. ``…`` alone on a line stands for any lines, inside a line
for any text. A block marked ``pycon`` is a doctest. Exit status is 0 unless the
line before the output is ``# exit N``.
"""

from __future__ import annotations

import argparse
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.cli import parser

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Step:
    line: int
    command: str
    output: str
    status: int


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        if match[1] == language:
            yield text.count("\n", 0, match.start(2)) + 1, match[2]


def steps(page: Path) -> Iterator[Step]:
    for first, block in blocks(page, "console"):
        command, output, status, at = "", [], 0, first
        for number, line in enumerate([*block.splitlines(), "$ "], start=first):
            if line.startswith("$ "):
                if command:
                    yield Step(at, command, "\n".join(output).strip(), status)
                command, output, status, at = line[2:], [], 0, number
            elif command and not output and line.startswith("> "):
                command += "\n" + line[2:]
            elif exit_line := re.fullmatch(r"# exit (\d+)", line):
                status = int(exit_line[1])
            else:
                output.append(line.rstrip())


def pattern(output: str) -> re.Pattern[str]:
    lines = [
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n"
        for line in output.split("\n")
    ]
    return re.compile("".join(lines))


with_sessions = [page for page in PAGES if any(steps(page))]


@pytest.mark.parametrize("page", with_sessions, ids=lambda page: page.name)
def test_the_sessions_of_a_page_run(page: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KG_TEXTS_HOME": str(tmp_path / "texts-home"),
        "KG_TEXTS": "",
        "HOME": str(tmp_path),
        "COLUMNS": "120",
        "PYTHONWARNINGS": "",
        "PYTHONUNBUFFERED": "1",  # so that both outputs come in the order in which a terminal has them
    }
    folder = tmp_path / "work"
    folder.mkdir()
    for step in steps(page):
        script = f"cd {folder}\n{step.command}\nstatus=$?\npwd > {tmp_path}/cwd\nexit $status"
        done = subprocess.run(
            ["bash", "-c", script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        folder = Path((tmp_path / "cwd").read_text().strip())
        said = re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE).strip() + "\n"
        where = f"{page.name}:{step.line}: $ {step.command}"
        assert done.returncode == step.status, f"{where}\n{said}"
        if step.output:
            assert pattern(step.output).fullmatch(said), f"{where}\nprints\n{said}\nnot\n{step.output}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(blocks(page, "pycon"))], ids=lambda page: page.name
)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = "\n".join(block for _, block in blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    problems: list[str] = []
    runner.run(test, out=problems.append)
    assert not runner.failures, "".join(problems)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def command_names(
    top: argparse.ArgumentParser, before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield f"{before}{name}", sub
                yield from command_names(sub, f"{before}{name} ")


COMMANDS = dict(command_names(parser()))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_line_in_the_reference(name: str) -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert f"kg {name}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_reference(name: str) -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    options = {
        flag for action in COMMANDS[name]._actions for flag in action.option_strings if flag[:2] == "--"
    }
    assert [flag for flag in sorted(options - {"--help"}) if f"`{flag}" not in text] == []
