"""Opening the live file: its pragmas, each with its reason, and sentences for what can be wrong with it."""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import apsw
import apsw.aio

from kuma_lite.core.errors import StartupError
from kuma_lite.core.migrations import Migration, migrate, version_of
from kuma_lite.core.sqlite_guard import SIDE_FILES

APPLICATION_ID: Final = 0x4B4C6974  # "KLit" in the header: this file is ours
PAGE_BYTES: Final = 2048
BUSY_TIMEOUT_MS: Final = 5000  # somebody's SQLite shell may hold the lock for a moment
WRITER_CACHE_KIB: Final = 8192  # what a round of sealing touches; less would be read again
READER_CACHE_KIB: Final = 1024  # lists and charts read each page once
WAL_LIMIT_BYTES: Final = 16 << 20  # what stays of the write-ahead log after a burst
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO  # who has no business with our files
CHECK_STEPS: Final = 20_000_000  # of SQLite's machine: about a second of looking for damage

# Trouble with the place, not with a statement: everything in the transaction is affected.
STORAGE_ERRORS: Final = (
    apsw.FullError,
    apsw.IOError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.NoMemError,
    apsw.ProtocolError,
)

DISK_FULL: Final = "The disk is full."

_SENTENCES: Final[dict[type[Exception], str]] = {
    apsw.FullError: DISK_FULL,
    apsw.IOError: "The disk cannot be read or written.",
    apsw.BusyError: "Another program keeps the database locked.",
    apsw.LockedError: "Another program keeps the database locked.",
    apsw.ReadOnlyError: "The database cannot be written; look at the permissions of its file and folder.",
    apsw.CantOpenError: "The database cannot be opened; look at the permissions of its file and folder.",
    apsw.CorruptError: "The database is damaged; restore a backup.",
    apsw.NotADBError: "The file is not a database.",
    apsw.NoMemError: "There is not enough memory.",
    apsw.ProtocolError: "The database's locks do not work on this file system.",
}


def sentence_of(error: Exception) -> str:
    """A storage error in words."""
    for kind, sentence in _SENTENCES.items():
        if isinstance(error, kind):
            return sentence
    return f"The database reports: {error}."


async def open_writer(path: Path, steps: list[Migration], vfs: str | None = None) -> apsw.Connection:
    """The one connection that writes, with the newest schema. Raises StartupError with one sentence."""
    unclean = _size(f"{path}-wal") > 0
    try:
        if not path.exists():
            await _create(path, vfs)
        elif _size(path) == 0:
            # With it the first visitor would become the owner.
            raise StartupError(
                f"The database {path} is empty (0 bytes): something has lost what was in it. "
                "Restore a backup, or delete the file to begin anew."
            )
        _keep_to_owner(path)
        connection = await _connect(path, "writer", apsw.SQLITE_OPEN_READWRITE, vfs)
    except (*STORAGE_ERRORS, OSError) as error:
        raise _refusal(path, error) from None
    try:
        await run(connection, _prepare, connection, steps, unclean)
    except STORAGE_ERRORS as error:
        await close(connection)
        raise _refusal(path, error) from None
    except BaseException:
        await close(connection)
        raise
    return connection


async def open_reader(path: Path, name: str = "reader", vfs: str | None = None) -> apsw.Connection:
    """A connection for SELECT alone."""
    connection = await _connect(path, name, apsw.SQLITE_OPEN_READWRITE, vfs)
    await run(connection, _set_reader_pragmas, connection)
    return connection


def change(path: Path, fn: Callable[[apsw.Connection], None]) -> None:
    """Run `fn` on a database that nobody has open. Raises apsw.Error."""
    connection = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with connection:
            fn(connection)
    finally:
        connection.close()


async def run(connection: apsw.Connection, fn: Callable[..., Any], *arguments: Any) -> Any:
    """One hop into the connection's thread; inside, the connection's methods are plain calls."""
    return await cast(Any, connection).async_run(fn, *arguments)


async def close(connection: apsw.Connection) -> None:
    """Close a connection; its thread ends. What cannot be taken in now stays in the write-ahead log."""
    with suppress(*STORAGE_ERRORS):
        await cast(Any, connection).aclose()


async def _connect(
    path: Path,
    name: str,
    flags: int = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE,
    vfs: str | None = None,
) -> apsw.Connection:
    controller = functools.partial(apsw.aio.AsyncIO, thread_name=f"database {name}")
    token = apsw.async_controller.set(cast(Any, controller))
    try:
        return cast(apsw.Connection, await apsw.Connection.as_async(os.fspath(path), flags=flags, vfs=vfs))
    finally:
        apsw.async_controller.reset(token)


