"""The modules of the program, for tests that look at all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import kuma_lite


def all_modules() -> Iterator[ModuleType]:
    """Every module below the package, imported, but for what starts the program."""
    for found in pkgutil.walk_packages(kuma_lite.__path__, "kuma_lite."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)
