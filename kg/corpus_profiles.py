"""The shape of a corpus in numbers: how often what occurs in it, and no word of it.

``kg/corpus_profile.json`` holds the shape of the corpus that is shipped (``python -m
tools.corpus_profile`` writes it). Of documents that were read several times the reading of the
layer that questions are answered from counts, in all but `sizes`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from kg.corpora import Seeds
from kg.dates import bounds
from kg.draws import quantiles
from kg.records import Annotation, Condition, Entry, Statement, Tie

Profile: TypeAlias = dict[str, Any]
"""By topic: tables of values (as text) with how often they occur, quantiles, parts ``[so many, of all]``."""

FILE: Final = Path(__file__).with_name("corpus_profile.json")
TIES: Final = ("memberships", "speaks_for", "part_of")
LINKS: Final = ("issues", "broader", "close", "incompatible", "requires")
TARGETS: Final = ("proposal", "position", "claim")


@cache
def shipped_profile() -> Profile:
    """Read the shape of the corpus that is shipped.

    >>> shipped_profile()["sizes"]["issues"] > 0
    True
    """
    profile: Profile = json.loads(FILE.read_text(encoding="utf-8"))
    return profile


def profile_of(seeds: Seeds) -> Profile:
    """Count what a corpus consists of."""
    main = [each for each in seeds.annotations if each.coding.layer in ("", seeds.corpus.layer)]
    return {
        "sizes": _sizes(seeds),
        "documents": _documents(seeds, main),
        "passages": _passages(main),
        "positions": _positions(main),
        "claims": _claims(main),
        "parts": _parts(main),
        "actors": _actors(seeds),
        "issues": _issues(seeds),
        "proposals": _proposals(seeds),
        "plans": _plans(seeds),
    }


# ---------------------------------------------------------------- counting


def _table(values: Iterable[object]) -> dict[str, int]:
    counts = Counter(map(str, values))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _part(flags: Iterable[object]) -> list[int]:
    told = [bool(flag) for flag in flags]
    return [sum(told), len(told)]


def _exponent(counts: Iterable[int]) -> float:
    """The exponent of Zipf's law that fits best: least squares of log count on log rank, above one count."""
    ranked = sorted((count for count in counts if count > 1), reverse=True)
    points = [(math.log(rank), math.log(count)) for rank, count in enumerate(ranked, 1)]
    if len(points) < 2:
        return 1.0
    middle_x, middle_y = (sum(each) / len(points) for each in zip(*points, strict=True))
    slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / sum(
        (x - middle_x) ** 2.0 for x, _ in points
    )
    return round(-float(slope), 2)


_DATES: Final = re.compile(
    r"(?P<D>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?P<S>[0-9]{4}-2[1-4])|(?P<M>[0-9]{4}-[0-9]{2})|(?P<Y>[0-9]{4})"
)


def form_of(text: str) -> str:
    """The form of an EDTF date: D for a day, M for a month, S for a season, Y for a year, the rest as it is.

    >>> form_of("../2025-05~"), form_of("XXXX-06"), form_of("2024-23")
    ('../M~', 'XXXX-06', 'S')
    """
    return _DATES.sub(lambda match: str(match.lastgroup), text)


def _day(text: str, *, last: bool) -> int | None:
    found = bounds(text) if text else None
    day = found and (found.latest if last else found.earliest)
    return date.fromisoformat(day).toordinal() if day else None


def _days_between(earlier: Iterable[tuple[str, str]]) -> list[int]:
    """How many days the first date of each pair ends before the second."""
    pairs = ((_day(first, last=True), _day(second, last=True)) for first, second in earlier)
    return quantiles(max(0, second - first) for first, second in pairs if first and second)


def _lengths(texts: Iterable[str]) -> list[int]:
    return quantiles(len(text) for text in texts if text)


def _entries(entries: Sequence[Entry]) -> Profile:
    return {
        "label": _lengths(entry.label for entry in entries),
        "aliases": _table(len(entry.aliases) for entry in entries),
        "definition": _lengths(entry.definition for entry in entries),
        "defined": _part(entry.definition for entry in entries),
        "noted": _part(entry.note for entry in entries),
        "matched": _part(entry.wikidata for entry in entries),
    }


