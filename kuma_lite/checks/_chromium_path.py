"""Which browser of this machine may be started: not everybody who may log in may run programs here."""

from __future__ import annotations

import shutil
from typing import Any, Final

from kuma_lite.core.errors import UserError

CHROMIUMS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
)
# What Uptime Kuma calls the browser it brings along. We bring none: any other that is here will do.
_BUNDLED: Final = "#playwright_chromium"


def find_chromium(setting: Any, *, allow_all: bool = False) -> str:
    """The path of the browser that the setting names, or of the first that is here. Raises UserError.

    Args:
        allow_all: start whatever the setting names.
    """
    if setting is not None and not isinstance(setting, str):
        raise UserError("The path of the browser must be a text.")
    wanted = (setting or "").strip()
    if wanted.lower() == _BUNDLED:
        wanted = ""
    if wanted and wanted not in CHROMIUMS and not allow_all:
        raise UserError(
            "This Chromium executable path is not allowed by default. If you are sure this is safe, please "
            "add an environment variable UPTIME_KUMA_ALLOW_ALL_CHROME_EXEC=1 to allow it."
        )
    program = next(filter(None, map(shutil.which, (wanted,) if wanted else CHROMIUMS)), None)
    if program is None:
        raise UserError("Chromium not found, please specify Chromium executable path in the settings page.")
    return program
