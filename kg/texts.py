"""Anchor passages in local copies of the texts, and verify the anchors.

`anchor_file` fills in what a coder need not count: positions, hashes, end words, ids.
`verify` says for each passage whether its words still stand where the file says, and
`reanchor_file` writes the new places of those that moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from statistics import median_low
from typing import Final

from kg.annotations import parse_source, show_path
from kg.corpora import Seeds
from kg.documents import read_bytes
from kg.errors import AnchorError, InputError, Place, Problem
from kg.files import write_whole
from kg.libraries import Copy, TextLibrary
from kg.nodes import Mapping, Node, Scalar, Sequence
from kg.records import Annotation, Passage
from kg.rewriting import Change, Word, rewrite
from kg.spans import (
    Span,
    decode,
    end_words,
    find_alike,
    find_ends,
    find_quote,
    has_ends,
    hash_span,
    spans_between,
)
from kg.trees import parse_tree
from kg.words import fold

__all__ = [
    "Anchored", "Check", "Copy", "Span", "State", "TextLibrary", "anchor_file", "decode", "find_alike",
    "find_ends", "find_quote", "reanchor_file", "verify",
]  # fmt: skip


# ---------------------------------------------------------------- verifying


class State(StrEnum):
    """What became of an anchor."""

    EXACT = "exact"
    MOVED = "moved"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    NOT_AT_HAND = "text not at hand"


@dataclass(frozen=True, slots=True)
class Check:
    """What became of the anchor of one passage.

    *found* are the places where its words stand now; *sha256* is the text they stand in.
    """

    file: Path
    place: Place
    passage: str
    state: State
    span: Span
    found: tuple[Span, ...] = ()
    sha256: str = ""
    said: str = ""

    def __str__(self) -> str:
        said = f"; {self.said}" if self.said else ""
        return f"{self.place}: {self.state}: passage '{self.passage}' ({self.span}){said}"


def verify(seeds: Seeds, library: TextLibrary) -> tuple[Check, ...]:
    """Check every anchor of a corpus against the texts at hand."""
    return tuple(
        check
        for source in seeds.sources
        if isinstance(source.content, Annotation)
        for check in verify_annotation(source.content, library, file=seeds.root / source.path)
    )


def verify_annotation(annotation: Annotation, library: TextLibrary, *, file: Path) -> tuple[Check, ...]:
    """Check every anchor of one annotation file."""
    sha256 = find_text(annotation, library)
    text = library.read(sha256) if sha256 else None
    checks = tuple(_verify(passage, text, sha256, annotation, file) for passage in annotation.passages)
    if text is None or sha256 == annotation.document.text.sha256:
        return checks
    region = Span(annotation.document.text.start, annotation.document.text.end)
    return tuple(_judge(check, checks, region) for check in checks)


def _judge(check: Check, checks: tuple[Check, ...], region: Span) -> Check:
    """Doubt places in a changed text outside of where the other passages say that the document is now.

    A file can hold several articles with sentences in common. A document that begins its file may
    be all of it (the text that was coded is not at hand), and then nothing lies outside.
    """
    moves = [
        (other.found[0], other.found[0].start - other.span.start)
        for other in checks
        if other is not check and len(other.found) == 1 and other.state is State.MOVED
    ]
    if not check.found or check.state is State.MISSING or region.start == 0:
        return check
    now = _region_now(region, moves)
    inside = tuple(span for span in check.found if now.start <= span.start and span.end <= now.end)
    if len(inside) == 1:
        said = f"its words stand at {inside[0]} of the changed text now; run 'kg verify --fix'"
        return replace(check, state=State.MOVED, found=inside, said=said)
    where = ", ".join(map(str, check.found))
    outside = "" if inside else f", and the document seems to stand at {now}; correct the passage by hand"
    said = f"its words stand at {where} of the changed text{outside}"
    return replace(check, state=State.AMBIGUOUS, said=said)


def _region_now(region: Span, moves: list[tuple[Span, int]]) -> Span:
    """Judge where *region* is now by most of the *moves*: new places of passages, and their shifts."""
    middle = median_low(shift for _, shift in moves) if moves else 0
    kept = [
        shift
        for span, shift in moves
        if region.start + middle <= span.start and span.end <= region.end + middle
    ] or [middle]
    # What stands before all that is found may be as it was, so the start is never judged later.
    return Span(max(0, region.start + min(0, *kept)), region.end + max(kept))


def find_text(annotation: Annotation, library: TextLibrary) -> str:
    """Find the hash of the text to check against; empty if there is none.

    It is that of the document, or else of the text at hand that has most of its passages, half of
    them at least.
    """
    named = annotation.document.text.sha256
    if library.find(named):
        return named
    counts: dict[str, int] = {}
    for copy in library.copies():
        text = library.read(copy.sha256) or ""
        counts[copy.sha256] = sum(1 for passage in annotation.passages if find_passage(text, passage))
    best = max(counts, key=lambda sha256: (counts[sha256], sha256), default="")
    return best if best and 2 * counts[best] >= max(1, len(annotation.passages)) else ""


def find_passage(text: str, passage: Passage, *, within: Span | None = None) -> tuple[Span, ...]:
    """Find every place where the words of *passage* stand, by its end words and hash."""
    candidates = spans_between(text, passage.first, passage.last, within=within)
    return tuple(span for span in candidates if hash_span(text, span) == passage.sha256)


def _verify(passage: Passage, text: str | None, sha256: str, annotation: Annotation, file: Path) -> Check:
    span = Span(passage.start, passage.end)
    place = passage.keys.get("start", passage.at)

    def make(state: State, said: str = "", found: tuple[Span, ...] = ()) -> Check:
        return Check(file, place, passage.id, state, span, found, sha256, said)

    if text is None:
        name = annotation.document.text.sha256
        return make(State.NOT_AT_HAND, f"run 'kg texts add FILE' with the text whose SHA-256 is {name}")
    same_text = sha256 == annotation.document.text.sha256
    is_there = hash_span(text, span) == passage.sha256 and span.end <= len(text)
    if is_there and same_text:
        if has_ends(text, span, passage.first, passage.last):
            return make(State.EXACT, found=(span,))
        return make(
            State.MISSING, "the span is right, but its end words are others; correct 'first' and 'last'"
        )
    # In the text that was coded, what stands outside the region is another document's.
    region = Span(annotation.document.text.start, annotation.document.text.end) if same_text else None
    found = find_passage(text, passage, within=region)
    if found[1:]:
        return make(State.AMBIGUOUS, "its words stand at " + ", ".join(map(str, found)), found)
    if found:
        where = f"at {found[0]}" + ("" if same_text else " of the changed text")
        return make(State.MOVED, f"its words stand {where} now; run 'kg verify --fix'", found)
    between = tuple(spans_between(text, passage.first, passage.last, within=region))
    if between:
        return make(
            State.MISSING, f"its end words stand at {between[0]}, but the words between are others", between
        )
    return make(State.MISSING, "its words are not in the text")


# ---------------------------------------------------------------- anchoring


@dataclass(frozen=True, slots=True)
class Anchored:
    """What was done to a file: how many things were filled in or moved, and what a coder should look at."""

    count: int
    notes: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        done = f"{self.count} filled in" if self.count else "nothing to fill in"
        return "\n".join([done, *map(str, self.notes)])


def anchor_file(file: Path, library: TextLibrary) -> Anchored:
    """Fill in positions, hashes, end words and ids of an annotation file, and take its quotes away.

    Comments and layout stay. Nothing is written if anything cannot be filled in.

    Raises:
        InputError: with everything that cannot be filled in.
    """
    path = show_path(file)
    data = read_bytes(file, path=path)
    anchoring = _Anchoring(parse_tree(data, path=path), library, path)
    anchoring.anchor()
    if anchoring.problems:
        raise InputError(anchoring.problems)
    _write(file, data, anchoring.changes)
    return Anchored(len(anchoring.changes), tuple(anchoring.notes))


def reanchor_file(file: Path, library: TextLibrary) -> Anchored:
    """Write the new places of the passages that moved, and the hash of the text that was changed.

    Raises:
        InputError: the file has problems.
    """
    path = show_path(file)
    data = read_bytes(file, path=path)
    annotation = parse_source(data, path=path, name=path).content
    if not isinstance(annotation, Annotation):
        return Anchored(0)
    tree = parse_tree(data, path=path)
    moved = {
        check.place: check
        for check in verify_annotation(annotation, library, file=file)
        if check.state is State.MOVED
    }
    changes = []
    for node in _items(tree, "passages"):
        check = moved.get(node.entries["start"].place)
        if check:
            changes.append(Change(node, {"start": check.found[0].start, "end": check.found[0].end}))
    if moved:
        changes += _move_document(tree, annotation, tuple(moved.values()), library)
    _write(file, data, changes)
    return Anchored(len(moved))


def _move_document(
    tree: Mapping, annotation: Annotation, moved: tuple[Check, ...], library: TextLibrary
) -> list[Change]:
    """Point the document to the changed text; its region moves with its first and last passage."""
    region, sha256 = annotation.document.text, moved[0].sha256
    node = _child(_child(tree, "document"), "text")
    if sha256 == region.sha256 or node is None:
        return []
    ordered = sorted(moved, key=lambda check: check.span)
    shifts = [check.found[0].start - check.span.start for check in (ordered[0], ordered[-1])]
    start = max(0, region.start + shifts[0]) if region.start else 0
    end = min(region.end + shifts[1], len(library.read(sha256) or ""))
    furthest = max(check.found[0].end for check in moved)
    return [Change(node, {"sha256": sha256, "start": start, "end": max(end, furthest)})]


def _write(file: Path, data: bytes, changes: list[Change]) -> None:
    if changes:
        write_whole(file, [rewrite(data, changes, path=show_path(file))])


class _Anchoring:
    """Finds out what to fill in in one file."""

    def __init__(self, tree: Mapping, library: TextLibrary, path: str) -> None:
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self._tree, self._library, self._path = tree, library, path

    def anchor(self) -> None:
        """Go through the file."""
        text_node = _child(_child(self._tree, "document"), "text")
        if text_node is None:
            advice = "'kg anchor' is for files with a document and its text"
            self.problems.append(Problem(self._tree.place, "the file names no text of a document", advice))
            return
        text, region = self._anchor_document(text_node)
        taken = _ids(self._tree, "passages")
        for node in _items(self._tree, "passages"):
            values: dict[str, Word] = {} if "id" in node.entries else {"id": _next_id(taken)}
            if not _is_anchored(node):
                if text is None:
                    continue
                values |= self._anchor_passage(node, text, region)
            if values:
                self.changes.append(Change(node, values, "quote"))
        for key in ("positions", "claims", "parts"):
            self._name_statements(key)

    def _anchor_document(self, node: Mapping) -> tuple[str | None, Span]:
        values: dict[str, Word] = {}
        sha256 = self._find_hash(node)
        text = self._library.read(sha256) if sha256 else None
        if text is None:
            needed = [each for each in _items(self._tree, "passages") if not _is_anchored(each)]
            if sha256 and (needed or not {"start", "end"} <= node.entries.keys()):
                message = f"the text with the SHA-256 {sha256} is not at hand"
                self.problems.append(Problem(node.place, message, "run 'kg texts add FILE', or set KG_TEXTS"))
            return None, Span(0, 0)
        if "sha256" not in node.entries:
            values["sha256"] = sha256
        region = Span(_number(node, "start", 0), _number(node, "end", len(text)))
        values |= {key: getattr(region, key) for key in ("start", "end") if key not in node.entries}
        if "start" not in values and "end" in values:  # so that the end comes after it
            values = {key: values[key] for key in values if key != "end"} | {
                "start": region.start,
                "end": region.end,
            }
        if values or "file" in node.entries:
            self.changes.append(Change(node, values, "file"))
        return text, region

    def _find_hash(self, node: Mapping) -> str:
        if sha256 := _word(node, "sha256"):
            return sha256
        name = _word(node, "file")
        found = self._library.find_named(name) if name else ()
        if len({copy.sha256 for copy in found}) == 1:
            return found[0].sha256
        if not name:
            message, advice = "the text has neither 'sha256' nor 'file'", "write text: {file: NAME}"
        elif found:
            message = f"several texts are named '{name}': " + ", ".join(copy.sha256[:12] for copy in found)
            advice = "write its whole 'sha256' instead"
        else:
            message, advice = f"no text named '{name}' is at hand", "run 'kg texts add FILE', or set KG_TEXTS"
        self.problems.append(Problem(node.place, message, advice))
        return ""

    def _anchor_passage(self, node: Mapping, text: str, region: Span) -> dict[str, Word]:
        try:
            span = self._find_span(node, text, region)
        except AnchorError as error:
            key = "quote" if "quote" in node.entries else "first"
            place = node.entries[key].place if key in node.entries else node.place
            self.problems.append(Problem(place, str(error)))
            return {}
        first, last = end_words(text, span)
        if "quote" not in node.entries:
            first, last = _word(node, "first"), _word(node, "last")
        values: dict[str, Word] = {"start": span.start, "end": span.end, "sha256": hash_span(text, span)}
        return values | {
            key: word for key, word in (("first", first), ("last", last)) if word != _word(node, key)
        }

    def _find_span(self, node: Mapping, text: str, region: Span) -> Span:
        if quote := _word(node, "quote"):
            try:
                return find_quote(text, quote, within=region)
            except AnchorError as error:
                if "more than one" in str(error):
                    raise
            span = find_alike(text, quote, within=region)
            message = f"the quote is not letter by letter in the text; what is like it stands at {span}"
            self.notes.append(
                Problem(node.entries["quote"].place, message, "check white space, quotes and dashes")
            )
            return span
        if not (_word(node, "first") and _word(node, "last")):
            raise AnchorError(
                "the passage has neither a 'quote' nor 'first' and 'last' words; give one of them"
            )
        return find_ends(text, _word(node, "first"), _word(node, "last"), within=region)

    def _name_statements(self, key: str) -> None:
        taken = _ids(self._tree, key)
        for node in _items(self._tree, key):
            if "id" not in node.entries:
                new = _id_from(_word(node, "gist") or key[:-1], taken)
                self.changes.append(Change(node, {"id": new}))


def _is_anchored(node: Mapping) -> bool:
    return {"start", "end", "sha256"} <= node.entries.keys() and "quote" not in node.entries


def _child(node: Node | None, key: str) -> Mapping | None:
    found = node.entries.get(key) if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _items(tree: Mapping, key: str) -> Iterator[Mapping]:
    found = tree.entries.get(key)
    if isinstance(found, Sequence):
        yield from (item for item in found.items if isinstance(item, Mapping))


def _word(node: Mapping, key: str) -> str:
    found = node.entries.get(key)
    return found.value.strip() if isinstance(found, Scalar) else ""


def _number(node: Mapping, key: str, default: int) -> int:
    found = _word(node, key)
    return int(found) if found.isdecimal() else default


def _ids(tree: Mapping, key: str) -> set[str]:
    return {_word(node, "id") for node in _items(tree, key)} - {""}


def _next_id(taken: set[str]) -> str:
    """Make the next id of a passage: after the highest that is taken, so that ids are never given again."""
    numbers = [int(match[1]) for each in taken if (match := re.fullmatch(r"p([0-9]{1,6})", each))]
    new = f"p{max(numbers, default=0) + 1:03}"
    taken.add(new)
    return new


_SMALL: Final = frozenset(
    {
        "a", "an", "and", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has", "have", "he",
        "her", "his", "in", "is", "it", "its", "of", "on", "or", "she", "that", "the", "their", "they",
        "this", "to", "was", "were", "will", "with", "would",
    }
)  # fmt: skip
_ID_WORDS: Final = 6


def _id_from(gist: str, taken: set[str]) -> str:
    """Make a readable id of the first words of a gist."""
    words = [word for word in re.findall(r"[a-z0-9]+", fold(gist)) if word not in _SMALL][:_ID_WORDS]
    slug = "-".join(words) if any(word[0].isalpha() for word in words) else "-".join(["statement", *words])
    new, number = slug, 1
    while new in taken:
        number += 1
        new = f"{slug}-{number}"
    taken.add(new)
    return new
