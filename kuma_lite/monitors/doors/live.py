"""`GET /api/v1/events`: what happens to monitors, as server-sent events.

Whoever comes back with `Last-Event-ID` misses nothing as long as it is remembered; otherwise the first event
is `reset`: ask for what you show again.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from kuma_lite.beats.model import Beat
from kuma_lite.core.access import Actor
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Status
from kuma_lite.core.iso_time import iso_exact
from kuma_lite.monitors.doors.state import WORDS
from kuma_lite.monitors.engine.roster import Roster
from kuma_lite.monitors.model import BeatRecorded, MonitorChanged, MonitorRemoved

REMEMBERED: Final = 5_000  # events, for those who come back
MOST_STREAMS: Final = 200
SIGN_OF_LIFE_S: Final = 20.0  # proxies close what is silent
BEAT, CHANGE, EDIT, REMOVAL, RESET = "beat", "change", "monitor", "removed", "reset"
TYPES: Final = (BEAT, CHANGE, EDIT, REMOVAL)
_ALIVE: Final = b":\n\n"


class LiveEvent(Struct, frozen=True):
    """Something that has happened. Most are heard by nobody: what is told of them is put together then."""

    number: int
    type: str
    organisation: int
    monitor_id: int
    name: str | None  # of the monitor, where it is told
    beat: Beat | None = None

    def as_told(self) -> dict[str, Any]:
        """What is told."""
        if self.type == REMOVAL:
            return {"monitor": self.monitor_id}
        told: dict[str, Any] = {"monitor": self.monitor_id, "name": self.name}
        if self.beat is not None:
            beat = self.beat
            told["time"] = iso_exact(beat.time)
            told["status"] = WORDS[Status(beat.status)]
            told["message"] = beat.msg
            told["ping"] = beat.ping
        return told


class Filter(Struct, frozen=True):
    """What somebody wants to hear of; None is everything."""

    types: frozenset[str] | None = None
    monitors: frozenset[int] | None = None

    def fits(self, event: LiveEvent) -> bool:
        """Whether they want this one."""
        wanted_type = self.types is None or event.type in self.types
        return wanted_type and (self.monitors is None or event.monitor_id in self.monitors)


class _Listener(Struct, eq=False):
    actor: Actor
    filter: Filter
    seen: set[int] = field(default_factory=set)  # monitors within its reach, of which it has heard
    waiting: deque[LiveEvent] = field(default_factory=deque)
    missed: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class LiveEvents:
    """Collects what happens, and hands it on to whoever listens.

    Args:
        roster: names of monitors.
        bus: where things are told.
        clock: tells one run of this program from another.
    """

    def __init__(self, roster: Roster, bus: Bus, clock: Clock) -> None:
        self._roster = roster
        self._run = str(to_ms(clock.now()))
        self._numbers = itertools.count(1)
        self._past: deque[LiveEvent] = deque(maxlen=REMEMBERED)
        self._listeners: set[_Listener] = set()
        self._closed = False
        # Others who hear of everything: organisation, kind, what makes the data.
        self.told: list[Callable[[int, str, Callable[[], Mapping[str, Any]]], None]] = []
        bus.subscribe(BeatRecorded, self._on_beat)
        bus.subscribe(MonitorChanged, self._on_change)
        bus.subscribe(MonitorRemoved, self._on_removal)

    @property
    def has_room(self) -> bool:
        """Whether one more may listen."""
        return not self._closed and len(self._listeners) < MOST_STREAMS

    async def stream(self, actor: Actor, wanted: Filter, last: str | None) -> AsyncIterator[bytes]:
        """The text of a stream, without end until the program stops."""
        listener = _Listener(actor, wanted)
        self._listeners.add(listener)
        try:
            yield b"retry: 3000\n\n"
            for text in self._since(listener, last):
                yield text
            while not self._closed:
                listener.woken.clear()
                if listener.missed:
                    listener.missed = False
                    listener.waiting.clear()
                    yield self._text(RESET, next(self._numbers), {})
                while listener.waiting:
                    yield self._told(listener.waiting.popleft())
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE_S):
                        await listener.woken.wait()
                except TimeoutError:
                    yield _ALIVE
        finally:
            self._listeners.discard(listener)

    async def close(self) -> None:
        """End all streams: they would keep the server from stopping."""
        self._closed = True
        for listener in self._listeners:
            listener.woken.set()

    # --- inside ------------------------------------------------------------------------------------------

    def _since(self, listener: _Listener, last: str | None) -> Iterator[bytes]:
        """What somebody has missed who heard `last` last."""
        if last is None:
            return
        run, _, number = last.partition("-")
        oldest = self._past[0].number if self._past else 1
        known = run == self._run and number.isascii() and number.isdecimal() and len(number) < 16
        if not known or int(number) + 1 < oldest:
            yield self._text(RESET, next(self._numbers), {})
            return
        for event in list(self._past):
            if event.number > int(number) and self._is_for(listener, event):
                yield self._told(event)

    def _is_for(self, listener: _Listener, event: LiveEvent) -> bool:
        """Whether somebody wants an event, and may have it; of what is gone, if it was within reach."""
        actor = listener.actor
        if event.organisation != actor.organisation or not listener.filter.fits(event):
            return False
        if actor.reach is None:
            return True
        monitor = self._roster.get(event.monitor_id)
        if monitor is None:
            return event.monitor_id in listener.seen
        listener.seen.discard(event.monitor_id)
        if holds := actor.reach.holds(monitor):
            listener.seen.add(event.monitor_id)
        return holds

    def _told(self, event: LiveEvent) -> bytes:
        return self._text(event.type, event.number, event.as_told())

    def _text(self, kind: str, number: int, data: Mapping[str, Any]) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (
            self._run.encode(), number, kind.encode(), msgspec.json.encode(data),
        )  # fmt: skip

    def _tell(self, kind: str, organisation: int, monitor_id: int, beat: Beat | None = None) -> None:
        monitor = self._roster.get(monitor_id)
        name = monitor.name if monitor is not None else None
        event = LiveEvent(next(self._numbers), kind, organisation, monitor_id, name, beat)
        self._past.append(event)
        for hear in self.told:
            hear(organisation, kind, event.as_told)
        for listener in self._listeners:
            if self._is_for(listener, event):
                if len(listener.waiting) >= REMEMBERED:
                    listener.missed = True  # somebody who reads nothing keeps no memory
                else:
                    listener.waiting.append(event)
                listener.woken.set()

    def _on_beat(self, event: BeatRecorded) -> None:
        beat = event.beat
        self._tell(CHANGE if beat.important else BEAT, event.organisation, beat.monitor_id, beat)

    def _on_change(self, event: MonitorChanged) -> None:
        self._tell(EDIT, event.organisation, event.monitor_id)

    def _on_removal(self, event: MonitorRemoved) -> None:
        self._tell(REMOVAL, event.organisation, event.monitor_id)
