"""The process of the tunnel."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

log = logging.getLogger(__name__)

PROGRAM: Final = "cloudflared"
TOKEN_VARIABLE: Final = "TUNNEL_TOKEN"  # noqa: S105 - read by the program; arguments would show in `ps`
STOP_S: Final = 2.0  # it closes its connections in a moment; then it is killed
LINE_BYTES: Final = 16 * 1024  # of its log; longer ones are not shown

Tell = Callable[[str, object], Awaitable[None]]  # event, argument


def is_installed() -> bool:
    """Whether there is such a program."""
    return shutil.which(PROGRAM) is not None


class Tunnel:
    """One process at most. `tell` hears `cloudflared_running`, `_message` and `_errorMessage`."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self, token: str) -> None:
        """Start it; one that runs already goes on."""
        if self.running:
            return
        self._stopping = False
        try:
            self._process = await asyncio.create_subprocess_exec(
                PROGRAM,
                *("tunnel", "--no-autoupdate", "--protocol", "http2", "run"),
                env={**os.environ, TOKEN_VARIABLE: token},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=LINE_BYTES,
            )
        except OSError as error:
            await self._tell("cloudflared_errorMessage", f"cloudflared cannot be started: {error.strerror}.")
            return
        log.info("cloudflared is started")
        self._watcher = asyncio.create_task(self._watch(self._process), name="cloudflared")
        await self._tell("cloudflared_running", True)

    async def stop(self) -> None:
        """End it, and wait until it is gone."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._watcher is not None:
            await self._watcher

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what it says, and that it has ended."""
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                continue  # too long to be shown
            if not line:
                break
            await self._tell("cloudflared_message", line.decode("utf-8", "replace").rstrip())
        code = await process.wait()
        await self._tell("cloudflared_running", False)
        if not self._stopping:
            log.warning("cloudflared ended with exit status %d", code)
            await self._tell("cloudflared_errorMessage", f"cloudflared ended with exit status {code}.")
