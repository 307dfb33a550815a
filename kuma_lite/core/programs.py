"""Programs of the system: where they are, what they are started with, and what they say.

A program is named by us, what people typed is an argument of its own, and it is killed with all its children
when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from typing import Any, Final

from msgspec import Struct

KEPT_BYTES: Final = 4 * 1024 * 1024  # of each stream; the process list of pm2 is 10 kB per process
_SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def path_of(name: str) -> str | None:
    """The path of a program; also of one in a folder that services have not in their `PATH`."""
    return shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + _SYSTEM_PATH)


def environment(**more: str) -> dict[str, str]:
    """The variables a program of the system is started with: in English, and with its own libraries."""
    variables = {**os.environ, "LC_ALL": "C", **more}
    if getattr(sys, "frozen", False):  # our binary points the loader at the libraries inside itself
        before = variables.pop("LD_LIBRARY_PATH_ORIG", None)
        variables.pop("LD_LIBRARY_PATH", None)
        if before is not None:
            variables["LD_LIBRARY_PATH"] = before
    return variables


async def start(path: str, *arguments: str, **options: Any) -> asyncio.subprocess.Process:
    """Start a program without input, its output in a pipe. Raises OSError when it cannot be started.

    It leads a group of its own, to be killed whole. Whoever is cancelled meanwhile is told when it is killed:
    asyncio, cancelled between the start and the last pipe, waits for ever for a pipe it never opened
    (CPython issue 103847).
    """
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            path,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            **options,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        while not starting.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([starting])
        if starting.exception() is None:
            _kill(starting.result())
        raise


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class Finished(Struct, frozen=True):
    """How a program ended."""

    status: int | None  # None: its time was over
    output: str
    errors: str


async def run(path: str, *arguments: str, timeout: float) -> Finished:
    """Run a program, in English, without input. Raises OSError when it cannot be started."""
    process = await start(path, *arguments, stderr=asyncio.subprocess.PIPE, env=environment())
    assert process.stdout is not None
    assert process.stderr is not None
    output, errors, in_time = bytearray(), bytearray(), True
    try:
        async with asyncio.timeout(timeout):
            await asyncio.gather(
                _all_of(process.stdout, output), _all_of(process.stderr, errors), process.wait()
            )
    except TimeoutError:
        in_time = False
    finally:
        _kill(process)
        if process.returncode is None:
            await process.wait()
    status = process.returncode if in_time else None
    return Finished(status, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))


async def _all_of(stream: asyncio.StreamReader, kept: bytearray) -> None:
    """What it says, cut to what is kept; it may say more without being stopped by a full pipe."""
    while data := await stream.read(64 * 1024):
        kept += data[: KEPT_BYTES - len(kept)]
