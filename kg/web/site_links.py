"""The links of a static site: addresses of the server made relative paths between files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import quote, urlsplit

# Attributes as the templates and the charts write them. In the text of a page a quotation mark is
# always escaped, so that none of it looks like this.
_LINK: Final = re.compile(r' (href|src|action)="(/(?!/)[^"]*)"')
_NAME: Final = re.compile(r"[A-Za-z0-9_~+@=-][A-Za-z0-9._~+@=-]*(?:/[A-Za-z0-9_~+@=-][A-Za-z0-9._~+@=-]*)*")


def is_file_name(path: str) -> bool:
    """Whether *path* can be a file of a site wherever it is put: plain parts, none of them hidden.

    >>> is_file_name("actor/ada-lane.html"), is_file_name("../x"), is_file_name("a//b"), is_file_name("/x")
    (True, False, False, False)
    """
    return bool(_NAME.fullmatch(path)) and len(path) < 1000


def relative(html: str, file: str, files: Mapping[str, str]) -> str:
    """Make the links of the page in *file* lead to other *files* (address to file).

    The address of what has no file is taken out: an `a` without `href` is a link to nowhere (HTML, 4.6).

    >>> files = {"/": "index.html", "/actor/bo": "actor/bo.html"}
    >>> relative('<a href="/">Home</a> <a href="/ask?q=1">Ask</a>', "actor/bo.html", files)
    '<a href="../index.html">Home</a> <a>Ask</a>'
    >>> relative('<a href="/actor/bo#own">Bo</a>', "index.html", files)
    '<a href="actor/bo.html#own">Bo</a>'
    """
    start = posixpath.dirname(file) or "."

    def link(match: re.Match[str]) -> str:
        address, mark, fragment = unescape(match[2]).partition("#")
        found = files.get(address)
        if found is None:
            return ""
        path = quote(posixpath.relpath(found, start), safe="/-._~+@=")
        return f' {match[1]}="{escape(path + mark + fragment)}"'

    return _LINK.sub(link, html)


def sitemap(addresses: list[str], base: str) -> str:
    """A sitemap (sitemaps.org, 0.9) of the pages at the *addresses*, seen from *base*.

    >>> "<loc>https://e.org/site/actor/bo.html</loc>" in sitemap(["actor/bo.html"], "https://e.org/site")
    True
    """
    lines = [f"  <url><loc>{escape(base.rstrip('/') + '/' + quote(each))}</loc></url>" for each in addresses]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines,
            "</urlset>",
            "",
        ]
    )


def is_web_address(text: str) -> bool:
    """Whether *text* is the address of a place on the web, without query and fragment.

    >>> is_web_address("https://e.org/site"), is_web_address("e.org"), is_web_address("https://e.org/?q")
    (True, False, False)
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.query + parts.fragment
