"""What macOS says of its machine; None elsewhere, and where it does not say it."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from typing import Final

CALL_S: Final = 10.0
_UUID: Final = re.compile(r'"IOPlatformUUID" = "([^"]+)"')


def hardware_id() -> str | None:
    """The number of this Mac, which stays."""
    match = _UUID.search(_said("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"))
    return match[1] if match else None


def processor() -> str | None:
    """The model of its processor."""
    return _said("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string").strip() or None


def version() -> str | None:
    """What the system calls itself."""
    found = platform.mac_ver()[0] if sys.platform == "darwin" else ""
    return f"macOS {found}" if found else None


def _said(*words: str) -> str:
    if sys.platform != "darwin":
        return ""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=CALL_S, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout
