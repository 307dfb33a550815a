"""Putting a backup back: unpacked and verified beside what is here, then changed for it at a start.

Nothing is touched before the whole archive has been read. The change itself can be interrupted anywhere: each
step moves one thing, and whoever starts next goes on with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from kuma_lite.backups import archive
from kuma_lite.backups.making import contents_of
from kuma_lite.core import sqlite_guard
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE, JOURNALS
from kuma_lite.core.migrations import discover

log = logging.getLogger(__name__)

UNPACKED: Final = "restore-unpacked"  # being unpacked and verified
READY: Final = "restore-ready"  # wanted: it becomes ours at the next start
KEPT: Final = "before-restore"  # folder of what was here, with the moment
ROOM: Final = 1.05  # free space needed, in sizes of what is unpacked
_SIDES: Final = ("-wal", "-shm", "-journal")
_SQLITE: Final = b"SQLite format 3\0"


Told = Callable[[int, int], None]


def _nobody(done: int, total: int) -> None:
    del done, total


class Found(Struct, frozen=True):
    """What a backup holds. `made` is None for a plain copy of a database, which does not tell."""

    made: datetime | None
    version: str
    schema: int
    rows: dict[str, int]
    files: int


async def unpack(source: Path, folder: Path, passphrase: str = "", told: Told = _nobody) -> Found:
    """Unpack a backup into `folder`, a new one, and make sure of everything in it.

    Args:
        source: what `archive.write` has written, or a plain copy of a database.
        folder: is made.
        passphrase: of an encrypted one.
        told: hears from a thread how many bytes of how many are unpacked.

    Raises:
        UserError: it is none, is damaged, too large for the disk, or of a newer program. The folder is gone
            then.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True)
        found = await _unpacked(source, folder, passphrase, told)
        await _verify(folder / DATABASE_FILE, source)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        reason = error.strerror or error
        raise UserError(
            "The backup cannot be unpacked to {folder}: {reason}.", folder=folder, reason=reason
        ) from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found


def want(unpacked: Path, folder: Path) -> None:
    """What was unpacked takes the place of what is in the data folder, at the next start or `adopt`."""
    shutil.rmtree(folder / READY, ignore_errors=True)
    os.replace(unpacked, folder / READY)


def adopt(folder: Path, clock: Clock) -> Path | None:
    """Change what is in the data folder for what is wanted.

    The folder must be ours alone, the database closed. Returns where the things from before are;
    None: nothing was wanted.
    """
    shutil.rmtree(folder / UNPACKED, ignore_errors=True)
    ready = folder / READY
    if not ready.is_dir():
        return None
    aside = _aside(folder, ready, clock)
    # The database comes last: while it is there, the change is not over.
    names = sorted(path.name for path in ready.iterdir() if path.name not in (KEPT, DATABASE_FILE))
    for name in [*names, DATABASE_FILE]:
        if not os.path.lexists(ready / name):
            continue
        sides: list[str] = []
        if name == DATABASE_FILE:
            sides = [*(f"{name}{side}" for side in _SIDES), *(path.name for path in folder.glob(JOURNALS))]
        for old in (*sides, name):
            if os.path.lexists(folder / old) and not os.path.lexists(aside / old):
                os.replace(folder / old, aside / old)
        os.replace(ready / name, folder / name)
    shutil.rmtree(ready, ignore_errors=True)
    with suppress(OSError):
        aside.rmdir()  # there was nothing here before
    log.info("The backup is in use from now on; what was here before is in %s", aside)
    return aside


def _aside(folder: Path, ready: Path, clock: Clock) -> Path:
    """The folder for what was here; the same one when an interrupted change goes on."""
    note = ready / KEPT
    if note.is_file() and (name := note.read_text(encoding="ascii").strip()):
        aside = folder / name
    else:
        aside = _free(folder, datetime.fromtimestamp(int(clock.now()), UTC))
        note.write_text(aside.name, encoding="ascii")
    aside.mkdir(mode=0o700, exist_ok=True)
    return aside


def _free(folder: Path, now: datetime) -> Path:
    path = folder / f"{KEPT}-{now:%Y-%m-%d-%H%M%S}"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{KEPT}-{now:%Y-%m-%d-%H%M%S}-{number}"
    return path


async def _unpacked(source: Path, folder: Path, passphrase: str, told: Told) -> Found:
    if _is_database(source):
        _check_room(source.stat().st_size, folder)
        await asyncio.to_thread(shutil.copyfile, source, folder / DATABASE_FILE)
        return Found(None, "", files=0, **await contents_of(folder / DATABASE_FILE))
    newest = max(step.number for step in discover())

    def judge(manifest: archive.Manifest) -> None:
        if manifest.schema > newest:
            raise UserError(
                "{file} was made by a newer Kuma Lite ({version}): restore it with that one.",
                file=source,
                version=manifest.version,
            )
        if DATABASE_FILE not in manifest.files:
            raise UserError("{file} is not a backup of Kuma Lite.", file=source)
        _check_room(manifest.size, folder)

    manifest = await asyncio.to_thread(archive.read, source, passphrase, folder, judge=judge, told=told)
    held = await contents_of(folder / DATABASE_FILE)
    if held["rows"] != manifest.rows:
        raise UserError("{file} is damaged: its database does not hold what it should.", file=source)
    made = datetime.fromtimestamp(manifest.made, UTC)
    return Found(made, manifest.version, manifest.schema, manifest.rows, len(manifest.files) - 1)


async def _verify(database: Path, source: Path) -> None:
    """Sound, ours, and not newer than this program. Raises UserError."""
    from kuma_lite.core.database_file import APPLICATION_ID

    with database.open("rb") as file:
        head = file.read(72)
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise UserError("{file} is a database, but not one of Kuma Lite.", file=source)
    if int.from_bytes(head[60:64], "big") > max(step.number for step in discover()):
        raise UserError("{file} was made by a newer Kuma Lite: restore it with that one.", file=source)
    if (wrong := await sqlite_guard.verify(database)) is not None:
        raise UserError("{file} is not usable. {wrong}", file=source, wrong=wrong)
    for side in _SIDES:  # SQLite may have made them while looking
        database.with_name(f"{database.name}{side}").unlink(missing_ok=True)


def _is_database(source: Path) -> bool:
    try:
        with source.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise UserError(
            "{file} cannot be read: {reason}.", file=source, reason=error.strerror or error
        ) from None


def _check_room(size: int, folder: Path) -> None:
    needed = size * ROOM
    if shutil.disk_usage(folder).free < needed:
        raise UserError(
            "Restoring this backup needs {size} MB of free space in {folder}.",
            size=round(needed / 1e6),
            folder=folder.parent,
        )
