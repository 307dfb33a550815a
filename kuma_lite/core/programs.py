"""Programs of the system: where they are, and what they are started with."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Final

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
