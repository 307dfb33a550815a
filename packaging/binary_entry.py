"""Where the one-file and one-dir binaries start."""

from __future__ import annotations

import gc
import marshal
import os
import sys
import zlib
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


def read_on_from_here() -> None:
    """Modules come from the program that was started: an update may have put another in its place.

    PyInstaller opens its file by name for each module, which is slower as well. A child that was forked does
    so again, as it may close what it does not know.
    """
    from pyimod01_archive import PYZ_ITEM_NSPKG
    from pyimod02_importers import pyz_archive  # of PyInstaller, in every binary

    program = os.open(pyz_archive._filename, os.O_RDONLY | os.O_CLOEXEC)

    def extract(name: str, raw: bool = False) -> object:
        kind, offset, length = pyz_archive.toc[name]
        if kind == PYZ_ITEM_NSPKG:
            return None
        found = zlib.decompress(os.pread(program, length, pyz_archive._start_offset + offset))
        return found if raw else marshal.loads(found)  # noqa: S302 - our own

    pyz_archive.extract = extract
    os.register_at_fork(after_in_child=lambda: vars(pyz_archive).pop("extract", None))


read_on_from_here()

from kuma_lite.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
