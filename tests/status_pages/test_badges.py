from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.badges import badges
from kuma_lite.status_pages.badges.badge_svg import Badge
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.model import Figures


def said(badge: Badge) -> tuple[str, str, str | None]:
    return badge.label, badge.message, badge.colour


@pytest.mark.parametrize(
    ("query", "latest", "expected"),
    [
        ("", 1, ("Status", "Up", "#66c20a")),
        ("", 0, ("Status", "Down", "#c2290a")),
        ("label=Shop&downLabel=weg&downColor=purple", 0, ("Shop", "weg", "purple")),
        ("value=2&pendingLabel=hm&pendingColor=yellow", 1, ("Status", "hm", "yellow")),
        ("value=9", 1, ("Status", "N/A", "#999")),
        ("value=x", 1, ("Status", "N/A", "#999")),
        ("label=", 0, ("", "Down", "#c2290a")),
        ("value=1", None, ("Status", "Up", "#66c20a")),
    ],
)
def test_status(query: str, latest: int | None, expected: tuple[str, ...]) -> None:
    badge = badges.status_badge(Query(query), None if latest is None else Status(latest))
    assert said(badge) == expected


@pytest.mark.parametrize(
    "query",
    [
        "style=nonsense",
        "style=flat&style=flat",
        "label=a&label=b",
        "upColor=a&upColor=b",
        "upLabel=&upLabel=",
    ],
)
def test_what_is_refused(query: str) -> None:
    with pytest.raises(UserError) as refused:
        badges.status_badge(Query(query), Status.UP)
    assert refused.value.status == 403


def test_a_monitor_without_beats_has_no_status() -> None:
    with pytest.raises(UserError) as refused:
        badges.status_badge(Query(""), None)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("query", "number", "expected"),
    [
        ("", "24", ("Uptime (24h)", "66.67%", "#b8c20a")),
        ("", "30", ("Uptime (30h)", "66.67%", "#b8c20a")),
        ("labelSuffix=hours", "48", ("Uptime (48hours)", "66.67%", "#b8c20a")),
        ("value=1", "24", ("Uptime (24h)", "100.0%", "#66c20a")),
        ("value=0", "24", ("Uptime (24h)", "0.000%", "#c2290a")),
        ("value=x", "24", ("Uptime (24h)", "NaN%", "#4c1")),
        (
            "label=L&labelPrefix=%3E&labelSuffix=%3C&prefix=P&suffix=S&color=red",
            "24",
            (">L", "P66.67S", "red"),
        ),
    ],
)
def test_uptime(query: str, number: str, expected: tuple[str, ...]) -> None:
    assert said(badges.uptime_badge(Query(query), number, Figures(2 / 3, 75.25))) == expected


@pytest.mark.parametrize(
    ("query", "average", "expected"),
    [
        ("", 75.25, ("Avg. Ping (24h)", "75ms")),
        ("value=12.7", 75.25, ("Avg. Ping (24h)", "12ms")),
        ("suffix=&prefix=~", 75.25, ("Avg. Ping (24h)", "~75")),
        ("prefix=a&prefix=b", 75.25, ("Avg. Ping (24h)", "a,b75ms")),
        ("", None, ("Avg. Ping (24h)", "ms")),
        ("", 0.4, ("Avg. Ping (24h)", "ms")),  # a 0 is left out
    ],
)
def test_ping(query: str, average: float | None, expected: tuple[str, str]) -> None:
    badge = badges.ping_badge(Query(query), "24", Figures(1, average))
    assert (badge.label, badge.message) == expected


def test_average_response() -> None:
    assert [badges.response_hours(text) for text in (None, "12", "9999", "abc")] == [24, 12, 720, None]
    badge = badges.average_response_badge(Query("prefix=about%20&suffix=%20ms"), 24, 75.25)
    assert said(badge) == ("Avg. Response (24h)", "about 75 ms", "blue")
    assert said(badges.average_response_badge(Query("value=3&label=Q"), 24, 75.25))[:2] == ("Q", "3ms")
    assert badges.average_response_badge(Query(""), 24, None).message == "N/A"


def test_response() -> None:
    assert said(badges.response_badge(Query(""), 42.9)) == ("Response", "42ms", "blue")
    assert said(badges.response_badge(Query("value=77&color=pink"), 42))[1:] == ("77ms", "pink")
    assert badges.response_badge(Query("value=77"), None).message == "N/A"


def certificate(days: int) -> dict[str, Any]:
    return {"valid": True, "certInfo": {"daysRemaining": days, "validTo": "2027-01-01T00:00:00.000Z"}}


@pytest.mark.parametrize(
    ("query", "document", "expected"),
    [
        ("", None, ("", "No/Bad Cert", "#999")),
        ("", {"valid": False}, ("", "Bad Cert", "#c2290a")),
        ("", certificate(90), ("Cert Exp.", "90 days", "#66c20a")),
        ("", certificate(14), ("Cert Exp.", "14 days", "#eed202")),
        ("", certificate(7), ("Cert Exp.", "7 days", "#c2290a")),
        ("", certificate(0), ("Cert Exp.", " days", "#c2290a")),
        ("warnDays=100&warnColor=red", certificate(90), ("Cert Exp.", "90 days", "red")),
        ("date=1&labelSuffix=!", certificate(90), ("Cert Exp.!", "2027-01-01T00:00:00.000Z", "#66c20a")),
        ("value=3", certificate(90), ("Cert Exp.", "3 days", "#c2290a")),
    ],
)
def test_certificate(query: str, document: Any, expected: tuple[str, ...]) -> None:
    assert said(badges.certificate_badge(Query(query), document)) == expected


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ([], "N/A"),
        ([2], "N/A"),
        ([1, 2], "Up"),
        ([1, 0], "Degraded"),
        ([0], "Down"),
        ([0, 1, 3], "Maintenance"),
    ],
)
def test_page(states: list[int], message: str) -> None:
    assert badges.page_badge(Query(""), map(Status, states)).message == message
