"""`kuma-lite token create`: a key for an agent, made where the database is."""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

from kuma_lite.core.clock import MILLISECONDS, Clock, SystemClock, to_ms
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE

_DAY_MS: Final = 86_400 * MILLISECONDS
MAX_DAYS: Final = 36_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and where the data is."""
    parser.add_argument("what", choices=["create"])
    parser.add_argument("--name", required=True, help="what the list of tokens calls it")
    parser.add_argument("--expires-in-days", type=int, metavar="DAYS", help="it never expires by default")
    add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the token and nothing else; a running server goes on meanwhile, and knows the token at once."""
    config = load_config(options)
    database = config.data_dir / DATABASE_FILE
    if not database.exists():
        raise UserError(f"There is no database in {config.data_dir}; start the server first.")
    print(asyncio.run(create(str(database), options.name, options.expires_in_days, SystemClock())))
    return 0


async def create(path: str, name: str, days: int | None, clock: Clock) -> str:
    """A new token of the first project. Raises UserError."""
    from kuma_lite.servers.projects import clean_name, insert_token
    from kuma_lite.servers.tokens import PROJECT, new_token

    if days is not None and not 1 <= days <= MAX_DAYS:
        raise UserError(f"The days until the token expires must be between 1 and {MAX_DAYS}.")
    text, secret, now = clean_name(name, "token"), new_token(PROJECT), to_ms(clock.now())
    expires = None if days is None else now + days * _DAY_MS
    database = await Database.open(path, clock=clock)
    try:
        await database.write(
            lambda connection: insert_token(connection, None, PROJECT, None, text, secret, now, expires)
        )
    finally:
        await database.close()
    return secret
