"""What our own page asks about monitors, and is pushed (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

import msgspec

from kuma_lite.beats.model import wire_number
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.access import Right, may
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.document.fields import HIDDEN
from kuma_lite.monitors.doors.events import whole
from kuma_lite.monitors.engine.domain_expiry import DomainExpiry
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.model import BeatRecorded, MonitorChanged, MonitorRemoved, viewers_of
from kuma_lite.monitors.service import Monitors

BATCH_S: Final = 1.0  # between two messages of ordinary beats: each costs a page a frame, some milliseconds
NEWS_S: Final = 0.1  # what changes a state or a row is told this soon, and the first for a while
AT_ONCE: Final = 250  # rows between two turns for others; some 4 ms
ROUNDS: Final = 5  # of making again rows that have changed meanwhile; the last one is made in one go
MAX_BARS: Final = 200  # rows a page may ask bars for at once
MAX_EVENTS: Final = 200
UNCHECKED: Final = 4  # in place of a status: nobody is asked about its target, and `msg` says why
COLUMNS: Final = """
    id name type parent active forceInactive maintenance status time ping uptime24 msg weight tags since
""".split()  # noqa: SIM905 - one line says it better than fourteen

_encode: Final = msgspec.json.Encoder().encode


class MonitorPage:
    """A compact summary first, details of what is looked at, live beats in batches."""

    def __init__(
        self,
        monitors: Monitors,
        recorder: Recorder,
        certificates: Certificates,
        domains: DomainExpiry,
        push: Push,
        bus: Bus,
        clock: Clock,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._monitors = monitors
        self._recorder = recorder
        self._certificates = certificates
        self._domains = domains
        self._push = push
        self._clock = clock
        self._spawn = spawn
        self._beats: dict[int, list[list[Any]]] = {}  # organisation → batch
        self._changed: dict[int, set[int]] = {}
        self._deleted: dict[int, list[int]] = {}
        self._messages: dict[int, str] = {}  # the text each row has on the pages
        self._making: list[set[int]] = []  # for each summary that is being made: what has changed meanwhile
        self._flushing = False
        self._news = asyncio.Event()
        self._told_at = 0.0  # seconds of the loop
        bus.subscribe(BeatRecorded, self._on_beat)
        bus.subscribe(MonitorChanged, self._on_change)
        bus.subscribe(MonitorRemoved, self._on_removal)

    def doors(self) -> Doors:
        """The page's questions."""
        return Doors(
            events=[
                Event("summary", self.summary, namespaces=(PAGE,), needs=Right.MONITORS_VIEW),
                Event("bars", self.bars, 2, namespaces=(PAGE,), needs=Right.MONITORS_VIEW),
                Event("monitor", self.monitor, 1, namespaces=(PAGE,), needs=Right.MONITORS_VIEW),
                Event("events", self.events, 3, namespaces=(PAGE,), needs=Right.MONITORS_VIEW),
            ],
            namespace=PAGE,
        )

    # --- questions ---------------------------------------------------------------------------------------

    async def summary(self, caller: Caller) -> Answer:
        """Every monitor in one row, as all are when this returns; others get their turns in between."""
        organisation, roster = actor_of(caller).organisation, self._monitors.roster
        every = wanted = roster.of(organisation)
        texts: dict[int, str] = {}
        noted: set[int] = set()
        self._making.append(noted)
        try:
            for left in reversed(range(ROUNDS)):
                for place, monitor in enumerate(wanted, 1):
                    if roster.get(monitor.id) is monitor:
                        texts[monitor.id] = self._row_text(monitor)
                    if left and place % AT_ONCE == 0:
                        await asyncio.sleep(0)
                if not noted:
                    break
                found = [roster.get(each) for each in noted]
                wanted = [each for each in found if each is not None and each.organisation == organisation]
                every = roster.of(organisation)
                noted.clear()
        finally:
            self._making = [each for each in self._making if each is not noted]
        rows = [texts.get(each.id) or self._row_text(each) for each in every]
        head = _encode({"ok": True, "columns": COLUMNS})[:-1].decode()
        tail = f'],"serverTime":{to_ms(self._clock.now())}}}'
        return WrittenJson([head, ',"rows":[', ",".join(rows), tail])

    async def bars(self, caller: Caller, ids: Any, count: Any) -> Answer:
        """The last beats of some monitors."""
        actor, number = actor_of(caller), max(1, min(100, whole(count)))
        if not isinstance(ids, list) or len(ids) > MAX_BARS:
            raise UserError("A list of at most {most} monitor ids is expected.", most=MAX_BARS)
        bars: dict[str, list[list[Any]]] = {}
        for item in ids:
            monitor = self._monitors.find(item)
            if monitor is not None and may(actor, Right.MONITORS_VIEW, monitor):
                rows = self._recorder.rows(monitor.id)[-number:]
                bars[str(monitor.id)] = [
                    [beat.time, int(beat.status), wire_number(beat.ping)] for beat in rows
                ]
        return {"ok": True, "bars": bars}

    async def monitor(self, caller: Caller, monitor_id: Any) -> Answer:
        """One monitor with what its page shows."""
        actor = actor_of(caller)
        found = self._monitors.get(
            actor, Right.MONITORS_VIEW, monitor_id, refusal="The monitor does not exist."
        )
        await self._certificates.warm()
        now = self._clock.now()
        statistics = self._recorder.statistics(found.id)
        edits = may(actor, Right.MONITORS_EDIT, found)
        domain = self._domains.info(found, now)
        wire = self._monitors.wire(found, sensitive=edits)
        # The compatible object hides them; our form edits them.
        wire.update({key: found.get(key) for key in HIDDEN if edits})
        return {
            "ok": True,
            "monitor": wire,
            "uptime": {key: statistics.uptime(key, now) for key in ("24", "720", "1y")},
            "averagePing": statistics.average_ping("24", now),
            "certificate": self._certificates.wire(found.id, now),
            "domain": domain._asdict() if domain is not None else None,
            "beats": [
                [beat.time, int(beat.status), wire_number(beat.ping), beat.msg]
                for beat in self._recorder.rows(found.id)
            ],
        }

    async def events(self, caller: Caller, monitor_id: Any, offset: Any, count: Any) -> Answer:
        """Changes of state, newest first."""
        actor = actor_of(caller)
        wanted = self._monitors.ids_of(actor.organisation)
        if monitor_id is not None:
            wanted = [self._monitors.get(actor, Right.MONITORS_VIEW, monitor_id).id]
        number = max(0, min(MAX_EVENTS, whole(count)))
        beats = await self._monitors.store.important_page(wanted, max(0, whole(offset)), number)
        return {
            "ok": True,
            "total": await self._monitors.store.important_count(wanted),
            "events": [[beat.monitor_id, beat.time, int(beat.status), beat.msg] for beat in beats],
        }

    def _row_text(self, monitor: Monitor) -> str:
        return _encode(self._row(monitor, self._clock.now())).decode()

    def _row(self, monitor: Monitor, now: float) -> list[Any]:
        last = self._recorder.last(monitor.id)
        if last is not None:
            self._messages[monitor.id] = last.msg
        uptime = self._recorder.statistics(monitor.id).uptime("24", now) if last else None
        unchecked = monitor.unchecked
        roster = self._monitors.roster
        return [
            monitor.id,
            monitor.name,
            monitor.type,
            monitor.parent,
            roster.is_active(monitor),
            roster.is_forced_inactive(monitor),
            self._monitors.in_maintenance(monitor.id),
            UNCHECKED if unchecked else int(last.status) if last else None,
            last.time if last else None,
            wire_number(last.ping) if last and not unchecked else None,
            uptime,
            unchecked or (last.msg if last else None),
            monitor.get("weight"),
            [[tag.name, tag.value, tag.color] for tag in monitor.tags],
            monitor.since,
        ]

    # --- pushes ------------------------------------------------------------------------------------------

    def _on_beat(self, event: BeatRecorded) -> None:
        for noted in self._making:
            noted.add(event.beat.monitor_id)
        if not self._push.has_listeners(viewers_of(event.organisation), PAGE):
            return
        beat = event.beat
        monitor = self._monitors.roster.get(beat.monitor_id)
        if monitor is not None and monitor.unchecked:  # its row says why; nothing was measured
            self._changed.setdefault(event.organisation, set()).add(monitor.id)
            self._flush_soon(news=beat.important)
            return
        message = None if self._messages.get(beat.monitor_id) == beat.msg else beat.msg
        self._messages[beat.monitor_id] = beat.msg
        self._beats.setdefault(event.organisation, []).append(
            [
                beat.monitor_id,
                beat.time,
                int(beat.status),
                wire_number(beat.ping),
                message,
                int(beat.important),
                self._recorder.statistics(beat.monitor_id).uptime("24", self._clock.now()),
            ]
        )
        self._flush_soon(news=beat.important)

    def _on_change(self, event: MonitorChanged) -> None:
        which = [event.monitor_id, *self._monitors.roster.descendants(event.monitor_id)]
        self._changed.setdefault(event.organisation, set()).update(which)
        for noted in self._making:
            noted.update(which)
        self._flush_soon(news=True)

    def _on_removal(self, event: MonitorRemoved) -> None:
        self._messages.pop(event.monitor_id, None)
        for noted in self._making:
            noted.add(event.monitor_id)
        self._deleted.setdefault(event.organisation, []).append(event.monitor_id)
        self._flush_soon(news=True)

    def _flush_soon(self, *, news: bool) -> None:
        if news:
            self._news.set()
        if not self._flushing:
            self._flushing = True
            self._spawn(self._flush())

    async def _flush(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._told_at + BATCH_S - NEWS_S):
                await self._news.wait()
        await asyncio.sleep(NEWS_S)
        self._told_at = asyncio.get_running_loop().time()
        self._news.clear()
        try:
            beats, self._beats = self._beats, {}
            changed, self._changed = self._changed, {}
            deleted, self._deleted = self._deleted, {}
            for organisation in changed.keys() | deleted.keys():
                gone = deleted.get(organisation, [])
                await self._tell_changes(organisation, list(changed.get(organisation, ())), gone)
            for organisation, batch in beats.items():
                viewers = viewers_of(organisation)
                await self._push.to_audience(viewers, "beats", {"beats": batch}, namespace=PAGE)
        finally:
            self._flushing = False  # only now: what is newer must not be told before what is older
            if self._beats or self._changed or self._deleted:
                self._flush_soon(news=False)  # what is news has said so already

    async def _tell_changes(self, organisation: int, ids: list[int], gone: list[int]) -> None:
        """Rows of some monitors, and ids of those that are gone; what changes meanwhile is told after it."""
        rows: list[list[Any]] = []
        for first in range(0, len(ids), AT_ONCE):
            if first:
                await asyncio.sleep(0)
            now = self._clock.now()
            found = [self._monitors.roster.get(each) for each in ids[first : first + AT_ONCE]]
            rows += [self._row(monitor, now) for monitor in found if monitor is not None]
        payload = {"monitors": rows, "deleted": gone}
        await self._push.to_audience(viewers_of(organisation), "changes", payload, namespace=PAGE)
