"""One transaction for many writes, each of which can fail alone; runs in the writer's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import apsw

from kuma_lite.core.database_file import STORAGE_ERRORS
from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")
WriteFunction = Callable[[Connection], T]


class Write(NamedTuple):
    """Something to write, and who waits for it."""

    fn: WriteFunction[Any] | None  # None: nothing, but somebody waits for the commit
    future: asyncio.Future[Any] | None  # None: deferred, nobody waits


Outcome = tuple[Any, Exception | None]


def transaction(connection: apsw.Connection, writes: list[Write]) -> tuple[list[Outcome], int]:
    """Run all writes in one transaction: their outcomes, and how many rows changed."""
    before = connection.total_changes()
    # What is alone needs no savepoint: nothing of others is undone with it.
    run = _alone if sum(fn is not None for fn, _ in writes) == 1 else attempt
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [(None, None) if fn is None else run(connection, fn) for fn, _ in writes]
        if connection.in_transaction:
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes, connection.total_changes() - before


def _alone(connection: Connection, fn: WriteFunction[Any]) -> Outcome:
    """The only write of a transaction, which ends with it if it fails. Storage errors escape."""
    try:
        return fn(connection), None
    except STORAGE_ERRORS:
        raise
    except Exception as error:
        connection.execute("ROLLBACK")
        return None, error


def attempt(connection: Connection, fn: WriteFunction[Any]) -> Outcome:
    """One write inside its savepoint. Storage errors escape: they concern everybody."""
    connection.execute("SAVEPOINT one_write")
    try:
        value = fn(connection)
    except STORAGE_ERRORS:
        raise
    except Exception as error:
        connection.execute("ROLLBACK TO one_write")
        connection.execute("RELEASE one_write")
        return None, error
    connection.execute("RELEASE one_write")
    return value, None


def settle(writes: list[Write], outcomes: list[Outcome]) -> None:
    """Tell those who wait; log the failures of what nobody waits for."""
    for write, (value, error) in zip(writes, outcomes, strict=True):
        if write.future is None:
            if error is not None:
                log.error("A deferred write failed", exc_info=error)
        elif write.future.done():
            continue  # the caller is gone; what was asked for is done all the same
        elif error is None:
            write.future.set_result(value)
        elif isinstance(error, StopIteration):  # which a future cannot carry
            write.future.set_exception(RuntimeError("a write raised StopIteration"))
        else:
            write.future.set_exception(error)
