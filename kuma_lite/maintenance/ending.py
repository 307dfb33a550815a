"""What becomes of a plan that is ended before its time: a pure function.

One by hand is switched off, a single one ends now. One that repeats goes on with its next window: its start
date becomes the moment when that begins. Uptime Kuma 2.5 has no such thing; its clients see plans as usual.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.maintenance.model import Plan, PlanStatus, Strategy
from kuma_lite.maintenance.rules import status_at, windows_of, zone_name
from kuma_lite.maintenance.zones import known_zone_of, parse_wall, to_moment, to_wall

NOT_RUNNING: Final = "It is not under maintenance now."


def ended_at(plan: Plan, now: float, server_zone: str) -> Plan:
    """The plan, not under maintenance any more. Raises UserError for one that is not."""
    if status_at(plan, now, server_zone) is not PlanStatus.UNDER_MAINTENANCE:
        raise UserError(NOT_RUNNING)
    if plan.strategy is Strategy.MANUAL:
        return replace(plan, active=False)
    zone = known_zone_of(zone_name(plan, server_zone))
    windows = windows_of(plan, now, server_zone)  # None for a single one
    following = windows.first_after(now) if windows else None
    if following is None:
        return replace(plan, end_date=written(now, zone))
    # Days between windows are counted from the one that comes, as they would have been.
    return replace(plan, start_date=written(following.start, zone), last_start=int(following.trigger))


def written(moment: float, zone: tzinfo) -> str:
    """A moment as a date of a plan: wall clock time, with its distance from UTC where it is another's too."""
    wall = to_wall(moment, zone).replace(microsecond=0)
    text = wall.isoformat(sep=" ")
    if to_moment(parse_wall(text), zone) == int(moment):
        return text
    return datetime.fromtimestamp(int(moment), zone).isoformat(sep=" ")
