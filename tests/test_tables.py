"""Tables, and every way of writing them out."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError, QueryError
from kg.tables import (
    WRITERS,
    Table,
    View,
    html_table,
    native,
    to_csv,
    to_html,
    to_json,
    to_markdown,
    to_sparql_json,
    to_terminal,
    to_tsv,
    visible,
    write,
)
from kg.terms import XSD, Blank, Iri, Literal, Term

HOSTILE = 'a "quoted", \x1b[31mtext\x07\twith\n| <b>tags</b> & \\ $x \u202ereversed'
TABLE = Table(
    ("holder", "n", "text"),
    (
        (Iri("https://example.org/ada-lane"), Literal("3", XSD + "integer"), Literal("hi", language="en")),
        (Blank("b0"), None, Literal(HOSTILE)),
        (None, Literal("0.5", XSD + "decimal"), Literal("2024-05-01", XSD + "date")),
    ),
)  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
TERMS = st.one_of(
    st.none(),
    st.builds(Literal, TEXTS),
    st.builds(Literal, TEXTS, st.just(""), st.just("en")),
    st.builds(Literal, TEXTS, st.sampled_from([XSD + "integer", XSD + "date", "https://example.org/odd"])),
    st.builds(lambda n: Iri(f"https://example.org/{n}"), st.integers(0, 9)),
)


def tables(columns: int = 2) -> st.SearchStrategy[Table]:
    rows = st.lists(st.tuples(*[TERMS] * columns), max_size=4)
    return rows.map(lambda found: Table(tuple("ab"[:columns]), tuple(found)))


# ---------------------------------------------------------------- for machines


def test_csv_is_that_of_the_recommendation() -> None:
    table = Table(
        ("x", "y"), ((Iri("https://e.org/a,b"), None), (Literal('say "hi"', language="en"), Blank("b")))
    )
    assert to_csv(table) == 'x,y\r\n"https://e.org/a,b",\r\n"say ""hi""",_:b\r\n'


def test_csv_keeps_a_formula_as_it_is() -> None:
    assert to_csv(Table(("x",), ((Literal("=1+1"),),))) == "x\r\n=1+1\r\n"


@given(tables())
def test_csv_reads_back(table: Table) -> None:
    read = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert read == [list(table.columns), *([str(t) if t else "" for t in row] for row in table)]


@given(tables())
def test_tsv_reads_back_in_another_reader(table: Table) -> None:
    from pyoxigraph import QueryResultsFormat, parse_query_results

    read = parse_query_results(to_tsv(table), format=QueryResultsFormat.TSV)
    assert [list(map(seen, row)) for row in read] == [list(map(expected, row)) for row in table]


@given(tables())
def test_sparql_json_reads_back_in_another_reader(table: Table) -> None:
    from pyoxigraph import QueryResultsFormat, parse_query_results

    read = parse_query_results(to_sparql_json(table), format=QueryResultsFormat.JSON)
    assert [list(map(seen, row)) for row in read] == [list(map(expected, row)) for row in table]


def seen(term: object) -> object:
    datatype = str(getattr(term, "datatype", None) or "")[1:-1]
    return term and (getattr(term, "value", ""), datatype, getattr(term, "language", ""))


def expected(term: Term | None) -> object:
    if term is None or isinstance(term, Iri):
        return term and (term.value, "", "")
    assert isinstance(term, Literal)
    if term.language:
        return term.value, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", term.language
    return term.value, term.datatype or XSD + "string", None


def test_tsv_writes_numbers_short_only_where_turtle_reads_them_back() -> None:
    rows = (
        (Literal("3", XSD + "integer"),),
        (Literal("3 ", XSD + "integer"),),
        (Literal("3", XSD + "decimal"),),
    )
    assert to_tsv(Table(("n",), rows)).splitlines() == [
        "?n", "3", f'"3 "^^<{XSD}integer>', f'"3"^^<{XSD}decimal>',
    ]  # fmt: skip


def test_json_has_native_values() -> None:
    assert json.loads(to_json(TABLE))[2] == {"holder": None, "n": 0.5, "text": "2024-05-01"}
    assert json.loads(to_json(TABLE))[0]["n"] == 3


@pytest.mark.parametrize("text", ["abc", "1" * 5000, "", "٣x"])
def test_a_number_that_is_none_stays_text(text: str) -> None:
    assert native(Literal(text, XSD + "integer")) == text


@pytest.mark.parametrize("text", ["NaN", "INF", "-INF"])
def test_json_has_no_infinities(text: str) -> None:
    assert json.loads(to_json(Table(("x",), ((Literal(text, XSD + "double"),),)))) == [{"x": text}]


# ---------------------------------------------------------------- for people


