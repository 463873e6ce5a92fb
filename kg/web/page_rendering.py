"""Pages to HTML: the templates, what they know, and how values are shown in them.

The door to Jinja. Everything is escaped (autoescape), and control characters and bidirectional
overrides in data are made visible, so that a label can neither leave its place nor turn its
surroundings around.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from kg.tables import linked, visible
from kg.version import VERSION
from kg.web import page_words
from kg.web.page_readers import Reader

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"

NAVIGATION: Final = (
    ("/questions", "Questions"),
    ("/actors", "Actors"),
    ("/proposals", "Proposals"),
    ("/issues", "Issues"),
    ("/plans", "Plans"),
    ("/documents", "Documents"),
    ("/matrix", "Matrix"),
    ("/timeline", "Timeline"),
    ("/network", "Network"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page before it is written: its template, its title, what is in it.

    *path* is its own address; *forms* are other forms of the same thing: media type to address.
    """

    template: str
    title: str
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    section: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


def render(page: Page, reader: Reader) -> str:
    """Write *page* as HTML."""
    template = _environment().get_template(page.template)
    return template.render(
        page=page, r=reader, corpus=reader.corpus, navigation=NAVIGATION, version=VERSION, **page.data
    )


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["words"] = page_words.words
    made.filters["when"] = page_words.when
    made.filters["mode_words"] = page_words.mode_words
    made.filters["sign"] = page_words.sign
    made.filters["polarity"] = page_words.polarity_of
    made.filters["slots"] = page_words.slots
    made.filters["web"] = _web
    made.globals["counted"] = page_words.counted
    made.globals["SIDES"] = page_words.SIDES
    return made


def _finalize(value: object) -> object:
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _web(address: str) -> str:
    """*address* if it is a web address, so that no other scheme (`javascript:`) becomes a link."""
    from kg.terms import Iri

    return linked(Iri(address))
