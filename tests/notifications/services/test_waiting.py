from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.services.kit.waiting import parse_retry_after


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0.5", 0.5),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
        ("Sun, 06 Nov 1994 08:48:37 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text, 784_111_740.0) == seconds


@given(st.text())
def test_retry_after_never_raises(text: str) -> None:
    found = parse_retry_after(text, 0)
    assert found is None or found >= 0
