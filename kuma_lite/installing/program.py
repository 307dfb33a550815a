"""Where this program is, by the name under which it stays when it is replaced by a newer one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from kuma_lite.core.errors import UserError
from kuma_lite.installing.places import stable_name
from kuma_lite.installing.units import hindrance


def is_frozen() -> bool:
    """Whether it is a program of its own, not a Python package."""
    return bool(getattr(sys, "frozen", False))


def own_program() -> Path:
    """The program, or the command of the Python package."""
    if is_frozen():
        return stable_name(Path(sys.executable))
    return Path(shutil.which("kuma-lite") or os.path.abspath(sys.argv[0]))


def runnable_program() -> str:
    """The program, which a service that runs as nobody in particular can run. Raises UserError."""
    program = own_program()
    for needed in (program,) if is_frozen() else (program, Path(sys.executable)):
        if reason := hindrance(needed):
            raise UserError(
                "The service could not run {needed}: {reason}. Put it where everybody may run it, "
                "for example into /usr/local/bin, and install with that one.",
                needed=needed,
                reason=reason,
            )
    return str(program)
