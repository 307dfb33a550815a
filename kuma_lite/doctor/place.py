"""The data folder: whose it is, what it lies on, how fast that is, how much room there is."""

from __future__ import annotations

import os
import stat
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from kuma_lite.core.data_folder import NETWORK_FILE_SYSTEMS, UPLOAD_FOLDER, file_system_of
from kuma_lite.core.limits import DATABASE_FILE, JOURNALS
from kuma_lite.doctor.model import Finding, Level

WHAT: Final = "Data folder"
SYNCS: Final = 11  # writes that are forced to the disk
SLOW_MS: Final = 100.0  # of one, in the middle: a tired SD card
STUCK_MS: Final = 1000.0
LITTLE_BYTES: Final = 500_000_000
NO_BYTES: Final = 50_000_000
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MEMORY: Final = frozenset({"tmpfs", "ramfs"})


class Rights(NamedTuple):
    """Of one path."""

    path: Path
    owner: int  # user id
    mode: int


def examine_folder(folder: Path, user: int) -> Iterator[Finding]:
    """Whether it is there, private and writable."""
    if not folder.is_dir():
        do = "Name it with --data-dir, or start the server once: it makes one."
        yield Finding(WHAT, Level.TROUBLE, f"There is no folder {folder}.", do)
        return
    paths = [folder, folder / DATABASE_FILE, *folder.glob(JOURNALS), folder / UPLOAD_FOLDER]
    found = [Rights(path, *_owner_and_mode(path)) for path in paths if path.exists()]
    yield from judge_rights(found, user)
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            WHAT, Level.TROUBLE, f"{folder} cannot be written by this user.", "See its permissions."
        )


def judge_rights(found: list[Rights], user: int) -> Iterator[Finding]:
    """Others must not read it, and it must be the user's who runs the server."""
    for path, owner, mode in found:
        if mode & _OTHERS and path.name == DATABASE_FILE:
            says = f"{path} can be read by others: it holds passwords and tokens."
            yield Finding(WHAT, Level.WARNING, says, f"chmod go= {path}")
        if owner != found[0].owner:
            says = f"{path} belongs to user {owner}, its folder to user {found[0].owner}."
            yield Finding(WHAT, Level.WARNING, says, f"chown -R {found[0].owner} {found[0].path}")
    if user not in (0, found[0].owner):
        says = f"{found[0].path} belongs to user {found[0].owner}, and this is user {user}."
        yield Finding(WHAT, Level.NOTE, says, "Ask again as the user that runs the server, or as root.")
    yield Finding(WHAT, Level.OK, f"{found[0].path}, of user {found[0].owner}.")


def examine_disk(folder: Path) -> Iterator[Finding]:
    """What kind of file system, room, and the time until something is on the disk."""
    yield judge_file_system(file_system_of(folder))
    room = os.statvfs(folder)
    yield judge_room(room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize)
    yield judge_syncs(sync_ms(folder))


def judge_file_system(kind: str | None) -> Finding:
    """Of a kind that can hold a database?"""
    if kind in NETWORK_FILE_SYSTEMS:
        says = f"It lies on a network file system ({kind}), where a lost connection can damage the database."
        return Finding("File system", Level.WARNING, says, "Move the data folder to a local disk.")
    if kind in _MEMORY:
        says = f"It lies in memory ({kind}) and is gone with the next start of the machine."
        return Finding("File system", Level.TROUBLE, says, "Move it to a disk, or mount a volume there.")
    says = f"It is {kind}." if kind else "Nobody says of which kind it is."
    return Finding("File system", Level.OK, says)


def judge_room(free: int, size: int) -> Finding:
    """In bytes."""
    says = f"{free / 1e9:.1f} GB of {size / 1e9:.1f} GB are free."
    do = "Make room, or keep less history (Settings → General)."
    if free < NO_BYTES:
        return Finding("Room", Level.TROUBLE, says, do)
    if free < LITTLE_BYTES:
        return Finding("Room", Level.WARNING, says, do)
    return Finding("Room", Level.OK, says)


def sync_ms(folder: Path) -> list[float]:
    """How long single pages take until they are on the disk, each in milliseconds."""
    found = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            file.write(b"k" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            found.append((time.perf_counter() - begun) * 1000)
    return found


def judge_syncs(found: list[float]) -> Finding:
    """The middle and the longest decide."""
    middle, longest = statistics.median(found), max(found)
    says = f"A page is on it after {middle:.1f} ms, after {longest:.1f} ms at the longest."
    if middle > STUCK_MS:
        return Finding("Disk", Level.TROUBLE, says, "The disk is failing or overloaded: look at dmesg.")
    if middle > SLOW_MS:
        return Finding("Disk", Level.WARNING, says, "Use a better card or disk.")
    return Finding("Disk", Level.OK, says)


def _owner_and_mode(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, stat.S_IMODE(found.st_mode)
