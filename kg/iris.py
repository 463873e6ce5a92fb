"""The IRIs of what files hold, where they take more than a slug: graphs, ties, conditions, text links."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote

from kg.records import Annotation, Condition, Passage, Registry, Source, Tie
from kg.terms import Names


def graph_of(source: Source, names: Names) -> str:
    """The IRI of the named graph that *source* becomes.

    It follows from what the file holds, not from where it lies, save for a
    registry, which is named after its file.
    """
    content = source.content
    if isinstance(content, Annotation):
        return names.graph(content.document.id, content.coding.coder)
    return names.graph("registry", content.name) if isinstance(content, Registry) else names.graph("corpus")


def slugify(text: str) -> str:
    """Make *text* fit to stand in an IRI; letters that ASCII has not are told apart by a hash.

    >>> slugify("Deputy mayor (acting), 2019?")
    'deputy-mayor-acting-2019'
    >>> slugify("Président"), slugify("мэр")
    ('president', '318e8399')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")
    if not any(char.isalnum() and not char.isascii() for char in plain):
        return slug
    return "-".join(filter(None, (slug, hashlib.sha256(text.encode()).hexdigest()[:8])))


def tie_iri(names: Names, actor: str, kind: str, tie: Tie) -> str:
    """The IRI of a dated tie of *actor*; *kind* is membership, speaks-for or part-of."""
    tail = "-".join(filter(None, (tie.of, slugify(tie.role), slugify(tie.since))))
    return f"{names.entry('actor', actor)}/{kind}/{tail}"


def condition_iri(position: str, condition: Condition) -> str:
    """The IRI of a condition of *position* (an IRI), which does not depend on the order of conditions."""
    if condition.proposal or condition.position:
        target = f"proposal-{condition.proposal}" if condition.proposal else f"position-{condition.position}"
        by = f"-by-{condition.by}" if condition.by else ""
        return f"{position}/condition/{condition.kind}-{target}{by}"
    digest = hashlib.sha256(condition.gist.encode()).hexdigest()[:8]
    return f"{position}/condition/{condition.kind}-{digest}"


def text_fragment(url: str, passage: Passage) -> str:
    """The link that opens *url* at *passage* (WICG URL Fragment Text Directives, ``#:~:text=first,last``).

    >>> at = Passage(id="p1", start=0, end=30, sha256="", first="The mayor", last="summer ends")
    >>> text_fragment("https://example.org/a", at)
    'https://example.org/a#:~:text=The%20mayor,summer%20ends'
    """
    first, last = passage.first, passage.last
    overlap = len(first) + len(last) - (passage.end - passage.start)
    if overlap > 0:  # a short passage: its end words begin inside its first words
        last = last[overlap:]
    directive = ",".join(_encode(words) for words in (first, last) if words.strip())
    return f"{url}{'' if '#' in url else '#'}:~:text={directive}"


_PLAIN = re.compile(r"[A-Za-z0-9_.~ ]*")


def _encode(words: str) -> str:
    together = " ".join(words.split())
    if _PLAIN.fullmatch(together):  # as most are; `quote` takes ten times longer
        return together.replace(" ", "%20")
    return quote(together, safe="").replace("-", "%2D")
