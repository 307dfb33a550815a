"""Where an Uptime Kuma keeps its data, and a private copy of it that may be opened.

The source is only ever read, and as plain files: opening it with SQLite would already write beside it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core import sqlite_guard
from kuma_lite.core.errors import UserError
from kuma_lite.importing.file_names import COPY_FOLDER, DB_CONFIG, KUMA_FILE

if TYPE_CHECKING:
    import aiosqlite

COPY_ATTEMPTS: Final = 3  # a running Uptime Kuma may write in between
ROOM: Final = 1.5  # free disk space needed, in sizes of the database: the copy, and what is made of it
_NEEDED: Final = frozenset({"user", "setting", "monitor", "heartbeat", "notification"})
_OLDEST_COLUMN: Final = "resend_interval"  # of `monitor`; came with 1.18
_LOG_HEADER_BYTES: Final = 32  # of SQLite's write-ahead log; changes when the log begins anew

Row = dict[str, Any]


class Located:
    """The files of an Uptime Kuma.

    Attributes:
        database: its `kuma.db`.
        folder: its data folder.
    """

    def __init__(self, path: Path) -> None:
        """Find them: `path` is the data folder or the database. Raises UserError."""
        path = path.expanduser().absolute()
        if not path.exists():
            raise UserError("There is no {path}.", path=path)
        self.database = path / KUMA_FILE if path.is_dir() else path
        self.folder = self.database.parent
        kind = _configured_kind(self.folder / DB_CONFIG) if path.is_dir() else "sqlite"
        if kind != "sqlite":
            raise UserError(
                "The Uptime Kuma in {path} keeps its data in MariaDB; only SQLite can be taken over.",
                path=path,
            )
        if not self.database.is_file():
            raise UserError("There is no {kuma_file} in {path}.", kuma_file=KUMA_FILE, path=path)
        if sqlite_guard.is_live(self.database):
            raise UserError("This is the database of Kuma Lite itself, not one of Uptime Kuma.")


class Source:
    """An opened private copy."""

    def __init__(self, connection: aiosqlite.Connection, tables: dict[str, frozenset[str]]) -> None:
        self.connection = connection
        self.tables = tables  # names of their columns

    @property
    def is_v1(self) -> bool:
        """Whether no Uptime Kuma 2 has ever worked with it."""
        return "knex_migrations" not in self.tables

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether this version has a table, or a column of it."""
        columns = self.tables.get(table)
        return columns is not None and (column is None or column in columns)

    async def rows(self, table: str) -> list[Row]:
        """A whole (small) table by column name, in the order of its ids; empty where there is none."""
        if not self.has(table):
            return []
        self.connection.text_factory = _decoded
        order = "ORDER BY id" if self.has(table, "id") else ""
        async with self.connection.execute(f'SELECT * FROM "{table}" {order}') as cursor:  # noqa: S608
            names = [entry[0] for entry in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]

    async def number(self, query: str) -> int:
        """The one number a query gives."""
        async with self.connection.execute(query) as cursor:
            row = await cursor.fetchone()
        return int(row[0] or 0) if row else 0

    async def identity(self) -> str:
        """What tells this Uptime Kuma from every other one, however much it has written since."""
        secrets = [row["value"] for row in await self.rows("setting") if row["key"] == "jwtSecret"]
        users = [(row["id"], row["username"]) for row in await self.rows("user")]
        return hashlib.sha256(json.dumps([secrets, users]).encode()).hexdigest()


@asynccontextmanager
async def opened(located: Located, our_folder: Path) -> AsyncIterator[Source]:
    """Copy the database into our data folder and open the copy; it is removed at the end.

    Raises:
        UserError: it cannot be read, is no database of Uptime Kuma, or an older one than 1.18.
    """
    import sqlite3  # a second SQLite, which nobody loads who imports nothing

    folder = our_folder / COPY_FOLDER
    shutil.rmtree(folder, ignore_errors=True)  # of an import that was killed
    folder.mkdir(mode=0o700)
    try:
        copy = folder / KUMA_FILE
        await asyncio.to_thread(_copy, located.database, copy)
        async with sqlite_guard.open_other(copy, read_only=False) as connection:
            yield Source(connection, await _tables(connection))
    except sqlite3.Error as error:
        raise UserError(
            "The database {database} cannot be read: {reason}.", database=located.database, reason=error
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _tables(connection: aiosqlite.Connection) -> dict[str, frozenset[str]]:
    query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    found: dict[str, set[str]] = {}
    async with connection.execute(query) as cursor:
        async for table, column in cursor:
            found.setdefault(table, set()).add(column)
    if _NEEDED - found.keys():
        raise UserError("This is not a database of Uptime Kuma.")
    if _OLDEST_COLUMN not in found["monitor"]:
        raise UserError(
            "This database was written by an Uptime Kuma older than 1.18; start a newer one on it once."
        )
    return {table: frozenset(columns) for table, columns in found.items()}


# --- copying -----------------------------------------------------------------------------------------------


def _copy(database: Path, target: Path) -> None:
    try:
        files = [path for side in sqlite_guard.SIDE_FILES if (path := Path(f"{database}{side}")).exists()]
        size = sum(path.stat().st_size for path in files)
        if shutil.disk_usage(target.parent).free < size * ROOM:
            raise UserError(
                "Taking over {database} needs {size} MB of free space in {parent}.",
                database=database,
                size=round(size * ROOM / 1e6),
                parent=target.parent,
            )
        for _ in range(COPY_ATTEMPTS):
            before = _state(database)
            for side in ("", "-wal", "-journal"):
                _copy_file(Path(f"{database}{side}"), Path(f"{target}{side}"))
            if _state(database) == before:
                return
    except OSError as error:
        raise UserError(
            "{database} cannot be copied: {reason}.", database=database, reason=error.strerror or error
        ) from None
    raise UserError("{database} is being written all the time; stop Uptime Kuma first.", database=database)


def _copy_file(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        if not source.name.endswith(("-wal", "-journal")):
            raise


def _state(database: Path) -> tuple[int, int, bytes]:
    """What stays the same as long as only the end of the write-ahead log grows, which does no harm."""
    status = os.stat(database)
    try:
        with Path(f"{database}-wal").open("rb") as log:
            head = log.read(_LOG_HEADER_BYTES)
    except FileNotFoundError:
        head = b""
    return status.st_mtime_ns, status.st_size, head


def _configured_kind(path: Path) -> str:
    try:
        kind = json.loads(path.read_text(encoding="utf-8")).get("type")
    except (OSError, ValueError, AttributeError):
        return "sqlite"  # Uptime Kuma 1 has no such file
    return str(kind)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
