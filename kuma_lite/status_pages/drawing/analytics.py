"""Counting visitors with somebody else's program: what a page embeds for it, and may load from where."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.model import Page

_HOST: Final = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?"
_ORIGIN: Final = pattern(rf"https?://{_HOST}")
_MATOMO: Final = pattern(rf"(?:https?:)?/{{0,2}}({_HOST}(?:/[A-Za-z0-9._~-]+)*)/?")
_GOOGLE: Final = "https://www.googletagmanager.com"
_GOOGLE_REPORTS: Final = (
    "https://*.google-analytics.com https://*.analytics.google.com https://*.googletagmanager.com"
)
# Attribute that names the site, by program.
_SITE_ATTRIBUTES: Final = {
    "umami": "data-website-id",
    "plausible": "data-domain",
    "rybbit": "data-site-id",
}


class Analytics(Struct, frozen=True):
    """What a page embeds."""

    head: str = ""  # HTML
    scripts: str = ""  # sources, as a content security policy names them
    connections: str = ""
    own_script: str = ""  # served under the page's own address: nothing is inline


NONE: Final = Analytics()


def analytics_of(page: Page) -> Analytics:
    """What a page embeds; nothing as long as something is missing, or is no address."""
    site, script = page.analytics_id or "", page.analytics_script_url or ""
    if not site:
        return NONE
    if page.analytics_type == "google":
        return _google(page, site)
    if page.analytics_type == "matomo":
        return _matomo(page, site, script)
    attribute = _SITE_ATTRIBUTES.get(page.analytics_type or "")
    return _script(attribute, site, script) if attribute else NONE


def _own(page: Page) -> str:
    return f'<script defer src="/api/status-page/{page.slug}/analytics.js"></script>'


def _script(attribute: str, site: str, url: str) -> Analytics:
    origin = _origin(url)
    if origin is None:
        return NONE
    head = f'<script defer src="{escape(url)}" {attribute}="{escape(site)}"></script>'
    return Analytics(head, origin, origin)


def _google(page: Page, site: str) -> Analytics:
    head = f'<script async src="{_GOOGLE}/gtag/js?id={escape(site)}"></script>{_own(page)}'
    script = (
        "window.dataLayer = window.dataLayer || [];\n"
        "function gtag() { dataLayer.push(arguments); }\n"
        f'gtag("js", new Date());\ngtag("config", {json.dumps(site)});\n'
    )
    return Analytics(head, f"'self' {_GOOGLE}", _GOOGLE_REPORTS, script)


def _matomo(page: Page, site: str, url: str) -> Analytics:
    place = _MATOMO.fullmatch(url.strip())
    if not place:
        return NONE
    host = place[1].split("/")[0]
    base = json.dumps(f"//{place[1]}/")
    script = (
        "var _paq = (window._paq = window._paq || []);\n"
        '_paq.push(["trackPageView"]);\n_paq.push(["enableLinkTracking"]);\n'
        f'_paq.push(["setTrackerUrl", {base} + "matomo.php"]);\n'
        f'_paq.push(["setSiteId", {json.dumps(site)}]);\n'
        'var counter = document.createElement("script");\n'
        f'counter.async = true;\ncounter.src = {base} + "matomo.js";\n'
        "document.head.appendChild(counter);\n"
    )
    return Analytics(_own(page), f"'self' {host}", host, script)


def _origin(url: str) -> str | None:
    """Scheme and host of a web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else None
