from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import parse_wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.notifications import rules
from tests.notifications.samples import Beat


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.DOWN, "[web] [🔴 Down] timeout"),
        (Status.UP, "[web] [✅ Up] timeout"),
        (Status.PENDING, "[web] [🔴 Down] timeout"),
        (Status.MAINTENANCE, "[web] [🔴 Down] timeout"),
    ],
)
def test_beat_text(status: Status, text: str) -> None:
    assert rules.beat_text("web", status, "timeout") == text


def test_an_empty_beat_message_leaves_a_blank() -> None:
    assert rules.beat_text("web", 0, "") == "[web] [🔴 Down] "


def test_trial_text_of_a_nameless_one() -> None:
    assert rules.trial_text("Home") == "Home Testing"
    assert rules.trial_text("undefined") == "undefined Testing"


def test_certificate_text() -> None:
    assert (
        rules.certificate_text("web", "https://x/", "intermediate CA", "R3", 7)
        == "[web][https://x/] intermediate CA certificate R3 will expire in 7 days"
    )


def test_heartbeat_of_a_down_beat() -> None:
    assert rules.heartbeat_object(Beat(), "UTC", response="n says hello", last_down=1) == {
        "monitorID": 7,
        "status": 0,
        "time": "2026-11-22 01:42:03.926",
        "msg": "bad",
        "important": True,
        "retries": 1,
        "response": "n says hello",
        "timezone": "UTC",
        "timezoneOffset": "+00:00",
        "localDateTime": "2026-11-22 01:42:03",
    }


def test_heartbeat_of_an_up_beat_tells_when_it_went_down() -> None:
    found = rules.heartbeat_object(
        Beat(status=Status.UP, ping=4.0, msg="", retries=0, important=False),
        "America/St_Johns",
        last_down=1_795_311_723_000,
    )
    assert found["lastDownTime"] == "2026-11-22 01:42:03.000"
    assert (found["msg"], found["ping"], type(found["ping"])) == ("N/A", 4, int)
    assert (found["timezoneOffset"], found["localDateTime"]) == ("-03:30", "2026-11-21 22:12:03")
    assert "response" not in found
    assert "duration" not in found


def test_only_pushed_beats_have_a_duration() -> None:
    assert rules.heartbeat_object(Beat(duration=0), "UTC", pushed=True)["duration"] == 0


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    assert rules.heartbeat_object(Beat(), zone)["timezone"] == "UTC"


@given(st.integers(0, 4_000_000_000_000), st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"]))
def test_local_time_minus_its_offset_is_the_time(time: int, zone: str) -> None:
    found = rules.heartbeat_object(Beat(time=time), zone)
    sign, hours, minutes = (
        found["timezoneOffset"][0],
        found["timezoneOffset"][1:3],
        found["timezoneOffset"][4:],
    )
    offset = (int(hours) * 60 + int(minutes)) * 60_000 * (-1 if sign == "-" else 1)
    assert parse_wire_time(found["localDateTime"]) - offset == time - time % 1000
    assert parse_wire_time(found["time"]) == time
