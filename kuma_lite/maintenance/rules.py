"""When a plan is under maintenance: pure functions of the plan, the moment and the server's time zone.

A repeating plan has windows: each begins when its cron pattern says so, in the plan's zone. Of a plan with
daily times it ends when the clocks there show the end, as people mean it who name two times; a plan with a
pattern of its own names minutes, which are elapsed time. What lies outside of the plan's start and end date
is cut off. Windows of a cron pattern may overlap; the plan is under maintenance while any of them lasts.

Uptime Kuma 2.5 counts an interval of several days from the time it last touched the plan, so that windows
after the first are skipped; here it is counted, as meant, in days from the latest window that began, or else
from the first one on or after the start date. It also announces windows that the start date, the end date or
the interval will prevent; here the next one listed is the next one that comes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from msgspec import Struct

from kuma_lite.maintenance.cron import CronError, Once, Pattern, parse
from kuma_lite.maintenance.model import SAME_AS_SERVER, Plan, PlanStatus, Strategy, TimeOfDay
from kuma_lite.maintenance.zones import known_zone_of, moments_of, parse_wall, to_moment, to_wall

DAY_S: Final = 86_400
LAST_DAY: Final = "lastDay1"  # the last day of a month; others (`lastDay2` ...) have never had an effect

_pattern_in = lru_cache(maxsize=512)(parse)  # plans are asked again and again


class Slot(Struct, frozen=True):
    """One window, in seconds since 1970: from `start` until just before `end`."""

    start: float
    end: float
    trigger: float  # when it would begin without a start date

    def includes(self, now: float) -> bool:
        """Whether it lasts at that moment."""
        return self.start <= now < self.end


def zone_name(plan: Plan, server_zone: str) -> str:
    """The plan's time zone by name."""
    return server_zone if plan.timezone == SAME_AS_SERVER else plan.timezone


def bounds(plan: Plan, server_zone: str) -> tuple[float | None, float | None]:
    """Start and end date as moments; None where the plan has none."""
    zone = known_zone_of(zone_name(plan, server_zone))
    return _moment_of(plan.start_date, zone), _moment_of(plan.end_date, zone)


def status_at(plan: Plan, now: float, server_zone: str) -> PlanStatus:
    """What the plan is at a moment."""
    return fixed_status_at(plan, now, server_zone) or state_at(plan, now, server_zone)[0]


def state_at(plan: Plan, now: float, server_zone: str) -> tuple[PlanStatus, list[Slot]]:
    """The status, and the window that lasts and the next one, as far as there are any."""
    current, following = current_and_next_slots(plan, now, server_zone)
    by_windows = PlanStatus.UNDER_MAINTENANCE if current else PlanStatus.SCHEDULED
    status = fixed_status_at(plan, now, server_zone) or by_windows
    return status, [slot for slot in (current, following) if slot is not None]


def fixed_status_at(plan: Plan, now: float, server_zone: str) -> PlanStatus | None:
    """The status as far as it follows without looking for windows; None where it takes that."""
    if not plan.active:
        return PlanStatus.INACTIVE
    if plan.strategy is Strategy.MANUAL:
        return PlanStatus.UNDER_MAINTENANCE
    start, end = bounds(plan, server_zone)
    if start is not None and now < start:
        return PlanStatus.SCHEDULED
    if end is not None and now >= end:
        return PlanStatus.ENDED
    return PlanStatus.UNDER_MAINTENANCE if plan.strategy is Strategy.SINGLE else None


def current_and_next_slots(plan: Plan, now: float, server_zone: str) -> tuple[Slot | None, Slot | None]:
    """The window that lasts, and the next to begin, of an active repeating plan."""
    windows = windows_of(plan, now, server_zone)
    if windows is None:
        return None, None
    begun = now if windows.start is None else max(now, windows.start)
    slot = windows.first_after(begun - windows.longest)
    while (
        slot is not None and slot.end <= begun and slot.trigger < begun
    ):  # shorter than the longest, and over
        slot = windows.first_after(slot.trigger)
    if slot is not None and slot.includes(now):
        return slot, windows.first_after(now)
    return None, slot


def next_change(plan: Plan, now: float, server_zone: str) -> float | None:
    """The next moment at which status or slots may change; until then they do not. None for never."""
    if not plan.active or plan.strategy is Strategy.MANUAL:
        return None
    candidates = [*bounds(plan, server_zone)]
    if plan.strategy.repeats:
        current, following = current_and_next_slots(plan, now, server_zone)
        candidates += [current.end if current else None, following.start if following else None]
    return min((moment for moment in candidates if moment is not None and moment > now), default=None)


