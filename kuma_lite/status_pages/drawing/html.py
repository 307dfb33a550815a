"""A status page as HTML: whole without scripts, fresh by itself with them, safe whatever is in its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.declarations import Status
from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.drawing import html_news
from kuma_lite.status_pages.drawing.analytics import analytics_of
from kuma_lite.status_pages.drawing.facts import NO_FACTS, Facts
from kuma_lite.status_pages.drawing.headline import Headline, headline
from kuma_lite.status_pages.drawing.html_services import SIGNS, Services
from kuma_lite.status_pages.drawing.markdown import to_html, to_text
from kuma_lite.status_pages.drawing.markup import clean, escape
from kuma_lite.status_pages.drawing.moments import moment, soon
from kuma_lite.status_pages.model import DEFAULT_ICON, Document, Page, ShownServer

STYLE_PATH: Final = "/status-page.css"
TIMES_PATH: Final = "/status-times.js"
PICTURE: Final = "picture.png"  # below the address of a page
LIVE_PATH: Final = "/status-live.js"
TIMES: Final = f'<script defer src="{TIMES_PATH}"></script>'
SCRIPTS: Final = f'<script defer src="{LIVE_PATH}"></script>{TIMES}'  # in this order: times are put in last
DESCRIPTION_CHARS: Final = 155  # what search engines show
MIN_REFRESH_S: Final = 5
_PICTURE: Final = pattern(r"https?://|/(?![/\\])|data:image/", re.I)
_THEMES: Final = ("light", "dark")  # with whatever else, as the browser likes it


def render(
    page: Page,
    document: Document,
    heartbeats: Document,
    servers: Sequence[ShownServer],
    now: float,
    facts: Facts = NO_FACTS,
    *,
    private: bool = False,
    base: str = "",
) -> str:
    """The page; a pure function, which draws what is stored and what is not stored yet alike.

    Args:
        page: whose it is.
        document: of `Answers.everything`.
        heartbeats: of `Answers.heartbeats`.
        servers: those on the page.
        now: seconds since 1970.
        facts: what else is shown.
        private: whether not everybody may see it.
        base: scheme and host under which strangers find it; "": nobody has said so.
    """
    theme = f' data-theme="{page.theme}"' if page.theme in _THEMES else ""
    services = Services(page, document["publicGroupList"], heartbeats, servers, facts)
    found = headline_of(document, heartbeats, servers, facts)
    refresh = max(MIN_REFRESH_S, page.auto_refresh_interval)
    head = _head(page, private=private, base=base)
    return (
        f'<!DOCTYPE html>\n<html lang="en"{theme}>\n<head>\n{head}</head>\n<body>\n{SIGNS}'
        f'<main data-live="/status/{page.slug}/live" data-refresh="{refresh}">\n'
        f"{_header(page, facts.subscribe)}{band(found, now)}"
        f"{html_news.incidents(document['incidents'], facts)}"
        f"{html_news.under_way(document['maintenanceList'], facts, now)}"
        f"{html_news.planned(facts)}"
        f"{_described(page)}{services.html()}"
        f"{html_news.past(facts, page.slug)}"
        f"{_footer(page, now, subscribe=facts.subscribe)}</main>\n"
        f"{_preload(document)}</body>\n</html>\n"
    )


def render_history(page: Page, facts: Facts, now: float, *, private: bool = False) -> str:
    """All incidents of a page that are over; arguments as of `render`."""
    theme = f' data-theme="{page.theme}"' if page.theme in _THEMES else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"{theme}>\n<head>\n'
        f"{_head(page, live=False, private=private)}</head>\n<body>\n"
        f'<main>\n{_header(page)}<p><a href="/status/{page.slug}">Current status</a></p>\n'
        f"{html_news.past(facts, page.slug) or '<p>There were no incidents.</p>'}"
        f"{_footer(page, now)}</main>\n</body>\n</html>\n"
    )


def headline_of(
    document: Document, heartbeats: Document, servers: Sequence[ShownServer], facts: Facts
) -> Headline:
    """How a page is as a whole; arguments as of `render`."""
    latest = [
        Status(beats[-1]["status"])
        for number, beats in heartbeats["heartbeatList"].items()
        if beats and int(number) not in facts.paused
    ]
    latest += [each.status for each in facts.components if each.status is not None]
    bad = sum(1 for each in document["incidents"] if _is_bad(each, facts))
    return headline([*latest, *(server.status for server in servers)], bad, facts.windows)


def content_policy(page: Page, *, same_origin_frames: bool, own_scripts: bool = True) -> str:
    """What a browser may do for a page: run our own scripts, and the counting program somebody has set up."""
    counting, own = analytics_of(page), "'self'" if own_scripts else ""
    scripts, connections = _sources(own, counting.scripts), _sources(own, counting.connections)
    ancestors = "; frame-ancestors 'self'" if same_origin_frames else ""
    return (
        f"default-src 'none'; script-src {scripts}; connect-src {connections}; style-src 'self'; "
        "img-src 'self' data: https: http:; font-src 'self' data: https:; manifest-src 'self'; "
        f"base-uri 'none'; form-action 'none'{ancestors}"
    )


def _sources(own: str, others: str) -> str:
    sources = others if own and own in others else f"{own} {others}".strip()
    return sources or "'none'"


def _is_bad(incident: Mapping[str, Any], facts: Facts) -> bool:
    return incident["style"] in html_news.BAD_NEWS or bool(facts.updates.get(incident.get("id", 0)))


# --- Head --------------------------------------------------------------------------------------------------


def _head(page: Page, *, live: bool = True, private: bool = False, base: str = "") -> str:
    title, description = _attribute(page.title), _attribute(to_text(page.description)[:DESCRIPTION_CHARS])
    below = f"/status/{page.slug}"
    cookies = ' crossorigin="use-credentials"' if private else ""  # else a browser asks without them
    lines = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(page.title)}</title>",
        f'<meta name="description" content="{description}">',
        f'<meta property="og:title" content="{title}">',
        f'<meta property="og:description" content="{description}">',
        '<meta property="og:type" content="website">',
        f'<link rel="icon" href="{_attribute(_picture(page))}">',
        f'<link rel="manifest" href="/api/status-page/{page.slug}/manifest.json"{cookies}>',
        f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{below}/rss">',
        f'<link rel="alternate" type="application/atom+xml" title="Atom" href="{below}/atom">',
        f'<link rel="alternate" type="application/feed+json" title="JSON" href="{below}/feed.json">',
        f'<link rel="stylesheet" href="{STYLE_PATH}">',
    ]
    if base:  # networks take no relative address
        lines.append(f'<meta property="og:image" content="{_attribute(base)}{below}/{PICTURE}">')
        lines.append('<meta name="twitter:card" content="summary_large_image">')
    if page.custom_css:
        lines.append(f'<link rel="stylesheet" href="/api/status-page/{page.slug}/custom.css">')
    lines.append(SCRIPTS if live else TIMES)
    lines.append(analytics_of(page).head)
    return "\n".join(lines) + "\n"


def _picture(page: Page) -> str:
    """The address of its picture; one that is none (clients store any text) is as if there were none."""
    icon = page.shown_icon
    return icon if _PICTURE.match(icon) else DEFAULT_ICON


def _attribute(text: str) -> str:
    """In double quotes, where `>` stands for itself as on Uptime Kuma's pages."""
    return escape(text).replace("&gt;", ">")


