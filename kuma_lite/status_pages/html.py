"""A status page as HTML: complete without a script, fresh by itself, and safe whatever is in its texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.clock import parse_wire_time, wire_date
from kuma_lite.core.declarations import Status
from kuma_lite.status_pages import colours
from kuma_lite.status_pages.analytics import analytics_of
from kuma_lite.status_pages.markdown import to_html, to_text
from kuma_lite.status_pages.markup import clean, escape
from kuma_lite.status_pages.model import DEFAULT_ICON, Document, Page, ShownServer
from kuma_lite.status_pages.rules import STATUS_TEXTS, Overall, incident_style, overall

STYLE_PATH: Final = "/status-page.css"
DESCRIPTION_CHARS: Final = 155  # what search engines show
MIN_REFRESH_S: Final = 5
BARS: Final = 50  # newest beats drawn per monitor
MAX_TAGS: Final = 5  # shown of a monitor at a glance; the rest unfolds
_THEMES: Final = ("light", "dark")  # with whatever else, as the browser likes it
_BAR_WIDTH: Final = 6
_BAR_HEIGHT: Final = 20
_WARN_DAYS: Final = 7  # a certificate that expires this soon stands out

_WORDS: Final = {
    Status.DOWN: ("Down", "down"),
    Status.UP: ("Up", "up"),
    Status.PENDING: ("Pending", "pending"),
    Status.MAINTENANCE: ("Maintenance", "maintenance"),
}
_NO_BEAT: Final = ("No data yet", "nothing")
_OVERALL_CLASSES: Final = {
    Overall.NOTHING: "nothing",
    Overall.ALL_DOWN: "down",
    Overall.ALL_UP: "up",
    Overall.PARTIAL: "pending",
    Overall.MAINTENANCE: "maintenance",
}


# What visitors read about a server that is busy.
_ALERTS: Final = {
    "cpu": "processor", "ram": "memory", "disk": "disk", "net_in": "incoming traffic",
    "net_out": "outgoing traffic", "downtime": "silent",
}  # fmt: skip


def render(
    page: Page, document: Document, heartbeats: Document, servers: Sequence[ShownServer], now: float
) -> str:
    """The page.

    Args:
        page: whose it is.
        document: of `Answers.everything`.
        heartbeats: of `Answers.heartbeats`.
        servers: those on the page.
        now: seconds since 1970.
    """
    theme = f' data-theme="{page.theme}"' if page.theme in _THEMES else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"{theme}>\n<head>\n{_head(page)}</head>\n<body>\n<main>\n'
        f"{_header(page, heartbeats, servers)}"
        f"{''.join(_incident(incident) for incident in document['incidents'])}"
        f"{''.join(_maintenance(plan) for plan in document['maintenanceList'])}"
        f"{_described(page)}"
        f"{''.join(_group(page, group, heartbeats) for group in document['publicGroupList'])}"
        f"{_servers(servers)}"
        f"{_footer(page, now)}</main>\n{_preload(document)}</body>\n</html>\n"
    )


def content_policy(page: Page, *, same_origin_frames: bool) -> str:
    """What a browser may do for a page: no script but the counting program somebody has set up."""
    counting = analytics_of(page)
    scripts, connections = counting.scripts or "'none'", counting.connections or "'none'"
    ancestors = "; frame-ancestors 'self'" if same_origin_frames else ""
    return (
        f"default-src 'none'; script-src {scripts}; connect-src {connections}; style-src 'self'; "
        "img-src 'self' data: https: http:; font-src 'self' data: https:; manifest-src 'self'; "
        f"base-uri 'none'; form-action 'none'{ancestors}"
    )


# --- Head --------------------------------------------------------------------------------------------------


def _head(page: Page) -> str:
    title, description = _attribute(page.title), _attribute(to_text(page.description)[:DESCRIPTION_CHARS])
    refresh = max(MIN_REFRESH_S, page.auto_refresh_interval)
    lines = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="refresh" content="{refresh}">',
        f"<title>{escape(page.title)}</title>",
        f'<meta name="description" content="{description}">',
        f'<meta property="og:title" content="{title}">',
        f'<meta property="og:description" content="{description}">',
        '<meta property="og:type" content="website">',
        f'<link rel="icon" href="{_attribute(page.shown_icon)}">',
        f'<link rel="manifest" href="/api/status-page/{page.slug}/manifest.json">',
        f'<link rel="alternate" type="application/rss+xml" href="/status/{page.slug}/rss">',
        f'<link rel="stylesheet" href="{STYLE_PATH}">',
    ]
    if page.custom_css:
        lines.append(f'<link rel="stylesheet" href="/api/status-page/{page.slug}/custom.css">')
    lines.append(analytics_of(page).head)
    return "\n".join(lines) + "\n"


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


def _header(page: Page, heartbeats: Document, servers: Sequence[ShownServer]) -> str:
    latest = [Status(beats[-1]["status"]) for beats in heartbeats["heartbeatList"].values() if beats]
    state = overall([*latest, *(server.status for server in servers)])
    logo = ""
    if page.shown_icon != DEFAULT_ICON:
        logo = f'<img class="logo" src="{escape(page.shown_icon)}" alt="" width="64" height="64">'
    return (
        f"<header>{logo}<h1>{escape(page.title)}</h1></header>\n"
        f'<p class="overall {_OVERALL_CLASSES[state]}" role="status">{STATUS_TEXTS[state]}</p>\n'
    )


def _described(page: Page) -> str:
    return f'<div class="description">{to_html(page.description)}</div>\n' if page.description else ""


def _incident(incident: Mapping[str, Any]) -> str:
    updated = incident["lastUpdatedDate"]
    dates = _time(incident["createdDate"]) + (f" · updated {_time(updated)}" if updated else "")
    number, style = incident.get("id", ""), incident_style(incident["style"])
    return (
        f'<article class="notice {style}" data-incident-id="{number}">'
        f"<h2>{escape(incident['title'])}</h2>"
        f"{to_html(incident['content'])}<p><small>{dates}</small></p></article>\n"
    )


def _maintenance(plan: Mapping[str, Any]) -> str:
    title, words = escape(str(plan.get("title") or "")), to_html(str(plan.get("description") or ""))
    return f'<article class="notice planned"><h2>{title}</h2>{words}</article>\n'


def _group(page: Page, group: Mapping[str, Any], heartbeats: Document) -> str:
    rows = "".join(_monitor(page, monitor, heartbeats) for monitor in group["monitorList"])
    opened = f'<section data-group-id="{group.get("id", "")}">'
    return f"{opened}<h2>{escape(group['name'])}</h2><ul>{rows}</ul></section>\n"


def _monitor(page: Page, monitor: Mapping[str, Any], heartbeats: Document) -> str:
    beats = heartbeats["heartbeatList"].get(str(monitor["id"]), ())
    word, kind = _WORDS[Status(beats[-1]["status"])] if beats else _NO_BEAT
    uptime = ""
    if beats and not page.show_only_last_heartbeat:
        share = heartbeats["uptimeList"].get(f"{monitor['id']}_24", 0)
        uptime = f'<span class="uptime" title="Uptime of the last 24 hours">{share * 100:.4g} %</span>'
    bars = "" if page.show_only_last_heartbeat else _bars(beats[-BARS:])
    return (
        f'<li data-monitor-id="{monitor["id"]}">'
        f'<span class="state {kind}">{word}</span>{uptime}<span class="name">{_name(monitor)}</span>'
        f"{_ping(monitor, beats)}{_tags(monitor)}{_certificate(monitor)}{bars}</li>"
    )


def _servers(servers: Sequence[ShownServer]) -> str:
    rows = "".join(map(_server, servers))
    return f"<section><h2>Servers</h2><ul>{rows}</ul></section>\n" if servers else ""


def _server(server: ShownServer) -> str:
    word, kind = _WORDS[server.status]
    busy = ", ".join(_ALERTS[cause] for cause in server.alerts) if server.status is Status.UP else ""
    note = f'<span class="busy">{busy}</span>' if busy else ""
    return (
        f'<li><span class="state {"pending" if busy else kind}">{"Busy" if busy else word}</span>'
        f'<span class="name">{escape(server.name)}</span>{note}</li>'
    )


def _name(monitor: Mapping[str, Any]) -> str:
    name, url = escape(monitor["name"]), monitor.get("url") or ""
    # "https://" alone is what forms hold before somebody has typed an address.
    if not url.lower().startswith(("http://", "https://")) or url == "https://":
        return name
    return f'<a href="{escape(url)}" rel="nofollow noopener">{name}</a>'


def _tags(monitor: Mapping[str, Any]) -> str:
    tags = list(monitor.get("tags", ()))
    shown = "".join(map(_tag, tags[:MAX_TAGS]))
    if len(tags) <= MAX_TAGS:
        return shown
    rest = "".join(map(_tag, tags[MAX_TAGS:]))
    return f'{shown}<details class="tags"><summary>+{len(tags) - MAX_TAGS}</summary>{rest}</details>'


def _tag(tag: Mapping[str, Any]) -> str:
    words = tag["name"] + (f": {tag['value']}" if tag["value"] else "")
    colour = colours.normalise(tag["color"]) or colours.NOT_AVAILABLE
    return (
        '<span class="tag"><svg width="8" height="8" aria-hidden="true">'
        f'<circle cx="4" cy="4" r="4" fill="{escape(colour)}"/></svg>{escape(words)}</span>'
    )


def _certificate(monitor: Mapping[str, Any]) -> str:
    if not monitor.get("validCert"):
        return ""  # most have none, and one that does not hold is a failure of the check
    days = int(monitor["certExpiryDaysRemaining"])
    kind = " down" if days <= _WARN_DAYS else ""
    return f'<span class="certificate{kind}">Certificate: {days} {"day" if days == 1 else "days"}</span>'


def _ping(monitor: Mapping[str, Any], beats: Sequence[Mapping[str, Any]]) -> str:
    ping = beats[-1]["ping"] if beats and monitor.get("showPing") else None
    return "" if ping is None else f'<span class="ping">Response time: {ping:.0f} ms</span>'


def _bars(beats: Sequence[Mapping[str, Any]]) -> str:
    """The latest beats, the newest on the right: one path for each state."""
    if not beats:
        return ""
    paths: dict[str, list[str]] = {}
    for place, beat in enumerate(beats, BARS - len(beats)):
        bar = f"M{place * _BAR_WIDTH} 0h4v{_BAR_HEIGHT}h-4z"
        paths.setdefault(_WORDS[Status(beat["status"])][1], []).append(bar)
    drawn = "".join(f'<path class="{kind}" d="{"".join(bars)}"/>' for kind, bars in paths.items())
    began, ended = beats[0]["time"][:16], beats[-1]["time"][:16]
    return (
        f'<svg class="bars" viewBox="0 0 {BARS * _BAR_WIDTH - 2} {_BAR_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="The latest checks, {began} to {ended} UTC">{drawn}</svg>'
    )


def _time(written: str) -> str:
    """A date of the wire, which is UTC."""
    moment = wire_date(parse_wire_time(written) // 1000)
    return f'<time datetime="{moment.replace(" ", "T")}Z">{moment} UTC</time>'


def _footer(page: Page, now: float) -> str:
    words = f"<div>{to_html(page.footer_text)}</div>" if page.footer_text else ""
    powered = "<p>Powered by Kuma Lite</p>" if page.show_powered_by else ""
    feed = f'<a href="/status/{page.slug}/rss">RSS</a>'
    return f"<footer>{words}{powered}<p>As of {_time(wire_date(now))} · {feed}</p></footer>\n"
