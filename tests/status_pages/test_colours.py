from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.status_pages.drawing import colours


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("blue", "#007ec6"),
        ("critical", "#e05d44"),
        ("purple", "purple"),
        ("ABCDEF", "#abcdef"),
        ("fff", "#fff"),
        ("#F6BE00", "#f6be00"),
        ("rgb(1, 2, 3)", "rgb(1, 2, 3)"),
        ("hsla(120,50%,50%,.5)", "hsla(120,50%,50%,.5)"),
        ("", None),
        ("nonsense", None),
        ("#12345", None),
        ('red" onload="x', None),
        ("url(#s)", None),
        ("var(--x)", None),
        (None, None),
    ],
)
def test_normalise(asked: str | None, shown: str | None) -> None:
    assert colours.normalise(asked) == shown


@given(st.text())
def test_no_colour_leaves_its_attribute(text: str) -> None:
    shown = colours.normalise(text)
    assert shown is None or not re.search("[\"'<>&;]", shown)


@pytest.mark.parametrize(
    ("share", "colour"),
    [
        (1, "#66c20a"),
        (2 / 3, "#b8c20a"),
        (0.75, "#a3c20a"),
        (0.5, "#c2a30a"),
        (0.123456, "#c2470a"),
        (0, "#c2290a"),
    ],
)
def test_shares_as_recorded(share: float, colour: str) -> None:
    assert colours.of_share(share) == colour


def test_brightness() -> None:
    assert colours.brightness("#fff") == colours.brightness("white") == 1
    assert colours.brightness("#000") == colours.brightness("rgb(255,255,255)") == 0
    assert colours.of_share(float("nan")) == colours.DEFAULT_MESSAGE
