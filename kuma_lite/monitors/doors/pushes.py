"""What compatible clients are pushed about monitors: at login, and live (namespace `/`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final

from kuma_lite.beats.model import Beat, wire_number
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.access import Audience, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.core.doors import COMPATIBLE, Caller, Doors, Push, actor_of, this_one
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.document.type_list import monitor_type_list
from kuma_lite.monitors.doors.monitor_lists import MonitorLists, in_id_order
from kuma_lite.monitors.engine.domain_expiry import DomainExpiry
from kuma_lite.monitors.model import BeatRecorded, viewers_of
from kuma_lite.monitors.service import Monitors

UPTIME_KEYS: Final[tuple[tuple[str, int | str], ...]] = (("24", 24), ("720", 720), ("1y", "1y"))


class MonitorPushes:
    """Turns what happens to monitors into the pushes of Uptime Kuma 2.5."""

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
        push_maintenance: Callable[[Audience], Awaitable[None]],
    ) -> None:
        self._monitors = monitors
        self._recorder = recorder
        self._certificates = certificates
        self._domains = domains
        self._push = push
        self._clock = clock
        self._spawn = spawn
        self._push_maintenance = push_maintenance
        self._lists = MonitorLists(monitors, bus)
        bus.subscribe(BeatRecorded, self._on_beat)

    def doors(self) -> Doors:
        """The monitor list comes first at login; the beats last."""
        return Doors(on_login=self._send_list, login_order=10, needs=Right.MONITORS_VIEW)

    def late_doors(self) -> list[Doors]:
        """What follows the lists of the other features."""
        return [
            Doors(on_login=self._send_types, login_order=30, needs=Right.MONITORS_VIEW),
            Doors(on_login=self._send_beats, login_order=50, needs=Right.MONITORS_VIEW),
        ]

    async def _send_list(self, caller: Caller) -> None:
        await self.push_list(this_one(caller, Right.MONITORS_VIEW))

    async def push_list(self, audience: Audience) -> None:
        """`monitorList`; with secrets to those who may edit."""
        for readers, sensitive in _readers(audience):
            if self._push.has_listeners(readers):
                every = await self._lists.of(audience.organisation, sensitive=sensitive)
                await self._push.to_audience(readers, "monitorList", every)

    async def push_monitor(self, organisation: int, monitor_id: int) -> None:
        """`updateMonitorIntoList` with one monitor."""
        await self.push_monitors(organisation, [monitor_id])

    async def push_monitors(self, organisation: int, monitor_ids: Iterable[int]) -> None:
        """`updateMonitorIntoList` with those that exist, in one push."""
        found = [each for number in monitor_ids if (each := self._monitors.roster.get(number)) is not None]
        if not found:
            return
        for readers, sensitive in _readers(Audience(organisation, Right.MONITORS_VIEW)):
            if self._push.has_listeners(readers):
                wires = {str(each.id): self._monitors.wire(each, sensitive=sensitive) for each in found}
                await self._push.to_audience(readers, "updateMonitorIntoList", wires)

    async def push_all_removed(self, organisation: int, monitor_ids: Iterable[int]) -> None:
        """`deleteMonitorFromList` for each, at the price of few."""
        events = [("deleteMonitorFromList", monitor_id) for monitor_id in monitor_ids]
        await self._push.many_to_audience(Audience(organisation, Right.MONITORS_VIEW), events)

    async def push_removed(self, organisation: int, monitor_id: Any) -> None:
        """`deleteMonitorFromList`."""
        viewers = Audience(organisation, Right.MONITORS_VIEW)
        await self._push.to_audience(viewers, "deleteMonitorFromList", monitor_id)

    async def _send_types(self, caller: Caller) -> None:
        types = await asyncio.to_thread(monitor_type_list)  # the first time it imports all of them
        await self._push.to_audience(this_one(caller, Right.MONITORS_VIEW), "monitorTypeList", types)

    async def _send_beats(self, caller: Caller) -> None:
        """The last beats of each monitor, then the statistics of each."""
        actor = actor_of(caller)
        await self._certificates.warm()
        mine = in_id_order(self._monitors.roster, actor.organisation)
        # Lists are made as they are sent. A beat that comes meanwhile is pushed by itself: it must not be in
        # both, as clients put the list before what they have been pushed.
        upto = self._recorder.last_id
        await caller.emit_many(
            (
                "heartbeatList",
                str(monitor.id),
                WrittenJson((self._recorder.rows_json(monitor.id, upto),)),
                False,
            )
            for monitor in mine
        )
        await caller.emit_many(
            event for monitor in mine for event in self._statistics(monitor.id, str(monitor.id))
        )

    def _statistics(self, monitor_id: int, shown_id: int | str) -> list[tuple[Any, ...]]:
        """`avgPing`, three `uptime`, and `certInfo` and `domainInfo` if there are any."""
        now = self._clock.now()
        statistics = self._recorder.statistics(monitor_id)
        day = statistics.totals("24", now)
        average = day.average_ping
        # An average of 0 is pushed as null (Uptime Kuma 2.5 tests it for truth).
        events: list[tuple[Any, ...]] = [
            ("avgPing", shown_id, wire_number(round(average, 2)) if average else None)
        ]
        for window, key in UPTIME_KEYS:
            totals = day if window == "24" else statistics.totals(window, now)
            events.append(("uptime", shown_id, key, wire_number(totals.uptime)))
        certificate = self._certificates.wire(monitor_id, now)
        if certificate is not None:
            events.append(("certInfo", shown_id, json.dumps(certificate)))
        monitor = self._monitors.roster.get(monitor_id)
        domain = self._domains.info(monitor, now) if monitor is not None else None
        if domain is not None:
            events.append(("domainInfo", shown_id, domain.days, domain.expiry))
        return events

    def _on_beat(self, event: BeatRecorded) -> None:
        viewers = viewers_of(event.organisation)
        if self._push.has_listeners(viewers, COMPATIBLE):
            self._spawn(self._push_beat(event, viewers))

    async def _push_beat(self, event: BeatRecorded, viewers: Audience) -> None:
        if event.beat.important and not event.pushed:
            await self._push_maintenance(Audience(event.organisation, Right.MAINTENANCE_VIEW))
        await self._push.to_audience(viewers, "heartbeat", heartbeat(event))
        events = self._statistics(event.beat.monitor_id, event.beat.monitor_id)
        await self._push.many_to_audience(viewers, events)


def _readers(audience: Audience) -> tuple[tuple[Audience, bool], ...]:
    """Its parts, and whether each is shown secrets."""
    editors, viewers = audience.parted(Right.MONITORS_EDIT)
    return (editors, True), (viewers, False)


def heartbeat(event: BeatRecorded) -> dict[str, Any]:
    """The `heartbeat` push; keys that have no value there are absent (socket reference §6.2)."""
    beat = event.beat
    wire: dict[str, Any] = {
        "monitorID": beat.monitor_id,
        "status": int(beat.status),
        "time": wire_time(beat.time),
        "msg": beat.msg,
        "important": beat.important,
    }
    if not (event.pushed and beat.status is Status.MAINTENANCE):
        wire["retries"] = beat.retries
    if event.pushed or beat.ping is not None:
        wire["ping"] = wire_number(beat.ping)
    if (event.pushed and not event.first) or beat.duration:
        wire["duration"] = beat.duration
    if beat.response is not None:
        wire["response"] = beat.response
    return wire


def listed_heartbeat(beat: Beat) -> dict[str, Any]:
    """A beat in the paged list of events: every key, `important` as a number."""
    return {
        "monitorID": beat.monitor_id,
        "status": int(beat.status),
        "time": wire_time(beat.time),
        "msg": beat.msg,
        "ping": wire_number(beat.ping),
        "important": int(beat.important),
        "duration": beat.duration,
        "retries": beat.retries,
        "response": beat.response,
    }
