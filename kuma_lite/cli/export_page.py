"""`kuma-lite export-page`: a status page as files that need no server."""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from kuma_lite.cli.places import add_fingerprint, find_place, open_place
from kuma_lite.cli.remote import Refused, Remote, add_remote_options
from kuma_lite.core.errors import UserError
from kuma_lite.places.addresses import is_address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which page, and where to."""
    parser.add_argument("slug", metavar="SLUG", help="the page, as in /status/SLUG")
    parser.add_argument(
        "--to",
        metavar="FOLDER",
        required=True,
        help="a folder, empty or with an earlier copy; or s3://BUCKET/PREFIX/, sftp://USER@HOST/FOLDER/",
    )
    parser.add_argument(
        "--address", metavar="URL", default="", help="where the copy will be reached, for its feeds"
    )
    add_fingerprint(parser)
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Write the copy; exit status 0, or 1 with a sentence."""
    query = f"?{urlencode({'address': options.address})}" if options.address else ""
    path = f"/api/v1/status_pages/{quote(options.slug, safe='')}/copy{query}"
    try:
        answer = Remote.of(options).get(path)
    except Refused as refused:
        if refused.status == 404:
            raise UserError("There is no status page {slug}.", slug=options.slug) from None
        raise
    files = _read(answer)
    changed = asyncio.run(_write(options.to, options.fingerprint, files))
    print(f"{options.to}: {len(files)} files, {changed} of them new or changed")
    return 0


async def _write(where: str, fingerprint: str, files: dict[str, bytes]) -> int:
    from kuma_lite.places.folder import FolderPlace
    from kuma_lite.status_pages.copying import write_copy

    if not is_address(where):
        return await write_copy(FolderPlace(Path(where)), "", files)
    place, name = find_place(where, None, fingerprint)
    if name:
        raise UserError("The address of a place ends in a slash: {address}/", address=where)
    async with open_place(place, Path()) as there:
        return await write_copy(there, "", files)


def _read(answer: Any) -> dict[str, bytes]:
    try:
        return {each["path"]: base64.b64decode(each["content"], validate=True) for each in answer["files"]}
    except (KeyError, TypeError, binascii.Error):
        raise UserError("The server answers with no copy; is it older than this program?") from None
