"""Places of the commands: an address with what is secret in the environment, or one named on the page."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from kuma_lite.places.described import Described
    from kuma_lite.places.model import Place


def add_fingerprint(parser: argparse.ArgumentParser) -> None:
    """For servers that are named by their address."""
    parser.add_argument(
        "--fingerprint", metavar="FINGERPRINT", default="", help="SHA256 of the host key of an sftp:// server"
    )


def find_place(name: str, database: Path | None, fingerprint: str) -> tuple[Described, str]:
    """The place behind an address or a name, and the name of the file in it ("" for none).

    Args:
        name: as somebody has written it.
        database: where named ones are kept; None: there is none.
        fingerprint: of the host key, for addresses.

    Raises:
        UserError: there is none of that name, or the address is none.
    """
    from kuma_lite.places.addresses import is_address, read_address

    if is_address(name):
        return read_address(name, os.environ, fingerprint)
    for place in _named(database) if database is not None else ():
        if place.name == name:
            return place, ""
    raise UserError(
        "There is no place of the name {name}: add it on the page, or name an address.", name=name
    )


@asynccontextmanager
async def open_place(place: Described, data_folder: Path) -> AsyncIterator[Place]:
    """The place, until the end. A host key that is not known is refused: nobody keeps it here."""
    from kuma_lite.net.http import HttpClient
    from kuma_lite.net.proxy import environment_rule
    from kuma_lite.places.described import opened

    http = HttpClient(proxy=environment_rule(os.environ))
    try:
        async with opened(place, http, SystemClock(), data_folder, accepts_new=False) as there:
            yield there
    finally:
        http.close()


def _named(database: Path) -> list[Described]:
    from kuma_lite.core.database_look import looking
    from kuma_lite.places.described import described
    from kuma_lite.places.keeper import SETTING

    with looking(database) as connection:
        row = connection.execute("SELECT value FROM setting WHERE key = ?", (SETTING,)).fetchone()
    documents: Any = json.loads(row[0]) if row else []
    return [described(each) for each in documents]