async def _create(path: Path, vfs: str | None) -> None:
    """A file with our header and no tables; there at once, so that no killed start leaves an empty one."""
    new = path.with_name(f"{path.name}.new")
    for side in SIDE_FILES:
        Path(f"{new}{side}").unlink(missing_ok=True)
    connection = await _connect(new, "writer", vfs=vfs)
    try:
        await run(connection, _write_header, connection)
    finally:
        await close(connection)
    new.rename(path)


def _write_header(connection: apsw.Connection) -> None:
    # A commit writes whole pages for a kilobyte of beats: 75 bytes a beat, against 112 with 4,096.
    connection.pragma("page_size", PAGE_BYTES)
    # Freed pages can be given back a few at a time, without rewriting the file; only settable now.
    connection.pragma("auto_vacuum", "INCREMENTAL")
    connection.pragma("application_id", APPLICATION_ID)


def _keep_to_owner(path: Path) -> None:
    """Passwords and tokens are in there. (SQLite gives the files it makes beside it the same mode.)"""
    for side in SIDE_FILES:
        with suppress(OSError):  # not there, or not ours to change
            file = f"{path}{side}"
            mode = stat.S_IMODE(os.stat(file).st_mode)
            if mode & OTHERS:
                os.chmod(file, mode & ~OTHERS)


def _prepare(connection: apsw.Connection, steps: list[Migration], unclean: bool) -> None:
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    if connection.pragma("application_id") != APPLICATION_ID:
        raise StartupError(f"{connection.filename} is a database, but not one of Kuma Lite.")
    if unclean:
        _look_for_damage(connection)
    _set_writer_pragmas(connection)
    migrate(connection, steps)
    _try_to_write(connection)
    # All tables that have grown since SQLite looked at them, which by what it knew it would go through again
    # and again; without the number it takes only those this connection has read. 7 ms for 5,000 monitors.
    with suppress(apsw.Error):  # it starts without as well
        connection.execute("PRAGMA optimize = 0x10002")


def _try_to_write(connection: apsw.Connection) -> None:
    """SQLite opens what it may only read without a word, and then every beat would fail."""
    if connection.readonly("main"):
        raise apsw.ReadOnlyError("the file is read-only")
    # A full disk is said while running: what was stored can still be served, and there may be room again.
    with suppress(apsw.FullError):
        # Who reads first and then wants to write is refused at once when another one has written between: a
        # server beside which a command opens the file. This waits for its turn.
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.pragma("user_version", version_of(connection))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _set_writer_pragmas(connection: apsw.Connection) -> None:
    # Readers never wait for the writer, and a commit is one append.
    if connection.pragma("journal_mode", "WAL") != "wal":
        raise StartupError(
            f"The place of {connection.filename} cannot hold a write-ahead log; use a local disk."
        )
    # The log is synced at checkpoints only. A commit is in the kernel's hands when it returns: kill -9 loses
    # nothing; a power cut loses the last seconds, never the consistency of the file.
    connection.pragma("synchronous", "NORMAL")
    connection.pragma("foreign_keys", True)
    connection.pragma("cache_size", -WRITER_CACHE_KIB)
    connection.pragma("temp_store", "FILE")  # sorting an hour of beats in memory would show in the RSS
    connection.pragma("mmap_size", 0)  # mapped pages count as our memory
    connection.pragma("journal_size_limit", WAL_LIMIT_BYTES)
    connection.pragma("wal_autocheckpoint", 0)  # `Database` does it, beside the writer
    connection.pragma("trusted_schema", False)


def _set_reader_pragmas(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.pragma("query_only", True)
    connection.pragma("cache_size", -READER_CACHE_KIB)
    connection.pragma("temp_store", "FILE")
    connection.pragma("mmap_size", 0)
    connection.pragma("wal_autocheckpoint", 0)


def _look_for_damage(connection: apsw.Connection) -> None:
    """After a stop that was none, look for damage, but not longer than a start may take."""
    connection.set_progress_handler(lambda: True, CHECK_STEPS, id="damage")
    try:
        found = connection.execute("PRAGMA quick_check(1)").get
    except apsw.InterruptError:
        return  # a large file; what was seen of it is sound
    finally:
        connection.set_progress_handler(None, id="damage")
    if found != "ok":
        raise StartupError(f"The database {connection.filename} is damaged ({found}). Restore a backup.")


def _refusal(path: Path, error: Exception) -> StartupError:
    if isinstance(error, apsw.NotADBError):
        return StartupError(f"{path} is not a database. Move it away, or restore a backup.")
    if isinstance(error, apsw.CorruptError):
        return StartupError(f"The database {path} is damaged ({error}). Restore a backup.")
    if isinstance(error, OSError):
        return StartupError(f"The database {path} cannot be used: {error.strerror}.")
    return StartupError(f"The database {path} cannot be used. {sentence_of(error)}")


def _size(path: str | Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
