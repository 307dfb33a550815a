"""What a maintenance plan is, and what is told when one begins or ends."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

SAME_AS_SERVER: Final = "SAME_AS_SERVER"  # time zone option: whatever the server's is


class Strategy(StrEnum):
    """How a plan says when it is, by the names of the wire."""

    MANUAL = "manual"  # as long as it is active
    SINGLE = "single"  # one window
    INTERVAL = "recurring-interval"  # every so many days
    WEEKDAY = "recurring-weekday"
    DAY_OF_MONTH = "recurring-day-of-month"
    CRON = "cron"

    @property
    def daily_times(self) -> bool:
        """Whether its windows have a time of day to begin and one to end."""
        return self in (Strategy.INTERVAL, Strategy.WEEKDAY, Strategy.DAY_OF_MONTH)

    @property
    def repeats(self) -> bool:
        """Whether its windows follow from a cron pattern and a duration."""
        return self.daily_times or self is Strategy.CRON


class PlanStatus(StrEnum):
    """What a plan is now, by the names of the wire."""

    INACTIVE = "inactive"
    SCHEDULED = "scheduled"
    UNDER_MAINTENANCE = "under-maintenance"
    ENDED = "ended"
    UNKNOWN = "unknown"


class TimeOfDay(NamedTuple):
    """A wall clock time."""

    hours: int
    minutes: int
    seconds: int = 0

    @property
    def since_midnight(self) -> int:
        """Seconds."""
        return self.hours * 3600 + self.minutes * 60 + self.seconds

    @property
    def text(self) -> str:
        """`HH:mm:ss`, as it is stored."""
        return f"{self.hours:02d}:{self.minutes:02d}:{self.seconds:02d}"

    @classmethod
    def parse(cls, text: str) -> TimeOfDay:
        """The inverse of `text`; seconds may be missing. Raises ValueError."""
        parts = [int(part) for part in text.split(":")]
        if not 2 <= len(parts) <= 3:
            raise ValueError(text)
        return cls.checked(*parts)

    @classmethod
    def checked(cls, hours: int, minutes: int, seconds: int = 0) -> TimeOfDay:
        """A time that exists on a clock. Raises ValueError."""
        if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= seconds <= 59):
            raise ValueError(f"{hours}:{minutes}:{seconds}")
        return cls(hours, minutes, seconds)


class Plan(Struct, frozen=True, kw_only=True):
    """One maintenance as it is stored.

    Dates are kept as the client wrote them: wall clock times in the plan's zone. `cron` and `duration`
    (seconds) are what repeating windows follow from; for the strategies with daily times they were made from
    those. Other strategies keep what an earlier strategy left there.
    """

    id: int
    organisation: int
    user_id: int | None  # who made it
    title: str
    description: str
    strategy: Strategy
    active: bool = True
    interval_day: int = 1
    timezone: str = "UTC"  # SAME_AS_SERVER or an IANA name
    start_date: str | None = None
    end_date: str | None = None
    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None
    weekdays: tuple[int, ...] = ()  # Sunday 0 (or 7), Monday 1 ...
    days_of_month: tuple[int | str, ...] = ()  # 1 ... 31, "lastDay1"
    cron: str | None = None
    duration: int | None = None
    last_start: int | None = None  # seconds since 1970: the latest window of an interval that began


class MaintenanceStarted(Struct, frozen=True):
    """Monitors are under maintenance from now on (their descendants are as well, and not listed)."""

    plan_id: int
    monitor_ids: frozenset[int]


class MaintenanceEnded(Struct, frozen=True):
    """A plan covers these monitors no longer; another one may."""

    plan_id: int
    monitor_ids: frozenset[int]


class MaintenanceChanged(Struct, frozen=True):
    """A plan was added, edited, linked, switched or removed: what shows it is out of date."""

    plan_id: int
    organisation: int
