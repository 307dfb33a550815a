"""What other programs on this machine tell of themselves: PM2, Chromium."""

from __future__ import annotations

import errno
from typing import Any, Final

from kuma_lite.checks._chromium_path import find_chromium
from kuma_lite.checks._pm2 import read_processes
from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.core.programs import run

CHROMIUM_TIMEOUT_S: Final = 15.0  # a first start from a slow disk
_VERSION: Final = pattern(r"\b(\d+(?:\.\d+)+)\b")


class _NotRun(Exception):
    """The program did not come to an end; the text is the reason in a word."""


async def pm2_processes() -> list[dict[str, Any]]:
    """`{id, name, status}` of every process PM2 keeps. Raises UserError."""
    return [process._asdict() for process in await read_processes()]


async def chromium_version(path: Any, *, allow_all: bool = False) -> str:
    """Version of the browser at `path`, or of the one that is found when that is empty. Raises UserError."""
    program = find_chromium(path, allow_all=allow_all)
    try:
        output = await _run(CHROMIUM_TIMEOUT_S, program, "--version")
    except _NotRun as reason:
        raise UserError(
            "{program} could not be started ({reason}).", program=program, reason=reason
        ) from None
    version = _VERSION.search(output)
    if version is None:
        raise UserError("{program} does not tell its version.", program=program)
    return version.group(1)


async def _run(timeout: float, *command: str) -> str:
    """What a program writes. Raises _NotRun."""
    try:
        ended = await run(*command, timeout=timeout)
    except OSError as error:
        raise _NotRun(errno.errorcode.get(error.errno or 0, "EUNKNOWN")) from None
    if ended.status is None:
        raise _NotRun("ETIMEDOUT")
    if ended.status:
        raise _NotRun(f"exit status {ended.status}")
    return ended.output
