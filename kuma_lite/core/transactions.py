"""What features need of the database: functions that run inside a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from kuma_lite.core.sql import Connection

T = TypeVar("T")


class Transactions(Protocol):
    """Reads and writes, each in a transaction of its own."""

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run a function on a snapshot. Raises StorageTrouble."""

    async def write(self, fn: Callable[[Connection], T], *, urgent: bool = True) -> T:
        """Run a function in a transaction; what is not urgent waits for company. Raises StorageTrouble."""

    def defer(self, fn: Callable[[Connection], Any]) -> None:
        """Run a function in one of the next transactions."""