def test_control_characters_never_reach_a_person() -> None:
    for form in ("table", "markdown", "html"):
        written = write(TABLE, form, view=View(width=60))
        controls = {c for c in written if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
        assert not controls - {"\t"}, form


def test_right_to_left_letters_stay() -> None:
    assert visible("שלום \u200fعليكم") == "שלום \u200fعليكم"


def test_a_terminal_shows_names_and_prefixed_names() -> None:
    iri = "https://example.org/harbour/actor/ada-lane"
    table = Table(("holder",), ((Iri(iri),),))
    assert "Ada Lane" in to_terminal(table, view=View(width=80, names={iri: "Ada Lane"}))
    prefixes = {"actor": "https://example.org/harbour/actor/"}
    assert "actor:ada-lane" in to_terminal(table, view=View(width=80, prefixes=prefixes))


def test_a_terminal_shortens_each_of_several_joined_iris_and_leaves_other_text() -> None:
    base = "https://example.org/harbour/position/"
    view = View(width=80, prefixes={"position": base})
    table = Table(
        ("positions", "note"), ((Literal(f"{base}may/p1 {base}june/p2"), Literal(f"see {base}may/p1")),)
    )
    written = " ".join(to_terminal(table, view=view).split())
    assert "position:may/p1 position:june/p2" in written
    assert f"see {base}may/p1" in written


def test_a_terminal_shows_an_entity_and_its_label_once() -> None:
    table = Table(("holder", "holder_label"), ((Iri("https://e.org/x"), Literal("Ada")),))
    written = to_terminal(table, view=View(width=80))
    assert "Ada" in written
    assert "e.org" not in written
    assert "holder_label" not in written


def test_a_terminal_never_breaks_a_link_and_keeps_its_width_otherwise() -> None:
    link = "https://example.org/" + "long" * 40
    table = Table(("gist", "link"), ((Literal("word " * 60), Literal(link, XSD + "anyURI")),))
    lines = to_terminal(table, view=View(width=50)).splitlines()
    assert sum(link in line for line in lines) == 1
    assert all(len(line) <= 50 for line in lines if link not in line)


def test_markup_in_a_cell_is_no_markup_in_a_terminal() -> None:
    assert "[red]x[/red]" in to_terminal(Table(("a",), ((Literal("[red]x[/red]"),),)), view=View(width=80))


def test_an_empty_answer_says_so() -> None:
    assert to_terminal(Table(("a",)), view=View(width=80)) == "no rows\n"


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_escaped_and_has_headers_for_columns() -> None:
    page = _Cells()
    page.feed(to_html(TABLE, view=View(title="<script>alert(1)</script>")))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<b>tags</b> & \\ $x" in page.text
    assert page.tags.count("th") == 3
    assert 'scope="col"' in html_table(TABLE)
    assert TABLE._repr_html_() == html_table(TABLE)


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "https://e.org/\x00x"])
def test_only_web_addresses_are_links(iri: str) -> None:
    page = _Cells()
    page.feed(to_html(Table(("a", "b"), ((Iri(iri), Literal(iri, XSD + "anyURI")),))))
    assert not page.links
    assert "](" not in to_markdown(Table(("a",), ((Iri(iri),),)))


def test_markdown_rows_have_one_line_and_their_columns() -> None:
    lines = to_markdown(TABLE).splitlines()
    assert len(lines) == 2 + len(TABLE)
    assert all(line.replace("\\|", "").count("|") == 4 for line in lines)


def test_markdown_links_lead_where_they_say() -> None:
    link = Literal("https://example.org/a#:~:text=x,y|z", XSD + "anyURI")
    assert "(<https://example.org/a#:~:text=x,y%7Cz>)" in to_markdown(Table(("a",), ((link,),)))


# ---------------------------------------------------------------- as values


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(QueryError, match="no column 'x'; it has holder, n, text"):
        TABLE.column("x")


def test_pandas_gets_one_nullable_type_a_column() -> None:
    frame = TABLE.to_pandas()
    assert list(frame.columns) == ["holder", "n", "text"]
    assert str(frame["n"].dtype) == "Float64"
    assert str(Table(("n",), ((Literal("3", XSD + "integer"),), (None,))).to_pandas()["n"].dtype) == "Int64"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_without_its_library_says_what_to_install(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(KgError, match=rf"{library} is not installed; run pip install 'standpoint\[frames\]'"):
        getattr(Table(("a",)), f"to_{library}")()


def test_polars_gets_one_type_a_column() -> None:
    import polars

    frame = TABLE.to_polars()
    assert frame["n"].to_list() == [3.0, None, 0.5]
    assert frame["text"].dtype == polars.String
    assert Table(("empty",), ((None,),)).to_polars()["empty"].dtype == polars.String
    assert Table(("big",), ((Literal(str(2**70), XSD + "integer"),),)).to_polars()["big"].to_list() == [
        str(2**70)
    ]


@given(tables(), st.sampled_from(sorted(WRITERS)))
def test_every_writer_takes_every_table_twice_the_same(table: Table, form: str) -> None:
    assert write(table, form, view=View(width=80)) == write(table, form, view=View(width=80))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(QueryError, match="unknown format 'xml'; known are table"):
        write(TABLE, "xml")
