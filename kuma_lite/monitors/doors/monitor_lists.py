"""The list of all monitors, encoded a few at a time: thousands of them do not hold up everything else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from kuma_lite.core.bus import Bus
from kuma_lite.core.patterns import pattern
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.model import MonitorChanged, MonitorRemoved
from kuma_lite.monitors.service import Monitors

AT_ONCE: Final = 250  # monitors between two turns for others; some 3 ms
ROUNDS: Final = (
    5  # in which what has changed meanwhile is encoded again; what changes in the last one, at once
)
# Monitors. A single character beyond ASCII makes each character of a text take two or four bytes: of 10,000
# monitors 100 MB, in which the loop is held for 66 ms. The JSON means the same.
ESCAPED_FROM: Final = 1_000
_NOT_ASCII: Final = pattern(r"[^\x00-\x7f]+")
_GROUP: Final = "group"


class _Part:
    """Some monitors of a list, one after the other."""

    __slots__ = ("ids", "text")

    def __init__(self, ids: list[int], text: str) -> None:
        self.ids = ids
        self.text = text


class MonitorLists:
    """Makes them; what changes while one is being made is in it as it is at the end."""

    def __init__(self, monitors: Monitors, bus: Bus) -> None:
        self._monitors = monitors
        self._making: list[set[int]] = []  # for each list that is being made: what has changed meanwhile
        bus.subscribe(MonitorChanged, self._note)
        bus.subscribe(MonitorRemoved, self._note)

    async def of(self, organisation: int, *, sensitive: bool) -> WrittenJson:
        """JSON of an organisation's monitors by id, lowest first, as they are when this returns."""
        roster = self._monitors.roster
        noted: set[int] = set()
        self._making.append(noted)
        try:
            every = in_id_order(roster, organisation)
            escaped = len(every) >= ESCAPED_FROM
            parts: list[_Part] = []
            for part in _cut(every):
                parts.append(self._part(part, sensitive, escaped))
                await asyncio.sleep(0)
            for number in range(ROUNDS):
                if not noted:
                    break
                changed = frozenset(noted)
                noted.clear()
                for place, monitors in enumerate(_ranged(in_id_order(roster, organisation), parts)):
                    if not self._is_as_it_was(parts[place], monitors, changed):
                        parts[place] = self._part(monitors, sensitive, escaped)
                        if number < ROUNDS - 1:
                            await asyncio.sleep(0)
        finally:
            self._making = [each for each in self._making if each is not noted]
        pieces: list[str] = []
        for each in parts:
            if each.text:
                pieces += ("," if pieces else "{", each.text)
        return WrittenJson([*pieces, "}"] if pieces else ["{}"])

    def _is_as_it_was(self, part: _Part, monitors: Sequence[Monitor], changed: frozenset[int]) -> bool:
        """Whether a part has these monitors, and none of them tells of what has changed."""
        if part.ids != [monitor.id for monitor in monitors]:
            return False
        return not any(monitor.id in changed or self._follows(monitor, changed) for monitor in monitors)

    def _follows(self, monitor: Monitor, changed: frozenset[int]) -> bool:
        """Whether its entry tells of others: of the groups above it, or of what is below."""
        if monitor.type == _GROUP:
            return True
        return any(group.id in changed for group in self._monitors.roster.ancestors(monitor))

    def _part(self, monitors: Sequence[Monitor], sensitive: bool, escaped: bool) -> _Part:
        text = self._monitors.wires.text
        entries = [b'"%d":%b' % (monitor.id, text(monitor, sensitive=sensitive)) for monitor in monitors]
        whole = b",".join(entries).decode()
        if escaped and not whole.isascii():
            whole = _NOT_ASCII.sub(_escape, whole)
        return _Part([monitor.id for monitor in monitors], whole)

    def _note(self, event: MonitorChanged | MonitorRemoved) -> None:
        for changed in self._making:
            changed.add(event.monitor_id)


def in_id_order(roster: Roster, organisation: int) -> list[Monitor]:
    """An organisation's monitors, lowest id first."""
    mine = [monitor for monitor in roster if monitor.organisation == organisation]
    mine.sort(key=attrgetter("id"))  # they mostly are
    return mine


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def _cut(monitors: Sequence[Monitor]) -> Iterable[Sequence[Monitor]]:
    """Parts of `AT_ONCE`; an empty one where there is nothing, so that what comes has a place."""
    for first in range(0, max(1, len(monitors)), AT_ONCE):
        yield monitors[first : first + AT_ONCE]


def _ranged(monitors: Sequence[Monitor], parts: Sequence[_Part]) -> list[list[Monitor]]:
    """The monitors for each part: by the ids it ends with, the last part those of all that is above."""
    found: list[list[Monitor]] = [[] for _ in parts]
    place = 0
    for monitor in monitors:
        while place < len(parts) - 1 and (not parts[place].ids or monitor.id > parts[place].ids[-1]):
            place += 1
        found[place].append(monitor)
    return found
