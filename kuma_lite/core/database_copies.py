"""What everybody needs who copies the live database to a file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, Protocol

from kuma_lite.core.errors import UserError

ROOM: Final = 1.1  # free disk space needed, in sizes of the database


class Copied(Protocol):
    """The live database."""

    path: Path

    async def backup_to(self, path: str | os.PathLike[str]) -> None:
        """Write a complete, verified copy to a new file. Raises UserError."""


def check_room(database: Copied, folder: Path, room: float = ROOM) -> None:
    """Raises UserError when a copy does not fit into a folder."""
    needed = database.path.stat().st_size * room
    if shutil.disk_usage(folder).free < needed:
        raise UserError(
            "A backup needs {size} MB of free space in {folder}.",
            size=round(needed / 1e6),
            folder=folder,
            status=507,
        )
