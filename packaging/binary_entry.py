"""Where the one-file and one-dir binaries start."""

from __future__ import annotations

import gc
import os
import sys
from importlib.machinery import ModuleSpec

gc.disable()  # what is imported stays; `main` switches it on again


class TimeZones:
    """Finds tzdata, whose 600 files are one in a binary; `zoneinfo` wants it where a system has no zones."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Where tzdata is; None for every other module."""
        if name != "tzdata":
            return None
        from zipimport import zipimporter

        return zipimporter(os.path.join(getattr(sys, "_MEIPASS", ""), "tzdata.zip")).find_spec(name)


sys.meta_path.append(TimeZones)

from kuma_lite.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
