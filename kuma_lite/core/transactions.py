"""What features need of the database: functions that run inside a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection

if TYPE_CHECKING:
    from kuma_lite.core.database_commits import Contributor

T = TypeVar("T")

PATIENCE_S: Final = 3.0  # a commit takes milliseconds; whoever waits longer waits for a disk that hangs


class Transactions(Protocol):
    """Reads and writes, each in a transaction of its own."""

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run a function on a snapshot. Raises StorageTrouble."""

    async def write(
        self, fn: Callable[[Connection], T], *, urgent: bool = True, within: float | None = None
    ) -> T:
        """Run a function in a transaction; what is not urgent waits for company. Raises StorageTrouble.

        Args:
            fn: what to do.
            urgent: do it at once.
            within: instead, wait for company no longer than so many seconds.
        """

    def defer(self, fn: Callable[[Connection], Any]) -> None:
        """Run a function in one of the next transactions."""


class GroupTransactions(Transactions, Protocol):
    """Writes that go into one commit with what others have to add to it."""

    def contribute(self, contributor: Contributor) -> None:
        """Ask somebody before every commit."""

    def nudge(self) -> None:
        """A contributor has something to write soon."""


async def stored_soon(
    database: Transactions,
    fn: Callable[[Connection], Any],
    ended: Callable[[bool], None] | None = None,
    within: float | None = None,
) -> bool | None:
    """Run a function in a transaction, and wait for it only so long.

    Args:
        database: what to write to.
        fn: what to do.
        ended: is told later whether it was committed, if None was returned.
        within: see `Transactions.write`.

    Returns: whether it is committed; None: not known within `PATIENCE_S`.
    """
    return await done_soon(database.write(fn) if within is None else database.write(fn, within=within), ended)


async def done_soon(
    work: Coroutine[Any, Any, Any], ended: Callable[[bool], None] | None = None
) -> bool | None:
    """The same for whatever ends when it is committed, and raises StorageTrouble otherwise."""
    task = asyncio.ensure_future(work)
    if await ends_within(task, PATIENCE_S):
        try:
            task.result()
        except StorageTrouble:
            return False
        return True

    def at_the_end(task: asyncio.Future[Any]) -> None:
        stored = not task.cancelled() and task.exception() is None
        if ended is not None:
            ended(stored)

    task.add_done_callback(at_the_end)
    return None


async def ends_within(task: asyncio.Future[Any], seconds: float) -> bool:
    """Whether a task ends so soon; it goes on anyway. As `asyncio.wait`, for one alone at half the cost."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def end(_task: object = None) -> None:
        if not over.done():
            over.set_result(None)

    task.add_done_callback(end)
    timer = loop.call_later(seconds, end)
    try:
        await over
    finally:
        timer.cancel()
        task.remove_done_callback(end)
    return task.done()