# ---------------------------------------------------------------- topics


def _sizes(seeds: Seeds) -> Profile:
    kinds = ("actors", "issues", "proposals", "plans")
    sizes = {kind: sum(len(getattr(each, kind)) for each in seeds.registries) for kind in kinds}
    return {"passages": sum(len(each.passages) for each in seeds.annotations), **sizes}


def _documents(seeds: Seeds, main: Sequence[Annotation]) -> Profile:
    readings = Counter(each.document.id for each in seeds.annotations)
    kinds = {actor.id: actor.kind for each in seeds.registries for actor in each.actors}
    documents = [each.document for each in main]
    days = [day for each in documents if (day := _day(each.published, last=True))]
    return {
        "passages": quantiles((len(each.passages) for each in main), steps=len(main) - 1),
        "read again": _part(readings[each.id] > 1 for each in documents),
        "published": _table(form_of(each.published) for each in documents),
        "days": [min(days), max(days)],
        "voices": _table(kinds[each.voice] for each in documents),
        "authors": _part(each.authors == (each.voice,) for each in documents),
        "outlet": _part(each.outlet for each in documents),
        "url": _part(each.url for each in documents),
        "outside": _table(" ".join(each.outside) for each in documents),
        "title": _lengths(each.title for each in documents),
        "actors": quantiles(len(set(_named(each))) for each in main),
        "proposals": quantiles(len({position.proposal for position in each.positions}) for each in main),
        "plans": quantiles(len({part.plan for part in each.parts}) for each in main),
    }


def _named(annotation: Annotation) -> Iterator[str]:
    for position in annotation.positions:
        yield from (position.holder, *position.addressees)
    for claim in annotation.claims:
        yield from (claim.claimant, *claim.mentions)


def _passages(main: Sequence[Annotation]) -> Profile:
    passages = [each for annotation in main for each in annotation.passages]
    gaps = (
        max(0, after.start - before.end)
        for annotation in main
        for before, after in zip(annotation.passages, annotation.passages[1:], strict=False)
    )
    return {
        "begun": _table(begun for annotation in main for begun in _begun(annotation)),
        "length": quantiles(each.end - each.start for each in passages),
        "gap": quantiles(gaps),
        "section": _table(each.section for each in passages),
        "words": _table(len(end.split()) for each in passages for end in (each.first, each.last)),
    }


def _begun(annotation: Annotation) -> Iterator[str]:
    """How many positions, claims and parts name each passage first."""
    first = [
        Counter(each.passages[0] for each in some)
        for some in (annotation.positions, annotation.claims, annotation.parts)
    ]
    for passage in annotation.passages:
        yield " ".join(str(counts[passage.id]) for counts in first)


def _statements(read: Sequence[tuple[Annotation, Statement]]) -> Profile:
    said = [each for _, each in read]
    links = [link for each in said for link in each.attribution]
    published = [(each, each.published or annotation.document.published) for annotation, each in read]
    return {
        "passages": _table(len(each.passages) for each in said),
        "gist": _lengths(each.gist for each in said),
        "note": _lengths(each.note for each in said),
        "noted": _part(each.note for each in said),
        "modes": _table(" ".join(link.mode for link in each.attribution) for each in said),
        "venue": _part(link.venue for link in links),
        "modality": _table(each.modality for each in said),
        "hedges": _table(" ".join(each.hedges) for each in said),
        "uttered": _table(form_of(each.uttered) for each in said),
        "days uttered before": _days_between((each.uttered, when) for each, when in published),
        "published": _table(form_of(each.published) for each in said),
    }


