"""The feed of a status page: RSS 2.0, one item per incident, and per monitor or server that is down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, NamedTuple

from kuma_lite.core.clock import MILLISECONDS, wire_date, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.markup import cdata, escape
from kuma_lite.status_pages.model import Incident, Page, ShownState
from kuma_lite.status_pages.rules import STATUS_TEXTS, overall

_DOCUMENTATION: Final = "https://validator.w3.org/feed/docs/rss2.html"
_GENERATOR: Final = "Kuma Lite"


class Item(NamedTuple):
    """One entry of a feed."""

    title: str
    description: str
    guid: str
    at: int  # seconds since 1970


def feed(
    page: Page, url: str, incidents: Sequence[Incident], latest: Sequence[tuple[str, ShownState]], now: float
) -> str:
    """The document.

    Args:
        page: whose it is.
        url: absolute address of the page.
        incidents: those on the page, newest first.
        latest: name and state of each monitor on the page that has one, and of each server.
        now: seconds since 1970.
    """
    title = page.rss_title or (f"{page.title} RSS Feed" if page.title else "Uptime Kuma RSS Feed")
    state = STATUS_TEXTS[overall(beat.status for _name, beat in latest)]
    items = [_incident(incident) for incident in incidents]
    items += [_outage(name, beat) for name, beat in latest if beat.status is Status.DOWN]
    link = escape(url)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{link}</link>"
        f"<description>{escape(f'Current status: {state}')}</description>"
        f"<lastBuildDate>{_date(int(now))}</lastBuildDate><docs>{_DOCUMENTATION}</docs>"
        f"<generator>{_GENERATOR}</generator><language>en</language>"
        f"{''.join(_item(item, link) for item in items)}</channel></rss>\n"
    )


def _incident(incident: Incident) -> Item:
    at = incident.created if incident.updated is None else incident.updated
    return Item(incident.title, incident.content, f"i{incident.id}-{wire_date(at)}", at)


def _outage(name: str, beat: ShownState) -> Item:
    since = wire_time(beat.time)
    # The word before the date is what Uptime Kuma 2.5 writes; feed readers know the entries by it.
    return Item(
        f"{name} is down",
        f"{name} has been down since {since} UTC",
        f"undefined-{since}",
        beat.time // MILLISECONDS,
    )


def _item(item: Item, link: str) -> str:
    return (
        f"<item><title>{cdata(item.title)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{escape(item.guid)}</guid><pubDate>{_date(item.at)}</pubDate>'
        f"<description>{cdata(item.description)}</description></item>"
    )


def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
