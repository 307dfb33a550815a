"""What is told on the bus about monitors and their beats."""

from __future__ import annotations

from dataclasses import dataclass

from kuma_lite.beats.model import Beat


@dataclass(frozen=True, slots=True)
class BeatRecorded:
    """A beat has been judged; if it is important or pushed it is on disk already."""

    beat: Beat
    organisation: int
    first: bool  # the monitor's first beat ever
    pushed: bool  # it came by request, not from a check


@dataclass(frozen=True, slots=True)
class MonitorChanged:
    """A monitor was added, edited, paused or resumed; its document is in the store."""

    monitor_id: int
    organisation: int


@dataclass(frozen=True, slots=True)
class MonitorRemoved:
    """A monitor is gone, with everything recorded about it."""

    monitor_id: int
    organisation: int
