"""Files to records: keys, types, slugs, dates, and what the records of one file say about each other.

All problems of a file are found at once. What the keys mean stands in `kg.fields`;
references to other files are checked in `kg.corpora`, and those of a file with problems,
too: a `Draft` holds what could be read of it.

In a record, `keys` has the place of each key's value, and ``keys["passages.0"]`` that of
the first item of a list of words.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from kg import fields, records
from kg.cycles import find_cycles
from kg.documents import read_bytes
from kg.errors import InputError, Place, Problem
from kg.fields import Many, Shape, Value
from kg.kinds import Kind, matches
from kg.nodes import Mapping, Node, Scalar, Sequence
from kg.records import Draft, Source
from kg.trees import NO_MAPPING, guess_ids, parse_parts
from kg.words import nearest, suggest


def read_source(file: Path, *, root: Path) -> Source:
    """Read one file of the corpus in the folder *root*.

    Raises:
        InputError: with all problems of the file.
    """
    return _finished(read_draft(file, root=root))


def read_draft(file: Path, *, root: Path) -> Draft:
    """Read what can be read of one file of the corpus in the folder *root*."""
    path = show_path(file)
    try:
        data = read_bytes(file, path=path)
    except InputError as error:
        return Draft(None, error.problems)
    return _parse_draft(data, path=path, name=name_source(file, root=root))


def parse_source(data: bytes, *, path: str, name: str) -> Source:
    """Make records of the bytes of a file that problems call *path* and the graph calls *name*.

    Raises:
        InputError: with all problems of the file.

    >>> source = parse_source(b"coders: [{id: coder-a, label: A}]", path="c.yaml", name="c.yaml")
    >>> source.content.coders[0].label
    'A'
    """
    return _finished(_parse_draft(data, path=path, name=name))


def _finished(draft: Draft) -> Source:
    if draft.problems or draft.source is None:
        raise InputError(draft.problems)
    return draft.source


def _parse_draft(data: bytes, *, path: str, name: str) -> Draft:
    tree, torn = parse_parts(data, path=path)
    if tree is None:
        return Draft(None, torn)
    reader = _Reader(path, lost=guess_ids(data) if torn else None)
    content = reader.read_file(tree, name)
    told = {problem.place for problem in torn}
    problems = (*torn, *(problem for problem in reader.problems if problem.place not in told))
    if content is None:
        return Draft(None, problems)
    return Draft(Source(path=name, sha256=hashlib.sha256(data).hexdigest(), content=content), problems)


def show_path(file: Path) -> str:
    """Write the path of *file* as problems show it: from the working directory where it is below that."""
    # Path.resolve would follow links, and the user knows the file by the name of the link.
    full = Path(os.path.abspath(file))  # noqa: PTH100
    try:
        return full.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix()


def name_source(file: Path, *, root: Path) -> str:
    """Write the path of *file* from the corpus folder, as the graph names it."""
    for full in (os.path.abspath, os.path.realpath):
        with contextlib.suppress(ValueError):
            return Path(full(file)).relative_to(full(root)).as_posix()
    return file.name


def name_registry(path: str) -> str:
    """Make the name of a registry from its *path* in the corpus folder.

    >>> name_registry("registries/people/Heads of State.yaml")
    'people-heads-of-state'
    """
    parts = PurePosixPath(path).with_suffix("").parts
    shown = "-".join(parts[1:] if parts[0] == "registries" and parts[1:] else parts)
    ascii_only = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return slug or "registry-" + hashlib.sha256(path.encode()).hexdigest()[:8]


# ---------------------------------------------------------------- the reader

_FILES: Final[dict[str, tuple[str, ...]]] = {
    "corpus": ("corpus",),
    "registry": tuple(each.key for each in fields.REGISTRY.fields),
    "annotation": tuple(each.key for each in fields.ANNOTATION.fields),
}
_LOCAL: Final = ("passage", "position", "claim")


class _Reader:
    """Reads the tree of one file and collects its problems.

    *lost* are ids that may stand in parts of the file that could not be parsed, if there are any.
    """

    def __init__(self, path: str, *, lost: frozenset[str] | None = None) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._lost = lost
        self._ids: dict[str, dict[str, Place]] = {}
        self._references: list[tuple[str, str, Place]] = []

    def refuse(self, place: Place, message: str, advice: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(place, message, advice))

    # ---- whole files

    def read_file(
        self, tree: Node, name: str
    ) -> records.Corpus | records.Registry | records.Annotation | None:
        """Read a file as what its top-level keys say it is."""
        kind = self._tell_kind(tree)
        if kind is None or not isinstance(tree, Mapping):
            return None
        if kind == "corpus":
            corpus = self._record(tree.entries["corpus"], fields.CORPUS)
            return corpus if isinstance(corpus, records.Corpus) else None
        if kind == "registry":
            registry = self._record(tree, fields.REGISTRY, name=name_registry(name))
            return registry if isinstance(registry, records.Registry) else None
        annotation = self._record(tree, fields.ANNOTATION)
        self._check_references()
        if not isinstance(annotation, records.Annotation):
            return None
        _check_annotation(self, annotation)
        return annotation

    def _tell_kind(self, tree: Node) -> str | None:
        if not isinstance(tree, Mapping):
            self.refuse(tree.place, "the file is no mapping", NO_MAPPING)
            return None
        found = [kind for kind, keys in _FILES.items() if any(key in tree.entries for key in keys)]
        known = [key for keys in _FILES.values() for key in keys]
        if len(found) == 1:
            allowed = _FILES[found[0]]
            if found[0] == "corpus":
                self._refuse_unknown(tree, allowed, "a corpus file")
            return found[0]
        if not found:
            self._refuse_unknown(tree, known, "a file")
            if not tree.entries and self._lost is None:
                self.refuse(tree.place, "the file says nothing", "known keys: " + ", ".join(known))
            return None
        at = tree.key_places[next(key for key in tree.entries if key in _FILES[found[-1]])]
        self.refuse(at, f"the file is {' and '.join(found)} at once", "write each in a file of its own")
        return None

    def _refuse_unknown(self, node: Mapping, known: Any, where: str) -> None:
        for key in node.entries:
            if key not in known:
                advice = suggest(key, known) or "known keys: " + ", ".join(known)
                self.refuse(node.key_places[key], f"unknown key '{key}' in {where}", advice)

    # ---- mappings

    def _record(self, node: Node, shape: Shape, **extra: str) -> records.Record | None:
        if shape.bare and isinstance(node, Scalar):
            node = Mapping({shape.bare: node}, {shape.bare: node.place}, node.place)
        if not isinstance(node, Mapping):
            example = f"'{shape.fields[0].key}: …'"
            self.refuse(node.place, f"{_a(shape.name)} is a mapping, not {_name(node)}", f"write {example}")
            return None
        self._refuse_unknown(node, [field.key for field in shape.fields], _a(shape.name))
        values: dict[str, Any] = {}
        places: dict[str, Place] = {}
        for field in shape.fields:
            if field.key in node.entries and not field.draft:
                value = self._value(node.entries[field.key], field.value, field.key, places)
                if value is None:
                    places.pop(field.key)
                else:
                    values[field.key] = value
        if shape is fields.DOCUMENT:
            _default_voice(values, places)
        self._note_id(shape, values, places)
        self._refuse_missing(node, shape, values)
        if check := _CHECKS.get(shape.name):
            check(self, node, values, places)
        return shape.record(at=node.place, keys=places, **(fields.blanks(shape) | values), **extra)

    def _refuse_missing(self, node: Mapping, shape: Shape, values: dict[str, Any]) -> None:
        if shape is fields.ANNOTATION and self._lost is not None:
            return  # it may stand in what could not be parsed
        advice = f"run 'kg anchor {self._path}', which fills it in"
        drafts = [field.key for field in shape.fields if field.draft and field.key in node.entries]
        for key in drafts:
            self.refuse(node.key_places[key], f"{_a(shape.name)} still has its '{key}'", advice)
        known = [field.key for field in shape.fields]
        misspelt = {near for key in node.entries if key not in known for near in nearest(key, known)}
        missing = [
            field
            for field in shape.fields
            if field.required and field.key not in {*values, *node.entries, *misspelt}
        ]
        fillable = [field.key for field in missing if field.filled]
        if fillable and not drafts:
            self.refuse(node.place, f"{_a(shape.name)} lacks {', '.join(fillable)}", advice)
        for field in missing:
            if not field.filled:
                self.refuse(node.place, f"{_a(shape.name)} needs the key '{field.key}'", field.about)

    def _note_id(self, shape: Shape, values: dict[str, Any], places: dict[str, Place]) -> None:
        slug = values.get("id")
        if slug is None or shape is fields.DOCUMENT:
            return
        known = self._ids.setdefault(shape.name, {})
        if slug in known:
            advice = f"it is the id of the {shape.name} in line {known[slug].line} already"
            self.refuse(places["id"], f"duplicate id '{slug}'", advice)
        known.setdefault(slug, places["id"])

    # ---- values

    def _value(self, node: Node, value: Value, key: str, places: dict[str, Place]) -> Any:
        places[key] = node.place
        if isinstance(value, Kind):
            return self._scalar(node, value, key)
        if isinstance(value, Shape):
            return self._record(node, value)
        if not isinstance(node, Sequence):
            advice = (
                f"write [{node.value}]"
                if isinstance(node, Scalar) and node.value
                else "write it as a list: […]"
            )
            self.refuse(node.place, f"'{key}' is a list, not {_name(node)}", advice)
            return None
        if len(node.items) < value.least:
            self.refuse(node.place, f"'{key}' is empty", f"at least {value.least} is needed")
        return self._items(node, value, key, places)

    def _items(
        self, node: Sequence, value: Many, key: str, places: dict[str, Place]
    ) -> tuple[Any, ...] | None:
        if isinstance(value.of, Shape):
            read = (self._record(item, value.of) for item in node.items)
            return tuple(record for record in read if record is not None)
        found: list[Any] = []
        for number, item in enumerate(node.items):
            places[f"{key}.{number}"] = item.place
            each = self._scalar(item, value.of, key)
            if each is not None and each in found:
                self.refuse(item.place, f"'{each}' stands twice in '{key}'", "write it once")
            found.append("" if each is None else each)  # so that the others keep their numbers
        return tuple(found)

    def _scalar(self, node: Node, kind: Kind, key: str) -> Any:
        if not isinstance(node, Scalar):
            self.refuse(node.place, f"'{key}' is {_name(node)}", f"write one value: {kind.about}")
            return None
        text = node.value.strip()
        if not text or (node.plain and text in ("~", "null")):
            self.refuse(node.place, f"'{key}' has no value", "leave the key out, or give " + kind.about)
            return None
        if kind.words:
            return self._word(node, kind, key, text)
        if not matches(kind, text) or (kind.typed is not str and not node.plain):
            self.refuse(node.place, f"'{key}' is no {kind.name}: {_cut(text)}", "write " + kind.about)
            return None
        try:
            if kind.check:
                kind.check(text)
        except ValueError as error:
            self.refuse(node.place, f"'{key}': {error}")
            return None
        if kind.refers_to in _LOCAL:
            self._references.append((kind.refers_to, text, node.place))
        return text == "true" if kind.typed is bool else kind.typed(text)

    def _word(self, node: Scalar, kind: Kind, key: str, text: str) -> str | None:
        if text in kind.words:
            return text
        advice = suggest(text, kind.words) or kind.about
        self.refuse(node.place, f"'{key}' cannot be '{_cut(text)}'", advice)
        return None

    def _check_references(self) -> None:
        for kind, slug, place in self._references:
            known = self._ids.get(kind, {})
            if slug not in known and slug not in (self._lost or ()):
                advice = suggest(slug, known) or f"its id has to stand in this file under '{kind}s'"
                self.refuse(place, f"unknown {kind} '{slug}'", advice)


def _default_voice(values: dict[str, Any], places: dict[str, Place]) -> None:
    authors = values.get("authors")
    if "voice" not in values and authors and len(authors) == 1:
        values["voice"] = authors[0]
        places["voice"] = places["authors.0"]


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _name(node: Node) -> str:
    names = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}
    return names[type(node)]


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


# ---------------------------------------------------------------- what the keys of one record say together

_Check = Callable[[_Reader, Mapping, dict[str, Any], dict[str, Place]], None]


def _one_of(*keys: str) -> _Check:
    """Make the check that exactly one of *keys* is given."""

    def check(reader: _Reader, node: Mapping, values: dict[str, Any], places: dict[str, Place]) -> None:
        given = [key for key in keys if key in node.entries]
        if len(given) != 1:
            named = ", ".join(f"'{key}'" for key in keys)
            said = " and ".join(f"'{key}'" for key in given) if given else "none"
            reader.refuse(node.place, f"exactly one of {named} is needed, and {said} given", "keep one")

    return check


def _check_condition(
    reader: _Reader, node: Mapping, values: dict[str, Any], places: dict[str, Place]
) -> None:
    if "proposal" in values and "position" in values:
        reader.refuse(node.place, "a condition has both 'proposal' and 'position'", "write two conditions")
    if not {"proposal", "position", "gist"} & node.entries.keys():
        reader.refuse(node.place, "a condition says nothing", "give a 'proposal', a 'position' or a 'gist'")


def _check_span(reader: _Reader, node: Mapping, values: dict[str, Any], places: dict[str, Place]) -> None:
    start, end = values.get("start"), values.get("end")
    if start is not None and end is not None and start >= end:
        reader.refuse(
            places["end"], f"the span ends at {end}, before it starts", "'end' has to be after 'start'"
        )


def _check_document(reader: _Reader, node: Mapping, values: dict[str, Any], places: dict[str, Place]) -> None:
    known = [field.key for field in fields.DOCUMENT.fields]
    for number, key in enumerate(values.get("outside") or ()):
        if key not in known:
            advice = suggest(str(key), known) or "known keys: " + ", ".join(known)
            reader.refuse(
                places[f"outside.{number}"], f"'outside' names no key of a document: '{key}'", advice
            )


def _check_coding(reader: _Reader, node: Mapping, values: dict[str, Any], places: dict[str, Place]) -> None:
    if "reviewed" in values and "reviewed_by" not in values:
        reader.refuse(places["reviewed"], "a day of review, but nobody who reviewed", "add 'reviewed_by'")


_CHECKS: Final[dict[str, _Check]] = {
    "text": _check_span,
    "passage": _check_span,
    "condition": _check_condition,
    "target": _one_of("proposal", "position", "claim"),
    "part": _one_of("proposal", "subplan"),
    "document": _check_document,
    "coding": _check_coding,
}


# ---------------------------------------------------------------- what the records of one file say together


def _check_annotation(reader: _Reader, annotation: records.Annotation) -> None:
    _check_regions(reader, annotation)
    _check_conditions(reader, annotation)
    voice = annotation.document.voice
    for statement in statements(annotation):
        link = next(iter(statement.attribution), None)
        if voice and link and link.mode == "own-voice" and link.voice == voice:
            advice = "leave it out: the document's own voice is always the first link"
            reader.refuse(link.at, "the chain begins with the document's own voice", advice)


def statements(annotation: records.Annotation) -> Iterator[records.Statement]:
    """Go through positions, claims and plan parts."""
    yield from annotation.positions
    yield from annotation.claims
    yield from annotation.parts


def _check_regions(reader: _Reader, annotation: records.Annotation) -> None:
    region = annotation.document.text
    for passage in annotation.passages:
        if not ({"start", "end"} <= region.keys.keys() & passage.keys.keys()):
            continue
        if passage.start < region.start or passage.end > region.end:
            message = f"the passage ({passage.start}–{passage.end}) lies outside the document"
            reader.refuse(passage.at, message, f"its region is {region.start}–{region.end}")


def _check_conditions(reader: _Reader, annotation: records.Annotation) -> None:
    graph = {
        position.id: [each.position for each in position.conditions if each.position]
        for position in annotation.positions
    }
    by_id = {position.id: position for position in annotation.positions}
    for cycle in find_cycles(graph):
        condition = next(each for each in by_id[cycle[0]].conditions if each.position == cycle[1])
        message = "positions are conditions of each other: " + " → ".join(cycle)
        reader.refuse(condition.keys["position"], message, "take one of the conditions away")
