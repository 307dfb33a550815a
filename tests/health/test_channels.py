"""Who is told of our own problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from kuma_lite.health.channels import chosen_ids, recipients


@dataclass
class Channel:
    id: int
    is_default: bool = False
    active: bool = True


CHANNELS = [Channel(1, is_default=True), Channel(2), Channel(3, is_default=True), Channel(4, active=False)]
NONE: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("setting", "avoid", "expected"),
    [
        (None, NONE, [1, 3]),
        ("nonsense", NONE, [1, 3]),
        ([2], NONE, [2]),
        ({"2": True, "3": False}, NONE, [2]),
        (["2", 3.5, True, None], NONE, [2]),
        ([], NONE, []),
        ({}, NONE, []),
        ([4], NONE, [1, 3]),  # switched off: silence was not what was chosen
        ([99], NONE, [1, 3]),
        ([1, 2], {1}, [2]),
        ([2], {2}, [1, 3]),
        ([1, 3], {1, 3}, [2]),
        ([], {1}, []),
        (None, {1, 2, 3}, []),
    ],
)
def test_recipients(setting: Any, avoid: set[int], expected: list[int]) -> None:
    assert recipients(CHANNELS, setting, frozenset(avoid)) == expected


def test_nobody_is_told_where_nothing_is_preselected() -> None:
    assert recipients([Channel(1)], None, NONE) == []
    assert recipients([], [1], NONE) == []


def test_what_is_no_choice() -> None:
    assert chosen_ids(None) is None
    assert chosen_ids(True) is None
    assert chosen_ids([]) == frozenset()
