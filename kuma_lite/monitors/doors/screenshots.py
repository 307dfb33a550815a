"""Pictures of the pages that monitors see. Their addresses cannot be guessed: that is what admits."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.patterns import pattern
from kuma_lite.core.raw_http import answer

log = logging.getLogger(__name__)

PREFIX: Final = "/screenshots/"
TYPE: Final = "real-browser"  # the type whose monitors see pages
_SUFFIX: Final = ".png"
_STAGED: Final = ".part"
_NAME: Final = pattern(r"[\w-]{1,100}\.[\w-]{1,40}\.[\w-]{1,100}\.png", re.ASCII)
_HEADERS: Final = (
    (b"cache-control", b"public, max-age=0"),  # the next check overwrites it
    (b"content-security-policy", b"default-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
)


class Screenshots:
    """One picture for each monitor, the latest.

    Args:
        folder: created when first needed.
        sign: a token for the number of a monitor.
    """

    def __init__(self, folder: Path, sign: Callable[[int], str]) -> None:
        self._folder = folder
        self._sign = sign

    def address(self, monitor_id: int) -> str:
        """Path of a monitor's picture, whether or not there is one already."""
        return PREFIX + self._name(monitor_id)

    def _name(self, monitor_id: int) -> str:
        return self._sign(monitor_id) + _SUFFIX

    async def keep(self, monitor_id: int, png: bytes) -> None:
        """Put it in the place of the one before. What cannot be stored is logged: the check goes on."""
        try:
            await asyncio.to_thread(_write, self._folder, self._name(monitor_id), png)
        except OSError as error:
            log.warning("The picture of a page cannot be stored: %s", error.strerror)

    async def forget(self, monitor_id: int) -> None:
        """Remove a monitor's picture, if there is one."""
        with suppress(OSError):
            await asyncio.to_thread(os.unlink, self._folder / self._name(monitor_id))

    async def keep_only(self, monitor_ids: Iterable[int]) -> None:
        """Remove what belongs to none of these, or has an address from before the tokens were changed."""
        await asyncio.to_thread(_clear, self._folder, {self._name(number) for number in monitor_ids})

    def route(self) -> RawRoute:
        """Where they are."""
        return RawRoute(PREFIX, self.handle, Access.PUBLIC)

    async def handle(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """One picture."""
        name = scope["path"][len(PREFIX) :]
        if scope["method"] not in ("GET", "HEAD") or not _NAME.fullmatch(name):
            return Unanswered.ELSEWHERE
        try:
            png = await asyncio.to_thread(_read, self._folder / name)
        except OSError:
            return Unanswered.ELSEWHERE
        await answer(send, 200, b"" if scope["method"] == "HEAD" else png, b"image/png", _HEADERS)
        return None


def _write(folder: Path, name: str, png: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    staged = folder / f"{name}{_STAGED}"
    staged.write_bytes(png)
    os.replace(staged, folder / name)  # nobody sees half of it


def _read(path: Path) -> bytes:
    """A plain file's content; links lead out of the folder and are not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        return file.read()


def _clear(folder: Path, kept: set[str]) -> None:
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name not in kept and (_NAME.fullmatch(path.name) or path.suffix == _STAGED):
                path.unlink(missing_ok=True)
