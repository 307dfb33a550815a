"""`kuma-lite restore`: put a backup back, or see that it could be."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kuma_lite.cli.passphrase import add_passphrase, passphrase_of
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.data_folder import DataFolder

if TYPE_CHECKING:
    from kuma_lite.backups.restoring import Found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and how."""
    parser.add_argument("file", help="what “backup” or the page has written")
    parser.add_argument(
        "--drill",
        action="store_true",
        help="unpack into a folder of its own, open it, count, and remove it again: nothing is changed",
    )
    add_passphrase(parser)
    add_options(parser, "data_dir")


def run(options: argparse.Namespace) -> int:
    """Put it back; a running server is refused, and what was there is kept."""
    from kuma_lite.backups.archive import needs_passphrase

    config, source = load_config(options), Path(options.file)
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

    with tempfile.TemporaryDirectory(prefix="kuma-lite-drill-") as temporary:
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
