import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import sparql_text
from kg.errors import QueryError
from kg.sparql_text import MAX_NESTING, Kind, refuse_deep_nesting, refuse_network, tokens

PIECES = st.sampled_from(
    ["?a", "$b", "<", ">", "<urn:x#y>", "<http://x/y>", "'", '"', '"""', "'''", "\\", "#", "\n", " ", "{",
     "}",
     "ex:a.b", "_:b", "@en-GB", "1.5e3", "SERVICE", "LOAD", "&&", "|", "é", "\u00a0", "\\u0041", ".", "%"]
)  # fmt: skip
PIECEMEAL = st.lists(PIECES, max_size=30).map("".join)


@given(PIECEMEAL | st.text(max_size=60))
@example('"""')
@example('?a<?b && "x\\')
def test_joined_tokens_are_the_text(text):
    found = list(tokens(text))
    assert "".join(token.text for token in found) == text
    assert all(text.startswith(token.text, token.start) for token in found)


@given(PIECEMEAL | st.text(max_size=60))
@example("ex:a.é 'é' # é\n<é>")
@example("'é' ?a # é\n<urn:é>")
def test_text_that_is_ascii_or_almost_has_the_tokens_of_the_whole_pattern(text):
    matches = sparql_text._pattern().finditer(text)
    assert list(tokens(text)) == [(Kind(m.lastgroup), m.group(), m.start()) for m in matches]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<http://example.org/a#b>", Kind.IRI),
        ("'it''s'"[:4], Kind.STRING),
        ('"a \\" b"', Kind.STRING),
        ('"""a "" b\n"""', Kind.STRING),
        ("'''# not a comment'''", Kind.STRING),
        ("# all 'of' <it>", Kind.COMMENT),
        ("?straße", Kind.VARIABLE),
        ("$name", Kind.VARIABLE),
        ("ex:a.b\\-c%20d", Kind.NAME),
        (":", Kind.NAME),
        ("_:b0", Kind.BLANK),
        ("@zh-Hant", Kind.LANGUAGE),
        ("1.5e-3", Kind.NUMBER),
        ("GROUP_CONCAT", Kind.WORD),
        ("^^", Kind.PUNCTUATION),
        (" \n\t", Kind.SPACE),
    ],
)
def test_a_token_is_recognised_whole(text, kind):
    assert [(token.kind, token.text) for token in tokens(text)] == [(kind, text)]


def test_a_dollar_in_a_string_an_iri_or_a_comment_is_no_variable():
    text = "$a '$b' <urn:$c> # $d\n ex:x?e"
    assert [token.text for token in tokens(text) if token.kind is Kind.VARIABLE] == ["$a", "?e"]


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://example.org/> {}" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/> {}",
        "SELECT * { ?s <http://example.org/SERVICE/load#x> '''\nSERVICE LOAD''' }",
        "SELECT ?service { ?service a ex:SERVICE ; ex:load 1 FILTER(?a<?b && ?c>?d) }",
    ],
)
def test_a_mere_mention_of_the_network_is_allowed(query):
    refuse_network(query)


U = "<http://127.0.0.1:1/>"
REACHING = [
    f"SELECT * {{ SERVICE {U} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service{U}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICESILENT{U}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?x ?y trueSERVICE{U}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?x ?y 1SERVICE{U}{{ ?s ?p ?o }} }}",
    f"PREFIX : {U} SELECT * {{ SERVICE:x{{ ?s ?p ?o }} }}",
    f"PREFIX ex: {U} SELECT * {{ SERVICEex:x{{ ?s ?p ?o }} }}",
    f'SELECT * {{ ?s ?p "a" . # "\nSERVICE {U} {{ ?s ?p ?o }} # "\n }}',
    f'SELECT * {{ VALUES ?x {{ """a" }} SERVICE {U} {{ ?s ?p ?o }} }}',
    "SELECT * { BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<?b)SERVICE?s#>\n{ ?s ?p ?o } }",
    f'SELECT * {{ BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<?b)#>"""\nSERVICE {U} {{ ?s ?p ?o }} #"""\n }}',
    f'SELECT * {{ BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<#>"""\n?b) SERVICE {U} {{ ?s ?p ?o }} #"""\n }}',
]


@pytest.mark.parametrize("query", REACHING)
def test_every_reading_that_reaches_the_network_is_refused(query):
    pyoxigraph.Store().query(query)  # the engine does take it: evaluation is lazy or ends at the blocked port
    with pytest.raises(QueryError, match="SERVICE is refused, for it reaches the network"):
        refuse_network(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        'SELECT * { ?s ?p "\\u0022 . SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } # "\n }',
        "SELECT * { \\U00000053ervice <http://127.0.0.1:1/> { ?s ?p ?o } }",
    ],
)
def test_code_point_escapes_hide_nothing(query):
    with pytest.raises(QueryError, match="SERVICE is refused"):
        refuse_network(query)


def test_load_is_refused():
    with pytest.raises(QueryError, match="1:1: LOAD is refused"):
        refuse_network("LOAD <http://example.org/>")


@given(PIECEMEAL, PIECEMEAL)
@example("", "")
@example("FILTER(1<2)#>", "")
def test_what_reaches_a_service_in_the_engine_is_refused_whatever_stands_around_it(before, after):
    query = f"SELECT * {{ {before} SERVICE ?s {{ }} {after} }}"
    try:
        list(pyoxigraph.Store().query(query))
    except RuntimeError:  # "The variable encoding the service name is unbound": it would have called
        with pytest.raises(QueryError):
            refuse_network(query)
    except (SyntaxError, ValueError, OSError):
        pass


def test_deep_nesting_is_refused_and_brackets_in_strings_do_not_count():
    refuse_deep_nesting("{" * MAX_NESTING + "}" * MAX_NESTING)
    refuse_deep_nesting('"' + "{" * 10_000 + '" # ' + "(" * 10_000)
    for opening in "([{":
        with pytest.raises(QueryError, match=f"1:{MAX_NESTING + 1}: .* more than {MAX_NESTING} deep"):
            refuse_deep_nesting(opening * 10_000)
