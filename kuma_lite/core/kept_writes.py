"""What has happened whether or not it can be stored now: it goes to disk with the first commit that succeeds.

    kept = KeptWrites(database)
    await kept.write(lambda connection: open_incident(connection, incident), [news])

All of one owner's are written in the order in which they happened. The messages about them stand in the same
transaction; while nothing can be stored they are told from memory.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.transactions import GroupTransactions, stored_soon

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

MAX_KEPT: Final = 10_000  # some megabytes; beyond that the oldest are given up


class News(Protocol):
    """A message about what is written."""

    def write(self, connection: Connection) -> None:
        """Put it into the outbox; each attempt to store does so anew."""

    def let_go(self) -> None:
        """It cannot be stored now: tell it from memory."""

    def ended(self, stored: bool) -> None:
        """It is committed; False: it never will be."""


class _Kept(Struct, eq=False):
    fn: Callable[[Connection], None]
    news: Sequence[News]
    ended: Callable[[bool], None]
    let_go: bool = False  # nobody waits for it any more
    settled: bool = False
    error: Exception | None = None

    def write(self, connection: Connection) -> None:
        self.fn(connection)
        for each in self.news:
            each.write(connection)

    def settle(self) -> None:
        self.settled, stored = True, self.error is None
        for each in self.news:
            each.ended(stored)
        self.ended(stored)


class KeptWrites:
    """The writes of one owner; a contributor to every commit."""

    def __init__(self, database: GroupTransactions) -> None:
        self._database = database
        self._waiting: list[_Kept] = []
        self._taken: tuple[_Kept, ...] = ()
        self._hanging = 0  # commits that somebody has waited for long enough
        database.contribute(self)

    async def write(
        self,
        fn: Callable[[Connection], None],
        news: Sequence[News] = (),
        ended: Callable[[bool], None] = lambda stored: None,
    ) -> bool:
        """Store something, now or later; returns whether it is on disk.

        Args:
            fn: changes the database; is called again when a commit has failed.
            news: what people are told of it.
            ended: is called when it is on disk (True), or when `fn` has failed (False).

        Raises: what `fn` raises; then nothing is kept.
        """
        kept = _Kept(fn, news, ended)
        self._waiting.append(kept)
        if self._hanging:
            self._database.nudge()  # whoever comes now need not find out, too
        elif await stored_soon(self._database, _nothing, self._hangs_no_more) is None:
            self._hanging += 1
        if kept.settled:
            if kept.error is not None:
                raise kept.error
            return True
        kept.let_go = True
        for each in news:
            each.let_go()
        while len(self._waiting) > MAX_KEPT:
            log.error("Something that has happened is given up: too much waits that cannot be stored")
            lost = self._waiting.pop(0)
            lost.error = OverflowError()
            lost.settle()
        return False

    def _hangs_no_more(self, stored: bool) -> None:
        del stored
        self._hanging -= 1

    # --- what every commit takes along (see `core.database_commits.Contributor`) ---------------------------

    def take(self) -> Callable[[Connection], None] | None:
        """All that waits, in its order."""
        taken = self._taken = tuple(self._waiting)
        return (lambda connection: _write_all(connection, taken)) if taken else None

    def written(self) -> None:
        """What `take` gave is on disk."""
        taken, self._taken = self._taken, ()
        gone = set(taken)
        self._waiting = [kept for kept in self._waiting if kept not in gone]
        for kept in taken:
            if kept.error is not None and kept.let_go:
                log.error("Something that has happened cannot be written down", exc_info=kept.error)
            kept.settle()


def _write_all(connection: Connection, taken: Sequence[_Kept]) -> None:
    from kuma_lite.core.database_transaction import attempt

    for kept in taken:
        _, kept.error = attempt(connection, kept.write)


def _nothing(connection: Any) -> None:
    """The commit that takes this along takes what waits, too."""
