"""What our own page asks about maintenance (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.records import replace
from kuma_lite.core.wire_values import whole
from kuma_lite.maintenance.document import Document
from kuma_lite.maintenance.model import Plan
from kuma_lite.maintenance.plans import Entry, Plans
from kuma_lite.maintenance.reading import read_added, read_edited
from kuma_lite.maintenance.rules import DAY_S, bounds, status_at, zone_name
from kuma_lite.maintenance.windows import Window, next_windows, windows_until
from kuma_lite.maintenance.zones import known_zone_of, to_wall

PREVIEWED: Final = 5  # windows of one plan; enough to see the rhythm
CALENDAR_DAYS: Final = 30
MAX_CALENDAR: Final = 500  # windows of all plans; more is no calendar that anybody reads
MAX_OF_ONE: Final = 100  # of one plan; of one that begins every hour, four days


def no_groups(_monitor_id: int) -> Sequence[int]:
    """The groups above a monitor, where there are none."""
    return ()


class MaintenancePage:
    """The plans with their windows.

    Args:
        plans: which there are.
        clock: says what is to come.
        ancestors: the groups above a monitor.
        page_slug: (organisation, status page id) → its name in addresses.
    """

    def __init__(
        self,
        plans: Plans,
        clock: Clock,
        ancestors: Callable[[int], Sequence[int]],
        page_slug: Callable[[int, int], str | None],
    ) -> None:
        self._plans = plans
        self._clock = clock
        self._ancestors = ancestors
        self._page_slug = page_slug

    def events(self) -> list[Event]:
        """The page's questions."""
        return [
            _event("maintenancePlans", self.plans, 0),
            _event("maintenancePlan", self.plan, 1),
            _event("maintenanceWindows", self.windows, 0),
            _event("monitorMaintenance", self.of_monitor, 1),
            _event("previewMaintenance", self.preview, 1, Right.MAINTENANCE_EDIT),
        ]

    async def plans(self, caller: Caller) -> Answer:
        """All plans, each with the window that lasts or comes next."""
        return {"ok": True, "plans": [self._row(entry) for entry in self._own(caller)]}

    async def plan(self, caller: Caller, plan_id: Any) -> Answer:
        """One plan with its next windows (of one that is paused: those it would have), and what it is for."""
        entry = self._plans.get(actor_of(caller), Right.MAINTENANCE_VIEW, plan_id)
        return {
            "ok": True,
            "plan": {**self._row(entry), "description": entry.plan.description},
            "windows": self._next(replace(entry.plan, active=True)),
            "monitors": self._plans.monitors_of(entry),
            "pages": [
                {"id": number, "title": title, "slug": self._page_slug(entry.organisation, number)}
                for number, title in self._plans.pages_of(entry)
            ],
        }

    async def windows(self, caller: Caller) -> Answer:
        """What comes in the next weeks, of all plans."""
        now, zone = self._clock.now(), self._plans.zone
        until = now + CALENDAR_DAYS * DAY_S
        plans = [entry.plan for entry in self._own(caller)]
        found, more = windows_until(plans, now, until, zone, MAX_CALENDAR, MAX_OF_ONE)
        return {
            "ok": True,
            "since": to_ms(now),
            "until": to_ms(until),
            "windows": [[plan.id, *_wire(window)] for plan, window in found],
            "more": more,
        }

    async def of_monitor(self, caller: Caller, monitor_id: Any) -> Answer:
        """The plans for which a monitor is under maintenance now, by itself or with a group above it."""
        number = whole(monitor_id)
        above = frozenset() if number is None else frozenset({number, *self._ancestors(number)})
        shown = []
        for entry in self._own(caller):
            if entry.running and not above.isdisjoint(entry.monitor_ids):
                window = self._row(entry)["window"]
                until = window[1] if window else None
                shown.append({"id": entry.id, "title": entry.plan.title, "until": until})
        return {"ok": True, "plans": shown}

    async def preview(self, caller: Caller, payload: Any) -> Answer:
        """The next windows of a plan that is not stored; refused as storing it would be."""
        actor = actor_of(caller)
        if isinstance(payload, Mapping) and payload.get("id"):
            old = self._plans.get(actor, Right.MAINTENANCE_EDIT, payload["id"])
            plan = read_edited(payload, old.plan)
        else:
            plan = read_added(actor, payload)
        plan = replace(plan, active=True)
        return {"ok": True, "timezone": zone_name(plan, self._plans.zone), "windows": self._next(plan)}

    def _own(self, caller: Caller) -> Iterable[Entry]:
        return self._plans.of(actor_of(caller).organisation)

    def _next(self, plan: Plan) -> list[list[int | None]]:
        found = next_windows(plan, self._clock.now(), self._plans.zone, PREVIEWED)
        return [_wire(window) for window in found]

    def _row(self, entry: Entry) -> Document:
        plan, now, zone = entry.plan, self._clock.now(), self._plans.zone
        windows = next_windows(plan, now, zone, 1)
        return {
            "id": plan.id,
            "title": plan.title,
            "strategy": plan.strategy.value,
            "status": status_at(plan, now, zone).value,
            "active": plan.active,
            "timezone": zone_name(plan, zone),
            "timezoneOption": plan.timezone,
            "dateRange": _dates(plan, zone),
            "timeRange": [time._asdict() if time else None for time in (plan.start_time, plan.end_time)],
            "intervalDay": plan.interval_day,
            "weekdays": list(plan.weekdays),
            "daysOfMonth": list(plan.days_of_month),
            "cron": plan.cron or "",
            "durationMinutes": (plan.duration or 0) / 60,
            "window": _wire(windows[0]) if windows else None,
            "monitors": len(self._plans.monitors_of(entry)),
            "pages": len(self._plans.pages_of(entry)),
        }


def _dates(plan: Plan, server_zone: str) -> list[str | None]:
    """First and last date as clocks of the plan's zone show them, however they were written."""
    zone = known_zone_of(zone_name(plan, server_zone))
    moments = bounds(plan, server_zone)
    return [None if moment is None else to_wall(moment, zone).isoformat() for moment in moments]


def _wire(window: Window) -> list[int | None]:
    return [to_ms(window.start), None if window.end is None else to_ms(window.end)]


def _event(name: str, handler: Any, arguments: int, needs: Right = Right.MAINTENANCE_VIEW) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)
