from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.api_keys.rules import GivenKey, expiry, new_secret, read_key, write_key


@given(st.integers(0, 10**17), st.text(min_size=1))
def test_what_was_written_can_be_read(key_id: int, secret: str) -> None:
    assert read_key(write_key(key_id, secret)) == GivenKey(key_id, secret)


@pytest.mark.parametrize("text", ["", "uk", "uk1", "uk1_", "uk_x", "ukx_y", "uk-1_x", " uk1_x", "1_x"])
def test_what_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_secrets_are_long_and_new() -> None:
    assert len(new_secret()) == 40
    assert new_secret() != new_secret()


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2030-01-01 00:00:00", "UTC", 1_893_456_000),
        ("2030-01-01 01:00:00", "Europe/Berlin", 1_893_456_000),
        ("2030-01-01T01:00", "Europe/Berlin", 1_893_456_000),
        ("2030-01-01T00:00:00Z", "Asia/Tokyo", 1_893_456_000),
        ("2030-01-01", "UTC", 1_893_456_000),
        ("", "UTC", None),
        (None, "UTC", None),
        ("soon", "UTC", None),
        (5, "UTC", None),
    ],
)
def test_when_a_key_ends(text: Any, zone: str, expected: int | None) -> None:
    assert expiry(text, zone) == expected
