"""What belongs into a backup, and making one beside a running server."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kuma_lite import __version__
from kuma_lite.backups import archive
from kuma_lite.backups.archive import Manifest
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import FILE_NAME, Config
from kuma_lite.core.data_folder import UPLOAD_FOLDER
from kuma_lite.core.database_copies import Copied, check_room
from kuma_lite.core.database_look import looking, rows, version
from kuma_lite.core.limits import DATABASE_FILE

KEYS: Final = "keys"  # folder in the archive, and in the data folder it is put back to
_PREFIX: Final = "backup-"  # of the copy, in the data folder


def files_beside(folder: Path, config: Config | None = None) -> dict[str, Path]:
    """What is kept beside the database: name in the archive → file.

    Args:
        folder: the data folder.
        config: given when certificate and key of the server are wanted as well.
    """
    found = {}
    if (folder / FILE_NAME).is_file():
        found[FILE_NAME] = folder / FILE_NAME
    for path in sorted((folder / UPLOAD_FOLDER).rglob("*")):
        if path.is_file() and not path.is_symlink():
            found[path.relative_to(folder).as_posix()] = path
    if config is not None and config.tls is not None:
        for path in (config.tls.certificate, config.tls.key):
            found[f"{KEYS}/{path.name}"] = path
    return found


async def make(
    database: Copied, target: Path, clock: Clock, beside: Mapping[str, Path], passphrase: str = ""
) -> Manifest:
    """Write an archive, and read it back; the server goes on meanwhile.

    Args:
        database: copied first, so that the archive holds one moment of it.
        target: the file to write; must not exist.
        beside: as `files_beside` found it.
        passphrase: "" leaves the archive unencrypted.

    Raises:
        UserError: no room, no permission, or the file exists.
    """
    folder = database.path.parent
    check_room(database, folder)
    copy = folder / f"{_PREFIX}{secrets.token_hex(8)}"
    try:
        await database.backup_to(copy)
        facts = {"version": __version__, "made": int(clock.now()), **await contents_of(copy)}
        members = {**beside, DATABASE_FILE: copy}
        return await asyncio.to_thread(archive.write, target, members, facts, passphrase)
    finally:
        with suppress(OSError):
            copy.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove what a process that was killed has left in the data folder."""
    for path in folder.glob(f"{_PREFIX}*"):
        if path.is_dir():  # of the command
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            with suppress(OSError):
                path.unlink()


async def contents_of(copy: Path) -> dict[str, Any]:
    """`schema` and `rows` of a database that is not the live one. Raises UserError."""

    def look() -> dict[str, Any]:
        with looking(copy) as connection:
            return {"schema": version(connection), "rows": rows(connection)}

    return await asyncio.to_thread(look)
