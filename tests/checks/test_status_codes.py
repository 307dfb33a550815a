from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._status_codes import is_accepted


@pytest.mark.parametrize(
    ("status", "codes", "accepted"),
    [
        (200, ("200-299",), True),
        (299, ("200-299",), True),
        (300, ("200-299",), False),
        (404, ("200-299", "404"), True),
        (404, ("404-404",), True),
        (404, (" 404 ",), True),
        (404, ("400 - 499",), True),
        (404, ("499-400",), False),
        (200, (), False),
        (200, ("",), False),
        (200, ("-",), False),
        (200, ("200-",), False),
        (200, ("-200",), False),
        (200, ("100-200-300",), False),
        (200, ("2xx",), False),
        (200, ("two hundred", "200"), True),
        (200, ("²00",), False),
        (200, ("1-" + "9" * 5_000,), False),
        (999, ("100-999",), True),
    ],
)
def test_what_a_list_accepts(status: int, codes: tuple[str, ...], accepted: bool) -> None:
    assert is_accepted(status, codes) is accepted


CODE = st.integers(100, 999)


@given(CODE, st.lists(st.tuples(CODE, CODE), max_size=5))
def test_a_status_is_accepted_when_a_range_holds_it(status: int, ranges: list[tuple[int, int]]) -> None:
    codes = tuple(f"{first}-{last}" for first, last in ranges)
    assert is_accepted(status, codes) == any(first <= status <= last for first, last in ranges)


@given(CODE, st.lists(st.text(max_size=12), max_size=4))
def test_any_text_is_survived(status: int, codes: list[str]) -> None:
    assert is_accepted(status, (*codes, str(status)))
    assert is_accepted(status, tuple(codes)) in (True, False)
