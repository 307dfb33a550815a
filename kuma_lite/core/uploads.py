"""A large file that a browser sends in pieces: each request is small, and a broken line costs one piece."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

from kuma_lite.core.errors import UserError


def upload_size(size: Any) -> int:
    """Bytes, as the page says before it begins. Raises UserError."""
    if isinstance(size, bool) or not isinstance(size, int) or size <= 0:
        raise UserError("The file is empty.")
    return size


class Upload:
    """One file under way.

    Args:
        file: where it is put; its folder is made for it.
        size: bytes it will have.
    """

    def __init__(self, file: Path, size: int) -> None:
        self.file = file
        self.size = size
        self.id = secrets.token_hex(8)
        self.received = 0
        self._writing = asyncio.Lock()
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)

    @property
    def is_complete(self) -> bool:
        """Whether every piece has come."""
        return self.received == self.size

    async def add(self, offset: int, piece: bytes) -> int:
        """Append a piece; returns how many bytes there are, which is where the next one belongs.

        Raises:
            UserError: it is too much, or cannot be stored.
        """
        async with self._writing:
            if offset != self.received:
                return self.received  # a piece that came twice, or too early
            if offset + len(piece) > self.size:
                raise UserError("This is more than the file was said to have.")
            await asyncio.to_thread(_append, self.file, piece)
            self.received += len(piece)
            return self.received


def no_such_upload() -> UserError:
    """For an id that is not, or no longer, that of the one under way."""
    return UserError("There is no such upload.", status=404)


def _append(path: Path, piece: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise UserError("The upload cannot be stored: {reason}.", reason=error.strerror or error) from None
