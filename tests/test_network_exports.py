"""GraphML, GEXF and DOT are read back by networkx, by pydot, and by Graphviz where it is installed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import networkx as nx
import pydot
import pytest
from export_samples import HOSTILE, as_said, hostile, said

from kg.corpora import Seeds
from kg.exports import ExportError
from kg.network_exports import dot, gexf, graphml
from kg.networks import Edge, Network, Node, network
from kg.record_tables import record_tables
from kg.store import Store

# pydot uses what pyparsing deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.* deprecated - use:DeprecationWarning")

WRITERS: dict[str, Callable[[Network], Iterator[str]]] = {"graphml": graphml, "gexf": gexf, "dot": dot}
GEXF = "{http://gexf.net/1.3}"


@pytest.fixture(scope="module")
def views(world_store: Store) -> dict[str, Network]:
    tables = record_tables(world_store.quads())
    return {view: network(tables, view) for view in ("full", "discourse")}


def read(form: str, text: str) -> nx.MultiDiGraph:
    if form == "graphml":
        return nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    if form == "gexf":
        return nx.read_gexf(io.BytesIO(text.encode()), version="1.3")
    graph = nx.MultiDiGraph()
    found = pydot.graph_from_dot_data(text)
    assert found is not None
    for node in found[0].get_nodes():
        if node.get_name() not in ("node", "edge", "graph"):
            graph.add_node(bare(node.get_name()), **dotted(node.get_attributes()))
    for edge in found[0].get_edges():
        values = dotted(edge.get_attributes())
        graph.add_edge(bare(edge.get_source()), bare(edge.get_destination()), key=values["id"], **values)
    return graph


def bare(text: str) -> str:
    """A quoted string of DOT as what it says."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text[1:-1]) if text[:1] == '"' else text


def dotted(values: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("st_"): bare(value) for name, value in values.items()}


# pydot takes its time over the full network; Graphviz itself counts it below.
@pytest.mark.parametrize(
    ("form", "view"), [(f, v) for f in WRITERS for v in ("full", "discourse") if (f, v) != ("dot", "full")]
)
def test_every_node_and_edge_comes_back(form: str, view: str, views: dict[str, Network]) -> None:
    graph = read(form, "".join(WRITERS[form](views[view])))
    assert set(graph) == {node.id for node in views[view].nodes}
    found = {(source, target, key) for source, target, key in graph.edges(keys=True)}
    if form == "gexf":
        # networkx keys edges of a graph without parallel ones by their number.
        found = {(s, t, data["id"]) for s, t, data in graph.edges(data=True)}
    assert found == {(edge.source, edge.target, edge.id) for edge in views[view].edges}


@pytest.mark.parametrize("form", WRITERS)
def test_every_position_comes_back_from_the_discourse_network(
    form: str, views: dict[str, Network], world_seeds: Seeds
) -> None:
    graph = read(form, "".join(WRITERS[form](views["discourse"])))
    rows = [
        {**data, "id": data.get("id", key).removeprefix("position:"), "holder": source.removeprefix("actor:"),
         "proposal": target.removeprefix("proposal:"),
         "functions": tuple(filter(None, data.get("functions", "").split("|")))}
        for source, target, key, data in graph.edges(keys=True, data=True)
    ]  # fmt: skip
    wanted = {each.key() for each in said(world_seeds).values() if each.layer == "main"}
    assert {as_said(row) for row in rows} == wanted
    assert len(rows) == len(wanted)


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_every_position_comes_back_from_the_full_network(
    form: str, views: dict[str, Network], world_seeds: Seeds
) -> None:
    graph = read(form, "".join(WRITERS[form](views["full"])))
    ends = {
        (source, data["type"]): target.partition(":")[2] for source, target, data in graph.edges(data=True)
    }
    rows = [
        {**data, "id": node.removeprefix("position:"), "holder": ends[node, "HELD_BY"],
         "proposal": ends[node, "ON_PROPOSAL"],
         "functions": tuple(filter(None, data.get("functions", "").split("|")))}
        for node, data in graph.nodes(data=True) if data["type"] == "Position"
    ]  # fmt: skip
    assert {as_said(row) for row in rows} == {each.key() for each in said(world_seeds).values()}


def test_graphml_and_gexf_keep_numbers_and_truth_values(views: dict[str, Network]) -> None:
    for form in ("graphml", "gexf"):
        graph = read(form, "".join(WRITERS[form](views["full"])))
        passage = next(data for _, data in graph.nodes(data=True) if data["type"] == "Passage")
        assert isinstance(passage["start_offset"], int)
        outside = [data["from_outside"] for _, _, data in graph.edges(data=True) if "from_outside" in data]
        assert outside
        assert all(value is True for value in outside)
        scores = read(form, "".join(WRITERS[form](views["discourse"]))).edges(data=True)
        assert all(isinstance(data["score"], float) and data["weight"] > 0 for _, _, data in scores)


# What may stand where by the schema of GEXF 1.3 (gexf.rnc and dynamics.rnc), as far as we use it.
SCHEMA = {
    "gexf": ({"version"}, {"meta", "graph"}),
    "meta": (set(), {"creator", "description"}),
    "creator": (set(), set()),
    "description": (set(), set()),
    "graph": (
        {"defaultedgetype", "idtype", "mode", "timeformat", "timerepresentation"},
        {"attributes", "nodes", "edges"},
    ),
    "attributes": ({"class"}, {"attribute"}),
    "attribute": ({"id", "title", "type"}, set()),
    "nodes": (set(), {"node"}),
    "edges": (set(), {"edge"}),
    "node": ({"id", "label", "start", "end"}, {"attvalues"}),
    "edge": ({"id", "label", "source", "target", "weight", "kind", "start", "end"}, {"attvalues"}),
    "attvalues": (set(), {"attvalue"}),
    "attvalue": ({"for", "value"}, set()),
}


