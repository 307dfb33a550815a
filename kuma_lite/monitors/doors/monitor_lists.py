"""The list of all monitors, encoded a few at a time: thousands of them do not hold up everything else."""

from __future__ import annotations

import asyncio
from operator import attrgetter
from typing import Final

import msgspec

from kuma_lite.core.bus import Bus
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.model import MonitorChanged, MonitorRemoved
from kuma_lite.monitors.service import Monitors

AT_ONCE: Final = 100  # monitors between two turns for others; some 4 ms
_GROUP: Final = "group"

_encode = msgspec.json.Encoder().encode


class MonitorLists:
    """Makes them; what changes while one is being made is put in as it is at the end."""

    def __init__(self, monitors: Monitors, bus: Bus) -> None:
        self._monitors = monitors
        self._making: list[set[int]] = []  # for each list that is being made: what has changed meanwhile
        bus.subscribe(MonitorChanged, self._note)
        bus.subscribe(MonitorRemoved, self._note)

    async def of(self, organisation: int, *, sensitive: bool) -> msgspec.Raw:
        """JSON of an organisation's monitors by id, lowest first, as they are when this returns."""
        roster = self._monitors.roster
        changed: set[int] = set()
        pieces: list[tuple[int, bytes]] = []
        whole = bytearray(b"{")
        self._making.append(changed)
        try:
            for number, monitor in enumerate(in_id_order(roster, organisation), 1):
                pieces.append((monitor.id, self._text(monitor, sensitive)))
                whole += pieces[-1][1]
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
        finally:
            self._making = [each for each in self._making if each is not changed]
        if changed:
            texts = {monitor_id: text for monitor_id, text in pieces if monitor_id not in changed}
            for monitor in in_id_order(roster, organisation):
                if monitor.id not in texts or self._follows(monitor, changed):
                    texts[monitor.id] = self._text(monitor, sensitive)
            whole = bytearray(b"{" + b"".join([texts[number] for number in sorted(texts)]))
        if len(whole) > 1:
            del whole[-1:]
        whole += b"}"
        return msgspec.Raw(whole)

    def _follows(self, monitor: Monitor, changed: set[int]) -> bool:
        """Whether its entry tells of others: of the groups above it, or of what is below."""
        if monitor.type == _GROUP:
            return True
        return any(group.id in changed for group in self._monitors.roster.ancestors(monitor))

    def _text(self, monitor: Monitor, sensitive: bool) -> bytes:
        """The entry, with a comma behind it."""
        return b'"%d":%s,' % (monitor.id, _encode(self._monitors.wire(monitor, sensitive=sensitive)))

    def _note(self, event: MonitorChanged | MonitorRemoved) -> None:
        for changed in self._making:
            changed.add(event.monitor_id)


def in_id_order(roster: Roster, organisation: int) -> list[Monitor]:
    """An organisation's monitors, lowest id first."""
    mine = [monitor for monitor in roster if monitor.organisation == organisation]
    mine.sort(key=attrgetter("id"))  # they mostly are
    return mine
