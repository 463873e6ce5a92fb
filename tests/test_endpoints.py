import pytest

from kg.endpoints import Credentials, PassingError, find_endpoints, read_credentials, retried, waiting_time
from kg.errors import StoreError


@pytest.mark.parametrize(
    ("url", "server", "update", "graphs"),
    [
        ("http://h:7878/query", "", "http://h:7878/update", "http://h:7878/store"),
        ("http://h:3030/ds/query", "", "http://h:3030/ds/update", "http://h:3030/ds/data"),
        ("http://h:3030/ds/sparql", "", "http://h:3030/ds/update", "http://h:3030/ds/data"),
        ("https://h/repositories/r", "", "https://h/repositories/r/statements",
         "https://h/repositories/r/rdf-graphs/service"),
        ("http://h:8890/sparql", "Virtuoso/07.20", "http://h:8890/sparql", "http://h:8890/sparql-graph-crud"),
        ("http://h/sparql", "uvicorn", "http://h/sparql", "http://h/data"),
    ],
)  # fmt: skip
def test_the_addresses_follow_the_custom_of_the_engine(url, server, update, graphs):
    found = find_endpoints(url, server=server, environ={})
    assert (found.query, found.update, found.graphs) == (url, update, graphs)


def test_addresses_that_are_not_customary_can_be_told():
    environ = {"KG_UPDATE_URL": "http://h/u", "KG_GRAPHS_URL": "http://h/g"}
    found = find_endpoints("http://h/query", environ=environ)
    assert (found.update, found.graphs) == ("http://h/u", "http://h/g")


@pytest.mark.parametrize("url", ["ftp://h/x", "h/query", "http://", ""])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(StoreError, match="begins with http:// or https://"):
        find_endpoints(url, environ={})


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(StoreError, match="seen by others") as told:
        find_endpoints("http://me:secret@h/query", environ={})
    assert "secret" not in str(told.value)


def test_credentials_come_from_the_environment_before_netrc(tmp_path):
    file = tmp_path / "netrc"
    file.write_text("machine h login nora password n1\n")
    environ = {"NETRC": str(file)}
    assert read_credentials("http://h/q", environ=environ) == Credentials("nora", "n1")
    assert not read_credentials("http://other/q", environ=environ)
    environ |= {"KG_STORE_USER": "otto", "KG_STORE_PASSWORD": "o1", "KG_STORE_AUTH": "Digest"}
    assert read_credentials("http://h/q", environ=environ) == Credentials("otto", "o1", scheme="digest")
    environ |= {"KG_STORE_TOKEN": "t1"}
    assert read_credentials("http://h/q", environ=environ) == Credentials(token="t1")


def test_credentials_are_not_printed():
    assert "secret" not in repr(Credentials("me", "secret"))
    assert "secret" not in repr(Credentials(token="secret"))


def test_a_netrc_file_that_cannot_be_read_is_told(tmp_path):
    file = tmp_path / "netrc"
    file.write_text("host h\nlogin me\n")
    with pytest.raises(StoreError, match=r"netrc:\d+: not a netrc file"):
        read_credentials("http://h/q", environ={"NETRC": str(file)})
    assert not read_credentials("http://h/q", environ={"NETRC": str(tmp_path / "none")})


def test_an_unknown_scheme_is_told():
    with pytest.raises(StoreError, match="'basic' or 'digest'"):
        read_credentials("http://h/q", environ={"KG_STORE_AUTH": "magic"})


def test_what_may_pass_is_tried_again_after_growing_pauses():
    waits = []

    def fails():
        raise PassingError(StoreError("busy"))

    with pytest.raises(StoreError, match="busy, 5 times in a row"):
        retried(fails, pause=waits.append)
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_a_server_that_says_how_long_to_wait_is_heeded_within_reason():
    faults = iter([PassingError(StoreError("busy"), wait=7), PassingError(StoreError("busy"), wait=9999)])
    waits = []

    def call():
        for fault in faults:
            raise fault
        return "done"

    assert retried(call, pause=waits.append) == "done"
    assert waits == [7, 30]
    assert waiting_time("12") == 12
    assert waiting_time("Sun, 22 Nov 2026 10:00:00 GMT") is None
