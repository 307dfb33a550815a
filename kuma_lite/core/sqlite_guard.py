"""Opening SQLite files that are not the live one.

Two copies of SQLite live in this process: the one of apsw, which owns the live database, and the one of
Python's standard library. File locks belong to the process, not to a library: if the second copy merely
closes the live file, the first loses its locks and its write-ahead log, and committed rows are gone. So the
standard library's copy opens *other* files only, through this door. That it is a second, independent
version makes it a good witness for finished backups.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    import aiosqlite

SIDE_FILES = ("", "-wal", "-shm", "-journal")

# A fact about the process, like the locks themselves: therefore known to the module.
_live: list[Path] = []


def protect(path: Path) -> Callable[[], None]:
    """Refuse `path` and the files beside it from now on; returns the function that ends it."""
    _live.append(path)

    def release() -> None:
        if path in _live:
            _live.remove(path)

    return release


def is_live(path: str | os.PathLike[str]) -> bool:
    """Whether `path` is, by whatever name, the live database or one of the files beside it."""
    wanted = _identity(path)
    if wanted is None:
        return False
    return any(_identity(f"{live}{side}") == wanted for live in _live for side in SIDE_FILES)


@asynccontextmanager
async def open_other(
    path: str | os.PathLike[str], *, read_only: bool = True
) -> AsyncIterator[aiosqlite.Connection]:
    """Open an SQLite file other than the live one.

    Args:
        path: an existing file.
        read_only: the file and the folder around it are left as they are; False lets SQLite take in a
            write-ahead log that lies beside the file.

    Raises:
        UserError: the file is missing, or is the live database by any of its names.
    """
    if not os.path.isfile(path):
        raise UserError("There is no file {path}.", path=os.fspath(path))
    if is_live(path):
        raise UserError("This is the database in use; make a backup and take that.")
    import aiosqlite

    mode = "ro" if read_only else "rw"
    address = f"file:{quote(os.path.abspath(path))}?mode={mode}"
    async with aiosqlite.connect(address, uri=True) as connection:
        yield connection


async def verify(path: str | os.PathLike[str]) -> str | None:
    """What is wrong with a finished database file, in one sentence; None when it is sound."""
    import sqlite3

    try:
        async with (
            open_other(path) as connection,
            connection.execute("PRAGMA integrity_check(1)") as cursor,
        ):
            row = await cursor.fetchone()
    except sqlite3.Error as error:
        return f"The file cannot be read: {error}."
    found = row[0] if row else "no answer"
    return None if found == "ok" else f"The file is damaged: {found}."


def _identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
