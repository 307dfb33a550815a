"""What a page shows beside the documents of Uptime Kuma: drawn from plain data, safe whatever is typed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.records import replace
from kuma_lite.status_pages.drawing.embeds import card
from kuma_lite.status_pages.drawing.facts import DAY_S, HOUR_S, Facts
from kuma_lite.status_pages.drawing.headline import Headline, Part
from kuma_lite.status_pages.drawing.html import render, render_history
from kuma_lite.status_pages.model import Bar, Incident, IncidentState, Page, PlannedWindow, Update
from tests.status_pages.test_html import EVIL, NO_BEATS, NOW, PAGE, Tags, beats, document, monitor

WORDS = st.text() | st.sampled_from([EVIL, "[x](javascript:alert(1))", "`<b>`", "](//x", "\x00\ud800"])
DAY = 1_795_305_600


def history(count: int = 90, seconds: int = DAY_S) -> list[Bar]:
    return [Bar(DAY - (count - 1 - place) * seconds, 1.0) for place in range(count)]


def drawn(facts: Facts, **changes: Any) -> str:
    group = {"id": 3, "name": "G", "weight": 1, "monitorList": [monitor()]}
    return render(PAGE, document(publicGroupList=[group], **changes), beats(1), (), NOW, facts)


@given(WORDS)
def test_whatever_is_told_stays_text(words: str) -> None:
    old = Incident(7, 1, words, words, "info", 1_795_000_000, 1_795_003_600, pin=False, active=False)
    facts = Facts(
        updates={7: [Update(1, 7, IncidentState.RESOLVED, words, 1_795_000_100)]},
        past=[old],
        more_past=True,
        windows=[PlannedWindow(1, words, words, NOW + 60, NOW + 120, False)],
        covered={1: [words]},
        bars={1: history()},
    )
    texts = [drawn(facts), render_history(PAGE, facts, NOW)]
    page = Page(id=1, organisation=1, slug="page", title=words)
    texts.append(card(page, Headline("up", (Part(words),)), NOW))
    for text in texts:
        tags = Tags(text).tags
        scripts = [
            attributes.get("src") or attributes.get("type") for tag, attributes in tags if tag == "script"
        ]
        assert set(scripts) <= {"/status-live.js", "/status-times.js", "application/json", "text/plain"}
        for tag, attributes in tags:
            assert tag not in ("iframe", "object", "embed", "style", "base", "form")
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            target = attributes.get("href") or ""
            assert re.match(r"https?://|mailto:|[/?#]|$", target, re.I), target
        ids = Counter(attributes["id"] for _tag, attributes in tags if "id" in attributes)
        assert set(ids.values()) <= {1}, ids


def test_parts_can_be_found_by_editors() -> None:
    incident = {
        "id": 5, "title": "T", "content": "C", "style": "info",
        "createdDate": "2026-11-22 01:00:00", "lastUpdatedDate": None,
    }  # fmt: skip
    text = drawn(Facts(), incidents=[incident])
    for found in ('data-group-id="3"', 'data-monitor-id="1"', 'data-incident-id="5"', 'id="title"',
                  'id="overall"', 'id="services"', 'id="footer"'):  # fmt: skip
        assert found in text, found


def test_days_and_hours() -> None:
    days = drawn(Facts(bars={1: history()}))
    assert "90 days: 100 % uptime, no outages" in days
    assert '<a href="?" aria-current="true">90 days</a><a href="?hours">24 hours</a>' in days
    assert "30 days ago" in days  # on a phone
    hours = drawn(Facts(bars={1: history(24, HOUR_S)}, bar_s=HOUR_S))
    assert "24 hours: 100 % uptime" in hours
    assert "30 days ago" not in hours
    assert "90 days</a>" not in drawn(Facts())


def test_what_is_paused_counts_for_nothing() -> None:
    text = drawn(Facts(paused=frozenset({1})))
    assert ">Paused<" in text
    assert "No Services" in text


@pytest.mark.parametrize(("end", "said"), [(NOW + 60, "Under way until"), (None, "Under way<")])
def test_maintenance_under_way(end: float | None, said: str) -> None:
    window = PlannedWindow(2, "Cables", "", NOW - 60, end, True)
    text = drawn(Facts(windows=[window]), maintenanceList=[{"id": 2, "title": "Cables", "description": "x"}])
    assert said in text
    assert 'id="planned"' not in text
    assert "Planned maintenance" in drawn(Facts(windows=[replace(window, start=NOW + 60, running=False)]))


def test_maintenance_says_what_it_is_for() -> None:
    window = PlannedWindow(2, "Cables", "", NOW + 60, NOW + 120, False)
    names = [f"<{number}>" for number in range(15)]
    facts = Facts(windows=[window], covered={2: names[:2]})
    plan = {"id": 2, "title": "Cables", "description": ""}
    assert drawn(facts).count("Affects &lt;0&gt;, &lt;1&gt;</p>") == 1
    assert drawn(facts, maintenanceList=[plan]).count("Affects &lt;0&gt;, &lt;1&gt;</p>") == 2
    assert "&lt;11&gt; and 3 more</p>" in drawn(Facts(windows=[window], covered={2: names}))
    assert "Affects" not in drawn(Facts(windows=[window], covered={2: []}))


def test_a_page_of_nothing() -> None:
    assert "No Services" in render(PAGE, document(), NO_BEATS, (), NOW, Facts(bars={}))
    assert "There were no incidents." in render_history(PAGE, Facts(), NOW)
