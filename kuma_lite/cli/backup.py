"""`kuma-lite backup`: a complete, verified copy of the database."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from kuma_lite.cli.existing import existing_database
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", help="the copy to write; it must not exist yet")
    add_options(parser, "data_dir")


def run(options: argparse.Namespace) -> int:
    """Copy; a running server goes on meanwhile (SQLite's locks see to it, we are another process)."""
    config = load_config(options)
    asyncio.run(_copy(existing_database(config), Path(options.file)))
    print(f"{options.file} is a complete copy and has been verified.")
    return 0


async def _copy(source: Path, target: Path) -> None:
    database = await Database.open(source, clock=SystemClock())
    try:
        await database.backup_to(target)
    finally:
        await database.close()
