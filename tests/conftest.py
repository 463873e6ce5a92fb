"""What all tests share: the small world, the network switched off except for loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORLD = Path(__file__).parent / "world"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-answers",
        action="store_true",
        help="write the answers that saved queries give now as the expected ones, to be read before a commit",
    )


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and host not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True, scope="session")
def own_findings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what validations find in a folder of the tests, and not in the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_FINDINGS", str(tmp_path_factory.mktemp("findings")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def world() -> Path:
    """The corpus folder of the small world that all tests share."""
    return WORLD


@pytest.fixture(scope="session")
def world_seeds():  # type: ignore[no-untyped-def]
    """The small world, read; it has no problem."""
    from kg.corpora import read_corpus

    seeds = read_corpus([WORLD])
    assert not seeds.problems
    return seeds


@pytest.fixture(scope="session")
def world_store(world_seeds):  # type: ignore[no-untyped-def]
    """The small world in a memory store."""
    from kg.builds import build_memory

    return build_memory(world_seeds)


@pytest.fixture(scope="session")
def real_seeds():  # type: ignore[no-untyped-def]
    """The corpus in seeds/, read; it has no problem."""
    from kg.corpora import read_corpus

    seeds = read_corpus([ROOT / "seeds"])
    assert not seeds.problems
    return seeds


@pytest.fixture(scope="session")
def real_store(real_seeds):  # type: ignore[no-untyped-def]
    """The corpus in seeds/ in a memory store."""
    from kg.builds import build_memory

    return build_memory(real_seeds)
