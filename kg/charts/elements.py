"""SVG as text: elements, escaped; links with names; groups of lines of text.

A drawing must look right in a page whose policy allows no inline style, and alone in a file. So
it looks as it should by presentation attributes, which a policy does not concern, and carries class
names by which a stylesheet may change it (dark mode, hovering, printing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

from kg.cells import visible
from kg.charts.texts import FAMILY

INK: Final = "#1f2328"
FAINT: Final = "#5c636b"
RULE: Final = "#d5d9de"
BAND: Final = "#f4f5f7"
PAPER: Final = "#ffffff"

_LINK: Final = re.compile(
    r"(?:https?:)?//[^\s<>\"]+|[/?#.][^\s<>\"]*|[\w%~-]+(?:[/.?#][^\s<>\"]*)?", re.ASCII
)


def number(value: float) -> str:
    """A coordinate, to a tenth of a px; never ``-0``.

    >>> number(12.0), number(0.25), number(-0.01)
    ('12', '0.2', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text in ("-0", "-0.0") else text


def el(name: str, *content: str, **attributes: str | float | None) -> str:
    """An element; empty attributes are left out, ``_`` in a name is ``-``, ``class_`` is class.

    Classes get a prefix, so that the stylesheet of a page means none of them by accident.

    >>> el("path", d="M0 0", stroke_width=1.5, class_="line agreement", fill=None)
    '<path d="M0 0" stroke-width="1.5" class="k-line k-agreement"/>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(_classes(value) if key == "class_" else value)}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    inside = "".join(content)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _classes(names: str | float) -> str:
    return " ".join(name if name.startswith("kg-") else f"k-{name}" for name in str(names).split())


def _attribute(value: str | float) -> str:
    return said(value).replace('"', "&quot;") if isinstance(value, str) else number(value)


def said(text: str) -> str:
    r"""*text* as character data of XML: escaped, without characters that XML cannot say.

    >>> said("<b> & \x00")
    '&lt;b&gt; &amp; ␀'
    """
    return re.sub("[\ufffe\uffff]", "\ufffd", escape(visible(text)))


def group(*content: str, **attributes: str | float | None) -> str:
    """A group."""
    return el("g", *content, **attributes)


def linked(href: str, name: str, *content: str, class_: str = "", kind: str = "") -> str:
    """*content* as a link called *name*, also as a tip; a named image where *href* leads nowhere.

    Only relative addresses and http(s) are links: a label must not smuggle in a script.
    """
    title = el("title", said(name))
    # The name says all of it; a count or a shortened label inside must not be read beside it.
    content = (group(*content, aria_hidden="true"),)
    if href and _LINK.fullmatch(href):
        return el("a", title, *content, href=href, aria_label=name, class_=class_, data_kind=kind)
    return group(title, *content, role="img", aria_label=name, class_=class_, data_kind=kind)


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float = 12,
    fill: str = INK,
    anchor: str = "start",
    weight: str = "",
    class_: str = "ink",
    turn: float = 0,
    halo: str = "",
) -> str:
    """One line of text; *y* is its base line, *turn* degrees about its point, *halo* a colour around it."""
    around: dict[str, str | float | None] = {}
    if halo:
        around = {"stroke": halo, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"}
    return el(
        "text",
        said(content),
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        text_anchor=anchor if anchor != "start" else None,
        font_weight=weight,
        class_=class_,
        transform=f"rotate({number(turn)} {number(x)} {number(y)})" if turn else None,
        **around,
    )


def rect(x: float, y: float, w: float, h: float, **attributes: str | float | None) -> str:
    """A rectangle."""
    return el("rect", x=x, y=y, width=w, height=h, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> str:
    """A straight line; the colour of rules unless another is given."""
    given = {"stroke": RULE, "class_": "rule"} | attributes
    return el("line", x1=x1, y1=y1, x2=x2, y2=y2, **given)


def document(
    content: Iterable[str], *, width: float, height: float, name: str, title: str, about: str, kind: str
) -> str:
    """A whole drawing; *name* makes its ids unique in a page, *about* is what a screen reader says first.

    The links in it are to be reached, so it is no image, whose parts nobody sees, but a document of graphics
    (WAI-ARIA Graphics Module 1.0).
    """
    return el(
        "svg",
        el("title", said(title), id=f"{name}-title"),
        el("desc", said(about), id=f"{name}-about"),
        rect(0, 0, width, height, fill=PAPER, class_="paper"),
        *content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        class_=f"kg-chart kg-{kind}",
        role="graphics-document document",
        aria_roledescription=f"{kind} chart",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-about",
        font_family=FAMILY,
    )
