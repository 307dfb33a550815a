"""What every service manager can do, and how its program is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.installing.services import Service

CALL_S: Final = 60.0  # of one command; a stop waits for a service as long as its unit says


class State(Struct, frozen=True):
    """How a service is; `pid` is 0 where it does not run, `file` what describes it."""

    installed: bool
    running: bool
    pid: int
    words: str
    file: str


class Manager(Protocol):
    """A service manager."""

    def write(self, service: Service) -> list[Path]:
        """Write its description; returns the files. Raises OSError."""

    def start(self, name: str) -> None:
        """Start it now and at every boot. Raises UserError."""

    def restart(self, name: str) -> None:
        """Start it anew, without waiting for it. Raises UserError."""

    def remove(self, name: str) -> list[Path]:
        """Stop it and remove what was written; returns what was there. Raises UserError, OSError."""

    def state(self, name: str) -> State:
        """How it is. Raises UserError."""

    def log_hint(self, name: str) -> str:
        """How people see what it says."""


def call(words: Sequence[str]) -> str:
    """What a program of the system answers. Raises UserError with what it complains about."""
    try:
        done = subprocess.run(  # noqa: S603 - names of units, no text of others
            words, capture_output=True, text=True, timeout=CALL_S, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError("{program} cannot be used: {reason}.", program=words[0], reason=error) from None
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise UserError("“{command}” failed: {reason}", command=" ".join(words), reason=said)
    return done.stdout