def _preload(document: Document) -> str:
    """The page's data for programs: as JSON, and in the words those look for who read Uptime Kuma's page.

    Neither block is a script to a browser.
    """
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    data = clean(data).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return (
        f'<script type="application/json" id="preload-data" data-json="{{}}">{data}</script>\n'
        f'<script type="text/plain">window.preloadData = {data};</script>\n'
    )


# --- Body --------------------------------------------------------------------------------------------------


def _header(page: Page, subscribe: str = "") -> str:
    logo = ""
    if (picture := _picture(page)) != DEFAULT_ICON:
        logo = f'<img class="logo" src="{escape(picture)}" id="logo" alt="" width="64" height="64">'
    told = f'<a class="subscribe" href="{escape(subscribe)}">Subscribe</a>' if subscribe else ""
    return f'<header>{logo}<h1 id="title">{escape(page.title)}</h1>{told}</header>\n'


def band(found: Headline, now: float) -> str:
    """The page in one sentence."""
    said = " · ".join(
        escape(part.text) + ("" if part.until is None else f" {soon(part.until, now)}")
        for part in found.parts
    )
    return (
        f'<p class="overall {found.kind}" id="overall" role="status">'
        f'<svg class="sign" aria-hidden="true"><use href="#is-{found.kind}"/></svg><span>{said}</span></p>\n'
    )


def _described(page: Page) -> str:
    if not page.description:
        return ""
    return f'<div class="description" id="description">{to_html(page.description)}</div>\n'


def _footer(page: Page, now: float, *, subscribe: str = "") -> str:
    words = f'<div id="footer-text">{to_html(page.footer_text)}</div>' if page.footer_text else ""
    powered = "<p>Powered by Kuma Lite</p>" if page.show_powered_by else ""
    below = f"/status/{page.slug}"
    feeds = f'<a href="{escape(subscribe)}">Messages</a> · ' if subscribe else ""
    feeds += (
        f'<a href="{below}/rss">RSS</a> · <a href="{below}/atom">Atom</a> · '
        f'<a href="{below}/feed.json">JSON</a> · <a href="{below}/maintenance.ics">Maintenance calendar</a>'
    )
    return (
        f'<footer id="footer">{words}<p class="feeds">Subscribe: {feeds}</p>{powered}'
        f'<p id="as-of">As of {moment(now)}</p></footer>\n'
    )