def _positions(main: Sequence[Annotation]) -> Profile:
    read = [(annotation, each) for annotation in main for each in annotation.positions]
    positions = [each for _, each in read]
    conditions: defaultdict[str, list[int]] = defaultdict(list)
    for each in positions:
        conditions[each.stance].append(len(each.conditions))
    dated = [(each.held, each.published or annotation.document.published) for annotation, each in read]
    starts = [(held.partition("/")[0], held) for held, _ in dated if "/" in held]
    return {
        **_statements(read),
        "stance": _table(each.stance for each in positions),
        "conditions": {stance: _table(counts) for stance, counts in sorted(conditions.items())},
        "condition": _table(_form(each) for position in positions for each in position.conditions),
        "functions": _table(" ".join(each.functions) for each in positions),
        "addressees": _table(len(each.addressees) for each in positions),
        "held": _table(form_of(held) for held, _ in dated),
        "days held before": _days_between(dated),
        "days held for": _days_between((first, whole) for first, whole in starts if first != ".."),
        "exponent of holders": _exponent(Counter(each.holder for each in positions).values()),
        "exponent of proposals": _exponent(Counter(each.proposal for each in positions).values()),
    }


def _form(condition: Condition) -> str:
    told = [name for name in ("proposal", "by", "gist") if getattr(condition, name)]
    return " ".join([condition.kind, *told])


def _claims(main: Sequence[Annotation]) -> Profile:
    read = [(annotation, each) for annotation in main for each in annotation.claims]
    claims = [each for _, each in read]
    return {
        **_statements(read),
        "kind": _table(each.kind for each in claims),
        "supports": _table(_kinds(each.supports) for each in claims),
        "undercuts": _table(_kinds(each.undercuts) for each in claims),
        "mentions": _table(len(each.mentions) for each in claims),
    }


def _kinds(targets: Iterable[object]) -> str:
    return " ".join(kind for target in targets for kind in TARGETS if getattr(target, kind))


def _parts(main: Sequence[Annotation]) -> Profile:
    read = [(annotation, each) for annotation in main for each in annotation.parts]
    forms = (
        " ".join([each.role, "proposal" if each.proposal else "subplan", *(["order"] if each.order else [])])
        for _, each in read
    )
    return {**_statements(read), "form": _table(forms)}


def _actors(seeds: Seeds) -> Profile:
    actors = [each for registry in seeds.registries for each in registry.actors]
    kinds = {actor.id: actor.kind for actor in actors}
    counts: defaultdict[str, list[str]] = defaultdict(list)
    others: defaultdict[str, list[str]] = defaultdict(list)
    ties: list[Tie] = []
    for actor in actors:
        counts[actor.kind].append(" ".join(str(len(getattr(actor, key))) for key in TIES))
        for key in TIES:
            ties += getattr(actor, key)
            others[f"{actor.kind} {key}"] += [kinds[tie.of] for tie in getattr(actor, key)]
    return {
        **_entries(actors),
        "kind": _table(actor.kind for actor in actors),
        "outside": _part(actor.outside for actor in actors),
        "ties": {kind: _table(counts[kind]) for kind in sorted(counts)},
        "tied to": {key: _table(kinds_) for key, kinds_ in sorted(others.items()) if kinds_},
        "tie": _table(_tie(tie) for tie in ties),
        "role": _lengths(tie.role for tie in ties),
    }


def _tie(tie: Tie) -> str:
    """The form of a tie: role or not, since, until, known from outside or not."""
    since, until = (form_of(day) or "-" for day in (tie.since, tie.until))
    return " ".join(["role" if tie.role else "-", since, until, "outside" if tie.outside else "-"])


def _issues(seeds: Seeds) -> Profile:
    issues = [each for registry in seeds.registries for each in registry.issues]
    return {**_entries(issues), "broader": _table(len(each.broader) for each in issues)}


def _proposals(seeds: Seeds) -> Profile:
    proposals = [each for registry in seeds.registries for each in registry.proposals]
    links = (" ".join(str(len(getattr(each, key))) for key in LINKS) for each in proposals)
    named = Counter(issue for each in proposals for issue in each.issues)
    return {**_entries(proposals), "links": _table(links), "exponent of issues": _exponent(named.values())}


def _plans(seeds: Seeds) -> Profile:
    plans = [each for registry in seeds.registries for each in registry.plans]
    return {
        **_entries(plans),
        "authors": _table(len(each.authors) for each in plans),
        "dated": _table(form_of(each.dated) for each in plans),
    }
