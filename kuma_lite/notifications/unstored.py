"""Messages that are in memory alone: what a full or hanging disk does not take is delivered all the same.

Every commit takes them along, before all else: a row that is written later comes after them in the outbox.
What is delivered before there is room is stored as delivered and never becomes a row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kuma_lite.notifications import store

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

MAX_KEPT: Final = 2_000  # messages of some kilobytes; more while nothing can be stored, and the oldest go


@dataclass(slots=True, eq=False)
class Kept:
    """A message for one channel; times in milliseconds since 1970."""

    channel_id: int
    monitor_id: int | None
    message: str  # JSON, see `model.pack`
    created: int
    due: int
    attempts: int = 0
    row: int | None = None  # in the outbox, once it is stored
    delivered: bool = False
    writing: bool = False  # a write of its own is under way and may still come through


class Unstored:
    """The messages in memory, and what of the outbox is out of date (see `core.database_commits`)."""

    def __init__(self) -> None:
        self.arrived: dict[int, tuple[int, int]] = {}  # row → channel that has it, and when it took it
        self._kept: list[Kept] = []
        self._successes: dict[int, int] = {}  # channel → when it last took a message of no row
        self._taken: tuple[list[Kept], dict[int, tuple[int, int]], dict[int, int]] = ([], {}, {})
        self._rows: list[int | None] = []

    def __len__(self) -> int:
        return len(self._kept)

    def keep(
        self,
        channel_ids: Iterable[int],
        monitor_id: int | None,
        message: str,
        now: int,
        *,
        writing: bool = False,
    ) -> list[Kept]:
        """Take a message for each channel. `writing`: `settled` will say whether it is a row after all."""
        new = [Kept(channel_id, monitor_id, message, now, now, writing=writing) for channel_id in channel_ids]
        self._kept += new
        if len(self._kept) > MAX_KEPT:
            log.error("%d messages are lost: too many wait in memory", len(self._kept) - MAX_KEPT)
            del self._kept[:-MAX_KEPT]
        return new

    def channels(self) -> dict[int, int]:
        """Channel id → when its oldest message is due."""
        found: dict[int, int] = {}
        for kept in self._kept:
            found.setdefault(kept.channel_id, kept.due)
        return found

    def first(self, channel_id: int) -> Kept | None:
        """The message that the channel must get next."""
        return next((kept for kept in self._kept if kept.channel_id == channel_id), None)

    def drop(self, kept: Kept) -> None:
        """It is given up, or its channel is gone."""
        if kept in self._kept:
            self._kept.remove(kept)

    def deliver(self, kept: Kept, now: int) -> None:
        """Its channel has it."""
        kept.delivered = True
        self.drop(kept)
        if kept.row is None:
            self._successes[kept.channel_id] = now
        else:
            self.arrived[kept.row] = (kept.channel_id, now)

    def settled(self, messages: Iterable[Kept], rows: dict[int, int], now: int) -> None:
        """The write under way has ended. `rows`: channel → its row; empty when nothing was stored."""
        for kept in messages:
            kept.writing = False
            if (row := rows.get(kept.channel_id)) is not None:
                self._stored(kept, row, now)

    def _stored(self, kept: Kept, row: int, now: int) -> None:
        kept.row = row
        self.drop(kept)
        if kept.delivered:
            self.arrived[row] = (kept.channel_id, now)

    # --- what every commit takes along ---------------------------------------------------------------------

    def take(self) -> Callable[[Connection], None] | None:
        """What is to be written with the next commit."""
        kept = [message for message in self._kept if not message.writing]
        arrived, successes = dict(self.arrived), dict(self._successes)
        self._taken = (kept, arrived, successes)
        if not (kept or arrived or successes):
            return None

        def write(connection: Connection) -> None:
            for row, (channel_id, now) in arrived.items():
                store.remove(connection, row)
                store.note_success(connection, channel_id, now)
            for channel_id, now in successes.items():
                store.note_success(connection, channel_id, now)
            self._rows = [store.put(connection, message) for message in kept]

        return write

    def written(self) -> None:
        """What `take` gave is on disk."""
        kept, arrived, successes = self._taken
        for message, row in zip(kept, self._rows, strict=True) if kept else ():
            if row is None:
                self.drop(message)  # its channel is gone or switched off
            else:
                self._stored(message, row, message.created)
        for row in arrived:
            self.arrived.pop(row, None)
        for channel_id, now in successes.items():
            if self._successes.get(channel_id) == now:
                del self._successes[channel_id]
