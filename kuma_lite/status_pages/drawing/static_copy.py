"""A page as files that live elsewhere: they open from a disk and any web server, and ask nobody anything."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding
from kuma_lite.status_pages.drawing.html import SCRIPTS, STYLE_PATH, TIMES, TIMES_PATH
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.model import DEFAULT_ICON, Page
from kuma_lite.status_pages.uploads import PREFIX as UPLOADS

INDEX: Final = "index.html"
_ADDRESS: Final = pattern(r'( (?:href|src)=")(\?[^"]*|/(?!/)[^"]*)"')
_LIVE: Final = pattern(r' data-live="[^"]*" data-refresh="[0-9]+"')
_DEFAULT: Final = f'<link rel="icon" href="{DEFAULT_ICON}">\n'  # which is a file of the server
_MANIFEST: Final = pattern(r'<link rel="manifest"[^>]*>\n')
_PARTS: Final = {
    "/history": "history.html",
    "/rss": "rss.xml",
    "/atom": "atom.xml",
    "/feed.json": "feed.json",
    "/maintenance.ics": "maintenance.ics",
    "/card": "card.html",
}


class Parts(Struct, frozen=True):
    """What a copy is made of: documents as visitors get them.

    Args:
        pages: name of the file → HTML.
        feeds: name of the file → document; addresses in them are absolute.
        badge: of the page, as SVG.
        badges: monitor id → its badge.
        documents: name of the file → JSON of the page for programs.
        style: for all pages.
        times: the script that makes times local.
        analytics: what the page embeds of its own for a counting program.
        picture: the uploaded logo.
    """

    __repr__ = hiding("picture")

    pages: dict[str, str]
    feeds: dict[str, bytes]
    badge: bytes
    badges: dict[int, bytes]
    documents: dict[str, Any]
    style: str
    times: str
    analytics: str = ""
    picture: bytes | None = None


def files_of(page: Page, server: str, parts: Parts) -> dict[str, bytes]:
    """Path within the folder → content. Pure.

    Args:
        page: whose copy it is.
        server: absolute address of the server, for what only stands there ("" for none).
        parts: what it is made of.
    """
    files = {name: relative(html, page, server).encode() for name, html in parts.pages.items()}
    files |= parts.feeds
    files |= {f"badges/{number}.svg": drawn for number, drawn in parts.badges.items()}
    files |= {name: json.dumps(each, ensure_ascii=False).encode() for name, each in parts.documents.items()}
    files |= {
        "badge.svg": parts.badge,
        STYLE_PATH[1:]: parts.style.encode(),
        TIMES_PATH[1:]: parts.times.encode(),
    }
    if page.custom_css:
        files["custom.css"] = page.custom_css.encode("utf-8", "replace")
    if parts.analytics:
        files["analytics.js"] = parts.analytics.encode()
    if parts.picture is not None:
        files["logo.png"] = parts.picture
    return files


def relative(html: str, page: Page, server: str) -> str:
    """A document whose addresses lead to the other files of the copy."""
    own = f"/api/status-page/{page.slug}"
    known = {
        f"/status/{page.slug}": INDEX,
        "?": INDEX,
        "?hours": "hours.html",
        STYLE_PATH: STYLE_PATH[1:],
        TIMES_PATH: TIMES_PATH[1:],
        f"{own}/custom.css": "custom.css",
        f"{own}/analytics.js": "analytics.js",
        **{f"/status/{page.slug}{part}": name for part, name in _PARTS.items()},
    }
    if page.icon.startswith(UPLOADS):
        known[escape(page.icon)] = "logo.png"

    def moved(found: re.Match[str]) -> str:
        target = known.get(found[2])
        if target is None:  # somebody has written it into a text
            target = escape(server) + found[2] if found[2].startswith("/") else found[2]
        return f'{found[1]}{target}"'

    html = _LIVE.sub("", _MANIFEST.sub("", html.replace(SCRIPTS, TIMES)))
    html = html.replace(_DEFAULT, "")
    return _ADDRESS.sub(moved, html)
