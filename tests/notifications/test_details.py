"""What helps at three in the morning, for every kind of message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Message
from kuma_lite.core.records import replace
from kuma_lite.notifications.details import detailed, details_of, local_time, open_address, span
from tests.notifications.samples import DOWN, DOWN_BEAT, EXPIRY, MONITOR, TEST, UP

BASE = "https://kuma.example"
DOWN_MS = 1_795_311_723_926  # 2026-11-22 01:42:03.926 UTC
PLACED = {**MONITOR, "path": ["Web", "EU", "service"]}


def lines(message: Message, base: str = BASE, zone: str = "Europe/Berlin") -> list[str]:
    return detailed(details_of(message, base, zone)).split("\n")


def test_down() -> None:
    assert lines(replace(DOWN, monitor=PLACED)) == [
        "[service] [🔴 Down] Request failed with status code 503",
        "Down since 2026-11-22 02:42:03 (Europe/Berlin)",
        "Address: http://127.0.0.1:1/flip/n",
        "Group: Web / EU",
        "Tags: t: v, bare",
        "Monitor: https://kuma.example/dashboard/7",
    ]


def test_up_says_how_long_it_was_down() -> None:
    assert lines(UP)[1:3] == [
        "Up since 2026-11-22 03:46:13 (Europe/Berlin)",
        "Was down for 1 h 4 min, since 2026-11-22 02:42:03 (Europe/Berlin)",
    ]
    first = {key: value for key, value in (UP.heartbeat or {}).items() if key != "lastDownTime"}
    assert not any("Was down" in line for line in lines(replace(UP, heartbeat=first)))


def test_a_reminder_says_for_how_long() -> None:
    reminder = replace(DOWN, heartbeat={**DOWN_BEAT, "important": False})
    since = replace(reminder, facts={"since": DOWN_MS - 7_500_000})
    assert lines(since)[1] == "Still down, for 2 h 5 min, since 2026-11-22 00:37:03 (Europe/Berlin)"
    assert lines(reminder)[1] == "Still down"  # of an older outbox: the beat itself says nothing of that


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("certificate", "[service][https://a:b@x/?key=k] server certificate x will expire in 7 days"),
        ("domain", "Domain name x.example will expire in 7 days"),
    ],
)
def test_expiry(event: str, text: str) -> None:
    monitor = {**PLACED, "url": "https://a:b@x/?key=k"}
    found = lines(Message(text, facts={"event": event, "expires": DOWN_MS, "monitor": monitor}))
    assert found[0] == text.replace("a:b@x/?key=k", "x/")
    assert found[1:] == [
        "Expires: 2026-11-22 02:42:03 (Europe/Berlin)",
        "Address: https://x/",
        "Group: Web / EU",
        "Tags: t: v, bare",
        "Monitor: https://kuma.example/dashboard/7",
    ]


def test_a_warning_of_an_older_outbox_and_one_without_an_end() -> None:
    assert lines(EXPIRY) == [EXPIRY.text, "Page: https://kuma.example"]
    assert lines(Message("x", facts={"event": "certificate", "expires": None})) == ["x", f"Page: {BASE}"]


def test_a_test() -> None:
    assert lines(replace(TEST, facts={"at": DOWN_MS})) == [
        "My Alert Testing",
        "This is a test: nothing is wrong.",
        "Sent: 2026-11-22 02:42:03 (Europe/Berlin)",
        "Page: https://kuma.example",
    ]
    assert lines(TEST, "") == ["My Alert Testing", "This is a test: nothing is wrong."]


def test_an_alert_of_a_server_is_not_called_down() -> None:
    server = {"name": "web-1", "type": "server", "hostname": "web-1.example", "uuid": "u/1", "cause": "cpu"}
    text = "[web-1] [⚠️ Alert] CPU is at 95.0 %, above 80 % for 5 minutes"
    opened = Message(text, server, {**DOWN_BEAT, "monitorID": None}, {"since": DOWN_MS - 300_000})
    assert lines(opened) == [
        text,
        "Since 2026-11-22 02:37:03 (Europe/Berlin), for 5 min now",
        "Host: web-1.example",
        "Server: https://kuma.example/servers/u%2F1",
    ]
    closed = replace(opened, heartbeat=UP.heartbeat)
    assert lines(closed)[1:3] == [
        "Over since 2026-11-22 03:46:13 (Europe/Berlin)",
        "Lasted 1 h 9 min, since 2026-11-22 02:37:03 (Europe/Berlin)",
    ]


def test_trouble_of_our_own() -> None:
    own = {"name": "Kuma Lite: Disk full", "type": "kuma-lite", "problem": "disk-full"}
    found = lines(Message("[Kuma Lite] [⚠️ Alert] The disk is full.", own, DOWN_BEAT, {"since": DOWN_MS}))
    assert found[1:] == ["Since 2026-11-22 02:42:03 (Europe/Berlin)", "Page: https://kuma.example"]


@pytest.mark.parametrize(
    ("monitor", "shown"),
    [
        ({"type": "http", "url": "https://user:pa%40ss@h.example:8/p?token=t#f"}, "https://h.example:8/p"),
        ({"type": "http", "url": "https://a@b:c@h/@user"}, "https://h/@user"),
        ({"type": "http", "url": "https://"}, ""),
        ({"type": "port", "hostname": "h", "port": 22}, "h:22"),
        ({"type": "mqtt", "hostname": "h", "port": 1883, "url": "https://"}, "h:1883"),
        ({"type": "dns", "hostname": "h", "port": 53}, "h"),
        ({"type": "push"}, "Heartbeat"),
        ({"type": "group", "hostname": None}, ""),
    ],
)
def test_the_address(monitor: dict[str, Any], shown: str) -> None:
    found = details_of(replace(DOWN, monitor=monitor), "", "UTC")
    assert found.address == shown
    assert found.link == ""


def test_the_reason_loses_credentials_too() -> None:
    monitor = {"type": "http", "url": "https://u:p@h/?key=k"}
    message = Message("[n] [🔴 Down] GET https://u:p@h/?key=k and redis://:pw@r: no", monitor, DOWN_BEAT)
    assert lines(message)[0] == "[n] [🔴 Down] GET https://h/ and redis://r: no"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (45, "45 s"),
        (60, "1 min"),
        (250, "4 min 10 s"),
        (7_500, "2 h 5 min"),
        (3_601, "1 h"),
        (93_784, "1 d 2 h"),
        (86_400 * 400, "400 d"),
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_a_zone_that_is_not_known_is_utc() -> None:
    assert local_time(DOWN_MS, "Nowhere/Land") == "2026-11-22 01:42:03 (UTC)"
    assert local_time(10**18, "UTC") == ""


def test_a_clock_that_went_back_gives_no_span() -> None:
    back = replace(UP, heartbeat={**(UP.heartbeat or {}), "lastDownTime": "2027-01-01 00:00:00"})
    assert not any("Was down" in line for line in lines(back))


WORDS = st.text(
    alphabet=st.characters(exclude_characters="/?#@ \t\r\n", categories=("L", "N", "P", "S")), min_size=8
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "name", "type", "url", "hostname", "port", "path", "tags", "uuid"])
BEAT_KEYS = st.sampled_from(["status", "time", "msg", "important", "timezone", "lastDownTime"])
FACTS = st.sampled_from(["since", "at", "event", "expires"])


@given(
    st.text(),
    st.none() | st.dictionaries(KEYS, ANY),
    st.none() | st.dictionaries(BEAT_KEYS, ANY),
    st.dictionaries(FACTS, ANY),
)
def test_it_is_never_empty(text: str, monitor: Any, beat: Any, facts: Any) -> None:
    assert detailed(details_of(Message(text, monitor, beat, facts), BASE, "UTC")).strip()


@given(user=WORDS, password=WORDS, token=WORDS)
def test_no_secret_of_an_address_is_told(user: str, password: str, token: str) -> None:
    url = f"https://{user}:{password}@shop.example/health?token={token}"
    monitor = {**MONITOR, "url": url, "name": "n", "tags": []}
    for text in (f"[n][{url}] expires", f"[n] [🔴 Down] {url}: refused"):
        message = Message(text, monitor, {**DOWN_BEAT, "msg": f"{url}: refused"})
        found = details_of(message, BASE, "UTC")
        told = detailed(found) + found.reason + found.address
        assert not any(secret in told for secret in (user, password, token) if secret not in url[:8])
    assert open_address(url) == "https://shop.example/health"
