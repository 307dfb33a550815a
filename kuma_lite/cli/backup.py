"""`kuma-lite backup`: one file with everything, or a complete, verified copy of the database alone."""

from __future__ import annotations

import argparse
import asyncio
import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from kuma_lite.backups.archive import ENCRYPTED_SUFFIX, SUFFIX, Manifest
from kuma_lite.backups.elsewhere import PREFIX, TIME
from kuma_lite.cli.existing import existing_database
from kuma_lite.cli.passphrase import VARIABLE, add_passphrase, passphrase_of
from kuma_lite.cli.places import add_fingerprint, find_place, open_place
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.places.addresses import is_address
from kuma_lite.places.described import Described, label_of
from kuma_lite.places.model import verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument(
        "file",
        nargs="?",
        help=f"the file to write, which must not exist yet: NAME{SUFFIX} for everything (database, uploads, "
        f"settings file), NAME{ENCRYPTED_SUFFIX} for the same with a passphrase, NAME.db for the database "
        "alone; s3://BUCKET/PREFIX/NAME and sftp://USER@HOST/FOLDER/NAME put it there",
    )
    parser.add_argument(
        "--to",
        metavar="PLACE",
        help="a place named on the page, or the address of a folder or a prefix; without FILE under the name "
        "that backups by plan have, encrypted if a passphrase is given",
    )
    add_fingerprint(parser)
    parser.add_argument(
        "--with-keys", action="store_true", help="with certificate and key of ssl_cert and ssl_key"
    )
    add_passphrase(parser)
    add_options(parser, "data_dir", "ssl_cert", "ssl_key")


def run(options: argparse.Namespace) -> int:
    """Copy; a running server goes on meanwhile (SQLite's locks see to it, we are another process)."""
    config = load_config(options)
    source = existing_database(config)
    if not (options.file or options.to):
        raise UserError("Name a file to write, or a place with --to.")
    if not options.to and not is_address(options.file):
        return _make(options, config, source, Path(options.file), options.file)
    if options.to and options.file and "/" in options.file:
        raise UserError("With --to, the file is a name without a folder.")
    place, name = find_place(options.to or options.file, source, options.fingerprint)
    if options.to:
        if name:
            raise UserError("The address of a place ends in a slash: {address}/", address=options.to)
        name = options.file or _planned_name(options)
    elif not name:
        raise UserError("{address} names no file: say --to for the name of today.", address=options.file)
    with TemporaryDirectory(prefix="backup-", dir=source.parent) as temporary:
        path = Path(temporary) / name
        _make(options, config, source, path, None)
        asyncio.run(_put(place, path, source.parent))
    print(f"{name} is at {label_of(place)}, and has been read back from there.")
    return 0


def _planned_name(options: argparse.Namespace) -> str:
    encrypted = options.passphrase_file or VARIABLE in os.environ
    moment = datetime.fromtimestamp(SystemClock().now(), UTC)
    return f"{PREFIX}{moment:{TIME}}{ENCRYPTED_SUFFIX if encrypted else SUFFIX}"


async def _put(place: Described, path: Path, data_folder: Path) -> None:
    async with open_place(place, data_folder) as there:
        if any(each.name == path.name for each in await there.files(path.name)):
            raise UserError("{target} exists already.", target=f"{there.label}/{path.name}")
        await there.put(path.name, path)
        try:
            await verify(there, path.name, path)
        except UserError:
            with suppress(UserError):
                await there.delete(path.name)
            raise


def _make(options: argparse.Namespace, config: Config, source: Path, target: Path, said: str | None) -> int:
    """Write the file; `said` is what it is called in the sentence, None: nothing is printed."""
    encrypted, whole = target.name.endswith(ENCRYPTED_SUFFIX), target.name.endswith(SUFFIX)
    if not (encrypted or whole):
        asyncio.run(_copy(source, target))
        if said is not None:
            print(f"{said} is a complete copy of the database and has been verified.")
        return 0
    passphrase = passphrase_of(options, f"Passphrase for {target.name}: ", twice=True) if encrypted else ""
    if not encrypted and options.passphrase_file:
        raise UserError(
            "Name the file {name}, so that it is seen that it is encrypted.",
            name=f"{said or target.name}.age",
        )
    manifest = asyncio.run(_archive(source, target, config, options.with_keys, passphrase))
    if said is not None:
        others = len(manifest.files) - 1
        print(f"{said} holds the database and {others} other files, and has been read back.")
    return 0


async def _open(source: Path) -> Database:
    """The database; a copy of it has the reports that still wait beside it, too."""
    from kuma_lite.servers.samples.journal import completion

    database = await Database.open(source, clock=SystemClock())
    database.completion = partial(completion, source.parent)
    return database


async def _copy(source: Path, target: Path) -> None:
    database = await _open(source)
    try:
        await database.backup_to(target)
    finally:
        await database.close()


async def _archive(source: Path, target: Path, config: Config, with_keys: bool, passphrase: str) -> Manifest:
    from kuma_lite.backups.making import files_beside, make

    clock = SystemClock()
    database = await _open(source)
    try:
        beside = files_beside(source.parent, config if with_keys else None)
        return await make(database, target.absolute(), clock, beside, passphrase)
    finally:
        await database.close()
