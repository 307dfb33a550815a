"""A message on its way into the outbox, in somebody's transaction; until that is committed, from memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from kuma_lite.notifications import store
from kuma_lite.notifications.unstored import UnstoredMessages

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection


class Announcement:
    """One message for each of some channels (see `core.kept_writes.News`).

    Args:
        unstored: what is only in memory.
        wake: lets the dispatcher look.
        channel_ids: who gets it.
        monitor_id: what it is about; None: no monitor.
        message: packed.
        now: milliseconds since 1970.
    """

    def __init__(
        self,
        unstored: UnstoredMessages,
        wake: Callable[[], None],
        channel_ids: Collection[int],
        monitor_id: int | None,
        message: str,
        now: int,
    ) -> None:
        self._unstored = unstored
        self._wake = wake
        self._channel_ids = tuple(channel_ids)
        self._monitor_id = monitor_id
        self._message = message
        self._now = now
        self._rows: dict[int, int] = {}

    def write(self, connection: Connection) -> None:
        """Write a row for each channel that has not got it from memory; called in the writer's thread."""
        self._rows.clear()  # those of an attempt that was rolled back
        arrived = self._unstored.arrived(self._rows)
        waiting = [each for each in self._channel_ids if each not in arrived]
        store.enqueue(connection, waiting, self._monitor_id, self._message, self._now, rows=self._rows)

    def let_go(self, *, writing: bool = True) -> None:
        """It cannot be stored now. `writing`: somebody will go on trying to, with `write`."""
        if not writing:
            self._rows.clear()
        self._unstored.hold(
            self._channel_ids, self._monitor_id, self._message, self._now, self._rows, writing=writing
        )
        self._wake()

    def ended(self, stored: bool) -> None:
        """The transaction is committed; False: it never will be."""
        self._unstored.ended(self._rows, stored=stored)
        self._wake()
