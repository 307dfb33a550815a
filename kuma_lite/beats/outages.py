"""When monitors were down: from a change of state to DOWN until the next change."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats.recorder import Recorder
from kuma_lite.core import sql
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions

_OUTAGE: Final = "event.id, event.monitor_id, event.time, event.msg"
# The change of state that follows; an index on (monitor_id, time) finds it.
_NEXT: Final = """(
    SELECT later.time FROM beat_event AS later
    WHERE later.monitor_id = event.monitor_id AND (later.time, later.id) > (event.time, event.id)
    ORDER BY later.time, later.id LIMIT 1
)"""


class Outage(Struct, frozen=True):
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
        self, database: Transactions, recorder: Recorder, watched: Callable[[], Mapping[int, bool]]
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._watched = watched

    async def page(
        self, count: int, *, ongoing: bool | None = None, only: Collection[int] | None = None
    ) -> tuple[list[Outage], int]:
        """The first `count`, those that go on first, then the newest; and how many there are.

        Args:
            count: how many at most.
            ongoing: only those that go on (True), only those that are over (False).
            only: of these monitors; None: of all there are.
        """
        await self._recorder.flush()
        ends = {
            monitor_id: self._end(monitor_id, now)
            for monitor_id, now in self._watched().items()
            if only is None or monitor_id in only
        }
        return await self._database.read(
            lambda connection: _page(connection, ends, only is None, count, ongoing)
        )

    def _end(self, monitor_id: int, watched: bool) -> int | None:
        """An outage goes on while its monitor is watched; of a paused one only its last beat is known."""
        beat = self._recorder.last(monitor_id)
        return None if watched or beat is None else beat.end_time


def _page(
    connection: Connection,
    ends: Mapping[int, int | None],
    everything: bool,
    count: int,
    ongoing: bool | None,
) -> tuple[list[Outage], int]:
    last = _unfinished(connection, ends)
    going_on = [outage for outage in last if outage.ended is None]
    if ongoing is True:
        return going_on[:count], len(going_on)
    abandoned = [outage for outage in last if outage.ended is not None]
    past = list(
        heapq.merge(
            abandoned, _over(connection, None if everything else list(ends), count), key=_newest_first
        )
    )
    total = _count(connection, None if everything else list(ends))
    if ongoing is False:
        return past[:count], total - len(going_on)
    return [*going_on, *past][:count], total


def _newest_first(outage: Outage) -> tuple[int, int]:
    return -outage.began, -outage.id


def _unfinished(connection: Connection, ends: Mapping[int, int | None]) -> list[Outage]:
    """Of each monitor whose latest change was to DOWN, that outage; the newest first."""
    if not ends:
        return []
    query = f"""
        WITH wanted (monitor_id) AS (VALUES {sql.rows(len(ends), 1)})
        SELECT {_OUTAGE}, event.status FROM wanted CROSS JOIN beat_event AS event WHERE event.id = (
            SELECT id FROM beat_event WHERE monitor_id = CAST(wanted.monitor_id AS BIGINT)
            ORDER BY time DESC, id DESC LIMIT 1
        )
    """  # noqa: S608 - own columns
    rows: Any = connection.execute(query, tuple(ends))
    found = [
        Outage(number, monitor, began, ends[monitor], text)
        for number, monitor, began, text, status in rows
        if status == Status.DOWN  # in the query, it had SQLite look through all outages for each monitor
    ]
    return sorted(found, key=_newest_first)


def _over(connection: Connection, only: list[int] | None, count: int) -> list[Outage]:
    query = f"""
        SELECT * FROM (
            SELECT {_OUTAGE}, {_NEXT} AS ended FROM beat_event AS event
            WHERE event.status = 0 {_among("event.monitor_id", only)}
        ) AS outage WHERE ended IS NOT NULL ORDER BY time DESC, id DESC LIMIT ?
    """  # noqa: S608 - own columns
    rows: Any = connection.execute(query, (count,))
    return [Outage(number, monitor, began, ended, text) for number, monitor, began, text, ended in rows]


def _count(connection: Connection, only: list[int] | None) -> int:
    query = f"SELECT count(*) FROM beat_event WHERE status = 0 {_among('monitor_id', only)}"  # noqa: S608
    return int(sql.value(connection, query))


def _among(column: str, only: list[int] | None) -> str:
    """A condition for some monitors, whose numbers are ours; none for all."""
    return "" if only is None else f"AND {column} IN ({', '.join(map(str, only))})"
