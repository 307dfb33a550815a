"""The size of the database, and giving back what it does not need."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import apsw

T = TypeVar("T")

PAGES_AT_ONCE: Final = 1_000  # 4 MB: a transaction of some 20 ms, so that beats are written in between
_MAX_ROUNDS: Final = 100_000  # more than any file has; a file that grows meanwhile does not hold us


class Database(Protocol):
    """The live database."""

    path: Path

    async def write(self, fn: Callable[[apsw.Connection], T]) -> T:
        """Run in the next transaction."""


def size_of(database: Database) -> int:
    """Bytes of the main file; asking opens nothing, which only the database itself may do."""
    return os.stat(database.path).st_size


async def shrink(database: Database) -> None:
    """Give free pages back to the file system, a few at a time."""
    for _ in range(_MAX_ROUNDS):
        if await database.write(_free_some) == 0:
            return


def _free_some(connection: apsw.Connection) -> int:
    """Free pages that are left."""
    before: Any = connection.pragma("freelist_count")
    if before:
        connection.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()
    after: Any = connection.pragma("freelist_count")
    return int(after) if after < before else 0
