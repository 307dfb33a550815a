"""A component of a status page: several monitors that are shown as one service."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from kuma_lite.core.declarations import Status


class Rule(StrEnum):
    """How many of a component's monitors must be up."""

    ALL = "all"
    ANY = "any"
    SHARE = "share"  # of a hundred


class SetState(NamedTuple):
    """How a component is because somebody says so."""

    status: Status
    text: str
    since: int  # seconds since 1970
    until: int | None  # seconds since 1970; None: until somebody ends it


class Component(Struct, frozen=True):
    """Monitors that a page shows as one service, by a rule; without any, its state is set by hand."""

    id: int  # 0: a new one
    name: str
    rule: Rule
    share: int  # percent; of the rule `SHARE`
    monitors: tuple[int, ...]
    by_hand: SetState | None = None

    def set_state(self, now: float) -> SetState | None:
        """What somebody says of it now (seconds since 1970)."""
        by_hand = self.by_hand
        return by_hand if by_hand is not None and (by_hand.until is None or now < by_hand.until) else None


class ShownComponent(Struct, frozen=True):
    """What a page shows of a component."""

    id: int
    name: str
    group_id: int
    status: Status | None  # None: nothing is known
    since: int  # milliseconds since 1970
    text: str = ""  # of whoever has set the state
    until: int | None = None  # of that, in seconds since 1970
