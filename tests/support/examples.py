"""How many examples Hypothesis makes of a test that needs more than usual."""

from __future__ import annotations

from hypothesis import settings

USUAL = 100  # what a profile that says nothing makes


def examples(count: int) -> settings:
    """`count` in the suite; in other profiles more or fewer, in proportion."""
    return settings(max_examples=max(1, count * settings.default.max_examples // USUAL))
