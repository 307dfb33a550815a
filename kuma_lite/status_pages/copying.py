"""A static copy at a place: each file is replaced at once, the page itself last, what is old goes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.places.model import Manner, NoSuchFile, Place, safe_name
from kuma_lite.status_pages.drawing.static_copy import INDEX

MARK: Final = ".kuma-lite-copy.json"  # names the files that are ours, with the SHA-256 of what is in them
_MARK_BYTES: Final = 1 << 20
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".ics": "text/calendar; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_CHANGES: Final = "public, max-age=30"  # pages, feeds and badges: an outage is news
_STAYS: Final = "public, max-age=600"
_STAYING: Final = frozenset({".css", ".js", ".png"})


async def write_copy(place: Place, under: str, files: Mapping[str, bytes]) -> int:
    """Let a folder of a place hold these files; returns how many were new or other than before.

    Args:
        place: where.
        under: the folder, "" or with a slash at its end.
        files: name within the folder → content.

    Raises:
        UserError: the folder holds something else, or cannot be written.
    """
    for name in files:
        safe_name(name)
    sizes = {each.name.removeprefix(under): each.size for each in await place.files(under)}
    if MARK not in sizes and sizes:
        folder = f"{place.label}/{under}".rstrip("/")
        raise UserError("{folder} holds other files: name an empty folder.", folder=folder)
    before = await _ours(place, under) if MARK in sizes else {}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    changed = [
        name
        for name, digest in digests.items()
        if before.get(name) != digest or sizes.get(name) != len(files[name])
    ]
    if changed or before.keys() - files.keys() or not before:
        # Whoever is interrupted knows afterwards what is ours, and not more of it than is true.
        await _put_mark(place, under, {**before, **dict.fromkeys(changed, "")})
        for name in sorted(changed, key=lambda name: (name == INDEX, name)):
            await place.put(under + name, files[name], manner_of(name))
        for name in before.keys() - files.keys():
            await place.delete(under + name)
        await _put_mark(place, under, digests)
    return len(changed)


async def remove_copy(place: Place, under: str) -> None:
    """Remove the files of a copy. What is no part of it stays. Raises UserError."""
    for name in await _ours(place, under):
        await place.delete(under + name)
    await place.delete(under + MARK)


async def copies_at(place: Place) -> set[str]:
    """The folders of a place in which copies are, each with a slash at its end. Raises UserError."""
    names = [each.name for each in await place.files()]
    return {name.removesuffix(MARK) for name in names if name.endswith(f"/{MARK}") and name.count("/") == 1}


def manner_of(name: str) -> Manner:
    """How a file of a copy is kept."""
    suffix = PurePosixPath(name).suffix
    return Manner(
        _TYPES.get(suffix, "application/octet-stream"),
        _STAYS if suffix in _STAYING else _CHANGES,
        is_public=True,
    )


async def _ours(place: Place, under: str) -> dict[str, str]:
    """Name → SHA-256, "" where that is not known."""
    try:
        found = json.loads(await place.read(under + MARK, _MARK_BYTES))["files"]
    except (NoSuchFile, ValueError, KeyError, TypeError):
        return {}
    if isinstance(found, list):  # what earlier versions wrote
        found = {name: "" for name in found if isinstance(name, str)}
    names = found if isinstance(found, dict) else {}
    return {
        name: str(digest)
        for name, digest in names.items()
        if name and not name.startswith("/") and ".." not in PurePosixPath(name).parts
    }


async def _put_mark(place: Place, under: str, files: Mapping[str, str]) -> None:
    await place.put(under + MARK, json.dumps({"files": files}, sort_keys=True).encode(), manner_of(MARK))
