"""The news of a page as JSON Feed 1.1."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.iso_time import iso
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.markup import clean
from kuma_lite.status_pages.feeds.news import News
from kuma_lite.status_pages.feeds.rss import address_of
from kuma_lite.status_pages.model import Document

_VERSION: Final = "https://jsonfeed.org/version/1.1"


def json_feed(news: News) -> Document:
    """The document."""
    return {
        "version": _VERSION,
        "title": clean(news.title),
        "description": news.state,
        "home_page_url": news.url,
        "feed_url": f"{news.url}/feed.json",
        "language": "en",
        "items": [
            {
                "id": address_of(item, news),
                "url": news.url,
                "title": clean(item.title),
                "content_html": to_html(item.description),
                "date_published": iso(item.at * 1000),
            }
            for item in news.items
        ],
    }
