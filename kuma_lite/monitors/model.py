"""What is told on the bus about monitors and their beats."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from kuma_lite.beats.model import Beat
from kuma_lite.core.access import Audience, Right

_ORGANISATIONS_KEPT: Final = 256


class BeatRecorded(Struct, frozen=True):
    """A beat has been judged; if it is important or pushed it is on disk already."""

    beat: Beat
    organisation: int
    first: bool  # the monitor's first beat ever
    pushed: bool  # it came by request, not from a check


class MonitorChanged(Struct, frozen=True):
    """A monitor was added, edited, paused or resumed; its document is in the store."""

    monitor_id: int
    organisation: int


class MonitorRemoved(Struct, frozen=True):
    """A monitor is gone, with everything recorded about it."""

    monitor_id: int
    organisation: int


@lru_cache(maxsize=_ORGANISATIONS_KEPT)
def viewers_of(organisation: int) -> Audience:
    """Who may see an organisation's monitors; asked for every beat."""
    return Audience(organisation, Right.MONITORS_VIEW)