# --- What repeating plans are made of ----------------------------------------------------------------------


def pattern_of(strategy: Strategy, plan: Plan) -> str:
    """The cron pattern of a strategy with daily times; written as Uptime Kuma 2.5 writes it.

    An empty choice of days gives a text that is no pattern, which refuses the plan in the words known there.
    """
    assert plan.start_time is not None
    at = f"{plan.start_time.minutes} {plan.start_time.hours}"
    if strategy is Strategy.INTERVAL:
        return f"{at}  * * *"
    if strategy is Strategy.WEEKDAY:
        return f"{at} * * {','.join(str(day) for day in sorted(set(plan.weekdays)))}"
    days = sorted({day for day in plan.days_of_month if isinstance(day, int)})
    last = ["L"] if LAST_DAY in plan.days_of_month else []
    return f"{at} {','.join([*map(str, days), *last])} * *"


def seconds_between(start: TimeOfDay, end: TimeOfDay) -> int:
    """How long a daily window lasts; an earlier end is the next day's."""
    return (end.since_midnight - start.since_midnight) % DAY_S


# --- Windows -----------------------------------------------------------------------------------------------


class Windows(Struct, frozen=True):
    """The windows of a repeating plan."""

    pattern: Pattern | Once
    zone: tzinfo
    duration: int
    start: float | None
    end: float | None
    step: int = 1  # days
    anchor: date | None = None  # a day with a window, from which steps are counted
    starts: TimeOfDay | None = None  # of windows that end when the clocks say so; None: elapsed time

    @property
    def longest(self) -> int:
        """Seconds that a window can last, a change of the clock in it included."""
        return self.duration if self.starts is None or not self.duration else self.duration + DAY_S

    def first_after(self, moment: float) -> Slot | None:
        """The first window whose trigger is later than `moment`."""
        while True:
            trigger = self.pattern.next_after(moment, self.zone)
            if trigger is None or (self.end is not None and trigger >= self.end):
                return None
            day = to_wall(trigger, self.zone).date()
            wait = (self.anchor - day).days % self.step if self.anchor else 0
            if wait == 0:
                return self._slot(trigger)
            midnight = datetime.combine(day + timedelta(days=wait), time.min)
            moment = max(trigger, to_moment(midnight, self.zone) - 1)

    def _end(self, trigger: float) -> float:
        """When a window ends that begins then."""
        elapsed = trigger + self.duration
        if self.starts is None or not self.duration:
            return elapsed
        shown = to_wall(trigger, self.zone)  # later than it should be where the clocks skip the beginning
        begins = datetime.combine(shown.date(), time(self.starts.hours, self.starts.minutes))
        begins = begins if begins <= shown else begins - timedelta(days=1)
        ends = moments_of(begins + timedelta(seconds=self.duration), self.zone)
        # Of an end that comes twice the first counts; of a window that is skipped altogether, its length.
        return next((moment for moment in ends if moment > trigger), elapsed)

    def _slot(self, trigger: float) -> Slot:
        end = self._end(trigger)
        return Slot(
            trigger if self.start is None else max(trigger, self.start),
            end if self.end is None else min(end, self.end),
            trigger,
        )


def windows_of(plan: Plan, now: float, server_zone: str) -> Windows | None:
    """What can be asked for the windows of a plan; None for one that has none to come."""
    if not (plan.active and plan.strategy.repeats and plan.cron):
        return None
    start, end = bounds(plan, server_zone)
    if end is not None and (now >= end or (start is not None and start >= end)):
        return None
    try:
        pattern = _pattern_in(plan.cron)
    except CronError:  # an imported plan; it must not take the others with it
        return None
    zone, duration = known_zone_of(zone_name(plan, server_zone)), plan.duration or 0
    starts = plan.start_time if plan.strategy.daily_times else None
    if plan.strategy is not Strategy.INTERVAL or plan.interval_day == 1:
        return Windows(pattern, zone, duration, start, end, starts=starts)
    origin: float | None
    if plan.last_start is not None and (start is None or plan.last_start + duration > start):
        origin = plan.last_start
    else:
        origin = pattern.next_after((now if start is None else start) - duration, zone)
    anchor = None if origin is None else to_wall(origin, zone).date()
    return Windows(pattern, zone, duration, start, end, plan.interval_day, anchor, starts)


def _moment_of(text: str | None, zone: tzinfo) -> float | None:
    """A stored date as a moment; one that cannot be read (imported) is none."""
    try:
        return to_moment(parse_wall(text), zone) if text else None
    except ValueError:
        return None
