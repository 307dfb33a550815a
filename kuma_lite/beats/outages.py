"""When monitors were down: from a change of state to DOWN until the next change."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.beats.recorder import Recorder
from kuma_lite.core import sql
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection

_OUTAGE: Final = "event.id, event.monitor_id, event.time, event.msg"
# The change of state that follows; an index on (monitor_id, time) finds it.
_NEXT: Final = """(
    SELECT later.time FROM beat_event AS later
    WHERE later.monitor_id = event.monitor_id AND (later.time, later.id) > (event.time, event.id)
    ORDER BY later.time, later.id LIMIT 1
)"""


class Outage(NamedTuple):
    """One time a monitor was down, or is (`ended` None). Times in milliseconds since 1970."""

    id: int  # of the beat that noticed it
    monitor_id: int
    began: int
    ended: int | None
    message: str


class Outages:
    """All outages that the events of monitors tell of.

    Args:
        database: with the events.
        recorder: the newest beats.
        watched: each monitor there is, by its number, and whether it is watched now.
    """

    def __init__(
        self, database: Database, recorder: Recorder, watched: Callable[[], Mapping[int, bool]]
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._watched = watched

    async def page(self, count: int, *, ongoing: bool | None = None) -> tuple[list[Outage], int]:
        """The first `count`, those that go on first, then the newest; and how many there are.

        Args:
            count: how many at most.
            ongoing: only those that go on (True), only those that are over (False).
        """
        await self._recorder.flush()
        ends = {monitor_id: self._end(monitor_id, now) for monitor_id, now in self._watched().items()}
        return await self._database.read(lambda connection: _page(connection, ends, count, ongoing))

    def _end(self, monitor_id: int, watched: bool) -> int | None:
        """An outage goes on while its monitor is watched; of a paused one only its last beat is known."""
        beat = self._recorder.last(monitor_id)
        return None if watched or beat is None else beat.end_time


def _page(
    connection: Connection, ends: Mapping[int, int | None], count: int, ongoing: bool | None
) -> tuple[list[Outage], int]:
    last = _unfinished(connection, ends)
    going_on = [outage for outage in last if outage.ended is None]
    if ongoing is True:
        return going_on[:count], len(going_on)
    abandoned = [outage for outage in last if outage.ended is not None]
    past = list(heapq.merge(abandoned, _over(connection, count), key=_newest_first))
    everything = _count(connection)
    if ongoing is False:
        return past[:count], everything - len(going_on)
    return [*going_on, *past][:count], everything


def _newest_first(outage: Outage) -> tuple[int, int]:
    return -outage.began, -outage.id


def _unfinished(connection: Connection, ends: Mapping[int, int | None]) -> list[Outage]:
    """Of each monitor whose latest change was to DOWN, that outage; the newest first."""
    query = f"""
        SELECT {_OUTAGE} FROM json_each(?) AS wanted JOIN beat_event AS event ON event.id = (
            SELECT id FROM beat_event WHERE monitor_id = wanted.value ORDER BY time DESC, id DESC LIMIT 1
        ) WHERE event.status = ?
    """  # noqa: S608 - own columns
    rows: Any = connection.execute(query, (json.dumps(list(ends)), int(Status.DOWN)))
    found = [Outage(number, monitor, began, ends[monitor], text) for number, monitor, began, text in rows]
    return sorted(found, key=_newest_first)


def _over(connection: Connection, count: int) -> list[Outage]:
    query = f"""
        SELECT {_OUTAGE}, {_NEXT} AS ended FROM beat_event AS event
        WHERE event.status = 0 AND ended IS NOT NULL ORDER BY event.time DESC, event.id DESC LIMIT ?
    """  # noqa: S608 - own columns
    rows: Any = connection.execute(query, (count,))
    return [Outage(number, monitor, began, ended, text) for number, monitor, began, text, ended in rows]


def _count(connection: Connection) -> int:
    return int(sql.value(connection, "SELECT count(*) FROM beat_event WHERE status = 0"))
