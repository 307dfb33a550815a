"""What monitors name by number in their documents: a proxy, a Docker host, a remote browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from kuma_lite.core.bus import Bus
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.model import MonitorChanged
from kuma_lite.monitors.service import Monitors

T = TypeVar("T")


class References:
    """Changes a reference in many monitors at once, in the transaction of what it refers to.

    The monitors keep their rhythm; the next check takes the new reference.
    """

    def __init__(self, monitors: Monitors, pushes: MonitorPushes, database: Transactions, bus: Bus) -> None:
        self._monitors = monitors
        self._pushes = pushes
        self._database = database
        self._bus = bus

    async def point_all(self, owner: int, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let every monitor of a user refer to `value`; returns what `also` does."""

        def write(connection: Connection) -> T:
            result = also(connection)
            connection.execute(
                "UPDATE monitor SET document = json_set(document, '$.' || ?, ?) WHERE user_id = ?",
                (key, value, owner),
            )
            return result

        result = await self._database.write(write)
        self._take_over(self._monitors.roster.of(owner), key, value)
        return result

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more; returns what `also` does."""

        def write(connection: Connection) -> T:
            connection.execute(
                "UPDATE monitor SET document = json_remove(document, '$.' || ?1)"
                " WHERE json_extract(document, '$.' || ?1) = ?2",
                (key, value),
            )
            return also(connection)

        result = await self._database.write(write)
        pointing = [monitor for monitor in self._monitors.roster if monitor.get(key) == value]
        self._take_over(pointing, key, None)
        return result

    async def push_list(self, user_id: int) -> None:
        """`monitorList` to compatible clients."""
        await self._pushes.push_list(user_id)

    def _take_over(self, monitors: Iterable[Monitor], key: str, value: int | None) -> None:
        for monitor in monitors:
            self._monitors.set_field(monitor, key, value)
            self._bus.publish(MonitorChanged(monitor.id, monitor.owner))
