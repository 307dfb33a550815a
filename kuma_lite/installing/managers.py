"""Which service manager this machine has."""

from __future__ import annotations

import sys
from pathlib import Path

from kuma_lite.core.errors import UserError
from kuma_lite.installing.launchd import Launchd
from kuma_lite.installing.manager import Manager
from kuma_lite.installing.systemd import Systemd


def manager_here(root: Path = Path("/")) -> Manager:
    """The one of this machine. Raises UserError where none is that we know."""
    if sys.platform == "darwin":
        return Launchd()
    if Systemd.is_here(root):
        return Systemd(root)
    raise UserError(
        "This machine has no service manager that this command knows (systemd, launchd): let the one it has "
        "run “kuma-lite serve” or “kuma-lite agent”."
    )
