from __future__ import annotations

import pytest

from kuma_lite.status_pages.drawing.bars import (
    bar_text,
    kind_of,
    percent,
    picture,
    sparkline,
    summary,
    uptime_of,
)
from kuma_lite.status_pages.drawing.facts import DAY_S, HOUR_S
from kuma_lite.status_pages.drawing.moments import span_text
from kuma_lite.status_pages.model import Bar

DAY = 1_795_305_600  # 22 Nov 2026


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.99999, "99.99 %"), (0.5, "50 %"), (0.998, "99.80 %"), (0.0, "0 %"), (0.29, "29 %")],
)
def test_nothing_is_rounded_up_to_a_hundred(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("bar", "kind", "text"),
    [
        (Bar(DAY, None), "nothing", "22 Nov 2026: no data"),
        (Bar(DAY, None, maintenance=True), "maintenance", "22 Nov 2026: maintenance"),
        (Bar(DAY, 1.0), "up", "22 Nov 2026: 100 %, no outages"),
        (Bar(DAY, 1.0, maintenance=True), "maintenance", "22 Nov 2026: 100 %, maintenance"),
        (Bar(DAY, 0.992, 2, 660), "pending", "22 Nov 2026: 99.20 %, 2 outages, 11 min"),
        (Bar(DAY, 0.5, 1, 43_200), "down", "22 Nov 2026: 50 %, 1 outage, 12 h"),
        (Bar(DAY, 0.0, 0, 86_400), "down", "22 Nov 2026: 0 %, 1 d"),
    ],
)
def test_a_day(bar: Bar, kind: str, text: str) -> None:
    assert (kind_of(bar), bar_text(bar, DAY_S)) == (kind, text)


def test_an_hour_says_its_hour() -> None:
    assert bar_text(Bar(DAY + 7200, 1.0), HOUR_S) == "22 Nov 2026, 02:00 UTC: 100 %, no outages"


def test_all_of_them_in_a_sentence() -> None:
    bars = [Bar(DAY, None), Bar(DAY, 1.0), Bar(DAY, 0.5, 1, 600)]
    assert summary(bars, DAY_S) == "3 days: 75 % uptime, 1 outage, down for 10 min"
    assert summary([Bar(DAY, None)] * 24, HOUR_S) == "24 hours: no data"
    assert uptime_of([Bar(DAY, None)]) is None


def test_on_a_long_page_only_bad_days_have_elements_of_their_own() -> None:
    bars = [Bar(DAY + place * DAY_S, 0.9 if place == 5 else 1.0, int(place == 5)) for place in range(90)]
    assert picture(bars, DAY_S, every_title=True).count("<title>") == 90
    short = picture(bars, DAY_S, every_title=False)
    assert short.count("<title>") == 1
    assert short.count("<path") == 2


def test_response_times() -> None:
    assert sparkline([]) == sparkline([5.0]) == sparkline([None, 5.0, None]) == ""
    drawn = sparkline([10.0, None, 30.0])
    assert "20 ms on average, 30 ms at most" in drawn
    assert drawn.endswith("30 ms</span>")
    assert 'points="0.0,' in drawn
    assert "NaN" not in sparkline([0.0, 0.0])
    assert sparkline([10.0, 30.0, None]).endswith("</svg></span>")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(45, "45 s"), (60, "1 min"), (3600, "1 h"), (3900, "1 h 5 min"), (97_200, "1 d 3 h"), (172_800, "2 d")],
)
def test_spans(seconds: int, text: str) -> None:
    assert span_text(seconds) == text
