"""Bringing backups to a place that is not the folder they are made in, and what is there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from kuma_lite.backups.rotation import Keep, kept
from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.places.model import Place, verify

PREFIX: Final = "kuma-lite-"
TIME: Final = "%Y-%m-%d-%H%M%S"
_NAME: Final = pattern(r"kuma-lite-(\d{4}-\d\d-\d\d-\d{6})\.tar\.zst(\.age)?")


class Kept(Struct, frozen=True):
    """A backup that is there."""

    name: str
    made: datetime
    size: int  # bytes
    encrypted: bool

    def document(self) -> dict[str, Any]:
        """As the page gets it; the time in milliseconds since 1970."""
        return {
            "name": self.name,
            "made": int(self.made.timestamp() * 1000),
            "bytes": self.size,
            "encrypted": self.encrypted,
        }


class NamedPlace(Protocol):
    """A place that somebody has named."""

    @property
    def id(self) -> str:
        """Stays the same."""

    @property
    def name(self) -> str:
        """For people."""


def backup_of(name: str, size: int) -> Kept | None:
    """What a file is by its name; None: none of ours, which nobody may touch."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        made = datetime.strptime(match[1], TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Kept(name, made, size, bool(match[2]))


def newest_first(files: Iterable[tuple[str, int]]) -> list[Kept]:
    """The backups among files (name, bytes)."""
    found = [each for name, size in files if (each := backup_of(name, size)) is not None]
    return sorted(found, key=lambda each: each.made, reverse=True)


def superfluous(found: Iterable[Kept], keep: Keep, zone: ZoneInfo) -> list[Kept]:
    """Those of which there are enough."""
    known = list(found)
    stay = kept([each.made.astimezone(zone) for each in known], keep)
    return [each for each in known if each.made not in stay]


async def backups_at(place: Place) -> list[Kept]:
    """What is there, the newest first. Raises UserError."""
    return newest_first(await place.files(PREFIX))


async def bring(place: Place, source: Path, keep: Keep | None, zone: ZoneInfo) -> None:
    """Let the place have this backup, and none of those of which there are enough.

    Args:
        source: a backup of our own naming.
        keep: None removes nothing.
        zone: in which days begin.

    Raises:
        UserError: it could not be put there, or is another one when it is read back.
    """
    size = source.stat().st_size
    found = await backups_at(place)
    if not any((each.name, each.size) == (source.name, size) for each in found):
        await place.put(source.name, source)
        try:
            await verify(place, source.name, source)
        except UserError:
            with suppress(UserError):
                await place.delete(source.name)
            raise
        found = await backups_at(place)
    for old in superfluous(found, keep, zone) if keep is not None else ():
        await place.delete(old.name)
