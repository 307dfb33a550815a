from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.services.support.escaping import html
from kuma_lite.notifications.services.support.limits import Unit, limited

FAMILY = "👩\u200d👩\u200d👧"  # five characters, eight UTF-16 units, 18 bytes


def size(text: str, unit: Unit) -> int:
    if unit is Unit.UTF16:
        return len(text.encode("utf-16-le")) // 2
    if unit is Unit.SEPTETS:
        return len(text) + len(re.findall(r"[\f^{}\\\[~\]|€]", text))
    return len(text) if unit is Unit.CHARACTERS else len(text.encode())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(0, 30), st.sampled_from(Unit))
def test_never_longer_than_the_limit(text: str, limit: int, unit: Unit) -> None:
    for end in ("…", ""):
        found = limited(text, limit, unit, end=end)
        assert size(found, unit) <= limit
        assert found == text or text.startswith(found.removesuffix(end))


@given(st.text(alphabet="ab🚀é", min_size=5), st.sampled_from(Unit))
def test_as_much_as_fits(text: str, unit: Unit) -> None:
    limit = size(text, unit) - 1
    assert size(limited(text, limit, unit, end=""), unit) > limit - size("🚀", unit)


@pytest.mark.parametrize(
    ("text", "limit", "unit", "cut"),
    [
        ("short", 5, Unit.CHARACTERS, "short"),
        ("longer", 5, Unit.CHARACTERS, "long…"),
        ("🚀🚀", 2, Unit.CHARACTERS, "🚀🚀"),
        ("🚀🚀", 3, Unit.UTF16, "🚀…"),
        ("x🚀🚀", 3, Unit.UTF16, "x…"),
        ("äää", 5, Unit.BYTES, "ä…"),
        ("äää", 3, Unit.BYTES, "…"),
        ("äää", 2, Unit.BYTES, "ä"),
        (f"x{FAMILY}y", 5, Unit.CHARACTERS, "x…"),
        ("x👍🏽y", 3, Unit.CHARACTERS, "x…"),
        ("x🇩🇪🇫🇷", 3, Unit.CHARACTERS, "x…"),
        ("x🇩🇪🇫🇷", 4, Unit.CHARACTERS, "x🇩🇪…"),
        ("xe\u0301z", 3, Unit.CHARACTERS, "x…"),
        ("[a]b", 6, Unit.SEPTETS, "[a]b"),
        ("[a]b", 5, Unit.SEPTETS, "[a…"),
        ("❤\ufe0f❤\ufe0f", 2, Unit.CHARACTERS, "…"),
    ],
)
def test_cuts(text: str, limit: int, unit: Unit, cut: str) -> None:
    assert limited(text, limit, unit) == cut


def test_halves_of_a_pair_stay_together() -> None:
    assert limited("\ud83d\ude80y", 2) == "…"


def test_a_plain_cut() -> None:
    assert limited("x" * 158 + "🚀", 159, Unit.UTF16, end="") == "x" * 158


def test_a_letter_under_a_heap_of_accents_is_cut_somewhere() -> None:
    assert limited("e" + "\u0301" * 100, 90, end="") == "e" + "\u0301" * 89


def test_marks_of_an_escape_count() -> None:
    assert limited("a<b", 6, escape=html) == "a&lt;b"
    assert limited("a<bc", 6, escape=html) == "a&lt;…"
    assert limited("a<bc", 5, escape=html) == "a…"
