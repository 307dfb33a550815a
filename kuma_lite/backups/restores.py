"""A backup that is put back by the page and has to come here first: sent by a browser, or from a place."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from kuma_lite.backups.elsewhere import backup_of
from kuma_lite.backups.service import BackupKeeper
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import replace
from kuma_lite.core.uploads import Upload, no_such_upload, upload_size
from kuma_lite.places.keeper import Places
from kuma_lite.places.model import fetch

log = logging.getLogger(__name__)

FOLDER: Final = "restore-upload"  # in the data folder
_TOLD_EVERY_S: Final = 0.5
_ROOM: Final = 2.0  # free disk space needed, in sizes of the file: it, and some of what is in it
_OUR_NAME: Final = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_UNNAMED: Final = "backup"


class State(Struct, frozen=True):
    """How far it is.

    Attributes:
        stage: idle, uploading, fetching, unpacking, failed or done. After a failure with an `id` the file is
            here, and can be tried again with another passphrase.
        id: of the file that is here, or is being sent.
        name: of the file.
        size: its bytes.
        done, total: bytes fetched or unpacked.
        problem: why it failed.
    """

    stage: str = "idle"
    id: str = ""
    name: str = ""
    size: int = 0
    received: int = 0
    done: int = 0
    total: int = 0
    problem: str = ""

    def document(self) -> dict[str, Any]:
        """As our page gets it."""
        return asdict(self)


class Restores:
    """The one at a time.

    Args:
        keeper: unpacks it, and starts again.
        places: where they may come from.
        folder: the data folder.
        tell: is called when the state has changed.
    """

    def __init__(
        self, keeper: BackupKeeper, places: Places, folder: Path, tell: Callable[[], Awaitable[None]]
    ) -> None:
        self._keeper = keeper
        self._places = places
        self._folder = folder / FOLDER
        self._tell = tell
        self._upload: Upload | None = None
        self._task: asyncio.Task[None] | None = None
        self.state = State()

    async def begin(self, size: Any, name: Any) -> State:
        """Make ready for a file of so many bytes, and drop one that was not finished. Raises UserError."""
        size = upload_size(size)
        await self.cancel()
        await asyncio.to_thread(self._room_for, size)
        known = name if isinstance(name, str) and _OUR_NAME.fullmatch(name) else _UNNAMED
        self._upload = Upload(self._folder / known, size)
        self.state = State("uploading", self._upload.id, known, size)
        return self.state

    async def add(self, key: str, offset: int, piece: bytes) -> int:
        """Append a piece; returns how many bytes there are. Raises UserError."""
        upload = self._upload
        if upload is None or self.state.stage != "uploading" or key != upload.id:
            raise no_such_upload()
        received = await upload.add(offset, piece)
        if self.state.id == key:
            self.state = replace(self.state, received=received)
        return received

    def start(self, key: Any, passphrase: str) -> State:
        """Unpack what was sent, and start again with it; returns at once. Raises UserError."""
        upload = self._upload
        if upload is None or key != upload.id or not upload.is_complete or self._is_working:
            raise UserError("The upload is not complete.")
        self._begin(replace(self.state, stage="unpacking", problem=""), self._unpack(upload, passphrase))
        return self.state

    async def fetch(self, place_id: Any, name: Any, passphrase: str) -> State:
        """The same with a backup of a place. Raises UserError."""
        if not isinstance(name, str) or backup_of(name, 0) is None:
            raise UserError("There is no such backup.", status=404)
        self._places.find(place_id)
        await self.cancel()
        self._begin(State("fetching", name=name), self._fetch(place_id, name, passphrase))
        return self.state

    async def cancel(self) -> None:
        """Forget what was sent or fetched. Raises UserError while it is being unpacked."""
        if self.state.stage in ("unpacking", "done"):
            raise UserError("A backup is being restored.")
        await self.stop()
        self._upload, self.state = None, State()
        await asyncio.to_thread(self.clear)

    async def stop(self) -> None:
        """The program ends, or nobody wants it any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def clear(self) -> None:
        """Remove what an earlier process has left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _is_working(self) -> bool:
        return self.state.stage in ("fetching", "unpacking", "done")

    def _begin(self, state: State, work: Any) -> None:
        self.state = state
        self._task = asyncio.create_task(self._run(work), name="restore")

    async def _run(self, work: Any) -> None:
        working = asyncio.ensure_future(work)
        try:
            while not working.done():
                await self._tell()
                await asyncio.wait([working], timeout=_TOLD_EVERY_S)
            await working
            self.state = replace(self.state, stage="done")
        except UserError as error:
            self._failed(error.message)
        except Exception:
            log.exception("A backup could not be restored")
            self._failed(INTERNAL_ERROR)
        finally:
            working.cancel()
        await self._tell()
        if self.state.stage == "done":
            await asyncio.to_thread(self.clear)
            self._keeper.start_again()

    def _failed(self, problem: str) -> None:
        self.state = replace(self.state, stage="failed", problem=problem)

    async def _fetch(self, place_id: str, name: str, passphrase: str) -> None:
        async with self._places.open(self._places.find(place_id)) as place:
            size = next((each.size for each in await place.files(name) if each.name == name), 0)
            await asyncio.to_thread(self._room_for, size)
            upload = Upload(self._folder / name, size)
            upload.file.unlink()
            await fetch(place, name, upload.file, self._note)
        upload.received = size
        self._upload = upload
        self.state = replace(self.state, stage="unpacking", id=upload.id, size=size, done=0, total=0)
        await self._unpack(upload, passphrase)

    async def _unpack(self, upload: Upload, passphrase: str) -> None:
        await self._keeper.restore_file(upload.file, passphrase, self._note)

    def _note(self, done: int, total: int) -> None:
        self.state = replace(self.state, done=done, total=total)

    def _room_for(self, size: int) -> None:
        folder = self._folder.parent
        if shutil.disk_usage(folder).free < size * _ROOM:
            raise UserError(
                "Restoring this backup needs {size} MB of free space in {folder}.",
                size=round(size * _ROOM / 1e6),
                folder=folder,
            )
