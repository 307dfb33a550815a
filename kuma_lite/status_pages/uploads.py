"""Uploaded pictures: one per page, `logo<page id>.png`. Names are made here, never taken from outside."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern

PREFIX: Final = "/upload/"
_STAGED: Final = ".part"
_NAME: Final = pattern(r"logo[0-9]{0,18}\.png")  # without a number: from before there were several pages


class Uploads:
    """The folder of uploaded pictures.

    Args:
        folder: created when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def stage_logo(self, page_id: int, png: bytes, now: float) -> str:
        """Write a page's picture beside the present one; returns its address. Raises UserError."""
        name = f"logo{page_id}.png"
        try:
            await asyncio.to_thread(_write, self._folder, f"{name}{_STAGED}", png)
        except OSError as error:
            raise UserError("The logo cannot be stored: {reason}.", reason=error.strerror) from None
        return f"{PREFIX}{name}?t={round(now * 1000)}"  # another address for another picture

    async def keep_logo(self, page_id: int) -> None:
        """Put what was staged in the place of the present picture."""
        path = self._folder / f"logo{page_id}.png"
        await asyncio.to_thread(os.replace, f"{path}{_STAGED}", path)

    async def remove_logo(self, page_id: int) -> None:
        """Remove a page's picture, if there is one."""
        with suppress(OSError):
            await asyncio.to_thread(os.unlink, self._folder / f"logo{page_id}.png")

    async def logo(self, page_id: int) -> bytes | None:
        """A page's picture; None: it has none."""
        return await self.read(f"logo{page_id}.png")

    async def read(self, name: str) -> bytes | None:
        """A stored picture; None for any name that is not one of ours."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return await asyncio.to_thread(_read, self._folder / name)
        except OSError:
            return None


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def _read(path: Path) -> bytes | None:
    """A plain file's content; links lead out of the folder and are not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        return file.read()
