"""One run: on how much it measures, and the corpora and stores that its groups share.

Each group is a module with a function ``measure(run: Run) -> Iterator[Figure]``. What groups need to
measure on (a corpus, its store, its quads as N-Quads) a `Run` makes once, with the command line
as users have it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from benchmarks.timings import Taken, child

SEED: Final = 1
"""Of the synthetic corpora: the same seed gives the same bytes."""

KG: Final = Path(sys.executable).with_name("kg")
"""The command, installed beside this interpreter."""

PEERS: Final = Path(__file__).with_name("peers.py")
"""A program that does the same with the usual parts, or with the engine alone."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large the corpora are, in passages, and how long a slow peer is waited for."""

    building: tuple[int, ...] = (10_000, 100_000)  # building, memory and growth
    rebuilding: int = 100_000
    usual: int = 10_000  # JSON-LD through rdflib
    questions: int = 20_000  # a million quads
    rdflib: int = 1_000  # questions on rdflib
    slow: tuple[int, ...] = (20_000,)  # a million quads; 500,000 are 25 million
    shacl: tuple[int, ...] = (2_000, 20_000)  # 100,000 quads, a million
    pyshacl: int = 2_000  # the largest of these that pySHACL is given
    limit: float = 3.0  # seconds that rdflib has for a question
    asking: float = 2.5  # seconds for which clients ask an endpoint
    names: tuple[str, ...] = ()  # only these questions; none: all


DEFAULT: Final = Sizes()
FULL: Final = Sizes(
    building=(10_000, 100_000, 1_000_000),
    usual=100_000,
    rdflib=20_000,
    rebuilding=235_000,  # 2,500 files
    slow=(20_000, 500_000),
    shacl=(2_000, 20_000),
    pyshacl=20_000,
    limit=60.0,
    asking=10.0,
)
TINY: Final = Sizes(
    building=(50, 100),
    rebuilding=100,
    usual=50,
    questions=400,
    rdflib=400,
    slow=(400,),
    shacl=(50, 100),
    pyshacl=50,
    asking=0.5,
    names=("actors", "agreements", "matrix", "who-proposes"),
)
"""For tests of the figures themselves."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where things are made (in *folder*, or left there by an earlier run), how often, by which *clock*."""

    folder: Path
    sizes: Sizes = DEFAULT
    rounds: int = 5
    clock: str = "wall"
    _memory: dict[Any, Any] = field(default_factory=dict, repr=False)

    def once(self, key: object, work: Callable[[], Made]) -> Made:
        """What *work* gives, done once in a run however many groups want it."""
        if key not in self._memory:
            self._memory[key] = work()
        found: Made = self._memory[key]
        return found

    def corpus(self, passages: int) -> Path:
        """A synthetic corpus of so many passages."""
        words = ("--passages", str(passages), "--seed", str(SEED), "--out")
        return self._make(f"corpus-{passages}", lambda place: kg("generate", *words, place))

    def store(self, passages: int) -> Path:
        """The store that `kg build` makes of that corpus; what it took is kept."""
        corpus = self.corpus(passages)

        def build(place: Path) -> None:
            self._memory["built", passages] = child(KG, "build", corpus, "--store", place)()

        return self._make(f"store-{passages}", build)

    def built(self, passages: int) -> tuple[Taken, ...]:
        """What the build of that store took; nothing if it was there already."""
        self.store(passages)
        taken: Taken | None = self._memory.get(("built", passages))
        return () if taken is None else (taken,)

    def nquads(self, passages: int) -> Path:
        """All quads of that store, graph by graph: the order in which the engine loads them fastest."""
        store = self.store(passages)
        return self._make(f"quads-{passages}.nq", lambda place: _dump(store, place))

    def quads(self, passages: int) -> int:
        """How many these are."""
        return self.once(("quads", passages), lambda: _count(self.store(passages)))

    def size(self, passages: int) -> str:
        """In words.

        >>> Run(folder=Path("."), _memory={("quads", 10_000): 251_234}).size(10_000)
        '10,000 passages (251,234 quads)'
        """
        return f"{passages:,} passages ({self.quads(passages):,} quads)"

    def rounds_for(self, passages: int) -> int:
        """How often something of this size is done: what takes minutes varies little."""
        return self.rounds if passages <= 20_000 else 1 if passages > 200_000 else min(3, self.rounds)

    def scratch(self, name: str) -> Path:
        """A place for what a piece of work writes."""
        return self.folder / "scratch" / name

    def _make(self, name: str, work: Callable[[Path], object]) -> Path:
        place = self.folder / name
        if not place.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            begun = self.folder / f"{name}.begun"
            remove(begun)
            work(begun)
            begun.rename(place)
        return place


def kg(*words: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command of Standpoint.

    Raises:
        subprocess.CalledProcessError: it failed; what it said stands on standard error.
    """
    subprocess.run([KG, *words], check=True, stdout=subprocess.DEVNULL, env=env)


def peer(*words: str | Path) -> tuple[str | Path, ...]:
    """The words of a command that lets a peer do it; see `benchmarks.peers`."""
    return (sys.executable, PEERS, *words)


def remove(path: Path) -> None:
    """Take a file or a folder away, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def database(store: Path) -> Path:
    """The engine's own directory in a store of ours."""
    from kg.snapshots import current

    found = current(store)
    if found is None:
        raise FileNotFoundError(f"{store}: nothing was built here")
    return found.database


def _dump(store: Path, place: Path) -> None:
    import pyoxigraph

    opened = pyoxigraph.Store.read_only(str(database(store)))
    with place.open("wb") as output:
        for graph in sorted(opened.named_graphs(), key=str):
            quads = opened.quads_for_pattern(None, None, None, graph)
            pyoxigraph.serialize(quads, output=output, format=pyoxigraph.RdfFormat.N_QUADS)


def _count(store: Path) -> int:
    import pyoxigraph

    return len(pyoxigraph.Store.read_only(str(database(store))))
