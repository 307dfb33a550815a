"""The size of the database, and giving back what it does not need."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from kuma_lite.core.database_pages import give_back
from kuma_lite.core.transactions import Transactions

PAGES_AT_ONCE: Final = 1_000  # 4 MB: a transaction of some 20 ms, so that beats are written in between
_MAX_ROUNDS: Final = 100_000  # more than any file has; a file that grows meanwhile does not hold us


class DatabaseFile(Transactions, Protocol):
    """The live database."""

    path: Path


def size_of(database: DatabaseFile) -> int:
    """Bytes of the main file; asking opens nothing, which only the database itself may do."""
    return os.stat(database.path).st_size


async def shrink(database: Transactions) -> None:
    """Give free pages back to the file system, a few at a time."""
    for _ in range(_MAX_ROUNDS):
        if await database.write(partial(give_back, most=PAGES_AT_ONCE)) == 0:
            return
