"""What our own page asks about a monitor's past (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from kuma_lite.beats.buckets import HOUR_S, Span, days_span, hours_span
from kuma_lite.beats.model import Beat, wire_number
from kuma_lite.beats.outages import Outages
from kuma_lite.beats.periods import Period
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.response_times import response_times
from kuma_lite.checks._saved_response import read_saved
from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.doors.events import whole
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.service import NOT_THERE, Monitors

DAY_HOURS: Final = 24
HISTORY_DAYS: Final = (1, 90, 365)  # the first one by the hour, the others by the day
MAX_OUTAGES: Final = 200
EVENTS_READ: Final = 50  # among which older answers are looked for
MAX_ANSWERS: Final = 20
ANSWER_CHARS: Final = 20_000  # of one answer


class MonitorHistory:
    """Hours and days, outages, response times and kept answers of one monitor."""

    def __init__(self, monitors: Monitors, recorder: Recorder, outages: Outages, clock: Clock) -> None:
        self._monitors = monitors
        self._recorder = recorder
        self._outages = outages
        self._clock = clock

    def doors(self) -> Doors:
        """The page's questions."""
        calls: tuple[tuple[str, Callable[..., Awaitable[Any]], int], ...] = (
            ("monitorHistory", self.history, 2),
            ("monitorOutages", self.outages, 2),
            ("responseTimes", self.response_times, 2),
            ("savedAnswers", self.answers, 1),
        )
        return Doors(
            events=[
                Event(name, call, count, namespaces=(PAGE,), needs=Right.MONITORS_VIEW)
                for name, call, count in calls
            ],
            namespace=PAGE,
        )

    async def history(self, caller: Caller, monitor_id: Any, days: Any) -> Answer:
        """Bars: 24 hours, 90 days or a year of days."""
        monitor, now = self._find(caller, monitor_id), self._clock.now()
        if days not in HISTORY_DAYS or isinstance(days, bool):
            raise UserError("The history covers 1, 90 or 365 days.")
        span: Span = hours_span(DAY_HOURS, now) if days == 1 else days_span(days, now)
        watched: Mapping[int, bool] = {monitor.id: self._monitors.roster.is_active(monitor)}
        found = (await self._monitors.store.periods(watched, span, now))[monitor.id]
        return {"ok": True, "seconds": span.seconds, "periods": [_period(period) for period in found]}

    async def outages(self, caller: Caller, monitor_id: Any, count: Any) -> Answer:
        """The newest outages, one that goes on first."""
        monitor = self._find(caller, monitor_id)
        most = max(1, min(MAX_OUTAGES, whole(count)))
        found, total = await self._outages.page(most, only=[monitor.id])
        rows = [[outage.began, outage.ended, outage.message] for outage in found]
        return {"ok": True, "total": total, "outages": rows}

    async def response_times(self, caller: Caller, monitor_id: Any, hours: Any) -> Answer:
        """Percentiles over the last hours, a day at most: longer, single checks are not kept."""
        monitor = self._find(caller, monitor_id)
        wanted = max(1, min(DAY_HOURS, whole(hours)))
        since = to_ms(self._clock.now() - wanted * HOUR_S)
        found = response_times(await self._monitors.store.beats_since(monitor.id, since))
        return {"ok": True, "hours": wanted, **found._asdict()}

    async def answers(self, caller: Caller, monitor_id: Any) -> Answer:
        """What the target answered, where that is kept, the newest first."""
        monitor = self._find(caller, monitor_id)
        beats = {beat.id: beat for beat in self._recorder.rows(monitor.id)}
        for beat in await self._monitors.store.important_page([monitor.id], 0, EVENTS_READ):
            beats.setdefault(beat.id, beat)
        newest = sorted(beats.values(), key=lambda beat: (beat.time, beat.id), reverse=True)
        rows = (row for beat in newest if (row := _answer(beat)) is not None)
        return {"ok": True, "answers": [row for row, _ in zip(rows, range(MAX_ANSWERS), strict=False)]}

    def _find(self, caller: Caller, monitor_id: Any) -> Monitor:
        return self._monitors.get(actor_of(caller), Right.MONITORS_VIEW, monitor_id, refusal=NOT_THERE)


def _period(period: Period) -> list[Any]:
    bucket = period.bucket
    pings = (
        (bucket.ping_sum / bucket.pings, bucket.ping_min, bucket.ping_max)
        if bucket.pings
        else (None, None, None)
    )
    return [
        period.began,
        period.uptime,
        period.outages,
        period.down_ms,
        *(wire_number(ping) for ping in pings),
        int(bucket.maintenance > 0),
    ]


def _answer(beat: Beat) -> list[Any] | None:
    """None where nothing was kept, and for what was packed by another program."""
    text = read_saved(beat.response) if beat.response is not None else None
    if text is None:
        return None
    cut = len(text) > ANSWER_CHARS
    return [beat.time, int(beat.status), beat.msg, text[:ANSWER_CHARS], cut]
