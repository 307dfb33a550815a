"""The news of a page as RSS 2.0, as Uptime Kuma 2.5 has them, and as Atom (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from kuma_lite.core.iso_time import iso
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.markup import cdata, escape
from kuma_lite.status_pages.feeds.news import Item, News

GENERATOR: Final = "Kuma Lite"
_DOCUMENTATION: Final = "https://validator.w3.org/feed/docs/rss2.html"
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def rss(news: News) -> str:
    """The RSS document."""
    link = escape(news.url)
    items = "".join(
        f"<item><title>{cdata(item.title)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{escape(item.guid)}</guid><pubDate>{_date(item.at)}</pubDate>'
        f"<description>{cdata(_words(item))}</description></item>"
        for item in news.items
    )
    return (
        f'{_DECLARATION}<rss version="2.0"><channel>'
        f"<title>{escape(news.rss_title)}</title><link>{link}</link>"
        f"<description>{escape(f'Current status: {news.rss_state}')}</description>"
        f"<lastBuildDate>{_date(news.now)}</lastBuildDate><docs>{_DOCUMENTATION}</docs>"
        f"<generator>{GENERATOR}</generator><language>en</language>{items}</channel></rss>\n"
    )


def _words(item: Item) -> str:
    """As HTML, which readers take it for: outages as Uptime Kuma words them, incidents as people did."""
    return to_html(item.description) if item.is_written else escape(item.description)


def atom(news: News) -> str:
    """The Atom document. It changes only when there is news: `updated` is that of the latest entry."""
    link, itself = escape(news.url), escape(f"{news.url}/atom")
    updated = max((item.at for item in news.items), default=0)
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{escape(news.title)}</title><subtitle>{escape(news.state)}</subtitle>"
        f'<id>{itself}</id><link rel="self" type="application/atom+xml" href="{itself}"/>'
        f'<link rel="alternate" type="text/html" href="{link}"/>'
        f"<author><name>{escape(news.title)}</name></author><generator>{GENERATOR}</generator>"
        f"<updated>{iso(updated * 1000)}</updated>"
        f"{''.join(_entry(item, news) for item in news.items)}</feed>\n"
    )


def _entry(item: Item, news: News) -> str:
    moment = iso(item.at * 1000)
    return (
        f"<entry><title>{escape(item.title)}</title><id>{escape(address_of(item, news))}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(news.url)}"/>'
        f"<published>{moment}</published><updated>{moment}</updated>"
        f'<content type="html">{escape(to_html(item.description))}</content></entry>'
    )


def address_of(item: Item, news: News) -> str:
    """What an entry is known by: an address, as Atom wants it."""
    return f"{news.url}#{quote(item.guid, safe='')}"


def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
