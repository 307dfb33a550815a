"""What features need of the database: functions that run inside a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import apsw

T = TypeVar("T")


class Transactions(Protocol):
    """Reads and writes, each in a transaction of its own."""

    async def read(self, fn: Callable[[apsw.Connection], T]) -> T:
        """Run a function on a snapshot."""

    async def write(self, fn: Callable[[apsw.Connection], T]) -> T:
        """Run a function in a transaction."""

    def defer(self, fn: Callable[[apsw.Connection], Any]) -> None:
        """Run a function in one of the next transactions."""
