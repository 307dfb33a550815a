from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.settings.rules import (
    choose_time_zone,
    decode_value,
    encode_value,
    is_time_zone,
    utc_offset,
    wrong_origin,
)

WINTER, SUMMER = 1_735_689_600.0, 1_751_328_000.0  # 1 January and 1 July 2025


@given(
    st.text(min_size=1),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_values_come_back(key: str, value: object) -> None:
    if key != "jwtSecret":
        assert decode_value(key, encode_value(key, value)) == value


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("checkUpdate", "true", True),
        ("keepDataPeriodDays", "180", 180),
        ("entryPage", '"dashboard"', "dashboard"),
        ("entryPage", "dashboard", "dashboard"),  # an old version's plain text
        ("jwtSecret", "$2a$10$x", "$2a$10$x"),
        ("jwtSecret", "123", "123"),
        ("whatever", None, None),
        ("whatever", "null", None),
    ],
)
def test_reading_rows(key: str, text: str | None, value: object) -> None:
    assert decode_value(key, text) == value


def test_the_signing_secret_stays_plain_text() -> None:
    assert encode_value("jwtSecret", "$2a$10$x") == "$2a$10$x"
    assert encode_value("other", "$2a$10$x") == '"$2a$10$x"'


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Etc/UTC"])
def test_time_zones(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "\0", None, 5, "x" * 5000]
)
def test_what_is_no_time_zone(name: object) -> None:
    assert not is_time_zone(name)


@pytest.mark.parametrize(
    ("environment", "setting", "guessed", "chosen"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Tokyo"),
        ("nonsense", "Europe/Berlin", "America/New_York", "Europe/Berlin"),
        (None, None, "America/New_York", "America/New_York"),
        ("", 5, None, "UTC"),
    ],
)
def test_which_zone_is_the_server_s(
    environment: str | None, setting: object, guessed: str | None, chosen: str
) -> None:
    assert choose_time_zone(environment, setting, guessed) == chosen


@pytest.mark.parametrize(
    ("zone", "moment", "offset"),
    [
        ("UTC", WINTER, "+00:00"),
        ("Asia/Kolkata", WINTER, "+05:30"),
        ("America/New_York", WINTER, "-05:00"),
        ("America/New_York", SUMMER, "-04:00"),
        ("Europe/Berlin", SUMMER, "+02:00"),
        ("Asia/Kathmandu", SUMMER, "+05:45"),
    ],
)
def test_offsets_follow_the_season(zone: str, moment: float, offset: str) -> None:
    assert utc_offset(zone, moment) == offset


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (["https://shop.example", "http://[::1]:8080/", "*"], None),
        ("https://a.example, chrome-extension://abcdef", None),
        (["https://shop.example/path"], "https://shop.example/path"),
        ("shop.example", "shop.example"),
        (["https://user@shop.example"], "https://user@shop.example"),
        (None, None),
        (7, "7"),
    ],
)
def test_origins_are_those_of_sites(value: object, wrong: str | None) -> None:
    assert wrong_origin(value) == wrong
