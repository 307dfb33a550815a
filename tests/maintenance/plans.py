"""Plans for tests, and times in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kuma_lite.maintenance.model import Plan
from kuma_lite.maintenance.reading import read_added
from tests.support.actors import OWNER


def sent(strategy: str, /, **fields: Any) -> dict[str, Any]:
    """A maintenance the way a client sends it."""
    return {
        "title": strategy,
        "description": "",
        "strategy": strategy,
        "active": True,
        "intervalDay": 1,
        "dateRange": [None, None],
        "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}],
        "weekdays": [],
        "daysOfMonth": [],
        "cron": "30 3 * * *",
        "durationMinutes": 60,
        "timezoneOption": "UTC",
        **fields,
    }


def plan(strategy: str, **fields: Any) -> Plan:
    """The same, read."""
    return read_added(OWNER, sent(strategy, **fields))


def times(start: str, end: str) -> list[dict[str, int]]:
    """`timeRange` from two `HH:mm[:ss]`."""
    names = ("hours", "minutes", "seconds")
    return [dict(zip(names, map(int, text.split(":")), strict=False)) for text in (start, end)]


def at(text: str, zone: str = "UTC") -> float:
    """A wall clock time of a zone in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(moment: float | None) -> str | None:
    """A moment in UTC, readable."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
