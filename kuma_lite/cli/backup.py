"""`kuma-lite backup`: one file with everything, or a complete, verified copy of the database alone."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from kuma_lite.backups.archive import ENCRYPTED_SUFFIX, SUFFIX, Manifest
from kuma_lite.cli.existing import existing_database
from kuma_lite.cli.passphrase import add_passphrase, passphrase_of
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument(
        "file",
        help=f"the file to write, which must not exist yet: NAME{SUFFIX} for everything (database, uploads, "
        f"settings file), NAME{ENCRYPTED_SUFFIX} for the same with a passphrase, NAME.db for the database "
        "alone",
    )
    parser.add_argument(
        "--with-keys", action="store_true", help="with certificate and key of ssl_cert and ssl_key"
    )
    add_passphrase(parser)
    add_options(parser, "data_dir", "ssl_cert", "ssl_key")


def run(options: argparse.Namespace) -> int:
    """Copy; a running server goes on meanwhile (SQLite's locks see to it, we are another process)."""
    config = load_config(options)
    target = Path(options.file)
    encrypted, whole = target.name.endswith(ENCRYPTED_SUFFIX), target.name.endswith(SUFFIX)
    source = existing_database(config)
    if not (encrypted or whole):
        asyncio.run(_copy(source, target))
        print(f"{options.file} is a complete copy of the database and has been verified.")
        return 0
    passphrase = passphrase_of(options, f"Passphrase for {target.name}: ", twice=True) if encrypted else ""
    if not encrypted and options.passphrase_file:
        raise UserError(
            "Name the file {name}, so that it is seen that it is encrypted.", name=f"{target}.age"
        )
    manifest = asyncio.run(_archive(source, target, config, options.with_keys, passphrase))
    others = len(manifest.files) - 1
    print(f"{options.file} holds the database and {others} other files, and has been read back.")
    return 0


async def _copy(source: Path, target: Path) -> None:
    database = await Database.open(source, clock=SystemClock())
    try:
        await database.backup_to(target)
    finally:
        await database.close()


async def _archive(source: Path, target: Path, config: Config, with_keys: bool, passphrase: str) -> Manifest:
    from kuma_lite.backups.making import files_beside, make

    clock = SystemClock()
    database = await Database.open(source, clock=clock)
    try:
        beside = files_beside(source.parent, config if with_keys else None)
        return await make(database, target.absolute(), clock, beside, passphrase)
    finally:
        await database.close()
