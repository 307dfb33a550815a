"""Programs of the system that answer for a target: `systemctl`, `pm2`, `tailscale`, a browser.

Only where no socket does. The program is named by us, what people typed is an argument of its own, and it is
killed with all its children when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Final, NamedTuple

from kuma_lite.core.programs import environment, path_of

_KEPT_BYTES: Final = 4 * 1024 * 1024  # of each stream; the process list of pm2 is 10 kB per process


class ProgramMissing(Exception):
    """There is no such program here; the argument is its name."""


class Finished(NamedTuple):
    """How a program ended."""

    status: int
    output: str
    errors: str


def as_argument(text: str) -> tuple[str, ...]:
    """What people typed, so that no program takes it for a switch."""
    return ("--", text) if text.startswith("-") else (text,)


async def run_program(name: str, *arguments: str, timeout: float) -> Finished:
    """Run it, in English, without input. Raises ProgramMissing, TimeoutError."""
    path = path_of(name)
    if path is None:
        raise ProgramMissing(name)
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
        start_new_session=True,  # a group of its own, to be killed whole
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(timeout):
            output, errors, _ = await asyncio.gather(
                _all_of(process.stdout), _all_of(process.stderr), process.wait()
            )
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        if process.returncode is None:
            await process.wait()
    return Finished(process.returncode or 0, output, errors)


async def _all_of(stream: asyncio.StreamReader) -> str:
    """What it says, cut to what is kept; it may say more without being stopped by a full pipe."""
    kept = bytearray()
    while data := await stream.read(64 * 1024):
        kept += data[: _KEPT_BYTES - len(kept)]
    return kept.decode("utf-8", "replace")
