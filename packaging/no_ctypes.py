"""In place of PyInstaller's module of this name, which loads ctypes at every start. We need none of it."""

from __future__ import annotations


def install() -> None:
    """Leave ctypes as it is."""
