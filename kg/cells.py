"""Terms as plain values, and as what people see of them.

What people see has its control characters made visible, so that a text cannot
steer a terminal or turn the order of letters around.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeAlias

from kg.terms import PREFIXES, XSD, Iri, Literal, Term, brief

Value: TypeAlias = str | int | float | bool | date | None
"""A cell as a plain Python value."""


_INTEGERS: Final = frozenset(
    XSD + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort",
        "unsignedByte",
    )
)  # fmt: skip
_CASTS: Final[dict[str, Callable[[str], Value]]] = {
    XSD + "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    XSD + "decimal": float,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "date": date.fromisoformat,
    XSD + "dateTime": datetime.fromisoformat,
    **dict.fromkeys(_INTEGERS, int),
}


def native(term: Term | None) -> Value:
    """The plain Python value of *term*; text where its datatype has none or its lexical form does not fit.

    >>> native(Literal("3", XSD + "integer")), native(Literal("2022~")), native(None)
    (3, '2022~', None)
    """
    if term is None:
        return None
    if isinstance(term, Literal) and term.datatype in _CASTS:
        try:
            value = _CASTS[term.datatype](term.value.strip())
        except (ValueError, KeyError):
            return term.value
        # JSON has no infinities, and a frame's NaN means a missing value.
        return term.value if isinstance(value, float) and not math.isfinite(value) else value
    return str(term)


# ---------------------------------------------------------------- what people see


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How people see a table: *names* for IRIs, else prefixed names; *width* 0 asks the terminal."""

    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)
    names: Mapping[str, str] = field(default_factory=dict)
    width: int = 0
    title: str = ""


PLAIN: Final = View()


_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufeff]"
)
"""Controls, bidirectional overrides and isolates (they reorder what stands beside them), lone surrogates."""


def visible(text: str) -> str:
    r"""Make control characters visible: C0 as control pictures, the rest as the replacement character.

    Right-to-left letters and marks stay as they are.

    >>> visible("\x1b[31mred\x1b[0m \u202eabc")
    '␛[31mred␛[0m �abc'
    """
    return _UNSAFE.sub(_picture, text.replace("\r\n", "\n"))


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def shown(term: Term | None, view: View) -> str:
    """What people see of *term*: a name, a prefixed name, or its text."""
    if term is None:
        return ""
    if isinstance(term, Iri):
        name = view.names.get(term.value) or brief(term.value, view.prefixes)
        return visible(name)
    return visible(str(term))


_ADDRESSES: Final = re.compile(r"https?://[^\s<>\"]+(?: https?://[^\s<>\"]+)*\Z")


def listed(term: Term | None, view: View) -> str:
    """As `shown`, and so each of several IRIs that SPARQL joined as text (as in a column of positions).

    >>> positions = Literal("https://e.org/position/may/a/p1 https://e.org/position/june/b/p2")
    >>> listed(positions, View(prefixes={"position": "https://e.org/position/"}))
    'position:may/a/p1 position:june/b/p2'
    """
    is_text = isinstance(term, Literal) and term.datatype != XSD + "anyURI"
    if not is_text or not _ADDRESSES.match(str(term)):
        return shown(term, view)
    return " ".join(shown(Iri(address), view) for address in str(term).split(" "))


def linked(term: Term | None) -> str:
    """The address *term* leads to, if it is a web address; other schemes (`javascript:`) are never links."""
    is_link = isinstance(term, Iri) or (isinstance(term, Literal) and term.datatype == XSD + "anyURI")
    return str(term) if is_link and re.match(r"https?://[^\s<>\"\x00-\x20]+\Z", str(term)) else ""
