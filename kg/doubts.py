"""What of a corpus is doubtful: nothing that is found here is wrong for certain.

Each check goes through the corpus and gives what makes it suspicious, with the record that
it is about. Statements are those of the layer that questions read; where a document has
none there, all of its codings count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

from kg.annotations import statements
from kg.corpora import Seeds
from kg.dates import bounds
from kg.english import VERBS, stems
from kg.libraries import TextLibrary
from kg.records import Actor, Annotation, Coding, Entry, Passage, Position, Proposal, Statement
from kg.references import entries, references_of
from kg.spans import Span, end_words
from kg.vocabularies import STANCES, Polarity
from kg.words import fold, is_slip, nearest

Audited: TypeAlias = Entry | Coding | Passage | Statement
"""A record that can explain what is found on it."""


class Doubt(NamedTuple):
    """What a check found on a record; *what* tells it from other doubts of the same check.

    *others* are more records that may explain it, each with what it is called there.
    """

    record: Audited
    what: str
    message: str
    others: tuple[tuple[Audited, str], ...] = ()


# ---------------------------------------------------------------- what the checks look at


class Codings:
    """The codings and registries of a corpus as the checks see them."""

    def __init__(self, seeds: Seeds, library: TextLibrary) -> None:
        self.seeds = seeds
        self._library = library

    @cached_property
    def by_document(self) -> dict[str, list[Annotation]]:
        """All codings of each document."""
        found: dict[str, list[Annotation]] = defaultdict(list)
        for annotation in self.seeds.annotations:
            found[annotation.document.id].append(annotation)
        return dict(sorted(found.items()))

    @cached_property
    def read(self) -> list[Annotation]:
        """The codings that questions read."""
        own = self.seeds.corpus.layer
        found: list[Annotation] = []
        for codings in self.by_document.values():
            chosen = [each for each in codings if (each.coding.layer or own) == own]
            found += chosen or codings
        return found

    @cached_property
    def entries(self) -> list[tuple[str, Entry]]:
        """All registry entries, each with its kind."""
        return [both for registry in self.seeds.registries for both in entries(registry)]

    @cached_property
    def actors(self) -> list[Actor]:
        """All actors."""
        return [actor for registry in self.seeds.registries for actor in registry.actors]

    @cached_property
    def proposals(self) -> list[Proposal]:
        """All proposals."""
        return [proposal for registry in self.seeds.registries for proposal in registry.proposals]

    def text(self, annotation: Annotation) -> str | None:
        """The text that a document stands in, if it is at hand."""
        return self._library.read(annotation.document.text.sha256)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The documents whose texts are not at hand."""
        return tuple(name for name, codings in self.by_document.items() if self.text(codings[0]) is None)

    def records(self) -> list[Audited]:
        """All records that can explain."""
        found: list[Audited] = [entry for _, entry in self.entries]
        for annotation in self.seeds.annotations:
            found += [annotation.coding, *annotation.passages, *statements(annotation)]
        return found

    @cached_property
    def _unsure(self) -> frozenset[int]:
        unread = {id(each) for each in self.seeds.annotations} - {id(each) for each in self.read}
        return frozenset(
            id(record)
            for each in self.seeds.annotations
            if each.document.id in self.missing or id(each) in unread
            for record in (each.coding, *each.passages, *statements(each))
        )

    def lacks_text(self, record: Audited) -> bool:
        """Tell whether some check could not look at *record*, as its text or its layer is not read."""
        return id(record) in self._unsure


# ---------------------------------------------------------------- untouched stretches of a text


def _untouched(corpus: Codings) -> Iterator[Doubt]:
    """Find sentences with an actor and a verb of stance that no passage of any coding touches."""
    actors = _names_pattern(corpus.actors)
    for codings in corpus.by_document.values():
        text = corpus.text(codings[0])
        if text is None:
            continue
        region = codings[0].document.text
        spans = sorted((each.start, each.end) for coding in codings for each in coding.passages)
        readers = tuple(each.coding for each in codings)
        for span in sentences(text, Span(region.start, region.end)):
            if any(start < span.end and end > span.start for start, end in spans):
                continue
            message = _tell(text, span, actors)
            if message:
                what = f"{span.start}-{span.end}"
                yield Doubt(readers[0], what, message, tuple((reader, what) for reader in readers[1:]))


_EVEN: Final = str.maketrans("’‘", "''")


def _names_pattern(actors: Sequence[Actor]) -> re.Pattern[str]:
    """Match the labels and aliases of actors; a name without capitals in any case."""
    names = {name.translate(_EVEN) for actor in actors for name in (actor.label, *actor.aliases)}
    ordered = sorted(names, key=lambda name: (-len(name), name))
    parts = [f"(?i:{re.escape(each)})" if each.islower() else re.escape(each) for each in ordered]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)")


