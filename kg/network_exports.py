"""Networks as files that network programs read: GraphML, GEXF 1.3, Graphviz DOT.

The writers are our own, so that the same graph gives the same bytes (the usual ones
write the clock into GEXF). Lists become text with ``|`` between; a ``|`` inside
becomes ``¦``. What XML cannot say is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.exports import ExportError
from kg.networks import Edge, Network, Node
from kg.record_tables import Row, Value
from kg.version import VERSION

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A reader makes spaces of line feeds and tabs in an attribute (XML 1.0, 3.3.3), a line feed of a CR (2.11).
_XML: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def plain(value: Value) -> str:
    """A value as text, a list with ``|`` between its items.

    >>> plain(("a|b", "c")), plain(True), plain(0.5)
    ('a¦b|c', 'true', '0.5')
    """
    if isinstance(value, tuple):
        return "|".join(item.replace("|", "¦") for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _xml(text: str) -> str:
    if _NOT_IN_XML.search(text):
        raise ExportError(f"XML has no way to write the control character in {text[:60]!r}; use another form")
    return text.translate(_XML)


def _known(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None and value != ()}


def _type(value: Value) -> str:
    kinds = {bool: "boolean", int: "int", float: "double"}
    return kinds.get(type(value), "string")


def _attributes(rows: Iterable[Row]) -> dict[str, str]:
    """The attributes in use, sorted by name, with their types."""
    found: dict[str, str] = {}
    for row in rows:
        for name, value in _known(row).items():
            found.setdefault(name, _type(value))
    return dict(sorted(found.items()))


def _typed(item: Node | Edge) -> Row:
    about: Row = {"type": item.type}
    return about | item.values


def _node_values(node: Node) -> Row:
    about: Row = {"label": node.label, "start": node.start, "end": node.end}
    return about | _typed(node)


def _edge_values(edge: Edge) -> Row:
    about: Row = {"label": edge.label, "weight": edge.weight, "start": edge.start, "end": edge.end}
    return about | _typed(edge)


# ---------------------------------------------------------------- GraphML


def graphml(network: Network) -> Iterator[str]:
    """GraphML 1.1 with its attributes extension; days are text, and `start` and `end` bound each interval."""
    rows = {
        "node": [(node.id, _node_values(node)) for node in network.nodes],
        "edge": [(edge.id, _edge_values(edge)) for edge in network.edges],
    }
    keys = {
        (what, name): (f"{what[0]}{number}", type_)
        for what, found in rows.items()
        for number, (name, type_) in enumerate(_attributes(row for _, row in found).items())
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns"\n'
    yield '    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n    xsi:schemaLocation="'
    yield "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd"
    yield '">\n'
    for (what, name), (key, type_) in keys.items():
        yield f'  <key id="{key}" for="{what}" attr.name="{_xml(name)}" attr.type="{type_}"/>\n'
    yield '  <graph edgedefault="directed">\n'
    if network.title:
        yield f"    <desc>{_xml(network.title)}</desc>\n"
    for id_, row in rows["node"]:
        yield f'    <node id="{_xml(id_)}">{_data("node", row, keys)}</node>\n'
    for edge, (id_, row) in zip(network.edges, rows["edge"], strict=True):
        ends = f'source="{_xml(edge.source)}" target="{_xml(edge.target)}"'
        yield f'    <edge id="{_xml(id_)}" {ends}>{_data("edge", row, keys)}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _data(what: str, row: Row, keys: Mapping[tuple[str, str], tuple[str, str]]) -> str:
    return "".join(
        f'<data key="{keys[what, name][0]}">{_xml(plain(value))}</data>'
        for name, value in _known(row).items()
    )


# ---------------------------------------------------------------- GEXF

_GEXF_TYPES: Final = {"boolean": "boolean", "int": "integer", "double": "double", "string": "string"}


def gexf(network: Network) -> Iterator[str]:
    """GEXF 1.3 as Gephi reads it: dynamic where anything is dated, with intervals of days.

    The clock is in no file: GEXF's `lastmodifieddate`, which may be left out, is.
    """
    items: tuple[Node | Edge, ...] = (*network.nodes, *network.edges)
    dated = any(item.start or item.end for item in items)
    node_keys = _attributes(map(_typed, network.nodes))
    edge_keys = _attributes(map(_typed, network.edges))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield f"  <meta>\n    <creator>Standpoint {VERSION}</creator>\n"
    yield f"    <description>{_xml(network.title)}</description>\n  </meta>\n"
    mode = 'mode="dynamic" timeformat="date" timerepresentation="interval"' if dated else 'mode="static"'
    yield f'  <graph defaultedgetype="directed" idtype="string" {mode}>\n'
    for what, keys in (("node", node_keys), ("edge", edge_keys)):
        yield f'    <attributes class="{what}">\n'
        for name, type_ in keys.items():
            yield f'      <attribute id="{_xml(name)}" title="{_xml(name)}" type="{_GEXF_TYPES[type_]}"/>\n'
        yield "    </attributes>\n"
    yield "    <nodes>\n"
    for node in network.nodes:
        yield f'      <node id="{_xml(node.id)}" label="{_xml(node.label)}"{_lifetime(node)}>\n'
        yield f"        {_values(_typed(node))}\n      </node>\n"
    yield "    </nodes>\n    <edges>\n"
    for edge in network.edges:
        ends = f'source="{_xml(edge.source)}" target="{_xml(edge.target)}"'
        # Gephi keeps parallel edges apart by their kind.
        about = f'kind="{_xml(edge.type)}" label="{_xml(edge.label)}" weight="{edge.weight}"'
        yield f'      <edge id="{_xml(edge.id)}" {ends} {about}{_lifetime(edge)}>\n'
        yield f"        {_values(_typed(edge))}\n      </edge>\n"
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _lifetime(item: Node | Edge) -> str:
    ends = (("start", item.start), ("end", item.end))
    return "".join(f' {name}="{day.isoformat()}"' for name, day in ends if day is not None)


def _values(row: Row) -> str:
    values = (
        f'<attvalue for="{_xml(name)}" value="{_xml(plain(value))}"/>' for name, value in _known(row).items()
    )
    return f"<attvalues>{''.join(values)}</attvalues>"


# ---------------------------------------------------------------- Graphviz

_SHAPES: Final = {"Actor": "box", "Proposal": "ellipse", "Position": "note", "Claim": "note",
                  "Issue": "hexagon", "Plan": "folder", "Document": "tab"}  # fmt: skip
# Told apart by people who do not see red or green, too, and by the style of the line.
_COLOURS: Final = {"pro": "#0072B2", "conditional": "#56B4E9", "neutral": "#767676", "con": "#D55E00"}
_STYLES: Final = {"pro": "solid", "conditional": "dashed", "neutral": "dotted", "con": "bold"}


def dot(network: Network) -> Iterator[str]:
    """Graphviz DOT, left to right; the colour and style of a stance say its polarity.

    What we know of a node or edge stands in attributes that begin with ``st_``, which
    Graphviz passes over; a link opens the document at the passage.
    """
    yield f"digraph {_quoted(network.title or 'graph')} {{\n"
    yield '  graph [rankdir="LR", charset="UTF-8"];\n  node [fontname="sans-serif"];\n'
    yield '  edge [fontname="sans-serif"];\n'
    for node in network.nodes:
        look: Row = {"label": node.label, "shape": _SHAPES.get(node.type, "plain"), "tooltip": node.type}
        yield f"  {_quoted(node.id)} {_dotted(look, _node_values(node))};\n"
    for edge in network.edges:
        ends = f"{_quoted(edge.source)} -> {_quoted(edge.target)}"
        yield f"  {ends} {_dotted(_look(edge), _edge_values(edge))};\n"
    yield "}\n"


def _look(edge: Edge) -> Row:
    polarity = str(edge.values.get("polarity") or "")
    look: Row = {"id": edge.id, "label": edge.label, "tooltip": str(edge.values.get("gist") or edge.label)}
    return look | ({"color": _COLOURS[polarity], "style": _STYLES[polarity]} if polarity in _COLOURS else {})


def _dotted(look: Row, row: Row) -> str:
    known = _known(look) | {f"st_{name}": value for name, value in _known(row).items() if name != "label"}
    return "[" + ", ".join(f"{name}={_quoted(plain(value))}" for name, value in known.items()) + "]"


def _quoted(text: str) -> str:
    r"""A string of the DOT language, where a backslash begins an escape (``\N`` is a node's name).

    >>> _quoted('say "hi" \\N')
    '"say \\"hi\\" \\\\N"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r", "").replace("\n", "\\n").replace("\x00", "") + '"'
