"""A copy of the database from before each change of its schema, beside it: an update can be taken back."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from kuma_lite.core.patterns import pattern

log = logging.getLogger(__name__)

FOLDER: Final = "backups"  # in the data folder
KEPT: Final = 2  # copies: of the last two updates that changed the schema
ROOM: Final = 1.1  # free disk space needed, in sizes of the database
_NAME: Final = pattern(r"before-update-from-schema-([0-9]+)\.db")


def copy_before_change(connection: apsw.Connection, version: int) -> Path | None:
    """Copy a database that has this version; returns the copy, or None: there is no room, and it is said.

    An update must not keep the watch from starting because a disk is small.
    """
    path = Path(connection.filename)
    folder = path.parent / FOLDER
    target = folder / f"before-update-from-schema-{version}.db"
    part = target.with_name(f"{target.name}.part")
    try:
        if shutil.disk_usage(path.parent).free < path.stat().st_size * ROOM:
            log.warning(
                "There is no room for a copy of the database from before the update, which goes on without"
            )
            return None
        folder.mkdir(mode=0o700, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        connection.execute("VACUUM INTO ?", (os.fspath(part),))
        os.replace(part, target)
    except (OSError, apsw.Error) as error:
        log.warning("The database could not be copied before the update, which goes on without: %s", error)
        return None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    for old in _copies(folder)[KEPT:]:
        with suppress(OSError):
            old.unlink()
    log.info("The schema of the database changes; a copy from before is %s", target)
    return target


def copy_for(database: Path, newest: int) -> Path | None:
    """The latest copy that a program can read which knows schemas up to `newest`; None: there is none."""
    fitting = [path for path in _copies(database.parent / FOLDER) if _version(path) <= newest]
    return fitting[0] if fitting else None


def _copies(folder: Path) -> list[Path]:
    """Of the newest schema first."""
    try:
        found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=_version, reverse=True)


def _version(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0