def _tell(text: str, span: Span, actors: re.Pattern[str]) -> str:
    """Say why a sentence deserves a look, without its words but five at each end; empty if it does not."""
    sentence = text[span.start : span.end].translate(_EVEN)
    actor = actors.search(sentence)
    verb = _stance_verb(sentence)
    if not actor or not verb:
        return ""
    first, last = end_words(text, span)
    return f"no passage touches “{first} … {last}”, which has “{actor[0]}” and a form of “{verb}”"


_PREPOSITIONS: Final = frozenset({"for", "against"})
"""Too common in any text to be a sign of a stance."""
_MORE: Final = (
    "agree", "insist", "urge", "call on", "push for", "press for", "promise", "threaten", "warn", "willing",
    "ready to", "must", "should", "need to",
)  # fmt: skip
"""What texts say and nobody asks."""
_VERBS: Final = {
    stems(phrase): phrase
    for phrase in (*(each for phrases in VERBS["stance"].values() for each in phrases), *_MORE)
    if phrase not in _PREPOSITIONS
}


def _stance_verb(sentence: str) -> str:
    found = stems(sentence)
    for start in range(len(found)):
        for verb, phrase in _VERBS.items():
            if found[start : start + len(verb)] == verb:
                return phrase
    return ""


_CLOSE: Final = r"[\"'”’»)\]]*"
_ENDS: Final = re.compile(
    # The number of a footnote may be glued to a stop, but 3.5 is one number.
    rf"[.!?…]{_CLOSE}(?=\s)|(?<![0-9])[.!?…]{_CLOSE}[0-9]{{1,3}}(?=\s)|\n+|</?[a-z_-]{{1,40}}>"
)
_SHORT: Final = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Sen|Rep|Gov|Lt|Col|vs|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec))\Z"
)


def sentences(text: str, region: Span) -> Iterator[Span]:
    """Go through the sentences of a region, roughly: lines and tags end one, and short forms do not.

    >>> [str(span) for span in sentences("The U.S. waits. So do we.", Span(0, 25))]
    ['0–15', '16–25']
    """
    start = region.start
    for match in _ENDS.finditer(text, region.start, region.end):
        is_stop = match[0][0] in ".!?…"
        if match[0][0] == "." and _SHORT.search(text, max(start, match.start() - 6), match.start()):
            continue
        yield from _stripped(text, start, match.end() if is_stop else match.start())
        start = match.end()
    yield from _stripped(text, start, region.end)


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    words = text[start:end]
    span = Span(start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip())))
    if span.start < span.end:
        yield span


# ---------------------------------------------------------------- opposite stances


def _opposite(corpus: Codings) -> Iterator[Doubt]:
    """Find one holder for and against one proposal at a time."""
    held: dict[tuple[str, str], list[tuple[Annotation, Position]]] = defaultdict(list)
    for annotation in corpus.read:
        for position in annotation.positions:
            if STANCES[position.stance] in (Polarity.PRO, Polarity.CON):
                held[position.holder, position.proposal].append((annotation, position))
    for (holder, proposal), found in sorted(held.items()):
        for (first, left), (second, right) in combinations(found, 2):
            # Two coders of one document differ: that is for `kg agreement`.
            apart = first.document.id == second.document.id and first is not second
            opposed = STANCES[left.stance] is not STANCES[right.stance]
            if opposed and not apart and _at_one_time(_time(first, left), _time(second, right)):
                message = (
                    f"{holder} {left.stance} {proposal} ({_time(first, left) or 'undated'}), and "
                    f"{right.stance} it ({_time(second, right) or 'undated'}) at {right.at}"
                )
                yield Doubt(left, right.id, message, ((right, left.id),))


def _time(annotation: Annotation, position: Position) -> str:
    return position.held or position.uttered or position.published or annotation.document.published


def _at_one_time(left: str, right: str) -> bool:
    """Tell whether two dates can be of one time; what has no date can be of any."""
    (begin, end), (start, stop) = (bounds(each) if each else (None, None) for each in (left, right))
    return (begin or "") <= (stop or "9") and (start or "") <= (end or "9")


# ---------------------------------------------------------------- functions

ROOTS: Final[dict[str, tuple[str, ...]]] = {
    "security-guarantee": ("guarant", "assur", "reassur", "safeguard"),
    "deterrent": ("deter", "dissua"),
    "incentive": ("incentiv", "reward", "induce", "entice", "carrot", "encourag"),
    "confidence-building": ("confiden", "trust", "reassur", "goodwill"),
    "accountability": ("accountab", "justice", "prosecut", "punish", "impunity"),
    "verification": ("verif", "monitor", "inspect", "observ", "supervis"),
    "concession": ("conce", "compromis", "give up", "yield"),
    "leverage": ("leverag", "pressur", "bargain"),
    "compensation": ("compensat", "repar", "redress", "rebuild", "reconstruct"),
    "face-saving": ("face", "dignity", "humiliat"),
    "precondition": (
        "precondition",
        "condition",
        "prerequisit",
        "before",
        "first",
        "until",
        "requir",
        "depend",
    ),
    "enforcement": ("enforc", "punish", "penal", "snapback", "snap back"),
    "stabilisation": ("stabil", "stable"),
}
"""What words of a text begin with that say what something is for: the label, or a plain verb."""


