"""An import by our own page: a file is uploaded in pieces, taken over beside what is here, and then wanted.

Nothing of ours is touched before the person has read the report and said yes: the import fills a data folder
of its own, in a thread (there is nothing else to do: only a server without monitors may import). At the next
start, which follows at once, it takes the place of ours (`adoption`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from kuma_lite.core import sql
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.core.uploads import Upload, no_such_upload, upload_size
from kuma_lite.importing.archives import unpack
from kuma_lite.importing.file_names import KUMA_FILE, READY, STAGED, UPLOADED
from kuma_lite.importing.history import Progress
from kuma_lite.importing.service import Outcome

log = logging.getLogger(__name__)

ROOM: Final = 3.0  # free disk space needed, in sizes of the upload: it, a private copy, what is made of it
_TOLD_EVERY_S: Final = 0.5
_UNPACKED: Final = "folder"
# What nobody must lose: an import replaces everything but the account, for which there is one in it.
_CONTENT: Final = (
    "monitor", "notification", "tag", "proxy", "docker_host", "remote_browser", "api_key", "status_page",
    "maintenance", "server",
)  # fmt: skip

# Runs to its end in the calling thread: source, data folder to fill, progress.
TakeOver = Callable[[Path, Path, Progress], Outcome]


class State(Struct, frozen=True):
    """How far it is. `stage`: idle, uploading, importing, failed or done."""

    stage: str = "idle"
    id: str = ""
    size: int = 0  # bytes of the upload
    received: int = 0
    what: str = ""  # what is being taken over: `done` of `total`
    done: int = 0
    total: int = 0
    problem: str = ""
    report: dict[str, Any] | None = None  # what was taken and what was not, once it is known

    def document(self) -> dict[str, Any]:
        """As our page gets it."""
        return asdict(self)


class PageImport:
    """The one import at a time.

    Args:
        database: ours, which must hold nothing yet.
        folder: our data folder.
        take_over: the import itself.
        tell: is called when the state has changed.
    """

    def __init__(
        self,
        database: Transactions,
        folder: Path,
        take_over: TakeOver,
        tell: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._folder = folder
        self._take_over = take_over
        self._tell = tell
        self._task: asyncio.Task[None] | None = None
        self._uploading: Upload | None = None
        self.state = State()

    @property
    def _upload(self) -> Path:
        return self._folder / UPLOADED / KUMA_FILE

    async def why_not(self) -> str | None:
        """Why this server cannot import; None: it can."""
        if await self._database.read(_has_content):
            return (
                "This server has monitors or other things already. An Uptime Kuma can only be taken over "
                "into a server that has nothing but its account."
            )
        return None

    async def begin(self, size: Any) -> State:
        """Make ready for an upload of so many bytes, and drop one that was not finished. Raises UserError."""
        size = upload_size(size)
        self._refuse_while_importing()
        if (reason := await self.why_not()) is not None:
            raise UserError(reason)
        await self.cancel()
        if shutil.disk_usage(self._folder).free < size * ROOM:
            raise UserError(
                "Importing this file needs {size} MB of free space in {folder}.",
                size=round(size * ROOM / 1e6),
                folder=self._folder,
            )
        self._uploading = Upload(self._upload, size)
        self.state = State("uploading", self._uploading.id, size)
        return self.state

    async def add(self, key: str, offset: int, piece: bytes) -> int:
        """Append a piece; returns how many bytes there are, which is where the next one belongs."""
        upload = self._uploading
        if upload is None or self.state.stage != "uploading" or key != upload.id:
            raise no_such_upload()
        received = await upload.add(offset, piece)
        if self.state.id == key:
            self.state = replace(self.state, received=received)
        return received

    async def start(self, key: Any) -> None:
        """Take over what was uploaded; returns at once. Raises UserError while something is missing."""
        state = self.state
        if state.stage != "uploading" or key != state.id or state.received != state.size:
            raise UserError("The upload is not complete.")
        self.state = replace(state, stage="importing")
        self._task = asyncio.create_task(self._run(), name="import")

    async def adopt(self) -> None:
        """Want it: it takes the place of what is here at the start that follows. Raises UserError."""
        if self.state.stage != "done":
            raise UserError("There is nothing that was imported.")
        if (reason := await self.why_not()) is not None:
            raise UserError(reason)
        os.replace(self._folder / STAGED, self._folder / READY)
        log.info("What was imported is taken into use at the next start")

    async def cancel(self) -> None:
        """Forget what was uploaded or imported. Raises UserError while it is under way."""
        self._refuse_while_importing()
        self.state = State()
        await asyncio.to_thread(self._remove)

    def stop(self) -> None:
        """The program ends; what is half done is removed at the next start."""
        if self._task is not None:
            self._task.cancel()

    def _refuse_while_importing(self) -> None:
        if self.state.stage == "importing":
            raise UserError("An import is under way.")

    def _remove(self) -> None:
        for name in (UPLOADED, STAGED, READY):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    async def _run(self) -> None:
        """The import, and saying how far it is."""
        work = asyncio.ensure_future(asyncio.to_thread(self._work))
        while not work.done():
            await self._tell()
            await asyncio.wait([work], timeout=_TOLD_EVERY_S)
        try:
            outcome = work.result()
            self.state = replace(self.state, stage="done", report=outcome.report.for_page())
            await asyncio.to_thread(shutil.rmtree, self._folder / UPLOADED, ignore_errors=True)
        except (UserError, StartupError) as error:
            await self._fail(error.message)
        except Exception:
            log.exception("An import failed")
            await self._fail("Something went wrong on the server. The log has the details.")
        await self._tell()

    async def _fail(self, problem: str) -> None:
        await asyncio.to_thread(self._remove)
        self.state = State("failed", problem=problem)

    def _work(self) -> Outcome:
        source = unpack(self._upload, self._folder / UPLOADED / _UNPACKED)
        return self._take_over(source, self._folder / STAGED, self._note)

    def _note(self, what: str, done: int, total: int) -> None:
        self.state = replace(self.state, what=what, done=done, total=total)


def _has_content(connection: Connection) -> bool:
    return any(
        sql.value(connection, f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 - own table names
        for table in _CONTENT
    )
