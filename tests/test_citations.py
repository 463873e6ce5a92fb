"""Citations are read back by citation processors, name what can be checked, and make nothing up."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from export_samples import HOSTILE
from pybtex.database import parse_string

from kg.citations import Citation, bibtex, cite_answer, cite_dataset, csl, last_day
from kg.corpora import Seeds
from kg.exports import export, without_provenance
from kg.quads import quads
from kg.record_tables import record_tables
from kg.store import Store
from kg.terms import Names

pytestmark = [
    # citeproc-py's own.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]

FULL = Citation(
    key="harbour-2024",
    title="Harbour dispute: R&D in {Eastport} 100% _done_",
    authors=("Lane, Ada", "Brandt, Zoë", "The harbour archive"),
    issued=date(2024, 9, 10),
    version="2",
    doi="10.5281/zenodo.1234_5",
    url="https://example.org/harbour?a=1&b=%20#x",
    notes=("SHA-256 of the graph as N-Quads: 00",),
)


@pytest.fixture(scope="module")
def dataset(world_store: Store) -> Citation:
    return cite_dataset(world_store.quads())


def test_the_hash_is_that_of_the_n_quads_that_anybody_can_export(
    dataset: Citation, world_store: Store
) -> None:
    text = "".join(export(world_store.quads(), form="nquads"))
    assert hashlib.sha256(text.encode()).hexdigest() in dataset.notes[0]
    assert dataset.key == f"harbour-2024-{dataset.notes[0][-64:][:8]}"


def test_the_date_is_the_last_day_of_coding_or_review(dataset: Citation, world_seeds: Seeds) -> None:
    codings = [annotation.coding for annotation in world_seeds.annotations]
    days = [day for coding in codings for day in (coding.date, coding.reviewed) if day]
    assert dataset.issued == date.fromisoformat(max(days))


def test_without_codings_the_date_is_that_of_the_last_document(world_store: Store) -> None:
    tables = record_tables(without_provenance(world_store.quads()))
    assert last_day(tables) == max(
        row["published_latest"] for row in tables["documents"] if row["published_latest"]
    )  # type: ignore[type-var, return-value]


def test_nothing_is_made_up(dataset: Citation) -> None:
    assert (dataset.authors, dataset.version, dataset.doi, dataset.url) == ((), "", "", "")
    assert cite_dataset([]).issued is None
    assert "author" not in bibtex(dataset)


def test_authors_version_doi_and_address_come_from_the_settings(world_seeds: Seeds) -> None:
    corpus = replace(
        world_seeds.corpus,
        authors=("Lane, Ada", "The archive", "Brandt, Zoë"),
        version="2",
        doi="10.1/x",
        url="https://e.org/",
    )
    source = next(source for source in world_seeds.sources if source.path == "corpus.yaml")
    found = cite_dataset(quads(replace(source, content=corpus), Names(corpus.base), corpus))
    assert (found.authors, found.version, found.doi, found.url) == (
        corpus.authors, "2", "10.1/x", "https://e.org/",
    )  # fmt: skip


def test_an_answer_names_the_question_its_values_and_the_hash_of_its_rows(dataset: Citation) -> None:
    found = cite_answer(
        dataset,
        question="Who proposes X?",
        name="who-proposes",
        values={"proposal": "X & Y", "since_when": ["2024", "2025"]},
        rows=1,
        csv="a\r\n",
        without=("inferred",),
    )
    sha256 = hashlib.sha256(b"a\r\n").hexdigest()
    assert found.notes == (
        "kg query who-proposes --proposal 'X & Y' --since-when 2024,2025 --without-inferred",
        f"1 row; SHA-256 of the answer as CSV: {sha256}",
        *dataset.notes,
    )
    assert (found.title, found.container) == ("Who proposes X?", "Harbour dispute")
    assert found.key.endswith(f"-who-proposes-{sha256[:8]}")


def test_pybtex_reads_all_back() -> None:
    (entry,) = parse_string(bibtex(FULL), "bibtex").entries.values()
    assert entry.type == "misc"
    people = [(" ".join(p.last_names), " ".join(p.first_names)) for p in entry.persons["author"]]
    assert people == [("Lane", "Ada"), ("Brandt", "Zoë"), ("{The harbour archive}", "")]
    assert entry.fields["title"] == (
        r"{Harbour dispute: R\&D in \textbraceleft{}Eastport\textbraceright{} 100\% \_done\_}"
    )
    assert (entry.fields["year"], entry.fields["month"], entry.fields["version"]) == ("2024", "9", "2")
    assert (entry.fields["doi"], entry.fields["url"]) == (FULL.doi, FULL.url)
    assert entry.fields["note"] == "as of 2024-09-10; SHA-256 of the graph as N-Quads: 00"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_break_no_entry(text: str) -> None:
    (entry,) = parse_string(bibtex(replace(FULL, title=text)), "bibtex").entries.values()
    assert entry.fields["doi"] == FULL.doi
    assert json.loads(csl(replace(FULL, title=text)))[0]["title"] == text


def test_citeproc_makes_a_reference_of_it() -> None:
    source = CiteProcJSON(json.loads(csl(FULL)))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Cited([CitationItem(FULL.key)]))
    (reference,) = map(str, bibliography.bibliography())
    for part in ("Lane", "Brandt", "The harbour archive", "2024", "Harbour dispute"):
        assert part in reference


def test_csl_has_people_as_people_and_bodies_as_bodies() -> None:
    (item,) = json.loads(csl(FULL))
    assert item["author"] == [
        {"family": "Lane", "given": "Ada"},
        {"family": "Brandt", "given": "Zoë"},
        {"literal": "The harbour archive"},
    ]
    assert item["issued"] == {"date-parts": [[2024, 9, 10]]}
    assert (item["type"], item["version"], item["DOI"], item["URL"]) == ("dataset", "2", FULL.doi, FULL.url)
    assert "container-title" not in item
