"""A folder of this machine: another disk, a mounted share."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from kuma_lite.core.errors import UserError
from kuma_lite.places.model import (
    PIECE_BYTES,
    SECRET,
    Manner,
    NoSuchFile,
    Place,
    Progress,
    Stored,
    nobody_told,
    safe_name,
)

_PART = ".part-"


class FolderPlace(Place):
    """Files below a folder, which is made when the first one is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.label = str(folder)

    async def put(
        self, name: str, content: Path | bytes, manner: Manner = SECRET, told: Progress = nobody_told
    ) -> None:
        """Written beside, then renamed."""
        await asyncio.to_thread(self._put, safe_name(name), content, manner)
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        told(size, size)

    async def files(self, under: str = "") -> list[Stored]:
        """Whatever is no file, or half of one, is left out."""
        return [each for each in await asyncio.to_thread(self._all, under) if each.name.startswith(under)]

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """Read by a thread, for a disk may be slow."""
        path = self.folder / safe_name(name)
        try:
            file = await asyncio.to_thread(path.open, "rb")
            with file:
                while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                    yield piece
        except FileNotFoundError:
            raise NoSuchFile(name, self.label) from None
        except OSError as error:
            raise self._refusal("read", error, path) from None

    async def delete(self, name: str) -> None:
        """The folders above go as well, when nothing is left in them."""
        await asyncio.to_thread(self._delete, self.folder / safe_name(name))

    def _put(self, name: str, content: Path | bytes, manner: Manner) -> None:
        path = self.folder / name
        part: str | None = None
        try:
            _make(path.parent, manner)
            descriptor, part = tempfile.mkstemp(prefix=_PART, dir=path.parent)
            with open(descriptor, "wb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, file, PIECE_BYTES)
                os.fchmod(file.fileno(), 0o644 if manner.is_public else 0o600)
                file.flush()
                if not manner.is_public:  # what can be made again need not wait for the disk
                    os.fsync(file.fileno())
            os.replace(part, path)
            part = None
        except OSError as error:
            raise self._refusal("written", error, path) from None
        finally:
            if part is not None:
                with suppress(OSError):
                    os.unlink(part)

    def _all(self, under: str) -> list[Stored]:
        found = []
        try:
            for path in sorted((self.folder / under.rpartition("/")[0]).rglob("*")):
                if path.is_file() and not path.name.startswith(_PART):
                    found.append(Stored(path.relative_to(self.folder).as_posix(), path.stat().st_size))
        except OSError as error:
            raise self._refusal("read", error, self.folder) from None
        return found

    def _delete(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise self._refusal("deleted", error, path) from None
        for above in path.parents:
            if above == self.folder:
                break
            try:
                above.rmdir()
            except OSError:
                break

    def _refusal(self, deed: str, error: OSError, path: Path) -> UserError:
        says = {
            "read": "{file} cannot be read: {reason}.",
            "written": "{file} cannot be written: {reason}.",
            "deleted": "{file} cannot be deleted: {reason}.",
        }[deed]
        reason = (error.strerror or str(error)).lower()
        named = str(error.filename or path)
        return UserError(says, file=path if _PART in named else named, reason=reason)


def _make(folder: Path, manner: Manner) -> None:
    """The folder, open to others where its files are."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o755 if manner.is_public else 0o700, exist_ok=True)
        if manner.is_public:
            each.chmod(0o755)
    folder.mkdir(exist_ok=True)  # refuses a file that is in the way
