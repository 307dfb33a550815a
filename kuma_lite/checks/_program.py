"""Programs of the system that answer for a target: `systemctl`, `pm2`, `tailscale`; where no socket does."""

from __future__ import annotations

from kuma_lite.core import programs
from kuma_lite.core.programs import Finished, path_of


class ProgramMissing(Exception):
    """There is no such program here; the argument is its name."""


def as_argument(text: str) -> tuple[str, ...]:
    """What people typed, so that no program takes it for a switch."""
    return ("--", text) if text.startswith("-") else (text,)


async def run_program(name: str, *arguments: str, timeout: float) -> Finished:
    """Run it (see `core.programs.run`). Raises ProgramMissing, TimeoutError."""
    path = path_of(name)
    if path is None:
        raise ProgramMissing(name)
    ended = await programs.run(path, *arguments, timeout=timeout)
    if ended.status is None:
        raise TimeoutError
    return ended
