"""A drawing as a file of its own: SVG with its stylesheet, or a picture (PNG).

The door to resvg, which draws text with the fonts of the system.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from kg.errors import KgError
from kg.files import stylesheet

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STYLE: Final = re.compile(r"<style>.*?</style>", re.DOTALL)
_SIZE: Final = re.compile(r'<svg[^>]*? width="([0-9.]+)" height="([0-9.]+)"')
_MOST: Final = 16_000_000
"""How many pixels a picture may have: 64 MB while it is drawn."""


def standalone(svg: str) -> str:
    """*svg* as a file of its own, with the stylesheet in it: dark where the reader's system is.

    >>> standalone('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')[39:86]
    '<svg xmlns="http://www.w3.org/2000/svg"><style>'
    """
    head, sign, rest = svg.partition(">")
    return f"{_DECLARATION}{head}{sign}<style>{_style()}</style>{rest}\n"


def style_hash() -> str:
    """The stylesheet of `standalone` as a source in a Content Security Policy (CSP 3, 2.3.1).

    >>> style_hash().startswith("'sha256-")
    True
    """
    return f"'sha256-{b64encode(sha256(_style().encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def _style() -> str:
    text = stylesheet("charts.css").read_text(encoding="utf-8")
    if re.search(r"[<&]", text):  # it would have to be escaped in XML, and then in no HTML
        raise AssertionError("charts.css must do without '<' and '&'")
    return text


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """*svg* as a picture, in light, *scale* dots to a px; fewer where that were over 16 million dots.

    Raises:
        KgError: resvg is not installed, or the system has no font to write with.
    """
    render = _renderer()
    text = _STYLE.sub("", svg)  # it draws by attributes; variables of a stylesheet are beyond it
    found = _SIZE.search(text)
    if found is None:
        raise KgError("this is no chart: its size in px is missing; give what kg.charts.kinds.svg draws")
    dots = float(found[1]) * float(found[2])
    zoom = min(scale, (_MOST / max(dots, 1.0)) ** 0.5)
    if not _has_font():
        raise KgError(
            "there is no font to write the labels with; install one (on Debian: apt install "
            "fonts-liberation), or take the SVG"
        )
    return bytes(render(svg_string=text, zoom=zoom))


def _renderer() -> Any:
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise KgError(
            "resvg is not installed; run pip install 'standpoint[serve]', or take the SVG"
        ) from error
    return svg_to_bytes


@lru_cache(maxsize=1)
def _has_font() -> bool:
    """Whether text leaves any trace: without a font it is left out in silence."""
    render = _renderer()
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">{}</svg>'
    blank, written = (
        bytes(render(svg_string=frame.format(text))) for text in ("", '<text x="2" y="15">M</text>')
    )
    return blank != written
