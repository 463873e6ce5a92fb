"""What every export has to say: the positions of a corpus as its files have them, and hostile texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.corpora import Seeds
from kg.quads import quads
from kg.terms import Literal, Quad, expand, token

HOSTILE = (
    '=HYPERLINK("http://x")', "+1", "@a", "-2", 'a "quoted" word', "it's \\ here \\N",
    "one\ntwo\r\nthree\tfour", "<b>&amp;]]></b>", "a|b", "שלום e\u0301 \u00a0 \u2028",
    "}) DETACH DELETE n //", "'); DROP", "😀 {x} $y `z`", " around ",
)  # fmt: skip
"""Texts that some format or other takes for its own words."""


@dataclass(frozen=True)
class Said:
    """One position, as an annotation file has it."""

    id: str
    holder: str
    stance: str
    proposal: str
    functions: tuple[str, ...]
    held: str
    uttered: str
    published: str
    document: str
    gist: str
    layer: str

    def key(self) -> tuple[object, ...]:
        return (self.id, self.holder, self.stance, self.proposal, self.functions, self.held or None,
                self.uttered or None, self.published or None, self.document, self.gist)  # fmt: skip


def said(seeds: Seeds) -> dict[str, Said]:
    """The positions by what exports call them: document, coder, id."""
    found = {}
    for annotation in seeds.annotations:
        document, coding = annotation.document, annotation.coding
        for position in annotation.positions:
            name = f"{document.id}/{coding.coder}/{position.id}"
            found[name] = Said(
                id=name,
                holder=position.holder,
                stance=position.stance,
                proposal=position.proposal,
                functions=tuple(sorted(position.functions)),
                held=position.held,
                uttered=position.uttered,
                published=position.published or document.published,
                document=document.id,
                gist=" ".join(position.gist.split()) if "\n" in position.gist else position.gist,
                layer=coding.layer or seeds.corpus.layer,
            )
    return found


def as_said(row: dict[str, object]) -> tuple[object, ...]:
    """The same of a row, a node or an edge that has the columns of the table of positions."""
    names = (
        "id",
        "holder",
        "stance",
        "proposal",
        "functions",
        "held",
        "uttered",
        "published",
        "document",
        "gist",
    )
    return tuple(row.get(name) for name in names)


def hostile(seeds: Seeds) -> list[Quad]:
    """The quads of *seeds* with hostile texts for the labels of actors and the gists of positions."""
    stated = [quad for source in seeds.sources for quad in quads(source, seeds.names, seeds.corpus)]
    return list(_spoilt(stated))


def _spoilt(stated: Iterable[Quad]) -> Iterable[Quad]:
    wanted = {f"<{expand('skos:prefLabel')}>", f"<{expand('st:gist')}>", f"<{expand('skos:altLabel')}>"}
    number = 0
    for quad in stated:
        if quad.predicate in wanted and ("/actor/" in quad.subject or "/position/" in quad.subject):
            text = HOSTILE[number % len(HOSTILE)]
            number += 1
            yield quad._replace(object=token(Literal(text, language="en")))
        else:
            yield quad
