"""Wall clock times and moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from kuma_lite.core.time_zones import zone_named
from kuma_lite.maintenance.zones import (
    known_zone_of,
    offset_text,
    parse_wall,
    to_moment,
    to_wall,
)

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2026-03-29", datetime(2026, 3, 29)),
        ("2026-03-29T02:30", datetime(2026, 3, 29, 2, 30)),
        ("2026-03-29 02:30:15", datetime(2026, 3, 29, 2, 30, 15)),
        (" 2026-3-9 2:30:15.987 ", datetime(2026, 3, 9, 2, 30, 15)),
        ("2026-03-29T02:30:00Z", datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        (
            "2026-03-29T02:30:00.000-05:30",
            datetime(2026, 3, 29, 2, 30, tzinfo=timezone(-timedelta(hours=5.5))),
        ),
        ("9999-12-31T23:59", datetime(9999, 12, 31, 23, 59)),
    ],
)
def test_dates_as_clients_write_them(text: str, wall: datetime) -> None:
    assert parse_wall(text) == wall
    assert parse_wall(text).tzinfo == wall.tzinfo


@pytest.mark.parametrize(
    "text", ["", "no date", "12345-01-01", "0000-01-01", "2026-02-30", "2026-01-01T24:00", "2026-01-01 10"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is the caller's affair
        parse_wall(text)


@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00; half past two is an hour after half past one.
        (datetime(2026, 3, 29, 2, 30), BERLIN, utc(2026, 3, 29, 1, 30)),
        (datetime(2026, 3, 29, 3, 30), BERLIN, utc(2026, 3, 29, 1, 30)),
        # Berlin, 25 October 2026: half past two comes twice; the first is meant.
        (datetime(2026, 10, 25, 2, 30), BERLIN, utc(2026, 10, 25, 0, 30)),
        (datetime(2026, 10, 25, 3, 0), BERLIN, utc(2026, 10, 25, 2, 0)),
        # Lord Howe moves by half an hour.
        (datetime(2026, 10, 4, 2, 15), LORD_HOWE, utc(2026, 10, 3, 15, 45)),
        (datetime(2026, 4, 5, 1, 45), LORD_HOWE, utc(2026, 4, 4, 14, 45)),
        # A text with a zone of its own keeps it.
        (datetime(2026, 7, 1, 12, tzinfo=UTC), BERLIN, utc(2026, 7, 1, 12)),
    ],
)
def test_what_moment_a_wall_time_is(wall: datetime, zone: ZoneInfo, moment: float) -> None:
    assert to_moment(wall, zone) == moment


def test_what_clocks_show() -> None:
    assert to_wall(utc(2026, 3, 29, 1, 30), BERLIN) == datetime(2026, 3, 29, 3, 30)
    second = to_wall(utc(2026, 10, 25, 1, 30), BERLIN)
    assert (second, second.fold, second.tzinfo) == (datetime(2026, 10, 25, 2, 30), 0, None)


@pytest.mark.parametrize(
    ("zone", "moment", "text"),
    [
        ("Europe/Berlin", utc(2026, 7, 1), "+02:00"),
        ("Europe/Berlin", utc(2026, 1, 1), "+01:00"),
        ("Asia/Kolkata", utc(2026, 1, 1), "+05:30"),
        ("America/St_Johns", utc(2026, 1, 1), "-03:30"),
        ("UTC", utc(2026, 1, 1), "+00:00"),
    ],
)
def test_offsets(zone: str, moment: float, text: str) -> None:
    assert offset_text(moment, zone_named(zone)) == text


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "/etc/passwd", "../UTC", "a\0b"])
def test_unknown_zones(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        zone_named(name)
    assert known_zone_of(name) is UTC
