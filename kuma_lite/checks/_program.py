"""Programs of the system that answer for a target: `systemctl`, `pm2`, `tailscale`, a browser.

Only where no socket does. The program is named by us, what people typed is an argument of its own, and it is
killed with all its children when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from typing import Final, NamedTuple

_SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KEPT_BYTES: Final = 4 * 1024 * 1024  # of each stream; the process list of pm2 is 10 kB per process


class ProgramMissing(Exception):
    """There is no such program here; the argument is its name."""


class Finished(NamedTuple):
    """How a program ended."""

    status: int
    output: str
    errors: str


def find_program(name: str) -> str:
    """Its path. Raises ProgramMissing."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + _SYSTEM_PATH)
    if path is None:
        raise ProgramMissing(name)
    return path


def environment(**more: str) -> dict[str, str]:
    """The variables a program of the system is started with: in English, and with its own libraries."""
    variables = {**os.environ, "LC_ALL": "C", **more}
    if getattr(sys, "frozen", False):  # our binary points the loader at the libraries inside itself
        before = variables.pop("LD_LIBRARY_PATH_ORIG", None)
        variables.pop("LD_LIBRARY_PATH", None)
        if before is not None:
            variables["LD_LIBRARY_PATH"] = before
    return variables


def as_argument(text: str) -> tuple[str, ...]:
    """What people typed, so that no program takes it for a switch."""
    return ("--", text) if text.startswith("-") else (text,)


async def run_program(name: str, *arguments: str, timeout: float) -> Finished:
    """Run it, in English, without input. Raises ProgramMissing, TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        find_program(name),
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
