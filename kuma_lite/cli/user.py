"""`kuma-lite user`: ways back in for whoever has the machine."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from kuma_lite.accounts.reset import remove_2fa, reset_password
from kuma_lite.cli.existing import existing_database
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and where the data is."""
    parser.add_argument("what", choices=["reset-password", "remove-2fa"])
    add_options(parser, "data_dir")


def run(options: argparse.Namespace) -> int:
    """Change the account in the database; the server must not run meanwhile (its sessions end with it)."""
    config = load_config(options)
    existing_database(config)
    if options.what == "reset-password":
        password = _ask_password()
        name = asyncio.run(_change(config.data_dir, lambda database: reset_password(database, password)))
        print(f"The password of {name} has been changed; all sessions have ended.")
    else:
        name = asyncio.run(_change(config.data_dir, remove_2fa))
        print(f"{name} logs in without a second factor now.")
    return 0


def _ask_password() -> str:
    """From the terminal twice, or one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise UserError("The two passwords differ; nothing was changed.")
    return password


async def _change(folder: object, change: Callable[[Database], Awaitable[str]]) -> str:
    data = DataFolder.open(str(folder))
    try:
        database = await Database.open(data.database, clock=SystemClock())
        try:
            return await change(database)
        finally:
            await database.close()
    finally:
        data.close()
