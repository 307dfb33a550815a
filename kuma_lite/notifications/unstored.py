"""Messages that the outbox cannot take at the moment: they are delivered from memory.

Each goes into the outbox with the first commit that succeeds, unless its channel has taken it by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from kuma_lite.notifications import store

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

MAX_UNSTORED: Final = 2_000  # some megabytes; beyond that the oldest are given up


class Unstored(Struct, eq=False):
    """A message for one channel; times in milliseconds since 1970.

    Args:
        rows: channel id → id of the row that the latest attempt to store it has written, which may not be
            committed.
        writing: the transaction of its beat hangs, and may yet be committed.
        arrived: its channel has taken it.
        stored: its row is committed, and is the one to deliver.
    """

    channel_id: int
    monitor_id: int | None
    message: str
    created: int
    due: int
    rows: dict[int, int] = field(default_factory=dict)
    writing: bool = False
    attempts: int = 0
    arrived: bool = False
    stored: bool = False

    @property
    def row(self) -> int | None:
        """Its id in the outbox, committed or not."""
        return self.rows.get(self.channel_id)


class UnstoredMessages:
    """What is only in memory; a contributor to every commit.

    Args:
        clear: is given (row, channel) of what is committed although its channel has taken it.
    """

    def __init__(self, clear: Callable[[int, int], None]) -> None:
        self._clear = clear
        self._messages: list[Unstored] = []
        self._taken: list[Unstored] = []

    def hold(
        self,
        channel_ids: Iterable[int],
        monitor_id: int | None,
        message: str,
        now: int,
        rows: dict[int, int],
        *,
        writing: bool,
    ) -> None:
        """Keep a message for each of the channels."""
        for channel_id in channel_ids:
            self._messages.append(Unstored(channel_id, monitor_id, message, now, now, rows, writing))
        while len(self._messages) > MAX_UNSTORED:
            lost = self._messages.pop(0)
            if not lost.arrived:
                log.error("A message is given up: too many wait that cannot be stored")

    def ended(self, rows: dict[int, int], *, stored: bool) -> None:
        """The transaction that wrote `rows` hangs no more."""
        mine = [message for message in self._messages if message.rows is rows]
        if stored:
            self._settle(mine)
            return
        for message in mine:
            message.writing, message.rows = False, {}

    def arrived(self, rows: dict[int, int]) -> set[int]:
        """The channels that have taken the message of `rows`; may be asked in another thread."""
        messages = list(self._messages)
        return {message.channel_id for message in messages if message.rows is rows and message.arrived}

    def drop(self, message: Unstored) -> None:
        """It need not be stored any more."""
        if message in self._messages:
            self._messages.remove(message)

    def waiting(self) -> dict[int, Unstored]:
        """Channel id → the oldest message that it has not got."""
        found: dict[int, Unstored] = {}
        for message in self._messages:
            if not message.arrived:
                found.setdefault(message.channel_id, message)
        return found

    def rows(self) -> set[int]:
        """Rows of the outbox that stand for what is in memory."""
        return {row for message in self._messages if (row := message.row) is not None}

    def __len__(self) -> int:
        return sum(not message.arrived for message in self._messages)

    # --- what every commit takes along (see `core.database_commits.Contributor`) ---------------------------

    def take(self) -> Callable[[Connection], None] | None:
        """What has not arrived goes into the outbox, in its order, before what is newer."""
        self._taken = []
        for message in [each for each in self._messages if not each.writing]:
            message.rows = {}
            if message.arrived:
                self._messages.remove(message)  # delivered: there is nothing to store
            else:
                self._taken.append(message)
        taken = tuple(self._taken)
        return (lambda connection: _write(connection, taken)) if taken else None

    def written(self) -> None:
        """What `take` gave is on disk."""
        self._settle(self._taken)
        self._taken = []

    def _settle(self, messages: Iterable[Unstored]) -> None:
        for message in list(messages):
            message.stored = True
            self.drop(message)
            if message.arrived and message.row is not None:
                self._clear(message.row, message.channel_id)


def _write(connection: Connection, messages: Sequence[Unstored]) -> None:
    for message in messages:
        store.enqueue(
            connection,
            (message.channel_id,),
            message.monitor_id,
            message.message,
            message.created,
            rows=message.rows,
        )
