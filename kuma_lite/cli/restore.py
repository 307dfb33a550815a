"""`kuma-lite restore`: put a backup back, or see that it could be."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kuma_lite.backups.elsewhere import backups_at
from kuma_lite.cli.passphrase import add_passphrase, passphrase_of
from kuma_lite.cli.places import add_fingerprint, find_place, open_place
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.places.addresses import is_address
from kuma_lite.places.described import Described
from kuma_lite.places.model import fetch

if TYPE_CHECKING:
    from kuma_lite.backups.restoring import Found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and how."""
    parser.add_argument(
        "file",
        nargs="?",
        help="what “backup” or the page has written; s3://BUCKET/PREFIX/NAME or sftp://USER@HOST/FOLDER/NAME "
        "is fetched, with a slash at the end the newest one there",
    )
    parser.add_argument(
        "--from",
        dest="place",
        metavar="PLACE",
        help="a place named on the page, or an address; without FILE the newest one there",
    )
    add_fingerprint(parser)
    parser.add_argument(
        "--drill",
        action="store_true",
        help="unpack into a folder of its own, open it, count, and remove it again: nothing is changed",
    )
    add_passphrase(parser)
    add_options(parser, "data_dir")


def run(options: argparse.Namespace) -> int:
    """Put it back; a running server is refused, and what was there is kept."""
    config = load_config(options)
    if not (options.file or options.place):
        raise UserError("Name a file to restore, or a place with --from.")
    if not options.place and not is_address(options.file):
        return _from_file(options, config, Path(options.file))
    database = config.data_dir.absolute() / DATABASE_FILE
    place, name = find_place(
        options.place or options.file, database if database.is_file() else None, options.fingerprint
    )
    if options.place:
        name = options.file or name
    with TemporaryDirectory(
        prefix="restore-", dir=database.parent if database.is_file() else None
    ) as temporary:
        source = asyncio.run(_fetch(place, name, Path(temporary), database.parent))
        return _from_file(options, config, source)


async def _fetch(place: Described, name: str, folder: Path, data_folder: Path) -> Path:
    """A file of a place, or the newest backup there, in `folder`."""
    async with open_place(place, data_folder) as there:
        if not name:
            found = await backups_at(there)
            if not found:
                raise UserError("There is no backup at {place}.", place=there.label)
            name = found[0].name
        print(f"Fetching {name} from {there.label} …", file=sys.stderr)
        target = folder / Path(name).name
        await fetch(there, name, target)
        return target


def _from_file(options: argparse.Namespace, config: Config, source: Path) -> int:
    from kuma_lite.backups.archive import needs_passphrase

    passphrase = passphrase_of(options, f"Passphrase of {source.name}: ") if needs_passphrase(source) else ""
    if options.drill:
        return _drill(source, passphrase)
    return _restore(source, config.data_dir, passphrase)


def _restore(source: Path, data_dir: Path, passphrase: str) -> int:
    from kuma_lite.backups.restoring import UNPACKED, adopt, unpack, want

    is_new = not data_dir.exists()
    folder = DataFolder.open(data_dir)  # refuses while a server has it
    try:
        unpacked = folder.path / UNPACKED
        found = asyncio.run(unpack(source, unpacked, passphrase))
        want(unpacked, folder.path)
        aside = adopt(folder.path, SystemClock())
    except BaseException:
        if is_new:
            shutil.rmtree(folder.path, ignore_errors=True)
        raise
    finally:
        folder.close()
    print(f"{folder.path} is as it was {_when(found)}: {_counts(found)}.")
    if aside is not None and aside.exists():
        print(f"What was there before is in {aside}; delete it when it is not needed any more.")
    return 0


def _drill(source: Path, passphrase: str) -> int:
    """Like a restore, to the end: the newest schema is made of it, and nothing may be missing then."""
    from kuma_lite.backups.restoring import unpack

    with TemporaryDirectory(prefix="kuma-lite-drill-") as temporary:
        folder = Path(temporary) / "data"
        found = asyncio.run(unpack(source, folder, passphrase))
        asyncio.run(_open(folder))
    print(f"{source} can be restored: {_counts(found)}, made {_when(found)}.")
    return 0


async def _open(folder: Path) -> None:
    from kuma_lite.core.database import Database
    from kuma_lite.core.limits import DATABASE_FILE

    database = await Database.open(folder / DATABASE_FILE, clock=SystemClock())
    await database.close()


def _when(found: Found) -> str:
    return f"on {found.made:%Y-%m-%d %H:%M} UTC" if found.made else "when the copy was made"


def _counts(found: Found) -> str:
    shown = (("monitor", "monitors"), ("notification", "notifications"), ("status_page", "status pages"))
    counts = [f"{found.rows.get(table, 0):,} {name}" for table, name in shown]
    return ", ".join([*counts, f"{sum(found.rows.values()):,} rows in all, {found.files} other files"])
