"""The way in: the home page, questions put in words, what this is."""

from __future__ import annotations

from kg.headers import SavedQuery
from kg.questions import Match, consider
from kg.version import VERSION
from kg.web.page_examples import can_be_answered, example_values, sentences
from kg.web.page_forms import Given
from kg.web.page_readers import Reader
from kg.web.page_rendering import Page
from kg.web.pages_documents import read_documents
from kg.web.pages_questions import answer_address, answer_data, by_theme

LONGEST = 500
"""Characters; nobody asks more in one sentence."""


def home_page(reader: Reader) -> Page:
    """One box to ask, the questions by theme, what is in the corpus."""
    return Page(
        template="home.html",
        title=reader.corpus.title,
        path="/",
        section="home",
        about=reader.corpus.description,
        data={
            "examples": sentences(reader),
            "themes": by_theme(reader),
            "documents": read_documents(reader),
            "counts": _counts(reader),
        },
    )


def _counts(reader: Reader) -> dict[str, int]:
    """How many statements of each kind the main layer has, and how many things there are to hold them."""
    rows = reader.rows(f"""\
SELECT ?kind (COUNT(DISTINCT ?s) AS ?number) WHERE {{
  VALUES ?kind {{ st:Position st:Claim st:PlanPart }}
  ?s a ?kind ; {reader.in_layer} .
}} GROUP BY ?kind""")
    found = {row["kind"].rpartition("#")[2]: int(row["number"]) for row in rows}
    of = reader.labels.of
    return {
        "actors": len(of("st:Actor")),
        "proposals": len(of("st:Proposal")),
        "issues": len(of("st:Issue")),
        "plans": len(of("st:Plan")),
        "documents": len(of("st:Document")),
        "positions": found.get("Position", 0),
        "claims": found.get("Claim", 0),
    }


def ask_page(reader: Reader, sentence: str, *, number: int = 1) -> Page:
    """How a sentence was understood, and its answer; or why not, and what can be asked instead."""
    sentence = sentence.strip()[:LONGEST]
    if not sentence:
        return _not_asked(reader)
    found = consider(sentence, reader.graph.queries, reader.labels)
    if isinstance(found, Match):
        given = Given({name: tuple(values) for name, values in found.values.items()})
        data = answer_data(reader, found.query, given, number=number)
        return Page(
            template="ask.html",
            title=found.question,
            path="/ask",
            section="home",
            data=data | {
                "sentence": sentence,
                "readings": found.readings,
                "name": found.query.name,
                "address": answer_address(reader, found.query, given),
            },
        )  # fmt: skip
    return Page(
        template="not_understood.html",
        title="Not understood",
        path="/ask",
        section="home",
        status=422,
        data={
            "sentence": sentence,
            "reason": found.reason,
            "examples": found.examples,
            "candidates": found.candidates,
            "nearest": [
                (each, reader.question(each.name, example_values(reader, each)), _in_words(reader, each))
                for each in found.nearest
                if can_be_answered(reader, each)
            ],
        },
    )


def _in_words(reader: Reader, query: SavedQuery) -> str:
    """The question with examples that this graph knows."""

    def called(name: str, slugs: list[str]) -> str:
        param = query.param(name)
        known = {entity.slug: entity.label for entity in reader.labels.of(param.type)} if param else {}
        return ", ".join(known.get(slug) or slug for slug in slugs)

    values = example_values(reader, query)
    return query.asked({name: called(name, slugs) for name, slugs in values.items()})


def _not_asked(reader: Reader) -> Page:
    return Page(
        template="not_understood.html",
        title="Ask a question",
        path="/ask",
        section="home",
        data={"sentence": "", "reason": "", "examples": (), "candidates": (), "nearest": []},
    )


def about_page(reader: Reader) -> Page:
    """What this is, how it is to be read, how to cite it, what there is for machines."""
    return Page(
        template="about.html",
        title="About",
        path="/about",
        about="What the graph says, how to read it, and how to cite it.",
        data={
            "citation": f"{reader.corpus.title}. Knowledge graph of actors, positions and claims, "
            f"made with Standpoint {VERSION}"
            + (f", state of the data {reader.snapshot}" if reader.snapshot else "")
            + ".",
            "coders": reader.rows("""\
SELECT ?coder (GROUP_CONCAT(DISTINCT ?text; SEPARATOR=" ") AS ?told) WHERE {
  ?coder a st:Coder . OPTIONAL { ?coder skos:definition|skos:note ?text }
} GROUP BY ?coder ORDER BY ?coder"""),
        },
    )
