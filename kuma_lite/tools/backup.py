"""A copy of the database to download.

A browser downloads what stands at an address, and sends no token with that; so whoever may have the copy gets
an address that works once, for a minute. The copy lies in the data folder, where there is room for it or the
person is told, and its name is gone before the first byte leaves: whatever ends the download frees it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.database_copies import ROOM, Copied, check_room
from kuma_lite.core.errors import UserError

TICKET_S: Final = 60.0  # between the click and the request of the browser
PIECE_BYTES: Final = 256 * 1024
_MOST_TICKETS: Final = 20
_PREFIX: Final = "download-"


class Backups:
    """Copies for people who may have them.

    Args:
        database: what is copied.
        folder: where a copy lies until it is sent.
        clock: of the minute in which an address works.
    """

    def __init__(self, database: Copied, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._tickets: dict[str, tuple[float, Path | None]] = {}
        self._copying = asyncio.Lock()

    def clear(self) -> None:
        """Remove what a process that was killed has left."""
        for path in self._folder.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                path.unlink()

    def ticket(self, path: Path | None = None) -> str:
        """What opens one download: of a copy made then, or of a backup that is there."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self._clock.monotonic() + TICKET_S, path
        while len(self._tickets) > _MOST_TICKETS:
            del self._tickets[next(iter(self._tickets))]
        return ticket

    async def open(self, ticket: str) -> tuple[IO[bytes], int, str]:
        """The file, its bytes, and its name; "" for a copy made now.

        Raises:
            UserError: the ticket is not good, there is no room, or the file is gone.
        """
        until, path = self._tickets.pop(ticket, (0.0, None))
        if self._clock.monotonic() > until:
            raise UserError("This address has been used already, or is too old.", status=403)
        if path is not None:
            return await asyncio.to_thread(_opened, path)
        async with self._copying:
            return (*await self._copy(), "")

    async def _copy(self) -> tuple[IO[bytes], int]:
        check_room(self._database, self._folder, ROOM)
        path = self._folder / f"{_PREFIX}{secrets.token_hex(8)}"
        await self._database.backup_to(path)
        try:
            file = path.open("rb")
        finally:
            path.unlink()
        return file, os.fstat(file.fileno()).st_size


def _opened(path: Path) -> tuple[IO[bytes], int, str]:
    try:
        file = path.open("rb")
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            "{name} cannot be read: {reason}.", name=path.name, reason=reason, status=404
        ) from None
    return file, os.fstat(file.fileno()).st_size, path.name


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The whole of it; read by a thread, for a disk may be slow."""
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
