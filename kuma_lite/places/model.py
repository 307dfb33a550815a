"""What every place can do, and what is done with any of them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple

from msgspec import Struct

from kuma_lite.core.errors import UserError

PIECE_BYTES: Final = 1 << 20  # read from a disk at once

# Bytes that are there by now, of how many.
Progress = Callable[[int, int], None]


class Stored(NamedTuple):
    """A file at a place. Its name has no slash at the front; folders are divided by `/`."""

    name: str
    size: int  # bytes


class Manner(Struct, frozen=True):
    """How a file is kept.

    Attributes:
        content_type: for places that serve files over HTTP.
        cache: their Cache-Control; "" says nothing.
        is_public: others may read it; else its owner alone.
    """

    content_type: str = "application/octet-stream"
    cache: str = ""
    is_public: bool = False


SECRET: Final = Manner()


def nobody_told(done: int, total: int) -> None:
    """For callers to whom it is the same how far it is."""
    del done, total


class Place(ABC):
    """Somewhere files are put. Every method raises UserError with one sentence that holds no secret.

    Attributes:
        label: how people read where it is, without secrets.
    """

    label: str

    @abstractmethod
    async def put(
        self, name: str, content: Path | bytes, manner: Manner = SECRET, told: Progress = nobody_told
    ) -> None:
        """Put a file there; under its name there is the old one until the new one is whole."""

    @abstractmethod
    async def files(self, under: str = "") -> list[Stored]:
        """All files whose names begin with `under`, those in folders below included; the names are whole."""

    @abstractmethod
    def pieces(self, name: str) -> AsyncIterator[bytes]:
        """A file, piece by piece."""

    @abstractmethod
    async def delete(self, name: str) -> None:
        """Remove a file; one that is not there is gone already."""

    async def read(self, name: str, most: int) -> bytes:
        """All of a small file, of `most` bytes. Raises UserError also for a longer one."""
        found = bytearray()
        async for piece in self.pieces(name):
            found += piece
            if len(found) > most:
                raise UserError(
                    "{name} at {place} is not what was written there.", name=name, place=self.label
                )
        return bytes(found)


class NoSuchFile(UserError):
    """There is none of that name."""

    def __init__(self, name: str, place: str) -> None:
        super().__init__("There is no file {name} at {place}.", status=404, name=name, place=place)


def safe_name(name: str) -> str:
    """The name, if it stays within the place. Raises UserError."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or {"..", "."} & set(name.split("/")) or "\0" in name:
        raise UserError("{file} is no name for a file of a copy.", file=name)
    return name


async def verify(place: Place, name: str, source: Path, told: Progress = nobody_told) -> None:
    """Read back what was put there, and compare it. Raises UserError: it is not the same."""
    size, digest = await asyncio.to_thread(_digest_of, source)
    found, read = hashlib.sha256(), 0
    async for piece in place.pieces(name):
        await asyncio.to_thread(found.update, piece)
        read += len(piece)
        told(read, size)
    if (read, found.hexdigest()) != (size, digest):
        raise UserError("{name} at {place} is not what was written there.", name=name, place=place.label)


async def fetch(place: Place, name: str, target: Path, told: Progress = nobody_told) -> None:
    """Read a file of a place into a new one of ours. Raises UserError; there is no file then."""
    size = next((each.size for each in await place.files(name) if each.name == name), None)
    if size is None:
        raise NoSuchFile(name, place.label)
    try:
        file = await asyncio.to_thread(_created, target)
        with file:
            done = 0
            async for piece in place.pieces(name):
                await asyncio.to_thread(file.write, piece)
                done += len(piece)
                told(done, size)
            if done != size:
                raise UserError("{file} is cut short.", file=name)
    except BaseException as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise UserError("{file} cannot be written: {reason}.", file=target, reason=reason) from None
        raise


def _created(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _digest_of(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()
