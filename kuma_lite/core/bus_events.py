"""What features tell each other over the bus and what belongs to none of them alone."""

from __future__ import annotations

from msgspec import Struct


class SettingsChanged(Struct, frozen=True):
    """Somebody saved settings.

    Args:
        keys: those that were written, whether or not their value is a new one.
    """

    keys: frozenset[str]
