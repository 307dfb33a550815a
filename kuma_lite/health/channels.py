"""Who is told of problems of our own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

# The setting: a list of ids, or what a monitor has on the wire, {id: true}; null: the preselected ones.
CHOSEN: Final = "watchNotificationIDList"


class Channel(Protocol):
    """A configured way of telling people."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def active(self) -> bool:
        """Whether it is switched on."""

    @property
    def is_default(self) -> bool:
        """Whether new monitors get it by themselves."""


def chosen_ids(setting: Any) -> frozenset[int] | None:
    """What the setting holds; None: nothing was chosen."""
    if isinstance(setting, dict):
        setting = [key for key, wanted in setting.items() if wanted]
    if not isinstance(setting, list):
        return None
    return frozenset(int(item) for item in setting if str(item).isascii() and str(item).isdecimal())


def recipients(channels: Sequence[Channel], setting: Any, avoid: frozenset[int]) -> list[int]:
    """Ids of the channels that a message goes to.

    The chosen ones; the preselected ones where none was ever chosen, or none of those is left. If none of
    them can carry the message, the preselected ones, and in the end any other. Empty: nobody was chosen, or
    there is no channel.
    """
    usable = [channel for channel in channels if channel.active]
    wanted = chosen_ids(setting)
    if wanted is not None and not wanted:
        return []
    default = [channel.id for channel in usable if channel.is_default]
    chosen = [channel.id for channel in usable if channel.id in (wanted or ())] or default
    reached = [number for number in chosen if number not in avoid]
    if reached or not set(chosen) & avoid:
        return reached
    others = [number for number in default if number not in avoid]
    return others or [channel.id for channel in usable if channel.id not in avoid]