def test_gexf_has_no_element_or_attribute_that_version_1_3_has_not(views: dict[str, Network]) -> None:
    for found in views.values():
        for element in ElementTree.fromstring("".join(gexf(found))).iter():
            attributes, children = SCHEMA[element.tag.removeprefix(GEXF)]
            assert set(element.attrib) <= attributes
            assert {child.tag.removeprefix(GEXF) for child in element} <= children


def test_gexf_keeps_what_the_schema_of_version_1_3_asks(views: dict[str, Network]) -> None:
    for found in views.values():
        root = ElementTree.fromstring("".join(gexf(found)))
        graph = root.find(f"{GEXF}graph")
        assert (root.tag, root.get("version")) == (f"{GEXF}gexf", "1.3")
        assert graph is not None
        assert graph.attrib == {
            "defaultedgetype": "directed", "idtype": "string", "mode": "dynamic", "timeformat": "date",
            "timerepresentation": "interval",
        }  # fmt: skip
        assert [child.tag for child in graph] == [
            f"{GEXF}{name}" for name in ("attributes", "attributes", "nodes", "edges")
        ]
        for declared, kind in zip(graph.findall(f"{GEXF}attributes"), ("node", "edge"), strict=True):
            assert declared.attrib == {"class": kind}
            types = {item.get("id"): item.get("type") for item in declared}
            assert set(types.values()) <= {"string", "integer", "double", "boolean"}
            for item in graph.iter(GEXF + kind):
                assert {value.get("for") for value in item.iter(f"{GEXF}attvalue")} <= set(types)
                assert all(
                    re.fullmatch(r"\d{4}-\d\d-\d\d", item.get(end, "0001-01-01")) for end in ("start", "end")
                )
                assert item.get("start", "0") <= item.get("end", "9")
        ids = [item.get("id") for item in graph.iter(f"{GEXF}edge")]
        assert len(set(ids)) == len(ids)


def test_gexf_has_each_interval_as_far_as_it_is_known() -> None:
    from datetime import date

    def edge(name: str, start: date | None, end: date | None) -> Edge:
        return Edge(id=name, type="T", source="a", target="a", values={}, start=start, end=end)

    day = date(2024, 5, 1)
    found = Network(
        title="",
        nodes=(Node(id="a", type="Actor", label="A", values={}),),
        edges=(
            edge("both", day, day),
            edge("from", day, None),
            edge("to", None, day),
            edge("none", None, None),
        ),
    )
    text = "".join(gexf(found))
    ends = {
        item.get("id"): (item.get("start"), item.get("end")) for item in ElementTree.fromstring(text).iter()
    }
    iso = "2024-05-01"
    assert {ends[name] for name in ("both",)} == {(iso, iso)}
    assert (ends["from"], ends["to"], ends["none"]) == ((iso, None), (None, iso), (None, None))


def test_a_network_without_dates_is_static() -> None:
    found = Network(title="", nodes=(Node(id="a", type="Actor", label="A", values={}),), edges=())
    assert 'mode="static"' in "".join(gexf(found)).split("<graph")[1].split(">")[0]


@pytest.mark.parametrize("form", WRITERS)
def test_hostile_texts_come_back(form: str, world_seeds: Seeds) -> None:
    found = network(record_tables(hostile(world_seeds)), "discourse")
    graph = read(form, "".join(WRITERS[form](found)))
    expected = {text.replace("\r", "") if form == "dot" else text for text in HOSTILE}
    gists = {data["gist"] for _, _, data in graph.edges(data=True)}
    labels = {data["label"] for node, data in graph.nodes(data=True) if node.startswith("actor:")}
    assert gists == expected
    assert labels < expected | {"x"}
    assert len(labels) > 5


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_what_xml_cannot_say_is_refused(form: str) -> None:
    found = Network(title="", nodes=(Node(id="a", type="Actor", label="a\x0bb", values={}),), edges=())
    with pytest.raises(ExportError, match="control character"):
        "".join(WRITERS[form](found))


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_draws_the_discourse_network(views: dict[str, Network], world_seeds: Seeds) -> None:
    for found in (views["discourse"], network(record_tables(hostile(world_seeds)), "discourse")):
        text = "".join(dot(found))
        done = subprocess.run(["dot", "-Tjson"], input=text.encode(), capture_output=True, check=True)
        assert not done.stderr
        import json

        drawn = json.loads(done.stdout)
        assert {item["name"] for item in drawn["objects"]} == {node.id for node in found.nodes}
        assert len(drawn["edges"]) == len(found.edges)


@pytest.mark.skipif(not shutil.which("gc"), reason="Graphviz is not installed")
def test_graphviz_counts_all_of_the_full_network(views: dict[str, Network]) -> None:
    text = "".join(dot(views["full"]))
    done = subprocess.run(["gc", "-n", "-e"], input=text.encode(), capture_output=True, check=True)
    assert list(map(int, done.stdout.split()[:2])) == [len(views["full"].nodes), len(views["full"].edges)]


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_graph_gives_the_same_bytes(form: str, world_store: Store) -> None:
    def text(reverse: bool) -> str:
        tables = record_tables(sorted(world_store.quads(), reverse=reverse))
        return "".join(WRITERS[form](network(tables, "full")))

    assert text(True) == text(False)
