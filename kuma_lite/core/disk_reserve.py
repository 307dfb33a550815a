"""Space on the disk that is ours when nobody leaves any: changes of state can still be written then."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE_NAME: Final = "reserve"
SIZE: Final = 2_000_000  # bytes: some hundred changes of state, each with its messages
WANTED_FREE: Final = 16 * SIZE  # below that it is not taken: then it would itself be what fills the disk


class DiskReserve:
    """A file that is nothing but space. Its methods wait for the disk.

    Args:
        folder: on the same file system as the database.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME

    def make(self) -> bool:
        """Take the space, unless there is little left; whether it is there now."""
        with suppress(OSError):
            if self._file.exists() and self._file.stat().st_size >= SIZE:
                return True
            found = os.statvfs(self._file.parent)
            if found.f_bavail * found.f_frsize < WANTED_FREE:
                return False
            # Written, not only promised: some file systems give files with holes the space when it is needed.
            self._file.write_bytes(os.urandom(SIZE))
            return True
        self.release()
        return False

    def release(self) -> bool:
        """Give the space back; whether there was any."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True
