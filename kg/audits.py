"""What of a corpus deserves a second look, and what its files say to that.

The checks are those of `kg.doubts`. A record explains what they find on it by its key
`audited`, a list of ``CHECK: reason`` or, where a check found several things, ``CHECK WHAT:
reason``; an explanation of nothing is itself an item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.corpora import Seeds, find_corpus, read_corpus
from kg.doubts import CHECKS, Audited, Codings, Doubt
from kg.errors import Place
from kg.libraries import TextLibrary

NEEDLESS: Final = "needless-reason"
"""The check of the explanations themselves: each has something to explain."""
CHECK_NAMES: Final = (*CHECKS, NEEDLESS)
"""The names of all checks."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that deserves a second look; *reason* is what the file says to it, if anything.

    *what* tells it from other items of the same check on the same record.
    """

    place: Place
    check: str
    what: str
    message: str
    reason: str = ""

    def __str__(self) -> str:
        reason = f"; explained: {self.reason}" if self.reason else ""
        return f"{self.place}: {self.check} {self.what}: {self.message}{reason}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What a check of a corpus came to: items by place, and the documents whose texts are not at hand."""

    items: tuple[Item, ...]
    without_text: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[Item, ...]:
        """The items that no file explains."""
        return tuple(item for item in self.items if not item.reason)


def audit(seeds: Seeds, library: TextLibrary) -> Audit:
    """Run all checks over a corpus; texts that are not at hand are said, not missed."""
    codings = Codings(seeds, library)
    explanations = _Explanations(codings.records())
    items = [
        Item(found.record.at, name, found.what, found.message, explanations.find(name, found))
        for name, check in CHECKS.items()
        for found in check(codings)
    ]
    items += explanations.left_over(codings.lacks_text)
    return Audit(tuple(sorted(items, key=lambda item: (item.place, item.check, item.what))), codings.missing)


def audit_corpus(paths: Sequence[Path], library: TextLibrary, *, checks: Sequence[str] = ()) -> Audit:
    """Audit the corpus that *paths* lie in, and keep what stands in them and what *checks* found.

    The whole corpus is read all the same: only it can tell what nothing refers to.

    Raises:
        InputError: the corpus has problems.
    """
    seeds = read_corpus([find_corpus(path) or path for path in paths])
    seeds.raise_problems()
    found = audit(seeds, library)
    kept = [
        item for item in found.items if (not checks or item.check in checks) and _lies_in(item.place, paths)
    ]
    return replace(found, items=tuple(kept))


def _lies_in(place: Place, paths: Sequence[Path]) -> bool:
    here = Path(place.path).resolve()
    return not paths or any(here == path.resolve() or path.resolve() in here.parents for path in paths)


# ---------------------------------------------------------------- explanations


class _Explanations:
    """What the files of a corpus say to the items of an audit."""

    _PATTERN: Final = re.compile(r"(?P<check>[a-z-]+)(?: (?P<what>\S+))?: (?P<reason>.+)", re.DOTALL)

    def __init__(self, records: Sequence[Audited]) -> None:
        self._records = records
        self._used: set[tuple[int, int]] = set()

    def find(self, check: str, found: Doubt) -> str:
        """Find the reason why what was *found* is right; empty if there is none."""
        reasons = [
            reason
            for record, what in ((found.record, found.what), *found.others)
            for reason in self._reasons(record, check, what)
        ]
        return next(iter(reasons), "")

    def _reasons(self, record: Audited, check: str, what: str) -> Iterator[str]:
        for number, entry in enumerate(record.audited):
            match = self._PATTERN.fullmatch(entry)
            if match and match["check"] == check and _covers(match["what"] or "", what):
                self._used.add((id(record), number))
                yield match["reason"]

    def left_over(self, is_unsure: Callable[[Audited], bool]) -> Iterator[Item]:
        """Go through explanations of nothing; *is_unsure* tells records on which not all was checked."""
        for record in self._records:
            for number, entry in enumerate(record.audited):
                if (id(record), number) in self._used:
                    continue
                name = entry.partition(":")[0]
                place = record.keys.get(f"audited.{number}", record.at)
                if name.split()[0] not in CHECKS:
                    known = ", ".join(CHECKS)
                    yield Item(place, NEEDLESS, name, f"there is no such check; the checks are {known}")
                elif not is_unsure(record):
                    yield Item(place, NEEDLESS, name, "the audit finds nothing of the kind here any more")


def _covers(said: str, what: str) -> bool:
    """Tell whether an explanation of *said* holds for *what*: all, the same, or a stretch that begins in it.

    >>> _covers("", "x"), _covers("x", "x"), _covers("100-900", "120-180"), _covers("100-900", "950-980")
    (True, True, True, False)
    """
    spans = [re.fullmatch(r"([0-9]+)-([0-9]+)", each) for each in (said, what)]
    if spans[0] and spans[1]:
        return int(spans[0][1]) <= int(spans[1][1]) < int(spans[0][2])
    return said in ("", what)