def _inferred(corpus: Codings) -> Iterator[Doubt]:
    """Find functions that no word of the passages (or, without the text, of the gist) names."""
    for annotation in corpus.read:
        text = corpus.text(annotation)
        spans = {each.id: (each.start, each.end) for each in annotation.passages}
        for position in annotation.positions:
            said = [text[slice(*spans[name])] for name in position.passages] if text is not None else []
            where = "none of its passages" if said else "its gist (the text is not at hand) does not"
            for function in position.functions:
                if not _names(function, said or [position.gist]):
                    verb = "has a word for it" if said else "name it"
                    yield Doubt(
                        position, function, f"'{position.id}' is coded as {function}, but {where} {verb}"
                    )


def _names(function: str, texts: Sequence[str]) -> bool:
    roots = "|".join(map(re.escape, ROOTS[function]))
    return any(re.search(rf"\b(?:{roots})", fold(text)) for text in texts)


# ---------------------------------------------------------------- registries


def _near_actors(corpus: Codings) -> Iterator[Doubt]:
    """Find actors with a name in common, or with names that differ by a slip."""
    names = [
        (actor, {fold(name).removeprefix("the ") for name in (actor.label, *actor.aliases)})
        for actor in corpus.actors
    ]
    for (left, ours), (right, theirs) in combinations(names, 2):
        shared = sorted(ours & theirs)
        near = shared or sorted(
            f"{mine}” and “{other}" for mine in ours for other in theirs if is_slip(mine, other)
        )
        if near:
            how = "are both called" if shared else "are nearly called the same:"
            message = f"'{left.id}' and '{right.id}' {how} “{near[0]}”"
            yield Doubt(left, right.id, message, ((right, left.id),))


LIKE: Final = 86.0
"""The least likeness in percent of the labels of two proposals that may be one."""


def _near_proposals(corpus: Codings) -> Iterator[Doubt]:
    """Find proposals with one mention that are much like another on the same issue, without a link to it."""
    mentions = Counter(
        reference.slug
        for source in corpus.seeds.sources
        if isinstance(source.content, Annotation) and source.content in corpus.read
        for reference in references_of(source)
        if reference.kind == "proposal"
    )
    for proposal in corpus.proposals:
        others = {
            other.label: other
            for other in corpus.proposals
            if set(other.issues) & set(proposal.issues) and not _linked(proposal, other)
        }
        if mentions[proposal.id] == 1:
            for name in nearest(proposal.label, others, limit=1, score=LIKE):
                other = others[name]
                message = f"'{proposal.id}' has one mention, and “{name}” ('{other.id}') is much like it"
                yield Doubt(proposal, other.id, message, ((other, proposal.id),))


def _linked(left: Proposal, right: Proposal) -> bool:
    """Tell whether two proposals are kept apart on purpose: linked, or kinds of the same."""
    links = [(*each.broader, *each.close, *each.incompatible, *each.requires) for each in (left, right)]
    siblings = set(left.broader) & set(right.broader)
    return left is right or right.id in links[0] or left.id in links[1] or bool(siblings)


def _unused_entries(corpus: Codings) -> Iterator[Doubt]:
    """Find registry entries that nothing refers to and that do not say why."""
    used = {
        (reference.kind, reference.slug)
        for source in corpus.seeds.sources
        for reference in references_of(source)
    }
    for kind, entry in corpus.entries:
        if (kind, entry.id) not in used and not entry.unused:
            yield Doubt(entry, entry.id, f"nothing refers to the {kind}, and it has no 'unused'")


def _unused_passages(corpus: Codings) -> Iterator[Doubt]:
    """Find passages that no statement names."""
    for annotation in corpus.seeds.annotations:
        used = {name for statement in statements(annotation) for name in statement.passages}
        for passage in annotation.passages:
            if passage.id not in used:
                yield Doubt(passage, passage.id, "no statement names the passage")


CHECKS: Final[dict[str, Callable[[Codings], Iterator[Doubt]]]] = {
    "untouched": _untouched,
    "opposite-stances": _opposite,
    "inferred-function": _inferred,
    "near-actors": _near_actors,
    "near-proposals": _near_proposals,
    "unused-entry": _unused_entries,
    "unused-passage": _unused_passages,
}
"""The checks by name."""
