from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.feeds.news import news
from kuma_lite.status_pages.feeds.rss import rss
from kuma_lite.status_pages.model import Incident, Page, ShownState

NOW = 1_795_311_412.0
URL = "https://status.example/status/page"


def test_a_feed() -> None:
    page = Page(id=1, organisation=1, slug="page", title="Public & <page>")
    incidents = [Incident(3, 1, "Trouble", "We *know*", "info", 1_795_311_000, None)]
    latest = [ShownState("web", Status.UP, 0, "1"), ShownState("db", Status.DOWN, 1_795_311_406_253, "2")]
    channel = ElementTree.fromstring(rss(news(page, URL, incidents, latest, NOW))).find("channel")
    assert channel is not None
    assert channel.findtext("title") == "Public & <page> RSS Feed"
    assert channel.findtext("description") == "Current status: Partially Degraded Service"
    assert channel.findtext("lastBuildDate") == "Sun, 22 Nov 2026 01:36:52 GMT"
    assert [{field.tag: field.text for field in item} for item in channel.findall("item")] == [
        {
            "title": "Trouble",
            "link": URL,
            "guid": "i3-2026-11-22 01:30:00",
            "pubDate": "Sun, 22 Nov 2026 01:30:00 GMT",
            "description": "<p>We <em>know</em></p>",
        },
        {
            "title": "db is down",
            "link": URL,
            "guid": "2-2026-11-22 01:36:46.253",
            "pubDate": "Sun, 22 Nov 2026 01:36:46 GMT",
            "description": "db has been down since 2026-11-22 01:36:46.253 UTC",
        },
    ]


def test_readers_get_html_and_no_script_of_a_name() -> None:
    page = Page(id=1, organisation=1, slug="page", title="P")
    incident = Incident(1, 1, "T", "**Soon** <script>alert(1)</script>", "info", 1_795_311_000, None)
    latest = [ShownState("<script>alert(2)</script>", Status.DOWN, 0, "1")]
    channel = ElementTree.fromstring(rss(news(page, URL, [incident], latest, NOW))).find("channel")
    assert channel is not None
    texts = [item.findtext("description") or "" for item in channel.findall("item")]
    assert "<strong>Soon</strong>" in texts[0]
    assert not any("<script" in text for text in texts), texts


def test_maintenance_does_not_hide_what_is_down() -> None:
    page = Page(id=1, organisation=1, slug="page", title="P")
    states = [
        ShownState(str(place), status, 0, str(place))
        for place, status in enumerate([Status.MAINTENANCE, Status.UP, Status.DOWN])
    ]
    said = news(page, URL, [], states, NOW).rss_state
    assert said.startswith("1 service is down"), said
    assert news(page, URL, [], states[:2], NOW).rss_state == "Under maintenance"


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_make_a_document(title: str, words: str, name: str, url: str) -> None:
    page = Page(id=1, organisation=1, slug="page", title=title, rss_title=words)
    incident = Incident(1, 1, title, words + "]]>", "info", 1_795_311_000, 1_795_311_001)
    text = rss(news(page, url, [incident], [ShownState(name, Status.DOWN, 0, "1")], NOW))
    assert len(ElementTree.fromstring(text).findall("channel/item")) == 2
