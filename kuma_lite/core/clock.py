"""The only place that asks what time it is.

Two clocks: `now()` is what people and the wire see (UTC, seconds since 1970, may jump); `monotonic()` never
jumps and is what schedules, deadlines and durations are made of. Tests own both through `ManualClock`.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Final, Protocol

from kuma_lite.core.patterns import pattern

MILLISECONDS = 1000
_AS_WRITTEN: Final = pattern(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?", re.ASCII)


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> float:
        """Wall clock: seconds since 1970-01-01 UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back, stands still while the machine is suspended."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> float:
        """Wall clock: seconds since 1970-01-01 UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told to; for tests."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._monotonic = 1_000.0

    def now(self) -> float:
        """Wall clock: seconds since 1970-01-01 UTC."""
        return self._now

    def monotonic(self) -> float:
        """Monotonic seconds."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let both clocks run."""
        self._now += seconds
        self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back, as NTP or a person would."""
        self._now += seconds


def to_ms(seconds: float) -> int:
    """Seconds since 1970 as whole milliseconds, the unit of stored times."""
    return round(seconds * MILLISECONDS)


def wire_time(ms: int) -> str:
    """Milliseconds since 1970 as the wire writes them: `YYYY-MM-DD HH:mm:ss.SSS`, UTC."""
    seconds, rest = divmod(ms, MILLISECONDS)
    moment = time.gmtime(seconds)
    return (
        f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d} "
        f"{moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}.{rest:03d}"
    )


def wire_date(seconds: float) -> str:
    """Seconds since 1970 as `YYYY-MM-DD HH:mm:ss`, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def parse_wire_time(text: str) -> int:
    """The inverse of `wire_time`; accepts a missing fraction. Raises ValueError."""
    if _AS_WRITTEN.fullmatch(text):  # a fortieth of the time
        moment = datetime.fromisoformat(text)
    else:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S")
    return to_ms(moment.replace(tzinfo=UTC).timestamp())
