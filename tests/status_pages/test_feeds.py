from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.core.records import replace
from kuma_lite.status_pages.feeds.calendar import calendar
from kuma_lite.status_pages.feeds.json_feed import json_feed
from kuma_lite.status_pages.feeds.news import news
from kuma_lite.status_pages.feeds.rss import atom, rss
from kuma_lite.status_pages.model import Incident, Page, PlannedWindow, ShownState
from tests.status_pages.validators import read_atom, read_calendar, read_json_feed, read_rss

NOW = 1_795_311_412.0
URL = "https://status.example/status/page"
EVIL = "]]></title><script>alert(1)</script>\r\nBEGIN:VEVENT\u2028;,\\"
WORDS = st.text() | st.just(EVIL) | st.just("ü" * 500)


@given(WORDS, WORDS, WORDS)
def test_any_words_make_valid_documents(title: str, words: str, name: str) -> None:
    page = Page(id=1, organisation=1, slug="page", title=title)
    incident = Incident(1, 1, title or "x", words, "info", 1_795_311_000, 1_795_311_001)
    states = [ShownState(name, Status.DOWN, 0, "1"), ShownState(name, Status.DOWN, 0, "2")]
    told = news(page, URL, [incident], states, NOW)
    assert len(read_rss(rss(told))) == 3  # two outages that began at once are two
    assert len(read_atom(atom(told))) == 3
    assert len(read_json_feed(json.dumps(json_feed(told)))) == 3
    assert "<script" not in atom(told)
    assert not any("<script" in item["content_html"] for item in json_feed(told)["items"])


def test_an_outage_is_one_entry_as_long_as_it_lasts() -> None:
    page = Page(id=1, organisation=1, slug="page", title="P")
    state = ShownState("web", Status.DOWN, 1_795_311_000_000, "7")
    (first,) = read_rss(rss(news(page, URL, [], [state], NOW)))
    (later,) = read_rss(rss(news(page, URL, [], [state], NOW + 3600)))
    assert first == later
    (again,) = read_rss(rss(news(page, URL, [], [replace(state, since=1_795_312_000_000)], NOW + 3600)))
    assert again["guid"] != first["guid"]


@given(WORDS, WORDS)
def test_any_words_make_a_calendar(title: str, words: str) -> None:
    page = Page(id=1, organisation=1, slug="page", title=title)
    windows = [
        PlannedWindow(1, title, words, NOW, NOW + 60, True),
        PlannedWindow(1, title, words, NOW + 3600, NOW + 7200, False),
        PlannedWindow(2, title, words, None, None, True),
    ]
    events = read_calendar(calendar(page, URL, windows, NOW))
    assert [event["DTSTART"] for event in events] == ["20261122T013652Z", "20261122T023652Z"]


def test_a_calendar() -> None:
    page = Page(id=1, organisation=1, slug="page", title="Shop; all of it")
    window = PlannedWindow(4, "Upgrade, short", "**Slow** for\nan hour", NOW, NOW + 3600, False)
    (event,) = read_calendar(calendar(page, URL, [window], NOW))
    assert event == {
        "UID": "4-1795311412-page@status.example",
        "DTSTAMP": "20261122T013652Z",
        "DTSTART": "20261122T013652Z",
        "DTEND": "20261122T023652Z",
        "SUMMARY": "Upgrade, short",
        "DESCRIPTION": "**Slow** for\nan hour",
        "URL": URL,
        "TRANSP": "TRANSPARENT",
    }
