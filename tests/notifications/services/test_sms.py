from __future__ import annotations

import pytest

from kuma_lite.notifications.services.support import sms


def test_only_ascii_is_left() -> None:
    assert sms.ascii_only("[ü] [🔴 Down] 5 €\n") == "[] [ Down] 5 \n"


def test_signs_are_left_out() -> None:
    assert sms.without_signs("[a] [🔴 Down] [✅ Up] 🔴b") == "[a] [Down] [Up] 🔴b"


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("a" * 10, "a" * 10),
        ("a" * 11, "a" * 7 + "..."),
        ("[a]\n[a]", "[a]\n..."),
        ("ü" * 4, "ü" * 4),
        ("ü" * 5, "ü" * 3 + "…"),
        ("`" * 5, "`" * 3 + "…"),
        ("aa🚀a", "aa…"),
    ],
)
def test_the_alphabet_decides_how_much_fits(text: str, fitted: str) -> None:
    assert sms.fitted(text, 10, 4) == fitted
