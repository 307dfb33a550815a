"""Dates of the Servers API, there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.iso_time import iso, iso_exact, parse_iso

zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=zones | st.just(UTC)))
def test_every_moment_is_shown_as_it_was_meant(moment: datetime) -> None:
    found = parse_iso(moment.isoformat())
    assert found is not None and parse_iso(iso_exact(found)) == found
    shown = iso(found)
    assert shown is not None and len(shown) == 20 and shown.endswith("Z")


@given(st.text(max_size=80) | st.integers() | st.none() | st.lists(st.integers(), max_size=2))
def test_whatever_comes_it_is_a_moment_or_none(value: Any) -> None:
    found = parse_iso(value)
    assert found is None or iso(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-20T14:22:00Z", "2024-01-20T14:22:00Z"),
        ("2024-01-20 14:22:00.250", "2024-01-20T14:22:00.250Z"),
        ("2024-01-20T14:22:00+02:00", "2024-01-20T12:22:00Z"),
        ("2024-01-20", "2024-01-20T00:00:00Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_forms_of_a_date(text: str, expected: str) -> None:
    found = parse_iso(text)
    assert found is not None and iso_exact(found) == expected


@pytest.mark.parametrize("text", ["", "today", "2024-13-01", "2024-01-01T24:00:00", "1" * 65])
def test_what_is_no_date(text: str) -> None:
    assert parse_iso(text) is None
