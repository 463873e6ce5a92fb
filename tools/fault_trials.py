"""Kill builds, fill the disk under them, spoil their files, read while they run; and say what came of it.

Every trial works on the command ``kg build`` with a synthetic corpus in two versions, *before* and *after*.
Whatever happens, the store must then hold the one or the other, quad by quad; the next build must make it
*after*, and leave nothing else in its folder and no process. The moments and the bytes are drawn from a seed.

``python -m tools.fault_trials --passages 10000`` does 100 kills, 20 full disks and 20 spoilt files, has ten
readers ask while ten builds run, and prints a table; the exit status says whether all was well.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.synthetic_corpora import generate
from tools import fault_disks, fault_readers
from tools.fault_programs import Program, leftovers, state_of


@dataclass(frozen=True)
class Outcome:
    """What came of one trial: *found* in words, *wrong* only where something is not as it must be."""

    trial: str
    found: str
    wrong: str = ""


@dataclass(frozen=True)
class Case:
    """A store as it was, the corpus that is built into it, and what must come of that."""

    name: str
    store: Path | None
    corpus: Path
    before: str
    after: str
    seconds: float


class Trials:
    """All that the trials share: corpora in versions, stores built from them, and a drawing of lots."""

    def __init__(self, folder: Path, *, passages: int, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)  # noqa: S311 - drawn lots, not secrets
        self.corpora = [folder / f"corpus-{number}" for number in range(3)]
        generate(self.corpora[0], passages=passages, seed=seed)
        for corpus, share in ((self.corpora[1], 0.01), (self.corpora[2], 1.0)):
            shutil.copytree(self.corpora[0], corpus)
            mark(corpus, corpus.name, share=share, chance=self.chance)
        self.stores = [folder / f"store-{number}" for number in range(3)]
        for corpus, store in zip(self.corpora, self.stores, strict=True):
            Program.build(corpus, store).must_end()
        self.states = [state_of(store).digest for store in self.stores]
        self.cases = [self._case("first build", None, 2), self._case("one in a hundred files changed", 0, 1)]
        self.cases.append(self._case("all files changed", 0, 2))

    def _case(self, name: str, store: int | None, corpus: int) -> Case:
        fresh = self.fresh(None if store is None else self.stores[store])
        started = time.monotonic()
        Program.build(self.corpora[corpus], fresh).must_end()
        seconds = time.monotonic() - started
        before = "" if store is None else self.states[store]
        if state_of(fresh).digest != self.states[corpus]:
            raise AssertionError(f"{name}: not what a build from nothing gives")
        place = None if store is None else self.stores[store]
        return Case(name, place, self.corpora[corpus], before, self.states[corpus], seconds)

    def fresh(self, store: Path | None) -> Path:
        """A folder with a copy of *store*, or none yet."""
        place = self.folder / "trial"
        shutil.rmtree(place, ignore_errors=True)
        if store is not None:
            shutil.copytree(store, place)
        return place

    # ------------------------------------------------------------ the trials

    def kill(self, number: int) -> Outcome:
        """End a build by SIGKILL at some moment, and build again."""
        case = self.cases[number % len(self.cases)]
        store = self.fresh(case.store)
        running = Program.build(case.corpus, store)
        time.sleep(self.chance.uniform(0, 1.05 * case.seconds))
        running.kill()
        return self._judged(f"killed: {case.name}", case, store, running)

    def full(self, number: int) -> Outcome:
        """Have the disk full somewhere on the way, then make room and build again."""
        case = self.cases[number % len(self.cases)]
        size = fault_disks.size_of(case.store) if case.store else 0
        needed = 0.05 if case.corpus == self.corpora[1] else 1.8
        room = int(fault_disks.size_of(self.stores[0]) * needed * self.chance.random())
        with fault_disks.small_disk(self.folder / "disk", size + room) as disk:
            store = disk / "store"
            if case.store:
                shutil.copytree(case.store, store)
            running = Program.build(case.corpus, store)
            text = running.ended()
            wrong = ""
            if running.status and "no space left on the disk" not in text:
                wrong = f"the message is {text.strip().splitlines()[-1:]}"
            fault_disks.make_room(disk)
            return self._judged(f"disk full: {case.name}", case, store, running, wrong)

    def spoil_store(self, number: int) -> Outcome:
        """Spoil one file of the store. It may be asked before the next build, or not."""
        case = self.cases[1 + number % 2]
        store = self.fresh(case.store)
        harm = fault_disks.spoil(store, self.chance)
        found = state_of(store)
        trial = "store file spoilt"
        if not found.is_damaged and found.digest != case.before:
            return Outcome(trial, harm, f"{harm}: {found.crash or 'read as if nothing were wrong'}")
        told = "told when read" if found.is_damaged else "nothing to notice when read"
        return self._repaired(trial, told, case, store, harm)

    def spoil_source(self, number: int) -> Outcome:
        """Spoil one annotation file: it is told, or says something else; its last good version stays."""
        store = self.fresh(self.stores[0])
        spoilt = self.folder / "spoilt"
        shutil.rmtree(spoilt, ignore_errors=True)
        shutil.copytree(self.corpora[0], spoilt)
        harm = fault_disks.spoil(spoilt, self.chance)
        running = Program.build(spoilt, store)
        text = running.ended()
        trial = "source file spoilt"
        path = harm.split(":")[0]
        found = state_of(store)
        if found.is_damaged:
            return Outcome(trial, harm, f"{harm}: {found.text}")
        case = Case("", self.stores[0], self.corpora[0], self.states[0], self.states[0], 0)
        told = "told, last good version kept" if running.status else "still a file, taken as it is"
        if harm.endswith("gone"):
            told = "gone, as if somebody had deleted it"
        elif running.status and path.startswith("documents"):
            if Path(path).name not in text:
                return Outcome(trial, harm, f"{harm}: not told of: {text}")
            if found.digest != self.states[0]:
                return Outcome(trial, harm, f"{harm}: the last good version is not what is there")
        return self._repaired(trial, told, case, store, harm)

    def _judged(self, trial: str, case: Case, store: Path, running: Program, wrong: str = "") -> Outcome:
        found = state_of(store)
        if running.survivors():
            wrong = f"processes go on: {running.survivors()}"
        elif found.is_missing and not case.before:
            told = "as before"
        elif found.is_damaged or found.digest not in (case.before, case.after):
            wrong = found.text or found.crash or "neither what was before nor what comes after"
        if wrong:
            return Outcome(trial, "", wrong)
        told = "as before" if found.is_missing or found.digest == case.before else "as after"
        return self._repaired(trial, told, case, store, "")

    def _repaired(self, trial: str, told: str, case: Case, store: Path, harm: str) -> Outcome:
        """Build once more, undisturbed, and see that all is well."""
        again = Program.build(case.corpus, store)
        text = again.ended()
        found = state_of(store)
        if again.status:
            return Outcome(trial, told, f"{harm} the next build fails: {text}")
        if found.is_damaged or found.digest != case.after:
            return Outcome(
                trial, told, f"{harm} the next build does not repair it: {found.text}{found.crash}"
            )
        left = leftovers(store)
        return Outcome(trial, told, f"left behind: {left}" if left else "")


def mark(corpus: Path, word: str, *, share: float, chance: random.Random) -> list[Path]:
    """Add *word* to one gist of a *share* of the annotation files, at least one; which."""
    files = sorted((corpus / "documents").rglob("*.jsonl"))
    chosen = sorted(chance.sample(files, max(1, round(share * len(files)))))
    for file in chosen:
        lines = file.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            record = json.loads(line)
            if "gist" in record:
                record["gist"] = f"{record['gist'].split(' marked ')[0]} marked {word}"
                lines[number] = json.dumps(record, ensure_ascii=False)
                break
        file.write_text("\n".join(lines) + "\n", "utf-8")
    return chosen


def run(*counts: tuple[Callable[[int], Outcome], int]) -> Iterator[Outcome]:
    """Carry out each kind of trial so many times."""
    for trial, count in counts:
        for number in range(count):
            outcome = trial(number)
            print(f"{number + 1:4} {outcome.trial}: {outcome.found} {outcome.wrong[:200]}", file=sys.stderr)
            yield outcome


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a table in Markdown.

    >>> print(table([Outcome("killed", "as before"), Outcome("killed", "as after")]))
    | trial | times | then the store was | lost, mixed or not repaired |
    |---|---|---|---|
    | killed | 2 | 1 as after, 1 as before | 0 |
    """
    lines = ["| trial | times | then the store was | lost, mixed or not repaired |", "|---|---|---|---|"]
    for trial in dict.fromkeys(outcome.trial for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.trial == trial]
        found = Counter(outcome.found for outcome in mine if outcome.found)
        said = (f"{count} {words}" if len(mine) > 1 else words for words, count in sorted(found.items()))
        wrong = sum(bool(outcome.wrong) for outcome in mine)
        lines.append(f"| {trial} | {len(mine)} | {', '.join(said)} | {wrong} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="fault_trials", description=__doc__)
    for name, default in (("passages", 10_000), ("seed", 1), ("kills", 100), ("full", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in (("spoilt", 20), ("readers", 10), ("builds", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        trials = Trials(Path(folder), passages=options.passages, seed=options.seed)
        half = options.spoilt // 2
        outcomes = list(
            run(
                (trials.kill, int(options.kills)),
                (trials.full, int(options.full)),
                (trials.spoil_store, half),
                (trials.spoil_source, int(options.spoilt) - half),
            )
        )
        if options.readers:
            words, wrong = fault_readers.read_while_building(
                trials.corpora[0],
                Path(folder) / "read",
                readers=options.readers,
                builds=options.builds,
                mark=lambda corpus, word, share: mark(corpus, word, share=share, chance=trials.chance),
            )
            name = f"{options.readers} readers during {options.builds} builds"
            outcomes.append(Outcome(name, words, "; ".join(wrong)))
        print(table(outcomes))
        for outcome in outcomes:
            if outcome.wrong:
                print(f"\n{outcome.trial}: {outcome.wrong[:2000]}")
        return int(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
