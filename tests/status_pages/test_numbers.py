from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.badges.numbers import parse_float, parse_int, to_precision


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (66.66666666666666, "66.67"),
        (100, "100.0"),
        (0, "0.000"),
        (12.3456, "12.35"),
        (99.995, "100.0"),
        (99.99, "99.99"),
        (-3.5, "-3.500"),
        (1234, "1234"),
        (12345.6, "1.235e+4"),
        (0.00001234, "0.00001234"),
        (0.0000001234, "1.234e-7"),
        (float("inf"), "Infinity"),
    ],
)
def test_to_precision_as_javascript(value: float, text: str) -> None:
    assert to_precision(value, 4) == text


@given(st.floats(-1e300, 1e300))
def test_four_digits_are_right_to_four_digits(value: float) -> None:
    assert float(to_precision(value, 4)) == pytest.approx(value, rel=5.01e-4, abs=1e-300)


def test_numbers_at_the_beginning() -> None:
    assert [parse_int(text) for text in ("5", " -7x", "12.9", "x", "", "٣")] == [5, -7, 12, None, None, None]
    assert [parse_float(text) for text in ("0.5", ".5%", "1e3", "-2.", "x", "Infinity", "1e999")] == [
        0.5, 0.5, 1000, -2, None, None, None,
    ]  # fmt: skip


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    parse_int(text)
    parse_float(text)
